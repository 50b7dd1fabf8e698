/**
 * What a page may load and run.
 *
 * @module
 */

import type { Context } from "./context.ts";
import { type CspPolicy, STRICT_CSP } from "./csp_directives.ts";
import { cspContext, CspVisit, cspVisitOf, type HasCspNonce } from "./csp_nonce.ts";
import { CspHeader, type PolicyRequest } from "./csp_policy.ts";
import { describeLayer } from "./describe_layer.ts";
import { extend } from "./extend.ts";
import type { Middleware } from "./handler.ts";
import type { Hooks } from "./hooks.ts";
import { type ReportingEndpoints, resolveReporting } from "./reporting_endpoints.ts";
import { inSteps, type Steps } from "./steps.ts";
import { frameOptionOf } from "./x_frame_options.ts";

/** Options of {@linkcode contentSecurityPolicy}. */
export interface ContentSecurityPolicyOptions {
  /**
   * The policy browsers enforce; `{}` for none.
   *
   * @default {STRICT_CSP}
   */
  policy?: CspPolicy;
  /**
   * A policy browsers only report violations of: the next one, on trial. Both may be sent.
   *
   * @default {{}}
   */
  reportOnly?: CspPolicy;
  /**
   * Where browsers send reports: addresses by their names. Policies that don't say themselves (`report-to`, `report-uri`) report to the first one.
   *
   * @default {{}}
   */
  reportingEndpoints?: ReportingEndpoints;
}

/**
 * Sends a Content Security Policy with every response of the layers inside, so that what somebody managed to write into a page doesn't run. (Django's
 * `ContentSecurityPolicyMiddleware`; CSP Level 3.)
 *
 * By default scripts run if they carry the nonce of the request, and so do scripts these load: write `<script nonce="${context.cspNonce}">`, with `src` or
 * without; templates get `cspNonce`. A page that doesn't ask for the nonce gets a policy without one. One that does must not be seen twice, or its nonce is a
 * secret no more: it leaves with `Cache-Control: private, no-store`, whatever the view said, and the site cache leaves it alone.
 *
 * A `Content-Security-Policy` that is on the response already stays. {@linkcode cspOverride} and {@linkcode cspReportOnlyOverride} change the policy for a view. Put it
 * outside of whatever reads the nonce, which the compiler checks, and best beside {@linkcode security}, outside of all that may fail: the error page of a layer outside has neither policy nor nonce.
 *
 * @param options The policies, and where violations are reported.
 * @returns The middleware.
 * @throws {TypeError} If a policy has directives or sources that browsers don't know, or that don't mean what they seem to.
 *
 * @example
 * ```ts
 * import { contentSecurityPolicy, html, htmlResponse, pipeline } from "@nuages/web/middleware";
 * import { assertEquals, assertStringIncludes } from "@std/assert";
 *
 * const app = pipeline().use(contentSecurityPolicy()).handle((_request, context) =>
 *   htmlResponse(html`<script nonce="${context.cspNonce}" src="/static/shop.js"></script>`)
 * );
 * const response = await app(new Request("https://shop.example/"));
 * const nonce = /nonce="(.+?)"/.exec(await response.text())![1];
 *
 * assertStringIncludes(response.headers.get("Content-Security-Policy")!, `script-src 'nonce-${nonce}' 'strict-dynamic';`);
 * assertEquals(response.headers.get("Cache-Control"), "private, no-store");
 * ```
 */
export function contentSecurityPolicy(options: ContentSecurityPolicyOptions = {}): Middleware<unknown, HasCspNonce> {
  const policy = new CspHeader(options.policy ?? STRICT_CSP, "contentSecurityPolicy");
  const reportOnly = new CspHeader(options.reportOnly ?? {}, "contentSecurityPolicy");
  const reporting = resolveReporting(options.reportingEndpoints);
  const hooks: Hooks<Context & HasCspNonce> = {
    templateData: (_request, context) => ({
      get cspNonce() {
        return context.cspNonce;
      },
    }),
  };

  function leave(response: Response, context: Context, visit: CspVisit): Response {
    const { headers } = response;
    const { nonce, override } = visit;
    visit.left = true;
    const asked: PolicyRequest = { nonce, frames: frameOptionOf(context), reporting: reporting.directives };
    const enforced = sendPolicy(headers, "Content-Security-Policy", override.policy ?? policy, asked);
    const reported = sendPolicy(
      headers,
      "Content-Security-Policy-Report-Only",
      override.reportOnly ?? reportOnly,
      asked,
    );
    if (reporting.header !== undefined && (enforced || reported) && !headers.has("Reporting-Endpoints")) {
      headers.set("Reporting-Endpoints", reporting.header);
    }
    if (nonce !== undefined) headers.set("Cache-Control", "private, no-store");
    return response;
  }

  const steps: Steps = {
    name: "contentSecurityPolicy",
    hooks,
    enter(_request, context) {
      // A getter, and not what steps add: around a single view these are made at once, and each page would have a nonce.
      extend(context, cspContext(cspVisitOf(context) ?? new CspVisit()));
      return undefined;
    },
    leave: (response, _state, _request, context) => leave(response, context, cspVisitOf(context)!),
  };
  return describeLayer((next) => inSteps(next, steps), {
    name: "contentSecurityPolicy",
    facts: { policy: options.policy ?? STRICT_CSP, reportOnly: options.reportOnly ?? {} },
  });
}

/** Puts a policy on the response, unless there is one; says whether it did. */
function sendPolicy(headers: Headers, name: string, policy: CspHeader, asked: PolicyRequest): boolean {
  if (headers.has(name)) return false;
  const text = policy.text(asked);
  if (text !== "") headers.set(name, text);
  return text !== "";
}
