import { REST } from "@discordjs/rest";
import { Routes } from "discord-api-types/v10";
import { at, step } from "./steps.mjs";

const [token, id] = at.discord.split("/").reverse();
const rest = new REST({ api: at.discord.slice(0, at.discord.indexOf("/webhooks/")) });
const wait = new URLSearchParams({ wait: "true" });
const hook = Routes.webhook(id, token);

await step("silent", () => rest.post(hook, { auth: false, body: { content: "nobody waits" } }).then((b) => b.byteLength));
const first = await step("first", () => rest.post(hook, { auth: false, query: wait, body: { content: "Deploy of **api** started" } }));
const second = await step("second", () =>
  rest.post(hook, { auth: false, query: wait, body: { content: "two files" }, files: [{ name: "a.txt", data: "first" }, { name: "b.txt", data: "second" }] }),
);
const one = (m) => Routes.webhookMessage(id, token, m.id);
await step("edit", () => rest.patch(one(first), { auth: false, body: { embeds: [{ title: "Done" }], content: null } }));
await step("get", () => rest.get(one(first), { auth: false }));
await step("delete", () => rest.delete(one(second), { auth: false }).then((b) => b.byteLength));
await step("late", () => rest.patch(one(second), { auth: false, body: { content: "too late" } }));
await step("hook", () => rest.get(hook, { auth: false }));
