/**
 * Making a response of an error.
 *
 * @module
 */

import { attempt, type Awaitable, chain } from "./awaitable.ts";
import type { Context } from "./context.ts";
import { errorPage, lastResort } from "./error_page.ts";
import { deliver } from "./events.ts";
import { HttpError } from "./http_error.ts";
import { isOf } from "./inspect.ts";
import { render } from "./render.ts";
import type { Run } from "./run.ts";
import { TemplateResponse } from "./template_response.ts";

/**
 * Answers for an error. It runs in the layer where the error happened, so it may find on the context only what the layers
 * outside have added. It should give the response the error's status.
 *
 * What an unexpected exception was is in the error's `cause`. Answering `undefined` leaves it to the standard page, or problem details for whoever asks
 * for JSON. With `debug: true` an unexpected exception is shown on the debug page, and no handler is asked.
 */
export type ErrorHandler = (
  request: Request,
  context: Context,
  error: HttpError,
) => Response | undefined | Promise<Response | undefined>;

/** Error handlers by status; `default` for every other. */
export type ErrorHandlers = { readonly [status: number]: ErrorHandler; readonly default?: ErrorHandler };

/** How one application shows its errors. */
export interface ErrorPages {
  /** The user's handlers. */
  readonly handlers: ErrorHandlers;
  /** Whether pages show the inside of the program. */
  readonly debug: boolean;
  /** The names of the layers, outermost first, the view last; filled in while the pipeline is built. */
  readonly layers: string[];
}

/** One of the layers. */
export interface Place {
  /** Its name. */
  readonly name: string;
  /** Its index in {@linkcode ErrorPages.layers}. */
  readonly index: number;
}

/**
 * Checks the user's error handlers.
 *
 * @param handlers The handlers by status.
 * @returns The same.
 * @throws {TypeError} If one is no function, or stands under a name that is no error's status.
 * @internal
 */
export function checkErrorHandlers(handlers: ErrorHandlers): ErrorHandlers {
  for (const [status, handler] of Object.entries<unknown>(handlers)) {
    if (status !== "default" && !/^[45]\d\d$/.test(status)) {
      throw new TypeError(
        `Cannot handle errors "${status}" as that is no error's status: write 400 to 599, or default`,
      );
    }
    if (handler !== undefined && typeof handler !== "function") {
      throw new TypeError(`Cannot handle errors ${status} with a handler that is ${typeof handler}: pass a function`);
    }
  }
  return handlers;
}

/**
 * Makes a response of an error. It doesn't throw, whatever the error is and the user's handlers do.
 *
 * @param error What was thrown.
 * @param place The layer where it happened.
 * @param request The request.
 * @param context Its context.
 * @param run The kernel's notes on the request.
 * @param pages How errors are shown.
 * @returns The response, with headers that can be written.
 * @internal
 */
export function respondToError(
  error: unknown,
  place: Place,
  request: Request,
  context: Context,
  run: Run,
  pages: ErrorPages,
): Awaitable<Response> {
  return attempt(() => respond(error, place, request, context, run, pages), (failure) => {
    report(failure, "the page for an error", place, request, context, run);
    return lastResort();
  });
}

function respond(
  error: unknown,
  place: Place,
  request: Request,
  context: Context,
  run: Run,
  pages: ErrorPages,
): Awaitable<Response> {
  if (isDisconnect(error, request)) {
    context.emit({ name: "request.aborted", message: `The visitor went away while "${place.name}" worked`, error });
    return new Response(null, { status: 499 });
  }
  const http = asHttpError(error);
  // A 503 that says why is as unexpected as any exception; one without a cause was meant.
  if (http.status >= 500 && Object.hasOwn(http, "cause")) {
    report(http.cause, place.name, place, request, context, run);
  }
  const handler = pages.handlers[http.status] ?? pages.handlers.default;
  const standard = (http: HttpError, error: unknown) => errorPage({ http, error, place, request, context, run, pages });
  if (handler === undefined || pages.debug && http !== error) return standard(http, error);
  return attempt(
    () =>
      chain(handler(request, context, http), (answer) => {
        return answer === undefined ? standard(http, error) : usable(answer, http.status, request, context, run);
      }),
    (failure) => {
      report(failure, `the error handler for ${http.status}`, place, request, context, run);
      return standard(new HttpError(500, undefined, { cause: failure }), failure);
    },
  );
}

/** A visitor who leaves makes what waits for them throw: that is no exception of ours, and nobody reads the answer. */
function isDisconnect(error: unknown, request: Request): boolean {
  // Deno doesn't abort the signal when a connection breaks while its body is read.
  if (isOf(error, Deno.errors.BadResource)) return BROKEN_BODY_REGEXP.test(error.message);
  // Only then is the signal looked at: once it is, Deno prepares to abort it, and says so on standard error.
  if (!isOf(error, DOMException) || !request.signal.aborted) return false;
  return error === request.signal.reason || error.name === "AbortError";
}

const BROKEN_BODY_REGEXP = /^Cannot read (request )?body as underlying resource unavailable/;

/** Not all that calls itself an HttpError has a status. */
function asHttpError(error: unknown): HttpError {
  if (isOf(error, HttpError) && error.status >= 400 && error.status <= 599) return error;
  return new HttpError(500, undefined, { cause: error });
}

/** Reports an exception, be the context as broken as it may. */
function report(error: unknown, where: string, place: Place, request: Request, context: Context, run: Run): void {
  const event = { name: "exception", message: `Unexpected exception in ${where}`, error, data: { layer: place.name } };
  try {
    context.emit(event);
  } catch {
    deliver(run.app.onEvent, { ...event, method: request.method, path: "", requestId: "" });
  }
}

function usable(
  answer: Response,
  status: number,
  request: Request,
  context: Context,
  run: Run,
): Awaitable<Response> {
  if (answer instanceof TemplateResponse) return render(answer, request, context, run);
  if (!(answer instanceof Response)) {
    throw new TypeError(
      `The error handler for ${status} must answer with a Response, or undefined: received ${Deno.inspect(answer)}`,
    );
  }
  return new Response(answer.body, answer);
}
