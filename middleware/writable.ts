/**
 * Responses whose headers can be written.
 *
 * @module
 */

/**
 * Gives a response whose headers can be written: those of `Response.redirect()` and of what `fetch` answers can't, a copy's can.
 *
 * @param response The response.
 * @param answerer Who answered with it, for the message.
 * @returns The same response, or a copy with the same body.
 * @throws {TypeError} If it is `Response.error()`, which can't be sent.
 * @internal
 */
export function withWritableHeaders(response: Response, answerer: string): Response {
  try {
    response.headers.delete("x-nuages-probe");
    return response;
  } catch {
    if (response.type !== "error") return new Response(response.body, response);
    throw new TypeError(
      `The ${answerer} answered with Response.error(), which can't be sent: throw an HttpError instead`,
    );
  }
}
