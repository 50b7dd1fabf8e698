/**
 * Another Content Security Policy for a view.
 *
 * @module
 */

import { chain } from "./awaitable.ts";
import type { CspPolicy } from "./csp_directives.ts";
import { type CspOverride, cspVisitOf, type HasCspNonce } from "./csp_nonce.ts";
import { CspHeader } from "./csp_policy.ts";
import { perView, type ViewDecorator } from "./per_view.ts";

/**
 * Gives a view's pages another policy: it replaces the one of {@linkcode contentSecurityPolicy}, which must stand outside, and isn't merged with it. `{}` sends none.
 * Error pages of the view keep the site's. (Django's `csp_override`.)
 *
 * @param policy The policy; the site's own with changes is `{ ...STRICT_CSP, "img-src": […] }`.
 * @returns A function that wraps a view.
 * @throws {TypeError} If the policy can't be used.
 *
 * @example
 * ```ts
 * import { contentSecurityPolicy, CSP, cspOverride, pipeline, routes, STRICT_CSP } from "@nuages/web/middleware";
 * import { assertEquals, assertStringIncludes } from "@std/assert";
 *
 * const withMap = cspOverride({ ...STRICT_CSP, "img-src": [CSP.SELF, "https://tiles.example"] });
 * const app = pipeline().use(contentSecurityPolicy()).handle(routes({
 *   "/shops/": withMap(() => new Response("a map")),
 *   "/legacy/": cspOverride({})(() => new Response("anything goes")),
 * }));
 *
 * const shops = await app(new Request("https://shop.example/shops/"));
 * assertStringIncludes(shops.headers.get("Content-Security-Policy")!, "img-src 'self' https://tiles.example;");
 * const legacy = await app(new Request("https://shop.example/legacy/"));
 * assertEquals(legacy.headers.get("Content-Security-Policy"), null);
 * ```
 */
export function cspOverride(policy: CspPolicy): ViewDecorator<HasCspNonce> {
  return override({ policy: new CspHeader(policy, "cspOverride") });
}

/**
 * Gives a view's pages another policy that browsers only report violations of, as {@linkcode cspOverride} does with the one they enforce. (Django's
 * `csp_report_only_override`.)
 *
 * @param policy The policy; `{}` sends none.
 * @returns A function that wraps a view.
 * @throws {TypeError} If the policy can't be used.
 *
 * @example
 * ```ts
 * import { contentSecurityPolicy, CSP, cspReportOnlyOverride, pipeline } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline()
 *   .use(contentSecurityPolicy({ reportingEndpoints: { csp: "/csp-reports/" } }))
 *   .handle(cspReportOnlyOverride({ "img-src": [CSP.NONE] })(() => new Response("hello")));
 * const response = await app(new Request("https://shop.example/"));
 *
 * assertEquals(
 *   response.headers.get("Content-Security-Policy-Report-Only"),
 *   "img-src 'none'; report-uri /csp-reports/; report-to csp",
 * );
 * ```
 */
export function cspReportOnlyOverride(policy: CspPolicy): ViewDecorator<HasCspNonce> {
  return override({ reportOnly: new CspHeader(policy, "cspReportOnlyOverride") });
}

function override(override: CspOverride): ViewDecorator<HasCspNonce> {
  return perView<HasCspNonce, unknown>((next) =>
    function cspOverride(request, context) {
      return chain(next(request, context), (response) => {
        const visit = cspVisitOf(context);
        if (visit === undefined) {
          throw new TypeError(
            "Cannot override the policy as there is none: put contentSecurityPolicy() before the view",
          );
        }
        Object.assign(visit.override, override);
        return response;
      });
    }
  );
}
