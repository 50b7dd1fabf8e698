/** All layers there are, at once, on a real Deno.serve: what the server and the web can do by themselves, they can still do behind them. */

import { authentication, type HasUser, loginRequired, MemoryUsers } from "@nuages/web/auth";
import { messages } from "@nuages/web/messages";
import {
  accessLog,
  allowedHosts,
  type AppEvent,
  bodyLimit,
  brokenLinks,
  common,
  conditionalGet,
  contentSecurityPolicy,
  type Context,
  cors,
  csrf,
  csrfExempt,
  currentSite,
  fetchCache,
  type Flatpage,
  flatpages,
  gzip,
  type HasCsrf,
  html,
  htmlResponse,
  languageRoutes,
  locale,
  MemoryCache,
  methodOverride,
  permissionsPolicy,
  pipeline,
  rateLimit,
  redirect,
  redirects,
  requestId,
  routes,
  type RouteTable,
  security,
  serverTiming,
  SiteCache,
  timeout,
  updateCache,
} from "@nuages/web/middleware";
import { type HasSession, MemoryStore, sessions } from "@nuages/web/sessions";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { delay } from "@std/async/delay";
import { served } from "../_serving.ts";

type Cart = { cart: string };
type Known = Context & HasSession<Cart> & HasCsrf & HasUser;

const encode = (text: string) => new TextEncoder().encode(text);
const FILE = new URL(import.meta.url);

function site() {
  const events: AppEvent[] = [];
  const gate = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  const uploaded = Promise.withResolvers<string>();

  function stream(type: string): Response {
    const body = ReadableStream.from((async function* () {
      try {
        yield encode("data: 1\n\n");
        await gate.promise;
        yield encode("data: 2\n\n");
      } finally {
        left.resolve();
      }
    })());
    return new Response(body, { headers: { "Content-Type": type } });
  }

  const prefixes = languageRoutes(routes({ "GET /about-us/": () => new Response("about us") }), {
    languages: ["en", "de"],
  });
  const table: RouteTable<Known> = routes({
    "/:language(en|de)/*": prefixes,
    "GET /": () => htmlResponse(html`<p>${"All happy families are alike. ".repeat(50)}</p>`),
    "GET /events/": () => stream("text/event-stream"),
    "GET /stream/": () => stream("text/plain"),
    "GET /lines/": () => stream("application/x-ndjson"),
    "GET /cart/events/": async (_request, context) => {
      (await context.session()).set("cart", "a map");
      return stream("text/event-stream");
    },
    "GET /socket/": (request) => {
      const { socket, response } = Deno.upgradeWebSocket(request, { protocol: "echo" });
      socket.onmessage = ({ data }) => socket.send(`echo ${data}`);
      return response;
    },
    "GET /file/": (request) => sendFile(request.headers.get("Range")),
    "GET /form/": (_request, context) => htmlResponse(html`<form>${context.csrfField()}</form>`),
    "GET /away/": () => redirect("/"),
    "GET /broken/": () => {
      throw new Error("out of paper");
    },
    "GET /account/": loginRequired((_request, context) => new Response(context.signedInUser.name)),
    "PUT /upload/": csrfExempt(async (request) => {
      const reader = request.body!.pipeThrough(new TextDecoderStream()).getReader();
      uploaded.resolve((await reader.read()).value!);
      let rest = "";
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) rest += piece.value;
      return new Response(rest);
    }),
  });
  const flatpage: Flatpage = {
    url: "/flat/",
    title: "Flat",
    content: "flat",
    template: "",
    registrationRequired: false,
  };
  const app = pipeline({ keys: [crypto.randomUUID() + crypto.randomUUID()], onEvent: (event) => events.push(event) })
    .use(accessLog({ write: () => {} }))
    .use(requestId())
    .use(serverTiming({ show: () => true }))
    .use(allowedHosts(["127.0.0.1"]))
    .use(security({ crossOriginEmbedderPolicy: "require-corp" }))
    .use(permissionsPolicy())
    .use(cors({ origins: ["https://app.example"] }))
    .use(rateLimit({ limit: 10_000 }))
    .use(timeout({ seconds: 20 }))
    .use(bodyLimit({ maxBytes: 1_000_000 }))
    .use(updateCache(new SiteCache({ store: new MemoryCache() })))
    .use(gzip())
    .use(sessions<Cart>({ store: new MemoryStore() }))
    .use(conditionalGet())
    .use(locale({ languages: ["en", "de"], prefixes }))
    .use(brokenLinks({ report: () => {} }))
    .use(common({ appendSlash: table }))
    .use(methodOverride())
    .use(csrf())
    .use(authentication({ users: new MemoryUsers() }))
    .use(messages())
    .use(currentSite())
    .use(fetchCache())
    .use(contentSecurityPolicy())
    .use(flatpages({
      source: { find: (url) => url === flatpage.url ? flatpage : undefined },
      template: ({ flatpage }) => html`<p>${flatpage.content}</p>`,
    }))
    .use(redirects({ source: { find: (path) => ({ "/old/": "/flat/", "/gone/": "" })[path] } }))
    .handle(table);
  return { app, events, open: () => gate.resolve(), left: left.promise, uploaded: uploaded.promise };
}

