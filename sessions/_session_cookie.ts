import { Cookie } from "../cookies/cookie.ts";
import type { CookieAttributes } from "../cookies/cookie_attributes.ts";
import { now } from "./_record.ts";

/** How the session's cookie is named and where it is sent. */
export interface SessionCookieOptions extends Omit<CookieAttributes, "maxAge" | "expires"> {
  /**
   * Its name. `__Host-` binds it to this host, to https and to the whole site, so that no subdomain can plant one. Two applications on one host
   * need two names, also on two ports, which cookies don't tell apart.
   *
   * @default {"__Host-sessionid"; "__Secure-sessionid" with a domain or a path; "sessionid" with secure: false}
   */
  readonly name?: string;
}

/**
 * The session's cookie.
 *
 * @param options How it is named and where it is sent; Secure, HttpOnly and SameSite=Lax unless they say otherwise.
 * @returns The cookie.
 * @throws {TypeError} If a browser would refuse it.
 */
export function sessionCookie(options: SessionCookieOptions = {}): Cookie {
  const { name, ...attributes } = options;
  if ("maxAge" in attributes || "expires" in attributes) {
    throw new TypeError(
      "Cannot create sessions as their cookie lives as long as they do: use idleSeconds, absoluteSeconds or expireAtBrowserClose",
    );
  }
  const bound = attributes.domain === undefined && (attributes.path === undefined || attributes.path === "/");
  const prefix = attributes.secure === false ? "" : bound ? "__Host-" : "__Secure-";
  return new Cookie(name ?? `${prefix}sessionid`, attributes);
}

/**
 * For how long the browser keeps the cookie.
 *
 * @param expires The session's deadline, in milliseconds since the epoch.
 * @returns Seconds from now, 400 days at most as browsers keep none longer.
 */
export function maxAgeOf(expires: number): number {
  return Math.max(0, Math.min(Math.ceil((expires - now()) / 1000), MAX_AGE));
}

/** The session's cookie, with the life of a session. */
export class LastingCookie {
  readonly #cookie: Cookie;
  #latest: Cookie;

  /**
   * @param cookie The cookie, without a lifetime.
   */
  constructor(cookie: Cookie) {
    this.#cookie = cookie;
    this.#latest = cookie;
  }

  /**
   * The cookie for a session. That of the one before is given again if it lives as long: every session that is written begins anew, and checking
   * the attributes takes as long as writing them.
   *
   * @param expires The session's deadline, in milliseconds since the epoch.
   * @returns The cookie.
   */
  until(expires: number): Cookie {
    const maxAge = maxAgeOf(expires);
    if (this.#latest.attributes.maxAge !== maxAge) this.#latest = this.#cookie.with({ maxAge });
    return this.#latest;
  }
}

const MAX_AGE = 400 * 86_400;
