/** check --deploy: Django's rules for settings, as they apply here, and what a review asks besides. */

import { authentication, MemoryUsers } from "@nuages/web/auth";
import { check } from "@nuages/web/check";
import { CookieMessages, messages } from "@nuages/web/messages";
import {
  allowedHosts,
  contentSecurityPolicy,
  type ContentSecurityPolicyOptions,
  CSP,
  csrf,
  describeLayer,
  KvCache,
  KvRateLimits,
  type Middleware,
  pipeline,
  rateLimit,
  security,
  type SecurityOptions,
  SiteCache,
  STRICT_CSP,
  updateCache,
} from "@nuages/web/middleware";
import {
  CachedStore,
  CookieStore,
  KvStore,
  MemoryStore,
  type SessionOptions,
  sessions,
  type SessionStore,
} from "@nuages/web/sessions";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { appOf } from "./_layers.ts";

const SAFE: SecurityOptions = {
  hstsSeconds: 31_536_000,
  hstsIncludeSubdomains: true,
  hstsPreload: true,
  sslRedirect: true,
};
const HOSTS = () => allowedHosts(["shop.example"]);

/** What is found in a stack that is right but for what is given. */
function found(...layers: Parameters<typeof appOf>[0]): { id: string; django: readonly string[] }[] {
  return check(appOf(layers), { deploy: true }).map(({ id, django = [] }) => ({ id, django }));
}

/** The same for the options of security(). */
const withSecurity = (options: SecurityOptions) =>
  found(HOSTS(), security({ ...SAFE, ...options }), contentSecurityPolicy());

Deno.test("check --deploy finds nothing in a healthy stack", async () => {
  using kv = await Deno.openKv(":memory:");
  const users = { find: () => undefined, findByName: () => undefined };
  const app = pipeline({ keys: [crypto.randomUUID()], proxies: { trust: ["127.0.0.1"] } })
    .use(HOSTS())
    .use(security(SAFE))
    .use(contentSecurityPolicy())
    .use(rateLimit({ limit: 100, store: new KvRateLimits(kv) }))
    .use(updateCache(new SiteCache({ store: new KvCache(kv) })))
    .use(sessions({ store: new KvStore(kv) }))
    .use(csrf())
    .use(authentication({ users }))
    .use(messages())
    .handle(() => new Response("hello"));

  assertEquals(check(app, { deploy: true }), []);
});

const SETTINGS: readonly (readonly [id: string, django: string, options: SecurityOptions])[] = [
  ["security.frame_options", "W002", { frameOptions: false }],
  ["security.frame_options", "W019", { frameOptions: "SAMEORIGIN" }],
  ["security.nosniff", "W006", { nosniff: false }],
  ["security.referrer_policy", "W022", { referrerPolicy: false }],
  ["security.ssl_redirect", "W008", { sslRedirect: false }],
  ["security.hsts_subdomains", "W005", { hstsIncludeSubdomains: false, hstsPreload: false }],
  ["security.hsts_preload", "W021", { hstsPreload: false }],
  ["security.hsts", "W004", { hstsSeconds: 0, hstsIncludeSubdomains: false, hstsPreload: false }],
];

for (const [id, django, options] of SETTINGS) {
  Deno.test(`check --deploy finds ${id}, Django's security.${django}`, () => {
    // The policy of these has no word on frames, which would go before the header.
    const policy: ContentSecurityPolicyOptions = { policy: { ...STRICT_CSP, "frame-ancestors": false } };
    const findings = found(HOSTS(), security({ ...SAFE, ...options }), contentSecurityPolicy(policy));
    assertEquals(findings.find((finding) => finding.id === id)?.django, [`security.${django}`]);
    assertEquals(found(HOSTS(), security(SAFE), contentSecurityPolicy(policy)), []);
  });
}

