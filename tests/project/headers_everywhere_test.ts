/** The security headers are on every answer of recommended(), and right, whoever made it: a view, a layer, the kernel, a page of an error, a file. */

import {
  type AppEvent,
  BadRequest,
  condition,
  cors,
  HttpError,
  loginRequired,
  MemoryCache,
  MemoryStore,
  MemoryUsers,
  rateLimit,
  recommended,
  redirect,
  routes,
  SessionInterrupted,
  SiteCache,
  timeout,
} from "@nuages/web";
import { assertEquals, assertMatch } from "@std/assert";
import { CspEvaluator } from "csp-evaluator/dist/evaluator.js";
import { CspParser } from "csp-evaluator/dist/parser.js";
import { type RawAnswer, rawRequest } from "./_raw_request.ts";

const HEADERS = {
  "x-frame-options": "DENY",
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "origin-agent-cluster": "?1",
};
const HTML = { headers: { "Content-Type": "text/html; charset=utf-8" } };

function site(events: AppEvent[] = []) {
  const brokenStore = Object.assign(new MemoryStore(), { read: () => Promise.reject(new Error("down")) });
  return recommended({
    keys: [crypto.randomUUID()],
    store: brokenStore,
    users: new MemoryUsers(),
    hosts: ["shop.example"],
    cache: new SiteCache({ store: new MemoryCache() }),
    conditionalGet: true,
    outside: [cors({ origins: ["https://app.example"] }), rateLimit({ limit: 1000 })],
    onEvent: (event) => events.push(event),
    errors: {
      418: (_request, context) => new Response(`<script nonce="${context.requestId}">teapot</script>`, { status: 418 }),
    },
  }).use(timeout({ seconds: 0.05 }))
    .handle(routes({
      "GET /": () => new Response("<p>hello</p>".repeat(50), HTML),
      "GET /away/": () => redirect("/"),
      "GET /frozen/": () => Response.redirect("https://shop.example/"),
      "GET /throws/": () => {
        throw new Error("boom");
      },
      "GET /rejects/": () => Promise.reject(new Error("boom")),
      "GET /teapot/": () => {
        throw new HttpError(418);
      },
      "GET /nothing/": () => undefined as unknown as Response,
      "GET /error/": () => Response.error(),
      "GET /empty/": () => new Response(null, { status: 204 }),
      "GET /tagged/": condition({ etag: () => "v1" })(() => new Response("page", HTML)),
      "GET /stream/": () => new Response(ReadableStream.from([new TextEncoder().encode("a")])),
      "GET /events/": () => new Response("data: 1\n\n", { headers: { "Content-Type": "text/event-stream" } }),
      "GET /session/": async (_request, context) => new Response(String((await context.session()).get("a"))),
      "GET /interrupted/": () => {
        throw new SessionInterrupted();
      },
      "GET /cookie/": (_request, context) => {
        context.cookies.set("large", "a".repeat(5000));
        return new Response("ok");
      },
      "GET /late-cookie/": (_request, context) => {
        const response = new Response("ok");
        response.headers.append("Set-Cookie", "__Host-sessionid=mine");
        context.cookies.set("other", "ok");
        return response;
      },
      "GET /nonce/": (_request, context) => new Response(`<script nonce="${context.cspNonce}"></script>`, HTML),
      "GET /account/": loginRequired(() => new Response("account")),
      "GET /slow/": async (_request, context) => {
        await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
        return new Response("late");
      },
      "POST /form/": async (_request, context) => new Response(String((await context.form()).get("name"))),
      "GET /used/": async () => {
        const response = new Response("read already");
        await response.text();
        return response;
      },
      "GET /bad/": () => {
        throw new BadRequest();
      },
    }));
}

