import { KvOwners } from "./_kv_owners.ts";
import {
  type Encoded,
  encodeRecord,
  formatVersion,
  type Head,
  MAX_CHUNKS,
  parseVersion,
  storedSession,
} from "./_kv_record.ts";
import { ATTEMPTS, CONTENDED, type Found, KvRecords } from "./_kv_records.ts";
import { assertKey, assertOwner, assertRecord, isAlive } from "./_record.ts";
import type { OwnedSession, ReadOptions, SessionRecord, SessionStore, StoredSession, WriteResult } from "./store.ts";

/** What a {@linkcode KvStore} can be told. */
export interface KvStoreOptions {
  /**
   * What the keys of all records begin with; at most 150 bytes. Two stores with different prefixes share nothing.
   *
   * @default {["nuages", "sessions"]}
   */
  prefix?: Deno.KvKey;
  /**
   * How fresh a read is. `"strong"` sees every write that was acknowledged before. `"eventual"` may answer from a nearer
   * copy that is seconds behind: reading is faster far away from the primary region, but a session that has just ended
   * can be served there for these seconds, and a visitor may not see their own last change. Writes are always compared
   * with the primary, and a read that is asked to be {@linkcode ReadOptions.fresh} goes there.
   *
   * @default {"strong"}
   */
  consistency?: Deno.KvConsistencyLevel;
}

/**
 * Keeps sessions in Deno KV: on Deno Deploy, in a local file, or on a server of one's own (`denokv`).
 *
 * It takes an open database and never opens or closes one, and works beside any other process that uses the same one.
 * A read is one `get`, a write one atomic commit, as long as the session has at most 64 000 bytes in UTF-8. A larger one
 * is kept in chunks, read with one more round trip and still written in one commit, up to 800 000 bytes. Beyond
 * that a write throws a {@linkcode RecordTooLargeError}, and what was there before stays.
 *
 * Chunks appear and vanish together with their record in the same commit, and so does its place on the list of its owner, so that a crash leaves nothing behind. KV is told
 * when each key expires; as it deletes hours late at times, the deadline is kept in the record too and checked. So there
 * is nothing to clear.
 *
 * When a server can't be reached, Deno sends a request again and again until it can: a call waits meanwhile. A commit that
 * was made although its answer got lost, and was sent again, is recognised by a name that each write carries, and answered
 * as written.
 *
 * @example Sessions in Deno KV
 * ```ts
 * import { KvStore } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * using kv = await Deno.openKv(":memory:"); // or a path, or the address of a server; on Deno Deploy nothing
 * const store = new KvStore(kv, { prefix: ["shop", "sessions"] });
 * const key = "k".repeat(43);
 * await store.create(key, { data: '{"cart":[1]}', expires: Date.now() + 60_000 });
 *
 * assertEquals((await store.read(key))?.data, '{"cart":[1]}');
 * ```
 */
export class KvStore implements SessionStore {
  readonly #records: KvRecords;
  readonly #owners: KvOwners;

  /**
   * Makes a store in an open database.
   *
   * @param kv The database. Whoever opened it closes it, after the last request.
   * @param options Where in it, and how fresh.
   * @throws {TypeError} If `prefix` has no parts, or `consistency` is none of the two.
   * @throws {RangeError} If `prefix` is too long.
   */
  constructor(kv: Deno.Kv, options: KvStoreOptions = {}) {
    const { prefix = ["nuages", "sessions"], consistency = "strong" } = options;
    assertPrefix(prefix);
    if (consistency !== "strong" && consistency !== "eventual") {
      throw new TypeError(
        `Cannot create KvStore as consistency must be "strong" or "eventual": received ${JSON.stringify(consistency)}`,
      );
    }
    const ownPrefix = [...prefix];
    this.#records = new KvRecords(kv, ownPrefix, consistency);
    this.#owners = new KvOwners(kv, ownPrefix, this.#records);
  }

  /**
   * Reads a record.
   *
   * @param key The record's key.
   * @param options Whether a copy may answer, where `consistency` is `"eventual"`.
   * @returns The record with its version; `undefined` if there is none or it has expired.
   * @throws {TypeError} If `key` is not a key.
   * @throws {CorruptRecordError} If what is there was not written by KvStore, or a chunk is missing.
   */
  async read(key: string, options: ReadOptions = {}): Promise<StoredSession | undefined> {
    assertKey(key);
    const { fresh = false } = options;
    const found = await this.#records.read(key, fresh);
    if (!isThere(found)) return undefined;
    const { head, versionstamp } = found;
    if (head.data instanceof Uint8Array) return storedSession(head, head.data, versionstamp);
    const stored = await this.#records.readChunked(key, fresh);
    return stored && isAlive(stored.expires) ? stored : undefined;
  }

