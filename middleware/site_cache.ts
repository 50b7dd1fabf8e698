/**
 * The cache of a site.
 *
 * @module
 */

import { CacheFlights } from "./cache_flights.ts";
import type { CacheStore } from "./cache_store.ts";

/** Options of {@linkcode SiteCache}. */
export interface SiteCacheOptions extends CacheTimes {
  /** Where pages are kept: a {@linkcode MemoryCache}, a {@linkcode KvCache}, or one of your own. */
  store: CacheStore;
  /**
   * For how long a page is kept that doesn't say so itself (`Cache-Control: max-age`), in seconds, up to a year.
   *
   * @default {600}
   */
  seconds?: number;
  /**
   * For how long a request waits for another one that is making the same page, in seconds; then it makes the page itself.
   *
   * @default {5}
   */
  waitSeconds?: number;
  /**
   * How many bytes a body may have to be kept. A larger one passes, and is not held.
   *
   * @default {1_048_576 (1 MiB)}
   */
  maxBodyBytes?: number;
}

/** What can be told of all pages, and of those of one view. */
export interface CacheTimes {
  /**
   * For how long a page that is no longer fresh is still shown, in seconds, while another one is made: nobody waits then. A page's own
   * `stale-while-revalidate` goes before it. (RFC 5861.)
   *
   * @default {0}
   */
  staleSeconds?: number;
  /**
   * For how long browsers, and caches on the way, may keep a page without asking again, in seconds. As long as this site itself, unless said: an invalidation doesn't reach them,
   * so pages that are invalidated say 0.
   */
  browserSeconds?: number;
}

/**
 * Keeps finished pages, for {@linkcode updateCache} with {@linkcode fetchCache}, and for {@linkcode cacheFor}. One object for a site, and for each process: requests for a page that is
 * just being made wait for it instead of making it too.
 *
 * @example Pages that go when what they show has changed
 * ```ts
 * import { cacheFor, MemoryCache, pipeline, redirect, routes, SiteCache } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const books = ["Emma"];
 * const cache = new SiteCache({ store: new MemoryCache(), browserSeconds: 0 });
 * const app = pipeline().handle(routes({
 *   "GET /books/": cacheFor(3600, { cache })((_request, context) => {
 *     context.cacheTag("books");
 *     return new Response(books.join(", "));
 *   }),
 *   "POST /books/": async () => {
 *     books.push("Persuasion");
 *     await cache.invalidate("books");
 *     return redirect("/books/");
 *   },
 * }));
 * const page = async () => (await app(new Request("https://shop.example/books/"))).text();
 *
 * assertEquals(await page(), "Emma");
 * await app(new Request("https://shop.example/books/", { method: "POST" }));
 * assertEquals(await page(), "Emma, Persuasion");
 * ```
 */
export class SiteCache {
  /**
   * Where pages are kept.
   *
   * @internal
   */
  readonly store: CacheStore;
  /**
   * The options, defaults filled in.
   *
   * @internal
   */
  readonly options: Readonly<
    Required<Omit<SiteCacheOptions, "store" | "browserSeconds">> & Pick<CacheTimes, "browserSeconds">
  >;
  /**
   * Which pages are being made.
   *
   * @internal
   */
  readonly flights: CacheFlights;
  readonly #pending = new Set<Promise<void>>();

  /**
   * Makes a cache.
   *
   * @param options Where pages are kept, and for how long.
   * @throws {TypeError} If `store` is no store.
   * @throws {RangeError} If a number is out of its range.
   */
  constructor(options: SiteCacheOptions) {
    const { store, seconds = 600, staleSeconds = 0, waitSeconds = 5, maxBodyBytes = 1_048_576 } = options;
    if (typeof store?.read !== "function" || typeof store.write !== "function") {
      throw new TypeError("Cannot create SiteCache without a store: write new SiteCache({ store: new MemoryCache() })");
    }
    checkSeconds("SiteCache", { seconds }, 1);
    checkTimes("SiteCache", options);
    if (!(waitSeconds >= 0 && waitSeconds <= 600)) {
      throw new RangeError(`Cannot create SiteCache as waitSeconds must be from 0 to 600: received ${waitSeconds}`);
    }
    if (!Number.isSafeInteger(maxBodyBytes) || maxBodyBytes < 1) {
      throw new RangeError(
        `Cannot create SiteCache as maxBodyBytes must be a whole number >= 1: received ${maxBodyBytes}`,
      );
    }
    const { browserSeconds } = options;
    // A record has the headers too.
    const limit = Math.min(maxBodyBytes, Math.floor((store.maxRecordBytes ?? Infinity) * 0.95));
    this.store = store;
    this.options = {
      ...{ seconds, staleSeconds, waitSeconds, maxBodyBytes: limit },
      ...(browserSeconds === undefined ? {} : { browserSeconds }),
    };
    this.flights = new CacheFlights(waitSeconds);
  }

  /**
   * Makes all pages with one of these tags void, those that are just being made included.
   *
   * @param tags The tags, as {@linkcode HasSiteCache.cacheTag} gave them.
   * @throws {Error} If the store can't be reached: the pages are still there then.
   */
  async invalidate(...tags: string[]): Promise<void> {
    for (const tag of tags) checkTag(tag);
    if (tags.length > 0) await this.store.invalidate(tags);
  }

  /**
   * Makes all pages void.
   *
   * @throws {Error} If the store can't be reached: the pages are still there then.
   */
  async clear(): Promise<void> {
    await this.store.invalidate([EVERYTHING]);
  }

  /**
   * Waits until everything that is being kept or made again in the background is done: before the database is closed, and in tests.
   */
  async settled(): Promise<void> {
    while (this.#pending.size > 0) await Promise.all(this.#pending);
  }

  /**
   * Remembers that something is being done.
   *
   * @param work What is being done; it never rejects.
   * @internal
   */
  track(work: Promise<void>): void {
    this.#pending.add(work);
    work.finally(() => this.#pending.delete(work));
  }
}

/** The tag that every record has. No other can be the same, as they aren't empty. */
export const EVERYTHING = "";

/**
 * Checks a tag.
 *
 * @param tag The tag.
 * @throws {TypeError} If it is none.
 * @internal
 */
export function checkTag(tag: string): void {
  if (typeof tag === "string" && tag !== "" && tag.length <= 200) return;
  throw new TypeError(`Cannot use a cache tag that is no text of 1 to 200 characters: received ${Deno.inspect(tag)}`);
}

/**
 * Checks what can be told of a view, too.
 *
 * @param owner Whose options they are.
 * @param times The options.
 * @throws {RangeError} If one is no whole number of seconds.
 * @internal
 */
export function checkTimes(owner: string, { staleSeconds = 0, browserSeconds = 0 }: CacheTimes): void {
  checkSeconds(owner, { staleSeconds, browserSeconds }, 0);
}

/**
 * Checks numbers of seconds.
 *
 * @param owner Whose options they are.
 * @param options The options by their names.
 * @param least The smallest there may be.
 * @throws {RangeError} If one is none.
 * @internal
 */
export function checkSeconds(owner: string, options: Readonly<Record<string, number>>, least: number): void {
  for (const [name, value] of Object.entries(options)) {
    if (Number.isSafeInteger(value) && value >= least && value <= 31_536_000) continue;
    throw new RangeError(
      `Cannot create ${owner} as ${name} must be a whole number of seconds from ${least} to 31536000 (a year): ` +
        `received ${Deno.inspect(value)}`,
    );
  }
}
