/** Everything at once, through a real Deno.serve: no layer takes from another, or from the server, what it does by itself. */

import {
  accessLog,
  type AppEvent,
  bodyLimit,
  brokenLinks,
  common,
  conditionalGet,
  cors,
  csrf,
  csrfExempt,
  gzip,
  methodOverride,
  pipeline,
  rateLimit,
  redirect,
  requestId,
  routes,
  security,
  timeout,
} from "@nuages/web/middleware";
import { assert, assertEquals, assertMatch } from "@std/assert";
import { delay } from "@std/async/delay";
import { served, twoPieces } from "../_serving.ts";

const APP = "https://app.example";
const PAGE = "All happy families are alike. ".repeat(50);
const encode = (text: string) => new TextEncoder().encode(text);

function site() {
  const lines: string[] = [];
  const events: AppEvent[] = [];
  const gates = { opened: Promise.withResolvers<void>() };
  const table = routes({
    "GET /": () => new Response(PAGE),
    "GET /events/": () => twoPieces("text/event-stream", gates.opened.promise),
    "GET /stream/": () => twoPieces("text/plain", gates.opened.promise),
    "GET /socket/": (request) => {
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.onmessage = ({ data }) => socket.send(`echo ${data}`);
      return response;
    },
    "GET /away/": () => redirect("/"),
    "GET /file/": async () => new Response((await Deno.open(new URL(import.meta.url))).readable),
    "PUT /echo/": csrfExempt(async (request) => new Response(await request.text())),
  });
  const app = pipeline({ onEvent: (event) => events.push(event) })
    .use(accessLog({ write: (line) => lines.push(line) }))
    .use(requestId())
    .use(security())
    .use(cors({ origins: [APP], credentials: true }))
    .use(rateLimit({ limit: 1000 }))
    .use(timeout({ seconds: 20 }))
    .use(bodyLimit({ maxBytes: 1000 }))
    .use(gzip())
    .use(conditionalGet())
    .use(brokenLinks({ report: () => {} }))
    .use(common({ appendSlash: table }))
    .use(methodOverride())
    .use(csrf())
    .handle(table);
  return { app, lines, events, open: () => gates.opened.resolve() };
}

function serving(use: (address: string, made: ReturnType<typeof site>) => Promise<void>): Promise<void> {
  return served(site(), use);
}

Deno.test("the whole catalogue: a page is compressed, tagged, and known again", async () => {
  await serving(async (address, { events }) => {
    const first = await fetch(`${address}/`, { headers: { Origin: APP } });
    assertEquals(await first.text(), PAGE);
    assertEquals(first.headers.get("Vary"), "Accept-Encoding, Origin");
    assertEquals(first.headers.get("Access-Control-Allow-Origin"), APP);
    assertMatch(first.headers.get("ETag")!, /^W\/"/);
    const again = await fetch(`${address}/`, { headers: { Origin: APP, "If-None-Match": first.headers.get("ETag")! } });
    assertEquals([again.status, await again.text(), again.headers.get("Access-Control-Allow-Origin")], [304, "", APP]);
    assertEquals(again.headers.get("X-Content-Type-Options"), "nosniff");
    assertEquals(events, []);
  });
});

Deno.test("the whole catalogue: errors, redirects and refusals have the security headers, an id and a line", async () => {
  await serving(async (address, { lines }) => {
    const cases: [path: string, init: RequestInit, status: number][] = [
      ["/nowhere/", {}, 404],
      ["/away/", {}, 303],
      ["/away", {}, 301],
      ["/", { method: "POST" }, 405],
      ["/echo/", { method: "PUT", body: "a".repeat(1001) }, 413],
      ["/", { headers: { "If-Match": '"other"' } }, 412],
    ];
    for (const [path, init, status] of cases) {
      const response = await fetch(address + path, { ...init, redirect: "manual" });
      await response.body?.cancel();
      assertEquals(response.status, status, path);
      for (const name of ["X-Frame-Options", "X-Content-Type-Options", "X-Request-Id", "RateLimit"]) {
        assert(response.headers.has(name), `${path} ${name}`);
      }
    }
    await delay(50);
    assertEquals(lines.map((line) => JSON.parse(line).status).sort(), cases.map(([, , status]) => status).sort());
  });
});

Deno.test("the whole catalogue: what streams, streams", async () => {
  for (const path of ["/events/", "/stream/"]) {
    await serving(async (address, { open }) => {
      const response = await fetch(address + path);
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      assertEquals((await reader.read()).value, "data: 1\n\n");
      open();
      let rest = "";
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) rest += piece.value;
      assertEquals(rest, "data: 2\n\n");
    });
  }
});

Deno.test("the whole catalogue: a WebSocket is opened", async () => {
  await serving(async (address) => {
    const socket = new WebSocket(`${address.replace("http", "ws")}/socket/`);
    const heard = Promise.withResolvers<string>();
    socket.onopen = () => socket.send("hello");
    socket.onmessage = ({ data }) => heard.resolve(data);
    assertEquals(await heard.promise, "echo hello");
    const closed = new Promise((resolve) => socket.onclose = resolve);
    socket.close();
    await closed;
  });
});

Deno.test("the whole catalogue: a file is sent whole, a body arrives whole, HEAD has no body", async () => {
  await serving(async (address) => {
    assertEquals(await (await fetch(`${address}/file/`)).text(), await Deno.readTextFile(new URL(import.meta.url)));
    for (const body of ["hello", ReadableStream.from([encode("hel"), encode("lo")])]) {
      assertEquals(await (await fetch(`${address}/echo/`, { method: "PUT", body })).text(), "hello");
    }
    const head = await fetch(`${address}/`, { method: "HEAD" });
    assertEquals([head.status, await head.text()], [200, ""]);
  });
});

Deno.test("the whole catalogue: a form of another site is refused, whatever method it names", async () => {
  await serving(async (address) => {
    for (const headers of [{}, { "X-HTTP-Method-Override": "PUT" }]) {
      const sent = { ...headers, Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };
      const response = await fetch(`${address}/`, {
        method: "POST",
        headers: sent,
        body: new URLSearchParams({ _method: "DELETE" }),
      });
      await response.body?.cancel();
      assert(response.status === 403 || response.status === 405, String(response.status));
      assertEquals(response.headers.get("Access-Control-Allow-Origin"), null);
    }
  });
});
