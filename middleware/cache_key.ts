/**
 * What the site cache knows a response by.
 *
 * @module
 */

import { type CacheVariant, cacheVariantOf } from "./cache_variant.ts";
import type { Context } from "./context.ts";

/** Under what a request's response is looked up. */
export interface CacheAddress {
  /** Method, address, and what the layers outside decided. */
  readonly base: string;
  /** What the layers outside decided, when the key was made. */
  readonly variant: CacheVariant | undefined;
}

/**
 * Makes the first part of the key. It is an array as JSON: no two different ones are the same text.
 *
 * @param request The request.
 * @param context Its context.
 * @param depth How many layers outside keep pages too: what they keep isn't the same.
 * @returns The address.
 * @throws {HttpError} 400 if the request names no valid host.
 * @internal
 */
export function addressOf(request: Request, context: Context, depth: number): CacheAddress {
  const { href } = context.url;
  const variant = cacheVariantOf(context);
  // Who goes by the address as it came may see another one than the parsed one ("/a/../b"): then both count.
  const raw = request.url === href ? "" : request.url;
  return { base: JSON.stringify(["GET", depth, href, raw, variant?.text ?? ""]), variant };
}

/**
 * Makes the key of a response that depends on request headers.
 *
 * @param base The first part.
 * @param names The names of the headers, in lower case and sorted.
 * @param headers The request's headers.
 * @returns The key.
 * @internal
 */
export function keyWith(base: string, names: readonly string[], headers: Headers): string {
  if (names.length === 0) return base;
  return JSON.stringify([base, names.map((name) => [name, headers.get(name)])]);
}

/**
 * Lists the request headers a response depends on, but for what the key says already.
 *
 * @param headers The response's headers.
 * @param known Further names that responses of this address were seen to depend on.
 * @param variant What the key says already.
 * @returns The names, in lower case and sorted; `undefined` for `*`: nobody knows what it depends on.
 * @internal
 */
export function variesBy(
  headers: Headers,
  known: readonly string[],
  variant: CacheVariant | undefined,
): readonly string[] | undefined {
  const names = new Set(known);
  for (const part of (headers.get("Vary") ?? "").split(",")) {
    const name = part.trim().toLowerCase();
    if (name !== "" && !variant?.stands.has(name)) names.add(name);
  }
  return names.has("*") ? undefined : [...names].sort();
}
