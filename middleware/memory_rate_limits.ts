/**
 * Counting in the memory of one process.
 *
 * @module
 */

import { secondsNow } from "../cookies/clock.ts";
import { wholeNumber } from "./check_option.ts";
import type { RateLimitCount, RateLimitStore } from "./rate_limit_store.ts";

/** Options of {@linkcode MemoryRateLimits}. */
export interface MemoryRateLimitsOptions {
  /**
   * How many keys are counted at once. Beyond it the one that was begun first is forgotten: whoever has that many addresses can begin anew, and nobody can fill the memory. A key takes some 150 bytes.
   *
   * @default {100_000}
   */
  maxKeys?: number;
}

/**
 * Counts requests in this process. Several processes each have a count of their own: what they allow adds up.
 *
 * @example
 * ```ts
 * import { MemoryRateLimits } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const limits = new MemoryRateLimits();
 * limits.hit("ada", 60);
 *
 * assertEquals(limits.hit("ada", 60).hits, 2);
 * assertEquals(limits.hit("bob", 60).hits, 1);
 * ```
 */
export class MemoryRateLimits implements RateLimitStore {
  readonly #maxKeys: number;
  /** In the order in which they were begun. */
  readonly #windows = new Map<string, { hits: number; ends: number }>();

  /**
   * Begins to count.
   *
   * @param options How many keys.
   * @throws {RangeError} If `maxKeys` is no whole number from 1.
   */
  constructor(options: MemoryRateLimitsOptions = {}) {
    const { maxKeys = 100_000 } = options;
    this.#maxKeys = wholeNumber("MemoryRateLimits", "maxKeys", maxKeys, "", 1);
  }

  /**
   * Counts once.
   *
   * @param key Whom, and for what.
   * @param seconds How long the window is, if this begins one.
   * @returns The count.
   */
  hit(key: string, seconds: number): RateLimitCount {
    const now = secondsNow();
    const window = this.#windows.get(key);
    if (window !== undefined && window.ends > now) return { hits: ++window.hits, resetSeconds: window.ends - now };
    // Taken out first, so that it stands last again.
    this.#windows.delete(key);
    this.#forget(now);
    this.#windows.set(key, { hits: 1, ends: now + seconds });
    return { hits: 1, resetSeconds: seconds };
  }

  /** Two for each that comes, so that what is over goes without a timer and without a pause. */
  #forget(now: number): void {
    let looked = 0;
    for (const [key, { ends }] of this.#windows) {
      if (this.#windows.size < this.#maxKeys && (ends > now || looked === 2)) return;
      this.#windows.delete(key);
      looked++;
    }
  }
}
