/**
 * Adding plain values to the context, for the library's own layers.
 *
 * @module
 */

import type { Context } from "./context.ts";

/**
 * Adds plain values to a context, under names that it doesn't compute itself: what the library's own layers add. It costs a seventh of
 * `extend`, since nothing has to be found out about each property.
 *
 * @typeParam C The context's type so far.
 * @typeParam A What is added.
 * @param context The context.
 * @param values The values to add; one that is already there is replaced.
 * @returns The same context.
 * @internal
 */
export function extendWithValues<C extends Context, A extends object>(context: C, values: A): C & A {
  return Object.assign(context, values);
}
