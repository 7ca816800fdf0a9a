import asyncio
import io

import aiohttp
import discord

from steps import at, fault, tell


def shown(m):
    return {
        "id": m.id,
        "content": m.content,
        "author": m.author.name,
        "embeds": [e.to_dict() for e in m.embeds],
        "attachments": [a.filename for a in m.attachments],
        "edited": m.edited_at is not None,
    }


async def step(name, what, show=lambda got: got):
    try:
        got = await what
    except Exception as e:
        tell(name, error=fault(e))
        return None
    tell(name, got=show(got))
    return got


async def main():
    async with aiohttp.ClientSession(trust_env=True) as session:
        hook = discord.Webhook.from_url(at["hook"], session=session)
        first = await step("first", hook.send("Deploy of **api** started", wait=True), shown)
        card = discord.Embed(title="Checks", description="all *green*", colour=0x2EB67D).add_field(name="Took", value="2 min")
        second = await step("second", hook.send(embed=card, username="deploys", wait=True), shown)
        await step("file", hook.send("the log", file=discord.File(io.BytesIO(b"line 1"), "log.txt"), wait=True), shown)
        await step("edit", first.edit(content="Deploy of **api** done"), shown)
        await step("fetch", hook.fetch_message(first.id), shown)
        await step("delete", second.delete())
        await step("late", hook.edit_message(second.id, content="too late"), shown)
        await step("empty", hook.send(""))
        await step("hook", hook.fetch(prefer_auth=False), lambda w: {"id": w.id, "name": w.name})


def blocking():
    hook = discord.SyncWebhook.from_url(at["hook"])
    m = hook.send("and by another way", wait=True)
    tell("sync", got={"content": m.content, "id": m.id})
    hook.delete_message(m.id)


asyncio.run(main())
blocking()
