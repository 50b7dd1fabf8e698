/**
 * Data for every template.
 *
 * @module
 */

import type { Awaitable } from "./awaitable.ts";
import type { Context } from "./context.ts";
import { describeLayer } from "./describe_layer.ts";
import type { Middleware } from "./handler.ts";
import { addHooks, type Hooks } from "./hooks.ts";

/**
 * Gives data that every template of a request gets. It runs only when a {@linkcode TemplateResponse} is rendered.
 *
 * @typeParam N What it needs on the context.
 */
export type ContextProcessor<N = unknown> = (
  request: Request,
  context: Context & N,
) => Awaitable<Readonly<Record<string, unknown>>>;

/**
 * A middleware that makes a context processor run for the views after it. What the processor needs must be there before, and the
 * compiler checks it. The view's own data wins over a processor's, a later processor's over an earlier one's.
 *
 * @typeParam N What the processor needs on the context.
 * @param processor The processor.
 * @returns The middleware.
 *
 * @example
 * ```ts
 * import { contextProcessor, html, pipeline, TemplateResponse } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline()
 *   .use(contextProcessor((_request, context) => ({ theme: context.cookies.get("theme") ?? "light" })))
 *   .handle(() => new TemplateResponse((data: Record<string, unknown>) => html`<body class="${data.theme}">`));
 * const response = await app(new Request("http://localhost/", { headers: { Cookie: "theme=dark" } }));
 *
 * assertEquals(await response.text(), '<body class="dark">');
 * ```
 */
export function contextProcessor<N>(processor: ContextProcessor<N>): Middleware<N> {
  const hooks: Hooks<Context & N> = { templateData: processor };
  return describeLayer((next) =>
    function contextProcessor(request, context) {
      addHooks(context, hooks);
      return next(request, context);
    }, { name: "contextProcessor", facts: { processor } });
}
