/**
 * How often a password may be tried.
 *
 * @module
 */

import { lazyNode } from "../cookies/lazy_node.ts";
import { wholeNumber } from "../middleware/check_option.ts";
import { clientNetwork } from "../middleware/client_network.ts";
import type { Context } from "../middleware/context.ts";
import { HttpError } from "../middleware/http_error.ts";
import { MemoryRateLimits } from "../middleware/memory_rate_limits.ts";
import type { RateLimitCount, RateLimitStore } from "../middleware/rate_limit_store.ts";

/**
 * How often a password may be tried, right ones counted too. Who has tried too often is refused by where they are, and never by the name alone: a stranger elsewhere
 * can't lock anybody out.
 */
export interface SignInLimits {
  /**
   * How often one name may be tried from one address (of IPv6, from one network).
   *
   * @default {10}
   */
  readonly perName?: number;
  /**
   * How often any names may be tried from one address. Offices and schools are one address.
   *
   * @default {100}
   */
  readonly perAddress?: number;
  /**
   * How often one name may be tried from everywhere together, until the event `auth.attacked` says so. Nobody is refused for it.
   *
   * @default {100}
   */
  readonly alarm?: number;
  /**
   * How long attempts count, in seconds, from the first one on.
   *
   * @default {300}
   */
  readonly seconds?: number;
  /**
   * Where is counted: in this process, in `KvRateLimits` or `RedisRateLimits`.
   *
   * @default {new MemoryRateLimits()}
   */
  readonly store?: RateLimitStore;
  /**
   * What happens if the store fails: nobody can sign in, 503; or attempts aren't counted, which is the event `rate.unavailable`.
   *
   * @default {"refuse"}
   */
  readonly whenStoreFails?: "refuse" | "allow";
}

/**
 * Counts attempts.
 *
 * @internal
 */
export class SignInAttempts {
  readonly #limits: Required<SignInLimits>;

  /**
   * @param limits How many.
   * @throws {RangeError} If a number is none.
   * @throws {TypeError} If something else is no good.
   */
  constructor(limits: SignInLimits) {
    const { perName = 10, perAddress = 100, alarm = 100, seconds = 300, whenStoreFails = "refuse" } = limits;
    const { store = new MemoryRateLimits() } = limits;
    for (const [name, value] of Object.entries({ perName, perAddress, alarm })) {
      wholeNumber("authentication", `limits.${name}`, value, "attempts", 1);
    }
    wholeNumber("authentication", "limits.seconds", seconds, "seconds", 1);
    if (typeof store?.hit !== "function") {
      throw new TypeError(
        "Cannot create authentication as limits.store has no hit(): pass a MemoryRateLimits, a KvRateLimits or a RedisRateLimits",
      );
    }
    if (whenStoreFails !== "refuse" && whenStoreFails !== "allow") {
      throw new TypeError(
        `Cannot create authentication as limits.whenStoreFails must be "refuse" or "allow": received ${
          Deno.inspect(whenStoreFails)
        }`,
      );
    }
    this.#limits = { perName, perAddress, alarm, seconds, whenStoreFails, store };
  }

  /**
   * Counts an attempt.
   *
   * @param name The name that was typed in.
   * @param request The request.
   * @param context Its context.
   * @throws {HttpError} 429 if there were too many, 503 if they can't be counted.
   */
  async count(name: string, request: Request, context: Context): Promise<void> {
    const { perName, perAddress, alarm } = this.#limits;
    const network = clientNetwork(context.client.address);
    const spelled = name.normalize("NFKC").trim().toLowerCase();
    this.#expect(await this.#hit(context, "address", network), perAddress, request, context);
    this.#expect(await this.#hit(context, "both", `${network} ${spelled}`), perName, request, context);
    const all = await this.#hit(context, "name", spelled);
    if (all?.hits !== alarm + 1) return;
    context.emit({
      name: "auth.attacked",
      message:
        `One name was tried more than ${alarm} times in ${this.#limits.seconds} seconds, from everywhere together`,
    });
  }

  async #hit(context: Context, what: string, whom: string): Promise<RateLimitCount | undefined> {
    const { store, seconds, whenStoreFails } = this.#limits;
    try {
      return await store.hit(
        `sign-in:${what}:${nodeCrypto().createHash("sha256").update(whom).digest("base64url")}`,
        seconds,
      );
    } catch (error) {
      if (whenStoreFails === "refuse") throw new HttpError(503, undefined, { cause: error });
      const message = "Attempts to sign in could not be counted, and this one was let through";
      context.emit({ name: "rate.unavailable", message, error, data: { limit: "sign-in" } });
      return undefined;
    }
  }

  #expect(count: RateLimitCount | undefined, limit: number, request: Request, context: Context): void {
    if (count === undefined || count.hits <= limit) return;
    const seconds = Math.max(1, Math.ceil(count.resetSeconds));
    if (count.hits === limit + 1) tell(limit, request, context);
    throw new HttpError(429, `Too many attempts to sign in: try again in ${seconds} seconds`, {
      headers: { "Retry-After": String(seconds) },
    });
  }
}

const nodeCrypto = lazyNode("node:crypto");

function tell(limit: number, request: Request, context: Context): void {
  const { client } = context;
  const isForwarded = request.headers.has("X-Forwarded-For") || request.headers.has("Forwarded");
  const hint = isForwarded && !client.proxied
    ? ": if a proxy stands before the application, all behind it count as one, so name it in pipeline({ proxies: { trust: [...] } })"
    : "";
  context.emit({
    name: "auth.limited",
    message: `Somebody tried to sign in more than ${limit} times${hint}`,
    data: { address: client.address },
  });
}
