/**
 * Addresses that have moved.
 *
 * @module
 */

import { type Awaitable, chain } from "./awaitable.ts";
import type { Context } from "./context.ts";
import type { HasSite } from "./current_site.ts";
import { describeLayer } from "./describe_layer.ts";
import type { Middleware } from "./handler.ts";
import { HttpError } from "./http_error.ts";
import { letGo } from "./let_go.ts";
import { redirect } from "./redirect.ts";
import { canonicalPath } from "./route_key.ts";
import type { Site } from "./site.ts";

/** Where it is known what has moved: {@linkcode KvRedirects}, {@linkcode SqlRedirects}, or any object with this method. */
export interface RedirectSource {
  /**
   * Finds where a page has moved to.
   *
   * @param path The address without scheme and host, with its query. What is percent-encoded in the path is in capitals (`%C3`), as browsers encode.
   * @param site The site.
   * @returns The new address; `""` if the page is gone for good, `undefined` if nothing is known of it.
   * @throws {Error} If the source can't be reached.
   */
  find(path: string, site: Site): Awaitable<string | undefined>;
}

/** Options of {@linkcode redirects}. */
export interface RedirectsOptions {
  /** Where it is known what has moved. */
  source: RedirectSource;
  /**
   * Whether an address without a slash at its end is looked for with one, too.
   *
   * @default {true}
   */
  appendSlash?: boolean;
  /**
   * Whether pages may have moved to other sites. Whoever can write to the source then can send visitors anywhere.
   *
   * @default {false}
   */
  external?: boolean;
}

/**
 * Answers for pages that have moved, where there would be a 404: 301 to the new address, 410 for one that is gone for good. A request other than GET and HEAD is sent with 308,
 * which keeps its method and body. (Django's `RedirectFallbackMiddleware`.)
 *
 * An address is looked up as it was asked for, query and all, then with a slash at the end of its path. Only what the source holds is ever a target, as it is. A target that leads
 * to another site, without `external`, or back to the same page, is the event `redirects.refused`, and the 404 stays. A source that can't be reached is an error: a 404 would be
 * taken for the truth.
 *
 * It looks at answers of the layers inside, and needs {@linkcode currentSite} outside.
 *
 * @param options Where it is known what has moved.
 * @returns The middleware.
 * @throws {TypeError} If `source` is none.
 *
 * @example
 * ```ts
 * import { currentSite, KvRedirects, pipeline, redirects, routes } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * using kv = await Deno.openKv(":memory:");
 * const source = new KvRedirects(kv);
 * await source.set("/tea.html", "/tea/");
 * await source.set("/coffee.html", ""); // gone for good
 *
 * const app = pipeline().use(currentSite()).use(redirects({ source })).handle(routes({ "/tea/": () => new Response("tea") }));
 * const tea = await app(new Request("https://shop.example/tea.html"));
 *
 * assertEquals([tea.status, tea.headers.get("Location")], [301, "/tea/"]);
 * assertEquals((await app(new Request("https://shop.example/coffee.html"))).status, 410);
 * assertEquals((await app(new Request("https://shop.example/cake.html"))).status, 404);
 * ```
 */
export function redirects(options: RedirectsOptions): Middleware<HasSite> {
  const { source, appendSlash = true, external = false } = options ?? {};
  if (typeof source?.find !== "function") {
    throw new TypeError("Cannot create redirects without a source: write redirects({ source: new KvRedirects(kv) })");
  }

  async function answer(request: Request, context: Context & HasSite, response: Response): Promise<Response> {
    // Encoded bytes are compared in capitals, as Django has them in its table; the query is as it came.
    const pathname = canonicalPath(context.url.pathname);
    const path = pathname + context.url.search;
    const target = path.length > LONGEST ? undefined : await find(pathname, context);
    if (target === undefined) return response;
    if (target === "") {
      letGo(response);
      throw new HttpError(410, "This page is gone, and won't come back");
    }
    const moved = move(request, context, path, target);
    if (moved !== undefined) letGo(response);
    return moved ?? response;
  }

  async function find(pathname: string, context: Context & HasSite): Promise<string | undefined> {
    const site = await siteOf(context);
    if (site === undefined) return undefined;
    const { search } = context.url;
    const found = await source.find(pathname + search, site) ?? undefined;
    if (found !== undefined || !appendSlash || pathname.endsWith("/")) return found;
    return await source.find(`${pathname}/${search}`, site) ?? undefined;
  }

  function move(request: Request, context: Context, path: string, target: string): Response | undefined {
    const status = request.method === "GET" || request.method === "HEAD" ? 301 : 308;
    try {
      const moved = redirect(target, { status, external });
      const location = URL.parse(moved.headers.get("Location")!, context.url);
      const isElsewhere = location?.origin !== context.url.origin ||
        canonicalPath(location.pathname) + location.search !== path;
      if (location !== null && isElsewhere) return moved;
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
    }
    context.emit({
      name: "redirects.refused",
      message: `The redirect of ${path} leads back to it, is no address, or leads to another site: ` +
        "redirects({ external: true }) allows the latter",
      data: { target },
    });
    return undefined;
  }

  return describeLayer((next) =>
    function redirects(request, context) {
      return chain(next(request, context), (response) => {
        return response.status === 404 ? answer(request, context, response) : response;
      });
    }, { name: "redirects" });
}

/** Nobody keeps longer ones, and it is visitors who write them. */
const LONGEST = 2000;

/**
 * Finds the site; a host without one has no pages.
 *
 * @param context The request's context.
 * @returns The site, if there is one.
 * @internal
 */
export async function siteOf(context: Context & HasSite): Promise<Site | undefined> {
  try {
    return await context.site();
  } catch (error) {
    if (error instanceof HttpError && error.status < 500) return undefined;
    throw error;
  }
}
