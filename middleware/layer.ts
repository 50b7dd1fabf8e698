/**
 * What stands between two layers: errors become responses, and headers can be written.
 *
 * @module
 */

import { type Awaitable, chain } from "./awaitable.ts";
import type { Context } from "./context.ts";
import { type ErrorPages, type Place, respondToError } from "./error_response.ts";
import type { Handler } from "./handler.ts";
import { render } from "./render.ts";
import { RequestContext } from "./request_context.ts";
import type { Run } from "./run.ts";
import { TemplateResponse } from "./template_response.ts";
import { withWritableHeaders } from "./writable.ts";

/**
 * Guards a layer: whoever calls what comes back always gets a response, and can write its headers. (Django's
 * `convert_exception_to_response`, which wraps the view and every middleware.)
 *
 * A layer that answers at once is guarded without a promise, and without a function made for this request.
 *
 * @param layer The handler of the layer.
 * @param place Which layer it is.
 * @param pages How errors are shown.
 * @returns The guarded handler.
 * @internal
 */
export function guard(layer: Handler, place: Place, pages: ErrorPages): Handler {
  const answerer = `layer "${place.name}"`;

  function settle(answer: Response, request: Request, context: Context, run: Run): Awaitable<Response> {
    // What a layer inside has passed on already is as it should be.
    if (answer === run.writable) return answer;
    try {
      if (answer instanceof Response && !(answer instanceof TemplateResponse)) {
        return run.writable = withWritableHeaders(answer, answerer, run);
      }
      const rendered = chain(
        complete(answer, place, request, context, run),
        (response) => run.writable = withWritableHeaders(response, answerer, run),
      );
      return rendered instanceof Promise ? rendered.catch((error) => rescue(error, request, context, run)) : rendered;
    } catch (error) {
      return rescue(error, request, context, run);
    }
  }

  function rescue(error: unknown, request: Request, context: Context, run: Run): Awaitable<Response> {
    return chain(respondToError(error, place, request, context, run, pages), (response) => run.writable = response);
  }

  return (request, context) => {
    const run = RequestContext.runOf(context) ?? refuseContext(place);
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
}

/** A copied context has lost what it computes lazily, and hooks and cookies would go to the wrong one. */
function refuseContext(place: Place): never {
  throw new TypeError(
    `The layer outside "${place.name}" must pass on the context it was given: add to it with extend(context, { … }), not by spreading it`,
  );
}

/** Renders a template that was answered outside the view; anything else is a mistake. */
function complete(
  answer: unknown,
  place: Place,
  request: Request,
  context: Context,
  run: Run,
): Awaitable<Response> {
  if (answer instanceof TemplateResponse) return render(answer, request, context, run);
  const advice = typeof answer === "function" ? `, so call the middleware, as in use(${place.name}())` : "";
  throw new TypeError(`The layer "${place.name}" must answer with a Response: received ${typeOf(answer)}${advice}`);
}

function typeOf(answer: unknown): string {
  return answer === null ? "null" : typeof answer;
}
