import { MemoryCache } from "../middleware/memory_cache.ts";
import { MemoryRateLimits } from "../middleware/memory_rate_limits.ts";
import type { SiteCache } from "../middleware/site_cache.ts";
import { CachedStore } from "../sessions/cached_store.ts";
import { CookieStore } from "../sessions/cookie_store.ts";
import { MemoryStore } from "../sessions/memory_store.ts";
import { factsOf, type Stack } from "./_stack.ts";
import type { Finding } from "./finding.ts";

/** What is kept in the memory of one process, and is gone with it. */
export function* memoryRules(stack: Stack): Generator<Finding> {
  for (const layer of stack.all("sessions")) {
    const store = lasting(factsOf<{ store: unknown }>(layer).store);
    if (store instanceof MemoryStore) {
      yield {
        id: "session.memory_store",
        level: "warning",
        layer: "sessions",
        message:
          "Sessions are in the memory of one process: a restart ends them all, and with several processes (deno serve --parallel, two machines, an isolate for each region) each has its own.",
        hint: "Take a store that lasts: FileStore on one machine, KvStore, SqlStore or RedisStore on several.",
        problems: ["session doesn't stick", "CSRF 403", "message never or twice"],
      };
    }
    if (!(store instanceof CookieStore)) continue;
    if (lasting(store.revocations) instanceof MemoryStore) {
      yield {
        id: "session.memory_revocations",
        level: "warning",
        layer: "sessions",
        message:
          "Which sessions in cookies have ended is remembered by one process: after a restart, and for the other processes, they are good again.",
        hint: "Pass CookieStore({ revocations }) a store that lasts.",
      };
    } else if (store.revocations === undefined) {
      yield {
        id: "session.not_revocable",
        level: "info",
        layer: "sessions",
        message:
          "A session in a cookie can't be ended: whoever has a copy of the cookie has the session until it expires, signed out or not.",
        hint: "Pass CookieStore({ revocations }) a store, or keep sessions in one.",
      };
    }
  }
  const { cache } = factsOf<{ cache: SiteCache }>(stack.first("updateCache"));
  if (cache?.store instanceof MemoryCache) {
    yield {
      id: "cache.memory",
      level: "info",
      layer: "updateCache",
      message:
        "The site cache is in the memory of one process: with several, each makes and keeps its own pages, and an invalidation reaches one of them.",
      hint: "Take a KvCache where several processes serve the site; on one, silence this.",
    };
  }
  if (stack.all("rateLimit").some((layer) => factsOf<{ store: unknown }>(layer).store instanceof MemoryRateLimits)) {
    yield {
      id: "rate_limit.memory",
      level: "info",
      layer: "rateLimit",
      message: "Requests are counted in the memory of one process: with several, each lets the whole limit pass.",
      hint: "Take KvRateLimits or RedisRateLimits where several processes serve the site; on one, silence this.",
    };
  }
}

/** Where records are in the end. */
function lasting(store: unknown): unknown {
  return store instanceof CachedStore ? lasting(store.lasting) : store;
}
