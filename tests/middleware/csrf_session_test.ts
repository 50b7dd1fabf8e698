/** The secret in the session: Django's CSRF_USE_SESSIONS. */

import {
  type AppEvent,
  csrf,
  ensureCsrfCookie,
  html,
  htmlResponse,
  pipeline,
  redirect,
  routes,
  TemplateResponse,
} from "@nuages/web/middleware";
import { MemoryStore, sessions } from "@nuages/web/sessions";
import { assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import { CountingStore } from "../sessions/_counting_store.ts";
import { TestBrowser } from "../../testing/test_browser.ts";

function shop(store: MemoryStore | CountingStore = new MemoryStore(), events: AppEvent[] = []) {
  // deno-lint-ignore no-explicit-any -- what a template is given
  const page = ({ csrfField }: any) => html`<form method="post">${csrfField}</form>`;
  return pipeline({ onEvent: (event) => events.push(event) })
    .use(sessions<{ cart: string[] }>({ store }))
    .use(csrf({ storage: "session", xsrfCookie: true }))
    .handle(routes({
      "GET /": async (_request, context) => htmlResponse(html`<form method="post">${await context.csrfField()}</form>`),
      "GET /token/": async (_request, context) => new Response(await context.csrfToken()),
      "GET /template/": () => new TemplateResponse(page),
      "GET /wordless/": () => new TemplateResponse(() => html`<p>no form</p>`),
      "GET /plain/": () => new Response("plain"),
      "GET /app/": ensureCsrfCookie(() => new Response("app")),
      "POST /": () => new Response("bought"),
      "POST /sign-in/": async (_request, context) => {
        (await context.session()).cycleKey();
        await context.rotateCsrfToken();
        return redirect("/");
      },
      "POST /sign-out/": async (_request, context) => {
        const before = await context.csrfToken();
        (await context.session()).flush();
        return Response.json([before, await context.csrfToken()]);
      },
    }));
}

const old = { fetchMetadata: false };

Deno.test("csrf({ storage: session }) keeps the secret in the session, and needs no cookie of its own", async () => {
  const browser = new TestBrowser(shop(), old);
  assertEquals((await browser.submit("/")).status, 200);
  assertEquals(browser.cookie("csrftoken"), undefined);
  const { fields } = await browser.form("/template/");
  assertEquals((await browser.post("/", fields)).status, 200);
  const token = await browser.text("/token/");
  assertEquals((await browser.post("/", { csrfmiddlewaretoken: token })).status, 200);
  assertEquals((await browser.post("/", { csrfmiddlewaretoken: "a".repeat(64) })).status, 403);
});

Deno.test("csrf({ storage: session }) refuses a token of another session, and one of none, with the reason", async () => {
  const events: AppEvent[] = [];
  const app = shop(new MemoryStore(), events);
  const [ada, eve, nobody] = [new TestBrowser(app, old), new TestBrowser(app, old), new TestBrowser(app, old)];
  await ada.text("/token/");
  const token = await eve.text("/token/");
  assertEquals((await ada.post("/", { csrfmiddlewaretoken: token })).status, 403);
  assertEquals((await nobody.post("/", { csrfmiddlewaretoken: token })).status, 403);
  assertEquals(events.map(({ data }) => data?.reason), ["CSRF token from POST incorrect.", "CSRF cookie not set."]);
  assertMatch(events[1]!.message, /The session holds none/);
});

Deno.test("csrf({ storage: session }) reads no session where nobody needs a token, and writes it once", async () => {
  const store = new CountingStore(new MemoryStore());
  const browser = new TestBrowser(shop(store));
  await browser.text("/plain/");
  await browser.post("/");
  await browser.text("/wordless/");
  assertEquals(store.take(), []);
  await browser.text("/token/");
  assertEquals(store.take(), ["create"]);
  await browser.text("/plain/");
  assertEquals((await browser.post("/")).status, 200);
  assertEquals(store.take(), [], "the browser vouched for it");
  await browser.text("/token/");
  assertEquals(store.take(), ["read"]);
  await browser.text("/wordless/");
  assertEquals(store.take(), ["read"], "a template might want a token");
});

Deno.test("csrf({ storage: session }) makes tokens anew at sign-in, and in the session that begins at sign-out", async () => {
  const browser = new TestBrowser(shop(), old);
  const first = await browser.text("/token/");
  assertEquals((await browser.post("/sign-in/", { csrfmiddlewaretoken: first })).status, 303);
  assertEquals((await browser.post("/", { csrfmiddlewaretoken: first })).status, 403);
  const second = await browser.text("/token/");
  const [before, after] = await (await browser.post("/sign-out/", { csrfmiddlewaretoken: second })).json();
  assertEquals((await browser.post("/", { csrfmiddlewaretoken: before })).status, 403);
  assertEquals((await browser.post("/", { csrfmiddlewaretoken: after })).status, 200);
});

Deno.test("csrf({ xsrfCookie }) gives scripts a token in a cookie, and takes it from their header", async () => {
  const browser = new TestBrowser(shop(), old);
  await browser.text("/plain/");
  assertEquals(browser.cookie("XSRF-TOKEN"), undefined);
  await browser.text("/app/");
  const token = browser.cookie("XSRF-TOKEN")!.value;
  assertMatch(token, /^[A-Za-z0-9]{64}$/);
  assertEquals(browser.cookie("XSRF-TOKEN")!.httpOnly, false);
  const json = { headers: { "Content-Type": "application/json", "X-XSRF-TOKEN": token } };
  assertEquals((await browser.post("/", "{}", json)).status, 200);
  assertEquals((await browser.post("/", "{}", { headers: { "X-CSRFToken": token } })).status, 200);
  const sent = `sessionid=${browser.cookie("sessionid")!.value}; XSRF-TOKEN=${"b".repeat(64)}`;
  const planted = { headers: { "X-XSRF-TOKEN": "b".repeat(64), Cookie: sent } };
  assertEquals((await browser.post("/", "{}", planted)).status, 403);
  await browser.post("/sign-in/", "{}", json);
  assertNotEquals(browser.cookie("XSRF-TOKEN")!.value, token);
  assertEquals((await browser.post("/", "{}", json)).status, 403);
  const fresh = { headers: { "X-XSRF-TOKEN": browser.cookie("XSRF-TOKEN")!.value } };
  assertEquals((await browser.post("/", "{}", fresh)).status, 200);
});

Deno.test("csrf({ storage }) refuses what it can't use", () => {
  assertThrows(() => csrf({ storage: "memory" as never }), TypeError, 'storage must be "cookie" or "session"');
  assertThrows(() => csrf({ storage: "session", cookie: {} } as never), TypeError, "with a cookie beside storage");
  assertThrows(() => csrf({ xsrfCookie: "XSRF-TOKEN" as never }), TypeError, "xsrfCookie must be a boolean");
});

Deno.test("types: csrf({ storage: session }) needs sessions() before it, and its tokens are awaited", () => {
  const store = new MemoryStore();
  // @ts-expect-error put the middleware that adds "session" before this one
  pipeline().use(csrf({ storage: "session" }));
  // @ts-expect-error the session has a cookie of its own
  assertThrows(() => csrf({ storage: "session", cookie: { name: "csrftoken" } }));
  pipeline().use(sessions<{ cart: string[] }>({ store })).use(csrf({ storage: "session" })).handle((_r, context) => {
    context.csrfToken() satisfies Promise<string>;
    // @ts-expect-error it has to be awaited
    context.csrfToken() satisfies string;
    return new Response();
  });
  pipeline().use(csrf({ storage: "cookie" })).handle((_request, context) => new Response(context.csrfToken()));
});
