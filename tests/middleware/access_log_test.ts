/** accessLog(): a line for each request, and no secret in it. */

import {
  accessLog,
  type AccessLogEntry,
  type AccessLogOptions,
  type AppEvent,
  type Context,
  gzip,
  type Handler,
  methodOverride,
  NotFound,
  pipeline,
  type PipelineOptions,
  requestId,
} from "@nuages/web/middleware";
import { assert, assertEquals, assertInstanceOf, assertMatch, assertThrows } from "@std/assert";
import { delay } from "@std/async/delay";
import { FakeTime } from "@std/testing/time";

function site(
  options: Partial<AccessLogOptions> = {},
  view: Handler = () => new Response("hello"),
  pipelineOptions: PipelineOptions = {},
) {
  const lines: string[] = [];
  const app = pipeline(pipelineOptions)
    .use(accessLog({ write: (line) => lines.push(line), ...options }))
    .use(requestId({ accept: pipelineOptions.proxies ? "trusted" : "never" }))
    .handle(view);
  const ask = async (path = "/", init: RequestInit = {}) => {
    await app(new Request(`http://localhost${path}`, init));
    await delay(0);
    return lines.at(-1)!;
  };
  return { app, lines, ask };
}

const JSON_OF = (line: string): Record<string, unknown> => JSON.parse(line);

Deno.test("accessLog() writes an object of JSON: when, who, what, how it ended and how long it took", async () => {
  const { ask } = site();
  const { time, requestId, milliseconds, ...rest } = JSON_OF(
    await ask("/books/7/?token=secret", {
      headers: {
        Referer: "https://ada:pass@example.com/list/?q=secret#frag",
        "User-Agent": "Mozilla/5.0",
        Cookie: "a=secret",
      },
    }),
  );
  assertMatch(time as string, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assertMatch(requestId as string, /^[0-9a-f-]{36}$/);
  assert((milliseconds as number) >= 0 && (milliseconds as number) < 1000);
  assertEquals(rest, {
    address: "127.0.0.1",
    method: "GET",
    path: "/books/7/",
    status: 200,
    referer: "https://example.com/list/",
    userAgent: "Mozilla/5.0",
  });
});

Deno.test("accessLog() writes the formats that other programs read", async () => {
  using _time = new FakeTime(new Date("2026-01-05T09:08:07Z"));
  const headers = { Referer: "https://example.com/?q=1", "User-Agent": "Mozilla/5.0 (X11)" };
  const line = async (format: AccessLogOptions["format"], init: RequestInit = { headers }) => {
    const lines: string[] = [];
    const app = pipeline().use(accessLog({ write: (line) => lines.push(line), format: format! }))
      .handle(() => new Response("hello", { status: 201, headers: { "Content-Length": "5" } }));
    await app(new Request("http://localhost/books/?a=1", init));
    await Promise.resolve();
    return lines[0];
  };
  const common = '127.0.0.1 - - [05/Jan/2026:09:08:07 +0000] "GET /books/" 201 5';
  assertEquals(await line("common"), common);
  assertEquals(await line("combined"), `${common} "https://example.com/" "Mozilla/5.0 (X11)"`);
  assertEquals(await line("combined", {}), `${common} "-" "-"`);
  assertEquals(await line(({ method, path, status }) => `${status} ${method} ${path}`), "201 GET /books/");
});

Deno.test("accessLog() lets nothing out of its place, whatever a visitor sends", async () => {
  const hostile = 'x" 200 5 "\\" \x1b[2J \u0085 \u00e9 \t end';
  const init = { headers: { "User-Agent": hostile, Referer: 'no url "\x1b]0;x?secret' } };
  const combined = await site({ format: "combined" }).ask('/a"b\\c%0d%0aX', init);
  assertEquals(
    combined.replace(/^.*?\] /, ""),
    String.raw`"GET /a%22b/c%0d%0aX" 200 - "no url \"\x1b]0;x" "x\" 200 5 \"\\\" \x1b[2J \x85 \xe9 \x09 end"`,
  );
  const json = await site().ask("/", init);
  assertMatch(json, /^[\x20-\x7e]+$/);
  assertEquals(JSON_OF(json).userAgent, hostile);
  const long = JSON_OF(
    await site().ask("/", { headers: { "User-Agent": "x".repeat(60_000), Referer: "y".repeat(60_000) } }),
  );
  assertEquals([(long.userAgent as string).length, (long.referer as string).length], [512, 512]);
});

Deno.test("accessLog() writes how it ended: errors, redirects, refusals", async () => {
  const { ask } = site({}, () => {
    throw new NotFound();
  });
  assertEquals(JSON_OF(await ask("/x")).status, 404);
  const broken = site({}, () => {
    throw new Error("broken");
  }, { onEvent() {} });
  assertEquals(JSON_OF(await broken.ask()).status, 500);
});

