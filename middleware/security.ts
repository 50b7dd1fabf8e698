/**
 * The security headers of a site, and its way to https.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { describeLayer } from "./describe_layer.ts";
import type { Middleware } from "./handler.ts";
import { httpsRedirect, type HttpsRedirectOptions } from "./https_redirect.ts";
import { securityHeaders, type SecurityHeadersOptions } from "./security_headers.ts";
import { inSteps, type Steps } from "./steps.ts";
import { frameOptionOf } from "./x_frame_options.ts";

/** Options of {@linkcode security}. */
export interface SecurityOptions extends SecurityHeadersOptions, HttpsRedirectOptions {}

/**
 * Sends the headers a security review asks for, on every response of the layers inside, errors and redirects too; and on request sends
 * visitors from http to https. (Django's `SecurityMiddleware` and `XFrameOptionsMiddleware`.)
 *
 * A header that is on the response already stays: a view has the last word for its page, and {@linkcode xFrameOptions} says it for it. `Strict-Transport-Security` is only sent
 * over https, as {@linkcode Client} sees it, which behind a proxy takes `pipeline({ proxies: … })`.
 *
 * What can't be right is refused at construction: an unknown policy, HSTS preloading without a year or without the subdomains.
 *
 * @param options What differs from the defaults.
 * @returns The middleware.
 * @throws {TypeError} If an option has a value that browsers don't know, or contradicts another.
 * @throws {RangeError} If `hstsSeconds` is no whole number from 0.
 *
 * @example
 * ```ts
 * import { pipeline, security } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline()
 *   .use(security({ hstsSeconds: 31_536_000, sslRedirect: true }))
 *   .handle(() => new Response("hello"));
 *
 * const page = await app(new Request("https://example.com/"));
 * assertEquals(page.headers.get("X-Frame-Options"), "DENY");
 * assertEquals(page.headers.get("Strict-Transport-Security"), "max-age=31536000");
 *
 * const insecure = await app(new Request("http://example.com/cart/?page=2"));
 * assertEquals([insecure.status, insecure.headers.get("Location")], [301, "https://example.com/cart/?page=2"]);
 * ```
 */
export function security(options: SecurityOptions = {}): Middleware {
  const { always, overHttps } = securityHeaders(options);
  const unframed = always.filter(([name]) => name !== "X-Frame-Options");
  const redirect = httpsRedirect(options);

  function addHeaders(response: Response, context: Context): Response {
    setAbsent(response.headers, frameOptionOf(context) === false ? unframed : always);
    if (overHttps !== undefined && context.client.secure) setAbsent(response.headers, overHttps);
    return response;
  }

  const steps: Steps = {
    name: "security",
    enter(request, context) {
      const redirection = redirect?.(request, context, always);
      return redirection && addHeaders(redirection, context);
    },
    leave: (response, _state, _request, context) => addHeaders(response, context),
  };
  return describeLayer((next) => inSteps(next, steps), {
    name: "security",
    sends: Object.fromEntries([...always, ...overHttps ?? []]),
    facts: { redirectsToHttps: redirect !== undefined, host: options.sslHost },
  });
}

function setAbsent(headers: Headers, pairs: readonly (readonly [string, string])[]): void {
  for (const [name, value] of pairs) {
    // What isn't there is added at the end; set() would look for it once more.
    if (!headers.has(name)) headers.append(name, value);
  }
}
