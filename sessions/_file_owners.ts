import type { FileLocks } from "./_file_locks.ts";
import { type FilePaths, SHARD_REGEXP, shardOf } from "./_file_paths.ts";
import type { FileRecords } from "./_file_records.ts";
import { namesIn, removeIfEmpty, removeIfThere, sync } from "./_files.ts";
import { isAlive, KEY_REGEXP } from "./_record.ts";
import type { OwnedSession, StoredSession } from "./store.ts";

/**
 * Knows which records an owner has: in `.owners/SHARD/OWNER/` an empty file named after the key of each.
 *
 * It is made before the record is written and removed after the record has gone, both under the lock of the record's subdirectory. So
 * a process that dies in between leaves a file too many, never one too few; listing removes it, or clearing does when it goes through everything.
 */
export class FileOwners {
  readonly #paths: FilePaths;
  readonly #locks: FileLocks;
  readonly #records: FileRecords;
  readonly #durable: boolean;
  #inUse: boolean | undefined;

  /**
   * Makes the view on a directory.
   *
   * @param paths Where everything lies in it.
   * @param locks Its locks.
   * @param records Its records.
   * @param durable Whether to wait for the disk.
   */
  constructor(paths: FilePaths, locks: FileLocks, records: FileRecords, durable: boolean) {
    this.#paths = paths;
    this.#locks = locks;
    this.#records = records;
    this.#durable = durable;
  }

  /**
   * Puts a record on a list. Whoever calls it holds the lock of the key's subdirectory.
   *
   * @param owner Whose list, if the record is somebody's.
   * @param key The record's key.
   */
  async add(owner: string | undefined, key: string): Promise<void> {
    if (owner === undefined) return;
    this.#inUse = true;
    const directory = this.#paths.owner(owner);
    for (let attempt = 1;; attempt++) {
      try {
        const options = { write: true, createNew: true, mode: 0o600 };
        (await Deno.open(`${directory}/${key}`, options)).close();
        if (this.#durable) await sync(directory);
        return;
      } catch (error) {
        if (error instanceof Deno.errors.AlreadyExists) return;
        // The directory is not there yet, or somebody has just removed it, empty.
        if (!(error instanceof Deno.errors.NotFound) || attempt === ATTEMPTS) throw error;
        await this.#makeDirectory(directory);
      }
    }
  }

  /**
   * Takes a record off a list. The record has gone or changed hands already, so that nothing is wrong if this fails: what is left,
   * listing removes. Whoever calls it holds the lock of the key's subdirectory.
   *
   * @param owner Whose list, if the record was somebody's.
   * @param key The record's key.
   */
  async remove(owner: string | undefined, key: string): Promise<void> {
    if (owner === undefined) return;
    const directory = this.#paths.owner(owner);
    try {
      await removeIfThere(`${directory}/${key}`);
      await removeIfEmpty(directory);
    } catch {
      // See above.
    }
  }

  /**
   * Whether a record that is deleted may be on a list. It makes a difference in cost only: as long as nobody on this machine has had owners, a delete need not look.
   *
   * @returns Whether any record had an owner when this store looked first, or got one from it since.
   */
  async inUse(): Promise<boolean> {
    if (this.#inUse === undefined) {
      const wasThere = await isThere(this.#paths.owners);
      this.#inUse ||= wasThere;
    }
    return this.#inUse;
  }

  /**
   * Lists an owner's living records.
   *
   * @param owner The owner.
   * @returns The records with their keys.
   * @throws {CorruptRecordError} If one of them is damaged.
   */
  async list(owner: string): Promise<OwnedSession[]> {
    const listed: OwnedSession[] = [];
    const seen = new Set<string>();
    for (let pass = 1;; pass++) {
      const keys = (await this.#keys(owner)).filter((key) => !seen.has(key));
      const before = listed.length;
      for (const key of keys) {
        seen.add(key);
        const stored = await this.#find(owner, key);
        if (stored !== undefined) listed.push({ key, ...stored });
      }
      // Names and records are not read in one step. A session that gets another key meanwhile has an entry there before it loses this one: so it is looked
      // for once more, and again as long as one has gone. The names alone may miss it too, as they are no snapshot where there are many.
      if (pass > 1 && listed.length - before === keys.length) break;
    }
    if (listed.length === 0) await this.#records.assertThere();
    return listed;
  }

  /** Goes through all lists, and removes what crashes have left there. */
  async clear(): Promise<void> {
    for (const shard of await namesIn(this.#paths.owners)) {
      if (!SHARD_REGEXP.test(shard)) continue;
      for (const owner of await namesIn(`${this.#paths.owners}/${shard}`)) {
        if (!KEY_REGEXP.test(owner)) continue;
        for (const key of await this.#keys(owner)) {
          if (!await this.#isRight(owner, key)) await this.#removeIfWrong(owner, key);
        }
        await removeIfEmpty(this.#paths.owner(owner));
      }
    }
  }

  async #keys(owner: string): Promise<string[]> {
    return (await namesIn(this.#paths.owner(owner))).filter((name) => KEY_REGEXP.test(name));
  }

  async #isRight(owner: string, key: string): Promise<boolean> {
    const header = await this.#records.header(key);
    return header?.owner === owner && isAlive(header.expires);
  }

  /** Reads a record, and removes its entry if it isn't the owner's. */
  async #find(owner: string, key: string): Promise<StoredSession | undefined> {
    const isRight = (stored: StoredSession | undefined) => stored?.owner === owner && isAlive(stored.expires);
    const stored = await this.#records.read(key);
    if (isRight(stored)) return stored;
    if (!await this.#removeIfWrong(owner, key)) return undefined;
    // It was about to be written.
    const written = await this.#records.read(key);
    return isRight(written) ? written : undefined;
  }

  /** Looks again, with the lock: somebody may be about to write the record. Says whether that was so, and the entry is right by now. */
  async #removeIfWrong(owner: string, key: string): Promise<boolean> {
    return await this.#locks.hold(shardOf(key), async () => {
      const isRight = await this.#isRight(owner, key);
      if (!isRight) await this.remove(owner, key);
      return isRight;
    });
  }

  async #makeDirectory(directory: string): Promise<void> {
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
    if (!this.#durable) return;
    for (const parent of [`${directory}/..`, this.#paths.owners, this.#paths.root]) await sync(parent);
  }
}

/** How often a directory is made that others remove. */
const ATTEMPTS = 10;

async function isThere(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
