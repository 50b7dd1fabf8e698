import { assertKey, assertOwner, assertRecord, isAlive, now } from "./_record.ts";
import { listRecords } from "./_redis_list.ts";
import { lifetime, RedisOwners } from "./_redis_owners.ts";
import {
  assertSize,
  damaged,
  decodeRecord,
  entryOf,
  headOf,
  newVersion,
  notAnAnswer,
  parseVersion,
  type RedisEntry,
  understood,
} from "./_redis_record.ts";
import { CREATE, DELETE, READ, type RedisScript, UPDATE } from "./_redis_scripts.ts";
import type { RedisClient } from "./redis_client.ts";
import type { OwnedSession, ReadOptions, SessionRecord, SessionStore, StoredSession, WriteResult } from "./store.ts";

/** What a {@linkcode RedisStore} can be told. */
export interface RedisStoreOptions {
  /**
   * What the keys of all records begin with. Two stores with different prefixes share nothing. Without braces, which decide in a cluster where a
   * key lies.
   *
   * @default {"nuages:session:"}
   */
  prefix?: string;
  /**
   * How large a session may be, in bytes of UTF-8; a whole number from 1 to 500 000 000, as Redis takes 512 MB. A server does one thing at a time,
   * so a large session keeps all others waiting. One that is larger is refused with a {@linkcode RecordTooLargeError}.
   *
   * @default {1_000_000}
   */
  maxBytes?: number;
}

/**
 * Keeps sessions in Redis (5 or later) or Valkey: on one server or a cluster, for any number of processes.
 *
 * It takes a client that is connected, whose settings it leaves alone, and never closes it. The adapter of `npm:redis` is
 * `{ send: (...command) => client.sendCommand(command) }`, that of `npm:ioredis` `{ send: (...command) => client.call(...command) }`. The cluster client of
 * `npm:redis` wants to know the key, `cluster.sendCommand(key, false, command)`; that of `npm:ioredis` finds it.
 *
 * - **A read is one `GET`, a write one script**, each one round trip. Where a session gets an owner, or another one, one more for the owner's index goes before. The server
 *   forgets scripts when it is restarted; then the next write sends its script again.
 * - **Deadlines** go by the clocks of the processes that use the store, as with every store. The server is told how long a record lives, and
 *   not until when, so that its own clock doesn't matter. There is nothing to clear.
 * - **`fresh`** and lists are read by a script too, which clients that read from replicas send to the primary. A plain read goes where the client
 *   sends it: from a replica it may be as old as the replica is behind.
 * - **Durability is the server's.** Without `appendonly` a restart may lose minutes, with `appendfsync everysec` a crash loses up to a second, with `always`
 *   nothing that was acknowledged. When a replica takes over, it may lack the last writes; `WAIT` makes that rarer and can't exclude it. What is
 *   lost can be a sign-out: then the session is back.
 * - **Memory.** With `maxmemory-policy noeviction` a full server refuses writes and still deletes and reads. With any other it throws out sessions, whose
 *   visitors are signed out, or an owner's index, after which a list misses sessions that live.
 * - **Failures are errors**: a connection that is lost, a server that is loading or a replica by now. Whether a client waits for a new connection, and
 *   how long, is among its settings.
 *
 * @example Sessions in Redis
 * ```ts
 * import { RedisStore } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * // In real life: const client = await createClient({ url: "redis://…" }).connect();
 * const client = { sendCommand: (_command: string[]) => Promise.resolve(null) };
 * const store = new RedisStore({ send: (...command) => client.sendCommand(command) });
 *
 * assertEquals(await store.read("k".repeat(43)), undefined);
 * ```
 */
export class RedisStore implements SessionStore {
  readonly #client: RedisClient;
  readonly #prefix: string;
  readonly #maxBytes: number;
  readonly #owners: RedisOwners;

  /**
   * Makes a store over a client.
   *
   * @param client The client. Whoever connected it closes it, after the last request.
   * @param options Under which keys, and how large sessions may be.
   * @throws {TypeError} If `client` has no method `send`, or `prefix` is no text that can be one.
   * @throws {RangeError} If `maxBytes` is out of range.
   */
  constructor(client: RedisClient, options: RedisStoreOptions = {}) {
    const { prefix = "nuages:session:", maxBytes = 1_000_000 } = options;
    if (typeof client?.send !== "function") {
      throw new TypeError(
        "Cannot create RedisStore as client must have a method send(command, ...args): wrap yours, " +
          "as in { send: (...command) => client.sendCommand(command) } for npm:redis",
      );
    }
    if (typeof prefix !== "string" || !prefix.isWellFormed() || /[{}]/.test(prefix)) {
      throw new TypeError(`Cannot create RedisStore as prefix must be a text without braces: received ${prefix}`);
    }
    if (!Number.isSafeInteger(maxBytes) || maxBytes < 1 || maxBytes > MOST_BYTES) {
      throw new RangeError(
        `Cannot create RedisStore as maxBytes must be a whole number from 1 to ${MOST_BYTES}: received ${maxBytes}`,
      );
    }
    this.#client = client;
    this.#prefix = prefix;
    this.#maxBytes = maxBytes;
    this.#owners = new RedisOwners(client, prefix);
  }

