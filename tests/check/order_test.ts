/** Orders that types can't see: each is found, and its opposite is not. */

import { check } from "@nuages/web/check";
import { type Middleware, rateLimit, timeout } from "@nuages/web/middleware";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { readProjectFile } from "../house/_library.ts";
import { appOf, idsOf, type LayerName } from "./_layers.ts";

/** Rule, and layers outermost first as they should not be: the other way round all is well. */
const WRONG: readonly (readonly [id: string, outer: LayerName, inner: LayerName])[] = [
  ["order.security", "sessions", "security"],
  ["order.security", "rateLimit", "security"],
  ["order.security", "common", "security"],
  ["order.security", "conditionalGet", "security"],
  ["order.security", "timeout", "security"],
  ["order.security", "allowedHosts", "security"],
  ["order.content_security_policy", "sessions", "contentSecurityPolicy"],
  ["order.content_security_policy", "bodyLimit", "contentSecurityPolicy"],
  ["order.access_log", "allowedHosts", "accessLog"],
  ["order.access_log", "security", "accessLog"],
  ["order.access_log", "gzip", "accessLog"],
  ["order.access_log", "sessions", "accessLog"],
  ["order.request_id", "rateLimit", "requestId"],
  ["order.allowed_hosts", "securityWithRedirect", "allowedHosts"],
  ["order.allowed_hosts", "common", "allowedHosts"],
  ["order.allowed_hosts", "currentSite", "allowedHosts"],
  ["order.update_cache", "gzip", "updateCache"],
  ["order.gzip", "conditionalGet", "gzip"],
  ["order.body_limit", "methodOverride", "bodyLimit"],
  ["order.timeout", "methodOverride", "timeout"],
  ["order.timeout", "rateLimitElsewhere", "timeout"],
  ["order.rate_limit", "methodOverride", "rateLimit"],
  ["order.rate_limit", "deliveredMessages", "rateLimit"],
  ["order.cors", "rateLimit", "cors"],
  ["order.cors", "bodyLimit", "cors"],
  ["order.cors", "timeout", "cors"],
  ["order.cors", "methodOverride", "cors"],
  ["order.broken_links", "common", "brokenLinks"],
];

for (const [id, outer, inner] of WRONG) {
  Deno.test(`check() finds ${id}: ${inner} inside of ${outer}`, () => {
    const around: LayerName[] = outer === "deliveredMessages" ? ["sessions"] : [];
    assert(idsOf([...around, outer, inner]).includes(id));
    assertEquals(idsOf([...around, inner, outer]).filter((found) => found.startsWith("order.")), []);
  });
}

/** What stands inside of fetchCache(), which updateCache() has to be outside of. */
const INSIDE: readonly (readonly [id: string, layer: LayerName])[] = [
  ["order.locale", "locale"],
  ["order.fetch_cache", "common"],
  ["order.fetch_cache", "conditionalGet"],
  ["order.fetch_cache", "rateLimit"],
  ["order.allowed_hosts", "allowedHosts"],
];

for (const [id, layer] of INSIDE) {
  Deno.test(`check() finds ${id}: ${layer} inside of fetchCache()`, () => {
    assert(idsOf(["updateCache", "fetchCache", layer]).includes(id));
    assertEquals(idsOf(["updateCache", layer, "fetchCache"]), []);
  });
}

Deno.test("check() finds redirects() and flatpages() outside of brokenLinks(), and remoteUser() outside of a limit", () => {
  assert(idsOf(["currentSite", "redirects", "brokenLinks"]).includes("order.broken_links"));
  assert(idsOf(["currentSite", "flatpages", "brokenLinks"]).includes("order.broken_links"));
  assertEquals(idsOf(["brokenLinks", "currentSite", "flatpages", "redirects"]), []);
  for (const layer of ["remoteUser", "persistentRemoteUser"] as const) {
    assertEquals(idsOf(["sessions", "authentication", layer, "rateLimit"]), ["order.rate_limit"]);
    assertEquals(idsOf(["sessions", "authentication", layer, "timeout"]), ["order.timeout"]);
    assertEquals(idsOf(["timeout", "rateLimit", "sessions", "authentication", layer]), []);
  }
});

