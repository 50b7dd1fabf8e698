/**
 * How long an answer may take.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { describeLayer } from "./describe_layer.ts";
import { extend } from "./extend.ts";
import type { Middleware } from "./handler.ts";
import { HttpError } from "./http_error.ts";
import { letGo } from "./let_go.ts";

/** Options of {@linkcode timeout}. */
export interface TimeoutOptions {
  /** How long the layers inside may take until they answer, in seconds; fractions count. What streams after that may take as long as it likes. */
  seconds: number;
  /**
   * What the visitor is answered: 503, or 504 where the time is another server's.
   *
   * @default {503}
   */
  status?: 503 | 504;
}

/** What {@linkcode timeout} adds to the context. */
export interface HasSignal {
  /**
   * Aborts when the time is up. Pass it on to whatever waits: `fetch(url, { signal })`, a database; `signal.throwIfAborted()` stops a loop. Its reason is the {@linkcode HttpError} that the visitor
   * got.
   *
   * It doesn't tell that the visitor has left: that is `request.signal`, and `AbortSignal.any([context.signal, request.signal])` is both.
   */
  readonly signal: AbortSignal;
}

/**
 * Answers 503 when the layers inside take too long, and aborts `context.signal`, so that the view stops too.
 *
 * No program can be stopped from outside: a view that doesn't go by the signal runs on, and its answer is thrown away, with whatever its body holds. That isn't left unnoticed: the event `request.timeout` says
 * that the time was up, `request.late` when the view came to its end after all.
 *
 * @param options How long.
 * @returns The middleware.
 * @throws {RangeError} If `seconds` is no number above 0, or more than timers can count (24 days).
 * @throws {TypeError} If `status` is another.
 *
 * @example
 * ```ts
 * import { pipeline, timeout } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline().use(timeout({ seconds: 0.01 })).handle((_request, { signal }) =>
 *   new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)))
 * );
 *
 * assertEquals((await app(new Request("http://localhost/"))).status, 503);
 * ```
 */
export function timeout(options: TimeoutOptions): Middleware<unknown, HasSignal> {
  const { seconds, status = 503 } = options ?? {};
  if (typeof seconds !== "number" || !(seconds > 0) || seconds * 1000 > LONGEST) {
    throw new RangeError(
      `Cannot create timeout as seconds must be a number above 0, and at most ${LONGEST / 1000}: ` +
        `received ${Deno.inspect(seconds)}`,
    );
  }
  if (status !== 503 && status !== 504) {
    throw new TypeError(`Cannot create timeout as status must be 503 or 504: received ${Deno.inspect(status)}`);
  }

  return describeLayer((next) =>
    function timeout(request, context) {
      let controller: AbortController | undefined;
      let error: HttpError | undefined;
      const extended = extend(context, {
        get signal(): AbortSignal {
          if (controller === undefined) {
            controller = new AbortController();
            if (error !== undefined) controller.abort(error);
          }
          return controller.signal;
        },
      });
      const answer = next(request, extended);
      // Whoever answers at once can't be late.
      if (!(answer instanceof Promise)) return answer;
      return within(seconds, answer, context, () => {
        error = new HttpError(status, "The answer took too long", { expose: true });
        controller?.abort(error);
        return error;
      });
    }, { name: "timeout", facts: { seconds } });
}

/** What a timer counts at most, in milliseconds. */
const LONGEST = 2_147_483_647;

function within(
  seconds: number,
  answer: Promise<Response>,
  context: Context,
  expire: () => HttpError,
): Promise<Response> {
  return new Promise((resolve, reject) => {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      context.emit({ name: "request.timeout", message: `No answer within ${seconds} seconds`, data: { seconds } });
      reject(expire());
    }, seconds * 1000);
    const end = (settle: () => void, response?: Response) => {
      clearTimeout(timer);
      if (!isLate) return settle();
      if (response !== undefined) letGo(response);
      context.emit({
        name: "request.late",
        message: "The answer was there when nobody waited for it any more: let what takes so long go by context.signal",
        data: { seconds },
      });
    };
    answer.then((response) => end(() => resolve(response), response), (error) => end(() => reject(error)));
  });
}
