/**
 * What layers add to the context, there by name and made when it is asked for.
 *
 * @module
 */

import type { Guard } from "./guard.ts";
import { RequestContext } from "./request_context.ts";
import type { Steps } from "./steps.ts";

/** The layers of a pipeline that are made of steps, while it is built from the inside outwards. */
export class LazyLayers {
  readonly #owners = new Map<PropertyKey, Guard>();
  #Context: typeof RequestContext | undefined;

  /** The class of the pipeline's contexts: one of its own, if there is something to add. */
  get contextClass(): typeof RequestContext {
    return this.#Context ?? RequestContext;
  }

  /**
   * Takes a layer in, outside those there are.
   *
   * A request that nobody asks for its session or its messages pays nothing for them, not even an object: what the layer adds is a getter of the class.
   *
   * @param steps What the layer does.
   * @param around What guards it.
   * @returns Whether it was taken. One that adds what a layer inside adds too has to put it on the context itself, when the request comes by.
   */
  // deno-lint-ignore no-explicit-any -- what each layer keeps is its own
  take(steps: Steps<any>, around: Guard): boolean {
    const names = Reflect.ownKeys(steps.adds ?? {});
    const rivals = names.filter((name) => this.#owners.has(name));
    for (const name of rivals) this.#owners.get(name)!.reclaims.push(name);
    if (rivals.length > 0) return false;
    for (const name of names) {
      this.#owners.set(name, around);
      this.#Context ??= class PipelineContext extends RequestContext {};
      Object.defineProperty(this.#Context.prototype, name, lazily(name, steps, around.index));
    }
    return true;
  }
}

// deno-lint-ignore no-explicit-any -- what each layer keeps is its own
function lazily(name: PropertyKey, steps: Steps<any>, index: number): PropertyDescriptor {
  const make = steps.adds![name]!;
  return {
    configurable: true,
    enumerable: true,
    get(this: RequestContext): unknown {
      const run = RequestContext.runOf(this)!;
      // A layer that was not reached has added nothing.
      if (index >= run.entered) return undefined;
      const states = run.states ??= [];
      return make(states[index] ??= steps.begin?.(run.request, this, index >= run.left));
    },
    // Whoever assigns to it, or extends the context by the name, puts something else in its place.
    set(this: RequestContext, value: unknown): void {
      Object.defineProperty(this, name, { value, configurable: true, enumerable: true, writable: true });
    },
  };
}
