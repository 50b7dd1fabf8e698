/**
 * Where the site cache keeps what it keeps.
 *
 * @module
 */

import type { Awaitable } from "./awaitable.ts";

/** Something kept. */
export interface CacheRecord {
  /** What is kept; opaque to the store. */
  readonly data: Uint8Array<ArrayBuffer>;
  /** When it is of no use any more, in seconds since the Unix epoch. */
  readonly expires: number;
  /** What it is about: at most 100 tags. */
  readonly tags: readonly string[];
  /** What {@linkcode CacheStore.read} answered before the making of it began. */
  readonly asOf: string;
}

/** What a store answers. */
export interface CacheRead {
  /** What is kept; `undefined` if there is nothing, it has expired, or one of its tags was invalidated since its `asOf`. */
  readonly record: CacheRecord | undefined;
  /** Which invalidations were known when the answer was given. Opaque. */
  readonly asOf: string;
}

/**
 * A back end of a {@linkcode SiteCache}: {@linkcode MemoryCache} and {@linkcode KvCache}, or any object with these methods. It may forget anything at any time, and
 * must never answer something other than what was written under that very key.
 *
 * What was being made while one of its tags was invalidated may rest on what was there before. Therefore a read answers an `asOf`, which goes into the record
 * that is made afterwards: the store answers it only if none of its tags was invalidated later than that.
 */
export interface CacheStore {
  /** How many bytes of data a record may have at most; without it there is no limit. */
  readonly maxRecordBytes?: number;

  /**
   * Reads a record.
   *
   * @param key The key: a text of any length.
   * @returns The record, if there is one, and the state of invalidations.
   * @throws {Error} If the store can't be reached; the site goes on without it.
   */
  read(key: string): Awaitable<CacheRead>;

  /**
   * Keeps a record in place of what was there. One that is too large may be left out.
   *
   * @param key The key.
   * @param record The record.
   * @throws {Error} If the store can't be reached.
   */
  write(key: string, record: CacheRecord): Awaitable<void>;

  /**
   * Makes every record with one of these tags void, those that are just being made included.
   *
   * @param tags The tags.
   * @throws {Error} If the store can't be reached: the records are still there then.
   */
  invalidate(tags: readonly string[]): Awaitable<void>;
}
