/**
 * Making a response of an error.
 *
 * @module
 */

import { accepts } from "@std/http/negotiation";
import { attempt, type Awaitable, chain } from "./awaitable.ts";
import type { Context } from "./context.ts";
import { debugPage } from "./debug_page.ts";
import { type Html, html } from "./html.ts";
import { HttpError, statusText } from "./http_error.ts";
import { render } from "./render.ts";
import type { RequestContext } from "./request_context.ts";
import { TemplateResponse } from "./template_response.ts";
import { vary } from "./vary.ts";

/**
 * Answers for an error. It runs in the layer where the error happened, so it may find on the context only what the layers
 * outside have added. It should give the response the error's status.
 *
 * What an unexpected exception was is in the error's `cause`.
 */
export type ErrorHandler = (request: Request, context: Context, error: HttpError) => Response | Promise<Response>;

/** Error handlers by status; `default` for every other. */
export type ErrorHandlers = { readonly [status: number]: ErrorHandler; readonly default?: ErrorHandler };

/** How one application shows its errors. */
export interface ErrorPages {
  /** The user's handlers. */
  readonly handlers: ErrorHandlers;
  /** Whether pages show the inside of the program. */
  readonly debug: boolean;
  /** The names of the layers, outermost first, the view last; filled in when the pipeline has been built. */
  readonly layers: string[];
}

/**
 * Makes a response of an error. It doesn't throw, whatever the user's handlers do.
 *
 * @param error What was thrown.
 * @param layer The name of the layer where it happened.
 * @param request The request.
 * @param context Its context.
 * @param pages How errors are shown.
 * @returns The response, with headers that can be written.
 * @internal
 */
export function respondToError(
  error: unknown,
  layer: string,
  request: Request,
  context: RequestContext,
  pages: ErrorPages,
): Awaitable<Response> {
  if (isDisconnect(error, request)) {
    context.emit({ name: "request.aborted", message: `The visitor went away while "${layer}" worked`, error });
    return new Response(null, { status: 499 });
  }
  const http = error instanceof HttpError ? error : new HttpError(500, undefined, { cause: error });
  // A 503 that says why is as unexpected as any exception; one without a cause was meant.
  if (http.status >= 500 && Object.hasOwn(http, "cause")) report(http.cause, layer, context);
  const handler = pages.handlers[http.status] ?? pages.handlers.default;
  const standard = () => standardResponse(http, error, layer, request, context, pages);
  if (handler === undefined) return standard();
  return attempt(
    () => chain(handler(request, context, http), (answer) => usable(answer, http.status, request, context)),
    (failure) => {
      report(failure, `the error handler for ${http.status}`, context);
      return standardResponse(
        new HttpError(500, undefined, { cause: failure }),
        failure,
        layer,
        request,
        context,
        pages,
      );
    },
  );
}

/** A visitor who leaves makes what waits for them throw: that is no exception of ours, and nobody reads the answer. */
function isDisconnect(error: unknown, request: Request): boolean {
  if (!request.signal.aborted || error instanceof HttpError) return false;
  return error === request.signal.reason || error instanceof DOMException && error.name === "AbortError";
}

function report(error: unknown, layer: string, context: RequestContext): void {
  context.emit({ name: "exception", message: `Unexpected exception in ${layer}`, error, data: { layer } });
}

function usable(answer: Response, status: number, request: Request, context: RequestContext): Awaitable<Response> {
  if (answer instanceof TemplateResponse) return render(answer, request, context);
  if (!(answer instanceof Response)) {
    throw new TypeError(`The error handler for ${status} must answer with a Response: received ${typeof answer}`);
  }
  return new Response(answer.body, answer);
}

function standardResponse(
  http: HttpError,
  error: unknown,
  layer: string,
  request: Request,
  context: RequestContext,
  pages: ErrorPages,
): Response {
  const wanted = accepts(request, "text/html", "application/problem+json", "application/json");
  const headers = new Headers(http.headers);
  vary(headers, "Accept");
  const asJson = wanted !== undefined && wanted !== "text/html";
  headers.set("Content-Type", asJson ? "application/problem+json" : "text/html; charset=utf-8");
  headers.set("X-Content-Type-Options", "nosniff");
  const body = asJson ? problem(http, error, context, pages.debug) : String(
    pages.debug ? debugPage({ http, error, layer, request, context, layers: pages.layers }) : page(http, context),
  );
  return new Response(body, { status: http.status, headers });
}

/** RFC 9457. */
function problem(http: HttpError, error: unknown, context: Context, debug: boolean): string {
  return JSON.stringify({
    title: statusText(http.status),
    status: http.status,
    ...(http.expose || debug ? { detail: http.message } : {}),
    requestId: context.requestId,
    ...(debug && error !== http ? { debug: Deno.inspect(error) } : {}),
  });
}

function page(http: HttpError, context: Context): Html {
  const title = statusText(http.status);
  return html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>${title}</title>
      </head>
      <body>
      <h1>${title}</h1>
      ${http.expose && html`<p>${http.message}</p>`}
      ${http.status >= 500 && html`<p>If you report this, name request <code>${context.requestId}</code>.</p>`}
      </body>
    </html>
  `;
}
