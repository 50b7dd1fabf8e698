import { BinaryHeap } from "@std/data-structures/binary-heap";
import { assertKey, assertRecord, isAlive, now } from "./_record.ts";
import type { SessionRecord, SessionStore, StoredSession, WriteResult } from "./store.ts";

/** What a {@linkcode MemoryStore} can be told. */
export interface MemoryStoreOptions {
  /**
   * How many records are kept at most; a whole number from 1 on. When one more comes, an expired record makes room, and
   * if there is none, the living one that was used least recently: its visitor is signed out.
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
  readonly #maxEntries: number;
  /** In the order of their last use, the least recent first. */
  readonly #entries = new Map<string, Entry>();
  /** Every entry at its `due`, the earliest on top, among others that mean nothing any more. */
  #deadlines = newHeap([]);
  #version = 0;

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
    this.#maxEntries = maxEntries;
  }

  /**
   * Reads a record, which counts as using it.
   *
   * @param key The record's key.
   * @returns The record with its version; `undefined` if there is none or it has expired.
   * @throws {TypeError} If `key` is not a key.
   */
  // deno-lint-ignore require-await -- what is thrown has to reject the promise
  async read(key: string): Promise<StoredSession | undefined> {
    assertKey(key);
    const entry = this.#living(key);
    if (!entry) return undefined;
    this.#use(key, entry);
    return { data: entry.data, expires: entry.expires, version: String(entry.version) };
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
    this.#sweep(SWEPT_BY_A_WRITE);
    return this.#living(key) ? undefined : this.#add(key, record);
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
    this.#sweep(SWEPT_BY_A_WRITE);
    const entry = this.#living(key);
    if (!entry) return { status: "gone" };
    if (String(entry.version) !== version) return { status: "conflict" };
    entry.data = record.data;
    entry.expires = record.expires;
    entry.version = ++this.#version;
    // A later deadline is looked up when the earlier one is due, so that renewing costs nothing here.
    if (entry.expires < entry.due) this.#schedule(key, entry);
    this.#use(key, entry);
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
    this.#entries.delete(key);
  }

  /**
   * Removes every record that has expired, at a cost that follows their number.
   *
   * @returns How many records were removed.
   */
  // deno-lint-ignore require-await -- what is thrown has to reject the promise
  async clearExpired(): Promise<number> {
    return this.#sweep(Infinity);
  }

  #living(key: string): Entry | undefined {
    const entry = this.#entries.get(key);
    return entry && isAlive(entry.expires) ? entry : undefined;
  }

  #use(key: string, entry: Entry): void {
    this.#entries.delete(key);
    this.#entries.set(key, entry);
  }

  #add(key: string, record: SessionRecord): string {
    this.#entries.delete(key);
    while (this.#entries.size >= this.#maxEntries) this.#evict();
    const entry = { data: record.data, expires: record.expires, version: ++this.#version, due: 0 };
    this.#entries.set(key, entry);
    this.#schedule(key, entry);
    return String(entry.version);
  }

  #evict(): void {
    while (this.#isDue()) {
      if (this.#takeDue()) return;
    }
    const leastRecent = this.#entries.keys().next().value;
    if (leastRecent !== undefined) this.#entries.delete(leastRecent);
  }

  #schedule(key: string, entry: Entry): void {
    entry.due = entry.expires;
    this.#deadlines.push({ key, due: entry.due });
    // Deleted records leave their deadlines behind: without this, signing in and out for days would fill the memory.
    if (this.#deadlines.length > 2 * this.#entries.size + HEAP_SLACK) {
      this.#deadlines = newHeap(this.#entries.entries().map(([key, { due }]) => ({ key, due })));
    }
  }

  #sweep(atMost: number): number {
    let removed = 0;
    for (let taken = 0; taken < atMost && this.#isDue(); taken++) {
      if (this.#takeDue()) removed++;
    }
    return removed;
  }

  #isDue(): boolean {
    const next = this.#deadlines.peek();
    return next !== undefined && next.due <= now();
  }

  /** Takes the topmost deadline away, and its record too if that has expired. Says whether it did. */
  #takeDue(): boolean {
    const { key, due } = this.#deadlines.pop()!;
    const entry = this.#entries.get(key);
    if (entry?.due !== due) return false;
    if (!isAlive(entry.expires)) return this.#entries.delete(key);
    this.#schedule(key, entry);
    return false;
  }
}

/** A record in memory. */
interface Entry {
  data: string;
  expires: number;
  version: number;
  /** When the deadline is looked at: never after `expires`. */
  due: number;
}

interface Deadline {
  readonly key: string;
  readonly due: number;
}

/** Two would keep up with what is written; more of them catch up after a rush. */
const SWEPT_BY_A_WRITE = 8;

const HEAP_SLACK = 64;

function newHeap(deadlines: Iterable<Deadline>): BinaryHeap<Deadline> {
  return BinaryHeap.from([...deadlines], { compare: (a, b) => a.due - b.due });
}
