/**
 * The site cache for one view.
 *
 * @module
 */

import { type Awaitable, chain } from "./awaitable.ts";
import { keepPage, orLetGo } from "./cache_keep.ts";
import { type Progress, progressOf, refresh } from "./cache_refresh.ts";
import { CacheVisit, cacheVisitOf, type HasSiteCache } from "./cache_visit.ts";
import type { Context } from "./context.ts";
import { extendWithValues } from "./extend_with_values.ts";
import type { Middleware } from "./handler.ts";
import { perView, type ViewDecorator } from "./per_view.ts";
import { type CacheTimes, checkSeconds, checkTimes, SiteCache } from "./site_cache.ts";

/** Options of {@linkcode cacheFor}. What isn't said is as the {@linkcode SiteCache} says. */
export interface CacheForOptions extends CacheTimes {
  /** The cache; without it, the one of {@linkcode updateCache}. */
  cache?: SiteCache;
}

/**
 * Keeps the pages of a view, and answers with them: as {@linkcode updateCache} and {@linkcode fetchCache} do for all views, with the same rules, and just before the
 * view. (Django's `cache_page`.) What the layers outside add to each answer isn't kept. A page that says a shorter time itself is kept for that.
 *
 * A page that can't be kept although the view is to be cached is the event `cache.refused`, with the reason: often it reads a session or a token.
 *
 * @param seconds For how long, at most; 1 to 31 536 000 (a year).
 * @param options Which cache, and other times.
 * @returns A function that wraps a view.
 * @throws {RangeError} If a time is no whole number of seconds within its range.
 * @throws {TypeError} If `cache` is no {@linkcode SiteCache}.
 *
 * @example
 * ```ts
 * import { cacheFor, MemoryCache, pipeline, routes, SiteCache, updateCache } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * let made = 0;
 * const app = pipeline()
 *   .use(updateCache(new SiteCache({ store: new MemoryCache() })))
 *   .handle(routes({
 *     "/prices/": cacheFor(60)(() => new Response(`made ${++made} times`)),
 *   }));
 * const page = async () => (await app(new Request("https://shop.example/prices/"))).text();
 *
 * assertEquals([await page(), await page()], ["made 1 times", "made 1 times"]);
 * ```
 */
export function cacheFor(
  seconds: number,
  options: CacheForOptions & { cache: SiteCache },
): ViewDecorator<unknown, HasSiteCache>;
/**
 * The same with the cache of {@linkcode updateCache}, which must be outside: the compiler sees to it.
 *
 * @param seconds For how long, at most; 1 to 31 536 000 (a year).
 * @param options Other times.
 * @returns A function that wraps a view.
 * @throws {RangeError} If a time is no whole number of seconds within its range.
 */
export function cacheFor(seconds: number, options?: CacheForOptions): ViewDecorator<HasSiteCache, HasSiteCache>;
export function cacheFor(seconds: number, options: CacheForOptions = {}): ViewDecorator<unknown, HasSiteCache> {
  checkSeconds("cacheFor", { seconds }, 1);
  checkTimes("cacheFor", options);
  if (options.cache !== undefined && !(options.cache instanceof SiteCache)) {
    throw new TypeError(`Cannot create cacheFor as cache must be a SiteCache: received ${Deno.inspect(options.cache)}`);
  }
  const middleware: Middleware<unknown, HasSiteCache> = (next) => {
    function make(request: Request, context: Context, visit: CacheVisit): Awaitable<Response> {
      const extended = extendWithValues(context, visit.onContext());
      return chain(orLetGo(visit, () => next(request, extended)), (response) => {
        return keepPage(visit, request, context, response, (reason) => tellOfRefusal(context, reason));
      });
    }

    function findOrMake(
      request: Request,
      context: Context,
      visit: CacheVisit,
      progress: Progress,
    ): Awaitable<Response> {
      return chain(visit.find(request, context), (found) => {
        if (found === undefined) return make(request, context, visit);
        if (visit.stale !== undefined) visit.cache.track(refresh(visit, request, context, progress, make));
        return found;
      });
    }

    return function cacheFor(request, context) {
      const outer = cacheVisitOf(context);
      const cache = options.cache ?? outer?.cache;
      if (cache === undefined) {
        throw new TypeError(
          "Cannot cache the view as there is no cache: put updateCache() into the pipeline, or write cacheFor(60, { cache })",
        );
      }
      const { staleSeconds = cache.options.staleSeconds, browserSeconds = cache.options.browserSeconds } = options;
      const visit = new CacheVisit(cache, { seconds, staleSeconds, capped: true }, browserSeconds, outer);
      return findOrMake(request, context, visit, progressOf(context));
    };
  };
  return perView(middleware);
}

function tellOfRefusal(context: Context, reason: string): void {
  context.emit({
    name: "cache.refused",
    message: `The page of a view with cacheFor() is not kept: ${reason}`,
    data: { reason },
  });
}
