/**
 * Adding to the context: one idiom, for our middleware and yours.
 *
 * @module
 */

import type { Context } from "./context.ts";

/**
 * Puts more on a context and gives it back under its wider type. Getters stay getters, so what is added can be lazy
 * too. The context itself is changed: it belongs to one request, and whoever holds it sees the same.
 *
 * @typeParam C The context's type so far.
 * @typeParam A What is added.
 * @param context The context a middleware was called with.
 * @param more The properties to add; one that is already there is replaced.
 * @returns The same context.
 *
 * @example A middleware that adds a user, read only by views that ask
 * ```ts
 * import { extend, type Middleware, pipeline } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const greeting: Middleware<unknown, { readonly greeting: string }> = (next) =>
 *   function greeting(request, context) {
 *     return next(request, extend(context, {
 *       get greeting() {
 *         return `Hello from ${context.url.pathname}`;
 *       },
 *     }));
 *   };
 *
 * const app = pipeline().use(greeting).handle((_request, context) => new Response(context.greeting));
 * const response = await app(new Request("http://localhost/paris"));
 *
 * assertEquals(await response.text(), "Hello from /paris");
 * ```
 */
export function extend<C extends Context, A extends object>(context: C, more: A): C & A {
  for (const key of Reflect.ownKeys(more)) {
    const property = Object.getOwnPropertyDescriptor(more, key)!;
    // Assigning is much cheaper than defining, but what the context computes itself can't be assigned to.
    if (Object.hasOwn(property, "value") && property.enumerable && !(key in context)) {
      (context as Record<PropertyKey, unknown>)[key] = property.value;
    } else {
      Object.defineProperty(context, key, { ...property, configurable: true });
    }
  }
  return context as C & A;
}
