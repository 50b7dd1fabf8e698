/**
 * What has moved, in Deno KV and in SQL.
 *
 * @module
 */

import { digest } from "./digest.ts";
import type { RedirectSource } from "./redirects.ts";
import { canonicalPath } from "./route_key.ts";
import { checkedClient, checkedPrefix, firstRow, type KvSourceOptions, type Site, type SqlReader } from "./site.ts";
import { checkedTable } from "./site_sources.ts";

/**
 * What has moved, in Deno KV.
 *
 * @example
 * ```ts
 * import { KvRedirects } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * using kv = await Deno.openKv(":memory:");
 * const moved = new KvRedirects(kv);
 * const site = { id: 1 };
 * await moved.set("/tea.html?page=2", "/tea/2/", site);
 *
 * assertEquals(await moved.find("/tea.html?page=2", site), "/tea/2/");
 * ```
 */
export class KvRedirects implements RedirectSource {
  readonly #kv: Deno.Kv;
  readonly #prefix: Deno.KvKey;

  /**
   * Finds it in an open database.
   *
   * @param kv The database.
   * @param options Where in it.
   * @throws {TypeError} If `prefix` has no parts.
   */
  constructor(kv: Deno.Kv, options: KvSourceOptions = {}) {
    this.#kv = kv;
    this.#prefix = checkedPrefix("KvRedirects", options.prefix ?? ["nuages", "redirects"]);
  }

  /**
   * Finds where a page has moved to.
   *
   * @param path The address with its query.
   * @param site The site.
   * @returns The new address; `""` if the page is gone for good, `undefined` if nothing is known of it.
   */
  async find(path: string, site: Pick<Site, "id">): Promise<string | undefined> {
    const { value } = await this.#kv.get<{ readonly target: string }>(this.#key(path, site));
    return value?.target;
  }

  /**
   * Says that a page has moved.
   *
   * @param path Its address so far: the path as browsers send it, percent-encoded, with its query.
   * @param target The new address; `""` if the page is gone for good.
   * @param site The site.
   * @throws {TypeError} If `path` doesn't begin with a slash.
   */
  async set(path: string, target: string, site: Pick<Site, "id"> = ONLY): Promise<void> {
    if (!path.startsWith("/")) {
      throw new TypeError(`Cannot keep a redirect as its path must begin with "/": received ${JSON.stringify(path)}`);
    }
    // The path lies beside it for whoever looks through the database: the key has only what it digests to.
    await this.#kv.set(this.#key(path, site), { path, target });
  }

  /**
   * Forgets that a page has moved.
   *
   * @param path Its address.
   * @param site The site.
   */
  async delete(path: string, site: Pick<Site, "id"> = ONLY): Promise<void> {
    await this.#kv.delete(this.#key(path, site));
  }

  #key(path: string, { id }: Pick<Site, "id">): Deno.KvKey {
    const [pathname = ""] = path.split("?", 1);
    return [...this.#prefix, id, digest(canonicalPath(pathname) + path.slice(pathname.length))];
  }
}

const ONLY: Pick<Site, "id"> = { id: 1 };

/** What {@linkcode SqlRedirects} can be told. */
export interface SqlRedirectsOptions {
  /**
   * The table, with the columns `site_id`, `old_path` and `new_path`.
   *
   * @default {"django_redirect"}
   */
  table?: string;
}

/**
 * What has moved, in an SQL database: Django's own table, or one with the same columns. It is read only.
 *
 * @example
 * ```ts
 * import { SqlRedirects } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 * import { DatabaseSync } from "node:sqlite";
 *
 * const database = new DatabaseSync(":memory:");
 * database.exec("CREATE TABLE django_redirect (site_id INTEGER, old_path TEXT, new_path TEXT)");
 * database.exec("INSERT INTO django_redirect VALUES (1, '/tea.html', '/tea/')");
 * const moved = new SqlRedirects({ dialect: "sqlite", query: (sql, values) => database.prepare(sql).all(...values) });
 *
 * assertEquals(await moved.find("/tea.html", { id: 1 }), "/tea/");
 * database.close();
 * ```
 */
export class SqlRedirects implements RedirectSource {
  readonly #client: SqlReader;
  readonly #sql: string;

  /**
   * Finds it by a client.
   *
   * @param client The client.
   * @param options Which table.
   * @throws {TypeError} If `client` is no client, or `table` no name.
   */
  constructor(client: SqlReader, options: SqlRedirectsOptions = {}) {
    const table = checkedTable("SqlRedirects", options.table ?? "django_redirect");
    this.#client = checkedClient("SqlRedirects", client);
    this.#sql = `SELECT new_path FROM ${table} WHERE site_id = ? AND old_path = ?`;
  }

  /**
   * Finds where a page has moved to.
   *
   * @param path The address with its query.
   * @param site The site.
   * @returns The new address; `""` if the page is gone for good, `undefined` if nothing is known of it.
   */
  async find(path: string, site: Pick<Site, "id">): Promise<string | undefined> {
    const row = await firstRow(this.#client, this.#sql, [site.id, path]);
    return row === undefined ? undefined : String(row.new_path);
  }
}
