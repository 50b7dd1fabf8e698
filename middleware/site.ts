/**
 * What a site is, and where sites are found.
 *
 * @module
 */

import type { Awaitable } from "./awaitable.ts";

/** A site: one of those an application may serve. (Django's `Site`.) */
export interface Site {
  /** What tells it apart; Django's are whole numbers. */
  readonly id: number | string;
  /** Its host, with the port if that isn't the usual one: `example.com`. */
  readonly domain: string;
  /** What it is called, for people. */
  readonly name: string;
}

/** Where sites are found: {@linkcode KvSites}, {@linkcode SqlSites}, or any object with this method. */
export interface SiteSource {
  /**
   * Finds a site by its host.
   *
   * @param domain The host in lower case, with a port if it isn't the usual one.
   * @returns The site; `undefined` if there is none.
   * @throws {Error} If the source can't be reached.
   */
  find(domain: string): Awaitable<Site | undefined>;
}

/**
 * A client of an SQL database, as far as sites, flatpages and redirects need one: it runs one statement and gives its rows. What `SqlStore` takes is one.
 */
export interface SqlReader {
  /**
   * What the database speaks.
   */
  readonly dialect: "sqlite" | "postgresql" | "mysql";

  /**
   * Runs one statement.
   *
   * @param sql The statement, with `$1`, `$2` … in PostgreSQL, `?` in the others.
   * @param values What stands at the placeholders.
   * @returns Its rows, by the names of their columns.
   * @throws {Error} If the database refuses, or can't be reached.
   */
  query(sql: string, values: (string | number)[]): PromiseLike<unknown> | unknown;
}

/**
 * Runs a statement that is written with `?`.
 *
 * @param client The client.
 * @param sql The statement.
 * @param values What stands at the placeholders.
 * @returns The first row; `undefined` if there is none.
 * @throws {TypeError} If the client answers something other than rows.
 * @internal
 */
export async function firstRow(
  client: SqlReader,
  sql: string,
  values: (string | number)[],
): Promise<Readonly<Record<string, unknown>> | undefined> {
  let index = 0;
  const text = client.dialect === "postgresql" ? sql.replaceAll("?", () => `$${++index}`) : sql;
  const rows = await client.query(text, values);
  if (Array.isArray(rows)) return rows[0];
  throw new TypeError(`Cannot read rows as query() must answer with an array of them: received ${Deno.inspect(rows)}`);
}

/**
 * Checks a client.
 *
 * @param owner Who is given it, for the message.
 * @param client The client.
 * @returns The client.
 * @throws {TypeError} If it is none.
 * @internal
 */
export function checkedClient(owner: string, client: SqlReader): SqlReader {
  if (typeof client?.query === "function" && ["sqlite", "postgresql", "mysql"].includes(client.dialect)) return client;
  throw new TypeError(
    `Cannot create ${owner} as its client must have a dialect ("sqlite", "postgresql" or "mysql") and query(sql, values)`,
  );
}

/**
 * Checks what the keys of a source in Deno KV begin with.
 *
 * @param owner Whose they are, for the message.
 * @param prefix The prefix.
 * @returns The prefix.
 * @throws {TypeError} If it has no parts.
 * @internal
 */
export function checkedPrefix(owner: string, prefix: Deno.KvKey): Deno.KvKey {
  if (Array.isArray(prefix) && prefix.length > 0) return prefix;
  throw new TypeError(`Cannot create ${owner} as prefix must be an array with at least one part`);
}

/** What a source in Deno KV can be told. */
export interface KvSourceOptions {
  /**
   * What the keys begin with: `["nuages", …]` and what is kept.
   *
   * @default {["nuages", "sites"], ["nuages", "flatpages"] or ["nuages", "redirects"]}
   */
  prefix?: Deno.KvKey;
}
