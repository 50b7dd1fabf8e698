/**
 * The two types everything is made of: a handler, and a function from handler to handler.
 *
 * @module
 */

import type { AppInfo, Context } from "./context.ts";

/**
 * Answers a request. A view is a handler, a middleware returns one, and what {@linkcode pipeline} builds is one.
 *
 * It is the handler of `Deno.serve` with a context that has grown: `remoteAddr` and `completed` are where Deno puts
 * them, so a plain `(request, info) => Response` is a handler too. It may answer with a response or a promise of one;
 * where no layer awaits anything, nothing is awaited.
 *
 * @typeParam C What the handler needs on its context.
 */
export type Handler<C extends Context = Context> = (request: Request, context: C) => Response | Promise<Response>;

/**
 * Wraps a handler: takes the next one in, does its set-up once, gives a handler back. (Django's middleware factory.)
 *
 * The returned handler may act before it calls `next`, after it, or not call it at all. `next` never throws or
 * rejects: an error inside has become a response already, so a layer outside always has one to add its headers to.
 * What a layer adds to the context goes through {@linkcode extend}. Return a *named* function, so that stack traces
 * and the debug page read like the pipeline.
 *
 * @typeParam Needs What must be on the context before this middleware; the compiler checks the order by it.
 * @typeParam Adds What it puts on the context for those after it.
 */
export interface Middleware<Needs = unknown, Adds = unknown> {
  /**
   * Builds the layer. Called once for each pipeline, from the innermost layer outwards.
   *
   * @param next The handler inside this layer.
   * @param app What the pipeline was told, for checks at construction; absent where a middleware wraps a view by hand.
   * @returns The handler of this layer.
   */
  (next: Handler<Context & Needs & Adds>, app?: AppInfo): Handler<Context & Needs>;
}
