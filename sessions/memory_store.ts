import { MemoryRecords, storedEntry } from "./_memory_records.ts";
import { assertKey, assertOwner, assertRecord } from "./_record.ts";
import type { OwnedSession, SessionRecord, SessionStore, StoredSession, WriteResult } from "./store.ts";

/** What a {@linkcode MemoryStore} can be told. */
export interface MemoryStoreOptions {
  /**
   * How many records are kept at most; a whole number from 1 on. When one more comes, an expired record makes room, and
   * if there is none, the living one that was used least recently (to about a sixteenth of `maxEntries`): its visitor is signed out.
   *
   * @default {100_000}
   */
  maxEntries?: number;
}

/**
 * Keeps sessions in the memory of this process, at most {@linkcode MemoryStoreOptions.maxEntries} of them.
 *
 * It is for development, for tests, and for a small site in one process whose visitors may be signed out by a restart.
 * It is not for several processes (each would know its own sessions only, `deno serve --parallel` included), nor for a
 * cart that must not get lost: choose `KvStore` or `FileStore` there.
 *
 * Every method takes effect before it returns its promise, so that each is atomic. A record takes its text and about
 * 500 bytes; the number of records is bounded, their size is not. There is no timer: what has expired is not served, and
 * leaves when something is written, a few records at each write, or with {@linkcode MemoryStore.clearExpired}. Evicting a
 * living record is silent, as a store has nobody to tell; set `maxEntries` well above the number of visitors
 * within the lifetime of a session.
 *
 * @example Sessions for one process
 * ```ts
 * import { MemoryStore } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * const store = new MemoryStore({ maxEntries: 10_000 });
 * const key = "k".repeat(43);
 * await store.create(key, { data: '{"theme":"dark"}', expires: Date.now() + 60_000 });
 *
 * assertEquals((await store.read(key))?.data, '{"theme":"dark"}');
 * ```
 */
export class MemoryStore implements SessionStore {
  readonly #records: MemoryRecords;

  /**
   * Makes an empty store.
   *
   * @param options How many records are kept.
   * @throws {RangeError} If `maxEntries` is not a whole number from 1 on.
   */
  constructor(options: MemoryStoreOptions = {}) {
    const { maxEntries = 100_000 } = options;
    if (!Number.isSafeInteger(maxEntries) || maxEntries < 1) {
      throw new RangeError(
        `Cannot create MemoryStore as maxEntries must be a whole number >= 1: received ${maxEntries}`,
      );
    }
    this.#records = new MemoryRecords(maxEntries);
  }

  /**
   * Reads a record, which counts as using it.
   *
   * @param key The record's key.
   * @returns The record with its version; `undefined` if there is none or it has expired.
   * @throws {TypeError} If `key` is not a key.
   */
  read(key: string): StoredSession | undefined | Promise<StoredSession | undefined> {
    const entry = this.#records.living(key);
    if (!entry) {
      // What was found is a key.
      assertKey(key);
      return undefined;
    }
    this.#records.use(key, entry);
    return storedEntry(entry);
  }

  /**
   * Adds a record, and never overwrites one. A full store lets another one go.
   *
   * @param key The key to create.
   * @param record What to keep.
   * @returns The version of the new record; `undefined` if a living record has that key already.
   * @throws {TypeError} If `key` is not a key, or `record` can't be kept.
   */
  // deno-lint-ignore require-await -- what is thrown has to reject the promise
  async create(key: string, record: SessionRecord): Promise<string | undefined> {
    assertKey(key);
    assertRecord(record);
    this.#records.sweep(SWEPT_BY_A_WRITE);
    return this.#records.living(key) ? undefined : String(this.#records.add(key, record).version);
  }

  /**
   * Replaces a record, and never creates one.
   *
   * @param key The record's key.
   * @param record What to keep instead.
   * @param version The version that was read.
   * @returns How it ended.
   * @throws {TypeError} If `key` is not a key, or `record` can't be kept.
   */
  // deno-lint-ignore require-await -- what is thrown has to reject the promise
  async update(key: string, record: SessionRecord, version: string): Promise<WriteResult> {
    assertKey(key);
    assertRecord(record);
    this.#records.sweep(SWEPT_BY_A_WRITE);
    const entry = this.#records.living(key);
    if (!entry) return { status: "gone" };
    if (String(entry.version) !== version) return { status: "conflict" };
    this.#records.replace(key, entry, record);
    return { status: "written", version: String(entry.version) };
  }

  /**
   * Removes a record, whatever its version.
   *
   * @param key The record's key.
   * @throws {TypeError} If `key` is not a key.
   */
  // deno-lint-ignore require-await -- what is thrown has to reject the promise
  async delete(key: string): Promise<void> {
    assertKey(key);
    this.#records.remove(key);
  }

  /**
   * Lists the living records of an owner, which doesn't count as using them.
   *
   * @param owner The owner.
   * @returns The records with their keys and versions.
   * @throws {TypeError} If `owner` is not an owner.
   */
  // deno-lint-ignore require-await -- what is thrown has to reject the promise
  async list(owner: string): Promise<OwnedSession[]> {
    assertOwner(owner);
    return this.#records.ownedBy(owner).map(([key, entry]) => ({ key, ...storedEntry(entry) }));
  }

  /**
   * Removes every record that has expired, at a cost that follows their number.
   *
   * @returns How many records were removed.
   */
  // deno-lint-ignore require-await -- what is thrown has to reject the promise
  async clearExpired(): Promise<number> {
    return this.#records.sweep(Infinity);
  }
}

/** Two would keep up with what is written; more of them catch up after a rush. */
const SWEPT_BY_A_WRITE = 8;
