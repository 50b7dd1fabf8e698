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

interface Window {
  hits: number;
  ends: number;
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
  readonly #windows = new Map<string, Window>();
  /** What follows the oldest. */
  #following = this.#windows.entries();
  #oldest: [string, Window] | undefined;

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
    for (let looked = 0;; looked++) {
      const oldest = this.#first();
      if (oldest === undefined) return;
      const [key, { ends }] = oldest;
      if (this.#windows.size < this.#maxKeys && (ends > now || looked === 2)) return;
      this.#windows.delete(key);
    }
  }

  /**
   * The window that was begun first. One iterator goes on and on: where many have gone, each new one would pass the places of all of them again (they
   * stay in V8's tables until there is a new table), and a full store would be twenty times as slow.
   */
  #first(): [string, Window] | undefined {
    if (this.#oldest !== undefined && this.#windows.get(this.#oldest[0]) === this.#oldest[1]) return this.#oldest;
    const next = this.#following.next();
    // One that has come to its end stays there, whatever is added.
    if (next.done) this.#following = this.#windows.entries();
    this.#oldest = next.done ? this.#following.next().value : next.value;
    return this.#oldest;
  }
}
