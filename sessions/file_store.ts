import { lazyNode } from "../cookies/lazy_node.ts";
import { FileExpiry } from "./_file_expiry.ts";
import { FileLocks } from "./_file_locks.ts";
import { FileOwners } from "./_file_owners.ts";
import { shardOf } from "./_file_paths.ts";
import { FileRecords } from "./_file_records.ts";
import { openDirectory } from "./_open_directory.ts";
import { assertKey, assertOwner, assertRecord, isAlive } from "./_record.ts";
import type {
  ClearExpiredOptions,
  OwnedSession,
  SessionRecord,
  SessionStore,
  StoredSession,
  WriteResult,
} from "./store.ts";

/** What a {@linkcode FileStore} can be told. */
export interface FileStoreOptions {
  /**
   * Whether a write waits until it is on the disk (`fsync` of the file and of its directory). Without it, what was
   * written survives any crash of the process, but the last seconds before a power failure or a crash of the system may be lost.
   * With it, nothing that was acknowledged is lost then either, and a write takes as long as the disk does: some
   * milliseconds instead of a fraction of one.
   *
   * @default {false}
   */
  durable?: boolean;
}

/**
 * Keeps sessions in a directory, each in a file of its own: for a site on one machine, in one process or several, whose
 * sessions outlive a restart and can be backed up by copying the directory.
 *
 * - A write replaces the whole file by a rename: a reader, a crash and a backup see the old record or the new one.
 *   A process that is killed at any instant leaves one of the two.
 * - Before comparing and writing, a process locks one of 256 subdirectories (`flock`), against other processes too; the
 *   kernel releases that lock when the process ends. Reading locks nothing. The files in `.locks` must not be deleted while
 *   the store is in use; everything else may be, to sign everybody out.
 * - The directory is made if it is missing, for its owner only (mode 0700, files 0600). One that others may write to is
 *   refused at first use, since whoever can write a session can sign in as anybody.
 * - {@linkcode FileStore.clearExpired} has to be called now and then, by a crontab for example: what has expired is not
 *   served, but it lies there until then.
 * - Whose a session is says its file, and an empty file in `.owners`, which is made before and removed after. So a crash can leave one too
 *   many, which is removed when it is met, and never one too few. A power failure without `durable`, or a backup made while sessions are written, can leave one too few: then a session
 *   is missing from its owner's list until it is written again or `clearExpired` goes through everything. After bringing a backup
 *   back, delete `.expiry/complete` and clear.
 * - A file that is damaged makes reading it throw a {@linkcode CorruptRecordError}; clearing removes it when it is due.
 *
 * It needs the permission to read and write the directory, a local file system with locks, and Linux, macOS or another
 * system with owners and modes. It is not for network file systems, nor for several machines.
 *
 * @example Sessions in a directory
 * ```ts
 * import { FileStore } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * const directory = await Deno.makeTempDir();
 * const store = new FileStore(`${directory}/sessions`);
 * const key = "k".repeat(43);
 * await store.create(key, { data: '{"cart":[1]}', expires: Date.now() + 60_000 });
 *
 * const afterRestart = new FileStore(`${directory}/sessions`);
 * assertEquals((await afterRestart.read(key))?.data, '{"cart":[1]}');
 * await Deno.remove(directory, { recursive: true });
 * ```
 */
export class FileStore implements SessionStore {
  readonly #path: string;
  readonly #durable: boolean;
  #opened: Promise<Opened> | undefined;

  /**
   * Makes a store in a directory, which is made or checked at first use.
   *
   * @param directory The directory: a path, or a `file:` URL. Nothing else should be in it.
   * @param options How careful to be.
   * @throws {TypeError} If `directory` is empty or no `file:` URL.
   */
  constructor(directory: string | URL, options: FileStoreOptions = {}) {
    const { durable = false } = options;
    if (directory === "" || typeof directory !== "string" && !(directory instanceof URL)) {
      throw new TypeError("Cannot create FileStore as directory must be a path or a file: URL");
    }
    // Now, so that changing the working directory later changes nothing.
    this.#path = nodePath().resolve(directory instanceof URL ? nodeUrl().fileURLToPath(directory) : directory);
    this.#durable = durable;
  }

  /**
   * Reads a record.
   *
   * @param key The record's key.
   * @returns The record with its version; `undefined` if there is none or it has expired.
   * @throws {TypeError} If `key` is not a key.
   * @throws {CorruptRecordError} If the file is damaged.
   * @throws {Error} If the directory can't be used.
   */
  async read(key: string): Promise<StoredSession | undefined> {
    assertKey(key);
    const { records } = await this.#open();
    const stored = await records.read(key);
    return stored && isAlive(stored.expires) ? stored : undefined;
  }

