/**
 * The innermost step: find the view, run the hooks around it, render its template.
 *
 * @module
 */

import { attempt, type Awaitable, chain } from "./awaitable.ts";
import { extend } from "./extend.ts";
import type { Handler } from "./handler.ts";
import type { Hooks } from "./hooks.ts";
import type { RequestContext } from "./request_context.ts";
import { render } from "./render.ts";
import { isRouteTable } from "./routes.ts";
import { TemplateResponse } from "./template_response.ts";

/**
 * Calls the view, with the hooks that layers have added.
 *
 * @param view The view, or a table of routes that knows it.
 * @param request The request.
 * @param context The request's context.
 * @param from The first of the hooks whose `processView` and `processException` are still to be asked.
 * @returns The response, rendered.
 * @internal
 */
export function callView(view: Handler, request: Request, context: RequestContext, from = 0): Awaitable<Response> {
  while (isRouteTable(view)) {
    const route = view.resolve(request, context);
    extend(context, { params: route.params });
    view = route.view;
  }
  context.viewRuns = true;
  const hooks = context.hooks;
  if (hooks === undefined) {
    return chain(view(request, context), (answer) => settle(answer, view, request, context, hooks));
  }
  const rescue = (error: unknown) => processException(error, hooks, hooks.length - 1, from, request, context);
  return chain(processView(view, hooks, from, request, context), (early) => {
    const answer = early ?? attempt(() => view(request, context), rescue);
    return chain(answer, (response) => settle(response, view, request, context, hooks, rescue));
  });
}

function processView(
  view: Handler,
  hooks: readonly Hooks[],
  from: number,
  request: Request,
  context: RequestContext,
): Awaitable<Response | undefined> {
  for (let i = from; i < hooks.length; i++) {
    const answer = hooks[i]!.processView?.(request, context, view);
    if (answer instanceof Promise) {
      return answer.then((early) => early ?? processView(view, hooks, i + 1, request, context));
    }
    if (answer) return answer;
  }
  return undefined;
}

function processException(
  error: unknown,
  hooks: readonly Hooks[],
  at: number,
  last: number,
  request: Request,
  context: RequestContext,
): Awaitable<Response> {
  for (let i = at; i >= last; i--) {
    const answer = hooks[i]!.processException?.(request, context, error);
    if (answer instanceof Promise) {
      return answer.then((response) => response ?? processException(error, hooks, i - 1, last, request, context));
    }
    if (answer) return answer;
  }
  throw error;
}

/** Sees to it that the answer is a response, and rendered. */
function settle(
  answer: Response,
  view: Handler,
  request: Request,
  context: RequestContext,
  hooks: readonly Hooks[] | undefined,
  rescue?: (error: unknown) => Awaitable<Response>,
): Awaitable<Response> {
  if (!(answer instanceof Response)) {
    throw new TypeError(
      `The view "${view.name}" must answer with a Response: received ${answer === null ? "null" : typeof answer}`,
    );
  }
  if (!(answer instanceof TemplateResponse)) return answer;
  return chain(processTemplate(answer, hooks ?? [], request, context), (response) => {
    const finish = () => response instanceof TemplateResponse ? render(response, request, context) : response;
    return rescue === undefined ? finish() : attempt(finish, rescue);
  });
}

function processTemplate(
  response: TemplateResponse,
  hooks: readonly Hooks[],
  request: Request,
  context: RequestContext,
  at: number = hooks.length - 1,
): Awaitable<Response> {
  for (let i = at; i >= 0; i--) {
    const hook = hooks[i]!.processTemplateResponse;
    if (hook === undefined) continue;
    return chain(hook(request, context, response), (changed) => {
      if (!((changed as unknown) instanceof Response)) {
        throw new TypeError("A processTemplateResponse hook must give a response back: received none");
      }
      return changed instanceof TemplateResponse ? processTemplate(changed, hooks, request, context, i - 1) : changed;
    });
  }
  return response;
}
