import { type Head, storedSession } from "./_kv_record.ts";
import type { Found, KvRecords } from "./_kv_records.ts";
import { whileLocked } from "./_kv_retry.ts";
import { isAlive } from "./_record.ts";
import type { OwnedSession, StoredSession } from "./store.ts";

/**
 * Which records an owner has: an entry under `[...prefix, "owner", owner, key]` for each. It is written in the same commit as the record
 * and expires with it. Only a record that is deleted leaves its entry behind, since a delete doesn't look whose it is; such an entry
 * is removed when it is met, and by KV when the record would have expired.
 */
export class KvOwners {
  readonly #kv: Deno.Kv;
  readonly #prefix: Deno.KvKey;
  readonly #records: KvRecords;

  /**
   * Makes the view on a database.
   *
   * @param kv The database.
   * @param prefix What every key begins with.
   * @param records Its records.
   */
  constructor(kv: Deno.Kv, prefix: Deno.KvKey, records: KvRecords) {
    this.#kv = kv;
    this.#prefix = prefix;
    this.#records = records;
  }

  /**
   * Lists an owner's living records. Everything is read from the primary.
   *
   * @param owner The owner.
   * @returns The records with their keys.
   * @throws {CorruptRecordError} If one of them is damaged.
   */
  async list(owner: string): Promise<OwnedSession[]> {
    const listed: OwnedSession[] = [];
    const seen = new Set<unknown>();
    for (;;) {
      const entries = (await this.#entries(owner)).filter(({ key }) => !seen.has(key.at(-1)));
      const before = listed.length;
      for (let at = 0; at < entries.length; at += MOST_AT_ONCE) {
        listed.push(...await this.#look(owner, entries.slice(at, at + MOST_AT_ONCE)));
      }
      for (const { key } of entries) seen.add(key.at(-1));
      // Entries and records are not read in one step. A session that gets another key meanwhile has an entry there before it loses this one: where one has
      // gone, it is looked for once more. So it is where the entries came in several requests, which are no snapshot.
      if (listed.length - before === entries.length && entries.length < LARGEST_BATCH) return listed;
    }
  }

  #entries(owner: string): Promise<Deno.KvEntry<unknown>[]> {
    const prefix = ownerKey(this.#prefix, owner);
    return whileLocked(() =>
      Array.fromAsync(this.#kv.list({ prefix }, { consistency: "strong", batchSize: LARGEST_BATCH }))
    );
  }

  /** Looks at the records of some entries, and removes the entries that mean nothing any more. */
  async #look(owner: string, entries: Deno.KvEntry<unknown>[]): Promise<OwnedSession[]> {
    const found = await this.#records.readMany(entries.map(({ key }) => key.at(-1) as string));
    const listed: OwnedSession[] = [];
    const left: Deno.KvEntry<unknown>[] = [];
    for (const [index, entry] of entries.entries()) {
      const key = entry.key.at(-1) as string;
      const stored = await this.#stored(key, found[index]);
      if (stored?.owner === owner && isAlive(stored.expires)) listed.push({ key, ...stored });
      else left.push(entry);
    }
    if (left.length > 0) await this.#remove(left);
    return listed;
  }

  async #stored(key: string, found: Found | undefined): Promise<StoredSession | undefined> {
    if (!found) return undefined;
    const { head, versionstamp } = found;
    if (head.data instanceof Uint8Array) return storedSession(head, head.data, versionstamp);
    return await this.#records.readChunked(key, true);
  }

  /** If one of them was written again in the meantime, they all stay until the next time. */
  async #remove(entries: Deno.KvEntry<unknown>[]): Promise<void> {
    const operation = this.#kv.atomic().check(...entries);
    for (const { key } of entries) operation.delete(key);
    await whileLocked(() => operation.commit());
  }
}

/**
 * Adds to a commit what it means for the index.
 *
 * @param operation The commit that writes the record.
 * @param prefix What every key begins with.
 * @param key The record's key.
 * @param head The head that is written.
 * @param before Whose the record was that is replaced.
 * @param expireIn When KV may remove it, in milliseconds from now.
 */
export function putOwner(
  operation: Deno.AtomicOperation,
  prefix: Deno.KvKey,
  key: string,
  { owner }: Head,
  before: string | undefined,
  expireIn: number,
): void {
  // Written each time, since the entry expires with the record.
  if (owner !== undefined) operation.set([...ownerKey(prefix, owner), key], true, { expireIn });
  if (before !== undefined && before !== owner) operation.delete([...ownerKey(prefix, before), key]);
}

/** How many keys Deno KV reads in one request. */
const MOST_AT_ONCE = 10;

/** How many entries Deno KV lists in one request. */
const LARGEST_BATCH = 500;

function ownerKey(prefix: Deno.KvKey, owner: string): Deno.KvKey {
  return [...prefix, "owner", owner];
}