const CASES: readonly [what: string, method: string, path: string, headers: Record<string, string>, status: number][] =
  [
    ["a page", "GET", "/", {}, 200],
    ["a page, compressed", "GET", "/", { "accept-encoding": "br" }, 200],
    ["HEAD", "HEAD", "/", {}, 200],
    ["OPTIONS", "OPTIONS", "/", {}, 204],
    ["a preflight", "OPTIONS", "/", { origin: "https://app.example", "access-control-request-method": "GET" }, 204],
    ["a page that isn't there", "GET", "/nowhere/", {}, 404],
    ["the same as problem details", "GET", "/nowhere/", { accept: "application/json" }, 404],
    ["another method", "DELETE", "/", {}, 405],
    ["a method that nobody knows", "BREW", "/", {}, 405],
    ["a redirection", "GET", "/away/", {}, 303],
    ["a redirection that can't be written to", "GET", "/frozen/", {}, 302],
    ["a slash that was forgotten", "GET", "/away", {}, 301],
    ["a form without its slash", "POST", "/form", {}, 308],
    ["an exception", "GET", "/throws/", {}, 500],
    ["a rejection", "GET", "/rejects/", {}, 500],
    ["a page of one's own for an error", "GET", "/teapot/", {}, 418],
    ["a view that answers nothing", "GET", "/nothing/", {}, 500],
    ["a network error passed on", "GET", "/error/", {}, 500],
    ["no content", "GET", "/empty/", {}, 204],
    ["a page with a tag", "GET", "/tagged/", {}, 200],
    ["304", "GET", "/tagged/", { "if-none-match": '"v1"' }, 304],
    ["304 to HEAD", "HEAD", "/tagged/", { "if-none-match": '"v1"' }, 304],
    ["412", "GET", "/tagged/", { "if-match": '"v2"' }, 412],
    ["a stream", "GET", "/stream/", {}, 200],
    ["an event stream", "GET", "/events/", {}, 200],
    ["a store that is down", "GET", "/session/", { cookie: `__Host-sessionid=${"A".repeat(43)}` }, 503],
    ["a session that was ended", "GET", "/interrupted/", {}, 400],
    ["a cookie that no browser would keep", "GET", "/cookie/", {}, 500],
    ["a cookie beside the jar", "GET", "/late-cookie/", {}, 200],
    ["a body that was read already", "GET", "/used/", {}, 500],
    ["a nonce", "GET", "/nonce/", {}, 200],
    ["sent to sign in", "GET", "/account/", {}, 302],
    ["an answer that took too long", "GET", "/slow/", {}, 503],
    ["a form of another site", "POST", "/form/", { origin: "https://evil.example" }, 403],
    ["another host", "GET", "/", { host: "evil.example" }, 400],
    ["a host that is none", "GET", "/", { host: "shop.example/admin" }, 400],
    ["a path that isn't percent-encoded", "GET", "/%ff/%zz/", {}, 404],
    ["a bad request", "GET", "/bad/", {}, 400],
    [
      "a body that is too large",
      "POST",
      "/form/",
      { "content-length": "99999999", "sec-fetch-site": "same-origin" },
      413,
    ],
  ];

function complaints(answer: RawAnswer): string[] {
  const wrong = Object.entries(HEADERS).filter(([name, value]) => answer.headers.get(name) !== value).map(([name]) =>
    name
  );
  for (const name of ["content-security-policy", "permissions-policy", "x-request-id"]) {
    if (!answer.headers.has(name)) wrong.push(name);
  }
  // What Google's CSP Evaluator finds.
  const { csp } = new CspParser(answer.headers.get("content-security-policy") ?? "");
  wrong.push(...new CspEvaluator(csp).evaluate().map(({ description }) => description));
  return wrong;
}

Deno.test("recommended() sends the security headers with every answer", async (t) => {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, site());
  for (const [what, method, path, headers, status] of CASES) {
    await t.step(what, async () => {
      // Twice: the second may come from the site cache.
      for (const _ of [1, 2]) {
        const answer = await rawRequest(server.addr.port, method, path, { host: "shop.example", ...headers });
        assertEquals({ status: answer.status, lacks: complaints(answer) }, { status, lacks: [] });
      }
    });
  }
});

Deno.test("recommended() sends Strict-Transport-Security with every answer over https, the redirection to it aside", async () => {
  const app = recommended({
    keys: [crypto.randomUUID()],
    store: new MemoryStore(),
    hosts: ["shop.example"],
    security: { hstsSeconds: 31_536_000, sslRedirect: true },
  }).handle(routes({ "GET /": () => new Response("hello") }));
  for (const [path, status] of [["/", 200], ["/nowhere/", 404]] as const) {
    const answer = await app(new Request(`https://shop.example${path}`));
    assertEquals([answer.status, answer.headers.get("Strict-Transport-Security")], [status, "max-age=31536000"]);
  }
  assertEquals(
    (await app(new Request("https://evil.example/"))).headers.get("Strict-Transport-Security"),
    "max-age=31536000",
  );

  const plain = await app(new Request("http://shop.example/?page=2"));
  assertEquals([plain.status, plain.headers.get("Location")], [301, "https://shop.example/?page=2"]);
  assertEquals([plain.headers.get("X-Frame-Options"), plain.headers.get("Strict-Transport-Security")], ["DENY", null]);
  // The host is checked before somebody is sent to it.
  assertEquals((await app(new Request("http://evil.example/"))).status, 400);
});

Deno.test("the page of an error may ask for the nonce, wherever the error was", async () => {
  const asksNonce = (_request: Request, context: { cspNonce?: string }) =>
    new Response(`<script nonce="${context.cspNonce}"></script>`, HTML);
  const app = recommended({
    keys: [crypto.randomUUID()],
    store: new MemoryStore(),
    hosts: ["shop.example"],
    errors: { default: asksNonce as never },
  }).handle(routes({ "GET /": () => new Response("hello") }));
  for (const address of ["https://shop.example/nowhere/", "https://evil.example/"]) {
    const answer = await app(new Request(address));
    const [, nonce] = /nonce="([\w-]+)"/.exec(await answer.text())!;
    assertMatch(answer.headers.get("Content-Security-Policy")!, new RegExp(`'nonce-${nonce}'`));
    assertEquals(answer.headers.get("Cache-Control"), "private, no-store");
  }
});
