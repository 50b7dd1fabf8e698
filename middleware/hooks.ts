/**
 * Hooks: what a middleware does around the view rather than around the request.
 *
 * @module
 */

import type { Awaitable } from "./awaitable.ts";
import type { Context } from "./context.ts";
import type { Handler } from "./handler.ts";
import { RequestContext } from "./request_context.ts";
import type { TemplateResponse } from "./template_response.ts";

/** What a hook may answer: a response, or nothing to go on. */
export type HookAnswer = Awaitable<Response | undefined | void>;

/**
 * The hooks of Django's class-based middleware, with Django's order. `processView` runs from the outermost layer inwards, the
 * others from the innermost outwards.
 *
 * @typeParam C The context of the layer that adds them.
 */
export interface Hooks<C extends Context = Context> {
  /**
   * The view is known and about to be called. `view` carries its marks ({@linkcode hasMark}). A response answers instead: neither
   * the remaining `processView` hooks nor the view run, the hooks for template responses do. An exception here is not offered
   * to `processException`.
   */
  readonly processView?: (request: Request, context: C, view: Handler) => HookAnswer;
  /**
   * The view, or the rendering of its template, threw. A response ends the matter; nothing leaves it to the next hook
   * outwards, and at last to the error page. It is not offered what a middleware throws, nor the 404 of a table of routes.
   */
  readonly processException?: (request: Request, context: C, error: unknown) => HookAnswer;
  /** The view (or a `processView`) answered with a template not yet rendered. Give it back, changed or replaced. */
  readonly processTemplateResponse?: (
    request: Request,
    context: C,
    response: TemplateResponse,
  ) => Awaitable<TemplateResponse>;
  /** A context processor: data for every template this request renders. The view's own data wins. */
  readonly templateData?: (request: Request, context: C) => Awaitable<Readonly<Record<string, unknown>>>;
  /** Facts for the debug page, by heading; never a secret. */
  readonly debugFacts?: (request: Request, context: C) => Readonly<Record<string, readonly string[]>>;
}

/**
 * Adds hooks to the request a layer has just been called with. They count for this request only, so a layer that isn't reached, or
 * that decides against it, has none, and a middleware without hooks costs nothing.
 *
 * @typeParam C The context of the layer.
 * @param context The context the layer was called with.
 * @param hooks The hooks; make the object once, at set-up, not for each request.
 * @throws {TypeError} If the view is running already (a middleware with hooks that wraps a single view goes through {@linkcode perView}), or
 * the context is a copy.
 *
 * @example A middleware that answers for a view which throws
 * ```ts
 * import { addHooks, type Hooks, type Middleware, pipeline } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const apology: Middleware = (next) => {
 *   const hooks: Hooks = { processException: () => new Response("Sorry", { status: 503 }) };
 *   return function apology(request, context) {
 *     addHooks(context, hooks);
 *     return next(request, context);
 *   };
 * };
 *
 * const app = pipeline().use(apology).handle(() => {
 *   throw new Error("out of stock");
 * });
 *
 * assertEquals((await app(new Request("http://localhost/"))).status, 503);
 * ```
 */
export function addHooks<C extends Context>(context: C, hooks: Hooks<C>): void {
  const run = RequestContext.runOf(context);
  if (run === undefined) {
    throw new TypeError("Cannot add hooks as this is no pipeline's context: pass the one the layer was called with");
  }
  run.addHooks(hooks as unknown as Hooks);
}
