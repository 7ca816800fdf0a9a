// Reads payloads for Discord, one JSON value a line, makes each anew by the setters
// of @discordjs/builders, which refuse what Discord would, and writes for each a line:
// a JSON list of what was refused, or differs from the payload in the end.
import { createInterface } from "node:readline";
import { isDeepStrictEqual } from "node:util";
import * as b from "@discordjs/builders";

// The builders count UTF-16 units where Discord counts code points, of which each
// becomes one unit here. What they trim or parse stays as it is.
const short = (s) => s.replace(/[\u{10000}-\u{10ffff}]/gu, "\u25a1");

// set calls a setter for each member of data, by name; other members are unknown.
function set(builder, data, setters) {
  for (const [key, value] of Object.entries(data)) {
    if (!setters[key]) throw new Error(`member ${key} has no setter`);
    setters[key](builder, value);
  }
  return builder;
}

const member = (method) => (builder, value) => builder[method](typeof value === "string" ? short(value) : value);
const ignore = () => {};

// The builders have no setter for the alternative text of an embed's picture.
const picture = (method) => (builder, { url, description, ...more }) => {
  if (Object.keys(more).length > 0) throw new Error(`unknown in ${method}: ${Object.keys(more)}`);
  builder[method](url);
};

// renamed gives an object of Discord's the names that a setter takes.
const renamed = (method, names) => (builder, data) => {
  const options = {};
  for (const [key, value] of Object.entries(data)) {
    if (!names[key]) throw new Error(`unknown in ${method}: ${key}`);
    options[names[key]] = key.endsWith("url") ? value : short(value);
  }
  builder[method](options);
};

const embedSetters = {
  title: member("setTitle"),
  description: member("setDescription"),
  url: (e, v) => e.setURL(v),
  color: member("setColor"),
  timestamp: (e, v) => {
    if (Number.isNaN(Date.parse(v))) throw new Error("timestamp is no time");
    e.setTimestamp(new Date(v));
  },
  author: renamed("setAuthor", { name: "name", url: "url", icon_url: "iconURL" }),
  footer: renamed("setFooter", { text: "text", icon_url: "iconURL" }),
  image: picture("setImage"),
  thumbnail: picture("setThumbnail"),
  fields: (e, v) => e.addFields(v.map((f) => ({ ...f, name: short(f.name), value: short(f.value) }))),
};

const common = { type: ignore, id: member("setId") };
const shown = { media: (c, { url }) => c.setURL(url), description: member("setDescription"), spoiler: member("setSpoiler") };

// components are by type: the class, and a setter for each member.
const components = {
  1: [b.ActionRowBuilder, { components: (c, v) => c.addComponents(v.map(component)) }],
  2: [b.ButtonBuilder, { style: member("setStyle"), label: member("setLabel"), url: (c, v) => c.setURL(v) }],
  9: [b.SectionBuilder, {
    components: (c, v) => c.addTextDisplayComponents(v.map(component)),
    accessory: (c, v) => (v.type === 2 ? c.setButtonAccessory(component(v)) : c.setThumbnailAccessory(component(v))),
  }],
  10: [b.TextDisplayBuilder, { content: member("setContent") }],
  11: [b.ThumbnailBuilder, shown],
  12: [b.MediaGalleryBuilder, { items: (c, v) => c.addItems(v.map((i) => set(new b.MediaGalleryItemBuilder(), i, shown))) }],
  13: [b.FileBuilder, { file: (c, { url }) => c.setURL(url), spoiler: member("setSpoiler") }],
  14: [b.SeparatorBuilder, { divider: member("setDivider"), spacing: member("setSpacing") }],
  17: [b.ContainerBuilder, {
    accent_color: member("setAccentColor"),
    spoiler: member("setSpoiler"),
    components: (c, v) => v.forEach((x) => c[inContainer[x.type] ?? "none"](component(x))),
  }],
};

const inContainer = {
  1: "addActionRowComponents", 9: "addSectionComponents", 10: "addTextDisplayComponents",
  12: "addMediaGalleryComponents", 13: "addFileComponents", 14: "addSeparatorComponents",
};

function component(data) {
  const known = components[data.type];
  if (!known) throw new Error(`component of type ${data.type}`);
  return set(new known[0](), data, { ...common, ...known[1] });
}

// plain is a value as the builders would have it: with short strings, moments in
// one form, and without what they have no setter for.
function plain(value, key) {
  if (typeof value === "string") {
    if (key === "timestamp") return new Date(value).toISOString();
    return key?.endsWith("url") ? value : short(value);
  }
  if (Array.isArray(value)) return value.map((v) => plain(v));
  if (value === null || typeof value !== "object") return value;
  const left = key === "image" || key === "thumbnail" ? ["description"] : [];
  return Object.fromEntries(Object.entries(value)
    .filter(([k, v]) => v !== undefined && !left.includes(k))
    .map(([k, v]) => [k, plain(v, k)]));
}

// attempt adds to faults why f fails, if it does.
function attempt(faults, what, f) {
  try {
    f();
  } catch (e) {
    faults.push(`${what}: ${(e.errors ?? [e]).map((x) => x.message ?? x[1]?.message ?? String(x)).join("; ")}`);
  }
}

function same(made, given) {
  const [a, z] = [plain(made), plain(given)];
  if (!isDeepStrictEqual(a, z)) throw new Error(`is another: ${JSON.stringify(a)}`);
}

function faults(payload) {
  const found = [];
  let chars = 0;
  for (const given of payload.embeds ?? []) {
    attempt(found, "embed", () => {
      const made = set(new b.EmbedBuilder(), given, embedSetters).toJSON();
      chars += b.embedLength(made);
      same(made, given);
    });
  }
  if (chars > 6000) found.push(`embeds have ${chars} characters`);
  for (const given of payload.components ?? []) {
    attempt(found, "component", () => same(component(given).toJSON(), given));
  }
  return found;
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(faults(JSON.parse(line))));
}
