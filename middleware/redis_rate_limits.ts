/**
 * Counting in Redis or Valkey, for all processes together.
 *
 * @module
 */

import type { RateLimitCount, RateLimitStore } from "./rate_limit_store.ts";

/** A connection to Redis or Valkey, as far as {@linkcode RedisRateLimits} needs one: any client fits by one line. */
export interface RateLimitRedis {
  /**
   * Sends one command. Only `EVAL` is sent, whose third argument is the key.
   *
   * @param command The command's name.
   * @param args Its arguments.
   * @returns What the server answers: an array of two numbers. What the server refuses rejects.
   */
  send(command: string, ...args: string[]): Promise<unknown>;
}

/** Options of {@linkcode RedisRateLimits}. */
export interface RedisRateLimitsOptions {
  /**
   * What the keys begin with.
   *
   * @default {"nuages:rate_limits:"}
   */
  prefix?: string;
}

/**
 * Counts requests in Redis or Valkey, for every process that uses the server. A request costs one round trip, and the server forgets by itself.
 *
 * `npm:redis` fits as `{ send: (...command) => client.sendCommand(command) }`, `npm:ioredis` as `{ send: (command, ...args) => client.call(command, ...args) }`.
 *
 * @example
 * ```ts
 * import { RedisRateLimits } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * // In real life a client's connection.
 * const answers = { send: () => Promise.resolve([1, 60_000]) };
 * const limits = new RedisRateLimits(answers);
 *
 * assertEquals(await limits.hit("ada", 60), { hits: 1, resetSeconds: 60 });
 * ```
 */
export class RedisRateLimits implements RateLimitStore {
  readonly #client: RateLimitRedis;
  readonly #prefix: string;

  /**
   * Counts on a server.
   *
   * @param client The connection.
   * @param options Under which keys.
   * @throws {TypeError} If it has no `send`, or the prefix is no text.
   */
  constructor(client: RateLimitRedis, options: RedisRateLimitsOptions = {}) {
    const { prefix = "nuages:rate_limits:" } = options;
    if (typeof client?.send !== "function") {
      throw new TypeError(
        "Cannot create RedisRateLimits as the client has no send(): wrap it, such as { send: (...command) => client.sendCommand(command) }",
      );
    }
    if (typeof prefix !== "string") {
      throw new TypeError(`Cannot create RedisRateLimits as prefix must be a text: received ${Deno.inspect(prefix)}`);
    }
    this.#client = client;
    this.#prefix = prefix;
  }

  /**
   * Counts once.
   *
   * @param key Whom, and for what.
   * @param seconds How long the window is, if this begins one.
   * @returns The count.
   * @throws Whatever the client does.
   */
  async hit(key: string, seconds: number): Promise<RateLimitCount> {
    const answer = await this.#client.send("EVAL", SCRIPT, "1", this.#prefix + key, String(Math.ceil(seconds * 1000)));
    const [hits, milliseconds] = Array.isArray(answer) ? answer.map(Number) : [];
    if (!(hits! >= 1) || milliseconds === undefined || Number.isNaN(milliseconds)) {
      throw new TypeError(`The Redis client must answer with two numbers: received ${Deno.inspect(answer)}`);
    }
    return { hits: hits!, resetSeconds: milliseconds / 1000 };
  }
}

/** In one step, so that no counter is left without its end. */
const SCRIPT = `local hits = redis.call("INCR", KEYS[1])
local left = redis.call("PTTL", KEYS[1])
if left < 0 then
  redis.call("PEXPIRE", KEYS[1], ARGV[1])
  left = tonumber(ARGV[1])
end
return { hits, left }`;
