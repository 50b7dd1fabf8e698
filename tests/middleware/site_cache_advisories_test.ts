/** Holes that caches of other frameworks had: each attack fails here. */

import {
  cacheFor,
  chain,
  fetchCache,
  type Handler,
  MemoryCache,
  type Middleware,
  pipeline,
  SiteCache,
  updateCache,
  vary,
} from "@nuages/web/middleware";
import { assertEquals, assertFalse } from "@std/assert";

/** Asks as one visitor and then as another; gives what the second one sees, cookies included. */
async function secondVisitor(
  view: Handler,
  first: HeadersInit,
  second: HeadersInit,
  layer: Middleware = (next) => (request, context) => next(request, context),
): Promise<{ text: string; cookies: string[] }> {
  let seen = { text: "", cookies: [] as string[] };
  const whole = new SiteCache({ store: new MemoryCache() });
  const one = new SiteCache({ store: new MemoryCache() });
  const apps = [
    pipeline().use(updateCache(whole)).use(layer).use(fetchCache()).handle(view),
    pipeline().use(layer).handle(cacheFor(600, { cache: one })(view)),
  ];
  for (const app of apps) {
    for (const headers of [first, second]) {
      const response = await app(new Request("https://shop.example/account/", { headers }));
      seen = { text: await response.text(), cookies: response.headers.getSetCookie() };
      await Promise.all([whole.settled(), one.settled()]);
    }
    assertFalse(seen.text.includes("Ada"), seen.text);
    assertFalse(seen.cookies.some((cookie) => cookie.includes("Ada")), String(seen.cookies));
  }
  return seen;
}

const asAda = { Cookie: "who=Ada", Authorization: "Ada" };
const asBob = { Cookie: "who=Bob", Authorization: "Bob" };
const who: Handler = (request) => new Response(`account of ${request.headers.get("Authorization")}`);

Deno.test("a private page isn't shown to the next visitor (Hono, CVE-2026-24472)", async () => {
  for (const value of ["private", "Private, max-age=600", 'private="X-Who", max-age=600', "no-store", "no-cache"]) {
    const view: Handler = (request) =>
      new Response(`account of ${request.headers.get("Cookie")}`, { headers: { "Cache-Control": value } });
    assertEquals((await secondVisitor(view, { Cookie: "who=Ada" }, { Cookie: "who=Bob" })).text, "account of who=Bob");
  }
});

Deno.test("a page that varies by cookie and sets one isn't kept, nor its cookie (Django, CVE-2026-48588)", async () => {
  const view: Handler = (_request, context) => {
    const name = context.cookies.get("who") ?? "nobody";
    context.cookies.set("token", name);
    return new Response(`account of ${name}`);
  };
  assertEquals((await secondVisitor(view, { Cookie: "who=Ada" }, {})).text, "account of nobody");
});

Deno.test("a cookie that a layer sets on every answer goes to its visitor alone (Django, CVE-2026-35192)", async () => {
  const renewing: Middleware = (next) => (request, context) =>
    chain(next(request, context), (response) => {
      context.cookies.set("session", request.headers.get("X-Visitor") ?? "");
      return response;
    });
  const { cookies } = await secondVisitor(
    () => new Response("the same for all"),
    { "X-Visitor": "Ada" },
    { "X-Visitor": "Bob" },
    renewing,
  );
  assertEquals(cookies.map((cookie) => cookie.split(";")[0]), ["session=Bob"]);
});

Deno.test("a page that varies by everything isn't kept (Django, CVE-2026-6907)", async () => {
  const view: Handler = (request) => {
    const response = new Response(`account of ${request.headers.get("X-Who")}`);
    vary(response.headers, "Accept", "*");
    return response;
  };
  assertEquals((await secondVisitor(view, { "X-Who": "Ada" }, { "X-Who": "Bob" })).text, "account of Bob");
});

Deno.test("a page for who identifies themselves isn't shown to others (Django, CVE-2026-35193)", async () => {
  assertEquals((await secondVisitor(who, asAda, asBob)).text, "account of Bob");
  assertEquals((await secondVisitor(who, asAda, {})).text, "account of null");
});

Deno.test("headers can't be put together so that they pass for other headers", async () => {
  const view: Handler = (request) =>
    new Response(`account of ${request.headers.get("X-A")}|${request.headers.get("X-B")}`, {
      headers: { Vary: "X-A, X-B" },
    });
  assertEquals(
    (await secondVisitor(view, { "X-A": "Ada", "X-B": "x" }, { "X-A": "Ad", "X-B": "ax" })).text,
    "account of Ad|ax",
  );
});
