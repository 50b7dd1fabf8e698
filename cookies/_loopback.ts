// Browsers treat http://localhost as secure, but not all of them with cookies: Safari refuses `Secure` there, and with
// it everything that takes `Secure`.
import { isSameSiteNone, withoutPrefix } from "./_cookie_rules.ts";
import type { CookieAttributes } from "./cookie_attributes.ts";

/** The name of a cookie on a loopback address over plain http. */
export function loopbackName(name: string): string {
  return withoutPrefix(name);
}

/** What a cookie is called, and where it is sent. */
export interface NamedAttributes {
  readonly name: string;
  readonly attributes: CookieAttributes;
}

/** A cookie as it is on a loopback address over plain http. */
export function plainCookie({ name, attributes }: NamedAttributes): NamedAttributes {
  const { secure: _secure, partitioned: _partitioned, ...kept } = attributes;
  return { name: loopbackName(name), attributes: isSameSiteNone(attributes) ? { ...kept, sameSite: "Lax" } : kept };
}
