/**
 * Responses whose headers can be written.
 *
 * @module
 */

import type { Run } from "./run.ts";

/**
 * Gives a response whose headers this request may write: those of `Response.redirect()` and of what `fetch` answers can't be written, a copy's can.
 *
 * One that another request has answered with before is refused: a response kept in a constant would collect every visitor's cookies, and the next visitor
 * would get them all.
 *
 * @param response The response.
 * @param answerer Who answered with it, for the message.
 * @param run The kernel's notes on the request.
 * @returns The same response, or a copy with the same body.
 * @throws {TypeError} If it is `Response.error()`, which can't be sent, or another request's.
 * @internal
 */
export function withWritableHeaders(response: Response, answerer: string, run: Run): Response {
  try {
    response.headers.delete("x-nuages-probe");
  } catch {
    if (response.type !== "error") return new Response(response.body, response);
    throw new TypeError(
      `The ${answerer} answered with Response.error(), which can't be sent: throw an HttpError instead`,
    );
  }
  const owner = owners.get(response);
  if (owner !== undefined && owner !== run && !handsOverTo(owner, run)) {
    throw new TypeError(`The ${answerer} answered with another request's response: make a new response each time`);
  }
  owners.set(response, run);
  return response;
}

/** Which request a response belongs to. */
const owners = new WeakMap<Response, Run>();

/**
 * Whether a request may have been made while the other was answered, by a pipeline inside that one's: it began later, it is over, and it is the same request or
 * came from no server. Beginning later is not enough, as visitors aren't answered in the order they come in.
 */
function handsOverTo(inner: Run, outer: Run): boolean {
  return inner.serial > outer.serial && inner.hasLeft && (inner.request === outer.request || !inner.connected);
}
