/**
 * What stands between two layers: errors become responses, and headers can be written.
 *
 * @module
 */

import { type Awaitable, chain } from "./awaitable.ts";
import type { Context } from "./context.ts";
import { type ErrorPages, respondToError } from "./error_response.ts";
import type { Handler } from "./handler.ts";
import { render } from "./render.ts";
import { RequestContext } from "./request_context.ts";
import { TemplateResponse } from "./template_response.ts";

/**
 * Guards a layer: whoever calls what comes back always gets a response, and can write its headers. (Django's
 * `convert_exception_to_response`, which wraps the view and every middleware.)
 *
 * @param layer The handler of the layer.
 * @param name Its name, for messages and the debug page.
 * @param pages How errors are shown.
 * @returns The guarded handler.
 * @internal
 */
export function guard(
  layer: (request: Request, context: RequestContext) => Awaitable<Response>,
  name: string,
  pages: ErrorPages,
): Handler {
  return (request, context) => {
    const own = ownContext(context, name);
    const settle = (answer: Response): Awaitable<Response> => {
      return answer === own.writable ? answer : chain(complete(answer, name, request, own), (response) => {
        return own.writable = withWritableHeaders(response, name);
      });
    };
    const rescue = (error: unknown): Awaitable<Response> => {
      return chain(respondToError(error, name, request, own, pages), (response) => own.writable = response);
    };
    try {
      const answer = layer(request, own);
      const settled = answer instanceof Promise ? answer.then(settle) : settle(answer);
      return settled instanceof Promise ? settled.catch(rescue) : settled;
    } catch (error) {
      return rescue(error);
    }
  };
}

/** A copied context has lost what it computes lazily, and hooks and cookies would go to the wrong one. */
function ownContext(context: Context, name: string): RequestContext {
  if (context instanceof RequestContext) return context;
  throw new TypeError(
    `The layer outside "${name}" passed a copy of the context: add to it with extend(context, { … }), not by spreading it`,
  );
}

function complete(
  answer: Response,
  name: string,
  request: Request,
  context: RequestContext,
): Awaitable<Response> {
  if (answer instanceof TemplateResponse) return render(answer, request, context);
  if (answer instanceof Response) return answer;
  throw new TypeError(`The layer "${name}" must answer with a Response: received ${Deno.inspect(answer)}`);
}

/** `Response.redirect()` and what `fetch` answers have headers that can't be written: a copy's can. */
function withWritableHeaders(response: Response, name: string): Response {
  try {
    response.headers.delete("x-nuages-probe");
    return response;
  } catch {
    if (response.type === "error") {
      throw new TypeError(`The layer "${name}" answered with Response.error(), which can't be sent`);
    }
    return new Response(response.body, response);
  }
}
