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
 * @param layer The handler of the layer.
 * @param place Which layer it is.
 * @param pages How errors are shown.
 * @returns The guarded handler.
 * @internal
 */
export function guard(layer: Handler, place: Place, pages: ErrorPages): Handler {
  return (request, context) => {
    const run = RequestContext.runOf(context) ?? refuseContext(place);
    const settle = (answer: Response): Awaitable<Response> => {
      return answer === run.writable ? answer : chain(complete(answer, place, request, context, run), (response) => {
        return run.writable = withWritableHeaders(response, `layer "${place.name}"`, run);
      });
    };
    const rescue = (error: unknown): Awaitable<Response> => {
      return chain(respondToError(error, place, request, context, run, pages), (response) => run.writable = response);
    };
    try {
      const answer = layer(request, context);
      const settled = answer instanceof Promise ? answer.then(settle) : settle(answer);
      return settled instanceof Promise ? settled.catch(rescue) : settled;
    } catch (error) {
      return rescue(error);
    }
  };
}

/** A copied context has lost what it computes lazily, and hooks and cookies would go to the wrong one. */
function refuseContext(place: Place): never {
  throw new TypeError(
    `The layer outside "${place.name}" must pass on the context it was given: add to it with extend(context, { … }), not by spreading it`,
  );
}

function complete(
  answer: Response,
  place: Place,
  request: Request,
  context: Context,
  run: Run,
): Awaitable<Response> {
  if (answer instanceof TemplateResponse) return render(answer, request, context, run);
  if (answer instanceof Response) return answer;
  const advice = typeof answer === "function" ? `, so call the middleware, as in use(${place.name}())` : "";
  throw new TypeError(`The layer "${place.name}" must answer with a Response: received ${typeOf(answer)}${advice}`);
}

function typeOf(answer: unknown): string {
  return answer === null ? "null" : typeof answer;
}
