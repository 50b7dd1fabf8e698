/**
 * Which other sites' scripts may read what this one answers.
 *
 * @module
 */

import { type Awaitable, chain } from "./awaitable.ts";
import { flag, tokens, wholeNumber } from "./check_option.ts";
import type { Context } from "./context.ts";
import { TrustedOrigins } from "./csrf_origin.ts";
import { describeLayer } from "./describe_layer.ts";
import type { Middleware } from "./handler.ts";
import { vary } from "./vary.ts";

/** Options of {@linkcode cors}. */
export interface CorsOptions {
  /**
   * Whose scripts: a list of origins as browsers write them (`https://app.example`, `https://*.example.com`, which is `example.com` too); `"*"` for everybody's, without credentials; or a function, for origins that
   * come and go, that answers true or false, or a promise of it. `null`, which stands for any page that hides where it comes from, is never allowed but by `"*"`.
   */
  origins: "*" | readonly string[] | ((origin: string, context: Context) => Awaitable<boolean>);
  /**
   * Whether they may ask with the visitor's cookies, and read what the visitor would see. It takes origins that are named, or asked for one by one.
   *
   * @default {false}
   */
  credentials?: boolean;
  /**
   * The methods they may use.
   *
   * @default {["GET", "HEAD", "POST"], which need no leave}
   */
  methods?: readonly string[];
  /**
   * The request headers they may set besides those that need no leave, such as `Content-Type` (for JSON) and `X-CSRFToken`. `["*"]` is every header but `Authorization`, without credentials.
   *
   * @default {[]}
   */
  headers?: readonly string[];
  /**
   * The response headers they may read besides those that need no leave.
   *
   * @default {[]}
   */
  exposeHeaders?: readonly string[];
  /**
   * For how long a browser may keep what a preflight was answered, in seconds; Chromium keeps it two hours at most.
   *
   * @default {600}
   */
  maxAge?: number;
}

/**
 * Lets scripts of other sites read responses (cross-origin resource sharing; Fetch standard §3.2). Without it browsers let no other site's script read anything.
 *
 * A preflight, in which a browser asks beforehand, is answered here and reaches no view. Errors and redirects have the headers too, so that a script learns what went wrong. What the answer depends on is in `Vary`, also where
 * no `Origin` was sent; with `origins: "*"` it depends on nothing, and all answers say so. A response that says itself who may read it (`Access-Control-Allow-Origin`) is let alone.
 *
 * It hides answers and stops no request: a form of another site is still sent, with cookies. That is what `csrf()` is for. It belongs outside of everything that refuses.
 *
 * @param options Who may do what.
 * @returns The middleware.
 * @throws {TypeError} If an origin isn't written as browsers write it, a method or header is none, or everybody is to have credentials.
 * @throws {RangeError} If `maxAge` is no whole number from 0.
 *
 * @example
 * ```ts
 * import { cors, pipeline } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline().use(cors({ origins: ["https://app.example"], credentials: true })).handle(() => new Response("hello"));
 * const allowed = async (Origin: string) =>
 *   (await app(new Request("https://api.example/", { headers: { Origin } }))).headers.get("Access-Control-Allow-Origin");
 *
 * assertEquals(await allowed("https://app.example"), "https://app.example");
 * assertEquals(await allowed("https://evil.example"), null);
 * ```
 */
export function cors(options: CorsOptions): Middleware {
  const { origins, credentials = false, methods = ["GET", "HEAD", "POST"], headers = [], exposeHeaders = [] } =
    options ?? {};
  const isAllowed = allowance(origins, flag("cors", "credentials", credentials));
  const allowedHeaders = tokens("cors", "headers", headers);
  if (credentials && [headers, methods, exposeHeaders].some((list) => list.includes("*"))) {
    throw new TypeError(
      'Cannot create cors with credentials and "*" as browsers take that for a name then: write the names',
    );
  }
  const preflight: [string, string][] = [
    ["Access-Control-Allow-Methods", tokens("cors", "methods", methods).join(", ")],
    ["Access-Control-Max-Age", String(wholeNumber("cors", "maxAge", options.maxAge ?? 600, "seconds"))],
  ];
  if (allowedHeaders.length > 0) preflight.push(["Access-Control-Allow-Headers", allowedHeaders.join(", ")]);
  const exposed = tokens("cors", "exposeHeaders", exposeHeaders).join(", ");

  function allow(headers: Headers, origin: string): void {
    headers.set("Access-Control-Allow-Origin", origins === "*" ? "*" : origin);
    if (credentials) headers.set("Access-Control-Allow-Credentials", "true");
  }

  function answerPreflight(origin: string, context: Context): Awaitable<Response> {
    return chain(isAllowed(origin, context), (allowed) => {
      const response = new Response(null, { status: 204 });
      if (origins !== "*") vary(response.headers, "Origin");
      if (!allowed) return response;
      allow(response.headers, origin);
      for (const [name, value] of preflight) response.headers.set(name, value);
      return response;
    });
  }

  function complete(response: Response, origin: string | null, context: Context): Awaitable<Response> {
    const { headers } = response;
    if (headers.has("Access-Control-Allow-Origin")) return response;
    if (origins !== "*") vary(headers, "Origin");
    // What says "*" to some only would have to vary: a cache would show the others' answer to a script, which couldn't read it. (Fetch standard, "CORS protocol and HTTP caches".)
    if (origin === null && origins !== "*") return response;
    const asking = origin ?? "";
    return chain(isAllowed(asking, context), (allowed) => {
      if (allowed) {
        allow(headers, asking);
        if (exposed !== "") headers.set("Access-Control-Expose-Headers", exposed);
      }
      return response;
    });
  }

  return describeLayer((next) =>
    function cors(request, context) {
      const { method, headers } = request;
      const origin = headers.get("Origin");
      if (method === "OPTIONS" && origin !== null && headers.has("Access-Control-Request-Method")) {
        return answerPreflight(origin, context);
      }
      return chain(next(request, context), (response) => complete(response, origin, context));
    }, { name: "cors", facts: { origins, credentials } });
}

/** Makes the function that says whether an origin is allowed. No pattern is made of what is given, and none read from what a browser sends. */
function allowance(
  origins: CorsOptions["origins"],
  credentials: boolean,
): (origin: string, context: Context) => Awaitable<boolean> {
  if (origins === "*") {
    if (!credentials) return () => true;
    throw new TypeError(
      'Cannot create cors with origins: "*" and credentials as every site could read what a visitor sees: name the origins',
    );
  }
  if (typeof origins === "function") {
    return (origin, context) => origin !== "null" && chain(origins(origin, context), checkedAnswer);
  }
  if (!Array.isArray(origins) || origins.length === 0) {
    throw new TypeError(
      `Cannot create cors as origins must be a list of origins, "*" or a function: received ${Deno.inspect(origins)}`,
    );
  }
  const listed = new TrustedOrigins(origins);
  return (origin) => listed.has(origin);
}

function checkedAnswer(answer: unknown): boolean {
  if (typeof answer === "boolean") return answer;
  throw new TypeError(
    `Cannot tell who may read the response as the origins of cors() must answer true or false: received ${
      Deno.inspect(answer)
    }`,
  );
}
