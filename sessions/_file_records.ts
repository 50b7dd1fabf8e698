import { decodeFile, decodeHeader, encodeFile, type FileHeader, LONGEST_HEADER, STATE_OFFSET } from "./_file_format.ts";
import { vanished } from "./_file_locks.ts";
import { type FilePaths, shardOf } from "./_file_paths.ts";
import { readIfThere, removeIfThere, renameInto, replaceFile, sync } from "./_files.ts";
import { isAlive, newName } from "./_record.ts";
import { CorruptRecordError } from "./corrupt_record_error.ts";
import type { SessionRecord, StoredSession } from "./store.ts";

/**
 * The records of a `FileStore`, each in its file. Reading needs no lock; whoever calls anything else holds the
 * locks of the keys' subdirectories.
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
    let before: string | undefined;
    for (;;) {
      const bytes = await readIfThere(path);
      if (!bytes) return await this.#assertThere();
      const { data, expires, version, pending } = decodeFile(path, key, bytes);
      if (!pending || await this.#isMoved(key)) return { data, expires, version };
      // The move may have been finished between the two looks, so that only a second look at the same state decides.
      if (version === before) return undefined;
      before = version;
    }
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
    if (!bytes) return undefined;
    const header = decodeHeader(path, key, bytes);
    return header.pending && !await this.#isMoved(key) ? undefined : header;
  }

  /**
   * Writes a record, over whatever is there.
   *
   * @param key The record's key.
   * @param record What to keep.
   * @returns Its version.
   */
  async write(key: string, record: SessionRecord): Promise<string> {
    return await this.#write(key, record, false);
  }

  /**
   * Moves a record. A single rename decides: before it the old key holds the record, after it the new one does, whatever
   * crashes.
   *
   * @param from The key it has.
   * @param to The key it gets, where no living record is.
   * @param record What to keep there.
   * @returns Its version.
   */
  async move(from: string, to: string, record: SessionRecord): Promise<string> {
    await removeIfThere(this.#paths.moved(to));
    const version = await this.#write(to, record, true);
    await renameInto(this.#paths.record(from), this.#paths.moved(to), this.#durable);
    if (this.#durable) await sync(`${this.#paths.root}/${shardOf(from)}`);
    await this.finishMove(to);
    return version;
  }

  /**
   * Tidies up after a move, also one that a crash has cut short: the record is the same before and after.
   *
   * @param to The key that the record got.
   */
  async finishMove(to: string): Promise<void> {
    const path = this.#paths.record(to);
    const bytes = await readIfThere(path, LONGEST_HEADER);
    if (bytes && decodeHeader(path, to, bytes).pending) {
      using file = await Deno.open(path, { write: true });
      await file.seek(STATE_OFFSET, Deno.SeekMode.Start);
      await file.write(LIVING);
      if (this.#durable) await file.sync();
    }
    await removeIfThere(this.#paths.moved(to));
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
   * Removes a record if nobody can read it: it has expired, it is damaged, or a move to it was begun and never done.
   *
   * @param key The record's key.
   * @returns Whether it was removed; its deadline if it lives; `undefined` if there was none.
   */
  async removeIfDead(key: string): Promise<boolean | number | undefined> {
    const path = this.#paths.record(key);
    const bytes = await readIfThere(path, LONGEST_HEADER);
    if (!bytes) return undefined;
    const header = headerOrDamage(path, key, bytes);
    const exists = header && (!header.pending || await this.#isMoved(key));
    if (exists && isAlive(header.expires)) return header.expires;
    return await this.remove(key);
  }

  async #write(key: string, record: SessionRecord, pending: boolean): Promise<string> {
    const version = newName();
    const bytes = encodeFile({ key, version, pending }, record);
    await replaceFile(this.#paths.record(key), bytes, this.#paths.draft(shardOf(key)), this.#durable);
    return version;
  }

  async #isMoved(to: string): Promise<boolean> {
    return await readIfThere(this.#paths.moved(to), 0) !== undefined;
  }

  /** A record that is missing is a signed-out visitor; a directory that is missing must not look like that. */
  async #assertThere(): Promise<undefined> {
    try {
      await Deno.stat(this.#paths.locks);
    } catch (cause) {
      if (!(cause instanceof Deno.errors.NotFound)) throw cause;
      throw new Error(vanished(this.#paths), { cause });
    }
  }
}

function headerOrDamage(path: string, key: string, bytes: Uint8Array): FileHeader | undefined {
  try {
    return decodeHeader(path, key, bytes);
  } catch (error) {
    if (error instanceof CorruptRecordError) return undefined;
    throw error;
  }
}

const LIVING = new TextEncoder().encode("L");
