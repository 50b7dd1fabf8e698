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

/**
 * The cookies a response sets, one line for each name, domain, path and partition.
 *
 * Nearly every response sets one or none, and a `Map` costs more than all else about it: so there is none before the second.
 */
export class OutgoingCookies {
  #first: OutgoingCookie | undefined;
  /** Whether the first is the only one, and waits to be written. */
  #firstWaits = false;
  #lines: Map<string, string> | undefined;
  #values: Map<string, string | undefined> | undefined;

  /** How many lines wait to be written. */
  get size(): number {
    return this.#lines?.size ?? (this.#firstWaits ? 1 : 0);
  }

  /** Whether a cookie of this name was set or deleted. */
  has(name: string): boolean {
    return this.#values?.has(name) ?? this.#first?.name === name;
  }

  /** The value that was set last by this name, if none was deleted since. */
  get(name: string): string | undefined {
    if (this.#values !== undefined) return this.#values.get(name);
    return this.#first?.name === name ? this.#first.value : undefined;
  }

  /** What was set by name; `undefined` stands for a deleted cookie. */
  entries(): Iterable<[name: string, value: string | undefined]> {
    return this.#values ?? (this.#first === undefined ? [] : [[this.#first.name, this.#first.value]]);
  }

  /** Remembers a cookie, instead of another one for the same place. */
  put(cookie: OutgoingCookie): void {
    const first = this.#first;
    if (first === undefined) {
      this.#first = cookie;
      this.#firstWaits = true;
      return;
    }
    const lines = this.#lines ??= new Map(this.#firstWaits ? [[placeOf(first), first.line]] : []);
    const values = this.#values ??= new Map([[first.name, first.value]]);
    lines.set(placeOf(cookie), cookie.line);
    values.set(cookie.name, cookie.value);
  }

  /** Appends the lines to the headers and forgets them. */
  applyTo(headers: Headers): void {
    if (this.#lines === undefined) {
      if (this.#firstWaits) headers.append("set-cookie", this.#first!.line);
      this.#firstWaits = false;
      return;
    }
    for (const line of this.#lines.values()) headers.append("set-cookie", line);
    this.#lines.clear();
  }
}

function placeOf({ name, attributes }: OutgoingCookie): string {
  const { domain = "", path = "/", partitioned = false } = attributes;
  // Neither a name nor a domain nor a path has a tab in it.
  return `${name}\t${domain && domain.toLowerCase().replace(/^\./, "")}\t${path}\t${partitioned}`;
}
