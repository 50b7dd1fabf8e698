/**
 * What a visitor is shown when something went wrong.
 *
 * @module
 */

import { accepts } from "@std/http/negotiation";
import type { Context } from "./context.ts";
import { type Breakage, debugPage, debugPagePolicy } from "./debug_page.ts";
import { type Html, html } from "./html.ts";
import { type HttpError, statusText } from "./http_error.ts";
import { inspect } from "./inspect.ts";
import { vary } from "./vary.ts";

/**
 * Makes the page for an error: HTML, or problem details (RFC 9457) where the visitor prefers JSON.
 *
 * @param breakage What happened.
 * @returns The page, with the error's status and headers.
 * @internal
 */
export function errorPage(breakage: Breakage): Response {
  const { http, request } = breakage;
  const headers = new Headers(http.headers);
  vary(headers, "Accept");
  const asJson = prefersJson(request);
  headers.set("Content-Type", asJson ? "application/problem+json" : "text/html; charset=utf-8");
  headers.set("X-Content-Type-Options", "nosniff");
  // The debug page has a style of its own, which a strict policy would take away.
  if (breakage.pages.debug && !asJson) headers.set("Content-Security-Policy", debugPagePolicy());
  return new Response(asJson ? problem(breakage) : String(pageOf(breakage)), { status: http.status, headers });
}

/**
 * The answer when not even the error's page could be made.
 *
 * @returns A bare 500.
 * @internal
 */
export function lastResort(): Response {
  return new Response("Internal Server Error\n", {
    status: 500,
    headers: { "Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff" },
  });
}

function prefersJson(request: Request): boolean {
  const wanted = accepts(request, "text/html", "application/problem+json", "application/json");
  if (wanted !== undefined) return wanted !== "text/html";
  // Neither, as it is written: "application/json; charset=utf-8" and "application/vnd.api+json" still want no page.
  return /[/+]json\b/i.test(request.headers.get("Accept") ?? "");
}

function problem({ http, error, context, pages: { debug } }: Breakage): string {
  return JSON.stringify({
    title: statusText(http.status),
    status: http.status,
    ...(http.expose || debug ? { detail: http.message } : {}),
    requestId: context.requestId,
    ...(debug && error !== http ? { debug: inspect(error) } : {}),
  });
}

function pageOf(breakage: Breakage): Html {
  const { http, context, pages } = breakage;
  if (!pages.debug) return page(http, context);
  try {
    return debugPage(breakage);
  } catch {
    // An error that can't even be looked at.
    return page(http, context);
  }
}

function page(http: HttpError, context: Context): Html {
  const title = statusText(http.status);
  return html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>${title}</title>
      </head>
      <body>
      <h1>${title}</h1>
      ${http.expose && html`<p>${http.message}</p>`}
      ${http.status >= 500 && html`<p>If you report this, name request <code>${context.requestId}</code>.</p>`}
      </body>
    </html>
  `;
}
