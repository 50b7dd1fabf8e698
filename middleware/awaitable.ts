/**
 * Working on what may or may not be a promise.
 *
 * @module
 */

/** A value, or a promise of it. */
export type Awaitable<T> = T | Promise<T>;

/**
 * Goes on with a value, now if it is there, later if it is promised. Where nothing is awaited nothing becomes asynchronous: a
 * synchronous view stays so through every layer, which `async` functions would undo.
 *
 * @typeParam T The value.
 * @typeParam U What comes of it.
 * @param value The value, or a promise of it.
 * @param next What to do with it.
 * @returns What `next` gives, or a promise of it.
 *
 * @example A middleware that adds a header
 * ```ts
 * import { chain, type Middleware, pipeline } from "@nuages/web/middleware";
 * import { assertEquals, assertInstanceOf } from "@std/assert";
 *
 * const brewed: Middleware = (next) =>
 *   function brewed(request, context) {
 *     return chain(next(request, context), (response) => {
 *       response.headers.set("X-Brewed-By", "nuages");
 *       return response;
 *     });
 *   };
 *
 * const app = pipeline().use(brewed).handle(() => new Response("tea"));
 * const response = app(new Request("http://localhost/"));
 *
 * assertInstanceOf(response, Response); // nobody awaited, so there is no promise
 * assertEquals(response.headers.get("X-Brewed-By"), "nuages");
 * ```
 */
export function chain<T, U>(value: Awaitable<T>, next: (value: T) => Awaitable<U>): Awaitable<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/**
 * Does something that may fail, now or later.
 *
 * @param action What to do.
 * @param rescue What to do with the error.
 * @returns What either gives.
 * @internal
 */
export function attempt<T>(action: () => Awaitable<T>, rescue: (error: unknown) => Awaitable<T>): Awaitable<T> {
  try {
    const value = action();
    return value instanceof Promise ? value.catch(rescue) : value;
  } catch (error) {
    return rescue(error);
  }
}

/**
 * Whether something has to be waited for, also if it is no promise of the language's own.
 *
 * @typeParam T What is promised.
 * @param value What somebody has answered.
 * @returns Whether it has.
 * @internal
 */
export function isPromiseLike<T>(value: T | PromiseLike<T>): value is PromiseLike<T> {
  return typeof (value as Partial<PromiseLike<T>> | null | undefined)?.then === "function";
}
