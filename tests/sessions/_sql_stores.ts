/** Stores in databases, for tests: each in a table of its own. */

import type { SqlAnswer, SqlClient, SqlValue } from "../../sessions/sql_client.ts";
import { SqlStore, type SqlStoreOptions } from "../../sessions/sql_store.ts";
import type { StoreUnderTest } from "../../testing/store_test_options.ts";
import { emptyDirectory } from "./_directories.ts";
import { CONNECTIONS, type OpenClient, openSqlite } from "./_sql_clients.ts";
import type { SqliteClientOptions } from "../../sessions/sqlite_client.ts";

/** Opens two clients of the same database, for one test. */
export type OpenClients = () => Promise<{ readonly one: OpenClient; readonly two: OpenClient; close(): Promise<void> }>;

/** Two stores on one table that nothing else uses. */
export async function inTable(open: OpenClients, options: SqlStoreOptions = {}): Promise<StoreUnderTest> {
  const { one, two, close } = await open();
  const table = newTable();
  const store = new SqlStore(one.client, { table, ...options });
  await store.createSchema();
  return { store, other: new SqlStore(two.client, { table, ...options }), close };
}

/** The name of a table that nothing has. */
export function newTable(): string {
  return `t_${crypto.randomUUID().replaceAll("-", "")}`;
}

/** Two connections to one file of SQLite. */
export function inSqliteFile(options?: SqliteClientOptions): OpenClients {
  return async () => {
    const directory = await emptyDirectory();
    const path = `${directory.path}/sessions.db`;
    const [one, two] = [openSqlite(path, options), openSqlite(path, options)];
    return { one, two, close: () => closeAll(one, two, directory) };
  };
}

/** One database of SQLite in memory. */
export function inSqliteMemory(): OpenClients {
  // deno-lint-ignore require-await -- as the others are
  return async () => {
    const one = openSqlite(":memory:");
    return { one, two: one, close: () => closeAll(one) };
  };
}

/** Two clients of a server, with all their connections: these take timers to open, and time may be faked later. */
export function onServer(server: () => { readonly url: string }, open: (url: string) => OpenClient): OpenClients {
  return async () => {
    const [one, two] = [open(server().url), open(server().url)];
    await Promise.all([one, two].map(connectAll));
    return { one, two, close: () => closeAll(one, two) };
  };
}

/** Keeps as many statements under way as the client has connections. */
async function connectAll({ client }: OpenClient): Promise<void> {
  const sleep = client.dialect === "mysql" ? "SELECT SLEEP(0.03)" : "SELECT pg_sleep(0.03)::text";
  await Promise.all(Array.from({ length: CONNECTIONS }, () => client.query(sleep, [])));
}

/** A client whose statements are written down, and which can be made to do something before or after one. */
export class WatchedClient implements SqlClient {
  readonly #client: SqlClient;
  readonly dialect: SqlClient["dialect"];
  /** The first word of each statement, in this order. */
  readonly verbs: string[] = [];
  /** Is called before each statement. */
  before: (sql: string) => Promise<void> | void = () => {};
  /** May change what is answered. */
  answer: (sql: string, answer: SqlAnswer) => SqlAnswer | Promise<SqlAnswer> = (_sql, answer) => answer;

  constructor(client: SqlClient) {
    this.#client = client;
    this.dialect = client.dialect;
  }

  /** What was asked since the last time somebody wanted to know. */
  take(): string[] {
    return this.verbs.splice(0);
  }

  async query(sql: string, values: SqlValue[]): Promise<SqlAnswer> {
    this.verbs.push(sql.split(" ")[0]!);
    await this.before(sql);
    return await this.answer(sql, await this.#client.query(sql, values));
  }
}

async function closeAll(...things: AsyncDisposable[]): Promise<void> {
  for (const thing of things) await thing[Symbol.asyncDispose]();
}
