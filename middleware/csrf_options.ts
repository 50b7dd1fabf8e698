/**
 * What csrf() is told, and what it adds.
 *
 * @module
 */

import type { Context } from "./context.ts";
import type { CsrfFailure } from "./csrf_failure.ts";
import type { CsrfCookieOptions } from "./csrf_visit.ts";
import type { Html } from "./html.ts";

/** Options of `csrf()`, wherever the secret is kept. */
export interface CommonCsrfOptions {
  /**
   * Other origins whose pages may send forms here, as browsers write them: `https://example.com`, `https://*.example.com` (which is `example.com` too). They
   * still need the token.
   *
   * @default {[]}
   */
  trustedOrigins?: readonly string[];
  /**
   * Demands the token of every request that may change something, as Django does, even if the browser vouches for it.
   *
   * @default {false}
   */
  requireToken?: boolean;
  /**
   * Requests that aren't checked, for routers whose views can't be marked with `csrfExempt()`. Go by `context.url.pathname`; what answers
   * anything but true or false is an error.
   */
  exempt?: (request: Request, context: Context) => boolean;
  /** Answers for a refused request; the reason is for programmers. Without it: 403, with advice for visitors, or with `debug: true` the reason. */
  failure?: CsrfFailure;
  /**
   * The header that carries the token where there is no form.
   *
   * @default {"X-CSRFToken"}
   */
  headerName?: string;
  /**
   * Sends a token to scripts, too, in a cookie `XSRF-TOKEN` that axios, Angular and Inertia put into the header `X-XSRF-TOKEN`, which is read then. The cookie goes with every page that has a
   * token, and with those marked by `ensureCsrfCookie()`; it is not what tokens are held against, so that planting one gains nothing.
   *
   * @default {false}
   */
  xsrfCookie?: boolean;
}

/** Options of `csrf()` with the secret in a cookie. */
export interface CsrfOptions extends CommonCsrfOptions {
  /**
   * Where the visitor's secret is kept.
   *
   * @default {"cookie"}
   */
  storage?: "cookie";
  /** The cookie that keeps the secret. Without it `__Host-csrftoken`, Secure, SameSite=Lax, for 52 weeks, which scripts may read. */
  cookie?: CsrfCookieOptions;
}

/** Options of `csrf()` with the secret in the session. (Django's `CSRF_USE_SESSIONS`.) */
export interface SessionCsrfOptions extends CommonCsrfOptions {
  /** Where the visitor's secret is kept: in the session, under Django's key `_csrftoken`. */
  storage: "session";
}

/** What `csrf()` adds to the context. */
export interface HasCsrf {
  /**
   * Makes a token for a form, or for the header of a `fetch`. It differs each time, and all of them are good until {@linkcode HasCsrf.rotateCsrfToken}, in
   * every tab. The response sets the cookie and depends on it (`Vary: Cookie`).
   *
   * @returns 64 letters and digits.
   * @throws {TypeError} If the response has left: call it before the page streams.
   */
  csrfToken(): string;
  /**
   * Makes the hidden field for a form, with a token.
   *
   * @returns The field.
   * @throws {TypeError} If the response has left.
   */
  csrfField(): Html;
  /**
   * Makes all tokens so far void: at sign-in, so that nobody who knew one before knows one after.
   *
   * @throws {TypeError} If the response has left.
   */
  rotateCsrfToken(): void;
}

/** What `csrf()` adds to the context if the secret is in the session, which has to be read first. */
export interface HasSessionCsrf {
  /**
   * Makes a token, as {@linkcode HasCsrf.csrfToken} does.
   *
   * @returns 64 letters and digits.
   */
  csrfToken(): Promise<string>;
  /**
   * Makes the hidden field for a form, with a token.
   *
   * @returns The field.
   */
  csrfField(): Promise<Html>;
  /** Makes all tokens so far void. */
  rotateCsrfToken(): Promise<void>;
}

/** What `csrf({ storage: "session" })` needs on the context: what `sessions()` adds. */
export interface KeepsCsrfSecret {
  /**
   * The visitor's session.
   *
   * @returns What reads and writes a key.
   */
  session(): Promise<{
    /**
     * The value of a key.
     *
     * @param key The key.
     * @returns Its value.
     */
    get(key: string): unknown;
    /**
     * Gives a key a value.
     *
     * @param key The key.
     * @param value Its value.
     */
    set(key: string, value: unknown): void;
  }>;
}
