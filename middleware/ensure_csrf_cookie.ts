/**
 * Pages whose scripts need a token.
 *
 * @module
 */

import { type Awaitable, chain } from "./awaitable.ts";
import type { Context } from "./context.ts";
import type { Handler } from "./handler.ts";
import { standIn } from "./marks.ts";

/** What a view must have on its context to have a token made: what `csrf()` adds. */
export interface AsksCsrfToken {
  /**
   * Makes a token.
   *
   * @returns The token, now or later.
   */
  csrfToken(): Awaitable<string>;
}

/**
 * Sends the cookies of `csrf()` with a page that has no form: the first page of an application in the browser, whose scripts send the token later. (Django's
 * `ensure_csrf_cookie`.)
 *
 * @typeParam C What the view needs.
 * @param view The view.
 * @returns The view, which sends the cookies.
 *
 * @example
 * ```ts
 * import { csrf, ensureCsrfCookie, pipeline } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline().use(csrf({ xsrfCookie: true })).handle(ensureCsrfCookie(() => new Response("<div id=app></div>")));
 * const response = await app(new Request("https://shop.example/"));
 *
 * assertEquals(response.headers.getSetCookie().map((line) => line.split("=")[0]), ["__Host-csrftoken", "XSRF-TOKEN"]);
 * ```
 */
export function ensureCsrfCookie<C extends Context & AsksCsrfToken>(view: Handler<NoInfer<C>>): Handler<C>;
/**
 * The same around a view that says what it needs.
 *
 * @typeParam V What the view needs.
 * @param view The view.
 * @returns The view, which sends the cookies.
 */
export function ensureCsrfCookie<V extends Context>(view: Handler<V>): Handler<V & AsksCsrfToken>;
// deno-lint-ignore no-explicit-any -- as the overloads say
export function ensureCsrfCookie(view: Handler<any>): any {
  return standIn<Context, Context & AsksCsrfToken>(view, (request, context) => {
    return chain(context.csrfToken(), () => view(request, context));
  });
}