Deno.test("accessLog() goes by the id that events and error pages go by", async () => {
  const { ask } = site({}, undefined, { proxies: { trust: ["127.0.0.1"] } });
  const line = JSON_OF(
    await ask("/", { headers: { "X-Request-Id": "7f3a-paris-0042", "X-Forwarded-For": "203.0.113.9" } }),
  );
  assertEquals([line.requestId, line.address], ["7f3a-paris-0042", "203.0.113.9"]);
});

Deno.test("accessLog() writes the method a request came with, and the bytes that gzip() has packed", async () => {
  const lines: string[] = [];
  const app = pipeline().use(accessLog({ write: (line) => lines.push(line) })).use(gzip()).use(methodOverride())
    .handle((request) => new Response(request.method.repeat(500)));
  const headers = { "X-HTTP-Method-Override": "DELETE", "Accept-Encoding": "gzip" };
  const response = await app(new Request("http://localhost/", { method: "POST", headers }));
  await delay(0);
  const { method, bytes } = JSON_OF(lines[0]!);
  assertEquals([method, bytes], ["POST", (await response.bytes()).length]);
});

Deno.test("accessLog() writes a line for a host that is none", async () => {
  const { app, lines } = site();
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app);
  using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.addr.port });
  await connection.write(new TextEncoder().encode("GET /x?secret HTTP/1.1\r\nHost: a b\r\n\r\n"));
  await connection.read(new Uint8Array(1000));
  await delay(20);
  assertEquals(lines.length, 1);
  assert(!lines[0]!.includes("secret"));
});

Deno.test("accessLog() writes when the response has been sent, and not before", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { app, lines } = site({}, () =>
    new Response(ReadableStream.from((async function* () {
      yield new TextEncoder().encode("first");
      await promise;
    })())));
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app);
  const response = await fetch(`http://127.0.0.1:${server.addr.port}/`);
  await delay(50);
  assertEquals(lines, []);
  resolve();
  assertEquals(await response.text(), "first");
  await delay(20);
  const { milliseconds } = JSON_OF(lines[0]!);
  assert((milliseconds as number) >= 45, String(milliseconds));
});

Deno.test("accessLog() writes a line also for a visitor who has left", async () => {
  const { app, lines } = site({}, () =>
    new Response(
      new ReadableStream({
        async pull(controller) {
          await delay(5);
          controller.enqueue(new Uint8Array(1000));
        },
      }),
    ));
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app);
  const controller = new AbortController();
  const response = await fetch(`http://127.0.0.1:${server.addr.port}/`, { signal: controller.signal });
  const reader = response.body!.getReader();
  await reader.read();
  controller.abort();
  await reader.closed.catch(() => {});
  for (let turn = 0; turn < 100 && lines.length === 0; turn++) await delay(10);
  assertEquals([lines.length, JSON_OF(lines[0]!).status], [1, 200]);
});

Deno.test("accessLog({ skip }) leaves requests out", async () => {
  const { ask, lines } = site({ skip: ({ path }: AccessLogEntry) => path === "/health" });
  await ask("/health");
  assertEquals(lines, []);
  await ask("/");
  assertEquals(lines.length, 1);
});

Deno.test("accessLog() says so when a line can't be written, and the visitor has the page", async () => {
  const events: AppEvent[] = [];
  // After the response has left, when Deno tells nothing of the request any more.
  const failing = [
    () => {
      throw new Error("the disk is full");
    },
    () => Promise.reject(new Error("the disk is full")),
  ];
  for (const write of failing) {
    const app = pipeline({ onEvent: (event) => events.push(event) }).use(accessLog({ write }))
      .handle((_request: Request, context: Context) => new Response(context.requestId));
    await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app);
    const response = await fetch(`http://127.0.0.1:${server.addr.port}/`);
    assertEquals([response.status, (await response.text()).length], [200, 36]);
    await delay(20);
  }
  assertEquals(events.map(({ name, error }) => [name, (error as Error).message]), [
    ["exception", "the disk is full"],
    ["exception", "the disk is full"],
  ]);
});

Deno.test("accessLog() refuses options that can't be meant, and stays synchronous", () => {
  assertThrows(() => accessLog({} as never), TypeError, "write must be a function");
  assertThrows(() => accessLog({ write: () => {}, format: "apache" as never }), TypeError, '"combined" or a function');
  assertThrows(
    () => accessLog({ write: () => {}, format: "toString" as never }),
    TypeError,
    '"combined" or a function',
  );
  assertThrows(() => accessLog({ write: () => {}, skip: "/health" as never }), TypeError, "skip must be a function");
  assertInstanceOf(site().app(new Request("http://localhost/")), Response);
});
