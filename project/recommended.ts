/**
 * A site's layers in one call.
 *
 * @module
 */

import type { HasUser } from "../auth/has_user.ts";
import type { User, UserSource } from "../auth/user_source.ts";
import { common } from "../middleware/common.ts";
import { fetchCache } from "../middleware/fetch_cache.ts";
import type { Handler, Middleware } from "../middleware/handler.ts";
import { type App, type Pipeline, pipeline } from "../middleware/pipeline.ts";
import { isRouteTable } from "../middleware/routes.ts";
import { checkRecommendedOptions } from "./_check_options.ts";
import { type AnyLayer, type GivenOptions, innerLayers, outerLayers } from "./_layers.ts";
import type { AddedLayer, LeavableLayer, RecommendedContext, RecommendedWith } from "./recommended_options.ts";

/**
 * Begins a pipeline with the layers a site needs and whose visitors sign in: as `recommended()` does without `users`, and with {@linkcode authentication}.
 *
 * @typeParam T The keys of the session and what they hold.
 * @typeParam U The user.
 * @typeParam W Which layers: those left out of what adds to the context, and those that are added to it.
 * @param options Keys, store, users, and what differs from the defaults.
 * @returns The pipeline, for `.use()` and `.handle()`.
 */
export function recommended<
  T extends object = Record<string, unknown>,
  U extends User = User,
  W extends LeavableLayer | AddedLayer = never,
>(
  options: RecommendedWith<U, W> & { users: UserSource<U> },
): Pipeline<RecommendedContext<T, W> & HasUser<U>>;
/**
 * Begins a pipeline with the layers a site needs, in the order in which they belong: what `startproject` gives a site of Django's, and what a site needs beyond that. From the outside in:
 *
 * `accessLog()` if it is told where to write, `requestId()`, `serverTiming()` with `debug: true`, `security()`, `permissionsPolicy()`, `contentSecurityPolicy()`, `allowedHosts()`, the way to https if `security` has
 * `sslRedirect`, what is `outside`, `locale()` if it is told the languages, `bodyLimit()`, `updateCache()` with a `cache`, `gzip()`, `conditionalGet()` on request, `sessions()`, `common()`, `csrf()`, `authentication()` with `users`, `messages()`; then yours, and
 * with a `cache` `fetchCache()`. Why in this order, and the same in code, stands in docs/recommended.md.
 *
 * Each layer's options stand under its name, and `false` leaves it out. Until it is told its `hosts`, the site answers for this machine only. If the view is a table of {@linkcode routes}, a visitor who forgot the slash at the end is sent
 * to the page.
 *
 * @typeParam T The keys of the session and what they hold.
 * @typeParam W Which layers: those left out of what adds to the context, and those that are added to it.
 * @param options Keys, store, and what differs from the defaults.
 * @returns The pipeline, for `.use()` and `.handle()`.
 * @throws {TypeError} If there are no keys or no store, an option is unknown, or a layer refuses what it is told.
 * @throws {RangeError} If a key is too short, or a number out of range.
 *
 * @example
 * ```ts
 * import { MemoryStore, recommended, routes } from "@nuages/web";
 * import { assertEquals, assertStringIncludes } from "@std/assert";
 *
 * const app = recommended<{ visits: number }>({
 *   keys: [crypto.randomUUID() + crypto.randomUUID()], // in real life from the environment
 *   store: new MemoryStore(),
 *   hosts: ["shop.example"],
 *   security: { hstsSeconds: 31_536_000 },
 * }).handle(routes({
 *   "GET /visits/": async (_request, context) => {
 *     const session = await context.session();
 *     return new Response(`visit ${session.update("visits", (visits = 0) => visits + 1)}`);
 *   },
 * }));
 *
 * const page = await app(new Request("https://shop.example/visits/"));
 * assertEquals(await page.text(), "visit 1");
 * assertEquals(page.headers.get("X-Frame-Options"), "DENY");
 * assertStringIncludes(page.headers.get("Content-Security-Policy")!, "default-src 'self'");
 *
 * const withoutSlash = await app(new Request("https://shop.example/visits"));
 * assertEquals([withoutSlash.status, withoutSlash.headers.get("Location")], [301, "/visits/"]);
 * assertEquals((await app(new Request("https://evil.example/visits/"))).status, 400);
 * ```
 */
export function recommended<T extends object = Record<string, unknown>, W extends LeavableLayer | AddedLayer = never>(
  options: RecommendedWith<User, W> & { users?: undefined },
): Pipeline<RecommendedContext<T, W>>;
// deno-lint-ignore no-explicit-any -- as the overloads say
export function recommended(options: any): Pipeline<any> {
  checkRecommendedOptions(options);
  const { keys, debug, proxies, form, errors, onEvent, render } = options;
  const given = { keys, debug, proxies, form, errors, onEvent, render };
  const base = pipeline(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)));
  return grow({
    base: outerLayers(options).reduce(add, base),
    inner: innerLayers(options),
    commonFor: slashes(options.common),
    innermost: options.cache === undefined ? [] : [fetchCache()],
  });
}

/** What is put together when the view is known. */
interface Stack {
  readonly base: Pipeline;
  /** Asked with the view, whose paths it may need. */
  readonly commonFor: (view: unknown) => Middleware | undefined;
  readonly inner: readonly AnyLayer[];
  readonly innermost: readonly AnyLayer[];
}

// deno-lint-ignore no-explicit-any -- what is on the context, the overloads say
function grow({ base, commonFor, inner, innermost }: Stack): Pipeline<any> {
  return Object.freeze({
    // deno-lint-ignore no-explicit-any -- as above
    use(middleware: unknown): Pipeline<any> {
      // The pipeline's own refusal, at the place where the mistake was made.
      add(base, middleware as AnyLayer);
      return grow({ base, commonFor, inner: [...inner, middleware as AnyLayer], innermost });
    },
    handle(view: Handler): App {
      const layer = commonFor(view);
      return [...layer === undefined ? [] : [layer], ...inner, ...innermost].reduce(add, base).handle(view);
    },
  });
}

function add(base: Pipeline, layer: AnyLayer): Pipeline {
  return base.use<unknown, unknown>(layer);
}

function slashes(options: GivenOptions["common"]): Stack["commonFor"] {
  if (options === false) return () => undefined;
  const { appendSlash, ...others } = options ?? {};
  const { prependWww = false, disallowedUserAgents = [] } = others;
  // At once: what is wrong with the options is not to wait for the view.
  const alone = prependWww === false && disallowedUserAgents.length === 0 ? undefined : common(others);
  if (appendSlash === false) return () => alone;
  if (appendSlash !== undefined) {
    const layer = common({ ...others, appendSlash });
    return () => layer;
  }
  return (view) =>
    typeof view === "function" && isRouteTable(view as Handler)
      ? common({ ...others, appendSlash: view as never })
      : alone;
}
