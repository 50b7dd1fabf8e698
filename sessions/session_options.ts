/**
 * What `sessions()` can be told.
 *
 * @module
 */

import type { KeyRing } from "../cookies/key_ring.ts";
import type { SessionCookieOptions } from "./_session_cookie.ts";
import type { CookieStore } from "./cookie_store.ts";
import type { DjangoCacheStore } from "./django_cache_store.ts";
import type { DjangoCookieStore } from "./django_cookie_store.ts";
import type { DjangoSessionStore } from "./django_session_store.ts";
import type { SessionStore } from "./store.ts";

/** Options of {@linkcode sessions}. */
export interface SessionOptions {
  /**
   * Where sessions are kept: a store, a {@linkcode CookieStore} for sessions that live in the cookie itself, or a {@linkcode DjangoSessionStore}, {@linkcode DjangoCacheStore} or
   * {@linkcode DjangoCookieStore} for those that a Django reads and writes, too.
   */
  store: SessionStore | CookieStore | DjangoSessionStore | DjangoCacheStore | DjangoCookieStore;
  /**
   * How long a session lives without being used, in seconds, 100 years at most. Using it means changing it, or reading it once `renewAfter` of this time is gone.
   *
   * @default {1_209_600 (two weeks)}
   */
  idleSeconds?: number;
  /**
   * How long a session lives in all, however much it is used, in seconds. A new id doesn't prolong it, `flush()` begins anew.
   *
   * @default {7_776_000 (90 days)}
   */
  absoluteSeconds?: number;
  /**
   * How much of `idleSeconds` must be gone before a request that only reads writes a later deadline, from 0 (every reading writes) to 1
   * (reading never prolongs).
   *
   * @default {0.1}
   */
  renewAfter?: number;
  /**
   * Tells the browser to forget the session when it is closed. The store keeps it for `idleSeconds` all the same, since many browsers
   * restore what they were told to forget.
   *
   * @default {false}
   */
  expireAtBrowserClose?: boolean;
  /**
   * The cookie's name, domain, path, `sameSite` … Without it the safest: `__Host-`, Secure, HttpOnly, SameSite=Lax; where Django keeps the sessions its name,
   * `sessionid`, and otherwise the same.
   */
  cookie?: SessionCookieOptions;
  /**
   * How old an id may get, in seconds: a session that is used with an older one gets a new one, so that an id that was copied is of use for that long at most, unless
   * whoever copied it keeps using it. It costs two writes each time. What must end an id at once (signing in, a change of rights) is for `cycleKey()`. Not for a
   * {@linkcode CookieStore}, whose sessions have no id.
   *
   * @default {undefined} never
   */
  rotateSeconds?: number;
  /**
   * For how long an id that `rotateSeconds` has replaced still leads to the session, in seconds: for requests that are under way with it, and for a
   * browser that never got the answer with the new one. Such a request goes on with the same session, and is given the new id. `flush()`, `cycleKey()` and
   * revocation end it all at once.
   *
   * @default {30}
   */
  rotateGraceSeconds?: number;
  /**
   * Encrypts and authenticates what the store keeps (AES-256-GCM with the pipeline's keys), each record bound to its place: who reads the store sees neither data nor
   * owners' names, and who writes to it can make up no session, nor put one in the place of another. Only an older state of the same record can be put back. Deadlines, sizes, and which records
   * have the same owner can be seen.
   *
   * After the keys were changed, a session is sealed anew when it is used next. What no key opens counts as no session, and `session.unreadable` tells of it: so
   * does what was stored before this was switched on, unless {@linkcode EncryptionOptions.readPlain} says otherwise. A {@linkcode CookieStore} always encrypts.
   *
   * @default {false}
   */
  encrypt?: boolean | EncryptionOptions;
  /**
   * How long one call of the store may take, in seconds, an hour at most. After that it counts as failed, whatever it answers later; a write may have taken place
   * all the same.
   *
   * @default {10}
   */
  storeSeconds?: number;
  /**
   * What a request gets whose session can't be read, since the store is down, slow or damaged.
   *
   * - `"refuse"`: `context.session()` rejects with {@linkcode SessionStoreError}, which becomes a 503 unless the view catches it.
   * - `"empty"`: an empty session that can't be changed: every verb that would change it throws a {@linkcode SessionStoreError}. Pages that only look at the session are
   *   served as to a stranger. The cookie stays. `session.unavailable` tells of it, and also of a session that was read but could not be given a later deadline.
   *
   * @default {"refuse"}
   */
  whenUnavailable?: "refuse" | "empty";
}

/** How records are encrypted; see {@linkcode SessionOptions.encrypt}. */
export interface EncryptionOptions {
  /**
   * The keys.
   *
   * @default {the pipeline's}
   */
  keys?: readonly string[] | KeyRing;
  /**
   * Whether sessions are read, too, that were stored in plain, before encryption was switched on; they are sealed when they are used next. As long as this is on,
   * somebody who can write to the store can make sessions up: switch it off again after `idleSeconds`.
   *
   * @default {false}
   */
  readPlain?: boolean;
}
