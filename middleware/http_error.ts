/**
 * The exception that means a response.
 *
 * @module
 */

import { STATUS_TEXT, type StatusCode } from "@std/http/status";

/** Options of {@linkcode HttpError}. */
export interface HttpErrorOptions extends ErrorOptions {
  /** Headers for the response, such as `Allow` or `Retry-After`. */
  headers?: HeadersInit;
  /**
   * Whether the message may be shown to the visitor.
   *
   * @default {true for a status below 500, false from there on}
   */
  expose?: boolean;
}

/**
 * Throw it anywhere in a view or a middleware: the layer where it is thrown answers with its status, and the layers
 * outside see an ordinary response. The page is HTML or problem details (RFC 9457), as the visitor's `Accept` says.
 *
 * For the usual ones there are {@linkcode BadRequest}, {@linkcode Forbidden} and {@linkcode NotFound}.
 *
 * @example
 * ```ts
 * import { HttpError, pipeline } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline().handle(() => {
 *   throw new HttpError(503, "The shop is being restocked", { headers: { "Retry-After": "600" }, expose: true });
 * });
 * const response = await app(new Request("http://localhost/"));
 *
 * assertEquals(response.status, 503);
 * assertEquals(response.headers.get("Retry-After"), "600");
 * ```
 */
export class HttpError extends Error {
  /** The status of the response, 400 to 599. */
  readonly status: number;
  /** Headers for the response. */
  readonly headers: Headers;
  /** Whether the message may be shown to the visitor. */
  readonly expose: boolean;

  /**
   * Makes an error of any status.
   *
   * @param status The status of the response, 400 to 599.
   * @param message What happened. Shown to the visitor if `expose` says so. Default: the status's own words.
   * @param options Headers, exposure, cause.
   * @throws {RangeError} If the status is no error.
   */
  constructor(status: number, message?: string, options: HttpErrorOptions = {}) {
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      throw new RangeError(`Cannot create HttpError as its status must be 400 to 599: received ${status}`);
    }
    super(message ?? statusText(status), options);
    this.name = new.target.name;
    this.status = status;
    this.headers = new Headers(options.headers);
    this.expose = message !== undefined && (options.expose ?? status < 500);
  }
}

/**
 * The request can't be understood: 400.
 *
 * @example
 * ```ts
 * import { BadRequest } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new BadRequest("The date is not a date").status, 400);
 * ```
 */
export class BadRequest extends HttpError {
  /**
   * Makes a 400.
   *
   * @param message What is wrong with the request; shown to the visitor.
   * @param options Headers, exposure, cause.
   */
  constructor(message?: string, options?: HttpErrorOptions) {
    super(400, message, options);
  }
}

/**
 * The visitor may not: 403. (Django's `PermissionDenied`.)
 *
 * @example
 * ```ts
 * import { Forbidden } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new Forbidden().status, 403);
 * ```
 */
export class Forbidden extends HttpError {
  /**
   * Makes a 403.
   *
   * @param message Why not; shown to the visitor.
   * @param options Headers, exposure, cause.
   */
  constructor(message?: string, options?: HttpErrorOptions) {
    super(403, message, options);
  }
}

/**
 * There is nothing here: 404. (Django's `Http404`.)
 *
 * @example
 * ```ts
 * import { NotFound } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new NotFound("No such book").message, "No such book");
 * ```
 */
export class NotFound extends HttpError {
  /**
   * Makes a 404.
   *
   * @param message What isn't there; shown to the visitor.
   * @param options Headers, exposure, cause.
   */
  constructor(message?: string, options?: HttpErrorOptions) {
    super(404, message, options);
  }
}

/**
 * The words of a status.
 *
 * @param status A status code.
 * @returns Such as "Not Found"; "Error" for a code without words.
 * @internal
 */
export function statusText(status: number): string {
  return STATUS_TEXT[status as StatusCode] ?? "Error";
}
