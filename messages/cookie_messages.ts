/**
 * Messages in a cookie.
 *
 * @module
 */

import { Cookie } from "../cookies/cookie.ts";
import type { CookieAttributes } from "../cookies/cookie_attributes.ts";
import type { Context } from "../middleware/context.ts";
import { OpenCookie } from "./_open_cookie.ts";
import type { MessageStorage, OpenMessages } from "./storage.ts";

/** How the messages' cookie is named, where it is sent and how large it grows. */
export interface MessageCookieOptions extends Omit<CookieAttributes, "maxAge" | "expires"> {
  /**
   * Its name. Django's is `messages`.
   *
   * @default {"__Host-messages"; "__Secure-messages" with a domain or a path; "messages" with secure: false}
   */
  readonly name?: string;
  /**
   * How many bytes its value has at most, from 256 to what a browser takes: 4096 with the name. Django has 2048, so that there is room for other cookies.
   *
   * @default {2048}
   */
  readonly maxBytes?: number;
}

/**
 * Keeps messages in a signed cookie, in Django's format: each side reads what the other wrote. Visitors can read them, not change them. It needs no
 * session, and the browser forgets them when it is closed.
 *
 * What doesn't fit is dropped, the oldest first; an event `messages.dropped` says how many, and with `debug: true` it is an error.
 * {@linkcode FallbackMessages} drops nothing.
 *
 * A cookie belongs to the browser, and the answer that arrives last has the last word. Two pages that are asked for at the same moment both show a message,
 * and of two answers that each add one, the browser keeps what the later says. Where that matters there is {@linkcode SessionMessages}.
 *
 * @example A site without sessions
 * ```ts
 * import { pipeline, routes } from "@nuages/web/middleware";
 * import { CookieMessages, messages } from "@nuages/web/messages";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline({ keys: [crypto.randomUUID()] })
 *   .use(messages({ storage: new CookieMessages() }))
 *   .handle(routes({
 *     "POST /": (_request, context) => {
 *       context.messages.success("Saved.");
 *       return new Response("ok");
 *     },
 *     "GET /": async (_request, context) => new Response((await context.messages.read()).join()),
 *   }));
 * const saved = await app(new Request("http://localhost/", { method: "POST" }));
 * const cookie = saved.headers.getSetCookie()[0]!.split(";")[0]!;
 * const page = await app(new Request("http://localhost/", { headers: { Cookie: cookie } }));
 *
 * assertEquals(await page.text(), "Saved.");
 * ```
 */
export class CookieMessages implements MessageStorage {
  /** The cookie is signed with the pipeline's keys. */
  readonly needsKeys = true;
  readonly #cookie: Cookie;
  readonly #maxBytes: number;

  /**
   * The cookie.
   *
   * @internal
   */
  get cookie(): Cookie {
    return this.#cookie;
  }

  /**
   * Checks the cookie.
   *
   * @param options How the cookie is named, where it is sent and how large it grows.
   * @throws {TypeError} If a browser would refuse the cookie.
   * @throws {RangeError} If `maxBytes` is less than 256, or more than a browser takes.
   */
  constructor(options: MessageCookieOptions = {}) {
    const { maxBytes = 2048, ...attributes } = options;
    this.#cookie = messageCookie(attributes);
    const most = PAIR_LIMIT - this.#cookie.name.length;
    if (!Number.isInteger(maxBytes) || maxBytes < 256 || maxBytes > most) {
      throw new RangeError(
        `Cannot create CookieMessages as maxBytes must be from 256 to ${most}: received ${maxBytes}`,
      );
    }
    this.#maxBytes = maxBytes;
  }

  /**
   * Opens the cookie of a request.
   *
   * @param context The request's context.
   * @returns The messages in it.
   * @throws {TypeError} If the pipeline has no keys.
   */
  open(context: Context): OpenMessages {
    return this.openCookie(context);
  }

  /**
   * Whether the request has no cookie with messages.
   *
   * @param context The request's context.
   * @returns Whether it has none.
   */
  isEmpty({ app, cookies }: Context): boolean {
    // Who has no keys is to hear of it at the first page, not at the first message.
    return app.keys !== undefined && !cookies.has(this.#cookie);
  }

  /**
   * Opens the cookie for somebody who takes what doesn't fit.
   *
   * @param context The request's context.
   * @returns The messages in it.
   * @internal
   */
  openCookie(context: Context): OpenCookie {
    return new OpenCookie(context, this.#cookie, this.#maxBytes);
  }
}

/** The most bytes a browser takes for name and value together (RFC 6265bis §5.6). */
const PAIR_LIMIT = 4096;

function messageCookie(options: Omit<MessageCookieOptions, "maxBytes">): Cookie {
  const { name, ...attributes } = options;
  const isBound = attributes.domain === undefined && (attributes.path === undefined || attributes.path === "/");
  const prefix = attributes.secure === false ? "" : isBound ? "__Host-" : "__Secure-";
  return new Cookie(name ?? `${prefix}messages`, attributes);
}
