/**
 * Sessions: what a site remembers of a visitor between requests.
 *
 * {@linkcode sessions} gives views `await context.session()`, with typed keys. Changes are written once, after the view; parallel requests don't
 * lose each other's; a session that was ended stays ended. Sessions are kept in a store: {@linkcode MemoryStore} for tests and single
 * processes, {@linkcode FileStore} for one machine, {@linkcode KvStore} and {@linkcode RedisStore} for many, {@linkcode SqlStore} for those who have a
 * database, {@linkcode CookieStore} for none, {@linkcode DjangoSessionStore} and {@linkcode DjangoCookieStore} beside a Django, or any object with the six methods of {@linkcode SessionStore}. {@linkcode CachedStore} puts one before another.
 * `session.setOwner()` says whose a session is, and {@linkcode SessionDirectory} lists and ends the sessions of an owner.
 *
 * @example
 * ```ts
 * import { pipeline } from "@nuages/web/middleware";
 * import { MemoryStore, sessions } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline()
 *   .use(sessions<{ visits: number }>({ store: new MemoryStore() }))
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
 *
 * @module
 */

export type { SessionCookieOptions } from "./_session_cookie.ts";
export * from "./cached_store.ts";
export * from "./cookie_store.ts";
export * from "./corrupt_record_error.ts";
export * from "./django_cache_store.ts";
export * from "./django_cookie_store.ts";
export * from "./django_session_data.ts";
export * from "./django_session_store.ts";
export * from "./file_store.ts";
export * from "./kv_store.ts";
export * from "./memory_store.ts";
export * from "./record_too_large_error.ts";
export type * from "./redis_client.ts";
export * from "./redis_store.ts";
export type * from "./session.ts";
export * from "./session_directory.ts";
export * from "./session_errors.ts";
export type * from "./session_options.ts";
export * from "./sessions.ts";
export type * from "./sql_client.ts";
export * from "./sql_store.ts";
export * from "./sqlite_client.ts";
export type * from "./store.ts";
