/** The layers of `recommended()`, made of its options, in their order. */

import { authentication } from "../auth/authentication.ts";
import type { User } from "../auth/user_source.ts";
import { messages } from "../messages/messages.ts";
import { accessLog } from "../middleware/access_log.ts";
import { allowedHosts } from "../middleware/allowed_hosts.ts";
import { bodyLimit } from "../middleware/body_limit.ts";
import { conditionalGet } from "../middleware/conditional_get.ts";
import { contentSecurityPolicy } from "../middleware/content_security_policy.ts";
import { csrf } from "../middleware/csrf.ts";
import { resolveFormLimits } from "../middleware/form.ts";
import { gzip } from "../middleware/gzip.ts";
import type { Middleware } from "../middleware/handler.ts";
import { locale } from "../middleware/locale.ts";
import { permissionsPolicy } from "../middleware/permissions_policy.ts";
import { requestId } from "../middleware/request_id.ts";
import { security } from "../middleware/security.ts";
import { serverTiming } from "../middleware/server_timing.ts";
import { updateCache } from "../middleware/update_cache.ts";
import { sessions } from "../sessions/sessions.ts";
import { toHttps } from "./_to_https.ts";
import type { LeavableLayer, RecommendedOptions } from "./recommended_options.ts";

/** The options as they may come: with what is left out. */
export type GivenOptions =
  & Omit<RecommendedOptions<User>, LeavableLayer>
  & { readonly [L in LeavableLayer]?: RecommendedOptions[L] | false };

/** A layer, whatever it needs and adds: here it is the list that is in order, and its test. */
// deno-lint-ignore no-explicit-any -- as above
export type AnyLayer = Middleware<any, any>;

/** Makes the layers outside of where `common()` stands, outermost first. Why they stand in this order: docs/recommended.md. */
export function outerLayers(options: GivenOptions): AnyLayer[] {
  const { accessLog: log, requestId: id, serverTiming: timing, hosts = THIS_MACHINE, outside = [], cache } = options;
  const { debug = false, store } = options;
  const { sslRedirect, sslHost, sslRedirectExempt, ...headers } = options.security || {};
  const redirect = toHttps({
    ...(sslRedirect === undefined ? {} : { sslRedirect }),
    ...(sslHost === undefined ? {} : { sslHost }),
    ...(sslRedirectExempt === undefined ? {} : { sslRedirectExempt }),
  });
  return [
    log === undefined ? undefined : accessLog(log),
    id === false ? undefined : requestId(id),
    timing === false || timing === undefined && !debug ? undefined : serverTiming(timing),
    options.security === false ? undefined : security({ ...ISOLATED, ...headers }),
    options.permissionsPolicy === false ? undefined : permissionsPolicy(options.permissionsPolicy),
    options.contentSecurityPolicy === false ? undefined : contentSecurityPolicy(options.contentSecurityPolicy),
    hosts === false ? undefined : allowedHosts(hosts),
    redirect,
    ...outside,
    options.locale === undefined ? undefined : locale(options.locale),
    options.bodyLimit === false ? undefined : bodyLimit({ maxBytes: bodyBytes(options), ...options.bodyLimit }),
    cache === undefined ? undefined : updateCache(cache),
    options.gzip === false ? undefined : gzip(options.gzip),
    options.conditionalGet === true ? conditionalGet() : undefined,
    sessions({ ...options.sessions, store }),
  ].filter((layer) => layer !== undefined);
}

/** Makes the layers inside of `common()`, outermost first. */
export function innerLayers(options: GivenOptions): AnyLayer[] {
  const { users } = options;
  return [
    options.csrf === false ? undefined : csrf(options.csrf),
    users === undefined ? undefined : authentication({ ...options.authentication, users }),
    // deno-lint-ignore no-explicit-any -- one overload or the other
    options.messages === false ? undefined : messages(options.messages as any),
  ].filter((layer) => layer !== undefined);
}

/** Who has said nothing yet is developing. */
const THIS_MACHINE: readonly string[] = ["localhost", ".localhost", "127.0.0.1", "[::1]"];

/** Most sites show nobody else's pages their images, and set no `document.domain`. */
const ISOLATED = { crossOriginResourcePolicy: "same-origin", originAgentCluster: true } as const;

/** What a form may hold, a body may. */
function bodyBytes({ form }: GivenOptions): number {
  return resolveFormLimits(form).maxBytes;
}
