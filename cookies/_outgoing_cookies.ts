import type { CookieAttributes } from "./cookie_attributes.ts";

/** The cookies a response sets, one line for each name, domain, path and partition. */
export class OutgoingCookies {
  readonly #lines = new Map<string, string>();
  readonly #values = new Map<string, string | undefined>();

  /** How many lines wait to be written. */
  get size(): number {
    return this.#lines.size;
  }

  /** What was set by name; `undefined` stands for a deleted cookie. */
  get values(): ReadonlyMap<string, string | undefined> {
    return this.#values;
  }

  /** Remembers the line that sets a cookie to a value, or deletes it if there is none. */
  put(name: string, attributes: CookieAttributes, value: string | undefined, line: string): void {
    const { domain = "", path = "/", partitioned = false } = attributes;
    // Neither a name nor a domain nor a path has a tab in it.
    const place = `${name}\t${domain && domain.toLowerCase().replace(/^\./, "")}\t${path}\t${partitioned}`;
    this.#lines.set(place, line);
    this.#values.set(name, value);
  }

  /** Appends the lines to the headers and forgets them. */
  applyTo(headers: Headers): void {
    for (const line of this.#lines.values()) headers.append("set-cookie", line);
    this.#lines.clear();
  }
}
