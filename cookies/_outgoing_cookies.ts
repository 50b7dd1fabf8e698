import type { CookieAttributes } from "./cookie_attributes.ts";

/** A cookie that is set or deleted. */
export interface OutgoingCookie {
  readonly name: string;
  readonly attributes: CookieAttributes;
  /** `undefined` for a cookie that is deleted. */
  readonly value: string | undefined;
  /** The line that tells the browser. */
  readonly line: string;
}

/** The cookies a response sets, one line for each name, domain, path and partition. There are few, so that looking through them is the fastest. */
export class OutgoingCookies {
  /** Those that wait to be written. */
  #waiting: OutgoingCookie[] = NONE;
  /** What was set or deleted last by each name. */
  #latest: OutgoingCookie[] = NONE;

  /** How many lines wait to be written. */
  get size(): number {
    return this.#waiting.length;
  }

  /** What was set or deleted last by each name. */
  get latest(): readonly OutgoingCookie[] {
    return this.#latest;
  }

  /** What was set or deleted last by this name. */
  find(name: string): OutgoingCookie | undefined {
    for (const cookie of this.#latest) if (cookie.name === name) return cookie;
    return undefined;
  }

  /** Remembers the line that sets a cookie, or deletes it, instead of another one for the same place. */
  put(cookie: OutgoingCookie): void {
    this.#waiting = withCookie(this.#waiting, cookie, isSamePlace);
    this.#latest = withCookie(this.#latest, cookie, isSameName);
  }

  /** Appends the lines to the headers and forgets them. */
  applyTo(headers: Headers): void {
    for (const { line } of this.#waiting) headers.append("set-cookie", line);
    this.#waiting = NONE;
  }
}

const NONE: OutgoingCookie[] = [];

type Sameness = (one: OutgoingCookie, other: OutgoingCookie) => boolean;

function withCookie(cookies: OutgoingCookie[], cookie: OutgoingCookie, isSame: Sameness): OutgoingCookie[] {
  if (cookies.length === 0) return [cookie];
  const at = cookies.findIndex((other) => isSame(other, cookie));
  return at === -1 ? [...cookies, cookie] : cookies.with(at, cookie);
}

function isSameName(one: OutgoingCookie, other: OutgoingCookie): boolean {
  return one.name === other.name;
}

function isSamePlace(one: OutgoingCookie, other: OutgoingCookie): boolean {
  const { path = "/", partitioned = false } = one.attributes;
  return isSameName(one, other) && path === (other.attributes.path ?? "/") &&
    partitioned === (other.attributes.partitioned ?? false) && domainOf(one) === domainOf(other);
}

/** As browsers compare it. */
function domainOf({ attributes: { domain = "" } }: OutgoingCookie): string {
  return domain.toLowerCase().replace(/^\./, "");
}
