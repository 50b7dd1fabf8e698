/** csrf() around single views, and pages whose scripts need a token. */

import {
  csrf,
  csrfExempt,
  csrfProtect,
  ensureCsrfCookie,
  type Handler,
  type HasCsrf,
  hasMark,
  html,
  htmlResponse,
  pipeline,
  requiresCsrfToken,
  routes,
} from "@nuages/web/middleware";
import type { Context } from "@nuages/web/middleware";
import { assert, assertEquals } from "@std/assert";
import { TestBrowser } from "../../testing/test_browser.ts";

const origin = "https://shop.example";
const old = { origin, fetchMetadata: false };

Deno.test("csrfProtect(view) protects one view, and no other", async () => {
  const app = pipeline().handle(routes({
    "GET /safe/": csrfProtect((_request, context) =>
      htmlResponse(html`<form method="post">${context.csrfField()}</form>`)
    ),
    "POST /safe/": csrfProtect((_request, _context) => new Response("safe")),
    "POST /open/": () => new Response("open"),
    "POST /hook/": csrfProtect(csrfExempt(() => new Response("hook"))),
  }));
  const browser = new TestBrowser(app, { origin });
  const foreign = { from: "https://evil.example/" };
  assertEquals((await browser.post("/safe/")).status, 200);
  assertEquals((await browser.post("/safe/", {}, foreign)).status, 403);
  assertEquals((await browser.post("/open/", {}, foreign)).status, 200);
  assertEquals((await browser.post("/hook/", {}, foreign)).status, 200);
  const other = new TestBrowser(app, old);
  assertEquals((await other.submit("/safe/")).status, 200);
  assertEquals((await other.post("/safe/")).status, 403);
});

Deno.test("csrfProtect(view, options) is told what csrf() is told", async () => {
  const app = pipeline().handle(
    csrfProtect(() => new Response(), { trustedOrigins: ["https://pay.example"], requireToken: true }),
  );
  assertEquals((await new TestBrowser(app, { origin }).post("/")).status, 403);
});

Deno.test("csrfProtect(view) behind csrf() lets through what both let through", async () => {
  const app = pipeline().use(csrf()).handle(routes({
    "GET /": (_request, context) => htmlResponse(html`<form method="post">${context.csrfField()}</form>`),
    "POST /": csrfProtect(() => new Response("both")),
  }));
  const browser = new TestBrowser(app, old);
  assertEquals((await browser.submit("/")).status, 200);
  assertEquals((await browser.post("/")).status, 403);
});

Deno.test("requiresCsrfToken(view) gives a view tokens and refuses nothing", async () => {
  const app = pipeline().handle(routes({
    "/sorry/": requiresCsrfToken((_request, context) =>
      htmlResponse(html`<form method="post" action="/buy/">${context.csrfField()}</form>`)
    ),
    "POST /buy/": csrfProtect(() => new Response("bought")),
  }));
  const browser = new TestBrowser(app, old);
  assertEquals((await browser.post("/sorry/", {}, { from: "https://evil.example/" })).status, 200);
  assertEquals((await browser.submit("/sorry/")).status, 200);
});

Deno.test("ensureCsrfCookie(view) sends the cookie with a page without a token", async () => {
  const app = pipeline().use(csrf()).handle(routes({
    "/app/": ensureCsrfCookie(() => new Response("app")),
    "POST /": () => new Response("done"),
  }));
  const browser = new TestBrowser(app, old);
  const page = await browser.get("/app/");
  assertEquals(page.headers.get("Vary"), "Cookie");
  // A script sends what the cookie holds, as Django's documentation has it.
  const token = browser.cookie("__Host-csrftoken")!.value;
  assertEquals((await browser.post("/", "{}", { headers: { "X-CSRFToken": token, Origin: origin } })).status, 200);
});

Deno.test("csrf() needs nothing of htmx and fetch in a browser of today, and takes the token in a header of any other", async () => {
  const app = pipeline().use(csrf()).handle(routes({
    "GET /": (_request, context) =>
      htmlResponse(html`<body hx-headers="${JSON.stringify({ "X-CSRFToken": context.csrfToken() })}"></body>`),
    "PUT /": () => new Response("done"),
  }));
  const today = new TestBrowser(app, { origin });
  assertEquals(
    (await today.fetch("/", { method: "PUT", navigation: false, headers: { "HX-Request": "true" } })).status,
    200,
  );
  const browser = new TestBrowser(app, old);
  const attribute = /hx-headers="([^"]+)"/.exec(await browser.text("/"))![1]!.replaceAll("&quot;", '"').replaceAll(
    "&#34;",
    '"',
  );
  const headers = { ...JSON.parse(attribute), Origin: origin };
  assertEquals((await browser.fetch("/", { method: "PUT", navigation: false, headers })).status, 200);
  assertEquals(
    (await browser.fetch("/", { method: "PUT", navigation: false, headers: { Origin: origin } })).status,
    403,
  );
});

Deno.test("types: views around which csrf() stands keep what they know", () => {
  const written: Handler<Context & HasCsrf> = () => new Response();
  const app = pipeline().handle(routes({
    "/a/:id/": csrfProtect((_request, context) => new Response(context.params.id + context.csrfToken())),
    "/b/:id/": requiresCsrfToken((_request, context) => new Response(context.params.id + context.csrfToken())),
    "/c/": csrfProtect(written),
  }));
  pipeline().use(csrf()).handle(routes({
    "/a/:id/": ensureCsrfCookie((_request, context) => new Response(context.params.id)),
    "/b/": ensureCsrfCookie(written),
  }));
  // @ts-expect-error nobody makes tokens
  pipeline().handle(ensureCsrfCookie(() => new Response()));
  assert(!hasMark(app as Handler, "csrf.exempt"));
});
