/** recommended() in front of what a server does by itself: streams stream, sockets open, files are sent, visitors leave. */

import { type AppEvent, csrfExempt, html, htmlResponse, MemoryStore, recommended, routes } from "@nuages/web";
import { assert, assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";
import { served, twoPieces } from "../_serving.ts";

const encode = (text: string) => new TextEncoder().encode(text);

function site() {
  const events: AppEvent[] = [];
  const gate = Promise.withResolvers<void>();
  const left = Promise.withResolvers<void>();
  const app = recommended<{ seen: number }>({
    keys: [crypto.randomUUID()],
    store: new MemoryStore(),
    conditionalGet: true,
    onEvent: (event) => events.push(event),
  }).handle(routes({
    "GET /": () => htmlResponse(html`<p>${"All happy families are alike. ".repeat(50)}</p>`),
    "GET /events/": () => twoPieces("text/event-stream", gate.promise),
    "GET /stream/": () => twoPieces("text/html", gate.promise),
    "GET /session-stream/": async (_request, context) => {
      (await context.session()).set("seen", 1);
      return twoPieces("text/html", gate.promise);
    },
    "GET /endless/": () => {
      const leaving = new AbortController();
      const body = new ReadableStream({
        async pull(controller) {
          await delay(1, { signal: leaving.signal });
          controller.enqueue(encode("again and "));
        },
        cancel() {
          leaving.abort();
          left.resolve();
        },
      });
      return new Response(body, { headers: { "Content-Type": "text/plain" } });
    },
    "GET /socket/": async (request, context) => {
      const visits = (await context.session()).get("seen", 0);
      const { socket, response } = Deno.upgradeWebSocket(request);
      socket.onmessage = ({ data }) => socket.send(`${data} ${visits}`);
      return response;
    },
    "GET /file/": async () => new Response((await Deno.open(new URL(import.meta.url))).readable),
    "POST /echo/": csrfExempt(async (request) => new Response(await request.text())),
  }));
  return { app, events, open: () => gate.resolve(), left: left.promise };
}

function serving(use: (address: string, made: ReturnType<typeof site>) => Promise<void>): Promise<void> {
  return served(site(), use);
}

Deno.test("recommended() sends each piece of a stream when it is there, compressed or not, with a session or without", async () => {
  for (const path of ["/events/", "/stream/", "/session-stream/"]) {
    await serving(async (address, { open, events }) => {
      const response = await fetch(address + path);
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      assertEquals((await reader.read()).value, "data: 1\n\n");
      open();
      let rest = "";
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) rest += piece.value;
      assertEquals([rest, events], ["data: 2\n\n", []]);
      assertEquals(response.headers.getSetCookie().length, path === "/session-stream/" ? 1 : 0);
    });
  }
});

Deno.test("recommended() opens a WebSocket, whose view has asked for the session", async () => {
  await serving(async (address) => {
    const socket = new WebSocket(`${address.replace("http", "ws")}/socket/`);
    const heard = Promise.withResolvers<string>();
    socket.onopen = () => socket.send("hello");
    socket.onmessage = ({ data }) => heard.resolve(data);
    assertEquals(await heard.promise, "hello 0");
    const closed = new Promise((resolve) => socket.onclose = resolve);
    socket.close();
    await closed;
  });
});

Deno.test("recommended() lets a stream go whose visitor has left", async () => {
  await serving(async (address, { left }) => {
    const leaving = new AbortController();
    const response = await fetch(`${address}/endless/`, { signal: leaving.signal });
    const reader = response.body!.getReader();
    await reader.read();
    leaving.abort();
    await reader.read().catch(() => {});
    await left;
  });
});

Deno.test("recommended() sends a page compressed, a file whole, 304 for what the browser has, and a body arrives", async () => {
  await serving(async (address) => {
    const page = await fetch(address);
    assert((await page.text()).includes("All happy families"));
    const again = await fetch(address, { headers: { "If-None-Match": page.headers.get("ETag")! } });
    assertEquals([again.status, await again.text(), again.headers.get("X-Frame-Options")], [304, "", "DENY"]);
    assertEquals(await (await fetch(`${address}/file/`)).text(), await Deno.readTextFile(new URL(import.meta.url)));
    for (const body of ["hello", ReadableStream.from([encode("hel"), encode("lo")])]) {
      assertEquals(await (await fetch(`${address}/echo/`, { method: "POST", body })).text(), "hello");
    }
  });
});
