import { type Awaitable, chain } from "../middleware/awaitable.ts";
import { CacheCopies } from "./_cache_copies.ts";
import { CacheSightings } from "./_cache_sightings.ts";
import { assertKey, now, ownerPart } from "./_record.ts";
import type {
  ClearExpiredOptions,
  OwnedSession,
  ReadOptions,
  SessionRecord,
  SessionStore,
  StoredSession,
  WriteResult,
} from "./store.ts";

/** What a {@linkcode CachedStore} can be told. */
export interface CachedStoreOptions {
  /**
   * How old the answer to a read may be at most, in seconds; more than 0. That is how long a session which was ended by another process may still be served here,
   * and how long a visitor who is sent to another process may not see their last change there. Writes are always compared with what is true, so that nothing gets
   * lost and nothing comes back by it.
   *
   * @default {5}
   */
  staleSeconds?: number;
  /**
   * How long the fast store may take, in seconds; more than 0. After that the lasting one is asked, and the fast one is left in peace for a second.
   *
   * @default {0.25}
   */
  patienceSeconds?: number;
}

/**
 * Puts a fast store before a lasting one: what was read lately is read from there. It is worth it where a read of the lasting store takes long, and where visitors send
 * several requests within `staleSeconds`.
 *
 * - **The lasting store decides.** Every `create`, `update`, `delete` and `list` goes there, and so does a read that must be `fresh` and one that finds no copy. That there
 *   is no session is never remembered.
 * - **This process sees its own writes at once**: after one, and after a `fresh` read, no older copy is used, not even one that a slow reader puts there later.
 * - **Other processes see them after `staleSeconds` at most**, or when the record's deadline has come if that is earlier: a copy carries the time until which it may
 *   be used. A session that was ended is not revived by a copy: a request that changes it is refused by the lasting store.
 * - **A fast store may be one process's own** (a {@linkcode MemoryStore}), **or shared by all** (Redis before PostgreSQL). A shared one is brought up to date by whoever
 *   writes, so that the others usually see it at once; `staleSeconds` is still the only promise, as a process may die between the two steps. The clocks of the
 *   processes must agree then; by as much as they differ a copy may be older. Only stores over the same lasting one may share it, and it must be used for
 *   nothing else: give it a prefix of its own.
 * - **A fast store that fails is no failure**: the lasting one is asked instead. If the lasting one fails, so does the call, though for `staleSeconds` copies are still read.
 *
 * @example Memory before files
 * ```ts
 * import { CachedStore, FileStore, MemoryStore } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * const directory = await Deno.makeTempDir();
 * const lasting = new FileStore(`${directory}/sessions`);
 * const store = new CachedStore(new MemoryStore(), lasting, { staleSeconds: 2 });
 * const key = "k".repeat(43);
 * await store.create(key, { data: '{"cart":[1]}', expires: Date.now() + 60_000 });
 *
 * assertEquals((await store.read(key))?.data, '{"cart":[1]}'); // from memory
 * assertEquals((await lasting.read(key))?.data, '{"cart":[1]}');
 * await Deno.remove(directory, { recursive: true });
 * ```
 */
export class CachedStore implements SessionStore {
  readonly #lasting: SessionStore;
  readonly #copies: CacheCopies;
  readonly #sightings: CacheSightings;

  /**
   * Where sessions are kept.
   *
   * @internal
   */
  get lasting(): SessionStore {
    return this.#lasting;
  }

  /**
   * Puts one store before another.
   *
   * @param fast Where copies are kept. It may forget what it likes.
   * @param lasting Where sessions are kept.
   * @param options How old a copy may be.
   * @throws {TypeError} If one of the two is no store, or both are the same.
   * @throws {RangeError} If one of the options is no number of seconds.
   */
  constructor(fast: SessionStore, lasting: SessionStore, options: CachedStoreOptions = {}) {
    const { staleSeconds = 5, patienceSeconds = 0.25 } = options;
    assertStore("fast", fast);
    assertStore("lasting", lasting);
    if (fast === lasting) {
      throw new TypeError("Cannot create CachedStore as fast and lasting must be two stores: received one twice");
    }
    assertSeconds("staleSeconds", staleSeconds);
    assertSeconds("patienceSeconds", patienceSeconds);
    this.#lasting = lasting;
    this.#copies = new CacheCopies(fast, staleSeconds * 1000, patienceSeconds * 1000);
    this.#sightings = new CacheSightings(staleSeconds * 1000);
  }

