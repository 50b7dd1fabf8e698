/**
 * The address with the slash at its end that was forgotten.
 *
 * @module
 */

import type { Context } from "./context.ts";
import type { Handler } from "./handler.ts";
import { HttpError } from "./http_error.ts";
import { hasMark, markView } from "./marks.ts";
import { isRouteTable, type RouteTable } from "./routes.ts";

/** Says which paths there are: a table of {@linkcode routes}, or a function that is given a path, percent-encoded and without the query. */
// deno-lint-ignore no-explicit-any -- a table for any context
export type KnownPaths = Pick<RouteTable<any>, "resolve"> | ((path: string) => boolean);

const NO_APPEND_SLASH = "slash.keep";

/**
 * Marks a view that isn't to be found without the slash at its end: `/webhook/` is, `/webhook` stays a 404. (Django's `no_append_slash`.) It works where {@linkcode common} is given a table of routes.
 *
 * @typeParam C What the view needs.
 * @param view The view.
 * @returns The view, marked.
 *
 * @example
 * ```ts
 * import { common, noAppendSlash, pipeline, routes } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const table = routes({ "/about/": () => new Response("about"), "/hook/": noAppendSlash(() => new Response("hook")) });
 * const app = pipeline().use(common({ appendSlash: table })).handle(table);
 *
 * assertEquals((await app(new Request("http://localhost/about"))).status, 301);
 * assertEquals((await app(new Request("http://localhost/hook"))).status, 404);
 * ```
 */
export function noAppendSlash<C extends Context>(view: Handler<C>): Handler<C> {
  return markView(view, NO_APPEND_SLASH);
}

/**
 * Makes the function that asks whether a slash is all that is missing.
 *
 * @param known Which paths there are.
 * @returns The function; it takes a path without the slash.
 * @throws {TypeError} If it can't be asked.
 * @internal
 */
export function slashIsMissing(known: KnownPaths): (path: string, request: Request, context: Context) => boolean {
  if (isTable(known)) {
    return (path, request, context) => {
      if (lookUp(known, path, request, context) !== undefined) return false;
      const view = lookUp(known, `${path}/`, request, context);
      return view === "another method" || view !== undefined && !hasMark(view, NO_APPEND_SLASH);
    };
  }
  if (typeof known === "function") return (path) => answer(known, path) === false && answer(known, `${path}/`);
  throw new TypeError(
    `Cannot create common as appendSlash must be a table of routes or a function: received ${Deno.inspect(known)}`,
  );
}

function isTable(known: KnownPaths): known is RouteTable {
  return typeof (known as RouteTable)?.resolve === "function";
}

/** A promise would count as true for every path. */
function answer(known: (path: string) => boolean, path: string): boolean {
  const isKnown: unknown = known(path);
  if (typeof isKnown === "boolean") return isKnown;
  throw new TypeError(
    `Cannot append a slash as the appendSlash of common() must answer true or false: received ${Deno.inspect(isKnown)}`,
  );
}

/** The view at a path, in this table or one within it. */
function lookUp(
  table: Pick<RouteTable, "resolve">,
  path: string,
  request: Request,
  context: Context,
): Handler | "another method" | undefined {
  const url = new URL(context.url);
  url.pathname = path;
  // A table asks the context for nothing but the address.
  const there = Object.create(context, { url: { value: url } });
  try {
    let { view } = table.resolve(request, there);
    while (isRouteTable(view)) view = view.resolve(request, there).view;
    return view;
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    return error.status === 405 ? "another method" : undefined;
  }
}
