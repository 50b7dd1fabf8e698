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
  if (mayBeImmutable(response) && !isWritable(response.headers)) {
    if (response.type !== "error") return new Response(response.body, response);
    throw new TypeError(
      `The ${answerer} answered with Response.error(), which can't be sent: throw an HttpError instead`,
    );
  }
  const owner = (response as OwnedResponse)[OWNER];
  if (owner !== undefined && owner !== run && !handsOverTo(owner, run)) {
    throw new TypeError(`The ${answerer} answered with another request's response: make a new response each time`);
  }
  if (Object.isExtensible(response)) (response as OwnedResponse)[OWNER] = run;
  else return new Response(response.body, response);
  return response;
}

/**
 * Which request a response belongs to. It stands on the response itself: a `WeakMap` with an entry for each request is the dearest part of a
 * request, as V8 goes through all of them in every collection of garbage.
 */
const OWNER = Symbol("owner");

type OwnedResponse = Response & { [OWNER]?: Run };

/**
 * Whether it is worth finding out if the headers can be written. Of what a program can get hold of, `new Response()` and `Response.json()`
 * can be written; redirections and upgrades are told by their status, what `fetch()` answers and `Response.error()` by their type.
 */
function mayBeImmutable({ status, type }: Response): boolean {
  return type !== "default" || status < 200 || status >= 300 && status < 400;
}

/** Only who tries to write finds out. */
function isWritable(headers: Headers): boolean {
  try {
    headers.delete("x-nuages-probe");
    return true;
  } catch {
    return false;
  }
}

/**
 * Whether a request may have been made while the other was answered, by a pipeline inside that one's: it began later, it is over, and it is the same request or
 * came from no server. Beginning later is not enough, as visitors aren't answered in the order they come in.
 */
function handsOverTo(inner: Run, outer: Run): boolean {
  return inner.serial > outer.serial && inner.hasLeft && (inner.request === outer.request || !inner.connected);
}
