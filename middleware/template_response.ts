/**
 * A response whose page isn't made yet.
 *
 * @module
 */

import type { Context } from "./context.ts";

/**
 * What a page is made with: a function of the data, or a name for the pipeline's `render`.
 *
 * @typeParam D The data it is made with.
 */
export type Template<D extends object = Record<string, unknown>> = string | ((data: D, context: Context) => unknown);

/**
 * Carries a template and its data. Middleware can still change both (`processTemplateResponse`), context processors add data
 * (`csrfToken`, `user`, whatever {@linkcode contextProcessor} is given), and then the pipeline makes the page: it calls the template, or hands its name to `render`.
 *
 * The compiler compares the data with what the template takes. What the view doesn't give must come from a context processor; that is for
 * you to see to, as the view can't know what stands before it.
 *
 * @typeParam D The data the template takes.
 *
 * @example
 * ```ts
 * import { html, pipeline, TemplateResponse } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const hello = (data: { name: string }) => html`<p>Hello ${data.name}</p>`;
 * const app = pipeline().handle(() => new TemplateResponse(hello, { name: "Ada" }));
 * const response = await app(new Request("http://localhost/"));
 *
 * assertEquals(await response.text(), "<p>Hello Ada</p>");
 * ```
 */
export class TemplateResponse<D extends object = Record<string, unknown>> extends Response {
  /** What to make the page with. */
  template: Template<D>;
  /** The view's data; a context processor gives the rest. */
  data: Partial<D>;

  /**
   * Makes the response; its page is made later.
   *
   * @param template A function of the data, or a name for the pipeline's `render`.
   * @param data What to make it with; nothing by default.
   * @param init Status and headers; the type is `text/html; charset=utf-8` unless they say another.
   */
  constructor(template: Template<D>, data?: NoInfer<Partial<D>>, init?: ResponseInit) {
    super(null, init);
    this.template = template;
    this.data = data ?? {};
  }
}
