/**
 * The site cache in Deno KV.
 *
 * @module
 */

import { concat } from "@std/bytes/concat";
import { secondsNow } from "../cookies/clock.ts";
import type { CacheRead, CacheRecord, CacheStore } from "./cache_store.ts";
import { addToShelf, type Kept, readShelf } from "./kv_cache_shelf.ts";
import { digest } from "./digest.ts";

/** What a {@linkcode KvCache} can be told. */
export interface KvCacheOptions {
  /**
   * What the keys of all records begin with. Two caches with different prefixes share nothing.
   *
   * @default {["nuages", "cache"]}
   */
  prefix?: Deno.KvKey;
  /**
   * How many records are kept at most, all processes together; 1 to 100 000.
   *
   * @default {10_000}
   */
  maxEntries?: number;
  /**
   * How many bytes their data may take together.
   *
   * @default {268_435_456 (256 MiB)}
   */
  maxBytes?: number;
}

/**
 * Keeps pages in Deno KV: what one process has made, all show, and an invalidation reaches all of them. A read is one round trip, two where a page depends on
 * headers, is larger than 60 000 bytes, or something was invalidated since it was made; a write is two.
 *
 * The records lie on shelves of about 500. When a shelf is full, what was written first makes room, so that the limits are kept without counting everything. Which requests wait for
 * each other only one process knows: with several, each may make a page once. A record has at most 700 000 bytes; larger pages pass.
 *
 * @example
 * ```ts
 * import { cacheFor, KvCache, pipeline, routes, SiteCache } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * using kv = await Deno.openKv(":memory:"); // or a path, or the address of a server; on Deno Deploy nothing
 * const cache = new SiteCache({ store: new KvCache(kv) });
 * let made = 0;
 * const app = pipeline().handle(routes({ "/": cacheFor(60, { cache })(() => new Response(`made ${++made} times`)) }));
 *
 * for (let i = 0; i < 3; i++) {
 *   assertEquals(await (await app(new Request("https://shop.example/"))).text(), "made 1 times");
 *   await cache.settled();
 * }
 * ```
 */
export class KvCache implements CacheStore {
  /** How many bytes of data a record may have at most. */
  readonly maxRecordBytes: number;
  readonly #kv: Deno.Kv;
  readonly #prefix: Deno.KvKey;
  readonly #shelves: number;
  readonly #shelfEntries: number;
  readonly #shelfBytes: number;

