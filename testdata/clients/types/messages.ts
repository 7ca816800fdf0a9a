// What Slack and Discord take, as their own packages type it. What those types do
// not have yet is added here, each with the reason.

import type {
  HeaderBlock,
  KnownBlock,
  MessageAttachment,
  RichTextBlock,
  RichTextList,
  RichTextPreformatted,
  TableBlock,
} from "@slack/types";
import type { IncomingWebhookSendArguments } from "@slack/webhook";
import type { RESTPostAPIWebhookWithTokenJSONBody } from "discord-api-types/v10";

type Without<T, K extends keyof T> = Omit<T, K>; // Omit, which takes any word

// The arguments hold settings of the client too. Any { type: string } would pass as
// one of its blocks.
export type Slack = Pick<
  IncomingWebhookSendArguments,
  "channel" | "icon_emoji" | "icon_url" | "link_names" | "metadata" | "text" | "unfurl_links" | "unfurl_media" | "username"
> & {
  blocks?: Block[];
  attachments?: Attachment[];
  // Documented for chat.postMessage, and taken by webhooks as well.
  mrkdwn?: boolean;
  parse?: "none" | "full";
  thread_ts?: string; // documented for webhooks: "Make it a thread"
};

type Attachment = Without<MessageAttachment, "blocks" | "ts"> & {
  blocks?: Block[];
  ts?: number; // documented as "an integer Unix timestamp"; typed as a string
};

type Block = Exclude<KnownBlock, HeaderBlock | RichTextBlock | TableBlock> | Header | RichText | Table;

// Documented: 1 to 4.
type Header = HeaderBlock & { level?: 1 | 2 | 3 | 4 };

// Documented: null skips a column.
type Table = Without<TableBlock, "column_settings" | "rows"> & {
  rows: (Exclude<TableBlock["rows"][number][number], RichTextBlock> | RichText)[][];
  column_settings?: (NonNullable<TableBlock["column_settings"]>[number] | null)[];
};

type RichText = Without<RichTextBlock, "elements"> & {
  elements: (
    | Exclude<RichTextBlock["elements"][number], RichTextList | RichTextPreformatted>
    | (RichTextList & { offset?: number }) // documented: numbers begin at offset + 1
    | (RichTextPreformatted & { language?: string }) // documented: what is highlighted
  )[];
};

// To the compiler a 1 or a "users" is no member of an enumeration: Literal is the
// same type with the values instead. flags is a sum of bits.
export type Discord = Literal<Without<RESTPostAPIWebhookWithTokenJSONBody, "flags">> & { flags?: number };

export type Literal<T> =
  T extends string ? `${T}`
  : T extends number ? (`${T}` extends `${infer N extends number}` ? N : never)
  : T extends (infer E)[] ? Literal<E>[]
  : T extends object ? { [K in keyof T]: Literal<T[K]> }
  : T;
