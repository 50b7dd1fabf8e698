/** The cookie with the secret: whose it is, how long it lives, what it is worth to somebody else. */

import { csrf, extend, html, htmlResponse, type Middleware, pipeline, redirect, routes } from "@nuages/web/middleware";
import { assert, assertEquals, assertFalse, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { TestBrowser } from "../../testing/test_browser.ts";
import { csrfSite, formWith, SECRET } from "./_csrf_site.ts";

const shop = () =>
  pipeline().use(csrf({ requireToken: true })).handle(routes({
    "GET /": (_request, context) => new Response(context.csrfToken()),
    "GET /plain": () => new Response("plain"),
    "POST /": () => new Response("bought"),
    "POST /sign-in": (_request, context) => {
      context.rotateCsrfToken();
      return redirect("/");
    },
  }));

const form = (token: string) => ({ csrfmiddlewaretoken: token });

Deno.test("csrf() sends the cookie with the page that has a token: Django's format and age, under a name no subdomain can plant", async () => {
  using _time = new FakeTime("2023-11-14T22:13:20Z");
  const { headers } = await csrfSite()({ url: "https://shop.example/token", method: "GET", cookie: null });
  const [cookie, ...others] = headers.getSetCookie();
  assertMatch(
    cookie!,
    /^__Host-csrftoken=[a-zA-Z0-9]{32}; expires=Tue, 12 Nov 2024 22:13:20 GMT; Max-Age=31449600; Path=\/; SameSite=Lax; Secure$/,
  );
  assertEquals(others, []);
  assertEquals([headers.get("Vary"), headers.get("Cache-Control")], ["Cookie", "private"]);
});

Deno.test("csrf() sends no cookie with a page without a token", async () => {
  const browser = new TestBrowser(shop());
  const response = await browser.get("/plain");
  assertEquals([response.headers.get("Set-Cookie"), response.headers.get("Vary")], [null, null]);
});

Deno.test("csrf() keeps the secret a visitor has, and lets it live on from today", async () => {
  const send = csrfSite();
  const { headers } = await send({ url: "https://shop.example/token", method: "GET" });
  assert(headers.getSetCookie()[0]!.startsWith(`__Host-csrftoken=${SECRET}; `));
});

Deno.test("csrf() unmasks a cookie that Django before 4.0 wrote", async () => {
  const { headers } = await csrfSite()({
    url: "https://shop.example/token",
    method: "GET",
    cookie: `__Host-csrftoken=${"b".repeat(64)}`,
  });
  assert(headers.getSetCookie()[0]!.startsWith(`__Host-csrftoken=${"a".repeat(32)}; `));
});

Deno.test("csrf() makes a page's tokens differ, and each is good (BREACH)", async () => {
  const browser = new TestBrowser(shop(), { origin: "https://shop.example" });
  const tokens = [await browser.text("/"), await browser.text("/"), await browser.text("/")];
  assertEquals(new Set(tokens).size, 3);
  for (const token of tokens) {
    const response = await browser.post("/", form(token), { headers: { "Sec-Fetch-Site": "same-origin" } });
    assertEquals(response.status, 200);
  }
});

Deno.test("csrf() sets one cookie however many tokens a page has", async () => {
  const app = pipeline().use(csrf()).handle((_request, context) =>
    htmlResponse(html`${context.csrfField()}${context.csrfField()}${context.csrfToken()}`)
  );
  const response = await app(new Request("https://shop.example/"));
  assertEquals(response.headers.getSetCookie().length, 1);
  const tokens = (await response.text()).match(/[a-zA-Z0-9]{64}/g)!;
  assertEquals([tokens.length, new Set(tokens).size], [3, 3]);
});

Deno.test("csrf() gives all tabs tokens that stay good: using one, or opening another page, voids none", async () => {
  const browser = new TestBrowser(shop(), { origin: "https://shop.example" });
  const headers = { Origin: "https://shop.example" };
  const first = await browser.text("/");
  const second = await browser.text("/");
  assertEquals((await browser.post("/", form(second), { headers })).status, 200);
  await browser.text("/");
  assertEquals((await browser.post("/", form(first), { headers })).status, 200);
  assertEquals((await browser.post("/", form(first), { headers })).status, 200);
});

Deno.test("context.rotateCsrfToken() voids all tokens there were, and new ones are good", async () => {
  const browser = new TestBrowser(shop(), { origin: "https://shop.example" });
  const headers = { Origin: "https://shop.example" };
  const before = await browser.text("/");
  const secret = browser.cookie("__Host-csrftoken")!.value;
  assertEquals((await browser.post("/sign-in", form(before), { headers })).status, 303);
  assertNotEquals(browser.cookie("__Host-csrftoken")!.value, secret);
  assertEquals((await browser.post("/", form(before), { headers })).status, 403);
  assertEquals((await browser.post("/", form(await browser.text("/")), { headers })).status, 200);
});

Deno.test("context.csrfToken() after a rotation is a token of the new secret, with one cookie", async () => {
  const app = pipeline().use(csrf({ requireToken: true })).handle(routes({
    "GET /": (_request, context) => {
      const old = context.csrfToken();
      context.rotateCsrfToken();
      return Response.json([old, context.csrfToken()]);
    },
    "POST /": () => new Response("bought"),
  }));
  const browser = new TestBrowser(app, { origin: "https://shop.example" });
  const page = await browser.get("/");
  assertEquals(page.headers.getSetCookie().length, 1);
  const [old, fresh] = await page.json();
  const headers = { Origin: "https://shop.example" };
  assertEquals((await browser.post("/", form(old), { headers })).status, 403);
  assertEquals((await browser.post("/", form(fresh), { headers })).status, 200);
});

Deno.test("csrf() goes by the secret that came if a layer rotates it before the view", async () => {
  const rotating: Middleware<{ rotateCsrfToken(): void }> = (next) =>
    function rotating(request, context) {
      if (request.method === "POST") context.rotateCsrfToken();
      return next(request, context);
    };
  const app = pipeline().use(csrf({ requireToken: true })).use(rotating).handle((_request, context) =>
    new Response(context.csrfToken())
  );
  const browser = new TestBrowser(app, { origin: "https://shop.example" });
  const token = await browser.text("/");
  const headers = { Origin: "https://shop.example" };
  assertEquals((await browser.post("/", form(token), { headers })).status, 200);
  assertEquals((await browser.post("/", form(token), { headers })).status, 403);
});

Deno.test("csrf() refuses the token of another visitor", async () => {
  const app = shop();
  const [victim, attacker] = [
    new TestBrowser(app, { origin: "https://shop.example" }),
    new TestBrowser(app, { origin: "https://shop.example" }),
  ];
  await victim.text("/");
  const token = await attacker.text("/");
  const headers = { Origin: "https://shop.example" };
  assertEquals((await attacker.post("/", form(token), { headers })).status, 200);
  assertEquals((await victim.post("/", form(token), { headers })).status, 403);
});

Deno.test("csrf() isn't taken in by a cookie that a subdomain has tossed", async () => {
  const send = csrfSite();
  const tossed = "t".repeat(32);
  const headers = { Origin: "https://shop.example" };
  // A subdomain can set csrftoken for all of shop.example, but not __Host-csrftoken.
  const cookie = `csrftoken=${tossed}; __Host-csrftoken=${SECRET}; csrftoken=${tossed}; __host-csrftoken=${tossed}`;
  const answer = await send({ headers, cookie, body: formWith(tossed) });
  assertEquals([answer.status, answer.reason], [403, "CSRF token from POST incorrect."]);
  assertEquals((await send({ headers, cookie, body: formWith(SECRET) })).status, 200);
  assertEquals((await send({ headers, cookie: `csrftoken=${tossed}`, body: formWith(tossed) })).status, 403);
  // With Django's name it can, and then the origin is what stops it.
  const plain = csrfSite({ cookie: { name: "csrftoken" } });
  const forged = { cookie: `csrftoken=${SECRET}; csrftoken=${tossed}`, body: formWith(tossed) };
  assertEquals((await plain({ ...forged, headers: { Origin: "https://blog.shop.example" } })).status, 403);
  assertEquals((await plain({ ...forged, headers: { "Sec-Fetch-Site": "same-site" } })).status, 403);
});

Deno.test("csrf() takes the last of two cookies of its name, as Django does, and never throws", async () => {
  const send = csrfSite();
  const headers = { Origin: "https://shop.example" };
  const other = "o".repeat(32);
  const cookie = `__Host-csrftoken=${other}; __Host-csrftoken=${SECRET}`;
  assertEquals((await send({ headers, cookie, body: formWith(SECRET) })).status, 200);
  assertEquals((await send({ headers, cookie, body: formWith(other) })).status, 403);
});

Deno.test("csrf() replaces a malformed cookie with the refusal, so that the next try is good", async () => {
  const browser = new TestBrowser(shop(), { origin: "https://shop.example" });
  const headers = { Origin: "https://shop.example" };
  browser.cookies.receive("__Host-csrftoken=abc; Secure; Path=/", {
    url: new URL("https://shop.example/"),
    from: "https://shop.example",
    safeNavigation: true,
  });
  assertEquals((await browser.post("/", form(SECRET), { headers })).status, 403);
  assertMatch(browser.cookie("__Host-csrftoken")!.value, /^[a-zA-Z0-9]{32}$/);
  assertEquals((await browser.post("/", form(await browser.text("/")), { headers })).status, 200);
});

Deno.test("csrf() survives every odd cookie", async () => {
  const send = csrfSite();
  const odd = ["", "=", '"', '"\\303"', "%00", "a".repeat(60_000), "\\", "é", "__proto__", "a b", "[]"];
  for (const value of odd) {
    const { status, reason } = await send({
      headers: { Origin: "https://shop.example" },
      cookie: `__Host-csrftoken=${value}`,
      body: formWith(SECRET),
    });
    assertEquals(status, 403, value);
    assertMatch(reason!, /^CSRF cookie (has incorrect length|has invalid characters|not set)\.$/, value);
  }
});

Deno.test("csrf() works on http://localhost, in Safari too: there the cookie has neither prefix nor Secure", async () => {
  const browser = new TestBrowser(shop());
  const token = await browser.text("/");
  assertEquals(browser.cookies.refusals, []);
  assertFalse(browser.cookie("csrftoken")!.secure);
  const headers = { Origin: "http://localhost" };
  assertEquals((await browser.post("/", form(token), { headers })).status, 200);
});

Deno.test("csrf({ cookie }) names the cookie and where it goes", async () => {
  const setCookie = async (cookie: NonNullable<Parameters<typeof csrf>[0]>["cookie"]) => {
    const send = csrfSite(cookie === undefined ? {} : { cookie });
    const { headers } = await send({ url: "https://www.shop.example/token", method: "GET", cookie: null });
    return headers.get("Set-Cookie")!.replace(/=[a-zA-Z0-9]{32};/, ";").replace(/ expires=[^;]*;/, "");
  };
  assertEquals(
    await setCookie({ name: "csrftoken" }),
    "csrftoken; Max-Age=31449600; Path=/; SameSite=Lax; Secure",
  );
  assertEquals(
    await setCookie({ name: "csrftoken", secure: false }),
    "csrftoken; Max-Age=31449600; Path=/; SameSite=Lax",
  );
  assertEquals(
    await setCookie({ domain: "shop.example" }),
    "__Secure-csrftoken; Domain=shop.example; Max-Age=31449600; Path=/; SameSite=Lax; Secure",
  );
  assertEquals(
    await setCookie({ path: "/shop/", maxAge: null, httpOnly: true, sameSite: "Strict" }),
    "__Secure-csrftoken; HttpOnly; Path=/shop/; SameSite=Strict; Secure",
  );
  assertEquals(await setCookie({ secure: false }), "csrftoken; Max-Age=31449600; Path=/; SameSite=Lax");
});

Deno.test("csrf({ cookie }) refuses at construction a cookie that browsers refuse", () => {
  assertThrows(() => csrf({ cookie: { name: "__Host-csrftoken", domain: "shop.example" } }), TypeError);
  assertThrows(() => csrf({ cookie: { sameSite: "None", secure: false } }), TypeError);
  assertThrows(() => csrf({ cookie: { name: "a b" } }), TypeError);
  assertThrows(() => csrf({ cookie: { maxAge: 401 * 86_400 } }), RangeError);
});

Deno.test("context.csrfToken() after the response has left is an error, not a token without a cookie", async () => {
  let late: (() => string) | undefined;
  const app = pipeline().use(csrf()).handle((_request, context) => {
    late = () => context.csrfToken();
    return new Response("streams");
  });
  await app(new Request("https://shop.example/"));
  assertThrows(late!, TypeError, "call csrfToken() before the page streams");
});

Deno.test("context.csrfToken() while a page streams is good if the cookie went along", async () => {
  const app = pipeline().use(csrf()).handle((_request, context) => {
    context.csrfToken();
    return new Response(
      new ReadableStream({
        async start(controller) {
          await Promise.resolve();
          controller.enqueue(new TextEncoder().encode(context.csrfToken()));
          controller.close();
        },
      }),
    );
  });
  const response = await app(new Request("https://shop.example/"));
  assertMatch(await response.text(), /^[a-zA-Z0-9]{64}$/);
  assertEquals(response.headers.getSetCookie().length, 1);
});

Deno.test("csrf() finds its way through a context that other layers add to", async () => {
  const naming: Middleware<unknown, { readonly visit: string }> = (next) => (request, context) =>
    next(request, extend(context, { visit: "mine", hooks: "mine" }));
  const app = pipeline().use(naming).use(csrf()).use(naming).handle(() => new Response("done"));
  assertEquals((await app(new Request("https://shop.example/", { method: "POST" }))).status, 403);
});
