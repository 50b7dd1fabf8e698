/**
 * A table of views. Whoever has a router already passes that to `handle` instead.
 *
 * @module
 */

import type { Context } from "./context.ts";
import type { Handler } from "./handler.ts";
import { BadRequest, HttpError, NotFound } from "./http_error.ts";
import { RequestContext } from "./request_context.ts";
import { isPlainPath } from "./request_path.ts";
import { canonicalPath, parseRouteKey } from "./route_key.ts";
import { RouteMethods } from "./route_methods.ts";
import type { RouteParams } from "./route_params.ts";
import { RoutePatterns } from "./route_patterns.ts";

/** What a view found by a table has on its context: the parts of the path it named. */
export interface HasParams<P = { readonly [name: string]: string | undefined }> {
  /** The named parts of the path, percent-decoded. */
  readonly params: P;
}

/** A view, and the parameters of the path it was found by. */
export interface Route {
  /** The view. */
  readonly view: Handler;
  /** The named parts of the path, percent-decoded. */
  readonly params: { readonly [name: string]: string | undefined };
}

/** A handler that can say which view it would call, so that hooks see the view and its marks. */
export interface RouteTable<C extends Context = Context> extends Handler<C> {
  /**
   * Finds the view for a request.
   *
   * @param request The request.
   * @param context Its context.
   * @returns The view and its parameters.
   * @throws {HttpError} 404, or 405 with `Allow`.
   */
  resolve(request: Request, context: Context): Route;
  /**
   * Whether a path has a view.
   *
   * @param path A path, percent-encoded, without the query.
   * @param method Only views for this method; any by default.
   * @returns Whether there is one.
   */
  matches(path: string, method?: string): boolean;
}

/**
 * Makes a handler of a table of views. A key is a path, alone or after a method: `"GET /books/:id/"`. A path is literal or a
 * [URLPattern](https://urlpattern.spec.whatwg.org/) pathname; literal paths are looked up and win over patterns, patterns are tried in the table's order. A view may be another table, of paths as long as these.
 *
 * Paths are compared as they are written, encoded characters in either case: `/%61dmin/` is not `/admin/`.
 *
 * `HEAD` is answered by the view for `GET`, `OPTIONS` with 204 and `Allow` unless there is a view for it. No view for the path is 404, none
 * for the method 405 with `Allow`, a part that isn't percent-encoded UTF-8 is 400.
 *
 * @typeParam C What the views need; taken from the place where the table is used.
 * @typeParam K The keys.
 * @param views The views, by method and path.
 * @returns The handler.
 * @throws {TypeError} If a key is malformed, or two mean the same.
 *
 * @example
 * ```ts
 * import { pipeline, routes } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline().handle(routes({
 *   "GET /": () => new Response("home"),
 *   "GET /books/:id/": (_request, context) => new Response(`book ${context.params.id}`),
 *   "POST /books/": () => new Response("added", { status: 201 }),
 * }));
 *
 * assertEquals(await (await app(new Request("http://localhost/books/7/"))).text(), "book 7");
 * const refused = await app(new Request("http://localhost/books/"));
 * assertEquals([refused.status, refused.headers.get("Allow")], [405, "OPTIONS, POST"]);
 * ```
 */
