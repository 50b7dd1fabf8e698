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
import type { SteppedLayer, Steps } from "./steps.ts";

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
  const guarded: Handler = (request, context) => {
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
  return Object.assign(guarded, { [GUARDED]: { layer, around } satisfies Guarded });
}

/** A layer, and what guards it. A row guards what is inside it in its own steps, which saves a promise. */
interface Guarded {
  readonly layer: Handler;
  readonly around: Guard;
}

const GUARDED = Symbol("guarded");

/** One layer of a row. All have the same shape, whatever their steps are, which makes the loops over them fast. */
interface Member {
  readonly around: Guard;
  readonly index: number;
  // deno-lint-ignore no-explicit-any -- what each layer keeps is its own
  readonly begin: Steps<any>["begin"];
  readonly isEager: boolean;
  readonly enter: Steps["enter"];
  // deno-lint-ignore no-explicit-any -- as above
  readonly leave: Steps<any>["leave"];
  readonly hooks: Hooks | undefined;
}

function memberOf({ begin, isEager = false, enter, leave, hooks }: SteppedLayer["steps"], around: Guard): Member {
  return { around, index: around.index, begin, isEager, enter, leave, hooks };
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
  const members = [memberOf(stepped.steps, around), ...below?.members ?? []];
  const inner = below?.inner ?? stepped.next;
  // Somebody may have put a handler of their own in between, that nobody guards. What it throws is the innermost layer's.
  const { layer, around: within } = (inner as Handler & { [GUARDED]?: Guarded })[GUARDED] ?? { layer: inner };
  const hooks = members.map(({ hooks }) => hooks).filter((hooks) => hooks !== undefined);
  const last = members.length - 1;
  const settle = (answer: Response, request: Request, context: Context, run: Run): Awaitable<Response> => {
    const response = within === undefined ? answer : within.settle(answer, request, context, run);
    return chain(response, (response) => leave(members, last, response, request, context, run));
  };
  const rescue = (error: unknown, request: Request, context: Context, run: Run): Awaitable<Response> => {
    const response = (within ?? members[last]!.around).rescue(error, request, context, run);
    const from = within === undefined ? last - 1 : last;
    return chain(response, (response) => leave(members, from, response, request, context, run));
  };
  const row: Handler = (request, context) => {
    const run = RequestContext.runOf(context) ?? around.refuseContext();
    const early = enter(members, request, context, run);
    if (early !== undefined) return early;
    if (hooks.length > 0) run.hooks = run.hooks === undefined ? hooks : [...run.hooks, ...hooks];
    let answer: Awaitable<Response>;
    try {
      answer = layer(request, context);
    } catch (error) {
      return rescue(error, request, context, run);
    }
    if (!(answer instanceof Promise)) return settle(answer, request, context, run);
    return answer.then(
      (response) => settle(response, request, context, run),
      (error) => rescue(error, request, context, run),
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
    const { around, index, begin, isEager, enter } = members[at]!;
    run.entered = index + 1;
    if (around.reclaims.length > 0) reclaim(around.reclaims, context);
    let answer: Awaitable<Response> | undefined;
    try {
      if ((isOther || isEager) && begin !== undefined) (run.states ??= [])[index] = begin(request, context, false);
      if (enter === undefined) continue;
      const early = enter(request, context);
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

/** Takes what a layer outside has put on the context itself away again, so that the getters of this layer are seen. */
function reclaim(names: readonly PropertyKey[], context: Context): void {
  for (const name of names) delete (context as unknown as Record<PropertyKey, unknown>)[name];
}

/** For the page of an error: its template gets what the layers outside have to give. */
function addHooksUpTo(members: readonly Member[], at: number, run: Run): void {
  const hooks: Hooks[] = members.slice(0, at).flatMap(({ hooks }) => hooks ?? []);
  run.hooks = [...run.hooks ?? [], ...hooks];
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
    const { around, index, leave: leaveLayer } = members[at]!;
    let left: Awaitable<Response>;
    try {
      left = leaveLayer(response, run.states?.[index], request, context);
    } catch (error) {
      left = around.rescue(error, request, context, run);
    }
    run.left = index;
    // What a layer has passed on is as it should be.
    if (left === response && response === run.writable) continue;
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
