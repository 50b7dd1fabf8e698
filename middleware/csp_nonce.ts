/**
 * The nonce of a request, and what a view says about its page's policy.
 *
 * @module
 */

import { encodeBase64Url } from "@std/encoding/base64url";
import { randomBytes } from "../cookies/random.ts";
import type { Context } from "./context.ts";
import type { CspHeader } from "./csp_policy.ts";

/** What {@linkcode contentSecurityPolicy} adds to the context. */
export interface HasCspNonce {
  /**
   * The nonce of this request, for the `nonce` attribute of scripts and styles: 22 characters, made when first asked for, the same from then on.
   *
   * @throws {TypeError} If it is asked for the first time when the response has left: the policy has left with it.
   */
  readonly cspNonce: string;
}

/** What a view says about its policy; `undefined` where it says nothing. */
export interface CspOverride {
  /** The policy for its pages. */
  policy?: CspHeader;
  /** The one that is only reported. */
  reportOnly?: CspHeader;
}

/**
 * One request's dealings with its policy.
 *
 * @internal
 */
export class CspVisit {
  /** Set when the response has left the layer. */
  left = false;
  /** What the view says. */
  readonly override: CspOverride = {};
  #nonce: string | undefined;

  /** The nonce, if it was asked for. */
  get nonce(): string | undefined {
    return this.#nonce;
  }

  /**
   * Makes the nonce, once.
   *
   * @returns The nonce.
   * @throws {TypeError} If it is too late for one.
   */
  ask(): string {
    if (this.#nonce !== undefined) return this.#nonce;
    if (this.left) {
      throw new TypeError(
        "Cannot make a nonce as the response has left, and its policy with it: read cspNonce before the page streams",
      );
    }
    return this.#nonce = encodeBase64Url(randomBytes(16));
  }
}

const VISIT: unique symbol = Symbol("csp");

/** What the layer keeps on the context. */
export interface HasCspVisit {
  /** The dealings. */
  readonly [VISIT]?: CspVisit;
}

/**
 * Finds the dealings of a request; of two layers the outer one has begun them.
 *
 * @param context The request's context.
 * @returns The dealings; `undefined` outside {@linkcode contentSecurityPolicy}.
 * @internal
 */
export function cspVisitOf(context: Context): CspVisit | undefined {
  return (context as Context & HasCspVisit)[VISIT];
}

/**
 * What to put on the context.
 *
 * @param visit The dealings.
 * @returns The nonce, lazily, and the dealings.
 * @internal
 */
export function cspContext(visit: CspVisit): HasCspNonce & HasCspVisit {
  return {
    [VISIT]: visit,
    get cspNonce() {
      return visit.ask();
    },
  };
}
