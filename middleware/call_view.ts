/**
 * The innermost step: find the view, run the hooks around it, render its template.
 *
 * @module
 */

import { attempt, type Awaitable, chain } from "./awaitable.ts";
import type { Context } from "./context.ts";
import type { Handler } from "./handler.ts";
import type { Hooks } from "./hooks.ts";
import { render } from "./render.ts";
import { findView, isRouteTable } from "./routes.ts";
import type { Run } from "./run.ts";
import { TemplateResponse } from "./template_response.ts";

/**
 * Calls the view, with the hooks that layers have added.
 *
 * @param view The view, or a table of routes that knows it.
 * @param request The request.
 * @param context The request's context.
 * @param run The kernel's notes on the request.
 * @param from The first of the hooks whose `processView` and `processException` are still to be asked.
 * @returns The response, rendered.
 * @internal
 */
export function callView(
  view: Handler,
  request: Request,
  context: Context,
  run: Run,
  from = 0,
): Awaitable<Response> {
  if (isRouteTable(view)) view = findView(view, request, context);
  run.viewRuns = true;
  const { hooks } = run;
  if (hooks !== undefined) {
    const call: Call = { view, request, context, run, hooks, from };
    const early = processView(call, from);
    return early instanceof Promise ? early.then((response) => proceed(call, response)) : proceed(call, early);
  }
  const answer = view(request, context);
  return answer instanceof Promise
    ? answer.then((response) => finish(response, view, request, context, run))
    : finish(answer, view, request, context, run);
}

/** What a view without hooks has answered. */
function finish(answer: Response, view: Handler, request: Request, context: Context, run: Run): Awaitable<Response> {
  const response = expectResponse(answer, view);
  return response instanceof TemplateResponse ? render(response, request, context, run) : response;
}

/** One call of a view that hooks watch. */
interface Call {
  readonly view: Handler;
  readonly request: Request;
  readonly context: Context;
  readonly run: Run;
  readonly hooks: readonly Hooks[];
  readonly from: number;
}

function processView(call: Call, at: number): Awaitable<Response | undefined> {
  const { view, request, context, hooks } = call;
  for (let i = at; i < hooks.length; i++) {
    const answer = hooks[i]!.processView?.(request, context, view);
    if (answer instanceof Promise) return answer.then((early) => early ? expectEarly(early) : processView(call, i + 1));
    if (answer) return expectEarly(answer);
  }
  return undefined;
}

/** Calls the view, unless a hook has answered. */
function proceed(call: Call, early: Response | undefined): Awaitable<Response> {
  if (early !== undefined) return settle(early, call);
  let answer: Awaitable<Response>;
  try {
    answer = call.view(call.request, call.context);
  } catch (error) {
    answer = rescue(call, error);
  }
  if (!(answer instanceof Promise)) return settle(answer, call);
  return answer.then(
    (response) => settle(response, call),
    (error) => chain(rescue(call, error), (response) => settle(response, call)),
  );
}

function rescue(call: Call, error: unknown): Awaitable<Response> {
  return processException(call, error, call.hooks.length - 1);
}

function processException(call: Call, error: unknown, at: number): Awaitable<Response> {
  const { request, context, hooks, from } = call;
  for (let i = at; i >= from; i--) {
    const answer = hooks[i]!.processException?.(request, context, error);
    if (answer instanceof Promise) return answer.then((response) => response || processException(call, error, i - 1));
    if (answer) return answer;
  }
  throw error;
}

/** Renders the answer, if it is a template, once the hooks have seen it. */
function settle(answer: Response, call: Call): Awaitable<Response> {
  if (!(expectResponse(answer, call.view) instanceof TemplateResponse)) return answer;
  return chain(processTemplate(answer as TemplateResponse, call, call.hooks.length - 1), (response) => {
    if (!(response instanceof TemplateResponse)) return response;
    return attempt(
      () => render(response, call.request, call.context, call.run),
      (error) => rescue(call, error),
    );
  });
}

function processTemplate(response: TemplateResponse, call: Call, at: number): Awaitable<Response> {
  const { request, context, hooks } = call;
  for (let i = at; i >= 0; i--) {
    const hook = hooks[i]!.processTemplateResponse;
    if (hook === undefined) continue;
    return chain(hook(request, context, response), (changed: Response) => {
      if (!(changed instanceof Response)) {
        throw new TypeError(`A processTemplateResponse hook must give a response back: received ${typeOf(changed)}`);
      }
      return changed instanceof TemplateResponse ? processTemplate(changed, call, i - 1) : changed;
    });
  }
  return response;
}

function expectResponse(answer: Response, view: Handler): Response {
  if (answer instanceof Response) return answer;
  throw new TypeError(
    `The view "${view.name || "anonymous"}" must answer with a Response: received ${typeOf(answer)}`,
  );
}

function expectEarly(answer: Response): Response {
  if (answer instanceof Response) return answer;
  throw new TypeError(`A processView hook must answer with a Response, or nothing: received ${typeOf(answer)}`);
}

function typeOf(answer: unknown): string {
  return answer === null ? "null" : typeof answer;
}
