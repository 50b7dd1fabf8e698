/**
 * The errors of sessions that become responses.
 *
 * @module
 */

import { BadRequest, HttpError } from "../middleware/http_error.ts";

/**
 * The session was ended while the request was under way (the visitor signed out in another tab, or got a new id by signing in there), and what the
 * request changed was not stored: 400. (Django's `SessionInterrupted`.) The middleware throws it after the view, so a view needn't catch it.
 *
 * @example
 * ```ts
 * import { SessionInterrupted } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new SessionInterrupted().status, 400);
 * ```
 */
export class SessionInterrupted extends BadRequest {
  /** Makes the error. */
  constructor() {
    super("Your session was ended before this request was completed. You may have signed in or out in another window.");
  }
}

/**
 * The store could not read or write: 503. What happened is in `cause`, and reported as an exception.
 *
 * @example
 * ```ts
 * import { SessionStoreError } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new SessionStoreError("read", new Error("connection refused")).status, 503);
 * ```
 */
export class SessionStoreError extends HttpError {
  /**
   * Makes the error.
   *
   * @param verb What the store was asked to do.
   * @param cause What it answered.
   */
  constructor(verb: string, cause: unknown) {
    super(503, `The session store failed to ${verb}`, { cause, expose: false });
  }
}

/**
 * So many requests changed one session at the same time that this one could not get its turn: 503. Nothing of it was stored.
 *
 * @example
 * ```ts
 * import { SessionConflict } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new SessionConflict(30).status, 503);
 * ```
 */
export class SessionConflict extends HttpError {
  /**
   * Makes the error.
   *
   * @param attempts How often it was tried.
   */
  constructor(attempts: number) {
    super(503, `The session was changed by others ${attempts} times while this request tried to`, {
      expose: false,
      headers: { "Retry-After": "1" },
    });
  }
}
