/**
 * The views of one path.
 *
 * @module
 */

import type { Handler } from "./handler.ts";

/**
 * The views of one path, by method.
 *
 * @internal
 */
export class RouteMethods {
  /** That for `GET`, which most requests ask for: comparing the method is cheaper than looking it up. */
  #get: Handler | undefined;
  readonly #others = new Map<string, Handler>();

  /**
   * Adds a view.
   *
   * @param method The method; "" for all that have none of their own.
   * @param view The view.
   */
  add(method: string, view: Handler): void {
    if (method === "GET") this.#get = view;
    else this.#others.set(method, view);
  }

  /**
   * Finds the view for a method. `HEAD` has that for `GET`, if it has none of its own.
   *
   * @param method The method.
   * @returns The view, if there is one.
   */
  find(method: string): Handler | undefined {
    if (method === "GET") return this.#get ?? this.#others.get("");
    return this.#others.get(method) ?? (method === "HEAD" ? this.#get : undefined) ?? this.#others.get("");
  }

  /**
   * Lists the methods that have a view.
   *
   * @returns The methods; "" stands for those that have none of their own.
   */
  names(): string[] {
    return this.#get === undefined ? [...this.#others.keys()] : ["GET", ...this.#others.keys()];
  }
}
