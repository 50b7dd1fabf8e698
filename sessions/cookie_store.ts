/**
 * Sessions that live in the visitor's cookie.
 *
 * @module
 */

import { KeyRing } from "../cookies/key_ring.ts";
import { assertStore } from "./_assert_store.ts";
import { GuardedStore } from "./_guarded_store.ts";
import { handleOf } from "./_handle_of.ts";
import { assertOwnerName } from "./_ownership.ts";
import { now } from "./_record.ts";
import { Revocations } from "./_revocations.ts";
import type { Session } from "./session.ts";
import type { SessionStore } from "./store.ts";

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
  /**
   * Where it is remembered which sessions were ended: any store, a small one. Nothing is written to it before a session is ended, and what is written goes when the
   * cookies in question are over. It is read once by each request that opens a session in a cookie, and once more by one that changes it.
   *
   * A store of sessions may be used, its records have other keys. A `MemoryStore` forgets with the process, and evicts what
   * is used least when it is full: what was ended comes back then. On a running site sessions that were sealed without it, and belong to nobody, are not
   * opened any more.
   *
   * @default {undefined} a copy of a cookie stays good until it expires, whatever the visitor or you do
   */
  revocations?: SessionStore;
  /**
   * For how long a cookie may be good in all, in seconds: at least as long as `absoluteSeconds` of {@linkcode sessions}, and what revocations of an owner's
   * sessions are remembered for.
   *
   * @default {7_776_000 (90 days)}
   */
  absoluteSeconds?: number;
}

/**
 * Keeps the whole session in the cookie, encrypted and authenticated (AES-256-GCM): nothing to run, nothing to clean up, no look-up.
 *
 * What that means, and no library can change: the *browser* holds the only copy. Of two parallel requests that both change the session, the one whose
 * response arrives last wins with its whole session. A session holds some 12 KB in four cookies, and a larger one is an error. Nobody can list
 * the sessions of an owner. Where any of that matters, use a {@linkcode SessionStore}: `MemoryStore`, `FileStore`, `KvStore`.
 *
 * **Without {@linkcode CookieStoreOptions.revocations} nothing can be revoked**: a copy of the cookie stays good until it expires, also after `flush()` or
 * `cycleKey()` have made the browser forget it, and nobody can be signed out from elsewhere. A new key in place of the old one ends all sessions of all visitors, and that is the
 * only way.
 *
 * With it, `flush()` ends a session for good and `cycleKey()` its old cookie, whoever has copied it; {@linkcode CookieStore.revokeAll} and
 * {@linkcode CookieStore.revokeOthers} end those of an owner (`session.setOwner()`). A request that was under way meanwhile and has changed the session answers 400, as
 * with any store; only one that is answered in the very same moment may be told that it has changed what has just ended. Of an owner who has ended a
 * thousand sessions one by one within `absoluteSeconds`, all are ended with the next.
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
  /** Where it is remembered which sessions were ended, if anywhere. */
  readonly revocations: SessionStore | undefined;
  /** For how long a cookie may be good in all, in seconds. */
  readonly absoluteSeconds: number;

  /**
   * Makes the store.
   *
   * @param options Keys, number of cookies, revocations.
   * @throws {RangeError} If `maxCookies` is no whole number from 1 to 8, `absoluteSeconds` no number above 0, or a key is too short.
   * @throws {TypeError} If a key is no good, or `revocations` is no store.
   */
  constructor(options: CookieStoreOptions = {}) {
    const { keys, maxCookies = 4, revocations, absoluteSeconds = 7_776_000 } = options;
    if (revocations !== undefined) assertStore("CookieStore", revocations);
    if (!(Number.isFinite(absoluteSeconds) && absoluteSeconds > 0)) {
      throw new RangeError(
        `Cannot create CookieStore as absoluteSeconds must be a number of seconds above 0: received ${absoluteSeconds}`,
      );
    }
    if (!Number.isInteger(maxCookies) || maxCookies < 1 || maxCookies > 8) {
      throw new RangeError(`Cannot create CookieStore as maxCookies must be from 1 to 8: received ${maxCookies}`);
    }
    this.keys = keys === undefined || keys instanceof KeyRing ? keys : new KeyRing(keys);
    this.maxCookies = maxCookies;
    this.revocations = revocations;
    this.absoluteSeconds = absoluteSeconds;
  }

  /**
   * Ends all sessions of an owner, in whatever browser, and copies of their cookies. Requests that are under way can't bring them back.
   *
   * @param owner The owner, as in `session.setOwner()`.
   * @throws {TypeError} If there are no `revocations`, or the owner is none.
   * @throws {SessionStoreError} If the store fails.
   */
  async revokeAll(owner: string): Promise<void> {
    await this.#endAll(owner, undefined);
  }

  /**
   * Ends all sessions of an owner but one: after a change of the password, for instance.
   *
   * @param owner The owner, as in `session.setOwner()`.
   * @param current The session that goes on, as `context.session()` gave it.
   * @throws {TypeError} If there are no `revocations`, the owner is none, or `current` is no session.
   * @throws {SessionStoreError} If the store fails.
   */
  // deno-lint-ignore no-explicit-any -- whatever keys it has
  async revokeOthers(owner: string, current: Session<any>): Promise<void> {
    await this.#endAll(owner, handleOf(current));
  }

  async #endAll(owner: string, kept: string | undefined): Promise<void> {
    assertOwnerName(owner);
    if (this.revocations === undefined) {
      throw new TypeError(
        "Cannot revoke sessions in cookies as nothing remembers it: pass new CookieStore({ revocations: store })",
      );
    }
    const revocations = new Revocations(new GuardedStore(this.revocations, 10));
    await revocations.endAll(owner, now() + this.absoluteSeconds * 1000, kept);
  }
}
