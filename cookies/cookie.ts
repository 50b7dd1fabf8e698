import { assertCookie } from "./_cookie_rules.ts";
import { type NamedAttributes, plainCookie } from "./_loopback.ts";
import { writeCookie } from "./_write_cookie.ts";
import type { CookieAttributes } from "./cookie_attributes.ts";
import { serializeDeletion } from "./serialize_cookie.ts";

/**
 * One cookie: its name and its attributes, stated once, so that setting and deleting it cannot disagree.
 *
 * The defaults are the safe ones: `path: "/"`, `secure: true`, `httpOnly: true`, `sameSite: "Lax"`. Each weakening is
 * said by name. Everything is checked when the object is made, that is at start-up.
 *
 * @example A cookie that scripts in the page may read
 * ```ts
 * import { Cookie } from "@nuages/web/cookies";
 * import { assertEquals } from "@std/assert";
 *
 * const theme = new Cookie("theme", { httpOnly: false });
 *
 * assertEquals(theme.serialize("dark"), "theme=dark; Path=/; SameSite=Lax; Secure");
 * ```
 */
export class Cookie {
  /** The name, with its prefix if it has one. */
  readonly name: string;
  /** The attributes, defaults filled in. The object is frozen. */
  readonly attributes: Readonly<CookieAttributes>;
  /**
   * What it is over plain http on a loopback address: without its prefix. A session's cookie is read and sent again and again.
   *
   * @internal
   */
  readonly plain: NamedAttributes;

  /**
   * Checks the name and the attributes.
   *
   * @param name The name, such as `"theme"` or `"__Host-theme"`
   * @param attributes What differs from the defaults
   *
   * @throws {TypeError} If a browser would refuse the cookie, as with {@linkcode serializeCookie}
   * @throws {RangeError} If an attribute is too long or reaches too far into the future
   */
  constructor(name: string, attributes: CookieAttributes = {}) {
    const { expires } = attributes;
    const completed: CookieAttributes = {
      ...attributes,
      secure: attributes.secure ?? true,
      httpOnly: attributes.httpOnly ?? true,
      sameSite: attributes.sameSite ?? "Lax",
      path: attributes.path === undefined ? "/" : attributes.path,
    };
    assertCookie(name, completed);
    this.name = name;
    this.attributes = Object.freeze(expires ? withCopiesOf(expires, completed) : completed);
    this.plain = plainCookie(this);
  }

  /**
   * The same cookie with some attributes changed. A new `maxAge` replaces `expires`, and the reverse.
   *
   * @param attributes What changes
   * @returns A new object; this one stays as it is
   *
   * @throws {TypeError} If a browser would refuse the result
   * @throws {RangeError} If an attribute is too long or reaches too far into the future
   */
  with(attributes: CookieAttributes): Cookie {
    const { maxAge, expires, ...others } = this.attributes;
    const lifetime = attributes.maxAge !== undefined || attributes.expires !== undefined ? {} : { maxAge, expires };
    return new Cookie(this.name, { ...others, ...lifetime, ...attributes } as CookieAttributes);
  }

  /**
   * Writes the value of the `Set-Cookie` header that sets this cookie.
   *
   * @param value The value, of characters up to U+00FF
   * @returns The header's value
   *
   * @throws {TypeError} If the value has characters above U+00FF
   * @throws {RangeError} If name and value have more than 4096 bytes together
   */
  serialize(value: string): string {
    return writeCookie(this.name, value, this.attributes);
  }

  /**
   * Writes the value of the `Set-Cookie` header that removes this cookie.
   *
   * @returns The header's value
   */
  serializeDeletion(): string {
    return serializeDeletion(this.name, this.attributes);
  }
}

/** A Date can be changed by whoever holds it, so nobody holds the one that counts. */
function withCopiesOf(expires: Date, attributes: CookieAttributes): CookieAttributes {
  const time = expires.getTime();
  return {
    ...attributes,
    get expires(): Date {
      return new Date(time);
    },
  };
}
