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
  if (run.hooks === undefined) return callPlainly(view, request, context, run);
  const call = new ViewCall(view, request, context, run, from);
  let answer: Awaitable<Response>;
  try {
    answer = call.enter();
  } catch (error) {
    return call.fail(error);
  }
  if (!(answer instanceof Promise)) return call.leave(answer);
  return answer.then((response) => call.leave(response), (error) => call.fail(error));
}

/** Without hooks there is nothing to remember. */
function callPlainly(view: Handler, request: Request, context: Context, run: Run): Awaitable<Response> {
  const found = isRouteTable(view) ? findView(view, request, context) : view;
  run.viewRuns = true;
  const answer = found(request, context);
  return answer instanceof Promise
    ? answer.then((answer) => rendered(answer, found, request, context, run))
    : rendered(answer, found, request, context, run);
}

function rendered(answer: Response, view: Handler, request: Request, context: Context, run: Run): Awaitable<Response> {
  const response = expectResponse(answer, view);
  return response instanceof TemplateResponse ? render(response, request, context, run) : response;
}

/**
 * One call of a view, in the parts that stand before and after the wait for its answer. So whoever has to wait anyway waits once.
 *
 * @internal
 */
export class ViewCall {
  /** The request. */
  readonly request: Request;
  /** Its context. */
  readonly context: Context;
  /** The kernel's notes on it. */
  readonly run: Run;
  #view: Handler;
  readonly #from: number;
  #hooks = NONE;
  /** Whether the view itself was called: what is thrown before is none of its hooks' business. */
  #hasBegun = false;

  /**
   * @param view The view, or a table of routes that knows it.
   * @param request The request.
   * @param context The request's context.
   * @param run The kernel's notes on the request.
   * @param from The first of the hooks whose `processView` and `processException` are still to be asked.
   */
  constructor(view: Handler, request: Request, context: Context, run: Run, from: number) {
    this.#view = view;
    this.request = request;
    this.context = context;
    this.run = run;
    this.#from = from;
  }

  /**
   * Finds the view, and calls it unless a hook answers.
   *
   * @returns What {@linkcode ViewCall.leave} wants. What is thrown is for {@linkcode ViewCall.fail}.
   */
  enter(): Awaitable<Response> {
    if (isRouteTable(this.#view)) this.#view = findView(this.#view, this.request, this.context);
    this.run.viewRuns = true;
    const { hooks } = this.run;
    if (hooks === undefined) return this.#begin();
    this.#hooks = hooks;
    const early = this.#processView(this.#from);
    return early instanceof Promise ? early.then((response) => response ?? this.#begin()) : early ?? this.#begin();
  }

  /**
   * Makes a response of what the view has answered: the hooks see a template, and then it is rendered.
   *
   * @param answer The answer.
   * @returns The response.
   */
  leave(answer: Response): Awaitable<Response> {
    if (!(expectResponse(answer, this.#view) instanceof TemplateResponse)) return answer;
    return chain(this.#processTemplate(answer as TemplateResponse, this.#hooks.length - 1), (response) => {
      if (!(response instanceof TemplateResponse)) return response;
      return attempt(
        () => render(response, this.request, this.context, this.run),
        (error) => this.#processException(error, this.#hooks.length - 1),
      );
    });
  }

  /**
   * Asks the hooks for an answer to what the view has thrown.
   *
   * @param error What was thrown.
   * @returns The response, rendered. Without an answer the error is thrown again.
   */
  fail(error: unknown): Awaitable<Response> {
    if (!this.#hasBegun) throw error;
    return chain(this.#processException(error, this.#hooks.length - 1), (response) => this.leave(response));
  }

  #begin(): Awaitable<Response> {
    this.#hasBegun = true;
    return this.#view(this.request, this.context);
  }

  #processView(at: number): Awaitable<Response | undefined> {
    for (let i = at; i < this.#hooks.length; i++) {
      const answer = this.#hooks[i]!.processView?.(this.request, this.context, this.#view);
      if (answer instanceof Promise) {
        return answer.then((early) => early ? expectEarly(early) : this.#processView(i + 1));
      }
      if (answer) return expectEarly(answer);
    }
    return undefined;
  }

  #processException(error: unknown, at: number): Awaitable<Response> {
    for (let i = at; i >= this.#from; i--) {
      const answer = this.#hooks[i]!.processException?.(this.request, this.context, error);
      if (answer instanceof Promise) return answer.then((response) => response || this.#processException(error, i - 1));
      if (answer) return answer;
    }
    throw error;
  }

  #processTemplate(response: TemplateResponse, at: number): Awaitable<Response> {
    for (let i = at; i >= 0; i--) {
      const hook = this.#hooks[i]!.processTemplateResponse;
      if (hook === undefined) continue;
      return chain(hook(this.request, this.context, response), (changed: Response) => {
        if (!(changed instanceof Response)) {
          throw new TypeError(`A processTemplateResponse hook must give a response back: received ${typeOf(changed)}`);
        }
        return changed instanceof TemplateResponse ? this.#processTemplate(changed, i - 1) : changed;
      });
    }
    return response;
  }
}

const NONE: readonly Hooks[] = [];

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
