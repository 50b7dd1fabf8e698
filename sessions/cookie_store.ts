/**
 * Sessions that live in the visitor's cookie.
 *
 * @module
 */

import { KeyRing } from "../cookies/key_ring.ts";

/** Options of {@linkcode CookieStore}. */
export interface CookieStoreOptions {
  /**
   * The keys that seal the sessions.
   *
   * @default {the pipeline's}
   */
  keys?: readonly string[] | KeyRing;
  /**
   * Over how many cookies a large session is spread, from 1 to 8. Each holds about 4 KB, and the browser sends them all with every request.
   *
   * @default {4}
   */
  maxCookies?: number;
}

/**
 * Keeps the whole session in the cookie, encrypted and authenticated (AES-256-GCM): nothing to run, nothing to clean up, no look-up.
 *
 * What that means, and no library can change: the *browser* holds the only copy. Of two parallel requests that both change the session, the one whose
 * response arrives last wins with its whole session. A copy of the cookie stays good until it expires, also after `flush()` or `cycleKey()` have made the
 * browser forget it. A session holds some 12 KB in four cookies, and a larger one is an error. Where any of that matters, use a {@linkcode SessionStore}:
 * `MemoryStore`, `FileStore`, `KvStore`.
 *
 * @example
 * ```ts
 * import { pipeline } from "@nuages/web/middleware";
 * import { CookieStore, sessions } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline({ keys: [crypto.randomUUID() + crypto.randomUUID()] })
 *   .use(sessions<{ visits: number }>({ store: new CookieStore() }))
 *   .handle(async (_request, context) => {
 *     const session = await context.session();
 *     return new Response(`visit ${session.update("visits", (visits = 0) => visits + 1)}`);
 *   });
 *
 * const first = await app(new Request("http://localhost/"));
 * const cookie = first.headers.getSetCookie()[0]!.split(";")[0]!;
 * const second = await app(new Request("http://localhost/", { headers: { Cookie: cookie } }));
 *
 * assertEquals(await second.text(), "visit 2");
 * ```
 */
export class CookieStore {
  /** The keys that seal the sessions; `undefined` for the pipeline's. */
  readonly keys: KeyRing | undefined;
  /** Over how many cookies a large session is spread. */
  readonly maxCookies: number;

  /**
   * Makes the store.
   *
   * @param options Keys, number of cookies.
   * @throws {RangeError} If `maxCookies` is no whole number from 1 to 8, or a key is too short.
   * @throws {TypeError} If a key is no good.
   */
  constructor(options: CookieStoreOptions = {}) {
    const { keys, maxCookies = 4 } = options;
    if (!Number.isInteger(maxCookies) || maxCookies < 1 || maxCookies > 8) {
      throw new RangeError(`Cannot create CookieStore as maxCookies must be from 1 to 8: received ${maxCookies}`);
    }
    this.keys = keys === undefined || keys instanceof KeyRing ? keys : new KeyRing(keys);
    this.maxCookies = maxCookies;
  }
}
