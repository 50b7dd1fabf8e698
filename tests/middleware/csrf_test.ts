/** csrf() in a pipeline: which views it checks, what it says of a refusal, what templates get. */

import {
  addHooks,
  type AppEvent,
  type Context,
  csrf,
  csrfExempt,
  type CsrfOptions,
  type Handler,
  type HasCsrf,
  html,
  htmlResponse,
  type Middleware,
  perView,
  pipeline,
  redirect,
  routes,
  TemplateResponse,
} from "@nuages/web/middleware";
import {
  assert,
  assertEquals,
  assertFalse,
  assertInstanceOf,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { Hono } from "hono";
import { csrfSite, formWith, SECRET } from "./_csrf_site.ts";

const post = (path = "/", headers: Record<string, string> = {}) =>
  new Request(`https://shop.example${path}`, { method: "POST", headers });
const vouched = { "Sec-Fetch-Site": "same-origin" };

Deno.test("csrf() checks the view that was found, and lets csrfExempt() views alone", async () => {
  const app = pipeline().use(csrf()).handle(routes({
    "POST /cart/": () => new Response("added"),
    "POST /webhook/": csrfExempt(() => new Response("thanks")),
  }));
  assertEquals((await app(post("/cart/"))).status, 403);
  assertEquals((await app(post("/cart/", vouched))).status, 200);
  assertEquals((await app(post("/webhook/"))).status, 200);
  assertEquals((await app(post("/webhook/", { "Sec-Fetch-Site": "cross-site" }))).status, 200);
  assertEquals((await app(post("/nowhere/"))).status, 404, "nothing is there to be protected");
});

Deno.test("csrfExempt() exempts a whole table, and one place of a view only", async () => {
  const view = () => new Response("done");
  const hooks = routes({ "POST /hooks/a/": view, "POST /hooks/b/": view });
  const app = pipeline().use(csrf()).handle(csrfExempt(hooks));
  assertEquals((await app(post("/hooks/a/"))).status, 200);
  assertEquals((await app(post("/hooks/b/"))).status, 200);
  const both = pipeline().use(csrf()).handle(routes({ "POST /open/": csrfExempt(view), "POST /closed/": view }));
  assertEquals([(await both(post("/open/"))).status, (await both(post("/closed/"))).status], [200, 403]);
});

Deno.test("csrfExempt() views still have tokens to give", async () => {
  const app = pipeline().use(csrf()).handle(routes({
    "/": csrfExempt((_request, context) => new Response(context.csrfToken())),
  }));
  assertMatch(await (await app(post())).text(), /^[a-zA-Z0-9]{64}$/);
});

Deno.test("csrf() around one view checks that view, whatever the view around it is exempt from", async () => {
  const strict = perView(csrf({ requireToken: true }));
  const app = pipeline().use(csrf()).handle(routes({
    "POST /transfer/": strict(() => new Response("sent")),
    "POST /cart/": () => new Response("added"),
    "POST /signed/": csrfExempt(strict(() => new Response("sent"))),
  }));
  assertEquals((await app(post("/cart/", vouched))).status, 200);
  assertEquals((await app(post("/transfer/", vouched))).status, 403);
  assertEquals((await app(post("/signed/", vouched))).status, 403, "exempt from the outer check, not from its own");
  const proven = { ...vouched, Cookie: `__Host-csrftoken=${SECRET}`, "X-CSRFToken": SECRET };
  assertEquals((await app(post("/transfer/", proven))).status, 200);
  assertEquals((await app(post("/signed/", proven))).status, 200);
});

Deno.test("csrf() twice checks by both policies", async () => {
  const lax: CsrfOptions = { exempt: () => true };
  const view = () => new Response("done");
  assertEquals((await pipeline().use(csrf()).use(csrf(lax)).handle(view)(post())).status, 403);
  assertEquals((await pipeline().use(csrf(lax)).use(csrf()).handle(view)(post())).status, 403);
  const named = (name: string) => csrf({ requireToken: true, cookie: { name } });
  const app = pipeline().use(named("outer")).use(named("inner")).handle(view);
  const status = async (Cookie: string) => (await app(post("/", { ...vouched, Cookie, "X-CSRFToken": SECRET }))).status;
  assertEquals(await status(`inner=${SECRET}`), 403);
  assertEquals(await status(`outer=${SECRET}`), 403);
  assertEquals(await status(`inner=${SECRET}; outer=${SECRET}`), 200);
});

Deno.test("csrf() wrapped around a view by hand never lets a request through unchecked", async () => {
  let called = 0;
  const view: Handler<Context & HasCsrf> = () => {
    called++;
    return new Response("done");
  };
  const wrapped = csrf()(view);
  // On a context of no pipeline there is nobody to call the hooks.
  const info = { remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 1 }, completed: Promise.resolve() };
  assertThrows(() => wrapped(post(), info as never), TypeError, "no pipeline's context");
  // As a view of a pipeline it comes after the hooks: loud, with the remedy.
  const events: AppEvent[] = [];
  const app = pipeline({ onEvent: (event) => events.push(event) }).handle(wrapped as unknown as Handler);
  for (const method of ["POST", "GET"]) {
    assertEquals((await app(new Request("https://shop.example/", { method }))).status, 500);
  }
  assertStringIncludes(String(events[0]!.error), "write perView(middleware)(view)");
  assertEquals(called, 0);
});

