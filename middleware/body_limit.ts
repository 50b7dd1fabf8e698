/**
 * How much a request may bring.
 *
 * @module
 */

import { wholeNumber } from "./check_option.ts";
import { describeLayer } from "./describe_layer.ts";
import { giveBackBody } from "./give_back_body.ts";
import type { Middleware } from "./handler.ts";
import { HttpError } from "./http_error.ts";
import { RequestContext } from "./request_context.ts";
import { inSteps, type Steps } from "./steps.ts";
import type { Bytes } from "./whole_body.ts";

/** Options of {@linkcode bodyLimit}. */
export interface BodyLimitOptions {
  /**
   * How much a body may hold, in bytes.
   *
   * @default {1_048_576 (1 MiB)}
   */
  maxBytes?: number;
}

/**
 * Refuses bodies that are too large with 413, whatever they hold: JSON, texts, files. Forms have limits of their own in `pipeline({ form })`, and the smaller counts.
 *
 * Nothing is read ahead. A body that says its length is refused, or let through, by that; the server sees to it that it brings no more. One that doesn't (`Transfer-Encoding: chunked`) is counted while the view reads it, and
 * the reading fails with the 413 as soon as it is too much. Whoever passes such a request on gives the new one its body, `body: request.body`.
 *
 * @param options How much.
 * @returns The middleware.
 * @throws {RangeError} If `maxBytes` is no whole number from 0.
 *
 * @example
 * ```ts
 * import { bodyLimit, pipeline } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline().use(bodyLimit({ maxBytes: 1000 })).handle(async (request) => new Response(await request.text()));
 * const post = (body: string) => app(new Request("http://localhost/", { method: "POST", body }));
 *
 * assertEquals((await post("a".repeat(1000))).status, 200);
 * assertEquals((await post("a".repeat(1001))).status, 413);
 * ```
 */
export function bodyLimit(options: BodyLimitOptions = {}): Middleware {
  const { maxBytes = 1_048_576 } = options;
  wholeNumber("bodyLimit", "maxBytes", maxBytes, "bytes");

  const steps: Steps = {
    name: "bodyLimit",
    enter(request, context) {
      const { method, headers } = request;
      if (method === "GET" || method === "HEAD") return undefined;
      const length = headers.get("Content-Length");
      if (length !== null && Number(length) > maxBytes) throw tooLarge(maxBytes);
      const isCounted = length !== null && /^\d+$/.test(length) && !headers.has("Transfer-Encoding") &&
        RequestContext.runOf(context)?.connected === true;
      if (!isCounted && request.body !== null) giveBackBody(request, limited(request.body, maxBytes));
      return undefined;
    },
    leave: (response) => response,
  };
  return describeLayer((next) => inSteps(next, steps), { name: "bodyLimit", facts: { maxBytes } });
}

function limited(body: ReadableStream<Bytes>, maxBytes: number): ReadableStream<Bytes> {
  const reader = body.getReader();
  let left = maxBytes;
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) return controller.close();
      left -= value.length;
      if (left >= 0) return controller.enqueue(value);
      controller.error(tooLarge(maxBytes));
      // Not awaited: it ends when the connection does.
      reader.cancel().catch(() => {});
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}

function tooLarge(maxBytes: number): HttpError {
  return new HttpError(413, `The body holds more than ${maxBytes} bytes`);
}
