/**
 * Sending visitors from http to https.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { HttpError } from "./http_error.ts";
import type { HeaderPairs } from "./security_headers.ts";

/** Whether {@linkcode security} sends visitors from http to https. */
export interface HttpsRedirectOptions {
  /**
   * Redirects what comes over plain http to the same address with https: with 301 for GET and HEAD, with 308 otherwise, so that a form keeps its
   * body. Somebody developing on this machine (`client.loopback`) is left alone, since browsers never forget a 301.
   *
   * @default {false}
   */
  sslRedirect?: boolean;
  /**
   * The host to redirect to, with its port unless that is 443. Without it the host is the one the visitor asked for: let `allowedHosts()` check it
   * first.
   *
   * @default {undefined}
   */
  sslHost?: string;
  /**
   * Paths that may be had over plain http, such as a health check: `[/^\/health$/]`. Matched against the path as the visitor
   * wrote it, percent-encoded, with its leading slash.
   *
   * @default {[]}
   */
  sslRedirectExempt?: readonly RegExp[];
}

/** Gives a response if the request has to come again over https. */
export type HttpsRedirect = (request: Request, context: Context, headers: HeaderPairs) => Response | undefined;

/**
 * Checks the options, and makes the function that redirects.
 *
 * @param options Whether to redirect, and where to.
 * @returns The function; `undefined` if nothing is ever redirected.
 * @throws {TypeError} If an option can't be used, or is given without `sslRedirect`.
 * @internal
 */
export function httpsRedirect(options: HttpsRedirectOptions): HttpsRedirect | undefined {
  const { sslRedirect = false, sslHost, sslRedirectExempt = [] } = options;
  if (typeof sslRedirect !== "boolean") {
    throw new TypeError(
      `Cannot create security as sslRedirect must be true or false: received ${Deno.inspect(sslRedirect)}`,
    );
  }
  if (!sslRedirect) {
    if (sslHost === undefined && sslRedirectExempt.length === 0) return undefined;
    throw new TypeError("Cannot create security as sslHost and sslRedirectExempt do nothing without sslRedirect: true");
  }
  const host = sslHost === undefined ? undefined : checkedHost(sslHost);
  const exempt = sslRedirectExempt.map(stateless);

  return (request, context, headers) => {
    const { client } = context;
    if (client.secure) return undefined;
    const url = urlOf(context, headers);
    if (client.loopback || exempt.some((pattern) => pattern.test(url.pathname))) return undefined;
    warnOfLoop(request, context);
    // Put together from its parts: a path such as //evil.example must not be read as a host.
    const location = `https://${host ?? url.host}${url.pathname}${url.search}`;
    const status = request.method === "GET" || request.method === "HEAD" ? 301 : 308;
    return new Response(null, { status, headers: { Location: location } });
  };
}

/** The refusal of a malformed host is made outside this layer, and is to have the layer's headers all the same. */
function urlOf(context: Context, headers: HeaderPairs): URL {
  try {
    return context.url;
  } catch (error) {
    if (error instanceof HttpError) { for (const [name, value] of headers) error.headers.set(name, value); }
    throw error;
  }
}

/** The usual cause of a redirect that never ends. */
function warnOfLoop(request: Request, context: Context): void {
  const forwarded = `${request.headers.get("X-Forwarded-Proto")} ${request.headers.get("Forwarded")}`;
  if (context.client.proxied || !/\bhttps\b/i.test(forwarded)) return;
  context.emit({
    name: "security.untrusted_proxy",
    message:
      "The request was redirected to https although it says that it came that way, as nobody trusts who says so: " +
      "name the proxy in pipeline({ proxies: { trust: [...] } })",
  });
}

function checkedHost(host: string): string {
  const url = URL.parse(`https://${host}`);
  if (typeof host === "string" && url !== null && url.host === host.toLowerCase()) return url.host;
  throw new TypeError(
    `Cannot create security as sslHost must be a host, with its port if that is not 443, such as "example.com": ` +
      `received ${Deno.inspect(host)}`,
  );
}

/** With the flags `g` and `y` a pattern remembers where it stopped, and every second request would slip through. */
function stateless(pattern: RegExp): RegExp {
  if (pattern instanceof RegExp) return new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ""));
  throw new TypeError(
    `Cannot create security as sslRedirectExempt must hold regular expressions: received ${Deno.inspect(pattern)}`,
  );
}
