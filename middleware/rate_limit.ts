/**
 * How often somebody may ask.
 *
 * @module
 */

import { lazyNode } from "../cookies/lazy_node.ts";
import { attempt, type Awaitable, chain } from "./awaitable.ts";
import { isToken, optionalFunction, wholeNumber } from "./check_option.ts";
import { clientNetwork } from "./client_network.ts";
import type { Context } from "./context.ts";
import { describeLayer } from "./describe_layer.ts";
import type { Middleware } from "./handler.ts";
import { HttpError } from "./http_error.ts";
import { MemoryRateLimits } from "./memory_rate_limits.ts";
import type { RateLimitCount, RateLimitStore } from "./rate_limit_store.ts";

/** Options of {@linkcode rateLimit}. */
export interface RateLimitOptions<N = unknown> {
  /** How many requests, in a window. */
  limit: number;
  /**
   * How long a window is, in seconds. It begins with the first request and doesn't move: in the worst case twice the limit comes at the end of one and the beginning of the next.
   *
   * @default {60}
   */
  seconds?: number;
  /**
   * Who is counted: a text that is the same for the same visitor, such as `context.user.id`; nothing for a request that isn't limited. A text that visitors make up themselves limits nobody.
   *
   * @default {the visitor's address; of IPv6 the first 64 bits}
   */
  key?: (request: Request, context: Context & N) => Awaitable<string | undefined>;
  /**
   * Where is counted: in this process, in `KvRateLimits` or `RedisRateLimits`. Several limits may share a store, each with a name of its own.
   *
   * @default {new MemoryRateLimits()}
   */
  store?: RateLimitStore;
  /**
   * Names the limit, in the store and in the headers.
   *
   * @default {"default"}
   */
  name?: string;
  /**
   * What happens if the store fails: the request is refused with 503, which is the event `exception`; or it is let through, which is the event `rate.unavailable`.
   *
   * @default {"refuse"}
   */
  whenStoreFails?: "refuse" | "allow";
}

/**
 * Answers 429 to those who ask too often, with `Retry-After`. Every response says in `RateLimit` how much is left (draft-ietf-httpapi-ratelimit-headers).
 *
 * Visitors are told apart by address, as `pipeline({ proxies })` knows it: behind a proxy that nobody trusts all are one. The first refusal in a window is the event `rate.limited`. Around a single view it is
 * `perView(rateLimit({ limit: 5, name: "sign-in" }))(view)`.
 *
 * @typeParam N What `key` needs on the context.
 * @param options How often, who, and where it is counted.
 * @returns The middleware.
 * @throws {RangeError} If a number is none, or below 1.
 * @throws {TypeError} If another option can't be used.
 *
 * @example
 * ```ts
 * import { pipeline, rateLimit } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline().use(rateLimit({ limit: 2, seconds: 60 })).handle(() => new Response("hello"));
 * const ask = () => app(new Request("http://localhost/"));
 *
 * assertEquals((await ask()).headers.get("RateLimit"), '"default";r=1;t=60');
 * assertEquals((await ask()).status, 200);
 * assertEquals((await ask()).status, 429);
 * ```
 */
export function rateLimit<N = unknown>(options: RateLimitOptions<N>): Middleware<N> {
  const { limit, seconds = 60, key, name = "default", whenStoreFails = "refuse" } = options ?? {};
  wholeNumber("rateLimit", "limit", limit, "requests", 1);
  wholeNumber("rateLimit", "seconds", seconds, "seconds", 1);
  optionalFunction("rateLimit", "key", key);
  if (!isToken(name)) {
    throw new TypeError(
      `Cannot create rateLimit as name must be letters, digits and dashes: received ${Deno.inspect(name)}`,
    );
  }
  if (whenStoreFails !== "refuse" && whenStoreFails !== "allow") {
    throw new TypeError(
      `Cannot create rateLimit as whenStoreFails must be "refuse" or "allow": received ${Deno.inspect(whenStoreFails)}`,
    );
  }
  const store = checkedStore(options.store ?? new MemoryRateLimits());
  const policy = `"${name}";q=${limit};w=${seconds}`;

  function count(who: string, context: Context): Awaitable<RateLimitCount | undefined> {
    return attempt<RateLimitCount | undefined>(() => store.hit(`${name}:${short(who)}`, seconds), (error) => {
      if (whenStoreFails === "refuse") throw new HttpError(503, undefined, { cause: error });
      const message = "The requests could not be counted, and this one was let through";
      context.emit({ name: "rate.unavailable", message, error, data: { limit: name } });
      return undefined;
    });
  }

  function refuse(hits: number, reset: number, headers: [string, string][], request: Request, context: Context): never {
    if (hits === limit + 1) tell(name, limit, seconds, key === undefined, request, context);
    throw new HttpError(429, `Too many requests: try again in ${reset} seconds`, {
      headers: [...headers, ["Retry-After", String(reset)]],
    });
  }

  return describeLayer((next) =>
    function rateLimit(request, context) {
      const who = key === undefined ? clientNetwork(context.client.address) : key(request, context);
      return chain(who, (who) => {
        if (who === undefined) return next(request, context);
        return chain(count(checkedKey(who), context), (counted) => {
          if (counted === undefined) return next(request, context);
          const reset = Math.max(1, Math.ceil(counted.resetSeconds));
          const left = Math.max(0, limit - counted.hits);
          const headers: [string, string][] = [["RateLimit-Policy", policy], [
            "RateLimit",
            `"${name}";r=${left};t=${reset}`,
          ]];
          if (counted.hits > limit) refuse(counted.hits, reset, headers, request, context);
          return chain(next(request, context), (response) => {
            // Appended, as another limit may have its own.
            for (const [name, value] of headers) response.headers.append(name, value);
            return response;
          });
        });
      });
    }, { name: "rateLimit", facts: { name, byAddress: key === undefined, store } });
}

function tell(
  name: string,
  limit: number,
  seconds: number,
  byAddress: boolean,
  request: Request,
  context: Context,
): void {
  const { client } = context;
  const isForwarded = request.headers.has("X-Forwarded-For") || request.headers.has("Forwarded");
  const hint = byAddress && isForwarded && !client.proxied
    ? ": if a proxy stands before the application, all behind it count as one, so name it in pipeline({ proxies: { trust: [...] } })"
    : "";
  context.emit({
    name: "rate.limited",
    message: `Somebody asked more than ${limit} times in ${seconds} seconds${hint}`,
    // What a function made of a request may be a secret.
    data: { limit: name, ...(byAddress ? { address: client.address } : {}) },
  });
}

function checkedKey(key: unknown): string {
  if (typeof key === "string") return key;
  throw new TypeError(
    `Cannot limit the request as the key of rateLimit() must be a string: received ${Deno.inspect(key)}`,
  );
}

const nodeCrypto = lazyNode("node:crypto");

/** Whatever visitors make up, a key takes little room. */
function short(key: string): string {
  return key.length <= 64 ? key : nodeCrypto().createHash("sha256").update(key).digest("base64url");
}

function checkedStore(store: RateLimitStore): RateLimitStore {
  if (typeof store?.hit === "function") return store;
  throw new TypeError(
    "Cannot create rateLimit as the store has no hit(): pass a MemoryRateLimits, a KvRateLimits or a RedisRateLimits",
  );
}
