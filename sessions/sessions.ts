/**
 * The sessions middleware.
 *
 * @module
 */

import type { AppInfo, Context } from "../middleware/context.ts";
import { describeLayer } from "../middleware/describe_layer.ts";
import type { Middleware } from "../middleware/handler.ts";
import type { Hooks } from "../middleware/hooks.ts";
import { inSteps, type Steps } from "../middleware/steps.ts";
import { assertStore } from "./_assert_store.ts";
import type { SessionBackend } from "./_backend.ts";
import { DjangoCookies } from "./_django_cookies.ts";
import { DjangoSessions } from "./_django_sessions.ts";
import { GuardedStore } from "./_guarded_store.ts";
import { RecordTexts } from "./_record_texts.ts";
import { SealedSessions } from "./_sealed_sessions.ts";
import { sessionCookie } from "./_session_cookie.ts";
import { isOfDjango, resolveSealing, resolveSettings } from "./_settings.ts";
import { StoredSessions } from "./_stored_sessions.ts";
import { Visit } from "./_visit.ts";
import { CookieStore } from "./cookie_store.ts";
import { DjangoCookieStore } from "./django_cookie_store.ts";
import type { HasSession } from "./session.ts";
import type { SessionOptions } from "./session_options.ts";

/**
 * Gives views the visitor's session as `await context.session()`.
 *
 * Who stores nothing costs nothing: no cookie, no record, no look-up. A request that doesn't ask for the session doesn't read it, one that
 * only reads writes nothing (but a later deadline now and then), and one that changes something writes once, before the response
 * leaves. Nothing is written for a response of 500 or more, or if the visitor went away; `flush()` counts all the same. A response that depended on
 * the session says `Vary: Cookie`.
 *
 * A session that was ended meanwhile stays ended: the request's changes are refused, its cookie goes, and it answers 400
 * ({@linkcode SessionInterrupted}). A store that fails, or doesn't answer within `storeSeconds`, is a 503 ({@linkcode SessionStoreError}), unless the view catches that
 * and goes on without a session, or `whenUnavailable` says that it gets an empty one.
 *
 * Events: `session.interrupted` (a request's changes were refused), `session.conflict` (it did not get its turn), `session.unavailable` (the store failed
 * and the view went on without), `session.unreadable` (no key opens what the store has), `cookie.bad_signature` (a session in a cookie was refused),
 * `cookie.insecure_transport` (a browser will drop the cookie: "my session doesn't stick").
 *
 * @typeParam T The keys and what they hold; a view that uses another key doesn't compile.
 * @param options Where sessions are kept, and for how long.
 * @returns The middleware.
 * @throws {TypeError} If there is no store, the cookie is one a browser refuses, an option is none of what it can be, or the store can't do what an option asks for.
 * `handle()` of the pipeline throws it if something is to be encrypted and there are no keys.
 * @throws {RangeError} If a time is no number of seconds, or a {@linkcode CookieStore} remembers revocations for a shorter time than sessions live.
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
  const { store, encrypt } = options;
  const isDjangos = isOfDjango(store);
  if (!isDjangos && !(store instanceof CookieStore)) assertStore("sessions", store);
  const settings = resolveSettings(options);
  const cookie = sessionCookie(isDjangos ? { name: DJANGO_COOKIE, ...options.cookie } : options.cookie);
  const backends = new WeakMap<AppInfo, SessionBackend>();
  const makeBackend = (app: AppInfo): SessionBackend => {
    if (store instanceof CookieStore) return new SealedSessions(store, cookie, app, settings);
    if (store instanceof DjangoCookieStore) return new DjangoCookies(store, app.keys, cookie, settings);
    if (isDjangos) return new DjangoSessions(store, app.keys, cookie, settings);
    const texts = new RecordTexts(resolveSealing(encrypt, app.keys));
    return new StoredSessions(new GuardedStore(store, settings.storeSeconds), texts, cookie, settings.grace);
  };
  const backendOf = (app: AppInfo): SessionBackend => {
    let backend = backends.get(app);
    if (backend === undefined) backends.set(app, backend = makeBackend(app));
    return backend;
  };

  // One for each sessions(): the debug page asks each for its own.
  const VISIT = Symbol("sessions");
  const hooks: Hooks<Context & { readonly [VISIT]: Visit }> = {
    debugFacts: (_request, { [VISIT]: visit }) => ({ "Session keys": visit.keys() }),
  };

  return describeLayer((next, app) => {
    const backend = app && backendOf(app);
    const steps: Steps<Visit> = {
      name: "sessions",
      begin(request, context, left) {
        const { app: ours } = context;
        const own = backend !== undefined && ours === app ? backend : backendOf(ours);
        return new Visit(own, settings, context, request, left);
      },
      adds: { session: (visit) => () => visit.open(), [VISIT]: (visit) => visit },
      ...(app === undefined || app.debug ? { hooks } : {}),
      leave: (response, visit) => visit === undefined ? response : visit.leave(response),
    };
    return inSteps(next, steps);
  }, {
    name: "sessions",
    facts: { store, cookie, encrypted: encrypt !== undefined && encrypt !== false, idleSeconds: settings.idle / 1000 },
  });
}

/** Django's `SESSION_COOKIE_NAME`: with another one, neither side would find the other's sessions. */
const DJANGO_COOKIE = "sessionid";
