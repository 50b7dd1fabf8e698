/**
 * Markup that escapes: enough for error pages and small programs. Whoever has a template engine uses that.
 *
 * @module
 */

import { escape } from "@std/html/entities";

/**
 * Markup that is safe to send: what {@linkcode html} makes. Its text is `String(markup)`.
 *
 * @example
 * ```ts
 * import { Html, html } from "@nuages/web/middleware";
 * import { assert } from "@std/assert";
 *
 * assert(html`<p>hello</p>` instanceof Html);
 * ```
 */
export class Html {
  readonly #text: string;

  /**
   * Declares a text to be markup. Only for what no visitor wrote, or what was sanitised.
   *
   * @param text The markup.
   */
  constructor(text: string) {
    this.#text = text;
  }

  /**
   * The markup.
   *
   * @returns The markup as text.
   */
  toString(): string {
    return this.#text;
  }
}

/**
 * A template tag that escapes what is put in: `& < > " '` become entities, so a value is safe as text and inside a *quoted*
 * attribute. It can't make a value safe inside `<script>`, `<style>`, an unquoted attribute or a `javascript:` URL.
 *
 * Another `html` piece goes in as it is; an array piece by piece; `undefined`, `null` and `false` leave nothing.
 *
 * @param strings The literal parts.
 * @param values What is put in between.
 * @returns The markup.
 * @throws {TypeError} If a value is a promise, which would read "[object Promise]".
 *
 * @example
 * ```ts
 * import { html } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const books = ["Emma", "<Dune>"];
 * const list = html`<ul>${books.map((title) => html`<li>${title}</li>`)}</ul>`;
 *
 * assertEquals(String(list), "<ul><li>Emma</li><li>&lt;Dune&gt;</li></ul>");
 * ```
 */
export function html(strings: TemplateStringsArray, ...values: unknown[]): Html {
  let text = strings[0]!;
  for (let i = 0; i < values.length; i++) text += render(values[i]) + strings[i + 1]!;
  return new Html(text);
}

function render(value: unknown): string {
  if (value === undefined || value === null || value === false) return "";
  if (value instanceof Html) return value.toString();
  if (Array.isArray(value)) return value.map(render).join("");
  if (value instanceof Promise) throw new TypeError("Cannot put a promise into html: await it first");
  return escape(String(value));
}

/**
 * A response that holds a page: `text/html; charset=utf-8`.
 *
 * @param page The markup, from {@linkcode html} or a template engine.
 * @param init Status and further headers.
 * @returns The response.
 *
 * @example
 * ```ts
 * import { html, htmlResponse } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const response = htmlResponse(html`<h1>${"Tea & cake"}</h1>`);
 *
 * assertEquals(response.headers.get("Content-Type"), "text/html; charset=utf-8");
 * assertEquals(await response.text(), "<h1>Tea &amp; cake</h1>");
 * ```
 */
export function htmlResponse(page: Html | string, init?: ResponseInit): Response {
  const response = new Response(String(page), init);
  if (init?.headers === undefined || !new Headers(init.headers).has("Content-Type")) {
    response.headers.set("Content-Type", "text/html; charset=utf-8");
  }
  return response;
}