/** As a server of static files does it. */
async function sendFile(range: string | null): Promise<Response> {
  const text = await Deno.readTextFile(FILE);
  const headers = new Headers({ "Accept-Ranges": "bytes", "Content-Type": "text/plain", ETag: '"file"' });
  if (range === null) return new Response(text, { headers });
  const [, from = "", to = ""] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? [];
  if (Number(from) >= text.length) {
    headers.set("Content-Range", `bytes */${text.length}`);
    return new Response(null, { status: 416, headers });
  }
  const part = text.slice(Number(from), Number(to) + 1);
  headers.set("Content-Range", `bytes ${from}-${to}/${text.length}`);
  headers.set("Content-Length", String(part.length));
  return new Response(part, { status: 206, headers });
}

function serving(use: (address: string, made: ReturnType<typeof site>) => Promise<void>): Promise<void> {
  return served(site(), use);
}

Deno.test("the whole stack: streams and events arrive piece by piece, with a session written before them", async () => {
  for (const path of ["/events/", "/stream/", "/lines/", "/cart/events/"]) {
    await serving(async (address, { open, events }) => {
      const response = await fetch(address + path);
      assertEquals(response.headers.getSetCookie().length, path === "/cart/events/" ? 1 : 0);
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      assertEquals((await reader.read()).value, "data: 1\n\n", path);
      open();
      let rest = "";
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) rest += piece.value;
      assertEquals(rest, "data: 2\n\n", path);
      assertEquals(events, []);
    });
  }
});

Deno.test("the whole stack: a visitor who leaves ends the stream", async () => {
  for (const path of ["/events/", "/cart/events/"]) {
    await serving(async (address, { open, left }) => {
      const leave = new AbortController();
      const response = await fetch(address + path, { signal: leave.signal });
      const reader = response.body!.getReader();
      await reader.read();
      leave.abort();
      await reader.closed.catch(() => {});
      open();
      await left;
    });
  }
});

Deno.test("the whole stack: a WebSocket opens with its protocol", async () => {
  await serving(async (address, { events }) => {
    const socket = new WebSocket(`${address.replace("http", "ws")}/socket/`, ["echo"]);
    const heard = Promise.withResolvers<string>();
    socket.onopen = () => socket.send("hello");
    socket.onmessage = ({ data }) => heard.resolve(data);
    assertEquals([await heard.promise, socket.protocol], ["echo hello", "echo"]);
    const closed = new Promise((resolve) => socket.onclose = resolve);
    socket.close();
    await closed;
    assertEquals(events, []);
  });
});

