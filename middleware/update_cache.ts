/**
 * The outer half of the site cache.
 *
 * @module
 */

import { type Awaitable, chain } from "./awaitable.ts";
import { keepPage, orLetGo } from "./cache_keep.ts";
import { progressOf, refresh } from "./cache_refresh.ts";
import { CacheVisit, type HasSiteCache } from "./cache_visit.ts";
import type { Context } from "./context.ts";
import { describeLayer } from "./describe_layer.ts";
import { extendWithValues } from "./extend_with_values.ts";
import type { Middleware } from "./handler.ts";
import { SiteCache } from "./site_cache.ts";

/**
 * Keeps finished pages, as they leave the layers inside: the outer half of the site cache. It looks up nothing itself; {@linkcode fetchCache} does, as the innermost layer, when
 * the layers in between have said what the page depends on. (Django's `UpdateCacheMiddleware` and `FetchFromCacheMiddleware`.) The compiler sees to it that this one is
 * before the other. Alone it is what {@linkcode cacheFor} wants around it.
 *
 * Kept are answers to GET with status 200. Never kept is one that sets a cookie; for which a cookie was read, so that nothing of a session or a token is shown to
 * others; that says `private`, `no-cache`, `no-store` or `Vary: *`; that was asked for with `Authorization` and isn't `public`; that has a nonce; a stream of events; and a body beyond
 * {@linkcode SiteCacheOptions.maxBodyBytes}, which passes without being held. Pages are told apart by address and by what their `Vary` names.
 *
 * A page that is kept says for how long, in `Cache-Control: max-age` and `Expires`, and when it is shown again its `Age`. While one request makes a page, the
 * others wait for it, for {@linkcode SiteCacheOptions.waitSeconds}; if it fails they make it themselves. A store that can't be reached is the event `cache.unavailable`, and no error.
 *
 * @param cache The cache.
 * @returns The middleware.
 * @throws {TypeError} If `cache` is no {@linkcode SiteCache}.
 *
 * @example
 * ```ts
 * import { fetchCache, MemoryCache, pipeline, SiteCache, updateCache } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const cache = new SiteCache({ store: new MemoryCache(), seconds: 60 });
 * let made = 0;
 * const app = pipeline()
 *   .use(updateCache(cache)) // outermost, but for security() and the like
 *   .use(fetchCache()) // innermost
 *   .handle(() => new Response(`made ${++made} times`));
 *
 * const first = await app(new Request("https://shop.example/"));
 * assertEquals(await first.text(), "made 1 times");
 * assertEquals(first.headers.get("Cache-Control"), "max-age=60");
 *
 * const second = await app(new Request("https://shop.example/"));
 * assertEquals([await second.text(), second.headers.get("Age")], ["made 1 times", "0"]);
 * ```
 */
export function updateCache(cache: SiteCache): Middleware<unknown, HasSiteCache> {
  if (!(cache instanceof SiteCache)) {
    throw new TypeError(
      `Cannot create updateCache without a cache: write updateCache(new SiteCache({ store: new MemoryCache() }))`,
    );
  }
  const { seconds, staleSeconds, browserSeconds } = cache.options;
  const lifetimes = { seconds, staleSeconds, capped: false };

  return describeLayer((next) => {
    function make(request: Request, context: Context, visit: CacheVisit): Awaitable<Response> {
      const extended = extendWithValues(context, visit.onContext());
      return chain(orLetGo(visit, () => next(request, extended)), (response) => {
        return keepPage(visit, request, context, response);
      });
    }

    return function updateCache(request, context) {
      const visit = new CacheVisit(cache, lifetimes, browserSeconds, undefined);
      const progress = progressOf(context);
      return chain(make(request, context, visit), (response) => {
        if (visit.stale !== undefined) cache.track(refresh(visit, request, context, progress, make));
        return response;
      });
    };
  }, { name: "updateCache", facts: { cache } });
}
