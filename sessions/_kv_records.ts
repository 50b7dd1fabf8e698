import { concat } from "@std/bytes/concat";
import { putOwner } from "./_kv_owners.ts";
import { chunksOf, decodeHead, type Encoded, type Head, storedSession } from "./_kv_record.ts";
import { whileLocked } from "./_kv_retry.ts";
import { now } from "./_record.ts";
import { CorruptRecordError } from "./corrupt_record_error.ts";
import type { StoredSession } from "./store.ts";

/** What a write saw under a key, and replaces only if it is still there. */
export interface Seen {
  /** The versionstamp of the head. */
  readonly versionstamp: string;
  /** How many chunks the record has. */
  readonly chunks: number;
  /** Whose it is. */
  readonly owner: string | undefined;
}

/** What lies under a key, expired or not. */
export interface Found extends Seen {
  /** The head. */
  readonly head: Head;
}

/** A commit that says no when what it checks has changed. */
export type Commit = Deno.KvCommitResult | Deno.KvCommitError;

/**
 * Where records lie in Deno KV, and how they get there: the head of a record under `[...prefix, "record", key]`, its chunks
 * below that key, by their number, and beside them the index by owner. All that is written in one commit has the same versionstamp, by which a
 * read tells whether head and chunks belong together.
 */
export class KvRecords {
  readonly #kv: Deno.Kv;
  readonly #prefix: Deno.KvKey;
  readonly #consistency: Deno.KvConsistencyLevel;

  /**
   * Makes the view on a database.
   *
   * @param kv The database.
   * @param prefix What every key begins with.
   * @param consistency How fresh a read is that need not be fresh; everything else is strong.
   */
  constructor(kv: Deno.Kv, prefix: Deno.KvKey, consistency: Deno.KvConsistencyLevel) {
    this.#kv = kv;
    this.#prefix = prefix;
    this.#consistency = consistency;
  }

  /**
   * Reads a head.
   *
   * @param key The record's key.
   * @param fresh Whether every write that was acknowledged before must be seen.
   * @returns What is there.
   */
  async read(key: string, fresh: boolean): Promise<Found | undefined> {
    const consistency = this.#consistencyOf(fresh);
    return found(await whileLocked(() => this.#kv.get(this.#key(key), { consistency })));
  }

  /**
   * Reads some heads, as new as every write that was acknowledged before.
   *
   * @param keys The records' keys, as many as Deno KV reads in one request.
   * @returns What is there, in the order of the keys.
   */
  async readMany(keys: readonly string[]): Promise<(Found | undefined)[]> {
    const entries = await whileLocked(() =>
      this.#kv.getMany<unknown[]>(keys.map((key) => this.#key(key)), { consistency: "strong" })
    );
    return entries.map(found);
  }

  /**
   * Reads a record in chunks.
   *
   * @param key The record's key.
   * @param fresh Whether every write that was acknowledged before must be seen.
   * @returns The record, expired or not; `undefined` if there is none any more.
   * @throws {CorruptRecordError} If chunks are missing.
   */
  async readChunked(key: string, fresh: boolean): Promise<StoredSession | undefined> {
    const start = this.#key(key);
    const consistency = this.#consistencyOf(fresh);
    let before: string | undefined;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      // Head and chunks in one request: KV answers from one snapshot, so that this is right at the first attempt.
      const [first, ...rest] = await whileLocked(() =>
        Array.fromAsync(this.#kv.list({ start, end: [...start, Infinity] }, { consistency }))
      );
      if (first?.key.length !== start.length) return undefined;
      const { head, versionstamp, chunks } = found(first)!;
      if (head.data instanceof Uint8Array) return storedSession(head, head.data, versionstamp);
      const parts = rest.slice(0, chunks).filter((chunk) => chunk.versionstamp === versionstamp);
      if (parts.length === chunks) return storedSession(head, joined(parts), versionstamp);
      if (versionstamp === before) throw new CorruptRecordError("Deno KV", "some of its chunks are missing");
      before = versionstamp;
    }
    throw new Error(CONTENDED);
  }

  /**
   * Writes a record over what was seen there, if that is still there.
   *
   * @param key The record's key.
   * @param encoded The record.
   * @param seen What was seen there, with its chunks and on the list of its owner; nothing if left out.
   * @returns How it ended.
   */
  put(key: string, encoded: Encoded, seen?: Seen): Promise<Commit> {
    const { head, chunks } = encoded;
    const expireIn = Math.min(Math.max(0, Math.ceil(head.expires - now())) + CLOCK_TOLERANCE, LONGEST_EXPIRE_IN);
    const operation = this.#kv.atomic();
    operation.check({ key: this.#key(key), versionstamp: seen?.versionstamp ?? null });
    operation.set(this.#key(key), head, { expireIn });
    for (const [index, chunk] of chunks.entries()) operation.set(this.#key(key, index), chunk, { expireIn });
    for (let index = chunks.length; index < (seen?.chunks ?? 0); index++) operation.delete(this.#key(key, index));
    putOwner(operation, this.#prefix, key, head, seen?.owner, expireIn);
    return whileLocked(() => operation.commit());
  }

  /**
   * Ends a record, whatever it is by now.
   *
   * @param key The record's key.
   * @param chunks How many chunks it may have.
   */
  async remove(key: string, chunks: number): Promise<void> {
    const operation = this.#kv.atomic().delete(this.#key(key));
    for (let index = 0; index < chunks; index++) operation.delete(this.#key(key, index));
    await whileLocked(() => operation.commit());
  }

  #consistencyOf(fresh: boolean): Deno.KvConsistencyLevel {
    return fresh ? "strong" : this.#consistency;
  }

  #key(key: string, chunk?: number): Deno.KvKey {
    const name = [...this.#prefix, "record", key];
    return chunk === undefined ? name : [...name, chunk];
  }
}

/** What is thrown when others are faster, every time. */
export const CONTENDED = "Cannot finish as the session record changes all the time: gave up after 20 attempts";

/** How often to try again when a record has changed in between. */
export const ATTEMPTS = 20;

/** Added to `expireIn`, in milliseconds, lest a database whose clock is ahead deletes a part of a living record. */
const CLOCK_TOLERANCE = 60_000;

/** In milliseconds: 31 years. KV refuses numbers that are far larger. */
const LONGEST_EXPIRE_IN = 1e12;

function found({ versionstamp, value }: Deno.KvEntryMaybe<unknown>): Found | undefined {
  if (versionstamp === null) return undefined;
  const head = decodeHead(value);
  return { versionstamp, head, chunks: chunksOf(head), owner: head.owner };
}

function joined(parts: Deno.KvEntry<unknown>[]): Uint8Array {
  const chunks = parts.map(({ value }) => value);
  if (!chunks.every((chunk) => chunk instanceof Uint8Array)) {
    throw new CorruptRecordError("Deno KV", "a chunk is none that KvStore writes");
  }
  return concat(chunks);
}
