/**
 * Responses that aren't sent.
 *
 * @module
 */

/**
 * Lets go of a response that something else is answered instead of, so that a file it would have sent is closed. Its stream may fail at that; there is nobody
 * whom that would concern, and an error that nobody catches would end the program.
 *
 * @param response The response that isn't sent.
 * @returns When its body is closed; at once if it has none.
 * @internal
 */
export function letGo({ body }: Response): Promise<void> | undefined {
  return body?.cancel().catch(() => {});
}
