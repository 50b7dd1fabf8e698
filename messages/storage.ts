/**
 * What a place for messages promises: the whole contract, in prose.
 *
 * @module
 */

import type { Awaitable } from "../middleware/awaitable.ts";
import type { Context } from "../middleware/context.ts";

/** A message as it is kept: Django's four fields. */
export interface StoredMessage {
  /** The level, a whole number. */
  readonly level: number;
  /** The text, never empty. */
  readonly text: string;
  /** Further tags, separated by spaces, with the message's data among them; `undefined` if Django wrote a message without. */
  readonly extraTags: string | undefined;
  /** Whether the text is markup that needs no escaping. */
  readonly safe: boolean;
}

/** What was found. */
export interface LoadedMessages {
  /** The messages, oldest first. */
  readonly messages: readonly StoredMessage[];
  /** Whether these are all. If not, {@linkcode FallbackMessages} looks for the rest in the next place. */
  readonly complete: boolean;
  /**
   * Whether what is kept should be written anew, or removed, even if no message was read or added: it can't be read, or an old key has signed it.
   */
  readonly stale: boolean;
}

/** The messages of one visitor, during one request. */
export interface OpenMessages {
  /**
   * Reads them. Called once at most, and only if the request has to do with messages. What can't be read (a forged cookie, a changed
   * format) counts as no messages; a place that is down rejects.
   *
   * @returns The messages, or a promise of them.
   */
  load(): Awaitable<LoadedMessages>;
  /**
   * Keeps these messages, and only these. Called once at most, after `load` and before the response leaves, and only if something has changed.
   *
   * Those that came out of `load` are given back as the same objects: what is missing was shown, what is new was added. A place that
   * many requests write to at once should do just that to what it holds now, so that another request's message isn't lost.
   *
   * A place with the visitor writes its cookie to `response`, not to `context.cookies`: if a layer outside fails afterwards, the page is thrown
   * away, nobody has seen what it shows, and the cookie must not say otherwise.
   *
   * @param messages The messages, oldest first. None empties the place.
   * @param response The page, or whatever the view has answered. Its headers can be written.
   * @returns Those that don't fit, in order; or a promise of them. They count as lost: an event says how many.
   */
  store(messages: readonly StoredMessage[], response: Response): Awaitable<readonly StoredMessage[]>;
}

/**
 * A place for messages between two requests. There are {@linkcode CookieMessages}, {@linkcode SessionMessages} and
 * {@linkcode FallbackMessages}; any object with `open` is one too.
 *
 * @typeParam N What it needs on the context.
 *
 * @example Messages by the visitor's name, in a map
 * ```ts
 * import { type MessageStorage, messages, type StoredMessage } from "@nuages/web/messages";
 * import { type Context, pipeline, routes } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const kept = new Map<string, readonly StoredMessage[]>();
 * const storage: MessageStorage = {
 *   open(context: Context) {
 *     const visitor = context.cookies.get("visitor") ?? "";
 *     return {
 *       load: () => ({ messages: kept.get(visitor) ?? [], complete: true, stale: false }),
 *       store(messages) {
 *         kept.set(visitor, messages);
 *         return [];
 *       },
 *     };
 *   },
 * };
 *
 * const app = pipeline().use(messages({ storage })).handle(routes({
 *   "POST /": (_request, context) => {
 *     context.messages.success("Saved.");
 *     return new Response("ok");
 *   },
 *   "GET /": async (_request, context) => new Response((await context.messages.read()).join()),
 * }));
 * await app(new Request("http://localhost/", { method: "POST", headers: { Cookie: "visitor=ada" } }));
 * const page = await app(new Request("http://localhost/", { headers: { Cookie: "visitor=ada" } }));
 *
 * assertEquals(await page.text(), "Saved.");
 * ```
 */
export interface MessageStorage<N = unknown> {
  /** Whether it signs, so that a pipeline without keys is refused at construction. */
  readonly needsKeys?: boolean;
  /**
   * Whether nothing waits for the visitor, where that can be told at once and for certain. Most pages have nothing to show, and this spares them all
   * further work. Leave it out where it takes waiting.
   *
   * @param context The request's context.
   * @returns Whether opening the place would find nothing.
   */
  isEmpty?(context: Context & N): boolean;
  /**
   * Opens the place for one request. Called once a request at most, and only if the request has to do with messages.
   *
   * @param context The request's context.
   * @returns The visitor's messages.
   */
  open(context: Context & N): OpenMessages;
}
