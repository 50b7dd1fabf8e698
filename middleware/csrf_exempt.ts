/**
 * Views that answer for themselves.
 *
 * @module
 */

import type { Context } from "./context.ts";
import type { Handler } from "./handler.ts";
import { markView } from "./marks.ts";

/** The mark of a view that the CSRF check lets alone. */
export const CSRF_EXEMPT = "csrf.exempt";

/**
 * Exempts a view from the CSRF check: one that other programs call, which carry no cookie, or that checks a signature of its own. A view that
 * goes by the visitor's cookies must not be exempt.
 *
 * @typeParam C What the view needs.
 * @param view The view, or a whole table of routes.
 * @returns The view, marked.
 *
 * @example
 * ```ts
 * import { csrf, csrfExempt, pipeline, routes } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline().use(csrf()).handle(routes({
 *   "POST /cart/": () => new Response("added"),
 *   "POST /payments/webhook/": csrfExempt(() => new Response("thanks")),
 * }));
 * const post = async (path: string) => (await app(new Request(`https://shop.example${path}`, { method: "POST" }))).status;
 *
 * assertEquals(await post("/payments/webhook/"), 200);
 * assertEquals(await post("/cart/"), 403);
 * ```
 */
export function csrfExempt<C extends Context>(view: Handler<C>): Handler<C> {
  return markView(view, CSRF_EXEMPT);
}
