// What Discord's clients are told that it answers: only what these types name may be
// in an answer, and what they require must be.

import type {
  APIUser,
  RESTGetAPIWebhookWithTokenResult,
  RESTPatchAPIWebhookWithTokenMessageResult,
  RESTPostAPIWebhookWithTokenWaitResult,
} from "discord-api-types/v10";
import type { Literal } from "./messages";

// Flags are sums of bits, for which an enumeration has no member.
type Author = Literal<Omit<APIUser, "flags" | "public_flags">> & { flags?: number; public_flags?: number };
type Sent<T> = Literal<Omit<T, "flags" | "author">> & { flags?: number; author: Author };

export type Message = Sent<RESTPostAPIWebhookWithTokenWaitResult> & Sent<RESTPatchAPIWebhookWithTokenMessageResult>;
export type Webhook = Literal<RESTGetAPIWebhookWithTokenResult>;