Deno.test("csrf() checks before a foreign router's views, and exempt says which not", async () => {
  const hono = new Hono();
  hono.post("/cart/", (context) => context.text("added"));
  hono.post("/webhook/", (context) => context.text("thanks"));
  const app = pipeline()
    .use(csrf({ exempt: (_request, context) => context.url.pathname === "/webhook/" }))
    .handle(hono.fetch);
  assertEquals((await app(post("/cart/"))).status, 403);
  assertEquals((await app(post("/cart/", vouched))).status, 200);
  assertEquals((await app(post("/webhook/"))).status, 200);
  assertEquals((await app(post("//webhook/"))).status, 403);
  assertEquals((await app(post("/cart/..%2fwebhook/"))).status, 403);
});

Deno.test("csrf({ exempt }) that answers a promise, or anything but true or false, exempts nothing and is loud", async () => {
  for (const answer of [Promise.resolve(true), 1, "yes", undefined, null, {}]) {
    const events: AppEvent[] = [];
    const app = pipeline({ onEvent: (event) => events.push(event) })
      .use(csrf({ exempt: () => answer as never }))
      .handle(() => new Response("done"));
    assertEquals((await app(post())).status, 500);
    assertStringIncludes(String(events[0]!.error), "must answer true or false");
  }
});

Deno.test("csrf() goes by the method that came, if a layer inside makes a GET of a POST", async () => {
  const overriding: Middleware = (next) => (request, context) =>
    next(new Request(request.url, { method: "GET" }), context);
  let called = false;
  const app = pipeline().use(csrf()).use(overriding).handle(() => {
    called = true;
    return new Response("done");
  });
  assertEquals([(await app(post())).status, called], [403, false]);
});

Deno.test("csrf() goes by the method the view gets, if a layer inside makes a DELETE of a GET", async () => {
  const overriding: Middleware = (next) => (request, context) =>
    next(new Request(request.url, { method: "DELETE" }), context);
  const app = pipeline().use(csrf()).use(overriding).handle(() => new Response("done"));
  assertEquals((await app(new Request("https://shop.example/"))).status, 403);
});

Deno.test("csrf() reports a layer inside that answers a POST itself, which nothing has checked", async () => {
  const events: string[] = [];
  const answering = (response: () => Response): Middleware => () =>
    function answering() {
      return response();
    };
  const statusOf = async (response: () => Response, request = post()) => {
    events.length = 0;
    const app = pipeline({ onEvent: ({ name }) => events.push(name) }).use(csrf()).use(answering(response))
      .handle(() => new Response());
    await app(request);
    return events.join();
  };
  assertEquals(await statusOf(() => new Response("done")), "csrf.unchecked");
  assertEquals(await statusOf(() => redirect("/")), "csrf.unchecked");
  assertEquals(await statusOf(() => redirect("/with-slash/", { status: 308 })), "");
  assertEquals(await statusOf(() => new Response("slow down", { status: 429 })), "");
  assertEquals(await statusOf(() => new Response("page"), new Request("https://shop.example/")), "");
});

