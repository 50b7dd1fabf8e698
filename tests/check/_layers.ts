/** One of each layer, to be put in this order and that. */

import { authentication, loginRequired, MemoryUsers, persistentRemoteUser, remoteUser } from "@nuages/web/auth";
import { check, type CheckOptions } from "@nuages/web/check";
import { messages } from "@nuages/web/messages";
import {
  accessLog,
  allowedHosts,
  type App,
  bodyLimit,
  brokenLinks,
  common,
  conditionalGet,
  contentSecurityPolicy,
  cors,
  csrf,
  currentSite,
  fetchCache,
  flatpages,
  gzip,
  html,
  locale,
  MemoryCache,
  methodOverride,
  type Middleware,
  permissionsPolicy,
  pipeline,
  type PipelineOptions,
  rateLimit,
  redirects,
  requestId,
  security,
  serverTiming,
  SiteCache,
  timeout,
  updateCache,
} from "@nuages/web/middleware";
import { MemoryStore, sessions } from "@nuages/web/sessions";

/** Made for each test, as nothing is shared. */
// deno-lint-ignore no-explicit-any -- what each needs and adds is not what is tested
const LAYERS: Readonly<Record<string, () => Middleware<any, any>>> = {
  accessLog: () => accessLog({ write: () => {} }),
  allowedHosts: () => allowedHosts(["shop.example"]),
  authentication: () => authentication({ users: new MemoryUsers() }),
  bodyLimit: () => bodyLimit(),
  brokenLinks: () => brokenLinks({ report: () => {} }),
  common: () => common({ appendSlash: () => true, prependWww: true }),
  conditionalGet: () => conditionalGet(),
  contentSecurityPolicy: () => contentSecurityPolicy(),
  cors: () => cors({ origins: ["https://app.example"] }),
  corsForAll: () => cors({ origins: "*" }),
  csrf: () => csrf(),
  csrfInSession: () => csrf({ storage: "session" }),
  currentSite: () => currentSite(),
  fetchCache: () => fetchCache(),
  flatpages: () => flatpages({ source: { find: () => undefined }, template: () => html`` }),
  gzip: () => gzip(),
  locale: () => locale({ languages: ["en", "de"] }),
  loginRequired: () => loginRequired(),
  messages: () => messages(),
  deliveredMessages: () => messages({ header: "X-Messages" }),
  methodOverride: () => methodOverride(),
  methodOverrideByHeader: () => methodOverride({ field: false }),
  permissionsPolicy: () => permissionsPolicy(),
  persistentRemoteUser: () => persistentRemoteUser(),
  rateLimit: () => rateLimit({ limit: 10 }),
  rateLimitElsewhere: () => rateLimit({ limit: 10, store: { hit: () => ({ hits: 1, resetSeconds: 1 }) } }),
  rateLimitByUser: () => rateLimit({ limit: 10, key: () => "1" }),
  redirects: () => redirects({ source: { find: () => undefined } }),
  remoteUser: () => remoteUser(),
  requestId: () => requestId(),
  security: () => security(),
  securityWithRedirect: () => security({ sslRedirect: true }),
  securityWithHost: () => security({ sslRedirect: true, sslHost: "shop.example" }),
  serverTiming: () => serverTiming(),
  sessions: () => sessions({ store: new MemoryStore() }),
  timeout: () => timeout({ seconds: 10 }),
  updateCache: () => updateCache(new SiteCache({ store: new MemoryCache() })),
};

/** The name of a layer. */
export type LayerName = string;

/** Puts layers around a view, whatever the compiler would say. */
// deno-lint-ignore no-explicit-any -- as above
export function appOf(layers: readonly (LayerName | Middleware<any, any>)[], options: PipelineOptions = {}): App {
  const key = crypto.randomUUID();
  // deno-lint-ignore no-explicit-any -- as above
  let app: any = pipeline({ keys: [key], proxies: { trust: ["127.0.0.1"] }, ...options });
  for (const layer of layers) app = app.use(typeof layer === "string" ? LAYERS[layer]!() : layer);
  return app.handle(() => new Response("hello"));
}

/** The ids of what is found. */
export function idsOf(layers: Parameters<typeof appOf>[0], options: CheckOptions = {}): string[] {
  return check(appOf(layers), options).map(({ id }) => id);
}
