/** Through a real Deno.serve: what streams, what switches protocols, what is cut off. */

import {
  type App,
  type AppEvent,
  chain,
  type Middleware,
  NotFound,
  pipeline,
  redirect,
  routes,
} from "@nuages/web/middleware";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { delay } from "@std/async/delay";
import { ServerSentEventStream } from "@std/http/server-sent-event-stream";

const encode = (text: string) => new TextEncoder().encode(text);

/** A layer that adds a header and a cookie, and reads one, as half of the catalogue does. */
const busy: Middleware = (next) =>
  function busy(request, context) {
    context.cookies.get("visits");
    context.cookies.set("visits", "1", { secure: false });
    return chain(next(request, context), (response) => {
      response.headers.set("X-Layer", "busy");
      return response;
    });
  };

/** Serves an application while the callback runs; whatever it waits for comes within ten seconds. */
async function serving(app: App, use: (address: string, port: number) => Promise<void>): Promise<void> {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, app);
  try {
    await deadline(use(`http://127.0.0.1:${server.addr.port}`, server.addr.port), 10_000);
  } finally {
    await server.shutdown();
  }
}

/** Sends bytes and gives whatever comes back until the connection is closed. */
async function wire(port: number, text: string): Promise<string> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(encode(text));
  return await new Response(connection.readable).text();
}

/** Something to wait for. */
function gate(): { open: () => void; opened: Promise<void> } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { open: resolve, opened: promise };
}

Deno.test("a stream isn't buffered: the first piece arrives before the second is made", async () => {
  const { open, opened } = gate();
  const app = pipeline().use(busy).use(busy).handle(() =>
    new Response(
      new ReadableStream({
        async start(controller) {
          controller.enqueue(encode("first"));
          await opened;
          controller.enqueue(encode("second"));
          controller.close();
        },
      }),
    )
  );
  await serving(app, async (address) => {
    const response = await fetch(address);
    assertEquals(response.headers.get("X-Layer"), "busy");
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    assertEquals(await reader.read(), { done: false, value: "first" });
    open();
    assertEquals(await reader.read(), { done: false, value: "second" });
    assertEquals((await reader.read()).done, true);
  });
});

Deno.test("an event stream passes event by event", async () => {
  const { open, opened } = gate();
  const app = pipeline().use(busy).handle(() => {
    const events = new ReadableStream({
      async start(controller) {
        controller.enqueue({ event: "tick", data: "1" });
        await opened;
        controller.enqueue({ event: "tick", data: "2" });
        controller.close();
      },
    });
    return new Response(events.pipeThrough(new ServerSentEventStream()), {
      headers: { "Content-Type": "text/event-stream" },
    });
  });
  await serving(app, async (address) => {
    const response = await fetch(address);
    assertEquals(response.headers.get("Content-Type"), "text/event-stream");
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    assertStringIncludes((await reader.read()).value!, "data:1");
    open();
    let rest = "";
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) rest += piece.value;
    assertStringIncludes(rest, "data:2");
  });
});

Deno.test("a visitor who leaves cancels the stream", async () => {
  const cancelled = gate();
  const leaving = new AbortController();
  const app = pipeline().use(busy).handle(() =>
    new Response(
      new ReadableStream({
        async pull(controller) {
          await delay(5, { signal: leaving.signal });
          controller.enqueue(encode("x".repeat(1000)));
        },
        cancel() {
          leaving.abort();
          cancelled.open();
        },
      }),
    )
  );
  await serving(app, async (address) => {
    const controller = new AbortController();
    const response = await fetch(address, { signal: controller.signal });
    const reader = response.body!.getReader();
    await reader.read();
    controller.abort();
    await reader.closed.catch(() => {});
    await cancelled.opened;
  });
});

Deno.test("a stream that breaks after the response has left is no exception of the pipeline", async () => {
  const events: AppEvent[] = [];
  const app = pipeline({ onEvent: (event) => events.push(event) }).use(busy).handle(() => {
    let pieces = 0;
    return new Response(
      new ReadableStream({
        pull(controller) {
          if (pieces++ === 0) controller.enqueue(encode("first"));
          else controller.error(new Error("the disk is gone"));
        },
      }),
    );
  });
  await serving(app, async (address) => {
    const response = await fetch(address);
    assertEquals(response.status, 200);
    assertEquals(await response.text().then(() => "whole", () => "broken"), "broken");
  });
  assertEquals(events, []);
});

