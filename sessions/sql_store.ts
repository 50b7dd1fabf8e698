import { type Awaitable, chain, isPromiseLike } from "../middleware/awaitable.ts";
import { assertKey, assertOwner, assertRecord, isAlive, newName, now } from "./_record.ts";
import { clearInBatches } from "./_sql_clearing.ts";
import { statementsOf } from "./_sql_dialect.ts";
import { whileContended } from "./_sql_retry.ts";
import { SqlRunner } from "./_sql_runner.ts";
import { encodeText, rowsOf, storedSession } from "./_sql_rows.ts";
import { migrate } from "./_sql_schema.ts";
import type { RecordRow, SqlStatements } from "./_sql_statements.ts";
import { parseTable } from "./_sql_table.ts";
import { assertSqlClient } from "./assert_sql_client.ts";
import { RecordTooLargeError } from "./record_too_large_error.ts";
import type { SqlClient } from "./sql_client.ts";
import type {
  ClearExpiredOptions,
  OwnedSession,
  SessionRecord,
  SessionStore,
  StoredSession,
  WriteResult,
} from "./store.ts";

/** What a {@linkcode SqlStore} can be told. */
export interface SqlStoreOptions {
  /**
   * The table of the records: at most 40 letters, digits and `_`, not beginning with a digit; a schema (in MySQL a
   * database) and a dot may come before it. Two stores with different tables share nothing. Beside it there is a table of the
   * same name with `_schema` at its end, which says what version the schema has.
   *
   * @default {"nuages_sessions"}
   */
  table?: string;
  /**
   * How large a session may be, in bytes of UTF-8; at most 500 000 000. MySQL and MariaDB also have a limit of their own,
   * `max_allowed_packet`, for the whole statement.
   *
   * @default {16_000_000}
   */
  maxBytes?: number;
}

/**
 * Keeps sessions in an SQL database: SQLite, PostgreSQL, MySQL or MariaDB, through any client that fits
 * {@linkcode SqlClient}; `node:sqlite` is built in with {@linkcode sqliteClient}.
 *
 * - A read is one statement and a write is one, with one more only where a write is refused, to say why; and in SQLite, which is asked without a
 *   round trip, where a session gets another owner or a shorter life.
 * - The table is made by {@linkcode SqlStore.createSchema}, which a program calls when it starts or is deployed.
 * - Texts are kept as UTF-8 in a binary column, so that they come back exactly, whatever the database thinks of NUL, collations and
 *   character sets.
 * - What gives way to another statement (a serialization failure, a deadlock, a database that another process has locked) is tried again for some seconds, at random intervals. Every other error of
 *   the client surfaces as it is.
 * - A write that was made although its answer got lost, and that the client or a proxy sent again, is recognised by its
 *   version, and answered as written.
 * - Deadlines go by the clock of the program, as sessions do everywhere, and not by the database's. Machines that share a
 *   database should have clocks that agree to a second or so.
 * - {@linkcode SqlStore.clearExpired} has to be called now and then, by a crontab for example: what has expired is not
 *   served, but it lies there until then.
 *
 * All statements have to go to the primary database: a replica that lags behind would serve sessions that have ended.
 *
 * @example Sessions in SQLite
 * ```ts
 * import { sqliteClient, SqlStore } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * using client = sqliteClient(":memory:"); // or a path: "sessions.db"
 * const store = new SqlStore(client);
 * await store.createSchema();
 * const key = "k".repeat(43);
 * await store.create(key, { data: '{"cart":[1]}', expires: Date.now() + 60_000 });
 *
 * assertEquals((await store.read(key))?.data, '{"cart":[1]}');
 * ```
 */
export class SqlStore implements SessionStore {
  readonly #client: SqlClient;
  readonly #runner: SqlRunner;
  readonly #statements: SqlStatements;
  readonly #table: string;
  readonly #maxBytes: number;

