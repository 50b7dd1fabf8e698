/** What layers, and applications, say of themselves. */

import { loginRequired, remoteUser } from "@nuages/web/auth";
import * as auth from "@nuages/web/auth";
import * as messagesDoor from "@nuages/web/messages";
import * as middleware from "@nuages/web/middleware";
import {
  appDescriptionOf,
  describeLayer,
  type Middleware,
  pipeline,
  requestId,
  security,
} from "@nuages/web/middleware";
import { MemoryStore, sessions } from "@nuages/web/sessions";
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { layerDescriptionOf } from "../../middleware/describe_layer.ts";

const own: Middleware = (next) =>
  function own(request, context) {
    return next(request, context);
  };

Deno.test("appDescriptionOf() names the layers, outermost first, and what the pipeline was told", () => {
  const proxies = { trust: ["10.0.0.7"] };
  const app = pipeline({ debug: true, proxies, onEvent() {} }).use(requestId()).use(own).use(security()).handle(() =>
    new Response()
  );
  const description = appDescriptionOf(app)!;

  assertEquals(description.layers.map(({ name, described }) => [name, described]), [
    ["requestId", true],
    ["own", false],
    ["security", true],
  ]);
  assertEquals([description.debug, description.trustsProxies, description.listens], [true, true, true]);
  assertEquals(description.proxies, proxies);
  assertEquals(appDescriptionOf(pipeline().handle(() => new Response())), {
    ...{ debug: false, keys: undefined, layers: [], listens: false, proxies: undefined, trustsProxies: false },
  });
});

Deno.test("appDescriptionOf() knows no other functions and objects, nor an application in another", () => {
  for (const other of [() => new Response(), {}, null, undefined, "app"]) {
    assertEquals(appDescriptionOf(other), undefined);
  }
  const inner = pipeline().use(security()).handle(() => new Response());
  assertEquals(appDescriptionOf(pipeline().handle(inner))?.layers, []);
});

Deno.test("describeLayer() gives the same middleware back, and can be said again", () => {
  const again: Middleware = (next) => next;
  assertStrictEquals(describeLayer(again, { name: "first" }), again);
  describeLayer(again, { name: "second", facts: { a: 1 } });
  assertEquals(layerDescriptionOf(again), { name: "second", facts: { a: 1 } });
  assertEquals(Object.keys(again), []);
});

Deno.test("describeLayer() refuses what is no middleware or has no name", () => {
  assertThrows(
    () => describeLayer(1 as never, { name: "one" }),
    TypeError,
    "Cannot describe a middleware that is number",
  );
  assertThrows(() => describeLayer((() => {}) as never, {} as never), TypeError, "without a name");
});

Deno.test("every layer of the library says what it is, and nothing secret", () => {
  const key = "plainly-a-key-of-this-test-alone";
  const options: Record<string, unknown[]> = {
    accessLog: [{ write() {} }],
    allowedHosts: [["shop.example"]],
    authentication: [{ users: new auth.MemoryUsers() }],
    brokenLinks: [{ report() {} }],
    common: [{ prependWww: true }],
    contextProcessor: [() => ({})],
    cors: [{ origins: "*" }],
    flatpages: [{ source: { find() {} }, template: "page" }],
    locale: [{ languages: ["en"] }],
    rateLimit: [{ limit: 1 }],
    redirects: [{ source: { find() {} } }],
    sessions: [{ store: new MemoryStore(), encrypt: { keys: [key] } }],
    timeout: [{ seconds: 1 }],
    updateCache: [new middleware.SiteCache({ store: new middleware.MemoryCache() })],
  };
  const layers = { ...auth, ...messagesDoor, ...middleware, sessions } as unknown as Record<
    string,
    (...args: unknown[]) => Middleware
  >;
  const names = [
    ...["accessLog", "allowedHosts", "authentication", "bodyLimit", "brokenLinks", "common", "conditionalGet"],
    ...["contentSecurityPolicy", "contextProcessor", "cors", "csrf", "currentSite", "fetchCache", "flatpages", "gzip"],
    ...["locale", "messages", "methodOverride", "permissionsPolicy", "persistentRemoteUser", "rateLimit", "redirects"],
    ...["requestId", "security", "serverTiming", "sessions", "timeout", "updateCache"],
  ];
  for (const name of names) {
    const made = layers[name]!(...options[name] ?? []);
    assertEquals(layerDescriptionOf(made)?.name, name);
    assert(!Deno.inspect(layerDescriptionOf(made), { depth: 9 }).includes(key), name);
  }
  assertEquals(layerDescriptionOf(loginRequired())?.name, "loginRequired");
  assertEquals(layerDescriptionOf(remoteUser())?.name, "remoteUser");
});
