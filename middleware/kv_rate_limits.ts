/**
 * Counting in Deno KV, for all processes together.
 *
 * @module
 */

import { secondsNow } from "../cookies/clock.ts";
import type { RateLimitCount, RateLimitStore } from "./rate_limit_store.ts";

/** Options of {@linkcode KvRateLimits}. */
export interface KvRateLimitsOptions {
  /**
   * What the keys begin with.
   *
   * @default {["nuages", "rate_limits"]}
   */
  prefix?: Deno.KvKey;
}

/** A window as it is kept. */
interface Window {
  readonly hits: number;
  /** In milliseconds since the epoch. */
  readonly ends: number;
}

/**
 * Counts requests in Deno KV, for every process that uses the database. A request costs a read and a write. Where so many ask under one key at once that it can't be counted, that counts as
 * too many.
 *
 * @example
 * ```ts
 * import { KvRateLimits } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * using kv = await Deno.openKv(":memory:");
 * const [here, there] = [new KvRateLimits(kv), new KvRateLimits(kv)];
 * await here.hit("ada", 60);
 *
 * assertEquals((await there.hit("ada", 60)).hits, 2);
 * ```
 */
export class KvRateLimits implements RateLimitStore {
  readonly #kv: Pick<Deno.Kv, "get" | "atomic">;
  readonly #prefix: Deno.KvKey;

  /**
   * Counts in a database.
   *
   * @param kv The database.
   * @param options Where in it.
   * @throws {TypeError} If it is no database, or the prefix no list of parts.
   */
  constructor(kv: Pick<Deno.Kv, "get" | "atomic">, options: KvRateLimitsOptions = {}) {
    const { prefix = ["nuages", "rate_limits"] } = options;
    if (typeof kv?.get !== "function" || typeof kv.atomic !== "function") {
      throw new TypeError("Cannot create KvRateLimits without a database: pass what Deno.openKv() gives");
    }
    if (!Array.isArray(prefix)) {
      throw new TypeError(`Cannot create KvRateLimits as prefix must be a list: received ${Deno.inspect(prefix)}`);
    }
    this.#kv = kv;
    this.#prefix = [...prefix];
  }

  /**
   * Counts once.
   *
   * @param key Whom, and for what.
   * @param seconds How long the window is, if this begins one.
   * @returns The count.
   * @throws Whatever the database does.
   */
  async hit(key: string, seconds: number): Promise<RateLimitCount> {
    const at = [...this.#prefix, key];
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const entry = await this.#kv.get<Window>(at);
      const now = secondsNow() * 1000;
      // KV deletes late, so what is over may still be there.
      const running = entry.value !== null && entry.value.ends > now
        ? entry.value
        : { hits: 0, ends: now + seconds * 1000 };
      const window: Window = { hits: running.hits + 1, ends: running.ends };
      const expireIn = Math.max(1, Math.ceil(window.ends - now));
      const { ok } = await this.#kv.atomic().check(entry).set(at, window, { expireIn }).commit();
      if (ok) return { hits: window.hits, resetSeconds: (window.ends - now) / 1000 };
      // At random, so that those who met don't meet again.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 2 ** Math.min(attempt, 6)));
    }
    return { hits: Number.MAX_SAFE_INTEGER, resetSeconds: seconds };
  }
}

const ATTEMPTS = 24;
