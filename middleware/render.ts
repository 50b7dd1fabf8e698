/**
 * Making a page of a template.
 *
 * @module
 */

import { type Awaitable, chain } from "./awaitable.ts";
import type { Context } from "./context.ts";
import type { Run } from "./run.ts";
import type { TemplateResponse } from "./template_response.ts";

/**
 * Renders a template response: gathers the context processors' data, then makes the page.
 *
 * @param response The response with its template.
 * @param request The request.
 * @param context The request's context.
 * @param run The kernel's notes on the request.
 * @returns A response with the page as its body.
 * @throws {TypeError} If the template is no function and the pipeline has no `render`, or if there is no page.
 * @internal
 */
export function render(
  response: TemplateResponse,
  request: Request,
  context: Context,
  run: Run,
): Awaitable<Response> {
  return chain(gather({}, request, context, run, 0), (data) => {
    add(data, response.data);
    return chain(renderPage(response.template, data, context, run), (page) => {
      const { status, statusText, headers } = response;
      const rendered = new Response(asBody(page), { status, statusText, headers });
      if (!headers.has("Content-Type")) rendered.headers.set("Content-Type", "text/html; charset=utf-8");
      return rendered;
    });
  });
}

function gather(
  data: Record<string, unknown>,
  request: Request,
  context: Context,
  run: Run,
  from: number,
): Awaitable<Record<string, unknown>> {
  const hooks = run.hooks ?? [];
  for (let i = from; i < hooks.length; i++) {
    const more = hooks[i]!.templateData?.(request, context);
    if (more instanceof Promise) {
      return more.then((late) => gather(add(data, late), request, context, run, i + 1));
    }
    if (more !== undefined) add(data, more);
  }
  return data;
}

/** A getter stays one: what it gives may cost something (a token, a query), and not every template asks. */
function add(data: Record<string, unknown>, more: Readonly<Record<string, unknown>>): Record<string, unknown> {
  for (const key in more) {
    const property = Object.getOwnPropertyDescriptor(more, key);
    if (property !== undefined) Object.defineProperty(data, key, { ...property, configurable: true });
  }
  return data;
}

function renderPage(template: unknown, data: Record<string, unknown>, context: Context, run: Run): unknown {
  if (typeof template === "function") return template(data, context);
  if (run.app.render !== undefined) return run.app.render(template as string, data, context);
  throw new TypeError(
    `Cannot render the template ${
      Deno.inspect(template)
    } as the pipeline has no render: write pipeline({ render: (template, data) => … })`,
  );
}

function asBody(page: unknown): BodyInit {
  if (page === undefined || page === null) {
    throw new TypeError(`Cannot send the page as the template gave ${page}: did it forget to return?`);
  }
  const isBody = page instanceof ReadableStream || page instanceof ArrayBuffer || ArrayBuffer.isView(page);
  return isBody ? page as BodyInit : String(page);
}
