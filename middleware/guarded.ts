/**
 * What is guarded, in the parts that stand before and after the wait for its answer.
 *
 * @module
 */

import type { Awaitable } from "./awaitable.ts";
import { ViewCall } from "./call_view.ts";
import type { Context } from "./context.ts";
import type { Guard } from "./guard.ts";
import type { Handler } from "./handler.ts";
import { RequestContext } from "./request_context.ts";
import type { Run } from "./run.ts";

/** One call of what is guarded. */
export interface Call {
  /** The request. */
  readonly request: Request;
  /** Its context. */
  readonly context: Context;
  /** The kernel's notes on it. */
  readonly run: Run;
}

/**
 * A layer or the view, guarded: whoever calls it always gets a response, and can write its headers. (Django's `convert_exception_to_response`, which
 * wraps the view and every middleware.)
 *
 * It is in three parts, so that a row of layers around it has to wait once for all of them: each promise on the way of a request is garbage, and collecting
 * that is dearer than what the layers do.
 *
 * @typeParam C What is remembered of one call.
 * @internal
 */
export interface Guarded<C extends Call = Call> {
  /** Prepares a call. */
  prepare(request: Request, context: Context, run: Run): C;
  /** Calls it. What it throws is for `rescue`. */
  call(call: C): Awaitable<Response>;
  /** Makes a response of its answer, or of what is wrong with that. */
  settle(answer: Response, call: C): Awaitable<Response>;
  /** Makes a response of what it has thrown. */
  rescue(error: unknown, call: C): Awaitable<Response>;
}

/** A layer with its guard. */
export class GuardedLayer implements Guarded {
  readonly #layer: Handler;
  readonly #around: Guard;

  /**
   * @param layer The layer.
   * @param around What guards it.
   */
  constructor(layer: Handler, around: Guard) {
    this.#layer = layer;
    this.#around = around;
  }

  /** Prepares a call. */
  prepare(request: Request, context: Context, run: Run): Call {
    return { request, context, run };
  }

  /** Calls the layer. */
  call({ request, context }: Call): Awaitable<Response> {
    return this.#layer(request, context);
  }

  /** Makes a response of its answer. */
  settle(answer: Response, { request, context, run }: Call): Awaitable<Response> {
    return this.#around.settle(answer, request, context, run);
  }

  /** Makes a response of what it has thrown. */
  rescue(error: unknown, { request, context, run }: Call): Awaitable<Response> {
    return this.#around.rescue(error, request, context, run);
  }
}

/** The view with its hooks and its guard. */
export class GuardedView implements Guarded<ViewCall> {
  readonly #view: Handler;
  readonly #around: Guard;

  /**
   * @param view The view, or a table of routes that knows it.
   * @param around What guards it.
   */
  constructor(view: Handler, around: Guard) {
    this.#view = view;
    this.#around = around;
  }

  /** Prepares a call. */
  prepare(request: Request, context: Context, run: Run): ViewCall {
    return new ViewCall(this.#view, request, context, run, 0);
  }

  /** Asks the hooks, and calls the view. */
  call(call: ViewCall): Awaitable<Response> {
    return call.enter();
  }

  /** Makes a response of its answer. */
  settle(answer: Response, call: ViewCall): Awaitable<Response> {
    try {
      return this.#pass(call.leave(answer), call);
    } catch (error) {
      return this.#give(error, call);
    }
  }

  /** Makes a response of what it has thrown. */
  rescue(error: unknown, call: ViewCall): Awaitable<Response> {
    try {
      return this.#pass(call.fail(error), call);
    } catch (error) {
      return this.#give(error, call);
    }
  }

  #pass(response: Awaitable<Response>, call: ViewCall): Awaitable<Response> {
    const { request, context, run } = call;
    if (!(response instanceof Promise)) return this.#around.settle(response, request, context, run);
    return response.then(
      (response) => this.#around.settle(response, request, context, run),
      (error) => this.#give(error, call),
    );
  }

  #give(error: unknown, { request, context, run }: ViewCall): Awaitable<Response> {
    return this.#around.rescue(error, request, context, run);
  }
}

/**
 * Makes a handler of what is guarded, that a layer outside can call.
 *
 * @param guarded What is guarded.
 * @param around Its guard.
 * @returns The handler.
 * @internal
 */
export function guardedHandler<C extends Call>(guarded: Guarded<C>, around: Guard): Handler {
  const handler: Handler = (request, context) => {
    const call = guarded.prepare(request, context, RequestContext.runOf(context) ?? around.refuseContext());
    let answer: Awaitable<Response>;
    try {
      answer = guarded.call(call);
    } catch (error) {
      return guarded.rescue(error, call);
    }
    if (!(answer instanceof Promise)) return guarded.settle(answer, call);
    return answer.then((response) => guarded.settle(response, call), (error) => guarded.rescue(error, call));
  };
  return Object.assign(handler, { [GUARDED]: guarded });
}

/**
 * What is guarded in a handler.
 *
 * @param handler The handler.
 * @returns What {@linkcode guardedHandler} was given, if it has made it.
 * @internal
 */
export function guardedIn(handler: Handler): Guarded | undefined {
  return (handler as Handler & { [GUARDED]?: Guarded })[GUARDED];
}

const GUARDED = Symbol("guarded");
