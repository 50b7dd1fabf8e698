import { assertCookie } from "./_cookie_rules.ts";
import { deletionAttributes, writeCookie, writeDeletion } from "./_write_cookie.ts";
import type { CookieAttributes } from "./cookie_attributes.ts";

/**
 * Writes the value of one `Set-Cookie` header, byte for byte as Django's `set_cookie` does: the order of the
 * attributes, quoting, `expires` beside `Max-Age`. It adds no attribute by itself but `Path=/`; see
 * {@linkcode Cookie} for safe defaults.
 *
 * What Django writes and a browser would refuse, cut, or take for something else is an error here: see `@throws`.
 *
 * @param name The name, from the characters RFC 6265 allows
 * @param value The value, of characters up to U+00FF; those that need it are quoted
 * @param attributes What the browser keeps beside it
 * @returns The header's value
 *
 * @throws {TypeError} If the name has foreign characters or is that of an attribute; the value has characters above
 *   U+00FF; an attribute is malformed (a date, a number, a domain or path with `;` or a control character); the prefix
 *   of the name (`__Host-`, `__Secure-`, `__Http-`, `__Host-Http-`), `SameSite=None` or `Partitioned` lacks what it
 *   takes; or `maxAge` and `expires` are both given
 * @throws {RangeError} If name and value have more than 4096 bytes together, domain or path more than 1024, or the
 *   cookie would live longer than 400 days
 *
 * @example Usage
 * ```ts
 * import { serializeCookie } from "@nuages/web/cookies";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   serializeCookie("theme", "dark blue", { secure: true, sameSite: "Lax" }),
 *   'theme="dark blue"; Path=/; SameSite=Lax; Secure',
 * );
 * ```
 */
export function serializeCookie(name: string, value: string, attributes: CookieAttributes = {}): string {
  assertCookie(name, attributes);
  return writeCookie(name, value, attributes);
}

/**
 * Writes the value of a `Set-Cookie` header that removes a cookie, as Django's `delete_cookie` does. The browser only
 * removes the cookie with the same name, domain, path and partition.
 *
 * `Secure` and `HttpOnly` are added where the name's prefix, `SameSite=None` or `Partitioned` takes them.
 *
 * @param name The name of the cookie to remove
 * @param attributes The attributes it was set with; `maxAge` and `expires` are not used
 * @returns The header's value
 *
 * @throws {TypeError} If the name or an attribute is malformed, as with {@linkcode serializeCookie}
 * @throws {RangeError} If the name, domain or path is too long
 *
 * @example Usage
 * ```ts
 * import { serializeDeletion } from "@nuages/web/cookies";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   serializeDeletion("theme"),
 *   'theme=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/',
 * );
 * ```
 */
export function serializeDeletion(name: string, attributes: CookieAttributes = {}): string {
  return writeDeletion(name, deletionAttributes(name, attributes));
}