Deno.test("csrf() hides the reason from visitors and tells them what to do", async () => {
  const send = csrfSite();
  const page = await send({ headers: { Accept: "text/html" }, cookie: null });
  assertEquals(page.status, 403);
  assertStringIncludes(page.text, "Forbidden");
  assertStringIncludes(page.text, "Allow it to send the Referer header");
  assertFalse(page.text.includes("Referer checking failed"));
  const noCookie = await send({ headers: { Accept: "text/html", Origin: "https://shop.example" }, cookie: null });
  assertStringIncludes(noCookie.text, "Allow cookies for this site");
  const problem = await send({ headers: { Accept: "application/json", "Sec-Fetch-Site": "cross-site" } });
  assertEquals(problem.headers.get("Content-Type"), "application/problem+json");
  const { title, status, detail } = JSON.parse(problem.text);
  assertEquals([title, status], ["Forbidden", 403]);
  assertEquals(detail, "This form could not be verified. Go back, reload the page it is on, and send it again.");
});

Deno.test("csrf() shows reason and usual cause with debug: true", async () => {
  const send = csrfSite({}, { debug: true });
  const page = await send({ headers: { Accept: "text/html", Origin: "https://<b>.example" } });
  assertStringIncludes(
    page.text,
    "Origin checking failed - https://&lt;b&gt;.example does not match any trusted origins.",
  );
  assertStringIncludes(page.text, "csrf({ trustedOrigins: [...] })");
  assertFalse(page.text.includes("<b>"));
  const { detail } = JSON.parse((await send({ headers: { Accept: "application/json" } })).text);
  assertStringIncludes(detail, "Referer checking failed - no Referer.");
});

Deno.test("csrf() reports a refusal with reason and usual cause, and nothing else", async () => {
  const { events } = await csrfSite()({ headers: { Origin: "https://shop.example" }, cookie: null });
  assertEquals(events.length, 1);
  const [{ name, message, data, method, path }] = events as [AppEvent];
  assertEquals([name, method, path], ["csrf.rejected", "POST", "/"]);
  assertStringIncludes(message, "CSRF cookie not set.");
  assertEquals(data!.reason, "CSRF cookie not set.");
  assertStringIncludes(String(data!.hint), "didn't call csrfToken() or csrfField()");
});

Deno.test("csrf() names the usual causes: a proxy, plain http, a policy, a missing origin, an old page", async () => {
  const send = csrfSite();
  const hint = async (sent: Parameters<typeof send>[0]) => (await send(sent)).hint!;
  const http = "http://shop.example/";
  assertStringIncludes(await hint({ url: http, headers: { Origin: "https://shop.example" } }), "proxies: { trust");
  assertStringIncludes(await hint({ url: http, cookie: null }), "browsers keep no Secure cookie");
  assertStringIncludes(await hint({ headers: {} }), "Referrer-Policy: same-origin");
  assertStringIncludes(await hint({ headers: { Origin: "null" } }), "Referrer-Policy: no-referrer");
  assertStringIncludes(await hint({ headers: { Origin: "https://pay.example" } }), "csrf({ trustedOrigins");
  const own = { Origin: "https://shop.example" };
  assertStringIncludes(await hint({ headers: own, body: formWith("w".repeat(32)) }), "rotateCsrfToken()");
  assertStringIncludes(await hint({ headers: own, cookie: "__Host-csrftoken=short" }), "A new one goes");
});

Deno.test("csrf() lets no control characters and no endless header into the reason", async () => {
  const { reason } = await csrfSite()({ headers: { Origin: `https://\x1b\x9b2Jé${"x".repeat(60_000)}` } });
  assert(reason!.length < 300);
  assertStringIncludes(reason!, "https://??2Jé");
});

Deno.test("csrf({ failure }) answers for a refusal, and gets the reason", async () => {
  const send = csrfSite({ failure: (_request, _context, reason) => new Response(reason, { status: 418 }) });
  const { status, text, events } = await send({ headers: { Origin: "https://shop.example" } });
  assertEquals([status, text], [418, "CSRF token missing."]);
  assertEquals(events.length, 1);
  const late = csrfSite({ failure: async (request) => new Response(await request.text(), { status: 403 }) });
  const body = formWith("w".repeat(32));
  assertEquals((await late({ headers: { Origin: "https://shop.example" }, body })).text, String(body));
});

Deno.test("csrf({ failure }) may answer with a template, which is rendered and has a token", async () => {
  const app = pipeline()
    .use(csrf({
      failure: (_request, _context, reason) =>
        new TemplateResponse(({ csrfToken }: Record<string, unknown>) => html`${reason} ${csrfToken}`, {}, {
          status: 403,
        }),
    }))
    .handle(() => new Response("done"));
  const response = await app(post("/", { Origin: "https://shop.example" }));
  assertEquals(response.status, 403);
  assertMatch(await response.text(), /^CSRF cookie not set\. [a-zA-Z0-9]{64}$/);
});

