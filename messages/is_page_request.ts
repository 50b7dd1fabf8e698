/**
 * Which requests are for a page that somebody will see.
 *
 * @module
 */

/**
 * Whether the answer to this request is a page, or a part of one, that the visitor sees now. Messages are shown only there.
 *
 * - No, if it is fetched in advance: `Sec-Purpose`, `Purpose`, `X-Purpose`, `X-Sec-Purpose` (Turbo) or `X-Moz` says `prefetch`, `prerender` or `preview`, or
 *   `HX-Preloaded` is there. The visitor may never come to see it.
 * - Yes, if `Sec-Fetch-Dest` (W3C Fetch Metadata) is that of a document, also of one in a frame.
 * - For a `fetch` or `XMLHttpRequest` (`empty`): yes, if HTMX sends it (`HX-Request`), or if it asks for HTML by name in `Accept`, as Turbo, Unpoly and Inertia do and
 *   as a service worker does that passes a navigation on. A `fetch` of your own asks for anything, and eats no message.
 * - No for every other destination: an image, a style sheet, a script, a socket.
 * - Without `Sec-Fetch-Dest` (older browsers, plain http other than on localhost, programs): yes.
 *
 * @param request The request.
 * @returns Whether it is.
 *
 * @example A site whose own scripts put answers into the page
 * ```ts
 * import { isPageRequest, messages } from "@nuages/web/messages";
 * import { assert } from "@std/assert";
 *
 * messages({ isPage: (request) => request.headers.has("X-Partial") || isPageRequest(request) });
 *
 * assert(isPageRequest(new Request("https://example.com/", { headers: { "Sec-Fetch-Dest": "document" } })));
 * ```
 */
export function isPageRequest(request: Request): boolean {
  if (isPrefetch(request)) return false;
  const destination = request.headers.get("Sec-Fetch-Dest");
  if (destination === null || DOCUMENTS.has(destination)) return true;
  return destination === "empty" && (isHtmx(request) || asksForHtml(request));
}

/**
 * Whether the answer is fetched in advance, for a page the visitor may never open.
 *
 * @param request The request.
 * @returns Whether it is.
 * @internal
 */
export function isPrefetch({ headers }: Request): boolean {
  return PURPOSES.some((name) => PURPOSE_REGEXP.test(headers.get(name) ?? "")) || headers.has("HX-Preloaded");
}

/**
 * Whether HTMX sends the request.
 *
 * @param request The request.
 * @returns Whether it does.
 * @internal
 */
export function isHtmx(request: Request): boolean {
  return request.headers.get("HX-Request") === "true";
}

const DOCUMENTS: ReadonlySet<string> = new Set(["document", "iframe", "frame", "fencedframe", "embed", "object"]);
const PURPOSES = ["Sec-Purpose", "Purpose", "X-Purpose", "X-Sec-Purpose", "X-Moz"];
const PURPOSE_REGEXP = /\b(?:prefetch|prerender|preview)\b/i;

function asksForHtml({ headers }: Request): boolean {
  return /\btext\/html\b/i.test(headers.get("Accept") ?? "");
}
