/**
 * Flatpages in Deno KV and in SQL.
 *
 * @module
 */

import { digest } from "./digest.ts";
import type { Flatpage, FlatpageSource } from "./flatpages.ts";
import { checkedClient, checkedPrefix, firstRow, type KvSourceOptions, type Site, type SqlReader } from "./site.ts";
import { checkedTable } from "./site_sources.ts";

/** A page to be kept: its path and what is on it; the rest has defaults. */
export type NewFlatpage = Pick<Flatpage, "url" | "title" | "content"> & Partial<Flatpage>;

/**
 * Pages in Deno KV.
 *
 * @example
 * ```ts
 * import { KvFlatpages } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * using kv = await Deno.openKv(":memory:");
 * const pages = new KvFlatpages(kv);
 * const site = { id: 1 };
 * await pages.set({ url: "/about/", title: "About us", content: "<p>We sell tea.</p>" }, site);
 *
 * assertEquals((await pages.find("/about/", site))?.title, "About us");
 * ```
 */
export class KvFlatpages implements FlatpageSource {
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
    this.#prefix = checkedPrefix("KvFlatpages", options.prefix ?? ["nuages", "flatpages"]);
  }

  /**
   * Finds a page.
   *
   * @param url The path, decoded.
   * @param site The site.
   * @returns The page; `undefined` if there is none.
   */
  async find(url: string, site: Pick<Site, "id">): Promise<Flatpage | undefined> {
    return (await this.#kv.get<Flatpage>(this.#key(url, site))).value ?? undefined;
  }

  /**
   * Adds a page, or replaces the one with the same path.
   *
   * @param page The page.
   * @param site The site.
   * @throws {TypeError} If the path doesn't begin with a slash.
   * @throws {RangeError} If it has more than 60 000 bytes, two a character where one is beyond U+00FF: Deno KV keeps no more under one key.
   */
  async set(page: NewFlatpage, site: Pick<Site, "id"> = ONLY): Promise<void> {
    const { url, title, content, template = "", registrationRequired = false } = page;
    if (!url.startsWith("/")) {
      throw new TypeError(`Cannot keep a page as its url must begin with "/": received ${JSON.stringify(url)}`);
    }
    const kept: Flatpage = { url, title, content, template, registrationRequired };
    const bytes = [url, title, content, template].reduce((sum, text) => sum + bytesOf(text), 0);
    if (bytes > MOST_BYTES) {
      throw new RangeError(
        `Cannot keep the page ${url} as it may have at most ${MOST_BYTES} bytes: received ${bytes}`,
      );
    }
    await this.#kv.set(this.#key(url, site), kept);
  }

  /**
   * Removes a page.
   *
   * @param url Its path, decoded.
   * @param site The site.
   */
  async delete(url: string, site: Pick<Site, "id"> = ONLY): Promise<void> {
    await this.#kv.delete(this.#key(url, site));
  }

  #key(url: string, { id }: Pick<Site, "id">): Deno.KvKey {
    return [...this.#prefix, id, digest(url)];
  }
}

const ONLY: Pick<Site, "id"> = { id: 1 };
const MOST_BYTES = 60_000;

/** In Deno KV each character of a text takes two bytes, if one of them is beyond U+00FF. */
function bytesOf(text: string): number {
  return /[\u0100-\uffff]/.test(text) ? 2 * text.length : text.length;
}

/** What {@linkcode SqlFlatpages} can be told. */
export interface SqlFlatpagesOptions {
  /**
   * The table of pages, with the columns `id`, `url`, `title`, `content`, `template_name` and `registration_required`.
   *
   * @default {"django_flatpage"}
   */
  table?: string;
  /**
   * The table that says which page is on which site, with the columns `flatpage_id` and `site_id`.
   *
   * @default {"django_flatpage_sites"}
   */
  sitesTable?: string;
}

/**
 * Pages in an SQL database: Django's own tables, or some with the same columns. They are read only.
 *
 * @example
 * ```ts
 * import { SqlFlatpages } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 * import { DatabaseSync } from "node:sqlite";
 *
 * const database = new DatabaseSync(":memory:");
 * database.exec(`
 *   CREATE TABLE django_flatpage (id INTEGER PRIMARY KEY, url TEXT, title TEXT, content TEXT, enable_comments BOOL,
 *     template_name TEXT, registration_required BOOL);
 *   CREATE TABLE django_flatpage_sites (id INTEGER PRIMARY KEY, flatpage_id INTEGER, site_id INTEGER);
 *   INSERT INTO django_flatpage VALUES (7, '/about/', 'About us', '<p>We sell tea.</p>', FALSE, '', FALSE);
 *   INSERT INTO django_flatpage_sites VALUES (1, 7, 1);
 * `);
 * const pages = new SqlFlatpages({ dialect: "sqlite", query: (sql, values) => database.prepare(sql).all(...values) });
 *
 * assertEquals((await pages.find("/about/", { id: 1 }))?.title, "About us");
 * assertEquals(await pages.find("/about/", { id: 2 }), undefined);
 * database.close();
 * ```
 */
export class SqlFlatpages implements FlatpageSource {
  readonly #client: SqlReader;
  readonly #sql: string;

  /**
   * Finds them by a client.
   *
   * @param client The client.
   * @param options Which tables.
   * @throws {TypeError} If `client` is no client, or a table no name.
   */
  constructor(client: SqlReader, options: SqlFlatpagesOptions = {}) {
    const table = checkedTable("SqlFlatpages", options.table ?? "django_flatpage");
    const sites = checkedTable("SqlFlatpages", options.sitesTable ?? "django_flatpage_sites");
    this.#client = checkedClient("SqlFlatpages", client);
    this.#sql = `SELECT page.url, page.title, page.content, page.template_name, page.registration_required ` +
      `FROM ${table} page INNER JOIN ${sites} site ON site.flatpage_id = page.id ` +
      `WHERE page.url = ? AND site.site_id = ?`;
  }

  /**
   * Finds a page.
   *
   * @param url The path, decoded.
   * @param site The site.
   * @returns The page; `undefined` if there is none.
   */
  async find(url: string, site: Pick<Site, "id">): Promise<Flatpage | undefined> {
    const row = await firstRow(this.#client, this.#sql, [url, site.id]);
    if (row === undefined) return undefined;
    return {
      url: String(row.url),
      title: String(row.title),
      content: String(row.content),
      template: String(row.template_name ?? ""),
      // What isn't plainly no is yes: a database may have its own word for it.
      registrationRequired: ![false, 0, 0n, "0", "f", "false"].includes(row.registration_required as never),
    };
  }
}
