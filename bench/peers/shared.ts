/** What the peers have in common, and what those need that have no middleware of their own for it. */

/**
 * Loads a package of the map beside this file. An import that names it would be looked for by whoever checks the types of the project, where no peer is
 * to be found.
 *
 * @param specifier The name of the package, or of a part of it.
 */
// deno-lint-ignore no-explicit-any -- nobody knows its types here
export function load(specifier: string): Promise<any> {
  return import(specifier);
}

/** What `security()` sends by default. */
export const SECURITY_HEADERS: readonly (readonly [name: string, value: string])[] = [
  ["X-Frame-Options", "DENY"],
  ["X-Content-Type-Options", "nosniff"],
  ["Referrer-Policy", "same-origin"],
  ["Cross-Origin-Opener-Policy", "same-origin"],
];

/** Milliseconds since then, with one decimal. */
export function since(began: number): number {
  return Math.round((performance.now() - began) * 10) / 10;
}

/** Whether a request that may change something comes from a page of this site. */
export function isOwnForm(headers: { get(name: string): string | null }, url: string): boolean {
  return headers.get("Sec-Fetch-Site") === "same-origin" || headers.get("Origin") === new URL(url).origin;
}
