/**
 * Views for everybody.
 *
 * @module
 */

import type { Context } from "../middleware/context.ts";
import type { Handler } from "../middleware/handler.ts";
import { markView } from "../middleware/marks.ts";

/** The mark of a view that `loginRequired()` lets everybody see. */
export const LOGIN_NOT_REQUIRED = "login.not_required";

/**
 * Lets everybody see a view that stands behind `loginRequired()`: the page for signing in first of all.
 *
 * @typeParam C What the view needs.
 * @param view The view, or a whole table of routes.
 * @returns The view, marked.
 *
 * @example
 * ```ts
 * import { authentication, loginNotRequired, loginRequired, MemoryUsers } from "@nuages/web/auth";
 * import { pipeline, routes } from "@nuages/web/middleware";
 * import { MemoryStore, sessions } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline({ keys: [crypto.randomUUID()] })
 *   .use(sessions({ store: new MemoryStore() }))
 *   .use(authentication({ users: new MemoryUsers() }))
 *   .use(loginRequired())
 *   .handle(routes({
 *     "/": () => new Response("members"),
 *     "/about/": loginNotRequired(() => new Response("about us")),
 *   }));
 *
 * assertEquals((await app(new Request("http://localhost/about/"))).status, 200);
 * assertEquals((await app(new Request("http://localhost/"))).status, 302);
 * ```
 */
export function loginNotRequired<C extends Context>(view: Handler<C>): Handler<C> {
  return markView(view, LOGIN_NOT_REQUIRED);
}
