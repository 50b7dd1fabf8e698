/**
 * What a view holds of messages.
 *
 * @module
 */

import type { Awaitable } from "../middleware/awaitable.ts";
import type { Html } from "../middleware/html.ts";
import type { Message } from "./message.ts";
import type { TemplateMessages } from "./template_messages.ts";

/** What `messages()` adds to the context. */
export interface HasMessages {
  /** The messages for this visitor. */
  readonly messages: Messages;
}

/** What a message may carry besides its text. */
export interface MessageExtra {
  /**
   * Tags besides that of the level, separated by spaces.
   *
   * @default {""}
   */
  tags?: string;
  /** A JSON value for the page that shows it. Django, reading the message, takes it for one more tag. */
  data?: unknown;
}

/** Options of {@linkcode Messages.read}. */
export interface ReadMessagesOptions {
  /**
   * Reads them for a background request too: for an answer that hands them to a script that shows them.
   *
   * @default {false}
   */
  background?: boolean;
}

/**
 * The messages for one visitor: those that wait since earlier requests, and those this request adds.
 *
 * **A message is for the page that shows it.** Reading marks all as shown, but it counts only if there is a page: after an answer of 500 or more, a
 * redirect, an answer to `HEAD`, one without a body, or a view that threw, they wait on. For a request that isn't for a page (a prefetch, a `fetch` in
 * the background; see {@linkcode isPageRequest}) there is nothing to read, and they wait on too.
 *
 * What was added and not read waits for the next page, through any number of redirects. What is added after reading does too. A page counts as seen when
 * it leaves: whether it arrives nobody knows. (A cookie that doesn't arrive changes nothing, so with messages in the cookie they wait on even then.)
 *
 * If the answer is 500 or more everything stays as it was: what the request added is dropped (it told of something that failed), and the event
 * `messages.dropped` says so. If a layer outside fails afterwards (the session can't be written, or was ended meanwhile), or answers something else, all
 * stays as it was too. Its error page finds no messages to read.
 */
export interface Messages {
  /** The lowest level that is kept in this request, at first `minLevel`. A message below it is dropped when it is added. Any whole number, or a `RangeError`. */
  level: number;
  /**
   * Adds a message. One without text, or below {@linkcode Messages.level}, is dropped.
   *
   * @param level How much it matters: one of {@linkcode messageLevels}, or any whole number.
   * @param text What to tell the visitor. A string is escaped where it is shown, an {@linkcode Html} isn't.
   * @param extra Tags and data.
   * @throws {TypeError} If the text is neither, a tag begins with `data:`, or JSON can't carry the data.
   * @throws {RangeError} If the level is no whole number.
   * @throws {Error} If the response has left.
   */
  add(level: number, text: string | Html, extra?: MessageExtra): void;
  /**
   * Adds a message for whoever develops the site; dropped unless the level is 10 or less.
   *
   * @param text What to tell; see {@linkcode Messages.add}.
   * @param extra Tags and data.
   */
  debug(text: string | Html, extra?: MessageExtra): void;
  /**
   * Adds something worth knowing.
   *
   * @param text What to tell; see {@linkcode Messages.add}.
   * @param extra Tags and data.
   */
  info(text: string | Html, extra?: MessageExtra): void;
  /**
   * Says that it was done.
   *
   * @param text What to tell; see {@linkcode Messages.add}.
   * @param extra Tags and data.
   */
  success(text: string | Html, extra?: MessageExtra): void;
  /**
   * Warns.
   *
   * @param text What to tell; see {@linkcode Messages.add}.
   * @param extra Tags and data.
   */
  warning(text: string | Html, extra?: MessageExtra): void;
  /**
   * Says that it was not done.
   *
   * @param text What to tell; see {@linkcode Messages.add}.
   * @param extra Tags and data.
   */
  error(text: string | Html, extra?: MessageExtra): void;
  /**
   * The messages, to be shown by this response. They are marked as shown; reading again in the same request gives them again.
   *
   * @param options Whether for a background request too.
   * @returns The messages, oldest first; none for a request that isn't for a page, or for the error page of a layer outside.
   * @throws {SessionStoreError} If they are in the session, and its store fails.
   * @throws {Error} If the response has left.
   */
  read(options?: ReadMessagesOptions): Promise<Message[]>;
  /**
   * The messages, without marking them as shown, whatever the request is for.
   *
   * @returns The messages, oldest first.
   * @throws {SessionStoreError} If they are in the session, and its store fails.
   */
  peek(): Promise<Message[]>;
  /**
   * How many there are. Marks nothing as shown.
   *
   * @returns How many {@linkcode Messages.peek} would give.
   * @throws {SessionStoreError} If they are in the session, and its store fails.
   */
  size(): Promise<number>;
  /**
   * The messages for a template that may or may not show them: they are marked as shown when the template goes through them.
   *
   * @returns The messages, or a promise of them.
   * @throws {SessionStoreError} If they are in the session, and its store fails.
   */
  forTemplate(): Awaitable<TemplateMessages>;
  /** Takes back that they were read: they wait for the next page after all. (Django's `storage.used = False`.) */
  keep(): void;
}
