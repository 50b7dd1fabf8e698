/**
 * A store of the site cache that can't be reached.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { inspect } from "./inspect.ts";

/**
 * Tells that the store can't be reached.
 *
 * @param context The request's context.
 * @param error What it threw.
 * @internal
 */
export function tellOfFailure(context: Context, error: unknown): undefined {
  context.emit({
    name: "cache.unavailable",
    message: `The site cache can't be reached, and the site goes on without it: ${inspect(error).split("\n", 1)[0]}`,
    error,
  });
}
