// What Slack's client for the Web API says that each method answers.

import type {
  ApiTestResponse,
  AuthTestResponse,
  ChatDeleteResponse,
  ChatMeMessageResponse,
  ChatPostEphemeralResponse,
  ChatPostMessageResponse,
  ChatUnfurlResponse,
  ChatUpdateResponse,
  ConversationsInfoResponse,
  ConversationsListResponse,
} from "@slack/web-api";
import type { Literal } from "./messages";

// Its types take any member beside those that they name: the members of one answer
// are to be of those alone.
type Named<T> = { [K in keyof T as string extends K ? never : K]: T[K] };

// What is wrong with the arguments is documented for all methods.
type Answer<T> = Literal<Named<T>> & { errors?: string[] };

type Posted = NonNullable<Answer<ChatPostMessageResponse>["message"]>;

export interface Answers {
  "api.test": Answer<Omit<Named<ApiTestResponse>, "args">> & { args?: Record<string, unknown> }; // whatever came
  "auth.test": Answer<AuthTestResponse>;
  "chat.delete": Answer<ChatDeleteResponse>;
  "chat.meMessage": Answer<ChatMeMessageResponse>;
  "chat.postEphemeral": Answer<ChatPostEphemeralResponse>;
  "chat.postMessage": Answer<ChatPostMessageResponse>;
  "chat.unfurl": Answer<ChatUnfurlResponse>;
  // A message that is changed is still the one that was posted.
  "chat.update": Answer<ChatUpdateResponse> & { message?: Posted };
  "conversations.info": Answer<ConversationsInfoResponse>;
  "conversations.list": Answer<ConversationsListResponse>;
}
