import type { DatabaseSync, StatementSync } from "node:sqlite";
import { lazyNode } from "../cookies/lazy_node.ts";
import { isContention } from "./_sql_errors.ts";
import type { SqlClient, SqlCount, SqlRow, SqlValue } from "./sql_client.ts";

/** What {@linkcode sqliteClient} can be told. */
export interface SqliteClientOptions {
  /**
   * Whether a write waits until it is on the disk (`synchronous=FULL`). Without it (`NORMAL`), what was written survives any crash
   * of the process, but the last writes before a power failure or a crash of the system may be lost; the file stays whole. With
   * it, nothing that was acknowledged is lost then either, and each write takes as long as the disk does, while which the process
   * does nothing else. For a database that was open already, this is its opener's business.
   *
   * @default {false}
   */
  durable?: boolean;
  /**
   * How much of the file is mapped into memory (`mmap_size`), in bytes; SQLite itself maps two gigabytes at most. A read fetches the page with the session from the
   * system's cache by a system call, which takes longer than all the rest where there are very many sessions; from mapped memory it takes none. The price: where the disk
   * fails, or somebody else cuts the file off, the system ends the process, instead of an error that a request answers; and what
   * was read counts as memory of the process, though the system takes it back when it wants. For a database that was open already, this is its opener's business.
   *
   * @default {0}
   */
  mappedBytes?: number;
}

/** A client of SQLite that {@linkcode sqliteClient} has made. */
export interface SqliteClient extends SqlClient, Disposable {
  /** SQLite. */
  readonly dialect: "sqlite";
  /** The database, for whatever else it is wanted. */
  readonly database: DatabaseSync;

  /**
   * Runs one statement, at once.
   *
   * @param sql The statement, with `?` as placeholders.
   * @param values What stands at the placeholders.
   * @returns Its rows; for a statement without rows none, and what it has done stands on the array, as {@linkcode SqlCount} has it (the number of a row beyond 2 to the 53rd is not exact there). A whole number that no number of JavaScript holds (beyond 2 to the 53rd) is a `bigint`, if the statement is a `SELECT`.
   * @throws {RangeError} If another statement gives such a number.
   * @throws {Error} If SQLite refuses.
   */
  query(sql: string, values: SqlValue[]): SqlRow[] & Partial<SqlCount>;

  /** Closes the database, if {@linkcode sqliteClient} has opened it. */
  [Symbol.dispose](): void;
}

/**
 * Makes a client of SQLite, for {@linkcode SqlStore}, by the `node:sqlite` that is part of the runtime: sessions in one
 * file on one machine, for one process or several.
 *
 * A file is opened in the mode WAL, in which readers and a writer don't wait for each other, and is made for its owner only (mode
 * 0600) if it is missing. Beside it lie two files that belong to it, `-wal` and `-shm`: for a backup, ask SQLite
 * (`VACUUM INTO 'copy.db'`) rather than copy files that are in use. It must be on a local file system.
 *
 * SQLite works in the thread of the program: nothing else happens during a statement, which takes some hundredths of a
 * millisecond. A statement that finds the database locked by another process waits 25 ms for it in place; then `SqlStore` lets other
 * requests go on and asks again, for some seconds.
 *
 * It needs the permission to read and write the file.
 *
 * @param database A path, a `file:` URL, `":memory:"`, or a database that is open: that one keeps its settings and is not closed.
 * @param options How careful to be.
 * @returns The client. Whoever asked for it disposes of it, after the last request.
 * @throws {TypeError} If `database` is none of these.
 * @throws {RangeError} If `mappedBytes` is not a whole number from 0 on.
 * @throws {Error} If the file can't be opened, or does not take the mode WAL.
 *
 * @example A file that two clients use
 * ```ts
 * import { sqliteClient, SqlStore } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * const directory = await Deno.makeTempDir();
 * {
 *   using client = sqliteClient(`${directory}/sessions.db`);
 *   using other = sqliteClient(`${directory}/sessions.db`, { durable: true }); // in another process, say
 *   const store = new SqlStore(client);
 *   await store.createSchema();
 *   await store.create("k".repeat(43), { data: '{"cart":[1]}', expires: Date.now() + 60_000 });
 *
 *   assertEquals((await new SqlStore(other).read("k".repeat(43)))?.data, '{"cart":[1]}');
 * }
 * await Deno.remove(directory, { recursive: true });
 * ```
 */
