/**
 * The inner half of the site cache.
 *
 * @module
 */

import { chain } from "./awaitable.ts";
import { cacheVisitOf, type HasSiteCache } from "./cache_visit.ts";
import { describeLayer } from "./describe_layer.ts";
import type { Middleware } from "./handler.ts";

/**
 * Answers with a page that {@linkcode updateCache} has kept: the inner half of the site cache. It belongs behind everything that decides what a page depends on ({@linkcode locale},
 * say), as the last layer before the view. The page that comes out passes the layers in between once more, as any other.
 *
 * @returns The middleware.
 *
 * @example
 * ```ts
 * import { fetchCache, MemoryCache, pipeline, SiteCache, updateCache } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const cache = new SiteCache({ store: new MemoryCache() });
 * let made = 0;
 * const app = pipeline().use(updateCache(cache)).use(fetchCache()).handle((_request, context) => {
 *   context.cacheTag("home");
 *   return new Response(`made ${++made} times`);
 * });
 * const page = async () => (await app(new Request("https://shop.example/"))).text();
 *
 * assertEquals([await page(), await page()], ["made 1 times", "made 1 times"]);
 * await cache.invalidate("home");
 * assertEquals(await page(), "made 2 times");
 * ```
 */
export function fetchCache(): Middleware<HasSiteCache> {
  return describeLayer((next) =>
    function fetchCache(request, context) {
      const visit = cacheVisitOf(context);
      if (visit === undefined) {
        throw new TypeError("Cannot look for a page as there is no site cache: put updateCache() before fetchCache()");
      }
      // Made again in the background: what is there is what is to be replaced.
      if (visit.slot !== undefined) return next(request, context);
      return chain(visit.find(request, context), (found) => found ?? next(request, context));
    }, { name: "fetchCache" });
}