  /**
   * Reads a record.
   *
   * @param key The record's key.
   * @param options Whether a replica may answer, if the client reads from replicas.
   * @returns The record with its version; `undefined` if there is none or it has expired.
   * @throws {TypeError} If `key` is not a key.
   * @throws {CorruptRecordError} If what is there was not written by RedisStore.
   */
  async read(key: string, options: ReadOptions = {}): Promise<StoredSession | undefined> {
    assertKey(key);
    const stored = options.fresh
      ? await this.#readFresh(key)
      : decodeRecord(await understood(this.#client.send("GET", this.#key(key))));
    return stored && isAlive(stored.expires) ? stored : undefined;
  }

  /**
   * Adds a record, and never overwrites one.
   *
   * @param key The key to create.
   * @param record What to keep.
   * @returns The version of the new record; `undefined` if a living record has that key already.
   * @throws {TypeError} If `key` is not a key, or `record` can't be kept.
   * @throws {RecordTooLargeError} If the record has more than `maxBytes`.
   * @throws {CorruptRecordError} If what is there was not written by RedisStore.
   */
  async create(key: string, record: SessionRecord): Promise<string | undefined> {
    const { answer, version } = await this.#write(CREATE, key, record);
    if (answer === "written") return version;
    if (answer === "taken") return undefined;
    throw notAnAnswer();
  }

  /**
   * Replaces a record, and never creates one.
   *
   * @param key The record's key.
   * @param record What to keep instead.
   * @param version The version that was read.
   * @returns How it ended.
   * @throws {TypeError} If `key` is not a key, or `record` can't be kept.
   * @throws {RecordTooLargeError} If the record has more than `maxBytes`.
   * @throws {CorruptRecordError} If what is there was not written by RedisStore.
   */
  async update(key: string, record: SessionRecord, version: string): Promise<WriteResult> {
    const { answer, version: next } = await this.#write(UPDATE, key, record, version);
    if (answer === "written") return { status: "written", version: next };
    if (answer === "conflict" || answer === "gone") return { status: answer };
    throw notAnAnswer();
  }

  /**
   * Removes a record, whatever its version, also one that is damaged.
   *
   * @param key The record's key.
   * @throws {TypeError} If `key` is not a key.
   */
  async delete(key: string): Promise<void> {
    assertKey(key);
    const version = String(await DELETE.run(this.#client, this.#key(key)));
    await this.#leave(key, entryOf(version), undefined);
  }

  /**
   * Lists the living records of an owner: one round trip for the index, and a read for each record, a hundred at a time; both
   * once more where an entry has no record of the owner's (any more).
   *
   * @param owner The owner.
   * @returns The records.
   * @throws {TypeError} If `owner` is not an owner.
   * @throws {CorruptRecordError} If one of them was not written by RedisStore.
   */
  async list(owner: string): Promise<OwnedSession[]> {
    assertOwner(owner);
    return await listRecords(owner, this.#owners, (key) => this.#readFresh(key));
  }

  /**
   * Does nothing, since Redis removes what has expired by itself: records, and the indexes by owner when their last record must have expired. What a
   * living index has too many goes when it is written to or listed.
   *
   * @returns 0.
   */
  clearExpired(): Promise<number> {
    return Promise.resolve(0);
  }

  async #readFresh(key: string): Promise<StoredSession | undefined> {
    return decodeRecord(await understood(READ.run(this.#client, this.#key(key))));
  }

  async #write(script: RedisScript, key: string, record: SessionRecord, version?: string): Promise<Answer> {
    assertKey(key);
    assertRecord(record);
    assertSize(record.data, this.#maxBytes);
    const replaced = version === undefined ? undefined : parseVersion(version);
    const before = replaced?.entry;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const entry = await this.#owners.enter(key, record, before);
      const next = newVersion(record.expires, entry);
      const args = [headOf(next) + record.data, lifetime(record.expires), String(now())];
      if (version !== undefined) args.push(replaced && isAlive(replaced.expires) ? headOf(version) : "");
      if (entry && entry !== before) args.push(entry.mark.split("/")[0]!);
      const answer = String(await understood(script.run(this.#client, this.#key(key), ...args)));
      if (answer === "damaged") throw damaged();
      if (answer === "written") await this.#leave(key, before, entry);
      else await this.#leave(key, entry, before);
      if (answer !== "late") return { answer, version: next };
    }
    throw new Error("Cannot keep session in Redis as the clocks of its servers must not differ by more than minutes");
  }

  /** Takes a record out of an index in which it was, or was to be, unless that is where it is. */
  async #leave(key: string, entry: RedisEntry | undefined, where: RedisEntry | undefined): Promise<void> {
    if (entry && entry !== where) await this.#owners.leave(entry.owner, [{ key, mark: entry.mark }]);
  }

  #key(key: string): string {
    return `${this.#prefix}{${key}}`;
  }
}

type Answer = { readonly answer: string; readonly version: string };

/** The most that Redis takes, but for some room for its protocol. */
const MOST_BYTES = 500_000_000;

/** How often a write begins again that came too late after its entry in the index. */
const ATTEMPTS = 3;
