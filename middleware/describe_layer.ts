/**
 * What a layer says of itself, for whoever looks at a whole application: `check()`, or a page of one's own.
 *
 * @module
 */

import type { AppInfo } from "./context.ts";
import type { Middleware } from "./handler.ts";
import type { AppState } from "./run.ts";
import type { ProxyOptions } from "./trusted_proxies.ts";

/** What a layer says of itself. */
export interface LayerDescription {
  /** What it is called: for the library's own, the name of the function that makes it. */
  readonly name: string;
  /** The headers it puts on every response, by name and value; `true` for a value that isn't always the same. */
  readonly sends?: Readonly<Record<string, string | true>>;
  /** What it was told, as far as that is worth knowing. Nothing secret. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** What an application says of itself. */
export interface AppDescription extends AppInfo {
  /** Its layers, outermost first. Of one that says nothing, the name of its function is known, if it has any. */
  readonly layers: readonly DescribedLayer[];
  /** Which proxies it believes. */
  readonly proxies: ProxyOptions | undefined;
  /** Whether anybody listens to events. */
  readonly listens: boolean;
}

/** A layer of an application. */
export interface DescribedLayer extends LayerDescription {
  /** Whether it described itself. If not, nobody knows what it does. */
  readonly described: boolean;
}

/**
 * Says what a middleware is, for `check()`. It is said once, when the middleware is made, and costs no request anything. The library's own all do; one of yours needs to only if `check()` should know of it.
 *
 * @typeParam M The middleware.
 * @param middleware The middleware.
 * @param description What it is.
 * @returns The same middleware, which says so from now on.
 * @throws {TypeError} If the middleware is no function, or the description has no name.
 *
 * @example
 * ```ts
 * import { check } from "@nuages/web/check";
 * import { describeLayer, type Middleware, pipeline } from "@nuages/web/middleware";
 * import { assert } from "@std/assert";
 *
 * const policy: Middleware = (next) =>
 *   async function policy(request, context) {
 *     const response = await next(request, context);
 *     response.headers.set("Content-Security-Policy", "default-src 'self'");
 *     return response;
 *   };
 * const app = pipeline().use(policy).handle(() => new Response("hello"));
 * const isMissing = () => check(app, { deploy: true }).some(({ id }) => id === "csp.missing");
 *
 * assert(isMissing());
 * describeLayer(policy, { name: "policy", sends: { "Content-Security-Policy": "default-src 'self'" } });
 * assert(!isMissing());
 * ```
 */
// deno-lint-ignore no-explicit-any -- whatever it needs and adds
export function describeLayer<M extends (...args: any[]) => unknown>(middleware: M, description: LayerDescription): M {
  if (typeof middleware !== "function") {
    throw new TypeError(`Cannot describe a middleware that is ${typeof middleware}: pass the function`);
  }
  if (typeof description?.name !== "string" || description.name === "") {
    throw new TypeError("Cannot describe a middleware without a name: pass { name: … }");
  }
  return Object.defineProperty(middleware, LAYER, { configurable: true, value: description });
}

/**
 * What a middleware says of itself.
 *
 * @param middleware The middleware.
 * @returns Its description; `undefined` if it says nothing.
 * @internal
 */
export function layerDescriptionOf(middleware: unknown): LayerDescription | undefined {
  return (middleware as { readonly [LAYER]?: LayerDescription })[LAYER];
}

/**
 * Says what an application is made of.
 *
 * @typeParam A The application.
 * @param app The application.
 * @param middleware Its layers, outermost first.
 * @param state What its pipeline was told.
 * @returns The same application.
 * @internal
 */
export function describeApp<A extends object>(app: A, middleware: readonly Middleware[], state: AppState): A {
  // Made when somebody looks: a program that is never checked pays for nothing.
  const describe = (): AppDescription => ({
    keys: state.keys,
    debug: state.debug,
    trustsProxies: state.trustsProxies,
    proxies: state.proxies?.options,
    listens: state.onEvent !== undefined,
    layers: middleware.map((each) => {
      const description = layerDescriptionOf(each);
      return description === undefined
        ? { name: each.name || "anonymous", described: false }
        : { ...description, described: true };
    }),
  });
  return Object.defineProperty(app, APP, { get: describe });
}

/**
 * What an application is made of.
 *
 * @param app What `handle()` gave.
 * @returns Its layers and what its pipeline was told; `undefined` if it is no application of a pipeline.
 *
 * @example
 * ```ts
 * import { appDescriptionOf, gzip, pipeline, security } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline().use(security()).use(gzip()).handle(() => new Response("hello"));
 *
 * assertEquals(appDescriptionOf(app)?.layers.map(({ name }) => name), ["security", "gzip"]);
 * ```
 */
export function appDescriptionOf(app: unknown): AppDescription | undefined {
  return typeof app === "function" ? (app as { readonly [APP]?: AppDescription })[APP] : undefined;
}

// For the whole program: the command that checks an application may be of another copy of the library.
const LAYER: unique symbol = Symbol.for("@nuages/web layer");
const APP: unique symbol = Symbol.for("@nuages/web app");
