import { secondsUntil } from "./_cookie_rules.ts";
import { RequestCookies } from "./_request_cookies.ts";
import { openCookieValue, sealCookieValue } from "./_sealed_cookies.ts";
import { signCookieValue, verifyCookieValue } from "./_signed_cookies.ts";
import { Cookie } from "./cookie.ts";
import type { CookieAttributes } from "./cookie_attributes.ts";
import type { CookieJarOptions, SignedCookieAttributes, SignedCookieOptions } from "./cookie_jar_options.ts";
import type { MaxAgeOptions } from "./timestamp_signer.ts";

/**
 * The cookies of one request and its response: `context.cookies`.
 *
 * A cookie is given by its name or as a {@linkcode Cookie}. By name it gets the safe attributes (`Path=/`, `Secure`,
 * `HttpOnly`, `SameSite=Lax`) but for what is said otherwise. What was set is what is read from then on.
 *
 * What visitors send never makes it throw: a cookie that is malformed, forged or too old is `undefined`.
 *
 * @example Usage
 * ```ts
 * import { CookieJar, KeyRing } from "@nuages/web/cookies";
 * import { assertEquals } from "@std/assert";
 *
 * const keys = new KeyRing(crypto.randomUUID() + crypto.randomUUID());
 * const jar = new CookieJar("theme=dark", { keys });
 *
 * assertEquals(jar.get("theme"), "dark");
 * jar.set("theme", "light", { httpOnly: false, maxAge: 3600 });
 * jar.setSigned("user", "ada");
 * assertEquals(jar.get("theme"), "light");
 * assertEquals(jar.getSigned("user"), "ada");
 *
 * const headers = new Headers();
 * jar.applyTo(headers);
 * assertEquals(headers.getSetCookie().length, 2);
 * ```
 */
export class CookieJar {
  readonly #cookies: RequestCookies;

  /**
   * Keeps the header; nothing is read before it is asked for.
   *
   * @param header The `Cookie` header of the request, or `null`
   * @param options Keys, and what is known about the connection
   */
  constructor(header: string | null, options: CookieJarOptions = {}) {
    this.#cookies = new RequestCookies(header, options);
  }

  /** Whether a cookie of the request was asked for, so that the response depends on it and takes `Vary: Cookie`. */
  get accessed(): boolean {
    return this.#cookies.accessed;
  }

  /** Whether there is something that {@linkcode CookieJar.applyTo} has still to write. */
  get changed(): boolean {
    return this.#cookies.changed;
  }

  /**
   * Reads a cookie.
   *
   * @param cookie The cookie
   * @returns Its value, or `undefined` if there is none
   */
  get(cookie: string | Cookie): string | undefined {
    return typeof cookie === "string" ? this.#cookies.get(cookie) : this.#cookies.get(cookie.name, cookie.plain.name);
  }

  /**
   * Tells whether there is a cookie.
   *
   * @param cookie The cookie
   * @returns Whether {@linkcode CookieJar.get} would answer a value, be it empty
   */
  has(cookie: string | Cookie): boolean {
    return this.get(cookie) !== undefined;
  }

  /**
   * Lists the cookies.
   *
   * @returns The names as the browser knows them
   */
  names(): string[] {
    return this.#cookies.names();
  }

  /**
   * Sets a cookie.
   *
   * @param cookie The cookie
   * @param value Its value, of characters up to U+00FF
   * @param attributes What differs from the attributes of the cookie, or from the safe ones
   *
   * @throws {TypeError} If a browser would refuse the cookie, as with {@linkcode serializeCookie}
   * @throws {RangeError} If the cookie is too long or would live too long
   */
  set(cookie: string | Cookie, value: string, attributes?: CookieAttributes): void {
    this.#cookies.set(cookieOf(cookie, attributes), value);
  }

  /**
   * Deletes a cookie. One that was set with another path or domain is only deleted with the same path and domain.
   *
   * @param cookie The cookie
   * @param attributes What differs from the attributes of the cookie
   *
   * @throws {TypeError} If a browser would refuse the cookie, as with {@linkcode serializeDeletion}
   * @throws {RangeError} If name, domain or path is too long
   */
  delete(cookie: string | Cookie, attributes?: CookieAttributes): void {
    if (typeof cookie === "string") this.#cookies.delete(cookie, { sameSite: "Lax", ...attributes });
    else this.#cookies.delete(cookie.name, cookieOf(cookie, attributes).attributes);
  }

