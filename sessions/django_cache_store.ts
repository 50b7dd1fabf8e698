/**
 * Sessions in Django's cache.
 *
 * @module
 */

import { DjangoTime } from "./django_time.ts";
import type { RedisClient } from "./redis_client.ts";

/** Options of {@linkcode DjangoCacheStore}. */
export interface DjangoCacheStoreOptions {
  /**
   * The cache's `KEY_PREFIX` in Django.
   *
   * @default {""}
   */
  keyPrefix?: string;
  /**
   * The cache's `VERSION` in Django.
   *
   * @default {1}
   */
  version?: number;
  /**
   * Django's `TIME_ZONE`, if its setting `USE_TZ` is `False`.
   *
   * @default {undefined: USE_TZ is True, as it is from Django 5.0 on}
   */
  timeZone?: string;
}

/**
 * Keeps sessions where a Django keeps them that has `SESSION_ENGINE = "django.contrib.sessions.backends.cache"` and Redis for its cache: as {@linkcode DjangoSessionStore} does with the table,
 * under the same cookie, and with the same limits but for the first.
 *
 * **Django has to write JSON.** By itself it pickles what is in a cache, which is Python's own format, and reading it is running it. Django has another serializer on board, and one line for it:
 *
 * ```py
 * CACHES = {
 *     "default": {
 *         "BACKEND": "django.core.cache.backends.redis.RedisCache",
 *         "LOCATION": "redis://127.0.0.1:6379",
 *         "OPTIONS": {"serializer": "django.core.signing.JSONSerializer"},
 *     },
 * }
 * ```
 *
 * Whatever else is in that cache must be JSON, too, so sessions are better off in a cache of their own (`SESSION_CACHE_ALIAS`). Sessions from before that line can't be read by Django any more, and everybody signs in once.
 * What is pickled is an error here: a 503. `KEY_FUNCTION` has to be Django's own.
 *
 * - Nothing is signed, in Django either: whoever can write to the Redis is any user.
 * - **Django's cache sessions can come back**: it looks whether a session is there, and then writes. What is ended in between, on either side, lives on. The table has no such gap.
 * - `django.contrib.sessions.backends.cached_db` can't be shared: Django doesn't look into the table as long as its cache has a session. Set it to `db` before the move.
 *
 * @example
 * ```ts
 * import { pipeline } from "@nuages/web/middleware";
 * import { DjangoCacheStore, sessions } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * // In real life: const client = await createClient({ url: "redis://…" }).connect();
 * const client = { sendCommand: (_command: string[]) => Promise.resolve([]) };
 * const store = new DjangoCacheStore({ send: (...command) => client.sendCommand(command) });
 * const app = pipeline()
 *   .use(sessions({ store }))
 *   .handle(async (_request, context) => Response.json((await context.session()).keys()));
 *
 * assertEquals(await (await app(new Request("http://localhost/"))).json(), []);
 * ```
 */
export class DjangoCacheStore {
  /** The Redis of Django's cache. */
  readonly client: RedisClient;
  /** What stands before a session's id in the keys. */
  readonly prefix: string;
  /** Django's `TIME_ZONE`, if it goes by the clock on the wall. */
  readonly timeZone: string | undefined;

  /**
   * Makes the store.
   *
   * @param client The client, as with {@linkcode RedisStore}. Whoever connected it closes it, after the last request.
   * @param options How Django names its keys.
   * @throws {TypeError} If `client` has no method `send`, or an option can't be what it says.
   */
  constructor(client: RedisClient, options: DjangoCacheStoreOptions = {}) {
    const { keyPrefix = "", version = 1, timeZone } = options;
    if (typeof client?.send !== "function") {
      throw new TypeError("Cannot create DjangoCacheStore as client must have a method send(command, ...args)");
    }
    if (typeof keyPrefix !== "string" || !keyPrefix.isWellFormed() || !Number.isSafeInteger(version)) {
      throw new TypeError(
        `Cannot create DjangoCacheStore as keyPrefix must be a text and version a whole number: received ${
          Deno.inspect({ keyPrefix, version })
        }`,
      );
    }
    new DjangoTime("DjangoCacheStore", timeZone);
    this.client = client;
    this.prefix = `${keyPrefix}:${version}:django.contrib.sessions.cache`;
    this.timeZone = timeZone;
  }
}
