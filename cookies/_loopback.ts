// Browsers treat http://localhost as secure, but not all of them with cookies: Safari refuses `Secure` there, and with
// it everything that takes `Secure`.
import { isSameSiteNone, withoutPrefix } from "./_cookie_rules.ts";
import type { CookieAttributes } from "./cookie_attributes.ts";

/** The name of a cookie on a loopback address over plain http. */
export function loopbackName(name: string): string {
  return withoutPrefix(name);
}

/** The attributes of a cookie on a loopback address over plain http. */
export function loopbackAttributes(attributes: CookieAttributes): CookieAttributes {
  const { secure: _secure, partitioned: _partitioned, ...kept } = attributes;
  return isSameSiteNone(attributes) ? { ...kept, sameSite: "Lax" } : kept;
}
