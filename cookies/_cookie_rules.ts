// What a browser would refuse or silently change is refused here, at the place where the mistake is.
import type { CookieAttributes } from "./cookie_attributes.ts";
import { secondsNow } from "./clock.ts";

/** The longest life browsers give a cookie, in seconds (RFC 6265bis §5.5). */
export const MAX_AGE_LIMIT: number = 400 * 24 * 60 * 60;
/** The most bytes that name and value may have together (RFC 6265bis §5.6). */
export const PAIR_LIMIT: number = 4096;
/** The most bytes that the value of an attribute may have (RFC 6265bis §5.6). */
const ATTRIBUTE_LIMIT = 1024;

/** Characters that stand in a name, or unquoted in a value, as Python's `http.cookies` has them. */
export const TOKEN_REGEXP: RegExp = /^[A-Za-z0-9!#$%&'*+\-.^_`|~:]+$/;

/** Throws unless a browser would take a cookie of this name with these attributes, and Django would write it. */
export function assertCookie(name: string, attributes: CookieAttributes): void {
  assertName(name);
  assertLifetime(name, attributes);
  assertDomain(name, attributes.domain);
  assertPath(name, attributes.path);
  assertChoices(name, attributes);
  assertSecure(name, attributes);
}

/** Whether a cookie of this name, or with these attributes, is refused by browsers unless it is `Secure`. */
export function needsSecure(name: string, attributes: CookieAttributes): boolean {
  return hasPrefix(name) || isSameSiteNone(attributes) || attributes.partitioned === true;
}

/** Whether the cookie is to go along with requests of other sites. */
export function isSameSiteNone(attributes: CookieAttributes): boolean {
  return attributes.sameSite?.toLowerCase() === "none";
}

/** Whether the browser keeps a cookie of this name from scripts only with `HttpOnly`. */
export function needsHttpOnly(name: string): boolean {
  return hasPrefix(name) && HTTP_PREFIX_REGEXP.test(name);
}

/** Whether the name begins with a prefix that browsers attach rules to. They compare it without regard to case. */
export function hasPrefix(name: string): boolean {
  return name.startsWith("__") && PREFIX_REGEXP.test(name);
}

/** The name without its prefixes. */
export function withoutPrefix(name: string): string {
  return name.replace(PREFIX_REGEXP, "");
}

/** The seconds from now to `expires`, rounded up, so that the cookie never ends early. */
export function secondsUntil(expires: Date): number {
  return Math.max(0, Math.ceil(expires.getTime() / 1000 - secondsNow()));
}

const PREFIX_REGEXP = /^(?:__(?:Host-Http|Host|Secure|Http)-)+/i;
const HOST_PREFIX_REGEXP = /^__Host-/i;
const HTTP_PREFIX_REGEXP = /^__(?:Host-)?Http-/i;
const RESERVED_REGEXP = /^(?:comment|domain|expires|httponly|max-age|partitioned|path|samesite|secure|version)$/i;

function assertName(name: string): void {
  if (typeof name !== "string" || !TOKEN_REGEXP.test(name)) {
    throw new TypeError(
      `${
        cannot(name)
      } as a name has only letters, digits and the characters !#$%&'*+-.^_\`|~: and at least one of them`,
    );
  }
  if (RESERVED_REGEXP.test(name)) {
    throw new TypeError(`${cannot(name)} as this is the name of an attribute: choose another name`);
  }
  if (hasPrefix(name) && withoutPrefix(name) === "") {
    throw new TypeError(`${cannot(name)} as there is no name after the prefix`);
  }
}

function assertLifetime(name: string, { maxAge, expires }: CookieAttributes): void {
  if (maxAge !== undefined) {
    if (expires !== undefined) {
      throw new TypeError(`${cannot(name)} as "expires" and "maxAge" say the same: give one of them`);
    }
    if (typeof maxAge !== "number" || !Number.isFinite(maxAge)) {
      throw new TypeError(`${cannot(name)} as "maxAge" must be a number of seconds: received ${String(maxAge)}`);
    }
    if (Math.abs(maxAge) > MAX_AGE_LIMIT) {
      throw new RangeError(
        `${cannot(name)} as "maxAge" must be within 400 days (${MAX_AGE_LIMIT} seconds), ` +
          `which is where browsers cut it: received ${maxAge}`,
      );
    }
  }
  if (expires !== undefined) {
    if (!(expires instanceof Date) || Number.isNaN(expires.getTime())) {
      throw new TypeError(`${cannot(name)} as "expires" must be a valid Date: received ${String(expires)}`);
    }
    if (secondsUntil(expires) > MAX_AGE_LIMIT) {
      throw new RangeError(
        `${cannot(name)} as "expires" must be at most 400 days from now, which is where browsers cut it: ` +
          `received ${expires.toISOString()}`,
      );
    }
  }
}

function assertDomain(name: string, domain: string | undefined): void {
  if (domain === undefined || domain === "") return;
  if (typeof domain !== "string" || !/^[A-Za-z0-9._-]+$/.test(domain)) {
    throw new TypeError(
      `${cannot(name)} as "domain" has only letters, digits, dots and hyphens, and no port ` +
        `(write an international domain in its xn-- form): received ${JSON.stringify(domain)}`,
    );
  }
  assertAttributeLength(name, "domain", domain);
}

function assertPath(name: string, path: string | null | undefined): void {
  if (path === undefined || path === null || path === "" || path === "/") return;
  // Browsers ignore a path that does not begin with a slash and take the folder of the request instead.
  if (typeof path !== "string" || !/^\/[\x20-\x3a\x3c-\x7e]*$/.test(path)) {
    throw new TypeError(
      `${cannot(name)} as "path" begins with a slash and has printable ASCII characters without ";" ` +
        `(percent-encode the others): received ${JSON.stringify(path)}`,
    );
  }
  assertAttributeLength(name, "path", path);
}

function assertAttributeLength(name: string, attribute: string, value: string): void {
  if (value.length > ATTRIBUTE_LIMIT) {
    throw new RangeError(
      `${cannot(name)} as "${attribute}" must have at most ${ATTRIBUTE_LIMIT} bytes, ` +
        `beyond which browsers ignore it: received ${value.length}`,
    );
  }
}

function assertChoices(name: string, { sameSite, priority }: CookieAttributes): void {
  if (sameSite !== undefined && !/^(?:lax|strict|none)$/i.test(sameSite)) {
    throw new TypeError(
      `${cannot(name)} as "sameSite" must be "Lax", "Strict" or "None": received ${JSON.stringify(sameSite)}`,
    );
  }
  if (priority !== undefined && !/^(?:Low|Medium|High)$/.test(priority)) {
    throw new TypeError(
      `${cannot(name)} as "priority" must be "Low", "Medium" or "High": received ${JSON.stringify(priority)}`,
    );
  }
}

function assertSecure(name: string, attributes: CookieAttributes): void {
  const { secure, httpOnly, domain, path = "/" } = attributes;
  if (!secure && isSameSiteNone(attributes)) {
    throw new TypeError(`${cannot(name)} as "sameSite: None" takes "secure: true"`);
  }
  if (!secure && attributes.partitioned) throw new TypeError(`${cannot(name)} as "partitioned" takes "secure: true"`);
  if (!hasPrefix(name)) return;
  if (!secure) throw new TypeError(`${cannot(name)} as the prefix of its name takes "secure: true"`);
  if (!httpOnly && needsHttpOnly(name)) {
    throw new TypeError(`${cannot(name)} as the prefix of its name takes "httpOnly: true"`);
  }
  if (HOST_PREFIX_REGEXP.test(name) && (domain || path !== "/")) {
    throw new TypeError(`${cannot(name)} as the prefix of its name takes 'path: "/"' and no "domain"`);
  }
}

/** How every message of this folder about a cookie begins. */
export function cannot(name: string): string {
  return `Cannot write cookie ${JSON.stringify(name)}`;
}