export function sqliteClient(database: string | URL | DatabaseSync, options: SqliteClientOptions = {}): SqliteClient {
  const { durable = false, mappedBytes = 0 } = options;
  if (!Number.isSafeInteger(mappedBytes) || mappedBytes < 0) {
    throw new RangeError(
      `Cannot create SQLite client as mappedBytes must be a whole number from 0 on: received ${mappedBytes}`,
    );
  }
  if (database instanceof nodeSqlite().DatabaseSync) return clientOf(database, () => {});
  if (database === "" || typeof database !== "string" && !(database instanceof URL)) {
    throw new TypeError(
      'Cannot create SQLite client as database must be a path, a file: URL, ":memory:" or a DatabaseSync',
    );
  }
  const opened = open(database instanceof URL ? nodeUrl().fileURLToPath(database) : database, durable, mappedBytes);
  return clientOf(opened, () => opened.close());
}

function open(path: string, durable: boolean, mappedBytes: number): DatabaseSync {
  const isFile = path !== ":memory:";
  // SQLite itself would let everybody read it; its other two files get the mode of this one.
  const { closeSync, openSync } = nodeFs();
  if (isFile) closeSync(openSync(path, "a", 0o600));
  const database = new (nodeSqlite().DatabaseSync)(path, { timeout: OPENING_TIMEOUT });
  try {
    if (isFile) enterWal(database, path);
    database.exec(`PRAGMA synchronous = ${durable ? "FULL" : "NORMAL"}`);
    database.exec(`PRAGMA mmap_size = ${mappedBytes}`);
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Several processes that open a new file at once get in each other's way here, and SQLite doesn't wait for all of it. */
function enterWal(database: DatabaseSync, path: string): void {
  for (let attempt = 1;; attempt++) {
    try {
      const mode = database.prepare("PRAGMA journal_mode = WAL").get()?.journal_mode;
      if (mode === "wal") return;
      throw new Error(`Cannot open ${path} as it must take the mode WAL: it stays in ${mode} (is it on a network?)`);
    } catch (error) {
      if (attempt === 100 || !isContention(error)) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1 + Math.random() * 20);
    }
  }
}

interface Statement {
  readonly prepared: StatementSync;
  readonly hasRows: boolean;
}

function clientOf(database: DatabaseSync, close: () => void): SqliteClient {
  const statements = new Map<string, Statement>();
  return {
    dialect: "sqlite",
    database,
    query(sql, values) {
      let statement = statements.get(sql);
      if (!statement) {
        // Whoever writes values into statements would fill the memory.
        if (statements.size >= MOST_STATEMENTS) statements.clear();
        const prepared = database.prepare(sql);
        statements.set(sql, statement = { prepared, hasRows: prepared.columns().length > 0 });
      }
      const { prepared, hasRows } = statement;
      if (!hasRows) {
        const { changes, lastInsertRowid } = prepared.run(...values);
        return Object.assign([], { affectedRows: changes, insertId: lastInsertRowid });
      }
      try {
        return prepared.all(...values);
      } catch (error) {
        if (!(error instanceof RangeError) || !SELECT_REGEXP.test(sql)) throw error;
        return largeRows(prepared, values);
      }
    },
    [Symbol.dispose]() {
      statements.clear();
      close();
    },
  };
}

/** Reads again what holds a number that is too large for JavaScript; all others are what they always are. */
function largeRows(statement: StatementSync, values: SqlValue[]): SqlRow[] {
  statement.setReadBigInts(true);
  try {
    return statement.all(...values).map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, numberIfSafe(value)]))
    );
  } finally {
    statement.setReadBigInts(false);
  }
}

function numberIfSafe(value: unknown): unknown {
  return typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

const nodeFs = lazyNode("node:fs");
const nodeSqlite = lazyNode("node:sqlite");
const nodeUrl = lazyNode("node:url");

/** In milliseconds: how long a statement waits in place for another process, during which nothing else happens here. */
const BUSY_TIMEOUT = 25;

/** In milliseconds: when a program starts, there is nobody yet who would have to wait. */
const OPENING_TIMEOUT = 5000;

const MOST_STATEMENTS = 100;

/** What can be run a second time. */
const SELECT_REGEXP = /^\s*SELECT\b/i;
