/**
 * What stands between two layers: errors become responses, and headers can be written.
 *
 * @module
 */

import { type Awaitable, chain } from "./awaitable.ts";
import type { Context } from "./context.ts";
import type { ErrorPages, Place } from "./error_response.ts";
import { Guard } from "./guard.ts";
import type { Handler } from "./handler.ts";
import { RequestContext } from "./request_context.ts";
import type { Run } from "./run.ts";
import { stepsOf, type SteppedLayer } from "./steps.ts";

/**
 * Guards a layer: whoever calls what comes back always gets a response, and can write its headers. (Django's
 * `convert_exception_to_response`, which wraps the view and every middleware.)
 *
 * A layer that answers at once is guarded without a promise, and layers in two steps that stand in a row are run in one loop: what each of them answers, or throws,
 * is still its own.
 *
 * @param layer The handler of the layer.
 * @param place Which layer it is.
 * @param pages How errors are shown.
 * @returns The guarded handler.
 * @internal
 */
export function guard(layer: Handler, place: Place, pages: ErrorPages): Handler {
  const around = new Guard(place, pages);
  const stepped = stepsOf(layer);
  return stepped === undefined ? guardCall(layer, around) : guardRow(stepped, around);
}

function guardCall(layer: Handler, around: Guard): Handler {
  return (request, context) => {
    const run = RequestContext.runOf(context) ?? around.refuseContext();
    let answer: Awaitable<Response>;
    try {
      answer = layer(request, context);
    } catch (error) {
      return around.rescue(error, request, context, run);
    }
    if (!(answer instanceof Promise)) return around.settle(answer, request, context, run);
    return answer.then(
      (response) => around.settle(response, request, context, run),
      (error) => around.rescue(error, request, context, run),
    );
  };
}

/** One layer of a row. */
interface Member extends SteppedLayer {
  readonly around: Guard;
}

/** Layers in two steps that stand in a row, outermost first, and the handler inside them. */
interface Row {
  readonly members: readonly Member[];
  readonly inner: Handler;
}

function guardRow(stepped: SteppedLayer, around: Guard): Handler {
  const below = (stepped.next as Handler & { [ROW]?: Row })[ROW];
  const members = [{ ...stepped, around }, ...below?.members ?? []];
  const inner = below?.inner ?? stepped.next;
  const row: Handler = (request, context) => {
    const run = RequestContext.runOf(context) ?? around.refuseContext();
    const states: unknown[] = [];
    let at = 0;
    let answer: Awaitable<Response> | undefined;
    try {
      for (; answer === undefined && at < members.length; at++) {
        const state = members[at]!.steps.enter(request, context);
        if (state instanceof Response) answer = members[at]!.around.settle(state, request, context, run);
        states.push(state);
      }
    } catch (error) {
      answer = members[at++]!.around.rescue(error, request, context, run);
    }
    // Who has answered itself doesn't leave.
    const last = answer === undefined ? at - 1 : at - 2;
    const leaving: Leaving = { members, states, request, context, run };
    // A handler of the pipeline is guarded itself, but somebody may have put one of their own in between.
    const giveUp = (error: unknown) => {
      const rescued = members[last]!.around.rescue(error, request, context, run);
      return chain(rescued, (response) => leave(leaving, response, last - 1));
    };
    try {
      answer ??= inner(request, context);
    } catch (error) {
      return giveUp(error);
    }
    if (!(answer instanceof Promise)) return leave(leaving, answer, last);
    return answer.then((response) => leave(leaving, response, last), giveUp);
  };
  return Object.assign(row, { [ROW]: { members, inner } satisfies Row });
}

const ROW = Symbol("row");

/** A row whose layers are being left. */
interface Leaving {
  readonly members: readonly Member[];
  readonly states: readonly unknown[];
  readonly request: Request;
  readonly context: Context;
  readonly run: Run;
}

function leave(leaving: Leaving, response: Response, from: number): Awaitable<Response> {
  const { members, states, request, context, run } = leaving;
  for (let at = from; at >= 0; at--) {
    const { steps, around } = members[at]!;
    let left: Awaitable<Response>;
    try {
      left = steps.leave(response, states[at], request, context);
    } catch (error) {
      left = around.rescue(error, request, context, run);
    }
    if (left instanceof Promise) {
      return left.then(
        (response) => around.settle(response, request, context, run),
        (error) => around.rescue(error, request, context, run),
      ).then((response) => leave(leaving, response, at - 1));
    }
    const settled = around.settle(left, request, context, run);
    if (settled instanceof Promise) return settled.then((response) => leave(leaving, response, at - 1));
    response = settled;
  }
  return response;
}