Deno.test("csrf({ failure }) that throws is a 500, and nothing goes through", async () => {
  const send = csrfSite({
    failure: () => {
      throw new Error("broken");
    },
  });
  assertEquals((await send()).status, 500);
});

Deno.test("csrf() refuses options that can't be meant", () => {
  assertThrows(() => csrf({ requireToken: "false" as never }), TypeError, "requireToken must be a boolean");
  assertThrows(() => csrf({ exempt: ["/webhook/"] as never }), TypeError, "exempt must be a function");
  assertThrows(() => csrf({ failure: "403.html" as never }), TypeError, "failure must be a function");
});

Deno.test("context.csrfField() is the hidden field of a form", async () => {
  const app = pipeline().use(csrf()).handle((_request, context) => htmlResponse(html`${context.csrfField()}`));
  const page = await (await app(new Request("https://shop.example/"))).text();
  assertMatch(page, /^<input type="hidden" name="csrfmiddlewaretoken" value="[a-zA-Z0-9]{64}">$/);
});

Deno.test("templates get csrfField and csrfToken, and one that uses neither sets no cookie", async () => {
  const app = pipeline().use(csrf()).handle(routes({
    "/form": () => new TemplateResponse((data: Record<string, unknown>) => html`${data.csrfField}`),
    "/token": () => new TemplateResponse((data: Record<string, unknown>) => html`${data.csrfToken}`),
    "/plain": () => new TemplateResponse(() => html`plain`),
  }));
  const get = (path: string) => app(new Request(`https://shop.example${path}`));
  const form = await get("/form");
  assertMatch(await form.text(), /^<input type="hidden" name="csrfmiddlewaretoken" value="[a-zA-Z0-9]{64}">$/);
  assertEquals(form.headers.getSetCookie().length, 1);
  assertMatch(await (await get("/token")).text(), /^[a-zA-Z0-9]{64}$/);
  const plain = await get("/plain");
  assertEquals([plain.headers.get("Set-Cookie"), plain.headers.get("Vary")], [null, null]);
});

Deno.test("csrf() stays synchronous where nothing is awaited", () => {
  const app = pipeline().use(csrf()).handle(() => new Response("done"));
  assertInstanceOf(app(new Request("https://shop.example/")), Response);
  assertInstanceOf(app(post("/", vouched)), Response);
  assertInstanceOf(app(post()), Response);
});

Deno.test("csrf() runs its check after the hooks of layers outside, which may have answered", async () => {
  const closing: Middleware = (next) => (request, context) => {
    addHooks(context, { processView: () => new Response("closed", { status: 503 }) });
    return next(request, context);
  };
  const events: string[] = [];
  const app = pipeline({ onEvent: ({ name }) => events.push(name) }).use(closing).use(csrf()).handle(() =>
    new Response("done")
  );
  assertEquals([(await app(post())).status, events], [503, []]);
});

Deno.test("csrf() holds through Deno.serve, where Host and Origin are those of the connection", async () => {
  const app = pipeline().use(csrf()).handle(routes({
    "GET /": (_request, context) => new Response(context.csrfToken()),
    "POST /": async (_request, context) => new Response(String((await context.form()).get("item"))),
  }));
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app);
  const origin = `http://127.0.0.1:${server.addr.port}`;
  const page = await fetch(origin);
  const token = await page.text();
  const Cookie = page.headers.getSetCookie()[0]!.split(";")[0]!;
  const send = async (headers: Record<string, string>, body: BodyInit = formWith(token, { item: "emma" })) => {
    const response = await fetch(origin, { method: "POST", headers, body });
    return [response.status, await response.text()];
  };
  assertEquals(Cookie.split("=")[0], "csrftoken");
  assertEquals(await send({ Origin: origin, Cookie }), [200, "emma"]);
  assertEquals((await send({ Origin: "http://127.0.0.1", Cookie }))[0], 403);
  assertEquals((await send({ Origin: origin }))[0], 403);
  assertEquals((await send({ "Sec-Fetch-Site": "cross-site", Origin: origin, Cookie }))[0], 403);
  const files = new FormData();
  files.set("item", "dune");
  files.set("csrfmiddlewaretoken", token);
  assertEquals(await send({ Origin: origin, Cookie }, files), [200, "dune"]);
});