  /**
   * Makes a store in a database.
   *
   * @param client The client. Whoever made it closes it, after the last request.
   * @param options Where in the database.
   * @throws {TypeError} If `client` is none, or `table` can't be a table's name.
   * @throws {RangeError} If `maxBytes` is not a whole number from 1 to 500 000 000.
   */
  constructor(client: SqlClient, options: SqlStoreOptions = {}) {
    const { table = "nuages_sessions", maxBytes = 16_000_000 } = options;
    assertSqlClient("SqlStore", client);
    if (!Number.isSafeInteger(maxBytes) || maxBytes < 1 || maxBytes > MOST_BYTES) {
      throw new RangeError(
        `Cannot create SqlStore as maxBytes must be a whole number from 1 to ${MOST_BYTES}: received ${maxBytes}`,
      );
    }
    this.#client = client;
    this.#runner = new SqlRunner(
      client,
      `Cannot use SqlStore as table ${table} is missing: call createSchema() when the program starts or is deployed`,
    );
    this.#statements = statementsOf(client.dialect, parseTable(table));
    this.#table = table;
    this.#maxBytes = maxBytes;
  }

  /**
   * Makes the tables, or brings those of an older version of the library up to date. Where there is nothing to do it is
   * one statement, which only reads, so that a program may call it at each start. Several processes may do so at once.
   *
   * @throws {Error} If a newer version of the library has made the tables, or the database refuses.
   */
  async createSchema(): Promise<void> {
    await migrate(this.#table, this.#statements, (statement) => whileContended(() => this.#client.query(...statement)));
  }

  /**
   * Reads a record; at once, if the client answers at once, as that of {@linkcode sqliteClient} does.
   *
   * @param key The record's key.
   * @returns The record with its version; `undefined` if there is none or it has expired.
   * @throws {TypeError} If `key` is not a key.
   * @throws {CorruptRecordError} If SqlStore has not written what is there.
   * @throws {Error} If the database refuses, or can't be reached.
   */
  read(key: string): Awaitable<StoredSession | undefined> {
    assertKey(key);
    return chain(this.#runner.run(() => this.#statements.read(key, now())), (answer) => {
      const [row] = rowsOf(answer);
      const stored = row && storedSession(row, this.#table);
      // Once more, as the answer may have taken its time.
      return stored && isAlive(stored.expires) ? stored : undefined;
    });
  }

  /**
   * Adds a record, and never overwrites one.
   *
   * @param key The key to create.
   * @param record What to keep.
   * @returns The version of the new record; `undefined` if a living record has that key already.
   * @throws {TypeError} If `key` is not a key, or `record` can't be kept.
   * @throws {RecordTooLargeError} If the record is too large.
   * @throws {Error} If the database refuses, or can't be reached.
   */
  async create(key: string, record: SessionRecord): Promise<string | undefined> {
    assertKey(key);
    const row = this.#row(key, record);
    // What is there is not waited for: it would seem to be late, and a timer would be set for it.
    const answer = this.#runner.write(() => this.#statements.create(row, now()), row.bytes.length);
    if (this.#statements.wasCreated(this.#statements.outcome(isPromiseLike(answer) ? await answer : answer))) {
      return row.version;
    }
    return await this.#versionOf(key) === row.version ? row.version : undefined;
  }

  /**
   * Replaces a record, and never creates one.
   *
   * @param key The record's key.
   * @param record What to keep instead.
   * @param version The version that was read.
   * @returns How it ended.
   * @throws {TypeError} If `key` is not a key, or `record` can't be kept.
   * @throws {RecordTooLargeError} If the record is too large.
   * @throws {Error} If the database refuses, or can't be reached.
   */
  async update(key: string, record: SessionRecord, version: string): Promise<WriteResult> {
    assertKey(key);
    const row = this.#row(key, record);
    // What is no version of ours is not asked for: PostgreSQL refuses some texts.
    if (VERSION_REGEXP.test(version)) {
      for (const update of this.#statements.updates) {
        const answer = this.#runner.write(() => update(row, version, now()), row.bytes.length);
        if (this.#statements.outcome(isPromiseLike(answer) ? await answer : answer).count > 0) {
          return { status: "written", version: row.version };
        }
      }
    }
    const found = await this.#versionOf(key);
    if (found === row.version) return { status: "written", version: found };
    return { status: found === undefined ? "gone" : "conflict" };
  }

  /**
   * Removes a record, whatever its version.
   *
   * @param key The record's key.
   * @throws {TypeError} If `key` is not a key.
   * @throws {Error} If the database refuses, or can't be reached.
   */
  async delete(key: string): Promise<void> {
    assertKey(key);
    await this.#runner.run(() => this.#statements.remove(key));
  }

  /**
   * Lists the living records of an owner, by an index.
   *
   * @param owner Whose: the hash that {@linkcode SessionRecord.owner} has.
   * @returns The records, in no order.
   * @throws {CorruptRecordError} If SqlStore has not written what is there.
   * @throws {Error} If the database refuses, or can't be reached.
   */
  async list(owner: string): Promise<OwnedSession[]> {
    assertOwner(owner);
    const rows = rowsOf(await this.#runner.run(() => this.#statements.list(owner, now())));
    return rows.map((row) => ({ ...storedSession(row, this.#table), key: String(row.session_key) }))
      .filter(({ expires }) => isAlive(expires));
  }

  /**
   * Removes what has expired, by an index: its cost follows their number. At most 1000 records are removed at once (250 in SQLite,
   * which works in the thread of the program), with a pause of some milliseconds after them, so that others get their turn.
   *
   * @param options Who is told how far it is, after each of them.
   * @returns How many records were removed.
   * @throws {Error} If the database refuses, or can't be reached.
   */
  async clearExpired(options?: ClearExpiredOptions): Promise<number> {
    const { clearing, clearedAtOnce } = this.#statements;
    return await clearInBatches(this.#runner, clearing, clearedAtOnce, options);
  }

  #row(key: string, record: SessionRecord): RecordRow {
    assertRecord(record);
    const bytes = encodeText(record.data);
    if (bytes.length > this.#maxBytes) throw new RecordTooLargeError("SqlStore", bytes.length, this.#maxBytes);
    return { key, bytes, expires: record.expires, version: newName(), owner: record.owner ?? null };
  }

  async #versionOf(key: string): Promise<string | undefined> {
    const [row] = rowsOf(await this.#runner.run(() => this.#statements.version(key, now())));
    return row && String(row.version);
  }
}

/** The versions that {@linkcode newName} makes. */
const VERSION_REGEXP = /^[\da-f-]{36}$/;

/** In bytes. PostgreSQL takes a gigabyte, of which its clients need two for one, as they write bytes in hexadecimal. */
const MOST_BYTES = 500_000_000;
