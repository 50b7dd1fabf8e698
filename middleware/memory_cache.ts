/**
 * The site cache in memory.
 *
 * @module
 */

import { secondsNow } from "../cookies/clock.ts";
import type { CacheRead, CacheRecord, CacheStore } from "./cache_store.ts";
import { OldestKeys } from "./oldest_keys.ts";

/** What a {@linkcode MemoryCache} can be told. */
export interface MemoryCacheOptions {
  /**
   * How many records are kept at most; a whole number from 1 on.
   *
   * @default {10_000}
   */
  maxEntries?: number;
  /**
   * How many bytes they may take together, keys and what the process needs beside them included; a whole number from 1 on.
   *
   * @default {67_108_864 (64 MiB)}
   */
  maxBytes?: number;
}

/**
 * Keeps pages in the memory of this process: the fastest back end of a {@linkcode SiteCache}. Each process has its own, and an invalidation reaches no other; for several of
 * them there is {@linkcode KvCache}.
 *
 * When there is no room, what was used least recently makes some. There is no timer: what has expired leaves when it is asked for, or when room is needed.
 *
 * @example
 * ```ts
 * import { cacheFor, MemoryCache, pipeline, routes, SiteCache } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const cache = new SiteCache({ store: new MemoryCache({ maxBytes: 8_000_000 }) });
 * let made = 0;
 * const app = pipeline().handle(routes({ "/": cacheFor(60, { cache })(() => new Response(`made ${++made} times`)) }));
 *
 * for (let i = 0; i < 3; i++) {
 *   assertEquals(await (await app(new Request("https://shop.example/"))).text(), "made 1 times");
 * }
 * ```
 */
export class MemoryCache implements CacheStore {
  /** How many bytes of data a record may have at most: all there is. */
  readonly maxRecordBytes: number;
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  /** In the order of their last use, the least recent first. */
  readonly #records = new Map<string, CacheRecord>();
  readonly #oldest = new OldestKeys<string>();
  #bytes = 0;
  /** By tag, which invalidation was its last; the longest ago first. */
  readonly #invalidated = new Map<string, number>();
  readonly #oldestTags = new OldestKeys<string>();
  #invalidations = 0;
  /** What is as of an earlier invalidation than this is void whatever its tags: too many tags to remember. */
  #floor = 0;

  /**
   * Makes an empty cache.
   *
   * @param options How much is kept.
   * @throws {RangeError} If a limit is no whole number from 1 on.
   */
  constructor(options: MemoryCacheOptions = {}) {
    const { maxEntries = 10_000, maxBytes = 67_108_864 } = options;
    for (const [name, value] of Object.entries({ maxEntries, maxBytes })) {
      if (Number.isSafeInteger(value) && value >= 1) continue;
      throw new RangeError(`Cannot create MemoryCache as ${name} must be a whole number >= 1: received ${value}`);
    }
    this.#maxEntries = maxEntries;
    this.#maxBytes = maxBytes;
    this.maxRecordBytes = maxBytes;
  }

  /**
   * Reads a record, which counts as using it.
   *
   * @param key The key.
   * @returns The record, if there is one.
   */
  read(key: string): CacheRead {
    const asOf = String(this.#invalidations);
    const record = this.#records.get(key);
    if (record === undefined) return { record, asOf };
    this.#remove(key, record);
    if (record.expires <= secondsNow() || this.#isVoid(record)) return { record: undefined, asOf };
    this.#add(key, record);
    return { record, asOf };
  }

  /**
   * Keeps a record. What was used least recently makes room; one that would not fit even so isn't kept.
   *
   * @param key The key.
   * @param record The record.
   */
  write(key: string, record: CacheRecord): void {
    const before = this.#records.get(key);
    if (before !== undefined) this.#remove(key, before);
    const cost = costOf(key, record);
    if (cost > this.#maxBytes || this.#isVoid(record)) return;
    while (this.#records.size >= this.#maxEntries || this.#bytes + cost > this.#maxBytes) {
      const oldest = this.#oldest.next(this.#records)!;
      this.#remove(oldest, this.#records.get(oldest)!);
    }
    this.#add(key, record);
  }

  /**
   * Makes every record with one of these tags void, at a cost that doesn't depend on how many there are.
   *
   * @param tags The tags.
   */
  invalidate(tags: readonly string[]): void {
    this.#invalidations++;
    for (const tag of tags) {
      this.#oldestTags.forget(tag);
      this.#invalidated.delete(tag);
      this.#invalidated.set(tag, this.#invalidations);
    }
    while (this.#invalidated.size > this.#maxEntries) {
      const tag = this.#oldestTags.next(this.#invalidated)!;
      this.#floor = this.#invalidated.get(tag)!;
      this.#invalidated.delete(tag);
    }
  }

  #isVoid({ tags, asOf }: CacheRecord): boolean {
    const since = Number(asOf);
    return since < this.#floor || tags.some((tag) => (this.#invalidated.get(tag) ?? 0) > since);
  }

  #add(key: string, record: CacheRecord): void {
    this.#records.set(key, record);
    this.#bytes += costOf(key, record);
  }

  #remove(key: string, record: CacheRecord): void {
    this.#oldest.forget(key);
    this.#records.delete(key);
    this.#bytes -= costOf(key, record);
  }
}

/** In bytes, about: the data, the texts, and the objects around them. */
function costOf(key: string, { data, tags }: CacheRecord): number {
  return data.length + 2 * key.length + tags.reduce((sum, tag) => sum + 2 * tag.length + 16, 0) + 300;
}
