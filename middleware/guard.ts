/**
 * What is done with the answer of one layer, or with what it throws.
 *
 * @module
 */

import { type Awaitable, chain } from "./awaitable.ts";
import type { Context } from "./context.ts";
import { type ErrorPages, type Place, respondToError } from "./error_response.ts";
import { render } from "./render.ts";
import type { Run } from "./run.ts";
import { TemplateResponse } from "./template_response.ts";
import { withWritableHeaders } from "./writable.ts";

/**
 * Stands around one layer of a pipeline.
 *
 * @internal
 */
export class Guard {
  /** The number of the layer's place, counted from the outside. */
  readonly index: number;
  /** What the layer adds under names that a layer outside has put on the context itself. */
  readonly reclaims: PropertyKey[] = [];
  readonly #place: Place;
  readonly #pages: ErrorPages;
  readonly #answerer: string;

  /**
   * @param place Which layer it is.
   * @param pages How errors are shown.
   */
  constructor(place: Place, pages: ErrorPages) {
    this.index = place.index;
    this.#place = place;
    this.#pages = pages;
    this.#answerer = `layer "${place.name}"`;
  }

  /**
   * Makes sure that an answer is a response whose headers this request may write.
   *
   * @param answer What the layer has answered.
   * @param request The request.
   * @param context Its context.
   * @param run The kernel's notes on the request.
   * @returns The response, or that of an error.
   */
  settle(answer: Response, request: Request, context: Context, run: Run): Awaitable<Response> {
    // What a layer inside has passed on already is as it should be.
    if (answer === run.writable) return answer;
    try {
      if (answer instanceof Response && !(answer instanceof TemplateResponse)) return this.#own(answer, run);
      const rendered = chain(this.#render(answer, request, context, run), (response) => this.#own(response, run));
      return rendered instanceof Promise
        ? rendered.catch((error) => this.rescue(error, request, context, run))
        : rendered;
    } catch (error) {
      return this.rescue(error, request, context, run);
    }
  }

  /**
   * Makes a response of what the layer has thrown.
   *
   * @param error What was thrown.
   * @param request The request.
   * @param context Its context.
   * @param run The kernel's notes on the request.
   * @returns The response.
   */
  rescue(error: unknown, request: Request, context: Context, run: Run): Awaitable<Response> {
    const answer = respondToError(error, this.#place, request, context, run, this.#pages);
    return chain(answer, (response) => run.writable = response);
  }

  /** A copied context has lost what it computes lazily, and hooks and cookies would go to the wrong one. */
  refuseContext(): never {
    throw new TypeError(
      `The layer outside "${this.#place.name}" must pass on the context it was given: add to it with extend(context, { … }), not by spreading it`,
    );
  }

  #own(response: Response, run: Run): Response {
    return run.writable = withWritableHeaders(response, this.#answerer, run);
  }

  /** Renders a template that was answered outside the view; anything else is a mistake. */
  #render(answer: unknown, request: Request, context: Context, run: Run): Awaitable<Response> {
    if (answer instanceof TemplateResponse) return render(answer, request, context, run);
    const { name } = this.#place;
    const advice = typeof answer === "function" ? `, so call the middleware, as in use(${name}())` : "";
    throw new TypeError(`The layer "${name}" must answer with a Response: received ${typeOf(answer)}${advice}`);
  }
}

function typeOf(answer: unknown): string {
  return answer === null ? "null" : typeof answer;
}
