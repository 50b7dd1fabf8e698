/**
 * The pipeline: layers around a view.
 *
 * @module
 */

import { KeyRing } from "../cookies/key_ring.ts";
import { type Awaitable, chain } from "./awaitable.ts";
import { callView } from "./call_view.ts";
import type { Context } from "./context.ts";
import { describeApp } from "./describe_layer.ts";
import {
  checkErrorHandlers,
  type ErrorHandlers,
  type ErrorPages,
  type Place,
  respondToError,
} from "./error_response.ts";
import type { EventListener } from "./events.ts";
import { type FormLimits, resolveFormLimits } from "./form.ts";
import type { Handler, Middleware } from "./handler.ts";
import { Guard } from "./guard.ts";
import { LazyLayers } from "./lazy_context.ts";
import { guardedHandler, GuardedLayer, GuardedView } from "./guarded.ts";
import { type End, endRow, guardRow } from "./run_layers.ts";
import { stepsOf } from "./steps.ts";
import { RequestContext } from "./request_context.ts";
import type { AppState, Run } from "./run.ts";
import { type ProxyOptions, TrustedProxies } from "./trusted_proxies.ts";

/** Options of {@linkcode pipeline}. */
export interface PipelineOptions {
  /**
   * The keys for signing and sealing. The first writes, all read: to change the key, put the new one in front and drop the old one when what it
   * signed has expired. Without keys whatever signs refuses at construction.
   */
  keys?: readonly string[] | KeyRing;
  /**
   * Shows errors with their stack, the pipeline and the request. Never where visitors are.
   *
   * @default {false}
   */
  debug?: boolean;
  /** Which proxies to believe about the visitor's address, scheme and host. None by default. */
  proxies?: ProxyOptions;
  /** How much a form may hold. */
  form?: FormLimits;
  /** Answers for errors, by status. */
  errors?: ErrorHandlers;
  /** Hears of events. Without it an unexpected exception goes to standard error, and everything else is silent. */
  onEvent?: EventListener;
  /**
   * Makes the page of a {@linkcode TemplateResponse} that names its template: a string, `Html`, bytes or a stream, or a promise of one. A template that is a
   * function needs none.
   */
  render?: (template: string, data: Record<string, unknown>, context: Context) => unknown;
}

/** A finished application: a function for `Deno.serve`, with the `fetch` that `deno serve` looks for. */
export interface App {
  /**
   * Answers a request. It doesn't throw.
   *
   * @param request The request.
   * @param info What `Deno.serve` says of the connection; without it the request counts as coming from this machine.
   * @returns The response; a promise only if something was awaited.
   */
  (request: Request, info?: Deno.ServeHandlerInfo): Response | Promise<Response>;
  /** The same, under the name `deno serve` and `export default` expect. */
  readonly fetch: (request: Request, info?: Deno.ServeHandlerInfo) => Response | Promise<Response>;
}

/** The compiler's message where the order is wrong, or where something has the right name and the wrong type. */
export type MissingMiddleware<N, C> = [Exclude<keyof N, keyof C>] extends [never] ? `what "${{
    [K in keyof N & keyof C & string]: C[K] extends N[K] ? never : K;
  }[keyof N & keyof C & string]}" is before this middleware has another type than it needs`
  : `put the middleware that adds "${Exclude<keyof N, keyof C> & string}" before this one`;

/**
 * Layers, being put together. It is never changed: `use` gives a new one, so two applications can share a base.
 *
 * @typeParam C What is on the context so far.
 */
export interface Pipeline<C extends Context = Context> {
  /**
   * Adds a layer inside those there are.
   *
   * What the middleware needs must have been added before, or the program doesn't compile. A middleware written on the spot
   * needs no types: `use((next) => (request, context) => next(request, context))`; one that adds something says what: `use<{ user: User }>(…)`.
   *
   * @typeParam A What the middleware adds.
   * @typeParam N What it needs.
   * @param middleware The middleware.
   * @returns A pipeline with one more layer.
   */
  use<A = unknown, N = C>(
    middleware: Middleware<N, A> & (C extends N ? unknown : MissingMiddleware<N, C>),
  ): Pipeline<C & A>;
  /**
   * Puts the view in the middle and builds the layers around it, from the inside out.
   *
   * @param view The view, a table of {@linkcode routes}, or any other `(request, info) => Response`.
   * @returns The application.
   * @throws {TypeError} If a middleware refuses its place or its options.
   */
  handle(view: Handler<C>): App;
}

/**
 * Begins a pipeline.
 *
 * @param options Keys, proxies, limits, how errors are shown.
 * @returns A pipeline without layers.
 * @throws {TypeError} If an option can't be used.
 * @throws {RangeError} If a key is too short or a limit no number.
 *
 * @example
 * ```ts
 * import { extend, pipeline } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline()
 *   .use<{ user: string }>((next) => (request, context) => next(request, extend(context, { user: "Ada" })))
 *   .handle((_request, context) => new Response(`Hello ${context.user}`));
 *
 * const response = await app(new Request("http://localhost/")); // or Deno.serve(app), or export default app
 * assertEquals(await response.text(), "Hello Ada");
 * ```
 */
