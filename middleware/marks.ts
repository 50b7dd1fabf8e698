/**
 * Marks: what a view says of itself to middleware outside it.
 *
 * @module
 */

import type { Context } from "./context.ts";
import type { Handler } from "./handler.ts";

// On the function itself and under a registered symbol: two copies of this module in one program must see each other's
// marks, or a view marked by one would go unchecked by the other.
const MARKS = Symbol.for("nuages.marks");

type Marked = { [MARKS]?: ReadonlySet<string> };

/**
 * Marks a view. Middleware ask in `processView`, when the view has been found. The view itself isn't touched: what comes back is
 * another function, so the same view can stand elsewhere unmarked.
 *
 * @typeParam C What the view needs.
 * @param view The view.
 * @param mark The mark's name, such as `csrf.exempt`.
 * @returns The marked view.
 *
 * @example
 * ```ts
 * import { hasMark, markView } from "@nuages/web/middleware";
 * import { assert, assertFalse } from "@std/assert";
 *
 * const view = () => new Response("hello");
 * const marked = markView(view, "audit.skip");
 *
 * assert(hasMark(marked, "audit.skip"));
 * assertFalse(hasMark(view, "audit.skip"));
 * ```
 */
export function markView<C extends Context>(view: Handler<C>, mark: string): Handler<C> {
  const marked = rename(view, (request, context) => view(request, context));
  return Object.assign(marked, { [MARKS]: new Set([...marksOf(view), mark]) });
}

/**
 * Whether a view carries a mark.
 *
 * @param view The view, as `processView` receives it.
 * @param mark The mark's name.
 * @returns Whether it does.
 *
 * @example
 * ```ts
 * import { hasMark } from "@nuages/web/middleware";
 * import { assertFalse } from "@std/assert";
 *
 * assertFalse(hasMark(() => new Response(), "csrf.exempt"));
 * ```
 */
// deno-lint-ignore no-explicit-any -- a view of any context can be asked
export function hasMark(view: Handler<any>, mark: string): boolean {
  return marksOf(view).has(mark);
}

/**
 * Makes a function that stands in for a view: it carries the view's name and marks.
 *
 * @param view The view.
 * @param wrapper What stands in for it.
 * @returns The wrapper.
 * @internal
 */
export function standIn<C extends Context, D extends Context>(view: Handler<C>, wrapper: Handler<D>): Handler<D> {
  return Object.assign(rename(view, wrapper), { [MARKS]: marksOf(view) });
}

// deno-lint-ignore no-explicit-any -- any function
function rename<F extends Handler<any>>(view: Handler<any>, wrapper: F): F {
  return Object.defineProperty(wrapper, "name", { value: view.name, configurable: true });
}

// deno-lint-ignore no-explicit-any -- any function
function marksOf(view: Handler<any>): ReadonlySet<string> {
  return (view as Marked)[MARKS] ?? NONE;
}

const NONE: ReadonlySet<string> = new Set();
