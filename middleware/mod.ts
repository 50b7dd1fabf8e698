/**
 * The kernel: {@linkcode pipeline} puts middleware around a view, the compiler checks their order, errors become responses, and the
 * {@linkcode Context} knows what a view wants to know. Beside it the middleware a site needs, one a file.
 *
 * @example
 * ```ts
 * import { HttpError, html, htmlResponse, pipeline, routes } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const books = new Map([["1", "Emma"]]);
 * const app = pipeline().handle(routes({
 *   "GET /books/:id/": (_request, context) => {
 *     const title = books.get(context.params.id);
 *     if (title === undefined) throw new HttpError(404, "No such book");
 *     return htmlResponse(html`<h1>${title}</h1>`);
 *   },
 * }));
 *
 * assertEquals(await (await app(new Request("http://localhost/books/1/"))).text(), "<h1>Emma</h1>");
 * assertEquals((await app(new Request("http://localhost/books/2/"))).status, 404);
 * ```
 *
 * @module
 */

export type { ContentCoding } from "./accept_encoding.ts";
export * from "./access_log.ts";
export type { AccessLogEntry, AccessLogFormat } from "./access_log_format.ts";
export * from "./allowed_hosts.ts";
export { type KnownPaths, noAppendSlash } from "./append_slash.ts";
export { type Awaitable, chain } from "./awaitable.ts";
export * from "./body_limit.ts";
export { type BrokenLink, brokenLinkMail, brokenLinks, type BrokenLinksOptions } from "./broken_links.ts";
export * from "./cache_control.ts";
export * from "./cache_for.ts";
export type { CacheRead, CacheRecord, CacheStore } from "./cache_store.ts";
export type { HasSiteCache } from "./cache_visit.ts";
export * from "./clear_site_data.ts";
export type { Client } from "./client.ts";
export * from "./common.ts";
export * from "./condition.ts";
export { conditionalGet } from "./conditional_get.ts";
export * from "./content_security_policy.ts";
export type { AppInfo, Context, EventDetails } from "./context.ts";
export * from "./context_processors.ts";
export * from "./cors.ts";
export * from "./csp_directives.ts";
export type { HasCspNonce } from "./csp_nonce.ts";
export * from "./csp_override.ts";
export * from "./csrf.ts";
export { csrfExempt } from "./csrf_exempt.ts";
export type { CsrfFailure } from "./csrf_failure.ts";
export type * from "./csrf_options.ts";
export * from "./csrf_protect.ts";
export type { CsrfCookieOptions } from "./csrf_visit.ts";
export * from "./current_site.ts";
export {
  type AppDescription,
  appDescriptionOf,
  type DescribedLayer,
  describeLayer,
  type LayerDescription,
} from "./describe_layer.ts";
export { type AsksCsrfToken, ensureCsrfCookie } from "./ensure_csrf_cookie.ts";
export type { ErrorHandler, ErrorHandlers } from "./error_response.ts";
export type { AppEvent, EventListener } from "./events.ts";
export { extend } from "./extend.ts";
export * from "./fetch_cache.ts";
export * from "./flatpage_sources.ts";
export * from "./flatpages.ts";
export type { FormLimits } from "./form.ts";
export * from "./gzip.ts";
export * from "./handler.ts";
export { addHooks, type HookAnswer, type Hooks } from "./hooks.ts";
export * from "./html.ts";
export { BadRequest, Forbidden, HttpError, type HttpErrorOptions, NotFound } from "./http_error.ts";
export type { HttpsRedirectOptions } from "./https_redirect.ts";
export * from "./kv_cache.ts";
export * from "./kv_rate_limits.ts";
export * from "./language_routes.ts";
export {
  type HasLanguage,
  type LanguageCookieOptions,
  type LanguageStep,
  locale,
  type LocaleOptions,
} from "./locale.ts";
export { hasMark, markView } from "./marks.ts";
export * from "./memory_cache.ts";
export * from "./memory_rate_limits.ts";
export * from "./method_override.ts";
export * from "./per_view.ts";
export * from "./permissions_policy.ts";
export * from "./pipeline.ts";
export * from "./rate_limit.ts";
export * from "./rate_limit_store.ts";
export * from "./redirect.ts";
export * from "./redirect_sources.ts";
export { redirects, type RedirectsOptions, type RedirectSource } from "./redirects.ts";
export * from "./redis_rate_limits.ts";
export type { ReportingEndpoints } from "./reporting_endpoints.ts";
export * from "./request_id.ts";
export type { RouteParams } from "./route_params.ts";
export { type HasParams, type Route, routes, type RouteTable } from "./routes.ts";
export * from "./security.ts";
export type {
  CrossOriginEmbedderPolicy,
  CrossOriginOpenerPolicy,
  CrossOriginResourcePolicy,
  ReferrerPolicy,
  SecurityHeadersOptions,
} from "./security_headers.ts";
export * from "./server_timing.ts";
export * from "./set_language.ts";
export type { KvSourceOptions, Site, SiteSource, SqlReader } from "./site.ts";
export { type CacheTimes, SiteCache, type SiteCacheOptions } from "./site_cache.ts";
export { KvSites, SqlSites, type SqlSitesOptions } from "./site_sources.ts";
export * from "./template_response.ts";
export * from "./timeout.ts";
export * from "./timing.ts";
export type { ProxyOptions } from "./trusted_proxies.ts";
export * from "./update_cache.ts";
export * from "./vary.ts";
export { type FrameOption, xFrameOptions } from "./x_frame_options.ts";