  /**
   * Reads a cookie that {@linkcode CookieJar.setSigned} or Django's `set_signed_cookie` set. One that an old key
   * signed is set again with the first key and its original time, if it is given as a {@linkcode Cookie}.
   *
   * @param cookie The cookie
   * @param options Salt and greatest age
   * @returns The value, or `undefined` if there is none or it is not genuine or too old
   *
   * @throws {TypeError} If there are no keys
   * @throws {RangeError} If `maxAge` is not a finite number
   */
  getSigned(cookie: string | Cookie, options: SignedCookieOptions = {}): string | undefined {
    const { salt = "", maxAge = maxAgeOf(cookie), legacySalt: legacy = false } = options;
    const name = nameOf(cookie);
    const keys = this.#cookies.keys(name);
    const signed = this.get(cookie);
    if (signed === undefined) return undefined;
    const result = verifyCookieValue(keys, name, salt, signed, { maxAge, legacy });
    if (!result.ok) return this.#cookies.refused(name, result.reason);
    if (options.maxAge === undefined && hasEnded(cookie)) return undefined;
    this.#cookies.reissue(cookie, result, () => signCookieValue(keys, name, salt, result.value, result.signedAt));
    return result.value;
  }

  /**
   * Sets a cookie that visitors can read but not change, nor pass off for another, as Django's `set_signed_cookie`.
   *
   * @param cookie The cookie
   * @param value Its value, of characters up to U+00FF
   * @param attributes Salt, and what differs from the attributes of the cookie
   *
   * @throws {TypeError} If there are no keys or a browser would refuse the cookie
   * @throws {RangeError} If the cookie is too long or would live too long
   */
  setSigned(cookie: string | Cookie, value: string, attributes: SignedCookieAttributes = {}): void {
    const { salt = "", ...others } = attributes;
    const name = nameOf(cookie);
    this.set(cookie, signCookieValue(this.#cookies.keys(name), name, salt, value), others);
  }

  /**
   * Reads a cookie that {@linkcode CookieJar.setSealed} set. One that an old key sealed is set again with the first key
   * and its original times, if it is given as a {@linkcode Cookie}.
   *
   * @typeParam T The type the value is known to have, since only this application can have sealed it
   * @param cookie The cookie
   * @param options Greatest age; by default that which it was set with
   * @returns The value, or `undefined` if there is none or it is not genuine or too old
   *
   * @throws {TypeError} If there are no keys
   * @throws {RangeError} If `maxAge` is not a finite number
   */
  getSealed<T = unknown>(cookie: string | Cookie, options: MaxAgeOptions = {}): T | undefined {
    const name = nameOf(cookie);
    const keys = this.#cookies.keys(name);
    const sealed = this.get(cookie);
    if (sealed === undefined) return undefined;
    const result = openCookieValue(keys, name, sealed, options.maxAge);
    if (!result.ok) return this.#cookies.refused(name, result.reason);
    const { value, signedAt: at, expiresAt } = result;
    const lifetime = expiresAt === undefined ? { at } : { at, maxAge: expiresAt - at };
    this.#cookies.reissue(cookie, result, () => sealCookieValue(keys, name, value, lifetime));
    return value as T;
  }

  /**
   * Sets a cookie that visitors can neither read nor change. It ends by itself when its `maxAge` or `expires` is over,
   * whatever the browser does.
   *
   * @param cookie The cookie
   * @param value A value that JSON carries
   * @param attributes What differs from the attributes of the cookie
   *
   * @throws {TypeError} If there are no keys, JSON can't carry the value, or a browser would refuse the cookie
   * @throws {RangeError} If the cookie is too long or would live too long
   */
  setSealed(cookie: string | Cookie, value: unknown, attributes?: CookieAttributes): void {
    const keys = this.#cookies.keys(nameOf(cookie));
    const made = cookieOf(cookie, attributes);
    const { expires, maxAge = expires && secondsUntil(expires) } = made.attributes;
    this.set(made, sealCookieValue(keys, made.name, value, maxAge === undefined ? {} : { maxAge }));
  }

  /**
   * Appends one `Set-Cookie` for each cookie that was set or deleted, and forgets that it has to be written, so that
   * another call adds only what was set since.
   *
   * @param headers The headers of the response
   */
  applyTo(headers: Headers): void {
    this.#cookies.applyTo(headers);
  }

  /**
   * Says that the response has left. From then on setting and deleting a cookie is an error, as it would be lost
   * without a word; reading goes on.
   */
  close(): void {
    this.#cookies.close();
  }
}

function nameOf(cookie: string | Cookie): string {
  return typeof cookie === "string" ? cookie : cookie.name;
}

function maxAgeOf(cookie: string | Cookie): number | undefined {
  return typeof cookie === "string" ? undefined : cookie.attributes.maxAge;
}

function hasEnded(cookie: string | Cookie): boolean {
  const expires = typeof cookie === "string" ? undefined : cookie.attributes.expires;
  return expires !== undefined && secondsUntil(expires) === 0;
}

function cookieOf(cookie: string | Cookie, attributes: CookieAttributes | undefined): Cookie {
  if (typeof cookie === "string") return new Cookie(cookie, attributes);
  return attributes ? cookie.with(attributes) : cookie;
}
