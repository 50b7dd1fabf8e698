/**
 * Layers that say what they do in parts, so that the kernel can run a row of them at once and make nothing that nobody asks for.
 *
 * @module
 */

import { type Awaitable, chain } from "./awaitable.ts";
import type { Context } from "./context.ts";
import { extendWithValues } from "./extend_with_values.ts";
import type { Handler } from "./handler.ts";
import { addHooks, type Hooks } from "./hooks.ts";

/**
 * What a layer does, in parts.
 *
 * @typeParam S What it keeps of a request.
 */
export interface Steps<S = undefined> {
  /** The layer's name, for stack traces and the debug page. */
  readonly name: string;
  /**
   * Makes what the layer keeps of a request: when something of it is asked for, or at once if `isEager`.
   *
   * @param request The request, as the layer was given it.
   * @param context Its context.
   * @param left Whether the response has left the layer already, so that nothing can be kept any more.
   */
  readonly begin?: (request: Request, context: Context, left: boolean) => S;
  /** Whether it has to be made when the request comes. */
  readonly isEager?: boolean;
  /** What the layer puts on the context, by name, out of what it keeps. */
  readonly adds?: { readonly [name: PropertyKey]: (state: S) => unknown };
  /** The hooks it adds. */
  // deno-lint-ignore no-explicit-any -- each layer's context is its own
  readonly hooks?: Hooks<any>;
  /** Acts before the layers inside. A response is answered instead of what is inside; the layer doesn't leave then. */
  readonly enter?: (request: Request, context: Context) => Response | undefined;
  /** Acts on the response of the layers inside, and passes it on or gives another. What is kept is `undefined` if nobody has asked for it. */
  readonly leave: (response: Response, state: S | undefined, request: Request, context: Context) => Awaitable<Response>;
}

/** A layer that was made of steps, and what is inside it. */
export interface SteppedLayer {
  /** What it does. */
  // deno-lint-ignore no-explicit-any -- what each layer keeps is its own
  readonly steps: Steps<any>;
  /** The handler inside. */
  readonly next: Handler;
}

/**
 * Makes a layer of steps. It is a handler like any other, which calls `next` in between; but the kernel also finds the steps, and runs those of layers that
 * stand next to each other in one loop. What that saves, and why it looks like this: docs/decisions/0014-layers-in-steps.md.
 *
 * @typeParam S What the layer keeps of a request.
 * @param next The handler inside.
 * @param steps What the layer does.
 * @returns The handler of the layer.
 * @internal
 */
// deno-lint-ignore no-explicit-any -- `next` wants what the steps add
export function inSteps<S>(next: Handler<any>, steps: Steps<S>): Handler {
  const layer: Handler = (request, context) => {
    const state = steps.begin?.(request, context, false);
    for (const name of Reflect.ownKeys(steps.adds ?? {})) {
      extendWithValues(context, { [name]: steps.adds![name]!(state as S) });
    }
    if (steps.hooks !== undefined) addHooks(context, steps.hooks);
    const answer = steps.enter?.(request, context);
    if (answer !== undefined) return answer;
    return chain(next(request, context), (response) => steps.leave(response, state, request, context));
  };
  Object.defineProperty(layer, "name", { value: steps.name });
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
