/**
 * The `Vary` header.
 *
 * @module
 */

/**
 * Says that the response depends on request headers. Those already named stay, none is named twice, and `*` swallows all. (RFC 9110
 * §12.5.5; Django's `patch_vary_headers`.)
 *
 * @param headers The response's headers.
 * @param names The request headers the response depends on.
 *
 * @example
 * ```ts
 * import { vary } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const headers = new Headers({ Vary: "Accept" });
 * vary(headers, "Cookie", "accept");
 *
 * assertEquals(headers.get("Vary"), "Accept, Cookie");
 * ```
 */
export function vary(headers: Headers, ...names: string[]): void {
  if (names.length === 0) return;
  const before = headers.get("Vary");
  if (before === null && names.length === 1) return headers.append("Vary", names[0]!);
  const present = before === null ? [] : before.split(",").map((name) => name.trim()).filter((name) => name !== "");
  const known = new Set(present.map((name) => name.toLowerCase()));
  for (const name of names) {
    const lower = name.toLowerCase();
    if (!known.has(lower)) present.push(name);
    known.add(lower);
  }
  headers.set("Vary", known.has("*") ? "*" : present.join(", "));
}
