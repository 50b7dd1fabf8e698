import { isAlive, newName, now } from "./_record.ts";
import { notAnAnswer, type RedisEntry } from "./_redis_record.ts";
import { ENTER, ENTRIES } from "./_redis_scripts.ts";
import type { RedisClient } from "./redis_client.ts";
import type { SessionRecord } from "./store.ts";

/** An entry as the index gives it back. */
export interface FoundEntry {
  /** The key of the record that it is for. */
  readonly key: string;
  /** Its mark; see {@linkcode RedisEntry}. */
  readonly mark: string;
  /** Whether it is so old that whoever made it has written the record by now, or never will. */
  readonly isSettled: boolean;
}

/**
 * The indexes by owner: for each owner a sorted set of entries, in which a record has an entry from before it is written until after it is gone.
 *
 * A cluster may keep it on another server than the record, so the two can't be written in one step. No record is missing all the same. An entry is
 * made before its record. One without a record is removed only when it is an hour old, and a write that comes more than ten minutes after its entry is refused by
 * the server and begins again: so long as the clocks of the servers differ by less than fifty minutes, nobody removes an entry whose record is yet to come.
 */
export class RedisOwners {
  readonly #client: RedisClient;
  readonly #prefix: string;

  /**
   * Makes the view on the indexes.
   *
   * @param client The connection.
   * @param prefix What every key begins with.
   */
  constructor(client: RedisClient, prefix: string) {
    this.#client = client;
    this.#prefix = prefix;
  }

  /**
   * Gives the entry for a record that is about to be written: the one it has if that is good enough, else a new one.
   *
   * @param key The record's key.
   * @param record The record.
   * @param seen The entry of the version that it replaces.
   * @returns The entry; `undefined` for a record that is nobody's or dead already.
   */
  async enter(key: string, record: SessionRecord, seen?: RedisEntry): Promise<RedisEntry | undefined> {
    const { owner, expires } = record;
    if (owner === undefined || !isAlive(expires)) return undefined;
    if (seen?.owner === owner && expires <= seen.until) return seen;
    // Twice as long as it lives by now, so that renewing a session rarely has to come here.
    const until = expires + Math.max(expires - now(), HOUR);
    const nonce = newName().slice(0, 8);
    const lasts = lifetime(until + HOUR);
    const forgotten = String(now() - HOUR);
    const seconds = await ENTER.run(this.#client, this.#key(owner), key, nonce, String(until), lasts, forgotten);
    return { owner, mark: `${seconds}/${nonce}`, until };
  }

  /**
   * Removes entries that are needed no more. What they were for has been done, and an entry too many does no harm: where this fails, it stays
   * until a list finds it.
   *
   * @param owner Whose they are.
   * @param entries The entries.
   */
  async leave(owner: string, entries: readonly { readonly key: string; readonly mark: string }[]): Promise<void> {
    if (entries.length === 0) return;
    try {
      await this.#client.send("ZREM", this.#key(owner), ...entries.map(({ key, mark }) => `${key}/${mark}`));
    } catch {
      // See above.
    }
  }

  /**
   * Finds all entries of an owner.
   *
   * @param owner The owner.
   * @returns The entries; a record may have several.
   */
  async find(owner: string): Promise<FoundEntry[]> {
    const answer = await ENTRIES.run(this.#client, this.#key(owner));
    if (!Array.isArray(answer)) throw notAnAnswer();
    const [seconds, ...entries] = answer.map(String);
    return entries.flatMap((entry) => {
      const [, key, mark, made] = ENTRY_REGEXP.exec(entry) ?? [];
      if (key === undefined || mark === undefined) return [];
      return [{ key, mark, isSettled: (Number(seconds) - Number(made)) * 1000 > HOUR }];
    });
  }

  #key(owner: string): string {
    return `${this.#prefix}{${owner}}:owned`;
  }
}

/**
 * How long something lives, as Redis wants it: from now on, so that the server's clock is not compared with ours.
 *
 * @param expires Its deadline, in milliseconds since the Unix epoch.
 * @returns Whole milliseconds; negative if it is over.
 */
export function lifetime(expires: number): string {
  return String(Math.min(Math.ceil(expires - now()), LONGEST_LIFE));
}

/** In milliseconds. */
const HOUR = 3_600_000;

/** In milliseconds: 31 000 years. Redis refuses what its 64 bits can't add to the time. */
const LONGEST_LIFE = 1e15;

const ENTRY_REGEXP = /^([\w-]{43})\/((\d+)\/[\da-f]+)$/;
