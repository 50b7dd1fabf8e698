/**
 * What a layer outside made of a request's headers, for the key of the site cache.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { extendWithValues } from "./extend_with_values.ts";

/**
 * What the layers outside decided for this request. The site cache keys by it, and not by the headers it was made of: one entry for each language and not for
 * each `Accept-Language` and each `Cookie`.
 */
export interface CacheVariant {
  /** What was decided, such as `language=de`. */
  readonly text: string;
  /** Those names in `Vary`, in lower case, that stand for nothing but this; filled in when the response is there. */
  readonly stands: Set<string>;
}

const VARIANT: unique symbol = Symbol("cacheVariant");

/**
 * Says what was decided.
 *
 * @param context The request's context.
 * @param text What was decided.
 * @returns The note.
 * @internal
 */
export function addCacheVariant(context: Context, text: string): CacheVariant {
  const outer = cacheVariantOf(context);
  const variant = {
    text: outer === undefined ? text : `${outer.text} ${text}`,
    stands: outer?.stands ?? new Set<string>(),
  };
  extendWithValues(context, { [VARIANT]: variant });
  return variant;
}

/**
 * Asks what was decided.
 *
 * @param context The request's context.
 * @returns The note, if there is one.
 * @internal
 */
export function cacheVariantOf(context: Context): CacheVariant | undefined {
  return (context as Context & { readonly [VARIANT]?: CacheVariant })[VARIANT];
}