Deno.test("check() finds nothing in orders that only look wrong", () => {
  // A limit for each user has to know the user.
  assertEquals(idsOf(["sessions", "authentication", "rateLimitByUser"]), []);
  // A session that nobody asks for is not read, so that a limit may stand behind it.
  assertEquals(idsOf(["sessions", "rateLimit"]), []);
  // It never makes a method of one that is checked less.
  assertEquals(idsOf(["csrf", "methodOverride"]), []);
  assertEquals(idsOf(["methodOverride", "csrf"]), []);
  assertEquals(idsOf(["methodOverrideByHeader", "bodyLimit"]), []);
  // The host that visitors are sent to is the site's own.
  assertEquals(idsOf(["securityWithHost", "allowedHosts"]), []);
  assertEquals(idsOf(["requestId", "accessLog"]), []);
  assertEquals(idsOf(["accessLog", "requestId"]), []);
  // It sends visitors to the host they named, which has to be checked before.
  assertEquals(idsOf(["allowedHosts", "securityWithRedirect"]), []);
  assertEquals(idsOf(["updateCache", "fetchCache", "cors"]), []);
  // Its pages say the same to everybody.
  assertEquals(idsOf(["updateCache", "fetchCache", "corsForAll"]), []);
});

Deno.test("check() finds nothing in the order that docs/checks.md gives for everything", () => {
  const [, list] = /```text\n(accessLog,.*?)\n```/s.exec(readProjectFile("docs/checks.md").text)!;
  const layers = list!.split(/,\s+/);

  assert(layers.length > 25);
  assertEquals(idsOf(layers), []);
});

Deno.test("check() says which layers, and what to do", () => {
  const [finding] = check(appOf(["common", "methodOverride", "security"]));

  assertEquals(finding?.layer, "security");
  assertEquals(
    finding?.message,
    "security() stands inside of common() and methodOverride(): what those answer by themselves, redirects and errors, has no security headers.",
  );
  assertEquals(finding?.hint, "Put security() outside of common() and methodOverride().");
});

Deno.test("check() finds a layer without what it needs, where nobody else may have added it", () => {
  const stranger: Middleware = (next) => (request, context) => next(request, context);
  const needs: readonly (readonly [layer: LayerName, needed: LayerName[]])[] = [
    ["fetchCache", ["updateCache"]],
    ["authentication", ["sessions"]],
    ["messages", ["sessions"]],
    ["csrfInSession", ["sessions"]],
    ["loginRequired", ["sessions", "authentication"]],
    ["remoteUser", ["sessions", "authentication"]],
    ["redirects", ["currentSite"]],
    ["flatpages", ["currentSite"]],
  ];
  for (const [layer, needed] of needs) {
    assertEquals(idsOf([layer]), ["order.needs"], layer);
    assert(idsOf([layer, ...needed]).includes("order.needs"), layer);
    assertEquals(idsOf([...needed, layer]), [], layer);
    assertEquals(idsOf([stranger, layer]), [], layer);
  }
  assertEquals(check(appOf(["loginRequired"]))[0]?.django, ["auth.E013"]);
  assertEquals(idsOf(["csrf"]), []);
});

Deno.test("check() finds layers that are there twice", () => {
  const twice: readonly LayerName[] = [
    ...["security", "contentSecurityPolicy", "allowedHosts", "requestId", "sessions", "csrf", "gzip"] as const,
    ...["conditionalGet", "updateCache", "locale", "bodyLimit", "currentSite", "brokenLinks", "rateLimit"] as const,
    "timeout",
  ];
  for (const layer of twice) {
    assertEquals(idsOf([layer]), [], layer);
    assertEquals(idsOf([layer, layer]), ["layers.twice"], layer);
  }
  assertEquals(idsOf(["sessions", "messages", "messages"]), ["layers.twice"]);
  assertEquals(idsOf(["sessions", "authentication", "authentication"]), ["layers.twice"]);
  assertEquals(idsOf(["sessions", "authentication", "loginRequired", "loginRequired"]), ["layers.twice"]);
  assertEquals(idsOf(["updateCache", "fetchCache", "fetchCache"]), ["layers.twice"]);
});

Deno.test("check() finds nothing in layers that are there twice for a reason", () => {
  const [first, second] = [rateLimit({ limit: 10 }), rateLimit({ limit: 1000, seconds: 3600, name: "hourly" })];
  assertEquals(idsOf([first, second]), []);
  assertEquals(idsOf([timeout({ seconds: 10 }), timeout({ seconds: 2 })]), []);
  assertEquals(idsOf(["currentSite", "redirects", "redirects"]), []);
  assertEquals(idsOf(["accessLog", "accessLog"]), []);
});

Deno.test("check() lets silenced rules alone", () => {
  assertEquals(idsOf(["conditionalGet", "gzip"], { silence: ["order.gzip"] }), []);
});

Deno.test("check() of something else says what to pass", () => {
  let message = "";
  try {
    check((() => new Response()) as never);
  } catch (error) {
    message = (error as TypeError).message;
  }
  assertStringIncludes(message, "pass what pipeline().handle() returned, received function");
});
