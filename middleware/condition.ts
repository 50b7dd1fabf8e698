/**
 * A view that isn't called when its answer is known.
 *
 * @module
 */

import { type Awaitable, chain } from "./awaitable.ts";
import { optionalFunction } from "./check_option.ts";
import { notModified, preconditionFailed } from "./conditional_get.ts";
import type { Context } from "./context.ts";
import type { Middleware } from "./handler.ts";
import { perView, type ViewDecorator } from "./per_view.ts";
import { judge, quoteTag, type Validators } from "./preconditions.ts";

/** What {@linkcode condition} goes by: one of them, or both. */
export interface ConditionOptions<N = unknown> {
  /**
   * The tag of what the view would answer with, or change: a version's number, a digest. It is quoted, unless it is already (`W/"7"` is a weak tag); what a tag can't hold is
   * percent-encoded. Nothing (`undefined`, `null`) where there is nothing, so that `If-None-Match: *` creates and doesn't overwrite.
   */
  etag?: (request: Request, context: Context & N) => Awaitable<string | null | undefined>;
  /** When that was changed last. Fractions of a second are left out, as HTTP knows none: two changes within a second look like one. */
  lastModified?: (request: Request, context: Context & N) => Awaitable<Date | null | undefined>;
}

/**
 * Asks before a view is called whether it has to be. (Django's `condition`, `etag` and `last_modified`.)
 *
 * Where the browser has the page already it gets a 304 and the view isn't called; where somebody wants to change what they have seen (`If-Match`) and it has been changed by others
 * since, they get a 412 and nothing happens. Conditions are read in the order of RFC 9110 §13.2.2. Successful answers to GET and HEAD get the `ETag` and `Last-Modified`.
 *
 * What else a 304 has to say (`Cache-Control`, `Vary`) is best set by a layer outside, which sees the page and the 304 alike.
 *
 * @typeParam N What the functions need on the context, such as `HasParams<{ id: string }>`.
 * @param options How to find out.
 * @returns A function that wraps a view.
 * @throws {TypeError} If neither is given, or one is no function.
 *
 * @example
 * ```ts
 * import { condition, type HasParams, pipeline, routes } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const versions = new Map([["7", 3]]);
 * const unchanged = condition<HasParams<{ id: string }>>({
 *   etag: (_request, { params }) => versions.get(params.id)?.toString(),
 * });
 * const app = pipeline().handle(routes({
 *   "GET /books/:id/": unchanged((_request, { params }) => new Response(`book ${params.id}`)),
 *   "PUT /books/:id/": unchanged((_request, { params }) => {
 *     versions.set(params.id, versions.get(params.id)! + 1);
 *     return new Response(null, { status: 204 });
 *   }),
 * }));
 * const put = (tag: string) => new Request("http://localhost/books/7/", { method: "PUT", headers: { "If-Match": tag } });
 *
 * const tag = (await app(new Request("http://localhost/books/7/"))).headers.get("ETag")!;
 * assertEquals((await app(put(tag))).status, 204);
 * assertEquals((await app(put(tag))).status, 412); // somebody was faster
 * ```
 */
export function condition<N = unknown>(options: ConditionOptions<N>): ViewDecorator<N> {
  const { etag, lastModified } = options;
  optionalFunction("condition", "etag", etag);
  optionalFunction("condition", "lastModified", lastModified);
  if (etag === undefined && lastModified === undefined) {
    throw new TypeError("Cannot create condition without etag and lastModified: give one of them, or both");
  }

  function validators(request: Request, context: Context & N): Awaitable<Validators> {
    return chain(etag?.(request, context), (tag) => {
      return chain(lastModified?.(request, context), (date) => ({
        etag: tag === undefined || tag === null ? undefined : quoteTag(checkedTag(tag)),
        lastModified: date === undefined || date === null ? undefined : secondsOf(date),
      }));
    });
  }

  const layer: Middleware<N> = (next) =>
    function condition(request, context) {
      return chain(validators(request, context), (found) => {
        const exists = found.etag !== undefined || found.lastModified !== undefined;
        switch (judge(request, found, exists)) {
          case "not modified":
            return notModified(withValidators(new Headers(), found));
          case "failed":
            throw preconditionFailed();
        }
        return chain(next(request, context), (response) => {
          const isRead = request.method === "GET" || request.method === "HEAD";
          if (isRead && response.ok) withValidators(response.headers, found);
          return response;
        });
      });
    };
  return perView(layer);
}

function withValidators(headers: Headers, { etag, lastModified }: Validators): Headers {
  if (etag !== undefined && !headers.has("ETag")) headers.set("ETag", etag);
  if (lastModified !== undefined && !headers.has("Last-Modified")) {
    headers.set("Last-Modified", new Date(lastModified).toUTCString());
  }
  return headers;
}

function checkedTag(tag: unknown): string {
  if (typeof tag === "string") return tag;
  throw new TypeError(`Cannot use the etag of condition() as it must be a string: received ${Deno.inspect(tag)}`);
}

function secondsOf(date: Date): number {
  const time = date instanceof Date ? date.getTime() : NaN;
  if (!Number.isNaN(time)) return Math.floor(time / 1000) * 1000;
  throw new TypeError(
    `Cannot use the lastModified of condition() as it must be a valid Date: received ${Deno.inspect(date)}`,
  );
}
