/** Clients of real databases, as the documentation of `SqlClient` shows them: a test compares the two, word for word. */

import mariadb from "mariadb";
import mysql from "mysql2/promise";
import pg from "pg";
import postgres from "postgres";
import { sqliteClient, type SqliteClientOptions } from "../../sessions/sqlite_client.ts";
import type { SqlAnswer, SqlClient } from "../../sessions/sql_client.ts";

/** How many connections each client may have. */
export const CONNECTIONS = 4;

/** A client, and what closes it. */
export interface OpenClient extends AsyncDisposable {
  /** The client. */
  readonly client: SqlClient;
}

/** PostgreSQL by `npm:postgres`. */
export function openPostgres(url: string): OpenClient {
  // In seconds: without it, requests may wait for 20 of them after a server was gone for a while.
  // Without types: a connection that breaks while it asks for them ends the process, by a promise that nobody can catch.
  const sql = postgres(url, { max: CONNECTIONS, backoff: () => 0.2, fetch_types: false, onnotice: () => {} });
  const withPostgres: SqlClient = {
    dialect: "postgresql",
    query: (text, values) => sql.unsafe(text, values, { prepare: true }),
  };
  return { client: withPostgres, [Symbol.asyncDispose]: () => sql.end() };
}

/** PostgreSQL by `npm:pg`. */
export function openPg(url: string): OpenClient {
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS });
  pool.on("error", () => {}); // a connection that dies while nobody uses it; the next query opens another one
  const withPg: SqlClient = {
    dialect: "postgresql",
    query: async (text, values) => (await pool.query(text, values)).rows,
  };
  return { client: withPg, [Symbol.asyncDispose]: () => pool.end() };
}

/** MySQL or MariaDB by `npm:mysql2`. */
export function openMysql2(url: string): OpenClient {
  const connections = mysql.createPool(`${url}?connectionLimit=${CONNECTIONS}`);
  const withMysql2: SqlClient = {
    dialect: "mysql",
    query: async (text, values) => (await connections.execute(text, values))[0] as SqlAnswer,
  };
  return { client: withMysql2, [Symbol.asyncDispose]: () => connections.end() };
}

/** MySQL or MariaDB by `npm:mariadb`. */
export function openMariadb(url: string): OpenClient {
  const pool = mariadb.createPool(`${url.replace("mysql:", "mariadb:")}?connectionLimit=${CONNECTIONS}`);
  const withMariadb: SqlClient = {
    dialect: "mysql",
    query: (text, values) => pool.execute(text, values),
  };
  return { client: withMariadb, [Symbol.asyncDispose]: () => pool.end() };
}

/** SQLite by `node:sqlite`. */
export function openSqlite(path: string, options?: SqliteClientOptions): OpenClient {
  const client = sqliteClient(path, options);
  // deno-lint-ignore require-await -- as the others are
  return { client, [Symbol.asyncDispose]: async () => client[Symbol.dispose]() };
}
