/**
 * How layers are run: each by itself, or those in steps that stand next to each other in one loop.
 *
 * @module
 */

import { type Awaitable, chain } from "./awaitable.ts";
import type { Context } from "./context.ts";
import type { Guard } from "./guard.ts";
import { type Call, type Guarded, guardedIn, GuardedLayer } from "./guarded.ts";
import type { Handler } from "./handler.ts";
import type { Hooks } from "./hooks.ts";
import { RequestContext } from "./request_context.ts";
import { NOT_LEFT, type Run } from "./run.ts";
import type { SteppedLayer, Steps } from "./steps.ts";

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

/** The layers of a row, outermost first, and what is inside them. */
interface Row {
  readonly members: readonly Member[];
  readonly inside: Guarded;
  /** Whether that is a handler that somebody has put in between: what it throws is the innermost layer's own, which isn't left then. */
  readonly isForeign: boolean;
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
  const below = rowIn(stepped.next);
  const members = [memberOf(stepped.steps, around), ...below?.members ?? []];
  const guarded = below?.inside ?? guardedIn(stepped.next);
  const row: Row = {
    members,
    inside: guarded ?? new GuardedLayer(stepped.next, around),
    isForeign: below?.isForeign ?? guarded === undefined,
  };
  return Object.assign(rowHandler(row, leaveAsIs), { [ROW]: row });
}

/**
 * Ends a pipeline whose outermost layers are a row: what is to be done with the response in the end is done where the row is left, without another promise.
 *
 * @param handler The outermost handler.
 * @param end What is to be done.
 * @returns The handler of the whole pipeline; `undefined` if its outermost layer is no row.
 * @internal
 */
export function endRow(handler: Handler, end: End): Handler | undefined {
  const row = rowIn(handler);
  return row && rowHandler(row, end);
}

/** Does something with a response that has left the row. It doesn't throw. */
export type End = (response: Response, request: Request, context: Context, run: Run) => Awaitable<Response>;

const leaveAsIs: End = (response) => response;

function rowIn(handler: Handler): Row | undefined {
  return (handler as Handler & { [ROW]?: Row })[ROW];
}

const ROW = Symbol("row");

function rowHandler({ members, inside, isForeign }: Row, end: End): Handler {
  const hooks = members.map(({ hooks }) => hooks).filter((hooks) => hooks !== undefined);
  const last = members.length - 1;
  const outermost = members[0]!.around;

  function leaveFrom(from: number, settled: Awaitable<Response>, call: Call): Awaitable<Response> {
    if (settled instanceof Promise) return settled.then((response) => leaveFrom(from, response, call));
    const { request, context, run } = call;
    const left = leave(members, from, settled, request, context, run);
    return left instanceof Promise
      ? left.then((response) => end(response, request, context, run))
      : end(left, request, context, run);
  }

  const settle = (answer: Response, call: Call) => leaveFrom(last, inside.settle(answer, call), call);
  const rescue = (error: unknown, call: Call) =>
    leaveFrom(isForeign ? last - 1 : last, inside.rescue(error, call), call);

  return (request, context) => {
    const run = RequestContext.runOf(context) ?? outermost.refuseContext();
    const early = enter(members, request, context, run);
    if (early !== undefined) return chain(early, (response) => end(response, request, context, run));
    // Who comes here once more has its hooks from the first time.
    if (hooks.length > 0 && !run.viewRuns) run.hooks = run.hooks === undefined ? hooks : [...run.hooks, ...hooks];
    const call = inside.prepare(request, context, run);
    let answer: Awaitable<Response>;
    try {
      answer = inside.call(call);
    } catch (error) {
      return rescue(error, call);
    }
    if (!(answer instanceof Promise)) return settle(answer, call);
    return answer.then((response) => settle(response, call), (error) => rescue(error, call));
  };
}

/** Enters one layer after the other. A response is what has been made of that of a layer which has answered itself, or thrown. */
function enter(
  members: readonly Member[],
  request: Request,
  context: Context,
  run: Run,
): Awaitable<Response> | undefined {
  // What a layer makes later, it makes of the request that came; where somebody has put another one in its place, it has to see that.
  const isOther = request !== run.request;
  if (run.left <= members[0]!.index) beginAnew(members[0]!.index, run);
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

/** A layer outside has called `next` once more: what layers have kept of the first time went with the response of that. */
function beginAnew(from: number, run: Run): void {
  run.left = NOT_LEFT;
  run.states?.fill(undefined, from);
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
