/**
 * Where the time of a request goes.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { describeLayer } from "./describe_layer.ts";
import type { Middleware } from "./handler.ts";
import { inSteps, type Steps } from "./steps.ts";
import { Timing } from "./timing.ts";

/** Options of {@linkcode serverTiming}. */
export interface ServerTimingOptions {
  /**
   * Which responses show the times, asked when the response is there. Times tell strangers what a site does: whether an account exists, whether
   * something came from a cache. Show them to those who may know.
   *
   * @default {only with pipeline({ debug: true })}
   */
  show?: (request: Request, context: Context, response: Response) => boolean;
}

/** What {@linkcode serverTiming} adds to the context. */
export interface HasTiming {
  /** Measures parts of the request. */
  readonly timing: Timing;
}

/**
 * Shows in the browser's network panel how long a request took, by the `Server-Timing` header: in all, and for each part that `context.timing` measured.
 *
 * The times are those until the response begins; what happens while a body streams comes too late for a header. Without `show` only a pipeline with
 * `debug: true` shows them; measuring costs next to nothing where nobody sees it.
 *
 * @param options Who sees the times.
 * @returns The middleware.
 * @throws {TypeError} If `show` is no function.
 *
 * @example
 * ```ts
 * import { pipeline, serverTiming } from "@nuages/web/middleware";
 * import { assertMatch } from "@std/assert";
 *
 * const app = pipeline({ debug: true })
 *   .use(serverTiming())
 *   .handle(async (_request, context) => {
 *     const books = await context.timing.measure("db", () => Promise.resolve(["Emma"]), "All books");
 *     return Response.json(books);
 *   });
 * const response = await app(new Request("http://localhost/"));
 *
 * assertMatch(response.headers.get("Server-Timing")!, /^total;dur=[\d.]+, db;dur=[\d.]+;desc="All books"$/);
 * ```
 */
export function serverTiming(options: ServerTimingOptions = {}): Middleware<unknown, HasTiming> {
  const { show } = options;
  if (show !== undefined && typeof show !== "function") {
    throw new TypeError(`Cannot create serverTiming as show must be a function: received ${Deno.inspect(show)}`);
  }

  const steps: Steps<Timing> = {
    name: "serverTiming",
    begin: () => new Timing(),
    isEager: true,
    adds: { timing: (timing) => timing },
    leave(response, timing, request, context) {
      const shown = show === undefined ? context.app.debug : show(request, context, response) === true;
      if (shown && timing !== undefined) response.headers.append("Server-Timing", timing.toHeader());
      return response;
    },
  };
  return describeLayer((next) => inSteps(next, steps), { name: "serverTiming" });
}