Deno.test("a WebSocket opens through layers that set headers and cookies", async () => {
  const app = pipeline().use(busy).use((next) => async (request, context) => {
    const response = await next(request, context);
    response.headers.append("X-Late", "late");
    return response;
  }).handle((request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onmessage = ({ data }) => {
      socket.send(`echo ${data}`);
      socket.close();
    };
    return response;
  });
  await serving(app, async (address, port) => {
    const socket = new WebSocket(address.replace("http", "ws"));
    socket.onopen = () => socket.send("hello");
    const closed = gate();
    socket.onclose = closed.open;
    const message = await new Promise((resolve) => socket.onmessage = ({ data }) => resolve(data));
    assertEquals(message, "echo hello");
    await closed.opened;

    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(encode(
      "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    ));
    const buffer = new Uint8Array(4096);
    const head = new TextDecoder().decode(buffer.subarray(0, (await connection.read(buffer))!)).toLowerCase();
    assertStringIncludes(head, "http/1.1 101 switching protocols");
    assertStringIncludes(head, "sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=");
    assertStringIncludes(head, "x-layer: busy");
    assertStringIncludes(head, "x-late: late");
    assertStringIncludes(head, "set-cookie: visits=1;");
    connection.close();
  });
});

Deno.test("a request to upgrade that is none is a 4xx or a 500 of the pipeline, not of Deno", async () => {
  const app = pipeline({ onEvent: () => {} }).use(busy).handle((request) => Deno.upgradeWebSocket(request).response);
  await serving(app, async (address) => {
    const response = await fetch(address);
    assertEquals([response.status, response.headers.get("X-Layer")], [500, "busy"]);
    await response.body?.cancel();
  });
});

Deno.test("HEAD has the headers of GET, its Content-Length too, and no body", async () => {
  const app = pipeline().use(busy).handle(routes({
    "GET /text": () => new Response("hello"),
    "GET /length": () => new Response(new Blob(["hello"]).stream(), { headers: { "Content-Length": "5" } }),
    "GET /missing": () => {
      throw new NotFound("no such page");
    },
  }));
  await serving(app, async (_address, port) => {
    for (const path of ["/text", "/length"]) {
      const answer = await wire(port, `HEAD ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
      const [head, body] = answer.split("\r\n\r\n");
      assertStringIncludes(head!.toLowerCase(), "content-length: 5");
      assertStringIncludes(head!.toLowerCase(), "x-layer: busy");
      assertEquals(body, "");
    }
    const missing = await wire(port, "HEAD /missing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    assert(missing.startsWith("HTTP/1.1 404 Not Found"));
    assert(missing.endsWith("\r\n\r\n"));
  });
});

Deno.test("HEAD cancels the stream that GET would have sent", async () => {
  const cancelled = gate();
  const app = pipeline().use(busy).handle(() =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.enqueue(encode("x")),
        cancel: () => cancelled.open(),
      }),
    )
  );
  await serving(app, async (address) => {
    const response = await fetch(address, { method: "HEAD" });
    assertEquals([response.status, await response.text()], [200, ""]);
    await cancelled.opened;
  });
});

Deno.test("204 and 304 pass without a body, with the headers of the layers", async () => {
  const app = pipeline().use(busy).handle(routes({
    "/204": () => new Response(null, { status: 204 }),
    "/304": () => new Response(null, { status: 304, headers: { ETag: '"1"' } }),
  }));
  await serving(app, async (address) => {
    for (const status of [204, 304]) {
      const response = await fetch(`${address}/${status}`);
      assertEquals([response.status, response.headers.get("X-Layer"), await response.text()], [status, "busy", ""]);
      assertEquals(response.headers.getSetCookie().length, 1);
    }
  });
});

Deno.test("redirects pass, whoever makes them, and layers add their headers", async () => {
  const app = pipeline().use(busy).handle(routes({
    "/own": () => redirect("/there"),
    "/deno": () => Response.redirect("http://localhost/there", 307),
  }));
  await serving(app, async (address) => {
    for (
      const [path, status, location] of [["/own", 303, "/there"], ["/deno", 307, "http://localhost/there"]] as const
    ) {
      const response = await fetch(address + path, { redirect: "manual" });
      assertEquals([response.status, response.headers.get("Location"), response.headers.get("X-Layer")], [
        status,
        location,
        "busy",
      ]);
      assertEquals(response.headers.getSetCookie().length, 1);
      await response.body?.cancel();
    }
  });
});

Deno.test("what fetch answered passes as it is, streamed, and layers add their headers", async () => {
  const { open, opened } = gate();
  const upstream: App = pipeline().handle(() => {
    const body = new ReadableStream({
      async start(controller) {
        controller.enqueue(encode("first"));
        await opened;
        controller.enqueue(encode("second"));
        controller.close();
      },
    });
    const headers = new Headers([["Set-Cookie", "a=1"], ["Set-Cookie", "b=2"], ["X-From", "upstream"]]);
    return new Response(body, { status: 418, headers });
  });
  await serving(upstream, async (upstreamAddress) => {
    await serving(pipeline().use(busy).handle(() => fetch(upstreamAddress)), async (address) => {
      const response = await fetch(address);
      const { headers } = response;
      assertEquals([response.status, headers.get("X-From"), headers.get("X-Layer")], [418, "upstream", "busy"]);
      assertEquals(headers.getSetCookie().map((cookie) => cookie.split(";")[0]), ["a=1", "b=2", "visits=1"]);
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      assertEquals((await reader.read()).value, "first");
      open();
      assertEquals((await reader.read()).value, "second");
      assertEquals((await reader.read()).done, true);
    });
  });
});

Deno.test("the context is that of the connection", async () => {
  const app = pipeline().handle(async (_request, context) => {
    const { remoteAddr, client, url, completed } = context;
    assert(completed instanceof Promise);
    assertEquals(remoteAddr.transport, "tcp");
    return await Promise.resolve(Response.json([client.address, client.loopback, client.origin, url.pathname]));
  });
  await serving(app, async (address) => {
    assertEquals(await (await fetch(`${address}/a?b`)).json(), ["127.0.0.1", true, address, "/a"]);
  });
});

Deno.test("the context's completed settles when the response has been sent", async () => {
  const sent = gate();
  const app = pipeline().handle((_request, context) => {
    context.completed.then(sent.open);
    return new Response("x");
  });
  await serving(app, async (address) => {
    assertEquals(await (await fetch(address)).text(), "x");
    await sent.opened;
  });
  await pipeline().handle(async (_request, context) => {
    await context.completed;
    return new Response();
  })(new Request("http://localhost/"));
});

Deno.test("a proxy on a Unix socket is believed when it is trusted", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/web.sock`;
  const app = pipeline({ proxies: { trust: ["unix"], host: true } }).handle((_request, { client }) =>
    Response.json([client.address, client.origin])
  );
  const server = Deno.serve({ transport: "unix", path, onListen: () => {} }, app);
  const ask = async (headers: string) => {
    const connection = await Deno.connect({ transport: "unix", path });
    await connection.write(encode(`GET / HTTP/1.1\r\nHost: inner\r\nConnection: close\r\n${headers}\r\n`));
    const answer = await new Response(connection.readable).text();
    return answer.startsWith("HTTP/1.1 400") ? "400" : answer.split("\r\n\r\n")[1];
  };
  assertEquals(
    await ask("X-Forwarded-For: 203.0.113.7\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: shop.example\r\n"),
    '["203.0.113.7","https://shop.example"]',
  );
  assertEquals(await ask(""), '["","http://inner"]');
  assertEquals(await ask("X-Forwarded-Host: a b\r\n"), "400");
  await server.shutdown();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("an application without the connection's info answers as to this machine", async () => {
  const app = pipeline().use(busy).handle((_request, context) => new Response(context.client.address));
  assertEquals(await (await app(new Request("http://localhost/"))).text(), "127.0.0.1");
  assertEquals(await (await app.fetch(new Request("http://localhost/"))).text(), "127.0.0.1");
});

Deno.test("a request that was aborted already is answered; what waited for it is no exception", async () => {
  const events: AppEvent[] = [];
  const build = (view: (request: Request) => Response | Promise<Response>) =>
    pipeline({ onEvent: (event) => events.push(event) }).use(busy).handle(view);
  const aborted = (reason?: unknown) => new Request("http://localhost/", { signal: AbortSignal.abort(reason) });
  assertEquals((await build(() => new Response("x"))(aborted())).status, 200);
  assertEquals(events, []);

  const waiting = build(async (request) => {
    await delay(1000, { signal: request.signal });
    return new Response();
  });
  assertEquals((await waiting(aborted())).status, 499);
  assertEquals(
    (await build((request) => fetch("http://127.0.0.1:9/", { signal: request.signal }))(aborted())).status,
    499,
  );
  assertEquals(events.map(({ name }) => name), ["request.aborted", "request.aborted"]);
});

Deno.test("an abort that has nothing to do with the visitor is an exception", async () => {
  const events: AppEvent[] = [];
  const app = pipeline({ onEvent: (event) => events.push(event) }).handle(() => {
    throw new DOMException("The upload was cancelled", "AbortError");
  });
  assertEquals((await app(new Request("http://localhost/"))).status, 500);
  assertEquals(events.map(({ name }) => name), ["exception"]);
});

Deno.test("a visitor who leaves while the view reads the body is an event, no exception", async () => {
  const events: AppEvent[] = [];
  const told = gate();
  const app = pipeline({
    onEvent: (event) => {
      events.push(event);
      told.open();
    },
  }).use(busy).handle(async (request) => new Response(await request.text()));
  await serving(app, async (_address, port) => {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(encode("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc"));
    await delay(50);
    connection.close();
    await told.opened;
  });
  assertEquals(events.map(({ name, method, path }) => [name, method, path]), [["request.aborted", "POST", "/"]]);
});

Deno.test("a visitor who leaves while the view works leaves the server working", async () => {
  const entered = gate();
  const left = gate();
  const events: AppEvent[] = [];
  const app = pipeline({ onEvent: (event) => events.push(event) }).use(busy).handle(routes({
    "/slow": async (request) => {
      entered.open();
      await new Promise<void>((resolve) => request.signal.addEventListener("abort", () => resolve()));
      left.open();
      return new Response("nobody reads this");
    },
    "/": () => new Response("still here"),
  }));
  await serving(app, async (address, port) => {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(encode("GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n"));
    await entered.opened;
    connection.close();
    await left.opened;
    assertEquals(await (await fetch(address)).text(), "still here");
  });
  assertEquals(events.filter(({ name }) => name === "exception"), []);
});

Deno.test("whatever comes over the wire is answered, and never with a 500", async () => {
  const events: AppEvent[] = [];
  const app = pipeline({ onEvent: (event) => events.push(event) }).use(busy).use((next) => (request, context) => {
    context.url;
    context.client.host;
    context.client.loopback;
    return next(request, context);
  }).handle(routes({
    "GET /": (_request, context) => new Response(context.url.href),
    "/books/:id/": (_request, context) => new Response(context.params.id),
    "POST /form": async (_request, context) => Response.json([...await context.form()].length),
  }));
  const close = "Connection: close\r\n\r\n";
  const lines: [string, number[]][] = [
    [`GET / HTTP/1.1\r\nHost: a b\r\n${close}`, [400]],
    [`GET / HTTP/1.1\r\nHost: [\r\n${close}`, [400]],
    [`GET / HTTP/1.1\r\nHost: [::1]:80\r\n${close}`, [200]],
    [`GET / HTTP/1.1\r\nHost: x/y\r\n${close}`, [400]],
    [`GET / HTTP/1.1\r\nHost: x/books/1\r\n${close}`, [400]],
    [`GET /books/1/ HTTP/1.1\r\nHost: x?\r\n${close}`, [400]],
    [`GET /books/1/ HTTP/1.1\r\nHost: x#\r\n${close}`, [400]],
    [`GET / HTTP/1.1\r\nHost: user@host\r\n${close}`, [400]],
    [`GET / HTTP/1.1\r\nHost: user:pass@host:80\r\n${close}`, [400]],
    [`GET / HTTP/1.1\r\nHost: x:99999\r\n${close}`, [400]],
    [`GET / HTTP/1.1\r\nHost: caf\u00e9.example\r\n${close}`, [400]],
    [`GET / HTTP/1.1\r\nHost: ${"a".repeat(5000)}\r\n${close}`, [200, 400]],
    [`GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n${close}`, [400]],
    [`GET / HTTP/1.1\r\nHost:\r\n${close}`, [200]],
    [`GET / HTTP/1.0\r\n\r\n`, [200]],
    [`GET / HTTP/1.1\r\n${close}`, [200, 400]],
    [`OPTIONS * HTTP/1.1\r\nHost: x\r\n${close}`, [200, 204, 404]],
    [`GET * HTTP/1.1\r\nHost: x\r\n${close}`, [400, 404]],
    [`GET http://abs.example:81/ HTTP/1.1\r\nHost: x\r\n${close}`, [200]],
    [`GET http://abs.example:81 HTTP/1.1\r\nHost: x\r\n${close}`, [200]],
    [`GET http://u:p@abs.example/ HTTP/1.1\r\nHost: x\r\n${close}`, [400]],
    [`GET ftp://h/ HTTP/1.1\r\nHost: x\r\n${close}`, [400]],
    [`GET //evil/%ZZ HTTP/1.1\r\nHost: x\r\n${close}`, [404]],
    [`GET /books/%ZZ/ HTTP/1.1\r\nHost: x\r\n${close}`, [400]],
    [`GET /books/%ff%00/ HTTP/1.1\r\nHost: x\r\n${close}`, [400]],
    [`GET /books/%00/ HTTP/1.1\r\nHost: x\r\n${close}`, [200]],
    [`GET /books/__proto__/ HTTP/1.1\r\nHost: x\r\n${close}`, [200]],
    [`GET /a/../../../books/1/ HTTP/1.1\r\nHost: x\r\n${close}`, [200]],
    [`GET /\\evil.example/..\\..\\x HTTP/1.1\r\nHost: x\r\n${close}`, [404]],
    [`GET /#fragment HTTP/1.1\r\nHost: x\r\n${close}`, [200, 400]],
    [`GET /caf\u00e9 HTTP/1.1\r\nHost: x\r\n${close}`, [400, 404]],
    [`GET /\x01 HTTP/1.1\r\nHost: x\r\n${close}`, [400]],
    [`GET /a b HTTP/1.1\r\nHost: x\r\n${close}`, [400]],
    [`GET /${"a".repeat(20_000)} HTTP/1.1\r\nHost: x\r\n${close}`, [404]],
    [`GET /${"/".repeat(20_000)} HTTP/1.1\r\nHost: x\r\n${close}`, [404]],
    [`GET /?${"&".repeat(20_000)} HTTP/1.1\r\nHost: x\r\n${close}`, [200]],
    [`get / HTTP/1.1\r\nHost: x\r\n${close}`, [400, 405]],
    [`FOO-BAR / HTTP/1.1\r\nHost: x\r\n${close}`, [405]],
    [`TRACE / HTTP/1.1\r\nHost: x\r\n${close}`, [405]],
    [`CONNECT x:80 HTTP/1.1\r\nHost: x\r\n${close}`, [400, 405]],
    [`PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n`, [0]],
    [`GET / HTTP/1.1\r\nHost: x\r\nCookie: =\r\nCookie: a=b;;=;\u00ff\r\n${close}`, [200]],
    [`GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-Host: a b\r\nForwarded: host="\r\n${close}`, [200]],
    [`GET / HTTP/1.1\r\nHost: x\r\nAccept: ${';,"\\'.repeat(3000)}\r\n${close}`, [200]],
    [`GET /none HTTP/1.1\r\nHost: x\r\nAccept: ${';,"\\'.repeat(3000)}\r\n${close}`, [404]],
    [`POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n${close}`, [200]],
    [`POST /form HTTP/1.1\r\nHost: x\r\nContent-Type: \u00ff\r\nContent-Length: 1\r\n${close}a`, [415]],
    [`POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n${close}`, [400]],
    [`POST /form HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n${close}`, [400]],
    [
      `POST /form HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 99999999999\r\n${close}`,
      [413],
    ],
    ["\x00\x01\x02\r\n\r\n", [0, 400]],
    ["\r\n\r\n\r\n\r\n", [0, 400]],
  ];
  await serving(app, async (address, port) => {
    for (const [line, allowed] of lines) {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      await connection.write(Uint8Array.from(line, (character) => character.charCodeAt(0)));
      await connection.closeWrite();
      const answer = await new Response(connection.readable).text().catch(() => "");
      const status = Number(/^HTTP\/1\.[01] (\d+)/.exec(answer)?.[1] ?? 0);
      assert(allowed.includes(status), `${JSON.stringify(line.slice(0, 80))} ${status}`);
    }
    assertEquals(await (await fetch(address)).text(), `${address}/`);
  });
  assertEquals(events.filter(({ name }) => name === "exception"), []);
});

Deno.test("a pipeline without layers leaves it to the server to refuse a response that was sent before", async () => {
  const kept = new Response("hello");
  const app = pipeline().handle(() => kept);
  const onError = (error: unknown) => new Response(String(error), { status: 500 });
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {}, onError }, app);
  const ask = async () => {
    const response = await fetch(`http://127.0.0.1:${server.addr.port}/`);
    return [response.status, await response.text()];
  };

  assertEquals(await ask(), [200, "hello"]);
  const [status, text] = await ask();
  assertEquals(status, 500);
  assertStringIncludes(String(text), "already been consumed");
});