Deno.test("check --deploy takes frame-ancestors 'none' for X-Frame-Options, as browsers do", () => {
  assertEquals(withSecurity({ frameOptions: "SAMEORIGIN" }), []);
});

Deno.test("check --deploy finds security(), csrf() and allowedHosts() missing, and hosts that are all hosts", () => {
  assertEquals(found(HOSTS()).find(({ id }) => id === "security.missing")?.django, ["security.W001", "security.W002"]);
  assertEquals(found("sessions").find(({ id }) => id === "csrf.missing")?.django, ["security.W003"]);
  assert(!found(HOSTS(), security(SAFE), contentSecurityPolicy()).some(({ id }) => id === "csrf.missing"));
  const hosts = (...layers: Middleware[]) => found(...layers).find(({ id }) => id === "app.hosts")?.django;
  assertEquals(hosts(), ["security.W020"]);
  assertEquals(hosts(allowedHosts(["*"])), ["security.W020"]);
  assertEquals(hosts(HOSTS()), undefined);
  const local = (...names: string[]) =>
    found(allowedHosts(names), security(SAFE), contentSecurityPolicy()).map(({ id }) => id);
  assertEquals(local("localhost", ".localhost", "127.0.0.1", "[::1]"), ["app.local_hosts"]);
  assertEquals(local("localhost", "shop.example"), []);
});

Deno.test("check --deploy finds a debug page, and it is an error", () => {
  const app = pipeline({ debug: true }).use(HOSTS()).use(security(SAFE)).use(contentSecurityPolicy()).handle(() =>
    new Response()
  );
  const [finding, ...others] = check(app, { deploy: true, silence: ["proxies.none"] });

  assertEquals([finding?.id, finding?.level, finding?.django], ["app.debug", "error", ["security.W018"]]);
  assertEquals(others, []);
  assertEquals(check(app), []);
});

Deno.test("check --deploy finds cookies that go over plain http, or that scripts can read", () => {
  const ids = (cookie: SessionOptions["cookie"]) =>
    found(HOSTS(), security(SAFE), contentSecurityPolicy(), sessions({ store: ownStore(), cookie: cookie! }), csrf());
  assertEquals(ids({ secure: false }), [
    { id: "session.cookie_secure", django: ["security.W010", "security.W011", "security.W012"] },
  ]);
  assertEquals(ids({ httpOnly: false }), [
    { id: "session.cookie_http_only", django: ["security.W013", "security.W014", "security.W015"] },
  ]);
  assertEquals(ids({}), []);
  const others = found(
    ...[HOSTS(), security(SAFE), contentSecurityPolicy(), csrf({ cookie: { secure: false } })],
    messages({ storage: new CookieMessages({ secure: false, httpOnly: false }) }),
  );
  assertEquals(others, [
    { id: "csrf.cookie_secure", django: ["security.W016"] },
    { id: "messages.cookie_secure", django: [] },
    { id: "messages.cookie_http_only", django: [] },
  ]);
});

/** A store of one's own, for layers whose store is not the point. */
function ownStore(): SessionStore {
  return new Proxy(new MemoryStore(), { getPrototypeOf: () => Object.prototype });
}

Deno.test("check --deploy finds a policy that is missing, on trial or of no use", () => {
  const policy = (options: ContentSecurityPolicyOptions) => {
    const findings = check(appOf([HOSTS(), security(SAFE), contentSecurityPolicy(options)]), { deploy: true });
    return findings.map(({ id, level }) => `${id} ${level}`);
  };
  assertEquals(found(HOSTS(), security(SAFE)).map(({ id }) => id), ["csp.missing"]);
  assertEquals(policy({}), []);
  assertEquals(policy({ policy: {}, reportOnly: STRICT_CSP }), ["csp.weak info"]);
  assertEquals(policy({ policy: { ...STRICT_CSP, "script-src": [CSP.SELF] } }), []);
  for (const source of ["'unsafe-inline'", "'unsafe-eval'", "*", "https:", "data:"]) {
    assertEquals(policy({ policy: { ...STRICT_CSP, "script-src": [CSP.SELF, source] } }), ["csp.weak warning"], source);
  }
  // What browsers that know nonces pass over.
  assertEquals(policy({ policy: { ...STRICT_CSP, "script-src": [CSP.NONCE, "'unsafe-inline'"] } }), []);
  assertEquals(policy({ policy: { "img-src": [CSP.SELF] } }), ["csp.weak warning"]);
  assertEquals(policy({ policy: { "default-src": [CSP.SELF] } }), ["csp.weak warning"]);
});

