/**
 * Where requests are counted.
 *
 * @module
 */

import type { Awaitable } from "./awaitable.ts";

/** How often something was done in the time that runs. */
export interface RateLimitCount {
  /** How often, this time counted. */
  readonly hits: number;
  /** In how many seconds counting begins anew; fractions count. */
  readonly resetSeconds: number;
}

/**
 * Counts requests, for one process or many: a fixed window for each key. It begins with the first request and ends after its time, whatever happens meanwhile; the next request begins another.
 *
 * An implementation must count exactly, however many ask at once, and forget a key when its window is over.
 */
export interface RateLimitStore {
  /**
   * Counts once.
   *
   * @param key Whom, and for what: at most about a hundred characters.
   * @param seconds How long the window is, if this begins one.
   * @returns The count. A failure is thrown, or rejects.
   */
  hit(key: string, seconds: number): Awaitable<RateLimitCount>;
}
