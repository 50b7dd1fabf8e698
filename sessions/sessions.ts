/**
 * The sessions middleware.
 *
 * @module
 */

import { chain } from "../middleware/awaitable.ts";
import type { AppInfo } from "../middleware/context.ts";
import { extend } from "../middleware/extend.ts";
import type { Middleware } from "../middleware/handler.ts";
import { addHooks, type Hooks } from "../middleware/hooks.ts";
import type { SessionBackend } from "./_backend.ts";
import type { ExpiryRule } from "./_expiry.ts";
import { SealedSessions } from "./_sealed_sessions.ts";
import { sessionCookie, type SessionCookieOptions } from "./_session_cookie.ts";
import { StoredSessions } from "./_stored_sessions.ts";
import { Visit } from "./_visit.ts";
import { CookieStore } from "./cookie_store.ts";
import type { HasSession } from "./session.ts";
import type { SessionStore } from "./store.ts";

/** Options of {@linkcode sessions}. */
export interface SessionOptions {
  /** Where sessions are kept: a store, or a {@linkcode CookieStore} for sessions that live in the cookie itself. */
  store: SessionStore | CookieStore;
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
  /** The cookie's name, domain, path, `sameSite` … Without it the safest: `__Host-`, Secure, HttpOnly, SameSite=Lax. */
  cookie?: SessionCookieOptions;
}

/**
 * Gives views the visitor's session as `await context.session()`.
 *
 * Who stores nothing costs nothing: no cookie, no record, no look-up. A request that doesn't ask for the session doesn't read it, one that
 * only reads writes nothing (but a later deadline now and then), and one that changes something writes once, before the response
 * leaves. Nothing is written for a response of 500 or more, or if the visitor went away; `flush()` counts all the same. A response that depended on
 * the session says `Vary: Cookie`.
 *
 * A session that was ended meanwhile stays ended: the request's changes are refused, its cookie goes, and it answers 400
 * ({@linkcode SessionInterrupted}). A store that fails is a 503 ({@linkcode SessionStoreError}), unless the view catches that and goes on without a session.
 *
 * Events: `session.interrupted` (a request's changes were refused), `session.conflict` (it did not get its turn), `session.unavailable` (the store failed
 * and the view went on without), `cookie.bad_signature` (a session in a cookie was refused), `cookie.insecure_transport` (a browser will drop
 * the cookie: "my session doesn't stick").
 *
 * @typeParam T The keys and what they hold; a view that uses another key doesn't compile.
 * @param options Where sessions are kept, and for how long.
 * @returns The middleware.
 * @throws {TypeError} If there is no store, or the cookie is one a browser refuses.
 * @throws {RangeError} If a time is no number of seconds.
 *
 * @example A cart across two requests
 * ```ts
 * import { pipeline, routes } from "@nuages/web/middleware";
 * import { MemoryStore, sessions } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline()
 *   .use(sessions<{ cart: string[] }>({ store: new MemoryStore() }))
 *   .handle(routes({
 *     "POST /cart/:book/": async (_request, context) => {
 *       const session = await context.session();
 *       session.update("cart", (cart = []) => [...cart, context.params.book]);
 *       return new Response("added");
 *     },
 *     "GET /cart/": async (_request, context) => {
 *       const session = await context.session();
 *       return Response.json(session.get("cart", []));
 *     },
 *   }));
 *
 * const added = await app(new Request("http://localhost/cart/emma/", { method: "POST" }));
 * const cookie = added.headers.getSetCookie()[0]!.split(";")[0]!;
 * const cart = await app(new Request("http://localhost/cart/", { headers: { Cookie: cookie } }));
 *
 * assertEquals(await cart.json(), ["emma"]);
 * ```
 */
export function sessions<T extends object = Record<string, unknown>>(
  options: SessionOptions,
): Middleware<unknown, HasSession<T>> {
  const { store, cookie: cookieOptions } = options;
  assertStore(store);
  const rule = resolveRule(options);
  const cookie = sessionCookie(cookieOptions);
  const backends = new WeakMap<AppInfo, SessionBackend>();
  const backendOf = (app: AppInfo): SessionBackend => {
    let backend = backends.get(app);
    if (backend === undefined) {
      backend = store instanceof CookieStore
        ? new SealedSessions(store, cookie, app)
        : new StoredSessions(store, cookie);
      backends.set(app, backend);
    }
    return backend;
  };

  return (next, app) => {
    if (app !== undefined) backendOf(app);
    return function sessions(request, context) {
      const visit = new Visit(backendOf(context.app), rule, context);
      if (context.app.debug) addHooks(context, debugHooks(visit));
      const extended = extend(context, { session: () => visit.open() } as unknown as HasSession<T>);
      return chain(next(request, extended), (response) => visit.leave(response));
    };
  };
}

function assertStore(store: unknown): asserts store is SessionStore | CookieStore {
  if (typeof store !== "object" || store === null) {
    throw new TypeError("Cannot create sessions without a store: pass new MemoryStore(), or one that lasts");
  }
  if (store instanceof CookieStore) return;
  const missing = STORE_METHODS.find((method) => typeof (store as Partial<SessionStore>)[method] !== "function");
  if (missing === undefined) return;
  throw new TypeError(
    `Cannot create sessions as the store has no ${missing}(): pass new MemoryStore(), or one that lasts`,
  );
}

const STORE_METHODS = ["read", "create", "update", "delete", "list", "clearExpired"] as const;

function debugHooks(visit: Visit): Hooks {
  return { debugFacts: () => ({ "Session keys": visit.keys() }) };
}

/** Beyond it dates end somewhere, and with them what stores can say. */
const LONGEST = 100 * 365 * 86_400;

function resolveRule(options: SessionOptions): ExpiryRule {
  const { idleSeconds = 1_209_600, absoluteSeconds = 7_776_000, renewAfter = 0.1, expireAtBrowserClose = false } =
    options;
  for (const [name, value] of Object.entries({ idleSeconds, absoluteSeconds })) {
    if (!Number.isFinite(value) || value <= 0 || value > LONGEST) {
      throw new RangeError(
        `Cannot create sessions as ${name} must be a number of seconds above 0, and at most ${LONGEST} (100 years): received ${value}`,
      );
    }
  }
  if (!(renewAfter >= 0 && renewAfter <= 1)) {
    throw new RangeError(`Cannot create sessions as renewAfter must be from 0 to 1: received ${renewAfter}`);
  }
  return {
    idle: idleSeconds * 1000,
    absolute: absoluteSeconds * 1000,
    renewAfter,
    browserClose: expireAtBrowserClose,
  };
}
