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
  // A request that began later can only have handed its response over: that of a pipeline inside this one.
  if (owner !== undefined && owner < run.serial) {
    throw new TypeError(`The ${answerer} answered with another request's response: make a new response each time`);
  }
  owners.set(response, run.serial);
  return response;
}

/** Which request a response belongs to. */
const owners = new WeakMap<Response, number>();