  /**
   * Reads a record.
   *
   * @param key The record's key.
   * @param options Whether a copy may answer.
   * @returns The record with its version; `undefined` if there is none or it has expired.
   * @throws {TypeError} If `key` is not a key.
   */
  read(key: string, options: ReadOptions = {}): Awaitable<StoredSession | undefined> {
    assertKey(key);
    const { fresh = false } = options;
    if (fresh) return this.#load(key, fresh);
    return chain(
      this.#copies.find(key),
      // Asked afterwards, as a write may have begun while the copy was looked for.
      (copy) => copy && this.#sightings.accepts(key, copy.version) ? copy : this.#load(key, fresh),
    );
  }

  /**
   * Adds a record, and never overwrites one.
   *
   * @param key The key to create.
   * @param record What to keep.
   * @returns The version of the new record; `undefined` if a living record has that key already.
   * @throws {TypeError} If `key` is not a key, or the lasting store can't keep `record`.
   */
  async create(key: string, record: SessionRecord): Promise<string | undefined> {
    return await this.#write(key, record, () => this.#lasting.create(key, record), (version) => version);
  }

  /**
   * Replaces a record, and never creates one.
   *
   * @param key The record's key.
   * @param record What to keep instead.
   * @param version The version that was read, from a copy or not.
   * @returns How it ended.
   * @throws {TypeError} If `key` is not a key, or the lasting store can't keep `record`.
   */
  async update(key: string, record: SessionRecord, version: string): Promise<WriteResult> {
    const update = () => this.#lasting.update(key, record, version);
    return await this.#write(key, record, update, (result) => result.status === "written" ? result.version : undefined);
  }

  /**
   * Removes a record, whatever its version.
   *
   * @param key The record's key.
   * @throws {TypeError} If `key` is not a key.
   */
  async delete(key: string): Promise<void> {
    await this.#write(key, undefined, () => this.#lasting.delete(key), () => undefined);
  }

  /**
   * Lists the living records of an owner, as the lasting store has them.
   *
   * @param owner The owner.
   * @returns The records.
   * @throws {TypeError} If `owner` is not an owner.
   */
  async list(owner: string): Promise<OwnedSession[]> {
    return await this.#lasting.list(owner);
  }

  /**
   * Removes what has expired from both stores.
   *
   * @param options Who is told how far the lasting one is, if that tells it.
   * @returns How many records were removed from the lasting one.
   */
  async clearExpired(options?: ClearExpiredOptions): Promise<number> {
    await this.#copies.clearExpired();
    return await this.#lasting.clearExpired(options);
  }

  async #load(key: string, fresh: boolean): Promise<StoredSession | undefined> {
    const since = now();
    const stamp = this.#sightings.stampOf(key);
    // Fresh in any case: a copy of a copy would be older than was said.
    const stored = await this.#lasting.read(key, { fresh: true });
    // Where nothing was known of the key, and the truth wasn't asked for, a copy is made without remembering that.
    if (stamp === 0 && !fresh) {
      if (stored && this.#sightings.stampOf(key) === 0) await this.#copies.add(key, stored, since);
    } else if (this.#sightings.see(key, stamp, stored?.version)) {
      await (stored ? this.#copies.replace(key, stored, since) : this.#copies.drop(key));
    }
    return stored;
  }

  async #write<T>(
    key: string,
    record: SessionRecord | undefined,
    work: () => Promise<T>,
    versionOf: (result: T) => string | undefined,
  ): Promise<T> {
    assertKey(key);
    const since = now();
    const writing = this.#sightings.begin(key);
    let version: string | undefined;
    try {
      const result = await work();
      version = versionOf(result);
      return result;
    } finally {
      // Also where it failed: it may have happened all the same.
      const isNewest = this.#sightings.end(key, writing, version);
      if (isNewest) await this.#copies.replace(key, storedSession(record!, version!), since);
      else await this.#copies.drop(key);
    }
  }
}

function storedSession({ data, expires, owner }: SessionRecord, version: string): StoredSession {
  return { data, expires, version, ...ownerPart(owner) };
}

function assertStore(name: string, store: SessionStore): void {
  if (typeof store?.read === "function" && typeof store.create === "function") return;
  throw new TypeError(`Cannot create CachedStore as ${name} must be a store: received ${typeof store}`);
}

function assertSeconds(name: string, seconds: number): void {
  if (Number.isFinite(seconds) && seconds > 0) return;
  throw new RangeError(`Cannot create CachedStore as ${name} must be a number of seconds > 0: received ${seconds}`);
}
