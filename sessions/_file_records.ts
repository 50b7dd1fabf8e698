import { decodeFile, decodeHeader, encodeFile, type FileHeader, LONGEST_HEADER } from "./_file_format.ts";
import { vanished } from "./_file_locks.ts";
import { type FilePaths, shardOf } from "./_file_paths.ts";
import { readAgainIfThere, readIfThere, removeIfThere, replaceFile, sync } from "./_files.ts";
import { isAlive, newName, ownerPart } from "./_record.ts";
import { CorruptRecordError } from "./corrupt_record_error.ts";
import type { SessionRecord, StoredSession } from "./store.ts";

/**
 * The records of a `FileStore`, each in its file. Reading needs no lock; whoever calls anything else holds the
 * lock of the key's subdirectory.
 */
export class FileRecords {
  readonly #paths: FilePaths;
  readonly #durable: boolean;

  /**
   * Makes the view on a directory.
   *
   * @param paths Where everything lies in it.
   * @param durable Whether to wait for the disk.
   */
  constructor(paths: FilePaths, durable: boolean) {
    this.#paths = paths;
    this.#durable = durable;
  }

  /**
   * Reads a record.
   *
   * @param key The record's key.
   * @returns The record, expired or not; `undefined` if there is none.
   * @throws {CorruptRecordError} If its file is damaged.
   * @throws {Error} If the directory is gone.
   */
  async read(key: string): Promise<StoredSession | undefined> {
    const path = this.#paths.record(key);
    const bytes = await readIfThere(path);
    if (!bytes) {
      await this.assertThere();
      return undefined;
    }
    const { data, expires, owner, version } = decodeFile(path, key, bytes);
    return { data, expires, ...ownerPart(owner), version };
  }

  /**
   * Reads a header.
   *
   * @param key The record's key.
   * @returns The header, of an expired record too; `undefined` if there is no record.
   * @throws {CorruptRecordError} If it is damaged.
   */
  async header(key: string): Promise<FileHeader | undefined> {
    const path = this.#paths.record(key);
    const bytes = await readIfThere(path, LONGEST_HEADER);
    return bytes && decodeHeader(path, key, bytes);
  }

  /**
   * Reads the header of a record that was read before, as its version is known.
   *
   * @param key The record's key.
   * @returns The header, of an expired record too; `undefined` if there is no record any more.
   * @throws {CorruptRecordError} If it is damaged.
   */
  headerAgain(key: string): FileHeader | undefined {
    const path = this.#paths.record(key);
    const bytes = readAgainIfThere(path, LONGEST_HEADER);
    return bytes && decodeHeader(path, key, bytes);
  }

  /**
   * Reads whose record it is.
   *
   * @param key The record's key.
   * @returns The owner; `undefined` if it has none, is damaged, or is not there.
   */
  async owner(key: string): Promise<string | undefined> {
    const path = this.#paths.record(key);
    const bytes = await readIfThere(path, LONGEST_HEADER);
    return bytes && headerOrDamage(path, key, bytes)?.owner;
  }

  /**
   * Writes a record, over whatever is there.
   *
   * @param key The record's key.
   * @param record What to keep.
   * @returns Its version.
   */
  async write(key: string, record: SessionRecord): Promise<string> {
    const version = newName();
    const bytes = encodeFile({ key, version }, record);
    await replaceFile(this.#paths.record(key), bytes, this.#paths.draft(shardOf(key)), this.#durable);
    return version;
  }

  /**
   * Removes a record.
   *
   * @param key The record's key.
   * @returns Whether there was a file.
   */
  async remove(key: string): Promise<boolean> {
    const wasThere = await removeIfThere(this.#paths.record(key));
    if (wasThere && this.#durable) await sync(`${this.#paths.root}/${shardOf(key)}`);
    return wasThere;
  }

  /**
   * Removes a record if nobody can read it: it has expired, or it is damaged.
   *
   * @param key The record's key.
   * @returns Whether it was removed, whose it was, and when it will expire if it lives; `undefined` if there was none.
   */
  async removeIfDead(key: string): Promise<Remains | undefined> {
    const path = this.#paths.record(key);
    const bytes = await readIfThere(path, LONGEST_HEADER);
    if (!bytes) return undefined;
    const header = headerOrDamage(path, key, bytes);
    const owner = header?.owner;
    if (header && isAlive(header.expires)) return { removed: false, owner, deadline: header.expires };
    return { removed: await this.remove(key), owner };
  }

  /**
   * Makes sure that the directory is there: a record that is missing is a signed-out visitor, a directory that is missing must not look like that.
   *
   * @throws {Error} If it isn't.
   */
  async assertThere(): Promise<void> {
    try {
      await Deno.stat(this.#paths.locks);
    } catch (cause) {
      if (!(cause instanceof Deno.errors.NotFound)) throw cause;
      throw new Error(vanished(this.#paths), { cause });
    }
  }
}

/** What {@linkcode FileRecords.removeIfDead} found. */
export interface Remains {
  /** Whether the record was removed. */
  readonly removed: boolean;
  /** Whose it was, if it was somebody's and is not damaged. */
  readonly owner: string | undefined;
  /** When it will expire, if it lives. */
  readonly deadline?: number;
}

function headerOrDamage(path: string, key: string, bytes: Uint8Array): FileHeader | undefined {
  try {
    return decodeHeader(path, key, bytes);
  } catch (error) {
    if (error instanceof CorruptRecordError) return undefined;
    throw error;
  }
}
