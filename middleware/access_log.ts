/**
 * A line for each request.
 *
 * @module
 */

import { secondsNow } from "../cookies/clock.ts";
import { type AccessLogEntry, type AccessLogFormat, lineWriter } from "./access_log_format.ts";
import { chain } from "./awaitable.ts";
import { optionalFunction } from "./check_option.ts";
import type { Context } from "./context.ts";
import { describeLayer } from "./describe_layer.ts";
import type { Middleware } from "./handler.ts";

/** Options of {@linkcode accessLog}. */
export interface AccessLogOptions {
  /** Takes a line, without its end: `console.log`, or what writes to a file. If it fails, that is the event `exception`. */
  write: (line: string) => unknown;
  /**
   * How a line looks: an object of JSON; the format of NCSA and Apache, `"common"` or with the page and the browser `"combined"`; or a function that is given what is known. What a function writes of visitors' words it
   * must make harmless itself.
   *
   * @default {"json"}
   */
  format?: AccessLogFormat;
  /** Whether a request gets no line, such as those of a health check. */
  skip?: (entry: AccessLogEntry) => boolean;
}

/**
 * Writes a line for each request when its response has been sent, or the visitor has left: when, who, what, how it ended, how long it took, and the id that errors go by.
 *
 * No line has a query, a cookie or a header but the page and the browser: secrets are there. Whatever a visitor sends, it stays in its place: quotation marks, line ends and what a terminal obeys are escaped. Bytes are those of
 * `Content-Length`, where a layer inside has set it, as `gzip()` does; nothing is counted.
 *
 * It belongs first, so that it sees how things ended.
 *
 * @param options Where to, and how.
 * @returns The middleware.
 * @throws {TypeError} If `write` or `skip` is no function, or the format is unknown.
 *
 * @example
 * ```ts
 * import { accessLog, pipeline } from "@nuages/web/middleware";
 * import { assertMatch } from "@std/assert";
 *
 * const lines: string[] = [];
 * const app = pipeline()
 *   .use(accessLog({ write: (line) => lines.push(line), format: "common" }))
 *   .handle((_request, context) => new Response(context.url.pathname));
 * const response = await app(new Request("http://localhost/books/?token=secret"));
 * await response.text();
 *
 * assertMatch(lines[0]!, /^127\.0\.0\.1 - - \[.+ \+0000\] "GET \/books\/" 200 -$/);
 * ```
 */
export function accessLog(options: AccessLogOptions): Middleware {
  const { write, format = "json", skip } = options ?? {};
  if (typeof write !== "function") {
    throw new TypeError(`Cannot create accessLog as write must be a function: received ${Deno.inspect(write)}`);
  }
  optionalFunction("accessLog", "skip", skip);
  const toLine = lineWriter(format);

  function log(entry: AccessLogEntry, context: Context): void {
    const fail = (error: unknown) =>
      context.emit({ name: "exception", message: "Unexpected exception in the write of accessLog()", error });
    try {
      if (skip?.(entry) === true) return;
      const written: unknown = write(toLine(entry));
      if (written instanceof Promise) written.catch(fail);
    } catch (error) {
      fail(error);
    }
  }

  return describeLayer((next) =>
    function accessLog(request, context) {
      // Taken down now: a layer inside may change the method, and the connection's facts may be gone later.
      const began = performance.now();
      const arrival = {
        time: new Date(secondsNow() * 1000),
        address: context.client.address,
        method: request.method,
        path: pathOf(request, context),
        referer: pageOf(request.headers.get("Referer")),
        userAgent: request.headers.get("User-Agent")?.slice(0, LONGEST) ?? "",
      };
      return chain(next(request, context), (response) => {
        const { status, headers } = response;
        const length = headers.get("Content-Length");
        const bytes = length === null ? undefined : Number(length);
        const end = () => {
          const milliseconds = Math.round((performance.now() - began) * 10) / 10;
          log({ ...arrival, status, milliseconds, bytes, requestId: context.requestId }, context);
        };
        // Deno keeps this promise also if the visitor leaves; whether they did isn't to be known.
        context.completed.then(end, end);
        return response;
      });
    }, { name: "accessLog" });
}

/** Of what may be of any length, so much is written. */
const LONGEST = 512;

function pathOf(request: Request, context: Context): string {
  try {
    return context.url.pathname;
  } catch {
    // A host that is none; the layers inside answer 400.
    return URL.parse(request.url)?.pathname ?? "";
  }
}

function pageOf(referer: string | null): string {
  if (referer === null) return "";
  const url = URL.parse(referer);
  const page = url === null || url.origin === "null" ? referer.replace(/[?#].*/s, "") : url.origin + url.pathname;
  return page.slice(0, LONGEST);
}
