/**
 * The common case: the view did what it was asked for, and says so.
 *
 * @module
 */

import { type Awaitable, chain } from "../middleware/awaitable.ts";
import type { Context } from "../middleware/context.ts";
import type { Handler } from "../middleware/handler.ts";
import type { Html } from "../middleware/html.ts";
import { standIn } from "../middleware/marks.ts";
import type { HasMessages } from "./has_messages.ts";

/**
 * What a view says when it succeeds: a text, or a function that makes one. An empty text says nothing.
 *
 * @typeParam C What the function needs on the context.
 */
export type SuccessText<C extends Context = Context> =
  | string
  | Html
  | ((request: Request, context: C) => Awaitable<string | Html>);

/**
 * Wraps a view so that it adds a success message when it answers with success: a status from 200, or a redirect. An error page, a form that is shown again
 * with 422 and an exception add nothing. (Django's `SuccessMessageMixin`.) The view keeps its name and marks.
 *
 * Any redirect counts, so it isn't for a view that redirects where it did nothing, as to the page for signing in: that one adds its message itself.
 *
 * @typeParam C What the view needs.
 * @param view The view.
 * @param text What to say.
 * @returns The wrapped view.
 *
 * @example
 * ```ts
 * import { pipeline, redirect, routes } from "@nuages/web/middleware";
 * import { CookieMessages, messages, successMessage } from "@nuages/web/messages";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline({ keys: [crypto.randomUUID()] })
 *   .use(messages({ storage: new CookieMessages() }))
 *   .handle(routes({
 *     "POST /books/:title/": successMessage(() => redirect("/"), (_request, context) => `${context.params.title} was added.`),
 *     "GET /": async (_request, context) => new Response((await context.messages.read()).join()),
 *   }));
 * const added = await app(new Request("http://localhost/books/Emma/", { method: "POST" }));
 * const cookie = added.headers.getSetCookie()[0]!.split(";")[0]!;
 * const page = await app(new Request("http://localhost/", { headers: { Cookie: cookie } }));
 *
 * assertEquals(await page.text(), "Emma was added.");
 * ```
 */
export function successMessage<C extends Context & HasMessages>(view: Handler<C>, text: SuccessText<C>): Handler<C> {
  if (typeof view !== "function") {
    throw new TypeError(`Cannot add a success message to a view that is ${typeof view}: pass a function`);
  }
  return standIn<C, C>(view, (request, context) => {
    return chain(view(request, context), (response) => {
      if (!isSuccess(response)) return response;
      return chain(typeof text === "function" ? text(request, context) : text, (said) => {
        context.messages.success(said);
        return response;
      });
    });
  });
}

function isSuccess({ status }: Response): boolean {
  return status >= 200 && status < 400 && status !== 304;
}