Deno.test("the whole stack: a file is sent in ranges, with its own tag, and known again", async () => {
  const text = await Deno.readTextFile(FILE);
  await serving(async (address) => {
    const ask = (headers: HeadersInit) =>
      fetch(`${address}/file/`, { headers: { "Accept-Encoding": "identity", ...headers } });
    const whole = await ask({});
    assertEquals(await whole.text(), text);
    const part = await ask({ Range: "bytes=4-13" });
    assertEquals([part.status, await part.text()], [206, text.slice(4, 14)]);
    assertMatch(part.headers.get("Content-Range")!, /^bytes 4-13\//);
    assertEquals(part.headers.get("Content-Length"), "10");
    const beyond = await ask({ Range: `bytes=${text.length + 10_000}-` });
    await beyond.body?.cancel();
    assertEquals(beyond.status, 416);
    const known = await ask({ "If-None-Match": whole.headers.get("ETag")! });
    assertEquals([known.status, await known.text()], [304, ""]);
  });
});

Deno.test("the whole stack: the site cache keeps a file whole, and parts of it still come from its view", async () => {
  const text = await Deno.readTextFile(FILE);
  await serving(async (address) => {
    const identity = { "Accept-Encoding": "identity" };
    for (const first of [true, false]) {
      const part = await fetch(`${address}/file/`, { headers: { ...identity, Range: "bytes=0-9" } });
      assertEquals([part.status, await part.text()], [206, text.slice(0, 10)]);
      const whole = await fetch(`${address}/file/`, { headers: identity });
      assertEquals([await whole.text(), whole.headers.has("Age")], [text, !first]);
    }
  });
});

Deno.test("the whole stack: HEAD has the headers of GET, and no body", async () => {
  // What is measured, named or counted anew each time.
  const own = new Set(["date", "server-timing", "x-request-id", "ratelimit", "age", "expires", "transfer-encoding"]);
  await serving(async (address) => {
    for (const path of ["/", "/file/", "/away/", "/nowhere/", "/flat/", "/old/", "/stream/", "/en/about-us/"]) {
      const headersOf = async (method: string) => {
        const init: RequestInit = { method, redirect: "manual", headers: { "Accept-Encoding": "identity" } };
        const response = await fetch(address + path, init);
        if (method === "HEAD") assertEquals(await response.text(), "");
        else await response.body?.cancel();
        return [response.status, ...[...response.headers].filter(([name]) => !own.has(name))];
      };
      // A page that the site cache is just about to keep passes in pieces, without its length.
      await headersOf("GET");
      await delay(20);
      assertEquals(await headersOf("HEAD"), await headersOf("GET"), path);
    }
  });
});

Deno.test("the whole stack: an upload reaches the view while it is still coming", async () => {
  await serving(async (address, { uploaded }) => {
    const body = ReadableStream.from((async function* () {
      yield encode("first");
      assertEquals(await uploaded, "first");
      yield encode("second");
    })());
    const response = await fetch(`${address}/upload/`, { method: "PUT", body });
    assertEquals([response.status, await response.text()], [200, "second"]);
  });
});

Deno.test("the whole stack: every answer has the security headers, errors, redirects and refusals too", async () => {
  const cases: [path: string, init: RequestInit, status: number][] = [
    ["/", {}, 200],
    ["/flat/", {}, 200],
    ["/de/about-us/", {}, 200],
    ["/old/", {}, 301],
    ["/away", {}, 301],
    ["/about-us/", {}, 302],
    ["/account/", {}, 302],
    ["/away/", {}, 303],
    ["/", { method: "POST", headers: { "Sec-Fetch-Site": "cross-site" } }, 405],
    ["/upload/", { method: "PUT", body: "a".repeat(1_000_001) }, 413],
    ["/nowhere/", {}, 404],
    ["/gone/", {}, 410],
    ["/", { headers: { "If-Match": '"other"' } }, 412],
    ["/broken/", {}, 500],
    [
      "/",
      { method: "OPTIONS", headers: { Origin: "https://app.example", "Access-Control-Request-Method": "GET" } },
      204,
    ],
  ];
  await serving(async (address) => {
    for (const [path, init, status] of cases) {
      const response = await fetch(address + path, { ...init, redirect: "manual" });
      await response.body?.cancel();
      assertEquals(response.status, status, path);
      const missing = ["X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy"]
        .concat("Cross-Origin-Embedder-Policy", "Permissions-Policy", "X-Request-Id")
        .filter((name) => !response.headers.has(name));
      assertEquals(missing, [], path);
    }
  });
});

Deno.test("the whole stack: a page that asks for nothing has no cookie, and is kept for the next visitor", async () => {
  await serving(async (address, { events }) => {
    const first = await fetch(`${address}/`, { headers: { "Accept-Language": "de" } });
    const text = await first.text();
    assertStringIncludes(text, "All happy families");
    assertEquals([first.headers.getSetCookie(), first.headers.get("Content-Language")], [[], "de"]);
    await delay(20);
    const second = await fetch(`${address}/`, { headers: { "Accept-Language": "de" } });
    assertEquals(await second.text(), text);
    assert(second.headers.has("Age"));
    assertEquals(events, []);
  });
});
