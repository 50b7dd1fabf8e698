/**
 * Messages in a cookie, and in the session when the cookie is full.
 *
 * @module
 */

import { type Awaitable, chain } from "../middleware/awaitable.ts";
import type { Cookie } from "../cookies/cookie.ts";
import type { Context } from "../middleware/context.ts";
import type { HasSession } from "../sessions/session.ts";
import type { OpenCookie } from "./_open_cookie.ts";
import { CookieMessages, type MessageCookieOptions } from "./cookie_messages.ts";
import { SessionMessages } from "./session_messages.ts";
import type { LoadedMessages, MessageStorage, OpenMessages, StoredMessage } from "./storage.ts";

/**
 * Keeps messages in a signed cookie, and in the session what doesn't fit there: the default. Nothing is dropped, the order stays, and
 * a visitor whose messages fit costs no session. Django's `FallbackStorage`, which reads what this writes and the reverse.
 *
 * The cookie holds the oldest messages, and a mark where the session holds more; only then the session is read. With parallel requests the
 * cookie's part is as {@linkcode CookieMessages} says, the session's as {@linkcode SessionMessages}. Should the mark be lost to a parallel answer, what
 * the session holds stays there, and comes with the next messages that don't fit.
 *
 * @example Many messages at once
 * ```ts
 * import { pipeline, redirect, routes } from "@nuages/web/middleware";
 * import { FallbackMessages, messages } from "@nuages/web/messages";
 * import { MemoryStore, sessions } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline({ keys: [crypto.randomUUID()] })
 *   .use(sessions({ store: new MemoryStore() }))
 *   .use(messages({ storage: new FallbackMessages() })) // the same as messages()
 *   .handle(routes({
 *     "POST /": (_request, context) => {
 *       for (let i = 0; i < 100; i++) context.messages.info(crypto.randomUUID());
 *       return redirect("/");
 *     },
 *     "GET /": async (_request, context) => new Response(`${(await context.messages.read()).length} messages`),
 *   }));
 * const added = await app(new Request("http://localhost/", { method: "POST" }));
 * const cookies = added.headers.getSetCookie().map((line) => line.split(";")[0]!).join("; ");
 * const page = await app(new Request("http://localhost/", { headers: { Cookie: cookies } }));
 *
 * assertEquals(await page.text(), "100 messages");
 * ```
 */
// deno-lint-ignore no-explicit-any -- the session may hold any keys besides
export class FallbackMessages implements MessageStorage<HasSession<any>> {
  /** The cookie is signed with the pipeline's keys. */
  readonly needsKeys = true;
  readonly #cookie: CookieMessages;
  readonly #session = new SessionMessages();

  /**
   * The cookie.
   *
   * @internal
   */
  get cookie(): Cookie {
    return this.#cookie.cookie;
  }

  /**
   * Checks the cookie.
   *
   * @param cookie How the cookie is named, where it is sent and how large it grows.
   * @throws {TypeError} If a browser would refuse the cookie.
   * @throws {RangeError} If `maxBytes` is less than 256, or more than a browser takes.
   */
  constructor(cookie?: MessageCookieOptions) {
    this.#cookie = new CookieMessages(cookie);
  }

  /**
   * Whether the request has no cookie with messages: it would say if there were more in the session.
   *
   * @param context The request's context.
   * @returns Whether it has none.
   */
  isEmpty(context: Context): boolean {
    return this.#cookie.isEmpty(context);
  }

  /**
   * Opens the cookie of a request, and the messages in its session should they be needed.
   *
   * @param context The request's context.
   * @returns The messages in both.
   * @throws {TypeError} If the pipeline has no keys.
   */
  // deno-lint-ignore no-explicit-any -- as above
  open(context: Context & HasSession<any>): OpenMessages {
    return new OpenFallback(this.#cookie.openCookie(context), () => this.#session.open(context));
  }
}

class OpenFallback implements OpenMessages {
  readonly #cookie: OpenCookie;
  readonly #openSession: () => OpenMessages;
  #session: OpenMessages | undefined;

  constructor(cookie: OpenCookie, openSession: () => OpenMessages) {
    this.#cookie = cookie;
    this.#openSession = openSession;
  }

  load(): Awaitable<LoadedMessages> {
    const first = this.#cookie.load();
    if (first.complete) return first;
    this.#session = this.#openSession();
    return chain(this.#session.load(), (rest) => ({
      messages: [...first.messages, ...rest.messages],
      complete: rest.complete,
      stale: first.stale || rest.stale,
    }));
  }

  store(messages: readonly StoredMessage[], response: Response): Awaitable<readonly StoredMessage[]> {
    const left = this.#cookie.store(messages, response, "newest");
    if (this.#session !== undefined) return this.#session.store(left, response);
    if (left.length === 0) return [];
    const session = this.#openSession();
    // The cookie may have lost its mark to a parallel request: what the session still holds then is older, and stays in front.
    return chain(session.load(), (rest) => session.store([...rest.messages, ...left], response));
  }
}
