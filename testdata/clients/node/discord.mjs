import { AttachmentBuilder, EmbedBuilder, WebhookClient } from "discord.js";
import { at, step } from "./steps.mjs";

const [token, id] = at.discord.split("/").reverse();
const api = at.discord.slice(0, at.discord.indexOf("/webhooks/"));
const hook = new WebhookClient({ id, token }, { rest: { api } });

const first = await step("first", () => hook.send("Deploy of **api** started"));
const second = await step("second", () =>
  hook.send({
    content: "api is live",
    username: "deploys",
    embeds: [new EmbedBuilder().setTitle("Checks").setDescription("all *green*").setColor(0x2eb67d).addFields({ name: "Took", value: "2 min" })],
  }),
);
await step("file", () => hook.send({ content: "the log", files: [new AttachmentBuilder(Buffer.from("line 1"), { name: "log.txt", description: "what was said" })] }));
await step("slack", () => hook.sendSlackMessage({ text: "from *Slack*", attachments: [{ color: "#F0F", footer: "Powered by sneks", text: "this looks pretty cool" }] }));
await step("fetch", () => hook.fetchMessage(second.id));
await step("edit", () => hook.editMessage(first.id, { content: "Deploy of **api** done" }));
await step("fetch edited", () => hook.fetchMessage(first.id));
await step("delete", () => hook.deleteMessage(second.id).then(() => true));
await step("fetch deleted", () => hook.fetchMessage(second.id));
await step("empty", () => hook.send({ content: "" }));
await step("stranger", () => new WebhookClient({ id, token: token.slice(0, -4) + "AAAA" }, { rest: { api } }).send("let me in"));
await step("rename", () => hook.edit({ name: "deploys" }).then((w) => w.name));
await step("remove", () => hook.delete());
hook.destroy();
