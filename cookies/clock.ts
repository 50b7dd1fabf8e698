/**
 * The time of day, in seconds as signatures count it. The one place of this folder that looks at the clock.
 *
 * @returns Seconds since the epoch, with their fraction
 *
 * @example The whole seconds are what a signature is stamped with
 * ```ts
 * import { assert } from "@std/assert";
 *
 * assert(secondsNow() > 1_700_000_000);
 * ```
 */
export function secondsNow(): number {
  return Date.now() / 1000;
}
