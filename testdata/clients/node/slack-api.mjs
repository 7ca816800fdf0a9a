import { at, step } from "./steps.mjs";

const { WebClient } = await import(at.package);
const api = new WebClient(at.slack_token, { slackApiUrl: at.slack_api });
const channel = at.channel;

await step("test", () => api.api.test({ foo: "bar" }));
await step("auth", () => api.auth.test());
await step("list", () => api.conversations.list());
await step("info", () => api.conversations.info({ channel }));

const first = await step("first", () => api.chat.postMessage({ channel, text: "Deploy of *api* started" }));
const second = await step("second", () =>
  api.chat.postMessage({
    channel,
    text: "api is live",
    blocks: [
      { type: "header", text: { type: "plain_text", text: "api is live" } },
      { type: "section", text: { type: "mrkdwn", text: "in _production_" } },
    ],
    attachments: [{ color: "good", title: "Checks", text: "all *green*" }],
  }),
);
await step("answer", () => api.chat.postMessage({ channel, thread_ts: first.ts, text: "look at the <https://ci.example.com/42|log>" }));
await step("me", () => api.chat.meMessage({ channel, text: "is relieved" }));
await step("edit", () => api.chat.update({ channel, ts: first.ts, text: "Deploy of *api* done" }));
await step("delete", () => api.chat.delete({ channel, ts: second.ts }));
await step("hidden", () => api.chat.postEphemeral({ channel, user: "U024BE7LH", text: "only you see this" }));

await step("late", () => api.chat.update({ channel, ts: second.ts, text: "too late" }));
await step("empty", () => api.chat.postMessage({ channel, text: "" }));
await step("unknown", () => api.reminders.add({ text: "eat", time: "tomorrow" }));
await step("stranger", () => new WebClient("xoxb-1-2-3", { slackApiUrl: at.slack_api }).auth.test());
