/** What a statement is given: a text, a number, bytes (as a `Buffer`, which is a `Uint8Array`), or nothing. */
export type SqlValue = string | number | Uint8Array | null;

/** A row, by the names of its columns. */
export type SqlRow = Readonly<Record<string, unknown>>;

/** What SQLite, MySQL and MariaDB answer to a statement without rows, and their clients hand on. */
export interface SqlCount {
  /** How many rows the statement has found or changed. */
  readonly affectedRows: number | bigint;
  /** What the statement has set `LAST_INSERT_ID()` to, 0 if nothing; in SQLite the row that was added last. */
  readonly insertId: number | bigint | string;
}

/** What a statement results in: its rows; for a statement without rows none, and in SQLite, MySQL and MariaDB a count, which may also stand on the empty array. */
export type SqlAnswer = readonly SqlRow[] | SqlCount;

/**
 * A client of an SQL database, as far as {@linkcode SqlStore} needs one: any object with these two properties. It is
 * one line for the clients that are common; `node:sqlite` has {@linkcode sqliteClient}.
 *
 * Each call is one statement that takes effect by itself, on any connection of a pool. So a statement must not become part of somebody
 * else's transaction, and a client has to be told its connections' deadlines by its own options.
 *
 * @example PostgreSQL, with `npm:postgres@3` or with `npm:pg@8`
 * ```ts ignore
 * import type { SqlClient } from "@nuages/web/sessions";
 * import pg from "pg";
 * import postgres from "postgres";
 *
 * // In seconds: without it, requests may wait for 20 of them after a server was gone for a while.
 * // Without types: a connection that breaks while it asks for them ends the process, by a promise that nobody can catch.
 * const sql = postgres(Deno.env.get("DATABASE_URL")!, { backoff: () => 0.2, fetch_types: false });
 * const withPostgres: SqlClient = {
 *   dialect: "postgresql",
 *   query: (text, values) => sql.unsafe(text, values, { prepare: true }),
 * };
 *
 * const pool = new pg.Pool({ connectionString: Deno.env.get("DATABASE_URL") });
 * pool.on("error", () => {}); // a connection that dies while nobody uses it; the next query opens another one
 * const withPg: SqlClient = {
 *   dialect: "postgresql",
 *   query: async (text, values) => (await pool.query(text, values)).rows,
 * };
 * ```
 *
 * @example MySQL and MariaDB, with `npm:mysql2@3` or with `npm:mariadb@3`
 * ```ts ignore
 * import type { SqlClient } from "@nuages/web/sessions";
 * import mariadb from "mariadb";
 * import mysql from "mysql2/promise";
 *
 * const connections = mysql.createPool(Deno.env.get("DATABASE_URL")!);
 * const withMysql2: SqlClient = {
 *   dialect: "mysql",
 *   query: async (text, values) => (await connections.execute(text, values))[0] as SqlAnswer,
 * };
 *
 * const pool = mariadb.createPool(Deno.env.get("DATABASE_URL")!);
 * const withMariadb: SqlClient = {
 *   dialect: "mysql",
 *   query: (text, values) => pool.execute(text, values),
 * };
 * ```
 *
 * @example Any client: one that writes down what it is asked
 * ```ts
 * import { type SqlClient, sqliteClient, SqlStore } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * using sqlite = sqliteClient(":memory:");
 * const verbs: string[] = [];
 * const client: SqlClient = {
 *   dialect: "sqlite",
 *   query(sql, values) {
 *     verbs.push(sql.split(" ")[0]!);
 *     return sqlite.query(sql, values);
 *   },
 * };
 * const store = new SqlStore(client);
 * await store.createSchema();
 * verbs.length = 0;
 *
 * const version = await store.create("k".repeat(43), { data: "{}", expires: Date.now() + 60_000 });
 * await store.update("k".repeat(43), { data: "[]", expires: Date.now() + 60_000 }, version!);
 * assertEquals(verbs, ["INSERT", "UPDATE"]);
 * ```
 */
export interface SqlClient {
  /** What the database speaks; `"mysql"` is MariaDB's too. */
  readonly dialect: SqlDialect;

  /**
   * Runs one statement.
   *
   * @param sql The statement, with the placeholders of its dialect: `$1`, `$2`, … in PostgreSQL, `?` in the others.
   * @param values What stands at the placeholders.
   * @returns Its rows, with binary columns as `Uint8Array` or `ArrayBuffer`; where it has none, a count in all but PostgreSQL.
   * @throws {Error} If the database refuses, or can't be reached: the client's own error, with its codes.
   */
  query(sql: string, values: SqlValue[]): PromiseLike<SqlAnswer> | SqlAnswer;
}

/** The dialects that {@linkcode SqlStore} speaks. */
export type SqlDialect = "sqlite" | "postgresql" | "mysql";