Deno.test("check --deploy believes a middleware of one's own that says what it sends", () => {
  const own: Middleware = describeLayer((next) => (request, context) => next(request, context), {
    name: "own",
    sends: { "Content-Security-Policy": "default-src 'none'; base-uri 'none'" },
  });
  assertEquals(found(HOSTS(), security(SAFE), own), []);
});

Deno.test("check --deploy finds what is in the memory of one process", async () => {
  using kv = await Deno.openKv(":memory:");
  const ids = (...layers: Parameters<typeof appOf>[0]) =>
    found(HOSTS(), security(SAFE), contentSecurityPolicy(), csrf(), ...layers).map(({ id }) => id);
  const [memory, lasting] = [new MemoryStore(), new KvStore(kv)];

  assertEquals(ids(sessions({ store: memory })), ["session.memory_store"]);
  assertEquals(ids(sessions({ store: lasting })), []);
  assertEquals(ids(sessions({ store: new CachedStore(memory, lasting) })), []);
  assertEquals(ids(sessions({ store: new CachedStore(lasting, memory) })), ["session.memory_store"]);
  assertEquals(ids(sessions({ store: new CookieStore({ revocations: memory }) })), ["session.memory_revocations"]);
  assertEquals(ids(sessions({ store: new CookieStore({ revocations: lasting }) })), []);
  assertEquals(ids(sessions({ store: new CookieStore() })), ["session.not_revocable"]);
  assertEquals(ids("rateLimit"), ["rate_limit.memory"]);
  assertEquals(ids("updateCache"), ["cache.memory"]);
  assertEquals(ids(sessions({ store: lasting }), authentication({ users: new MemoryUsers() })), ["auth.memory_users"]);
});

Deno.test("check --deploy finds that passwords may be tried without end", async () => {
  using kv = await Deno.openKv(":memory:");
  const users = { find: () => undefined, findByName: () => undefined };
  const ids = (limits: false | undefined) => {
    const layers = [HOSTS(), security(SAFE), contentSecurityPolicy(), sessions({ store: new KvStore(kv) }), csrf()];
    return found(...layers, authentication({ users, ...(limits === false ? { limits } : {}) })).map(({ id }) => id);
  };
  assertEquals(ids(false), ["auth.unlimited"]);
  assertEquals(ids(undefined), []);
});

Deno.test("keys that Django warns of are refused when the pipeline is made", () => {
  const weak = ["short", "a".repeat(60), `django-insecure-${crypto.randomUUID()}`];
  for (const key of weak) {
    // W009, and for keys that only read W025.
    assertThrows(() => pipeline({ keys: [key] }));
    assertThrows(() => pipeline({ keys: [crypto.randomUUID(), key] }));
  }
});

Deno.test("values that Django's checks call errors are refused when the layer is made", () => {
  // security.E023, E024, E026, 4_0.E001, E101, sites.E101
  assertThrows(() => security({ referrerPolicy: "none" as never }));
  assertThrows(() => security({ crossOriginOpenerPolicy: "same" as never }));
  assertThrows(() => contentSecurityPolicy({ policy: "default-src 'self'" as never }));
  assertThrows(() => csrf({ trustedOrigins: ["shop.example"] }));
  assertThrows(() => csrf({ failure: "page" as never }));
});
