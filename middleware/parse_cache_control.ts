/**
 * The `Cache-Control` header.
 *
 * @module
 */

/** What a `Cache-Control` says, by its lower-case names; `""` where there is no value. */
export type CacheDirectives = ReadonlyMap<string, string>;

/**
 * Reads a `Cache-Control`. Of two directives with one name the first counts, but for lifetimes the shortest. (RFC 9111 §5.2.)
 *
 * @param header The header's value.
 * @returns What it says.
 * @internal
 */
export function parseCacheControl(header: string | null): CacheDirectives {
  const directives = new Map<string, string>();
  for (const [, name, quoted, token] of (header ?? "").matchAll(DIRECTIVE_REGEXP)) {
    const key = name!.toLowerCase();
    const value = quoted?.replace(/\\(.)/g, "$1") ?? token ?? "";
    const before = directives.get(key);
    if (before === undefined || Number(value) < Number(before)) directives.set(key, value);
  }
  return directives;
}

// The name; the value in quotes, commas and all; or up to the next comma.
const DIRECTIVE_REGEXP = /([^\s,=;"]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,;"]*)))?/g;

/**
 * Reads a number of seconds.
 *
 * @param directives What the header says.
 * @param name The directive.
 * @returns The seconds; `undefined` if it isn't said, 0 if it is malformed: such a response is stale. (RFC 9111 §4.2.1.)
 * @internal
 */
export function secondsOf(directives: CacheDirectives, name: string): number | undefined {
  const value = directives.get(name);
  if (value === undefined) return undefined;
  return /^\d{1,12}$/.test(value) ? Number(value) : 0;
}

/**
 * Says for how long others may keep the response: at most as long as it says already.
 *
 * @param headers The response's headers.
 * @param seconds For how long.
 * @param now The time, in seconds since the Unix epoch.
 * @internal
 */
export function limitMaxAge(headers: Headers, seconds: number, now: number): void {
  const header = headers.get("Cache-Control") ?? "";
  const said = secondsOf(parseCacheControl(header), "max-age");
  const maxAge = Math.min(said ?? seconds, seconds);
  if (said !== maxAge) {
    const rest = header.replace(/(^|,)\s*max-age\s*=\s*("[^"]*"|[^,]*)/gi, "$1").split(
      /,\s*(?=(?:[^"]*"[^"]*")*[^"]*$)/,
    );
    headers.set("Cache-Control", [...rest.filter((part) => part.trim() !== ""), `max-age=${maxAge}`].join(", "));
  }
  if (!headers.has("Expires")) headers.set("Expires", new Date((now + maxAge) * 1000).toUTCString());
}