  /**
   * Adds a record, and never overwrites one.
   *
   * @param key The key to create.
   * @param record What to keep.
   * @returns The version of the new record; `undefined` if a living record has that key already.
   * @throws {TypeError} If `key` is not a key, or `record` can't be kept.
   * @throws {RecordTooLargeError} If the record is too large for one commit.
   */
  async create(key: string, record: SessionRecord): Promise<string | undefined> {
    assertKey(key);
    assertRecord(record);
    const encoded = encodeRecord(record);
    let expired: Found | undefined;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const commit = await this.#records.put(key, encoded, expired);
      if (commit.ok) return formatVersion(commit.versionstamp, encoded.head);
      const found = await this.#records.read(key, true);
      if (isOurs(found, encoded)) return formatVersion(found.versionstamp, found.head);
      if (isThere(found)) return undefined;
      expired = found;
    }
    throw new Error(CONTENDED);
  }

  /**
   * Replaces a record, and never creates one.
   *
   * @param key The record's key.
   * @param record What to keep instead.
   * @param version The version that was read.
   * @returns How it ended.
   * @throws {TypeError} If `key` is not a key, or `record` can't be kept.
   * @throws {RecordTooLargeError} If the record is too large for one commit.
   */
  async update(key: string, record: SessionRecord, version: string): Promise<WriteResult> {
    assertKey(key);
    assertRecord(record);
    const encoded = encodeRecord(record);
    const seen = parseVersion(version);
    if (seen && isAlive(seen.expires)) {
      const commit = await this.#records.put(key, encoded, seen);
      if (commit.ok) return written(commit.versionstamp, encoded.head);
    }
    const found = await this.#records.read(key, true);
    if (isOurs(found, encoded)) return written(found.versionstamp, found.head);
    return { status: isThere(found) ? "conflict" : "gone" };
  }

  /**
   * Removes a record, whatever its version.
   *
   * @param key The record's key.
   * @throws {TypeError} If `key` is not a key.
   */
  async delete(key: string): Promise<void> {
    assertKey(key);
    // Without looking how many chunks there are: a commit that checks nothing can't lose against busy writers.
    await this.#records.remove(key, MAX_CHUNKS);
  }

  /**
   * Lists the living records of an owner, from the primary: one request for the list, one more for ten records, and one for each record in chunks;
   * one more for the list where an entry had no record any more.
   *
   * @param owner The owner.
   * @returns The records with their keys and versions.
   * @throws {TypeError} If `owner` is not an owner.
   * @throws {CorruptRecordError} If one of them was not written by KvStore, or a chunk is missing.
   */
  async list(owner: string): Promise<OwnedSession[]> {
    assertOwner(owner);
    return await this.#owners.list(owner);
  }

  /**
   * Does nothing, since Deno KV removes what has expired by itself.
   *
   * @returns 0.
   */
  clearExpired(): Promise<number> {
    return Promise.resolve(0);
  }
}

function isThere(found: Found | undefined): found is Found {
  return found !== undefined && isAlive(found.head.expires);
}

/** Whether a write that was refused was made all the same: its answer got lost, and it was sent again. */
function isOurs(found: Found | undefined, encoded: Encoded): found is Found {
  return found?.head.id === encoded.head.id;
}

function written(versionstamp: string, head: Head): WriteResult {
  return { status: "written", version: formatVersion(versionstamp, head) };
}

/** In bytes; so that the keys of the largest commit (a head, 13 chunks, two entries of owners) fit beside the largest session. */
const LONGEST_PREFIX = 150;

function assertPrefix(prefix: Deno.KvKey): void {
  if (!Array.isArray(prefix) || prefix.length === 0) {
    throw new TypeError("Cannot create KvStore as prefix must be an array with at least one part");
  }
  let bytes = 0;
  for (const part of prefix) {
    if (!(part instanceof Uint8Array) && !["string", "number", "bigint", "boolean"].includes(typeof part)) {
      throw new TypeError(`Cannot create KvStore as ${typeof part} can't be a part of prefix`);
    }
    bytes += 2 + (part instanceof Uint8Array ? part : new TextEncoder().encode(String(part))).length;
  }
  if (bytes > LONGEST_PREFIX) {
    throw new RangeError(
      `Cannot create KvStore as prefix must have at most ${LONGEST_PREFIX} bytes, two for each part counted: received ${bytes}`,
    );
  }
}
