/**
 * What is said of a request that the CSRF check refused: to the visitor, to the programmer, to whoever listens.
 *
 * @module
 */

import type { Awaitable } from "./awaitable.ts";
import type { Context } from "./context.ts";
import type { CsrfRejection } from "./csrf_check.ts";
import { Forbidden } from "./http_error.ts";

/** Answers for a request that the CSRF check refused. */
export type CsrfFailure = (request: Request, context: Context, reason: string) => Response | Promise<Response>;

/**
 * Refuses a request: tells the listener, then answers.
 *
 * @param rejection Why.
 * @param request The request.
 * @param context Its context.
 * @param failure The user's answer, if there is one.
 * @returns The user's answer.
 * @throws {Forbidden} Without one. The reason is in it only with `debug: true`; what else visitors see helps them, and nobody else.
 * @internal
 */
export function refuse(
  rejection: CsrfRejection,
  request: Request,
  context: Context,
  failure: CsrfFailure | undefined,
): Awaitable<Response> {
  const { reason } = rejection;
  const hint = hintFor(rejection, request, context);
  context.emit({ name: "csrf.rejected", message: `CSRF check failed: ${reason} ${hint}`, data: { reason, hint } });
  if (failure !== undefined) return failure(request, context, reason);
  throw new Forbidden(context.app.debug ? `${reason} ${hint}` : ADVICE[rejection.kind] ?? RELOAD);
}

const RELOAD = "This form could not be verified. Go back, reload the page it is on, and send it again.";
const ADVICE: { readonly [kind in CsrfRejection["kind"]]?: string } = {
  "no cookie":
    "This form needs a cookie, and your browser sent none. Allow cookies for this site, reload the page the form is on, and send it again.",
  "no referer":
    "Your browser doesn't say which page this form is on. Allow it to send the Referer header, at least within this site, and send the form again.",
};

/** The usual cause. */
function hintFor({ kind }: CsrfRejection, request: Request, context: Context): string {
  switch (kind) {
    case "site":
    case "origin":
    case "referer":
      return hintForOrigin(request, context);
    case "no referer":
      return "The page with the form, or the browser, withholds it: use Referrer-Policy: same-origin, as security() does, not no-referrer.";
    case "no cookie":
      return hintForCookie(context);
    case "no secret":
      return "The session holds none: it has ended, or the page with the form didn't call csrfToken() or csrfField(), or the browser refuses the session's cookie.";
    case "cookie":
      return "It was cut short, or something else sets a cookie of this name. A new one goes with this response.";
    case "no token":
      return "Put csrfField() into the form, or send csrfToken() in the header.";
    case "token":
      return "The page is older than the last rotateCsrfToken(), such as at sign-in, or was made for another browser and then cached.";
  }
}

function hintForOrigin(request: Request, context: Context): string {
  const { client } = context;
  const { headers } = request;
  const origin = headers.get("Origin");
  if (origin === "null") {
    return "The form's page hides its origin: it has Referrer-Policy: no-referrer, is in a sandboxed frame or comes from a file.";
  }
  const forwarded = headers.has("X-Forwarded-Proto") || headers.has("X-Forwarded-Host") || headers.has("Forwarded");
  const otherScheme = origin === `https://${client.host}` && client.scheme === "http";
  if (!client.proxied && (forwarded || otherScheme)) {
    return `The request came as ${client.origin}: if a proxy stands before the application, name it in pipeline({ proxies: { trust: [...] } }).`;
  }
  if (client.proxied && origin === `${client.scheme}://${headers.get("X-Forwarded-Host")}`) {
    return `The request came to ${client.origin}: if the proxy sets X-Forwarded-Host itself, say so in pipeline({ proxies: { trust: [...], host: true } }).`;
  }
  return `The request came to ${client.origin}. If the form's page belongs to you, name its origin in csrf({ trustedOrigins: [...] }).`;
}

function hintForCookie({ client }: Context): string {
  if (!client.secure && !client.loopback) {
    return "The request came over plain http, where browsers keep no Secure cookie: serve https, or name the proxy in pipeline({ proxies: { trust: [...] } }).";
  }
  return "The browser refuses cookies, the page with the form didn't call csrfToken() or csrfField(), or a fetch() was told to send no cookies.";
}
