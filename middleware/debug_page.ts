/**
 * The page a programmer sees when something breaks. Only with `debug: true`.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { cspHash } from "./csp_directives.ts";
import type { ErrorPages, Place } from "./error_response.ts";
import { type Html, html } from "./html.ts";
import { type HttpError, statusText } from "./http_error.ts";
import { inspect, isOf } from "./inspect.ts";
import type { Run } from "./run.ts";

/** What the page is about. */
export interface Breakage {
  /** The error as a response. */
  readonly http: HttpError;
  /** What was thrown. */
  readonly error: unknown;
  /** The layer where it happened. */
  readonly place: Place;
  /** The request. */
  readonly request: Request;
  /** Its context. */
  readonly context: Context;
  /** The kernel's notes on the request. */
  readonly run: Run;
  /** How errors are shown. */
  readonly pages: ErrorPages;
}

/**
 * Makes the page: the error, the pipeline and where in it the error happened, the request, and what middleware tell. Values that
 * open something (cookies, `Authorization`) are left out.
 *
 * @param breakage What happened.
 * @returns The page.
 * @internal
 */
export function debugPage(breakage: Breakage): Html {
  const { http, error, place, request, context, run, pages } = breakage;
  const name = isOf(error, Error) ? error.name : "Thrown";
  const title = `${http.status} ${statusText(http.status)}`;
  return html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>${title}: ${name}</title>
        <style>${STYLE}</style>
      </head>
      <body>
        <header>
          <p>${title} <span>${request.method} ${path(request)}</span></p>
          <h1>${isOf(error, Error) ? error.message || name : inspect(error)}</h1>
        </header>
        <main>
        <h2>${name}</h2>
        <pre>${inspect(error)}</pre>
        <h2>Pipeline</h2>
        <ol>${pages.layers.map((name, index) => {
          return index === place.index ? html`<li class="here">${name} ← here</li>` : html`<li>${name}</li>`;
        })}</ol>
        <h2>Request</h2>
        <table>
          ${row("id", context.requestId)}
          ${row("client", [attempt(() => context.client.address), attempt(() => context.client.origin)].join(" "))}
          ${[...request.headers].map(([header, value]) =>
            row(header, SECRET_HEADERS_REGEXP.test(header) ? hide(header, value) : value)
          )}
        </table>
        ${facts(request, context, run).map(([heading, lines]) =>
          html`
            <h2>${heading}</h2>
            <ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>
          `
        )}
      </main>
        <footer>This page is here because the pipeline was made with <code>debug: true</code>. Visitors must never see it.</footer>
      </body>
    </html>
  `;
}

/**
 * What the page may load: its own style.
 *
 * @returns The value of `Content-Security-Policy`.
 * @internal
 */
export function debugPagePolicy(): string {
  return `default-src 'none'; style-src ${cspHash(STYLE)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}

const SECRET_HEADERS_REGEXP = /auth|cookie|credential|csrf|key|pass|secret|session|signature|token/;

/** Of cookies the names may be shown; one without a name is all value. */
function hide(header: string, value: string): string {
  if (header !== "cookie") return "(hidden)";
  return value.split(";").map((pair) => {
    return pair.includes("=") ? `${pair.split("=", 1)[0]!.trim()}=(hidden)` : "(hidden)";
  }).join("; ");
}

function row(name: string, value: string): Html {
  return html`
    <tr>
      <th>${name}</th>
      <td>${value}</td>
    </tr>
  `;
}

function path(request: Request): string {
  const url = URL.parse(request.url);
  return url === null ? request.url : url.pathname + url.search;
}

function attempt(read: () => string): string {
  try {
    return read();
  } catch (error) {
    return error instanceof Error ? `(${error.message})` : "(unknown)";
  }
}

function facts(request: Request, context: Context, run: Run): [string, readonly string[]][] {
  return (run.hooks ?? []).flatMap((hooks) => {
    try {
      return Object.entries(hooks.debugFacts?.(request, context) ?? {});
    } catch (error) {
      return [["Debug facts failed", [inspect(error)]] as [string, readonly string[]]];
    }
  });
}

const STYLE = `
  :root { font: 16px/1.5 system-ui, sans-serif; --line: #8884; --accent: #c2410c; }
  body { margin: 0; }
  header { padding: 2rem clamp(1rem, 5vw, 4rem); border-bottom: 1px solid var(--line); background: #c2410c14; }
  header p { margin: 0; font-weight: 600; color: var(--accent); } header span { font-weight: 400; color: GrayText; }
  h1 { margin: .25rem 0 0; font-size: 1.5rem; overflow-wrap: anywhere; }
  main, footer { padding: 0 clamp(1rem, 5vw, 4rem) 2rem; } h2 { font-size: 1rem; margin: 2rem 0 .5rem; }
  pre { margin: 0; padding: 1rem; border: 1px solid var(--line); border-radius: .5rem; overflow-x: auto; font-size: .875rem; }
  ol { margin: 0; } .here { color: var(--accent); font-weight: 600; }
  table { border-collapse: collapse; width: 100%; font-size: .875rem; }
  th, td { text-align: left; vertical-align: top; padding: .25rem 1rem .25rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
  th { white-space: nowrap; font-weight: 500; } footer { color: GrayText; font-size: .875rem; }
`;
