import { domainMatches, isLoopback, pathMatches, siteOf } from "./_cookie_reach.ts";
import { readSetCookie } from "./_received_cookie.ts";

/** A cookie as a browser keeps it. */
export interface KeptCookie {
  /** Its name; "" for a cookie that has none. */
  readonly name: string;
  /** Its value, as it was sent. */
  readonly value: string;
  /** The host, or with `hostOnly: false` the domain, in lower case. */
  readonly domain: string;
  /** Whether it is for that host alone, and not for those below it. */
  readonly hostOnly: boolean;
  /** The path it is sent to, and below. */
  readonly path: string;
  /** Whether it is sent over secure connections only. */
  readonly secure: boolean;
  /** Whether scripts can't see it. */
  readonly httpOnly: boolean;
  /** Which requests of other sites it goes along with. */
  readonly sameSite: "strict" | "lax" | "none";
  /** When it ends, in milliseconds since the Unix epoch; `undefined` for "when the browser is closed". */
  readonly expires: number | undefined;
}

/** What a request is, as far as cookies care. */
export interface CookieOccasion {
  /** Where it goes. */
  readonly url: URL;
  /** The origin of the page that starts it; `undefined` for the address bar. */
  readonly from: string | undefined;
  /** Whether it loads a page into a tab, by a method that changes nothing. */
  readonly safeNavigation: boolean;
}

/**
 * The cookies of a browser, kept and sent by the rules of RFC 6265bis §5, which browsers follow: host and domain, path, expiry, `Secure`,
 * `SameSite`, the prefixes `__Host-`, `__Secure-`, `__Http-` and `__Host-Http-`. What a browser would refuse is refused, and
 * {@linkcode BrowserCookies.refusals} says why: that is how "my session doesn't stick" is found in a test.
 *
 * @example A cookie that a browser refuses
 * ```ts
 * import { TestBrowser } from "@nuages/web/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const browser = new TestBrowser(() => new Response("", { headers: { "Set-Cookie": "__Host-id=1; Secure; Path=/shop" } }), {
 *   origin: "https://shop.example",
 * });
 * await browser.get("/");
 *
 * assertEquals(browser.cookies.all(), []);
 * assertEquals(browser.cookies.refusals, ["__Host-id=1; Secure; Path=/shop: its prefix takes Path=/ and no Domain"]);
 * ```
 */
export class BrowserCookies {
  /** Why cookies were refused, one line each, newest last. */
  readonly refusals: string[] = [];
  readonly #trustsLoopback: boolean;
  #kept: KeptCookie[] = [];

  /**
   * Makes an empty collection.
   *
   * @param trustsLoopback Whether http on this machine counts as secure: in Chromium and Firefox it does, in Safari it doesn't.
   */
  constructor(trustsLoopback: boolean) {
    this.#trustsLoopback = trustsLoopback;
  }

  /**
   * Every cookie that has not ended.
   *
   * @returns The cookies, in the order in which they were first set.
   */
  all(): readonly KeptCookie[] {
    return this.#kept = this.#kept.filter(({ expires }) => expires === undefined || expires > Date.now());
  }

  /**
   * The cookies that go along with a request.
   *
   * @param occasion The request.
   * @returns The value of its `Cookie` header; "" if there are none.
   */
  header(occasion: CookieOccasion): string {
    const { url } = occasion;
    return this.all()
      .filter((cookie) => cookie.hostOnly ? cookie.domain === url.hostname : domainMatches(url.hostname, cookie.domain))
      .filter((cookie) => pathMatches(url.pathname, cookie.path))
      .filter((cookie) => !cookie.secure || this.#isSecure(url))
      .filter((cookie) => isSameSite(occasion) || goesAcross(cookie, occasion))
      // Older first, since the list is in the order of their making and the sort keeps it.
      .toSorted((a, b) => b.path.length - a.path.length)
      .map(({ name, value }) => name === "" ? value : `${name}=${value}`)
      .join("; ");
  }

  /**
   * Takes a `Set-Cookie` line of a response.
   *
   * @param line The line.
   * @param occasion The request that is answered.
   */
  receive(line: string, occasion: CookieOccasion): void {
    const received = readSetCookie(line, occasion.url);
    if (typeof received === "string") return this.#refuse(line, received);
    const { cookie, attributes } = received;
    if (cookie === undefined) return this.#refuse(line, "its domain is another site's");
    const objection = this.#objection(cookie, attributes, occasion);
    if (objection !== undefined) return this.#refuse(line, objection);
    const at = this.all().findIndex((other) => isSame(other, cookie));
    const ended = cookie.expires !== undefined && cookie.expires <= Date.now();
    // Replaced where it stands, as it keeps its age.
    if (at >= 0) this.#kept.splice(at, 1, ...(ended ? [] : [cookie]));
    else if (!ended) this.#kept.push(cookie);
  }

  /** Forgets the cookies that last until the browser is closed. */
  endSession(): void {
    this.#kept = this.#kept.filter(({ expires }) => expires !== undefined);
  }

  /**
   * Keeps these cookies and no others, as somebody does who has copied them.
   *
   * @param cookies The cookies.
   */
  adopt(cookies: readonly KeptCookie[]): void {
    this.#kept = [...cookies];
  }

  #objection(
    cookie: KeptCookie,
    attributes: ReadonlyMap<string, string>,
    occasion: CookieOccasion,
  ): string | undefined {
    const { name, value, secure, httpOnly, sameSite } = cookie;
    if (secure && !this.#isSecure(occasion.url)) return "it is Secure and came over http";
    if (sameSite === "none" && !secure) return "SameSite=None takes Secure";
    if (!secure && !this.#isSecure(occasion.url) && this.#hidesSecure(cookie)) return "it would hide a Secure cookie";
    if (sameSite !== "none" && !isSameSite(occasion) && !occasion.safeNavigation) return "it came from another site";
    if (name === "" && /^__(?:secure|host|http|host-http)-/i.test(value)) return "it only looks like a prefix";
    if (/^__(?:secure|host|http|host-http)-/i.test(name) && !secure) return "its prefix takes Secure";
    if (/^__(?:http|host-http)-/i.test(name) && !httpOnly) return "its prefix takes HttpOnly";
    const bound = cookie.hostOnly && attributes.get("path") === "/";
    if (/^__host(?:-http)?-/i.test(name) && !bound) return "its prefix takes Path=/ and no Domain";
    return undefined;
  }

  #hidesSecure(cookie: KeptCookie): boolean {
    return this.all().some((other) =>
      other.secure && other.name === cookie.name && pathMatches(cookie.path, other.path) &&
      (domainMatches(other.domain, cookie.domain) || domainMatches(cookie.domain, other.domain))
    );
  }

  #isSecure(url: URL): boolean {
    return url.protocol === "https:" || this.#trustsLoopback && isLoopback(url);
  }

  #refuse(line: string, reason: string): void {
    this.refusals.push(`${line.slice(0, 60)}: ${reason}`);
  }
}

function isSame(a: KeptCookie, b: KeptCookie): boolean {
  return a.name === b.name && a.domain === b.domain && a.hostOnly === b.hostOnly && a.path === b.path;
}

function isSameSite({ url, from }: CookieOccasion): boolean {
  return from === undefined || siteOf(new URL(from)) === siteOf(url);
}

function goesAcross({ sameSite }: KeptCookie, { safeNavigation }: CookieOccasion): boolean {
  return sameSite === "none" || sameSite === "lax" && safeNavigation;
}
