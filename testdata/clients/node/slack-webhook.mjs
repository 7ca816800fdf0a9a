import { IncomingWebhook } from "@slack/webhook";
import { at, step } from "./steps.mjs";

const hook = new IncomingWebhook(at.slack);
await step("text", () => hook.send("Deploy of *api* <https://ci.example.com/42|started>"));
await step("blocks", () =>
  hook.send({
    text: "api is live",
    blocks: [
      { type: "header", text: { type: "plain_text", text: "api is live" } },
      { type: "section", text: { type: "mrkdwn", text: "in _production_" } },
    ],
    attachments: [{ color: "good", title: "Checks", text: "all *green*" }],
  }),
);
await step("empty", () => hook.send({ text: "" }));
await step("stranger", () => new IncomingWebhook(at.slack.slice(0, -4) + "0000").send("let me in"));