  /**
   * Adds a record, and never overwrites one.
   *
   * @param key The key to create.
   * @param record What to keep.
   * @returns The version of the new record; `undefined` if a living record has that key already.
   * @throws {TypeError} If `key` is not a key, or `record` can't be kept.
   * @throws {Error} If the directory can't be used.
   */
  async create(key: string, record: SessionRecord): Promise<string | undefined> {
    assertKey(key);
    assertRecord(record);
    const { records, locks, expiry, owners } = await this.#open();
    const shard = shardOf(key);
    return await locks.hold(shard, async () => {
      const expired = await records.header(key);
      if (expired && isAlive(expired.expires)) return undefined;
      await expiry.add(shard, [{ key, deadline: record.expires }]);
      await owners.add(record.owner, key);
      const version = await records.write(key, record);
      if (expired?.owner !== record.owner) await owners.remove(expired?.owner, key);
      return version;
    });
  }

  /**
   * Replaces a record, and never creates one.
   *
   * @param key The record's key.
   * @param record What to keep instead.
   * @param version The version that was read.
   * @returns How it ended.
   * @throws {TypeError} If `key` is not a key, or `record` can't be kept.
   * @throws {Error} If the directory can't be used.
   */
  async update(key: string, record: SessionRecord, version: string): Promise<WriteResult> {
    assertKey(key);
    assertRecord(record);
    const { records, locks, expiry, owners } = await this.#open();
    const shard = shardOf(key);
    return await locks.hold(shard, async () => {
      const header = records.headerAgain(key);
      if (!header || !isAlive(header.expires)) return { status: "gone" };
      if (header.version !== version) return { status: "conflict" };
      if (record.expires < header.expires) await expiry.add(shard, [{ key, deadline: record.expires }]);
      await owners.add(record.owner, key);
      const next = await records.write(key, record);
      if (header.owner !== record.owner) await owners.remove(header.owner, key);
      return { status: "written", version: next };
    });
  }

  /**
   * Removes a record, whatever its version, also a damaged one.
   *
   * @param key The record's key.
   * @throws {TypeError} If `key` is not a key.
   * @throws {Error} If the directory can't be used.
   */
  async delete(key: string): Promise<void> {
    assertKey(key);
    const { records, locks, owners } = await this.#open();
    await locks.hold(shardOf(key), async () => {
      const owner = await owners.inUse() ? await records.owner(key) : undefined;
      await records.remove(key);
      await owners.remove(owner, key);
    });
  }

  /**
   * Lists the living records of an owner. It reads each of them, and locks nothing but for removing an entry that a crash has left behind.
   *
   * @param owner The owner.
   * @returns The records with their keys and versions.
   * @throws {TypeError} If `owner` is not an owner.
   * @throws {CorruptRecordError} If the file of one of them is damaged.
   * @throws {Error} If the directory can't be used.
   */
  async list(owner: string): Promise<OwnedSession[]> {
    assertOwner(owner);
    const { owners } = await this.#open();
    return await owners.list(owner);
  }

  /**
   * Removes what has expired, what is damaged, and what crashes have left behind. Its cost follows the number of records
   * that are due, but for the first time and once in thirty days, when all of them are looked at. Safe while the store is in use,
   * by this process and others; a subdirectory is locked for 64 records at a time.
   *
   * @param options Who is told how far it is, after each batch of them: no lock is held meanwhile.
   * @returns How many records were removed.
   * @throws {Error} If the directory can't be used.
   */
  async clearExpired(options?: ClearExpiredOptions): Promise<number> {
    const { expiry } = await this.#open();
    return await expiry.clear(options);
  }

  #open(): Promise<Opened> {
    return this.#opened ??= open(this.#path, this.#durable).catch((error) => {
      // Asked again at the next use, as somebody may have put the directory right.
      this.#opened = undefined;
      throw error;
    });
  }
}

const nodePath = lazyNode("node:path");
const nodeUrl = lazyNode("node:url");

interface Opened {
  readonly records: FileRecords;
  readonly locks: FileLocks;
  readonly expiry: FileExpiry;
  readonly owners: FileOwners;
}

async function open(path: string, durable: boolean): Promise<Opened> {
  const paths = await openDirectory(path);
  const locks = new FileLocks(paths);
  const records = new FileRecords(paths, durable);
  const owners = new FileOwners(paths, locks, records, durable);
  return { records, locks, expiry: new FileExpiry(paths, locks, records, owners), owners };
}
