/**
 * The CSRF secret of one request: the one that came, and the one that goes.
 *
 * @module
 */

import { Cookie } from "../cookies/cookie.ts";
import type { CookieAttributes } from "../cookies/cookie_attributes.ts";
import type { Awaitable } from "./awaitable.ts";
import type { Context } from "./context.ts";
import type { KeepsCsrfSecret } from "./csrf_options.ts";
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

/**
 * Makes the cookie that gives scripts a token.
 *
 * @param options How the cookie with the secret goes: this one lives as long, and goes where that one does.
 * @returns The cookie.
 * @throws {TypeError} If a browser would refuse it.
 * @throws {RangeError} If it would live longer than browsers allow.
 * @internal
 */
export function xsrfCookie(options: CsrfCookieOptions = {}): Cookie {
  return csrfCookie({ ...options, name: "XSRF-TOKEN", httpOnly: false });
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

  readonly #cookie: Cookie | undefined;
  readonly #extra: Cookie | undefined;
  readonly #context: Context;
  #session: Session | undefined;
  #received: ReceivedSecret | undefined;
  #read = false;
  /** The secret that goes with the response. */
  #issued: string | undefined;

  /**
   * @param cookie The cookie that keeps the secret; `undefined` if it is in the session.
   * @param extra The cookie that gives scripts a token, if there is one.
   * @param request The request.
   * @param context Its context.
   * @param left Whether the response has left the csrf layer already.
   */
  constructor(
    cookie: Cookie | undefined,
    extra: Cookie | undefined,
    request: Request,
    context: Context,
    left: boolean,
  ) {
    this.left = left;
    this.#cookie = cookie;
    this.#extra = extra;
    this.request = request;
    this.#context = context;
  }

  /** Whether the secret is in the session. */
  get isInSession(): boolean {
    return this.#cookie === undefined;
  }

  /**
   * Makes sure that the secret can be read: a cookie is there at once, a session has to be read.
   *
   * @returns This, now or later.
   */
  open(): Awaitable<CsrfVisit> {
    if (this.#cookie !== undefined || this.#session !== undefined) return this;
    return (this.#context as Context & KeepsCsrfSecret).session().then((session) => {
      this.#session = session;
      return this;
    });
  }

  /** What the visitor has sent along, or their session holds; `undefined` without a secret. It stays so when another secret goes with the response. */
  get received(): ReceivedSecret | undefined {
    if (!this.#read) {
      this.#read = true;
      const value = this.#cookie === undefined ? this.#fromSession() : this.#context.cookies.get(this.#cookie);
      const problem = value === undefined ? undefined : csrfFormatProblem(value);
      if (value !== undefined) this.#received = problem === undefined ? { secret: csrfSecretOf(value) } : { problem };
    }
    return this.#received;
  }

  #fromSession(): string | undefined {
    const value = this.#session!.get(SESSION_KEY);
    return value === undefined ? undefined : String(value);
  }

  /** The secret that the session holds now: it may have ended since it was read. */
  #kept(): string | undefined {
    const value = this.#fromSession();
    return value === undefined || csrfFormatProblem(value) !== undefined ? undefined : csrfSecretOf(value);
  }

  /**
   * Makes a token, and sends the secret with the response, also if the visitor has it already: it lives on from today.
   *
   * @returns The token: 64 letters and digits, others each time.
   * @throws {TypeError} If the response has left without the cookie.
   */
  token(): string {
    const secret = this.#session === undefined ? this.#issued ?? this.received?.secret : this.#kept();
    return maskCsrfSecret(
      secret !== undefined && secret === this.#issued ? secret : this.#issue(secret ?? newCsrfSecret()),
    );
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
    if (this.#cookie !== undefined) this.#context.cookies.set(this.#cookie, secret);
    // Writing what is there already would make a write of every page.
    else if (this.#fromSession() !== secret) this.#session!.set(SESSION_KEY, secret);
    if (this.#extra !== undefined) this.#context.cookies.set(this.#extra, maskCsrfSecret(secret));
    return this.#issued = secret;
  }
}

type Session = Awaited<ReturnType<KeepsCsrfSecret["session"]>>;

/** Django's. */
const SESSION_KEY = "_csrftoken";
