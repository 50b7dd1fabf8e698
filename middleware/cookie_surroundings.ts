/**
 * What a cookie jar knows of its request.
 *
 * @module
 */

import type { CookieEvent, CookieJarOptions } from "../cookies/cookie_jar_options.ts";
import type { KeyRing } from "../cookies/key_ring.ts";
import type { Context } from "./context.ts";

/**
 * The options of a request's cookie jar, answered when the jar asks.
 *
 * @internal
 */
export class CookieSurroundings implements CookieJarOptions {
  readonly #context: Context;

  /**
   * @param context The request's context.
   */
  constructor(context: Context) {
    this.#context = context;
  }

  /** The pipeline's keys. */
  get keys(): KeyRing {
    // Without keys it is undefined, which the type of an optional property doesn't allow for a getter.
    return this.#context.app.keys as KeyRing;
  }

  /** Whether the request came over plain http to a loopback address. */
  loopback(): boolean {
    return this.#context.client.loopback;
  }

  /** Whether it came over https. */
  secure(): boolean {
    return this.#context.client.secure;
  }

  /** Passes on what is worth noticing. */
  onEvent({ name, message, cookie }: CookieEvent): void {
    this.#context.emit({ name, message, data: { cookie } });
  }
}
