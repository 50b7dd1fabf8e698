/**
 * csrf() around a single view.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { csrf } from "./csrf.ts";
import type { CsrfOptions, HasCsrf } from "./csrf_options.ts";
import type { Handler } from "./handler.ts";
import { perView } from "./per_view.ts";

/**
 * Protects one view as `csrf()` protects all: for an application without it, or a view that must be protected in whatever application it stands. (Django's `csrf_protect`.) Where
 * `csrf()` stands before, both have their say.
 *
 * @typeParam C What the view needs.
 * @param view The view.
 * @param options Those of `csrf()`.
 * @returns The view, protected.
 * @throws {TypeError} If an option can't be used.
 *
 * @example
 * ```ts
 * import { csrfProtect, pipeline } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline().handle(csrfProtect((_request, context) => new Response(context.csrfToken())));
 * const post = (site: string) => new Request("https://shop.example/", { method: "POST", headers: { "Sec-Fetch-Site": site } });
 *
 * assertEquals((await app(post("same-origin"))).status, 200);
 * assertEquals((await app(post("cross-site"))).status, 403);
 * ```
 */
export function csrfProtect<C extends Context>(
  view: Handler<NoInfer<C> & HasCsrf>,
  options?: CsrfOptions,
): Handler<C>;
/**
 * The same around a view that says what it needs.
 *
 * @typeParam V What the view needs.
 * @param view The view.
 * @param options Those of `csrf()`.
 * @returns The view, protected.
 */
export function csrfProtect<V extends Context>(
  view: Handler<V>,
  options?: CsrfOptions,
): Handler<Context & Omit<V, keyof Context | keyof HasCsrf>>;
// deno-lint-ignore no-explicit-any -- as the overloads say
export function csrfProtect(view: Handler<any>, options: CsrfOptions = {}): any {
  return perView(csrf(options))(view);
}

/**
 * Gives one view tokens, and refuses nothing: for a page that must always be shown, such as that of an error, and has forms for other views. (Django's `requires_csrf_token`.) Behind
 * `csrf()` every view has tokens; this is for applications without it.
 *
 * @typeParam C What the view needs.
 * @param view The view.
 * @param options Those of `csrf()`, for the cookie.
 * @returns The view, with tokens.
 * @throws {TypeError} If an option can't be used.
 *
 * @example
 * ```ts
 * import { pipeline, requiresCsrfToken } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline().handle(requiresCsrfToken((_request, context) => new Response(context.csrfToken())));
 * const response = await app(new Request("https://shop.example/", { method: "POST" }));
 *
 * assertEquals([response.status, (await response.text()).length], [200, 64]);
 * ```
 */
export function requiresCsrfToken<C extends Context>(
  view: Handler<NoInfer<C> & HasCsrf>,
  options?: Omit<CsrfOptions, "exempt">,
): Handler<C>;
/**
 * The same around a view that says what it needs.
 *
 * @typeParam V What the view needs.
 * @param view The view.
 * @param options Those of `csrf()`, for the cookie.
 * @returns The view, with tokens.
 */
export function requiresCsrfToken<V extends Context>(
  view: Handler<V>,
  options?: Omit<CsrfOptions, "exempt">,
): Handler<Context & Omit<V, keyof Context | keyof HasCsrf>>;
// deno-lint-ignore no-explicit-any -- as the overloads say
export function requiresCsrfToken(view: Handler<any>, options: Omit<CsrfOptions, "exempt"> = {}): any {
  return perView(csrf({ ...options, exempt: () => true }))(view);
}
