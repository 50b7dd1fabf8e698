/** What recommended() expands to, as docs/recommended.md shows it. */

import {
  allowedHosts,
  type App,
  authentication,
  bodyLimit,
  common,
  contentSecurityPolicy,
  csrf,
  gzip,
  type HasUser,
  messages,
  permissionsPolicy,
  pipeline,
  type RecommendedContext,
  requestId,
  type RouteTable,
  security,
  sessions,
  type SessionStore,
  type UserSource,
} from "@nuages/web";

type ShopContext = RecommendedContext<{ cart: string[] }> & HasUser;

/** The same as recommended<{ cart: string[] }>({ keys, store, users, hosts }).handle(table). */
export function expanded(
  keys: string[],
  store: SessionStore,
  users: UserSource,
  hosts: string[],
  table: RouteTable<ShopContext>,
): App {
  return pipeline({ keys })
    .use(requestId())
    .use(security({ crossOriginResourcePolicy: "same-origin", originAgentCluster: true }))
    .use(permissionsPolicy())
    .use(contentSecurityPolicy())
    .use(allowedHosts(hosts))
    .use(bodyLimit({ maxBytes: 10_485_760 }))
    .use(gzip())
    .use(sessions<{ cart: string[] }>({ store }))
    .use(common({ appendSlash: table }))
    .use(csrf())
    .use(authentication({ users }))
    .use(messages())
    .handle(table);
}
