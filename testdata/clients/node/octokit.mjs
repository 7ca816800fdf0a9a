import { readFileSync } from "node:fs";
import { Webhooks } from "@octokit/webhooks";
import { at, step } from "./steps.mjs";

const body = readFileSync(at.body, "utf8");
const webhooks = new Webhooks({ secret: at.secret });

async function deliver(signature, text) {
  const headers = { "Content-Type": "application/json", "X-GitHub-Event": at.event, "X-GitHub-Delivery": crypto.randomUUID(), "X-Hub-Signature-256": signature };
  const res = await fetch(at.github, { method: "POST", headers, body: text });
  return res.status;
}

await step("signed", async () => deliver(await webhooks.sign(body), body));
await step("forged", async () => deliver(await new Webhooks({ secret: "a guess" }).sign(body), body));
await step("changed", async () => deliver(await webhooks.sign(body), body.replace("{", "{ ")));
