/**
 * How layers are run: each by itself, or those in steps that stand next to each other in one loop.
 *
 * @module
 */

import { type Awaitable, chain } from "./awaitable.ts";
import type { Context } from "./context.ts";
import type { Guard } from "./guard.ts";
import type { Handler } from "./handler.ts";
import type { Hooks } from "./hooks.ts";
import { RequestContext } from "./request_context.ts";
import type { Run } from "./run.ts";
import type { SteppedLayer } from "./steps.ts";

/**
 * Guards a layer: whoever calls what comes back always gets a response, and can write its headers. (Django's
 * `convert_exception_to_response`, which wraps the view and every middleware.)
 *
 * @param layer The handler of the layer.
 * @param around What guards it.
 * @returns The guarded handler.
 * @internal
 */
export function guardCall(layer: Handler, around: Guard): Handler {
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

/** The layers of a row, outermost first, and the handler inside them. */
interface Row {
  readonly members: readonly Member[];
  readonly inner: Handler;
}

/**
 * Puts a layer before the row that is inside it, or begins one. What each layer answers, or throws, is its own, as if it stood alone.
 *
 * @param stepped The layer.
 * @param around What guards it.
 * @returns The guarded handler of the whole row.
 * @internal
 */
export function guardRow(stepped: SteppedLayer, around: Guard): Handler {
  const below = (stepped.next as Handler & { [ROW]?: Row })[ROW];
  const members = [{ ...stepped, around }, ...below?.members ?? []];
  const inner = below?.inner ?? stepped.next;
  const hooks = members.map(({ steps }) => steps.hooks).filter((hooks) => hooks !== undefined);
  const row: Handler = (request, context) => {
    const run = RequestContext.runOf(context) ?? around.refuseContext();
    const early = enter(members, request, context, run);
    if (early !== undefined) return early;
    if (hooks.length > 0) run.hooks = run.hooks === undefined ? hooks : [...run.hooks, ...hooks];
    const last = members.length - 1;
    let answer: Awaitable<Response>;
    try {
      answer = inner(request, context);
    } catch (error) {
      return giveUp(members, error, request, context, run);
    }
    if (!(answer instanceof Promise)) return leave(members, last, answer, request, context, run);
    return answer.then(
      (response) => leave(members, last, response, request, context, run),
      (error) => giveUp(members, error, request, context, run),
    );
  };
  return Object.assign(row, { [ROW]: { members, inner } satisfies Row });
}

const ROW = Symbol("row");

/** Enters one layer after the other. A response is what has been made of that of a layer which has answered itself, or thrown. */
function enter(
  members: readonly Member[],
  request: Request,
  context: Context,
  run: Run,
): Awaitable<Response> | undefined {
  // What a layer makes later, it makes of the request that came; where somebody has put another one in its place, it has to see that.
  const isOther = request !== run.request;
  for (let at = 0; at < members.length; at++) {
    const { steps, around } = members[at]!;
    run.entered = around.index + 1;
    for (const name of around.reclaims) delete (context as unknown as Record<PropertyKey, unknown>)[name];
    let answer: Awaitable<Response> | undefined;
    try {
      if (steps.begin !== undefined && (isOther || steps.isEager)) {
        (run.states ??= [])[around.index] = steps.begin(request, context, false);
      }
      const early = steps.enter?.(request, context);
      if (early === undefined) continue;
      answer = around.settle(early, request, context, run);
    } catch (error) {
      answer = around.rescue(error, request, context, run);
    }
    addHooksUpTo(members, at, run);
    return chain(answer, (response) => leave(members, at - 1, response, request, context, run));
  }
  return undefined;
}

/** For the page of an error: its template gets what the layers outside have to give. */
function addHooksUpTo(members: readonly Member[], at: number, run: Run): void {
  const hooks: Hooks[] = members.slice(0, at).flatMap(({ steps }) => steps.hooks ?? []);
  run.hooks = [...run.hooks ?? [], ...hooks];
}

/** A handler of the pipeline is guarded itself, but somebody may have put one of their own in between. */
function giveUp(
  members: readonly Member[],
  error: unknown,
  request: Request,
  context: Context,
  run: Run,
): Awaitable<Response> {
  const answer = members.at(-1)!.around.rescue(error, request, context, run);
  return chain(answer, (response) => leave(members, members.length - 2, response, request, context, run));
}

function leave(
  members: readonly Member[],
  from: number,
  response: Response,
  request: Request,
  context: Context,
  run: Run,
): Awaitable<Response> {
  for (let at = from; at >= 0; at--) {
    const { steps, around } = members[at]!;
    let left: Awaitable<Response>;
    try {
      left = steps.leave(response, run.states?.[around.index], request, context);
    } catch (error) {
      left = around.rescue(error, request, context, run);
    }
    run.left = around.index;
    if (left instanceof Promise) {
      return left.then(
        (response) => around.settle(response, request, context, run),
        (error) => around.rescue(error, request, context, run),
      ).then((response) => leave(members, at - 1, response, request, context, run));
    }
    const settled = around.settle(left, request, context, run);
    if (settled instanceof Promise) {
      return settled.then((response) => leave(members, at - 1, response, request, context, run));
    }
    response = settled;
  }
  return response;
}
