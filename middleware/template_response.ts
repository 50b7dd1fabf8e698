/**
 * A response whose page isn't made yet.
 *
 * @module
 */

/**
 * Carries a template and its data. Middleware can still change both (`processTemplateResponse`), context processors add data
 * (`messages`, `csrfToken`, `user` …), and then the pipeline renders it: with its `render` option, or by calling the template if it is a function.
 *
 * @typeParam T What a template is: a name for `render`, or a function of the data.
 *
 * @example
 * ```ts
 * import { html, pipeline, TemplateResponse } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const hello = (data: Record<string, unknown>) => html`<p>Hello ${data.name}</p>`;
 * const app = pipeline().handle(() => new TemplateResponse(hello, { name: "Ada" }));
 * const response = await app(new Request("http://localhost/"));
 *
 * assertEquals(await response.text(), "<p>Hello Ada</p>");
 * ```
 */
export class TemplateResponse<T = unknown> extends Response {
  /** What to render. */
  template: T;
  /** What to render it with. */
  data: Record<string, unknown>;

  /**
   * Makes the response; its page is made later.
   *
   * @param template What to render: a function of the data, or whatever the pipeline's `render` takes.
   * @param data What to render it with; nothing by default.
   * @param init Status and headers; the type is `text/html; charset=utf-8` unless they say another.
   */
  constructor(template: T, data?: Record<string, unknown>, init?: ResponseInit) {
    super(null, init);
    this.template = template;
    this.data = data ?? {};
  }
}
