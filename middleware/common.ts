/**
 * One address for each page.
 *
 * @module
 */

import { type KnownPaths, slashIsMissing } from "./append_slash.ts";
import { flag, patterns } from "./check_option.ts";
import type { Context } from "./context.ts";
import { describeLayer } from "./describe_layer.ts";
import type { Middleware } from "./handler.ts";
import { Forbidden } from "./http_error.ts";
import { letGo } from "./let_go.ts";
import { inSteps, type Steps } from "./steps.ts";

/** Options of {@linkcode common}. */
export interface CommonOptions {
  /**
   * Sends visitors of an address that isn't there to the one with a slash at its end, if that one is: give the table of {@linkcode routes}, or with a router of your own a function that says whether a path
   * exists. {@linkcode noAppendSlash} exempts a view. (Django's `APPEND_SLASH`.)
   *
   * @default {undefined: nobody is sent anywhere}
   */
  appendSlash?: KnownPaths;
  /**
   * Sends visitors of `example.com` to `www.example.com`. Addresses in numbers, and somebody developing on this machine, are let alone. Let `allowedHosts()` check the host first. (Django's `PREPEND_WWW`.)
   *
   * @default {false}
   */
  prependWww?: boolean;
  /**
   * Programs that get nothing but a 403, by their `User-Agent`: `[/badbot/i]`. (Django's `DISALLOWED_USER_AGENTS`.)
   *
   * @default {[]}
   */
  disallowedUserAgents?: readonly RegExp[];
}

/**
 * Sends visitors to the one address of a page: with the slash, with `www.`; and turns programs away that misbehave. (Django's `CommonMiddleware`.)
 *
 * Redirects are 301 for GET and HEAD, and 308 for all else, so that a form keeps its method and body. A redirect stays on the site, whatever the path looks like (`//evil.example`). What
 * Django's middleware does besides is done elsewhere: hosts are checked by `allowedHosts()`, and a `Content-Length` is sent by `Deno.serve` itself, with every text and for HEAD too.
 *
 * @param options What to do.
 * @returns The middleware.
 * @throws {TypeError} If there is nothing to do, or an option can't be used.
 *
 * @example
 * ```ts
 * import { common, pipeline, routes } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const table = routes({ "GET /about/": () => new Response("about"), "POST /cart/": () => new Response("added") });
 * const app = pipeline().use(common({ appendSlash: table })).handle(table);
 *
 * const page = await app(new Request("http://localhost/about?page=2"));
 * assertEquals([page.status, page.headers.get("Location")], [301, "/about/?page=2"]);
 * assertEquals((await app(new Request("http://localhost/cart", { method: "POST" }))).status, 308);
 * assertEquals((await app(new Request("http://localhost/nowhere"))).status, 404);
 * ```
 */
export function common(options: CommonOptions): Middleware {
  const { appendSlash, prependWww = false, disallowedUserAgents = [] } = options ?? {};
  flag("common", "prependWww", prependWww);
  const disallowed = patterns("common", "disallowedUserAgents", disallowedUserAgents);
  if (appendSlash === undefined && !prependWww && disallowed.length === 0) {
    throw new TypeError(
      "Cannot create common without appendSlash, prependWww and disallowedUserAgents: give one of them",
    );
  }
  const isMissing = appendSlash === undefined ? undefined : slashIsMissing(appendSlash);

  /** The path with its slash, if that is what is missing. */
  function withSlash(request: Request, context: Context): string | undefined {
    const { pathname } = context.url;
    if (isMissing === undefined || pathname.endsWith("/") || !isMissing(pathname, request, context)) return undefined;
    return `${pathname}/`;
  }

  const steps: Steps = {
    name: "common",
    enter(request, context) {
      if (disallowed.length > 0 && isDisallowed(request, disallowed)) {
        throw new Forbidden("This program may not be here");
      }
      if (prependWww && lacksWww(context)) {
        const { url } = context;
        const path = withSlash(request, context) ?? url.pathname;
        return moved(request, `${url.protocol}//www.${url.host}${path}${url.search}`);
      }
      return undefined;
    },
    leave(response, _state, request, context) {
      const path = response.status === 404 ? withSlash(request, context) : undefined;
      if (path === undefined) return response;
      // Two slashes at the beginning would be read as a host.
      const redirection = moved(request, path.replace(/^\/\//, "/%2F") + context.url.search);
      return letGo(response)?.then(() => redirection) ?? redirection;
    },
  };
  return describeLayer((next) => inSteps(next, steps), {
    name: "common",
    facts: { appendSlash: isMissing !== undefined, prependWww, disallows: disallowed.length > 0 },
  });
}

function isDisallowed({ headers }: Request, disallowed: readonly RegExp[]): boolean {
  const program = headers.get("User-Agent");
  return program !== null && disallowed.some((pattern) => pattern.test(program));
}

function lacksWww({ client, url: { hostname } }: Context): boolean {
  if (hostname.startsWith("www.") || hostname.startsWith("[") || /^[\d.]+$/.test(hostname)) return false;
  return !client.loopback;
}

function moved({ method }: Request, location: string): Response {
  const status = method === "GET" || method === "HEAD" ? 301 : 308;
  return new Response(null, { status, headers: { Location: location } });
}
