/**
 * What a session store promises: the whole contract, in prose, on one interface.
 *
 * A store keeps records under keys. It knows nothing of requests, cookies or what a session holds: a key is the hash of a
 * session's id (so that nothing a store keeps opens a session), and a record is one opaque text with a deadline. Any
 * object with these six methods is a store; `sessionStoreTests` of `@nuages/web/testing` holds it against this page.
 *
 * @module
 */

/** What a store is given to keep. */
export interface SessionRecord {
  /** The session, encoded by a codec: a well-formed text. A store neither reads nor changes it; it gives back the same text. */
  readonly data: string;
  /**
   * When the record dies, in milliseconds since the Unix epoch: a finite number. From that instant on it does not exist.
   */
  readonly expires: number;
  /**
   * Whose session it is: the hash of the owner's name, so that a store knows no users; 43 characters of base64url. Absent for a session that
   * is nobody's.
   */
  readonly owner?: string | undefined;
}

/** What a store gives back: the record and the version to name when changing it. */
export interface StoredSession extends SessionRecord {
  /**
   * Names this state of the record. Every write makes a new one, and no version comes back: deleting a record and
   * creating it again under the same key yields versions it never had. It means something to its own store only.
   */
  readonly version: string;
}

/** A record that was found by its owner. */
export interface OwnedSession extends StoredSession {
  /** The record's key: it changes and deletes the record, and opens no session. */
  readonly key: string;
}

/** What {@linkcode SessionStore.read} can be asked for. */
export interface ReadOptions {
  /**
   * Whether the answer must be as new as every write that was acknowledged before. A store that answers from copies (an
   * eventually consistent database, a cache) goes to the original then. Without it, such a store may answer with what
   * was true some seconds ago. A store without copies has nothing to do for it.
   *
   * @default {false}
   */
  readonly fresh?: boolean;
}

/** What {@linkcode SessionStore.clearExpired} can be told. */
export interface ClearExpiredOptions {
  /**
   * Is told how many records have been removed so far: now and then, in most stores after each batch. The numbers never fall, and may come
   * more than once. A store that needs no time, or has nothing to count, may never call it. What it throws ends the clearing, and
   * `clearExpired` rejects with it; what was removed by then stays removed, and the next time goes on from there.
   *
   * @default {nobody is told}
   */
  readonly onProgress?: ((removed: number) => void) | undefined;
}

/**
 * How a conditional write ended.
 *
 * - `written`: the record is what was asked for, under the version given.
 * - `conflict`: the record lives, but is not the version named. Nothing was changed.
 * - `gone`: there is no such record: it was deleted, or has expired. Nothing was changed, and nothing was created.
 */
export type WriteResult =
  | { readonly status: "written"; readonly version: string }
  | { readonly status: "conflict" }
  | { readonly status: "gone" };

/**
 * Keeps session records: in memory, in Deno KV, in files, in a database.
 *
 * Rules that hold for every method:
 *
 * - **Keys** are 43 characters of the base64url alphabet (a SHA-256), made by {@linkcode sessions}, and so are
 *   **owners**. A store never receives anything a visitor wrote.
 * - **Expired is missing.** A record whose `expires` is not in the future is not served, not updated and does not block
 *   a `create`, however late the store really deletes it.
 * - **Atomic.** Each method takes effect at once and wholly, or not at all, also beside other processes using the same
 *   store. Of two `update`s naming the same version, one answers `written` and the other `conflict` (or `gone`).
 * - **Failure throws.** A store that is down, full or broken rejects with an `Error`; it never answers `undefined`,
 *   `gone` or a default instead, since those mean something.
 * - **A text comes back exactly as it was given**, whatever characters it holds. It is well-formed Unicode, as JSON is; a
 *   store may refuse a lone surrogate with a `TypeError`, but never change it.
 * - **A record is on the list of its owner from the moment it is written**, and on nobody else's: that is how all sessions of somebody are
 *   ended. A store that has transactions writes its index in the same one as the record. One that has none writes the entry before
 *   the record, so that a crash leaves an entry too many and never one too few, and has {@linkcode SessionStore.list} put that right.
 *   A record without an owner costs nothing more for any of this.
 *
 * @example A store is any object with these methods
 * ```ts
 * import { MemoryStore, type SessionStore } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * const store: SessionStore = new MemoryStore();
 * const key = "k".repeat(43);
 * const version = await store.create(key, { data: "{}", expires: Date.now() + 60_000 });
 *
 * assertEquals(await store.create(key, { data: "x", expires: Date.now() + 60_000 }), undefined); // never overwrites
 * const written = await store.update(key, { data: '{"a":1}', expires: Date.now() + 60_000 }, version!);
 * assertEquals(written.status, "written");
 * const late = await store.update(key, { data: '{"b":2}', expires: Date.now() + 60_000 }, version!);
 * assertEquals(late.status, "conflict"); // somebody wrote in between
 * assertEquals(await store.list("o".repeat(43)), []); // the record has no owner
 * ```
 */
export interface SessionStore {
  /**
   * Reads a record. A store that has it at hand may answer without a promise, and throw without one: waiting is most of what a session costs
   * that comes out of memory.
   *
   * @param key The record's key.
   * @param options Whether a copy may answer.
   * @returns The record with its version, and with its owner if it has one; `undefined` if there is none or it has expired.
   */
  read(key: string, options?: ReadOptions): StoredSession | undefined | Promise<StoredSession | undefined>;

  /**
   * Adds a record, and never overwrites one: a collision can't hand a session over.
   *
   * @param key The key to create.
   * @param record What to keep.
   * @returns The version of the new record; `undefined` if a living record has that key already.
   */
  create(key: string, record: SessionRecord): Promise<string | undefined>;

  /**
   * Replaces a record, and never creates one: a slow request can't bring back what was deleted. The owner is replaced too: a record
   * that is written without one is nobody's from then on.
   *
   * @param key The record's key.
   * @param record What to keep instead.
   * @param version The version that was read. Only if it is still that one, the record is replaced.
   * @returns How it ended.
   */
  update(key: string, record: SessionRecord, version: string): Promise<WriteResult>;

  /**
   * Removes a record, whatever its version. Removing what isn't there is no error.
   *
   * @param key The record's key.
   */
  delete(key: string): Promise<void>;

  /**
   * Lists the living records of an owner: as new as every write that was acknowledged before, also in a store with copies. Its cost
   * follows the number of records this owner has had, not what is stored.
   *
   * Where the index is not written in the same atomic step as the record, it is put right here: an entry whose record is gone, has
   * expired or is somebody else's by now is not listed, and removed. No record is ever missing from the list. A session that gets another key while
   * the list is made is under the new one before it leaves the old one, and one of the two is listed: where index and records are read one after the other, a record that was
   * gone is reason to look into the index once more.
   *
   * @param owner The owner, as in {@linkcode SessionRecord.owner}.
   * @returns The records with their keys and versions, in any order; none if the owner has no living record.
   */
  list(owner: string): Promise<OwnedSession[]>;

  /**
   * Removes what has expired. Safe while the store is in use.
   *
   * @param options Who is told how far it is; a store may ignore that.
   * @returns How many records were removed; 0 for a store that needs no such help.
   */
  clearExpired(options?: ClearExpiredOptions): Promise<number>;
}