  /**
   * Makes a cache in an open database.
   *
   * @param kv The database. Whoever opened it closes it, after {@linkcode SiteCache.settled}.
   * @param options Where in it, and how much.
   * @throws {TypeError} If `prefix` has no parts.
   * @throws {RangeError} If a limit is out of its range.
   */
  constructor(kv: Deno.Kv, options: KvCacheOptions = {}) {
    const { prefix = ["nuages", "cache"], maxEntries = 10_000, maxBytes = 268_435_456 } = options;
    if (!Array.isArray(prefix) || prefix.length === 0) {
      throw new TypeError("Cannot create KvCache as prefix must be an array with at least one part");
    }
    if (!Number.isSafeInteger(maxEntries) || maxEntries < 1 || maxEntries > 100_000) {
      throw new RangeError(`Cannot create KvCache as maxEntries must be from 1 to 100000: received ${maxEntries}`);
    }
    if (!Number.isSafeInteger(maxBytes) || maxBytes < 1) {
      throw new RangeError(`Cannot create KvCache as maxBytes must be a whole number >= 1: received ${maxBytes}`);
    }
    this.#kv = kv;
    this.#prefix = prefix;
    this.#shelves = Math.ceil(maxEntries / SHELF_ENTRIES);
    this.#shelfEntries = Math.floor(maxEntries / this.#shelves);
    this.#shelfBytes = Math.floor(maxBytes / this.#shelves);
    this.maxRecordBytes = Math.min(LARGEST, this.#shelfBytes);
  }

  /**
   * Reads a record.
   *
   * @param key The key.
   * @returns The record, if there is one.
   */
  async read(key: string): Promise<CacheRead> {
    const entryKey = this.#entryKey(digest(key));
    const [entry, clock] = await this.#kv.getMany<[Head, true]>([entryKey, this.#clockKey()]);
    const asOf = clock.versionstamp ?? "";
    const head = entry.value;
    const gone = { record: undefined, asOf };
    if (head === null || !(head.expires > secondsNow())) return gone;
    // Versionstamps grow, and each invalidation writes the clock: nothing was invalidated after what the record knows of.
    if (asOf > head.asOf && await this.#isVoid(head)) return gone;
    const { data, chunks } = head;
    if (chunks === 0) return { record: { ...head, data }, asOf };
    const parts = await Array.fromAsync(this.#kv.list<Uint8Array>({ prefix: entryKey }));
    const whole = parts.length === chunks && parts.every(({ versionstamp }) => versionstamp === entry.versionstamp);
    return whole ? { record: { ...head, data: concat(parts.map(({ value }) => value)) }, asOf } : gone;
  }

  /**
   * Keeps a record. If others write to the same shelf all the time, it isn't kept.
   *
   * @param key The key.
   * @param record The record.
   */
  async write(key: string, record: CacheRecord): Promise<void> {
    const { length } = record.data;
    if (length > this.maxRecordBytes) return;
    const name = digest(key);
    const shelfKey = [...this.#prefix, "shelf", parseInt(name.slice(0, 8), 16) % this.#shelves];
    const chunks = length <= CHUNK_BYTES ? 0 : Math.ceil(length / CHUNK_BYTES);
    const kept: Kept = { name, bytes: length, chunks, expires: record.expires };
    const limits = { entries: this.#shelfEntries, bytes: this.#shelfBytes };
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const { value, versionstamp } = await this.#kv.get(shelfKey);
      const { shelf, gone } = addToShelf(readShelf(value), kept, limits, secondsNow());
      const operation = this.#kv.atomic().check({ key: shelfKey, versionstamp });
      for (const old of gone) this.#remove(operation, old);
      operation.set(shelfKey, shelf);
      if (shelf.at(-1) === kept) this.#set(operation, name, record, chunks);
      if ((await operation.commit()).ok) return;
    }
  }

  /**
   * Makes every record with one of these tags void, in all processes.
   *
   * @param tags The tags.
   */
  async invalidate(tags: readonly string[]): Promise<void> {
    const operation = this.#kv.atomic().set(this.#clockKey(), true);
    for (const tag of tags) operation.set(this.#tagKey(tag), true, { expireIn: TAG_LIFETIME });
    await operation.commit();
  }

  async #isVoid({ tags, asOf }: Head): Promise<boolean> {
    for (let from = 0; from < tags.length; from += MOST_AT_ONCE) {
      const entries = await this.#kv.getMany(tags.slice(from, from + MOST_AT_ONCE).map((tag) => this.#tagKey(tag)));
      if (entries.some(({ versionstamp }) => versionstamp !== null && versionstamp > asOf)) return true;
    }
    return false;
  }

  #set(operation: Deno.AtomicOperation, name: string, record: CacheRecord, chunks: number): void {
    const { data, expires, tags, asOf } = record;
    const expireIn = Math.max(0, Math.ceil((expires - secondsNow()) * 1000)) + CLOCK_TOLERANCE;
    const entryKey = this.#entryKey(name);
    operation.set(entryKey, { data: chunks === 0 ? data : NOTHING, chunks, expires, tags, asOf }, { expireIn });
    for (let index = 0; index < chunks; index++) {
      const chunk = data.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);
      operation.set([...entryKey, index], chunk, { expireIn });
    }
  }

  #remove(operation: Deno.AtomicOperation, { name, chunks }: Kept): void {
    const entryKey = this.#entryKey(name);
    operation.delete(entryKey);
    for (let index = 0; index < chunks; index++) operation.delete([...entryKey, index]);
  }

  #entryKey(name: string): Deno.KvKey {
    return [...this.#prefix, "entry", name];
  }

  #tagKey(tag: string): Deno.KvKey {
    return [...this.#prefix, "tag", digest(tag)];
  }

  #clockKey(): Deno.KvKey {
    return [...this.#prefix, "clock"];
  }
}

interface Head extends CacheRecord {
  readonly chunks: number;
}

const SHELF_ENTRIES = 500;
/** Deno KV takes 65 536 bytes in one value, and 819 200 in one commit. */
const CHUNK_BYTES = 60_000;
const LARGEST = 700_000;
const NOTHING = new Uint8Array();
/** Deno KV reads at most 10 keys at once. */
const MOST_AT_ONCE = 10;
const ATTEMPTS = 10;
/** In milliseconds: lest a database whose clock is ahead deletes a part of a living record. */
const CLOCK_TOLERANCE = 60_000;
/** In milliseconds: 2 years and some days, as no record lives, and is stale, for longer. */
const TAG_LIFETIME = 800 * 86_400_000;
