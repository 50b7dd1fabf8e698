/**
 * A middleware around a single view.
 *
 * @module
 */

import { attempt, chain } from "./awaitable.ts";
import { callView } from "./call_view.ts";
import type { Context } from "./context.ts";
import type { Handler, Middleware } from "./handler.ts";
import { standIn } from "./marks.ts";
import { RequestContext } from "./request_context.ts";
import type { Run } from "./run.ts";
import { withWritableHeaders } from "./writable.ts";

/**
 * Makes a decorator of a middleware: it acts on one view instead of all, its hooks too. (Django's `decorator_from_middleware`.) The
 * view keeps its name and marks.
 *
 * Here, unlike in a pipeline, `next` throws what the view throws once the middleware's own `processException` has had no answer: the hooks of the layers
 * outside are still to be asked.
 *
 * @typeParam N What the middleware needs.
 * @typeParam A What it adds for the view.
 * @param middleware The middleware.
 * @returns A function that wraps a view.
 *
 * @example
 * ```ts
 * import { chain, type Middleware, perView, pipeline, routes } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const noIndex: Middleware = (next) => (request, context) =>
 *   chain(next(request, context), (response) => {
 *     response.headers.set("X-Robots-Tag", "noindex");
 *     return response;
 *   });
 *
 * const app = pipeline().handle(routes({
 *   "/": () => new Response("home"),
 *   "/drafts/": perView(noIndex)(() => new Response("drafts")),
 * }));
 *
 * assertEquals((await app(new Request("http://localhost/drafts/"))).headers.get("X-Robots-Tag"), "noindex");
 * assertEquals((await app(new Request("http://localhost/"))).headers.get("X-Robots-Tag"), null);
 * ```
 */
export function perView<N, A>(middleware: Middleware<N, A>): ViewDecorator<N, A> {
  return (view: Handler<never>) => {
    const layer = middleware((request, context) => {
      const run = runOf(context);
      return chain(
        callView(view as Handler, request, context, run, run.hooksFrom),
        (response) => withWritableHeaders(response, `view "${view.name}"`, run),
      );
    });
    return standIn(view, (request, context) => {
      const run = runOf(context);
      const before = run.beginView();
      const answer = attempt(() => (layer as Handler)(request, context), (error) => {
        run.endView(before);
        throw error;
      });
      return chain(answer, (response) => {
        run.endView(before);
        return response;
      });
    });
  };
}

/** What {@linkcode perView} makes: a function that wraps a view. */
export interface ViewDecorator<N = unknown, A = unknown> {
  /**
   * Wraps a view that finds on the context what the place in the pipeline and the middleware put there.
   *
   * @typeParam C What is on the context where the view stands.
   * @param view The view.
   * @returns The view with the middleware around it.
   */
  <C extends Context & N>(view: Handler<NoInfer<C> & A>): Handler<C>;
  /**
   * Wraps a view that says what it needs: what the middleware doesn't add is still needed.
   *
   * @typeParam V What the view needs.
   * @param view The view.
   * @returns The view with the middleware around it.
   */
  <V extends Context>(
    view: Handler<V> & (A extends Pick<V, keyof A & keyof V> ? unknown : never),
  ): Handler<Context & N & Omit<V, keyof Context | keyof A>>;
}

function runOf(context: Context): Run {
  const run = RequestContext.runOf(context);
  if (run !== undefined) return run;
  throw new TypeError(
    "Cannot call the view as this is no pipeline's context: add to it with extend(context, { … }), not by spreading it",
  );
}
