/**
 * Sites in Deno KV and in SQL.
 *
 * @module
 */

import {
  checkedClient,
  checkedPrefix,
  firstRow,
  type KvSourceOptions,
  type Site,
  type SiteSource,
  type SqlReader,
} from "./site.ts";

/**
 * Sites in Deno KV, by their hosts.
 *
 * @example
 * ```ts
 * import { KvSites } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * using kv = await Deno.openKv(":memory:");
 * const sites = new KvSites(kv);
 * await sites.set({ id: 1, domain: "shop.example", name: "The Shop" });
 *
 * assertEquals((await sites.find("shop.example"))?.name, "The Shop");
 * ```
 */
export class KvSites implements SiteSource {
  readonly #kv: Deno.Kv;
  readonly #prefix: Deno.KvKey;

  /**
   * Finds them in an open database.
   *
   * @param kv The database.
   * @param options Where in it.
   * @throws {TypeError} If `prefix` has no parts.
   */
  constructor(kv: Deno.Kv, options: KvSourceOptions = {}) {
    this.#kv = kv;
    this.#prefix = checkedPrefix("KvSites", options.prefix ?? ["nuages", "sites"]);
  }

  /**
   * Finds a site.
   *
   * @param domain The host.
   * @returns The site; `undefined` if there is none.
   */
  async find(domain: string): Promise<Site | undefined> {
    return (await this.#kv.get<Site>([...this.#prefix, domain])).value ?? undefined;
  }

  /**
   * Adds a site, or replaces the one with the same host.
   *
   * @param site The site.
   */
  async set(site: Site): Promise<void> {
    const domain = site.domain.toLowerCase();
    await this.#kv.set([...this.#prefix, domain], { ...site, domain });
  }

  /**
   * Removes a site.
   *
   * @param domain Its host.
   */
  async delete(domain: string): Promise<void> {
    await this.#kv.delete([...this.#prefix, domain.toLowerCase()]);
  }
}

/** What sources in SQL can be told. */
export interface SqlSitesOptions {
  /**
   * The table, with the columns `id`, `domain` and `name`.
   *
   * @default {"django_site"}
   */
  table?: string;
}

/**
 * Sites in an SQL database: Django's own table, or one with the same columns. It is read only.
 *
 * @example
 * ```ts
 * import { SqlSites } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 * import { DatabaseSync } from "node:sqlite";
 *
 * const database = new DatabaseSync(":memory:");
 * database.exec("CREATE TABLE django_site (id INTEGER PRIMARY KEY, domain TEXT, name TEXT)");
 * database.exec("INSERT INTO django_site VALUES (1, 'shop.example', 'The Shop')");
 * const sites = new SqlSites({
 *   dialect: "sqlite",
 *   query: (sql, values) => database.prepare(sql).all(...values),
 * });
 *
 * assertEquals(await sites.find("shop.example"), { id: 1, domain: "shop.example", name: "The Shop" });
 * database.close();
 * ```
 */
export class SqlSites implements SiteSource {
  readonly #client: SqlReader;
  readonly #sql: string;

  /**
   * Finds them by a client.
   *
   * @param client The client.
   * @param options Which table.
   * @throws {TypeError} If `client` is no client, or `table` no name.
   */
  constructor(client: SqlReader, options: SqlSitesOptions = {}) {
    this.#client = checkedClient("SqlSites", client);
    this.#sql = `SELECT id, domain, name FROM ${
      checkedTable("SqlSites", options.table ?? "django_site")
    } WHERE LOWER(domain) = ?`;
  }

  /**
   * Finds a site.
   *
   * @param domain The host.
   * @returns The site; `undefined` if there is none.
   */
  async find(domain: string): Promise<Site | undefined> {
    const row = await firstRow(this.#client, this.#sql, [domain]);
    if (row === undefined) return undefined;
    return { id: idOf(row.id), domain: String(row.domain), name: String(row.name) };
  }
}

/** Clients give large numbers as texts or as bigint. */
function idOf(value: unknown): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

/**
 * Checks the name of a table, which goes into the statement as it is.
 *
 * @param owner Whose option it is, for the message.
 * @param table The name, with its schema if it has one.
 * @returns The name.
 * @throws {TypeError} If it is none.
 * @internal
 */
export function checkedTable(owner: string, table: string): string {
  if (typeof table === "string" && /^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)?$/.test(table)) return table;
  throw new TypeError(
    `Cannot create ${owner} as table must be a name of letters, digits and "_": received ${Deno.inspect(table)}`,
  );
}
