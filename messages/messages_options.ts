/**
 * The options of the messages middleware.
 *
 * @module
 */

import type { MessageCookieOptions } from "./cookie_messages.ts";
import type { LevelTags } from "./message_levels.ts";
import type { MessageStorage } from "./storage.ts";

/** Options of {@linkcode messages} that don't depend on where messages are kept. */
export interface MessagesOptions {
  /**
   * The lowest level that is kept. (Django's `MESSAGE_LEVEL`.)
   *
   * @default {20 (info)}
   */
  minLevel?: number;
  /**
   * The tags of levels, over the usual `debug`, `info`, `success`, `warning`, `error`. (Django's `MESSAGE_TAGS`.)
   *
   * @default {{}}
   */
  tags?: LevelTags;
  /**
   * Whether the answer to a request is a page, or a part of one, that the visitor sees now. Messages are read only there. It isn't asked about
   * what is fetched in advance: that never is.
   *
   * @default {isPageRequest}
   */
  isPage?: (request: Request) => boolean;
  /**
   * The name of a header by which scripts get messages, such as `X-Messages`. A script that can show messages sends it with its `fetch`, with any value; the response
   * carries, under the same name, the JSON array of the messages that were not read (ASCII, up to 4000 bytes; see {@linkcode Message}). Those
   * count as shown. What doesn't fit waits. Nothing is delivered with a redirect, which a script doesn't see, nor with a failure from 500 on.
   *
   * @default {undefined: none}
   */
  header?: string;
  /**
   * The name of an event by which pages made with HTMX get messages, such as `messages`. The response to each request of HTMX raises it, through `HX-Trigger`, with
   * the messages that its markup doesn't show in `event.detail.value`, up to 4000 bytes. What the view itself put into `HX-Trigger` stays. Nothing is delivered where HTMX
   * goes to another page (`HX-Redirect`, `HX-Location`, `HX-Refresh`).
   *
   * @default {undefined: none}
   */
  htmxEvent?: string;
}

/** Options of {@linkcode messages} with messages in a cookie first, then in the session. */
export interface FallbackOptions extends MessagesOptions {
  /** How the cookie is named, where it is sent and how large it grows. Without it the safest: `__Host-`, Secure, HttpOnly, SameSite=Lax. */
  cookie?: MessageCookieOptions;
  /** Not given: {@linkcode FallbackMessages}. */
  storage?: undefined;
}

/**
 * Options of {@linkcode messages} with messages elsewhere.
 *
 * @typeParam N What the storage needs on the context.
 */
export interface StorageOptions<N> extends MessagesOptions {
  /** Where messages are kept: {@linkcode CookieMessages}, {@linkcode SessionMessages}, {@linkcode FallbackMessages} or one of your own. */
  storage: MessageStorage<N>;
  /** Not given: the storage knows its cookie. */
  cookie?: undefined;
}