export function routes<C extends Context, const K extends string>(
  views: { readonly [R in K]: Handler<NoInfer<C> & HasParams<RouteParams<R>>> },
): RouteTable<C> {
  // V8 finds a text that was just cut out of another one sooner in an object than in a Map.
  const literals: Record<string, RouteMethods> = Object.create(null);
  const patterns = new RoutePatterns<RouteMethods>();
  const patternMethods = new Map<string, RouteMethods>();
  const taken = new Set<string>();
  for (const [key, view] of Object.entries<unknown>(views)) {
    const { method, path, pattern, shape } = parseRouteKey(key);
    if (typeof view !== "function") throw new TypeError(`Cannot create routes as the view of "${key}" is no function`);
    const meaning = `${method} ${shape}`;
    if (taken.has(meaning)) {
      throw new TypeError(`Cannot create routes as "${key}" stands for the same as another key`);
    }
    taken.add(meaning);
    const known = pattern === undefined ? literals[path] : patternMethods.get(path);
    const methods = known ?? new RouteMethods();
    if (pattern === undefined) {
      literals[path] = methods;
    } else if (known === undefined) {
      patterns.add(pattern, methods);
      patternMethods.set(path, methods);
    }
    methods.add(method, view as Handler);
  }

  function resolve(request: Request, context: Context): Route {
    const written = RequestContext.writtenPathOf(context);
    // A literal path has come out of a parser, so that it is what the parser would give for itself.
    const view = written === undefined ? undefined : literals[written]?.find(request.method);
    return view === undefined ? search(written, request, context) : { view, params: NO_PARAMS };
  }

  function search(written: string | undefined, { method }: Request, context: Context): Route {
    const path = canonicalPath(written !== undefined && isPlainPath(written) ? written : context.url.pathname);
    const literal = literals[path];
    let view = literal?.find(method);
    if (view !== undefined) return { view, params: NO_PARAMS };
    const others = literal === undefined ? [] : [literal];
    for (let found = patterns.next(path); found !== undefined; found = patterns.next(path, found.order)) {
      view = found.value.find(method);
      if (view !== undefined) return { view, params: found.params(path, decode) };
      others.push(found.value);
    }
    if (others.length === 0) throw new NotFound();
    const allow = allowHeader(others);
    if (method === "OPTIONS") return { view: () => optionsResponse(allow), params: NO_PARAMS };
    throw new HttpError(405, undefined, { headers: { Allow: allow } });
  }

  function matches(asked: string, method?: string): boolean {
    const hasView = (methods: RouteMethods) => method === undefined || methods.find(method) !== undefined;
    const path = canonicalPath(asked);
    const literal = literals[path];
    if (literal !== undefined && hasView(literal)) return true;
    const isParsed = isPlainPath(path);
    for (let found = patterns.next(path, -1, isParsed); found; found = patterns.next(path, found.order, isParsed)) {
      if (hasView(found.value)) return true;
    }
    return false;
  }

  const handler: Handler<C> = function routes(request, context) {
    return findView(table, request, context)(request, context);
  };
  const table: RouteTable<C> = Object.assign(handler, { resolve, matches });
  return table;
}

/**
 * Finds the view in a table, or in the tables within it, and puts the parameters on the context.
 *
 * @param table The table.
 * @param request The request.
 * @param context Its context.
 * @returns The view.
 * @throws {HttpError} 404, 405, or 400 for parameters that can't be decoded.
 * @internal
 */
export function findView(table: Pick<RouteTable, "resolve">, request: Request, context: Context): Handler {
  let { view, params } = table.resolve(request, context);
  while (isRouteTable(view)) {
    const inner = view.resolve(request, context);
    view = inner.view;
    params = Object.assign(Object.create(null), params, inner.params);
  }
  // What extendWithValues() does, for one value, in half the time.
  (context as Context & { params: Route["params"] }).params = params;
  return view;
}

/**
 * Whether a handler is a table that can name its view.
 *
 * @param handler The handler.
 * @returns Whether it is.
 * @internal
 */
export function isRouteTable(handler: Handler): handler is RouteTable {
  return typeof (handler as RouteTable).resolve === "function";
}

const NO_PARAMS: Route["params"] = Object.freeze(Object.create(null));

function decode(part: string): string {
  if (!part.includes("%")) return part;
  try {
    return decodeURIComponent(part);
  } catch (cause) {
    throw new BadRequest("The path is not percent-encoded UTF-8", { cause });
  }
}

function allowHeader(others: readonly RouteMethods[]): string {
  const methods = new Set(others.flatMap((methods) => methods.names()));
  if (methods.has("GET")) methods.add("HEAD");
  return [...methods.add("OPTIONS")].sort().join(", ");
}

function optionsResponse(allow: string): Response {
  return new Response(null, { status: 204, headers: { Allow: allow } });
}
