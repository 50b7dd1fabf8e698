/**
 * Sessions in Django's own cookie.
 *
 * @module
 */

import { KeyRing } from "../cookies/key_ring.ts";
import { DjangoTime } from "./django_time.ts";

/** Options of {@linkcode DjangoCookieStore}. */
export interface DjangoCookieStoreOptions {
  /**
   * Django's `SECRET_KEY`, followed by its `SECRET_KEY_FALLBACKS`.
   *
   * @default {the pipeline's}
   */
  keys?: string | readonly string[] | KeyRing;
  /**
   * Django's `TIME_ZONE`, if its setting `USE_TZ` is `False`: the dates of `set_expiry()` are those of the clock on the wall then.
   *
   * @default {undefined: USE_TZ is True, as it is from Django 5.0 on}
   */
  timeZone?: string;
}

/**
 * Keeps sessions where a Django keeps them that has `SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"`: in the visitor's cookie `sessionid`, signed with Django's keys, in
 * its format. Either of the two reads and writes what the other has written, so that nobody is signed out while a site moves from the one to the other.
 *
 * Where there is no Django, use {@linkcode CookieStore}: it encrypts, takes more than one cookie, and can remember which sessions were ended. What Django's format can't do:
 *
 * - **Visitors can read their sessions**, though they can't change them. Put nothing into them that they mustn't know.
 * - **Nothing can be revoked.** A copy of the cookie stays good until it is over, also after `flush()` or `cycleKey()`; only a new password (with `authentication()`) or new keys end it.
 * - **The browser has the only copy.** Of two requests at the same time that both change the session, the one whose answer arrives last wins with its whole session.
 * - **One cookie, of 4096 bytes.** A larger session is an error here ({@linkcode RecordTooLargeError}); Django sends it, and browsers drop it.
 * - **It doesn't say when a session began, nor whose it is**: `absoluteSeconds`, `rotateSeconds` and `encrypt` are refused, and `session.owner` is the user who has signed in.
 *
 * `idleSeconds` is Django's `SESSION_COOKIE_AGE`; the cookie's other settings have to be the same on both sides. What a session was told of its end (`setExpiry()`, Django's `set_expiry()`) holds here whatever the browser does with
 * the cookie; a Django takes any cookie until `SESSION_COOKIE_AGE` is over, and none later.
 *
 * @example A session that Django has written
 * ```ts
 * import { pipeline } from "@nuages/web/middleware";
 * import { DjangoCookieStore, sessions } from "@nuages/web/sessions";
 * import { dumps, KeyRing } from "@nuages/web/cookies";
 * import { assertEquals } from "@std/assert";
 *
 * const secret = crypto.randomUUID() + crypto.randomUUID(); // Django's SECRET_KEY
 * const app = pipeline({ keys: [secret] })
 *   .use(sessions<{ cart: string[] }>({ store: new DjangoCookieStore() }))
 *   .handle(async (_request, context) => Response.json((await context.session()).get("cart")));
 *
 * // What Django has set: request.session["cart"] = ["emma"]
 * const salt = "django.contrib.sessions.backends.signed_cookies";
 * const value = dumps({ cart: ["emma"] }, new KeyRing(secret), { salt, compress: true });
 * const response = await app(new Request("https://shop.example/", { headers: { Cookie: `sessionid=${value}` } }));
 *
 * assertEquals(await response.json(), ["emma"]);
 * ```
 */
export class DjangoCookieStore {
  /** The keys; `undefined` for the pipeline's. */
  readonly keys: KeyRing | undefined;
  /** Django's `TIME_ZONE`, if it goes by the clock on the wall. */
  readonly timeZone: string | undefined;

  /**
   * Makes the store.
   *
   * @param options Keys, time zone.
   * @throws {TypeError} If `timeZone` is none, or a key is no good.
   * @throws {RangeError} If a key is too short.
   */
  constructor(options: DjangoCookieStoreOptions = {}) {
    const { keys, timeZone } = options;
    this.timeZone = new DjangoTime("DjangoCookieStore", timeZone).timeZone;
    this.keys = keys === undefined || keys instanceof KeyRing ? keys : new KeyRing(keys);
  }
}
