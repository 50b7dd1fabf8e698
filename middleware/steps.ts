/**
 * Layers that act before and after those inside, and say so: the kernel runs a row of them without a function or a promise for each.
 *
 * @module
 */

import { type Awaitable, chain } from "./awaitable.ts";
import type { Context } from "./context.ts";
import type { Handler } from "./handler.ts";

/**
 * What a layer does, in two steps.
 *
 * @typeParam C The context it is called with.
 * @typeParam S What it keeps of a request between the two.
 */
export interface Steps<C extends Context, S> {
  /** Acts before the layers inside. It gives what leaving needs, or a response that is answered instead of what is inside; then it doesn't leave. */
  readonly enter: (request: Request, context: C) => S | Response;
  /** Acts on the response of the layers inside, and passes it on or gives another. */
  readonly leave: (response: Response, state: S, request: Request, context: C) => Awaitable<Response>;
}

/** The steps of a layer, and what is inside it. */
export interface SteppedLayer {
  /** What it does. */
  // deno-lint-ignore no-explicit-any -- each layer's context and state are its own
  readonly steps: Steps<any, any>;
  /** The handler inside. */
  readonly next: Handler;
}

/**
 * Makes a layer of two steps. It is a handler like any other, which calls `next` between them; but the kernel also finds the steps, and runs those of layers that
 * stand next to each other in one loop. What that saves, and why it looks like this: docs/decisions/0014-layers-in-two-steps.md.
 *
 * @typeParam C The context the layer is called with.
 * @typeParam S What it keeps of a request between the two.
 * @param name The layer's name, for stack traces and the debug page.
 * @param next The handler inside.
 * @param steps What it does.
 * @returns The handler of the layer.
 * @internal
 */
// deno-lint-ignore no-explicit-any -- `next` wants what the middleware adds, and `enter` has added it
export function inSteps<C extends Context, S>(name: string, next: Handler<any>, steps: Steps<C, S>): Handler<C> {
  const layer: Handler<C> = (request, context) => {
    const state = steps.enter(request, context);
    if (state instanceof Response) return state;
    return chain(next(request, context), (response) => steps.leave(response, state, request, context));
  };
  Object.defineProperty(layer, "name", { value: name });
  return Object.assign(layer, { [STEPPED]: { steps, next } satisfies SteppedLayer });
}

/**
 * The steps of a layer.
 *
 * @param layer The handler of a layer.
 * @returns Its steps, if it was made by {@linkcode inSteps}.
 * @internal
 */
export function stepsOf(layer: Handler): SteppedLayer | undefined {
  return (layer as Handler & { [STEPPED]?: SteppedLayer })[STEPPED];
}

const STEPPED = Symbol("steps");
