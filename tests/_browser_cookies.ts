/** The cookies of a browser, kept and sent by the rules of RFC 6265bis §5, which browsers follow. */

/** A cookie as a browser keeps it. */
export interface KeptCookie {
  readonly name: string;
  readonly value: string;
  /** The host, or with `hostOnly: false` the domain, in lower case. */
  readonly domain: string;
  readonly hostOnly: boolean;
  readonly path: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  readonly sameSite: "strict" | "lax" | "none";
  /** When it ends, in milliseconds since the epoch; `undefined` for "when the browser is closed". */
  readonly expires: number | undefined;
}

/** What a request is, as far as cookies care. */
export interface Occasion {
  /** Where it goes. */
  readonly url: URL;
  /** The origin of the page that starts it; `undefined` for the address bar. */
  readonly from: string | undefined;
  /** Whether it loads a page into a tab, by a method that changes nothing. */
  readonly safeNavigation: boolean;
}

/** Keeps cookies. It parses for itself, so that a mistake of the library's own codec shows. */
export class BrowserCookies {
  /** Why cookies were refused, one line each, newest last. */
  readonly refusals: string[] = [];
  readonly #trustsLoopback: boolean;
  #kept: KeptCookie[] = [];

  /** @param trustsLoopback Whether http on this machine counts as secure: in Chromium and Firefox it does, in Safari not. */
  constructor(trustsLoopback: boolean) {
    this.#trustsLoopback = trustsLoopback;
  }

  /** Every cookie that has not ended. */
  all(): readonly KeptCookie[] {
    return this.#kept = this.#kept.filter(({ expires }) => expires === undefined || expires > Date.now());
  }

  /** The cookies that go along, as a `Cookie` header; "" if there are none. */
  header(occasion: Occasion): string {
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

  /** Takes a `Set-Cookie` line of a response. */
  receive(line: string, occasion: Occasion): void {
    // deno-lint-ignore no-control-regex -- these are what browsers refuse
    if (/[\x00-\x08\x0a-\x1f\x7f]/.test(line)) return this.#refuse(line, "it has control characters");
    const [pair = "", ...rest] = line.split(";");
    const [name, value] = splitPair(pair);
    if (name === "" && value === "") return this.#refuse(line, "it is empty");
    if (name.length + value.length > 4096) return this.#refuse(line, "it is larger than 4096 bytes");
    const attributes = readAttributes(rest);
    const cookie = makeCookie(name, value, attributes, occasion.url);
    const reason = cookie === undefined
      ? "its domain is another site's"
      : this.#objection(cookie, attributes, occasion);
    if (cookie === undefined || reason !== undefined) return this.#refuse(line, reason ?? "");
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

  /** Keeps these cookies and no others. */
  adopt(cookies: readonly KeptCookie[]): void {
    this.#kept = [...cookies];
  }

  #objection(cookie: KeptCookie, attributes: ReadonlyMap<string, string>, occasion: Occasion): string | undefined {
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
    const loopback = url.hostname === "localhost" || url.hostname.endsWith(".localhost") ||
      /^127\.|^\[::1\]$/.test(url.hostname);
    return url.protocol === "https:" || this.#trustsLoopback && loopback;
  }

  #refuse(line: string, reason: string): void {
    this.refusals.push(`${line.slice(0, 60)}: ${reason}`);
  }
}

const MAX_AGE = 400 * 86_400;

function splitPair(text: string): [string, string] {
  const at = text.indexOf("=");
  return at < 0 ? ["", trim(text)] : [trim(text.slice(0, at)), trim(text.slice(at + 1))];
}

function trim(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, "");
}

/** The last of several counts; one whose value is too long doesn't. */
function readAttributes(parts: readonly string[]): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const part of parts) {
    const [name, value] = part.includes("=") ? splitPair(part) : [trim(part), ""];
    if (value.length <= 1024) attributes.set(name.toLowerCase(), value);
  }
  return attributes;
}

function makeCookie(
  name: string,
  value: string,
  attributes: ReadonlyMap<string, string>,
  url: URL,
): KeptCookie | undefined {
  const wanted = attributes.get("domain")?.replace(/^\./, "").toLowerCase() ?? "";
  // A name without a dot is a top-level domain, which nobody may set cookies for but the host of that very name.
  const domain = wanted === url.hostname && !wanted.includes(".") ? "" : wanted;
  if (domain !== "" && (!domain.includes(".") || !domainMatches(url.hostname, domain))) return undefined;
  const path = attributes.get("path") ?? "";
  const sameSite = attributes.get("samesite")?.toLowerCase();
  return {
    name,
    value,
    domain: domain || url.hostname,
    hostOnly: domain === "",
    path: path.startsWith("/") ? path : defaultPath(url.pathname),
    secure: attributes.has("secure"),
    httpOnly: attributes.has("httponly"),
    sameSite: sameSite === "none" || sameSite === "strict" ? sameSite : "lax",
    expires: expiry(attributes),
  };
}

function expiry(attributes: ReadonlyMap<string, string>): number | undefined {
  const maxAge = attributes.get("max-age");
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) return Date.now() + Math.min(Number(maxAge), MAX_AGE) * 1000;
  const date = Date.parse(attributes.get("expires") ?? "");
  return Number.isNaN(date) ? undefined : Math.min(date, Date.now() + MAX_AGE * 1000);
}

function isSame(a: KeptCookie, b: KeptCookie): boolean {
  return a.name === b.name && a.domain === b.domain && a.hostOnly === b.hostOnly && a.path === b.path;
}

function defaultPath(path: string): string {
  return path.lastIndexOf("/") <= 0 ? "/" : path.slice(0, path.lastIndexOf("/"));
}

function pathMatches(path: string, cookiePath: string): boolean {
  if (path === cookiePath) return true;
  return path.startsWith(cookiePath) && (cookiePath.endsWith("/") || path[cookiePath.length] === "/");
}

function domainMatches(host: string, domain: string): boolean {
  return host === domain || host.endsWith(`.${domain}`) && !/^[\d.]+$|^\[/.test(host);
}

function isSameSite({ url, from }: Occasion): boolean {
  return from === undefined || siteOf(new URL(from)) === siteOf(url);
}

/** Scheme and the last two labels of the host: browsers ask the list of public suffixes, tests need none. */
function siteOf({ protocol, hostname }: URL): string {
  return protocol + (/^[\d.]+$|^\[/.test(hostname) ? hostname : hostname.split(".").slice(-2).join("."));
}

function goesAcross({ sameSite }: KeptCookie, { safeNavigation }: Occasion): boolean {
  return sameSite === "none" || sameSite === "lax" && safeNavigation;
}
