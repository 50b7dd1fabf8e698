/**
 * An id for each request.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { describeLayer } from "./describe_layer.ts";
import { extend } from "./extend.ts";
import type { Middleware } from "./handler.ts";
import { inSteps, type Steps } from "./steps.ts";

/** Options of {@linkcode requestId}. */
export interface RequestIdOptions {
  /**
   * The header that carries the id.
   *
   * @default {"X-Request-Id"}
   */
  header?: string;
  /**
   * Whether the id of a request that has one is taken over: never, or if the connection comes from a proxy that
   * `pipeline({ proxies: … })` trusts. A proxy that doesn't make ids itself passes on what visitors wrote.
   *
   * @default {"never"}
   */
  accept?: "never" | "trusted";
}

/**
 * Puts `context.requestId` on the response, so that a visitor's report, the log and the error page can be brought together. On request it takes the id of a
 * trusted proxy over: 8 to 128 letters, digits and `-._~+/=:@`; anything else counts as none.
 *
 * It belongs first, before everything that may fail or report, so that all of it goes by the same id.
 *
 * @param options The header, and whose ids to take over.
 * @returns The middleware.
 * @throws {TypeError} If `header` is no name of a header, `accept` is unknown, or the pipeline trusts no proxy whose id it could be.
 *
 * @example
 * ```ts
 * import { pipeline, requestId } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline({ proxies: { trust: ["127.0.0.1"] } })
 *   .use(requestId({ accept: "trusted" }))
 *   .handle((_request, context) => new Response(context.requestId));
 * const response = await app(new Request("http://localhost/", { headers: { "X-Request-Id": "7f3a-paris-0042" } }));
 *
 * assertEquals(await response.text(), "7f3a-paris-0042");
 * assertEquals(response.headers.get("X-Request-Id"), "7f3a-paris-0042");
 * ```
 */
export function requestId(options: RequestIdOptions = {}): Middleware {
  const { header = "X-Request-Id", accept = "never" } = options;
  if (typeof header !== "string" || !/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(header)) {
    throw new TypeError(
      `Cannot create requestId as header must be the name of a header: received ${Deno.inspect(header)}`,
    );
  }
  if (accept !== "never" && accept !== "trusted") {
    throw new TypeError(
      `Cannot create requestId as accept must be "never" or "trusted": received ${Deno.inspect(accept)}`,
    );
  }

  function takeOver(request: Request, context: Context): undefined {
    const given = givenId(request, context, header);
    if (given !== undefined) extend(context, { requestId: given });
  }

  const steps: Steps = {
    name: "requestId",
    ...(accept === "trusted" ? { enter: takeOver } : {}),
    leave(response, _state, _request, context) {
      const { headers } = response;
      // What isn't there is added at the end, which is faster than to set it.
      if (headers.has(header)) headers.set(header, context.requestId);
      else headers.append(header, context.requestId);
      return response;
    },
  };
  return describeLayer((next, app) => {
    if (accept === "trusted" && app?.trustsProxies === false) {
      throw new TypeError(
        'Cannot create requestId with accept: "trusted" as the pipeline trusts no proxy: name it in pipeline({ proxies: { trust: [...] } })',
      );
    }
    return inSteps(next, steps);
  }, { name: "requestId" });
}

/** It goes into headers, logs and pages, so it holds nothing that means something there. */
const ID_REGEXP = /^[A-Za-z0-9._~+/=:@-]{8,128}$/;

function givenId(request: Request, context: Context, header: string): string | undefined {
  const id = request.headers.get(header);
  return id !== null && ID_REGEXP.test(id) && context.client.proxied ? id : undefined;
}
