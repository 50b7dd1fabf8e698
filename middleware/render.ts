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
 * @returns A response with the page as its body.
 * @throws {TypeError} If the template is no function and the pipeline has no `render`.
 * @internal
 */
export function render(response: TemplateResponse, request: Request, context: RequestContext): Awaitable<Response> {
  return chain(gather({}, request, context, 0), (data) => {
    return chain(renderPage(response.template, merge(data, response.data), context), (page) => {
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
  context: RequestContext,
  from: number,
): Awaitable<Record<string, unknown>> {
  const hooks = context.hooks ?? [];
  for (let i = from; i < hooks.length; i++) {
    const more = hooks[i]!.templateData?.(request, context);
    if (more instanceof Promise) {
      return more.then((late) => gather(merge(data, late), request, context, i + 1));
    }
    if (more !== undefined) merge(data, more);
  }
  return data;
}

/** Getters stay getters: a template that doesn't ask for the CSRF token must not set its cookie. */
function merge(data: Record<string, unknown>, more: Readonly<Record<string, unknown>>): Record<string, unknown> {
  for (const key of Object.keys(more)) {
    Object.defineProperty(data, key, { ...Object.getOwnPropertyDescriptor(more, key)!, configurable: true });
  }
  return data;
}

function renderPage(template: unknown, data: Record<string, unknown>, context: RequestContext): unknown {
  if (context.app.render !== undefined) return context.app.render(template, data, context);
  if (typeof template === "function") return template(data, context);
  throw new TypeError(
    `Cannot render the template ${
      Deno.inspect(template)
    } as the pipeline has no render: write pipeline({ render: (template, data) => … })`,
  );
}

function asBody(page: unknown): BodyInit {
  return page instanceof ReadableStream || page instanceof Uint8Array ? page as BodyInit : String(page);
}
