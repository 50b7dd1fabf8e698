/**
 * The CSRF secret of one request: the one that came, and the one that goes.
 *
 * @module
 */

import { Cookie } from "../cookies/cookie.ts";
import type { CookieAttributes } from "../cookies/cookie_attributes.ts";
import type { Context } from "./context.ts";
import { csrfFormatProblem, csrfSecretOf, maskCsrfSecret, newCsrfSecret } from "./csrf_token.ts";

/** How the cookie with the CSRF secret is named and where it is sent. */
export interface CsrfCookieOptions extends Omit<CookieAttributes, "maxAge" | "expires" | "httpOnly"> {
  /**
   * Its name. `__Host-` keeps subdomains from planting one; `"csrftoken"` is Django's.
   *
   * @default {"__Host-csrftoken"; "__Secure-csrftoken" with a domain or a path; "csrftoken" with secure: false}
   */
  readonly name?: string;
  /**
   * How long the browser keeps it, in seconds, from the last page with a token on; `null` until the browser is closed.
   *
   * @default {31_449_600 (52 weeks)}
   */
  readonly maxAge?: number | null;
  /**
   * Hides it from scripts in the page, which then get the token from the page only.
   *
   * @default {false}
   */
  readonly httpOnly?: boolean;
}

/**
 * Makes the cookie that keeps the secret.
 *
 * @param options How it is named and where it is sent.
 * @returns The cookie.
 * @throws {TypeError} If a browser would refuse it.
 * @throws {RangeError} If it would live longer than browsers allow.
 * @internal
 */
export function csrfCookie(options: CsrfCookieOptions = {}): Cookie {
  const { name, maxAge = 31_449_600, httpOnly = false, ...attributes } = options;
  const bound = attributes.domain === undefined && (attributes.path === undefined || attributes.path === "/");
  const prefix = attributes.secure === false ? "" : bound ? "__Host-" : "__Secure-";
  const lifetime = maxAge === null ? {} : { maxAge };
  return new Cookie(name ?? `${prefix}csrftoken`, { ...attributes, ...lifetime, httpOnly });
}

/** What the visitor's cookie holds: a secret, or something that is none. */
export type ReceivedSecret = { readonly secret: string } | { readonly secret?: undefined; readonly problem: string };

/**
 * One request's dealings with the secret. Nothing is read before it is asked for.
 *
 * @internal
 */
export class CsrfVisit {
  /** The request as the csrf layer saw it; a layer further in may have given it another method. */
  readonly request: Request;
  /** Whether a view was found, and the request checked or exempted. */
  checked = false;
  /** Set when the response has left the csrf layer. */
  left: boolean;

  readonly #cookie: Cookie;
  readonly #context: Context;
  #received: ReceivedSecret | undefined;
  #read = false;
  /** The secret that goes with the response. */
  #issued: string | undefined;

  /**
   * @param cookie The cookie that keeps the secret.
   * @param request The request.
   * @param context Its context.
   * @param left Whether the response has left the csrf layer already.
   */
  constructor(cookie: Cookie, request: Request, context: Context, left: boolean) {
    this.left = left;
    this.#cookie = cookie;
    this.request = request;
    this.#context = context;
  }

  /** What the visitor's cookie holds; `undefined` without one. It stays so when another secret goes with the response. */
  get received(): ReceivedSecret | undefined {
    if (!this.#read) {
      this.#read = true;
      const value = this.#context.cookies.get(this.#cookie);
      const problem = value === undefined ? undefined : csrfFormatProblem(value);
      if (value !== undefined) this.#received = problem === undefined ? { secret: csrfSecretOf(value) } : { problem };
    }
    return this.#received;
  }

  /**
   * Makes a token, and sends the secret with the response, also if the visitor has it already: it lives on from today.
   *
   * @returns The token: 64 letters and digits, others each time.
   * @throws {TypeError} If the response has left without the cookie.
   */
  token(): string {
    return maskCsrfSecret(this.#issued ?? this.#issue(this.received?.secret ?? newCsrfSecret()));
  }

  /**
   * Replaces the secret: tokens given out so far are void.
   *
   * @throws {TypeError} If the response has left.
   */
  rotate(): void {
    // What came is remembered first: the check goes by that.
    void this.received;
    this.#issue(newCsrfSecret());
  }

  #issue(secret: string): string {
    if (this.left) {
      throw new TypeError(
        "Cannot make a CSRF token as the response has left, and its cookie with it: call csrfToken() before the page streams",
      );
    }
    this.#context.cookies.set(this.#cookie, secret);
    return this.#issued = secret;
  }
}