export function pipeline(options: PipelineOptions = {}): Pipeline {
  const { keys, debug = false, errors = {}, onEvent, render, proxies, form } = options;
  // A text from the environment would be taken for true, be it "false".
  if (typeof debug !== "boolean") {
    throw new TypeError(`Cannot create pipeline as debug must be true or false: received ${typeof debug}`);
  }
  for (const [name, value] of Object.entries({ onEvent, render })) {
    if (value === undefined || typeof value === "function") continue;
    throw new TypeError(`Cannot create pipeline as ${name} must be a function: received ${typeof value}`);
  }
  const state: AppState = Object.freeze({
    keys: keys === undefined || keys instanceof KeyRing ? keys : new KeyRing(keys),
    debug,
    trustsProxies: proxies !== undefined,
    onEvent,
    render,
    proxies: proxies === undefined ? undefined : new TrustedProxies(proxies),
    form: resolveFormLimits(form),
  });
  return extendPipeline([], state, checkErrorHandlers(errors));
}

function extendPipeline<C extends Context>(
  layers: readonly Middleware[],
  state: AppState,
  handlers: ErrorHandlers,
): Pipeline<C> {
  return Object.freeze({
    use(middleware: unknown): Pipeline<never> {
      if (typeof middleware !== "function") {
        throw new TypeError(
          `Cannot use a middleware that is ${typeof middleware}: pass the function that sessions() and the like return`,
        );
      }
      return extendPipeline([...layers, middleware as Middleware], state, handlers);
    },
    handle: (view: Handler<C>): App => build(layers, view as Handler, state, handlers),
  });
}

function build(layers: readonly Middleware[], view: Handler, state: AppState, handlers: ErrorHandlers): App {
  if (typeof view !== "function") {
    throw new TypeError(`Cannot handle requests with a view that is ${typeof view}: pass a function`);
  }
  const pages: ErrorPages = { handlers, debug: state.debug, layers: [] };
  const lazy = new LazyLayers();
  const guardOf = (name: string, index: number): Guard => {
    pages.layers[index] = name;
    return new Guard({ name, index }, pages);
  };
  const aroundView = guardOf("view", layers.length);
  // Where there is no layer, nobody writes headers but the kernel, in the end.
  const isBare = layers.length === 0;
  let handler: Handler = isBare
    ? (request, context) => callView(view, request, context, RequestContext.runOf(context)!)
    : guardedHandler(new GuardedView(view, aroundView), aroundView);
  for (let index = layers.length - 1; index >= 0; index--) {
    const middleware = layers[index]!;
    const layer = middleware(handler, state);
    if (typeof layer !== "function") {
      throw new TypeError(`The middleware "${middleware.name}" must return a handler: received ${typeof layer}`);
    }
    const around = guardOf(layer.name || middleware.name || "anonymous", index);
    const stepped = stepsOf(layer);
    handler = stepped !== undefined && lazy.take(stepped.steps, around)
      ? guardRow(stepped, around)
      : guardedHandler(new GuardedLayer(layer, around), around);
  }
  const PipelineContext = lazy.contextClass;

  function rescue(error: unknown, request: Request, context: Context, run: Run): Awaitable<Response> {
    return respondToError(error, OUTSIDE, request, context, run, pages);
  }

  const finish: End = (response, request, context, run) => {
    if (isBare && response !== run.writable && (run.cookies !== undefined || response.type === "error")) {
      return chain(aroundView.settle(response, request, context, run), (own) => finish(own, request, context, run));
    }
    try {
      return run.finish(response);
    } catch (error) {
      return rescue(error, request, context, run);
    }
  };

  /** A handler that is guarded has made a response of the error itself. */
  function giveUp(error: unknown, request: Request, context: RequestContext): Awaitable<Response> {
    const run = RequestContext.runOf(context)!;
    if (!isBare) return rescue(error, request, context, run);
    return chain(aroundView.rescue(error, request, context, run), (answer) => finish(answer, request, context, run));
  }

  const row = endRow(handler, finish);

  function app(request: Request, info?: Deno.ServeHandlerInfo): Awaitable<Response> {
    const context = new PipelineContext(request, info, state);
    if (row !== undefined) return row(request, context);
    let answer: Awaitable<Response>;
    try {
      answer = handler(request, context);
    } catch (error) {
      return giveUp(error, request, context);
    }
    const run = RequestContext.runOf(context)!;
    if (!(answer instanceof Promise)) return finish(answer, request, context, run);
    return answer.then(
      (response) => finish(response, request, context, run),
      (error) => giveUp(error, request, context),
    );
  }
  return describeApp(Object.assign(app, { fetch: app }), layers, state);
}

const OUTSIDE: Place = { name: "pipeline", index: -1 };
