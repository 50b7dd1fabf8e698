/** conditionalGet() and condition(): what a browser has isn't sent again, and what others have changed isn't overwritten. */

import {
  type AppEvent,
  condition,
  conditionalGet,
  type ConditionOptions,
  gzip,
  type Handler,
  type HasParams,
  pipeline,
  routes,
  security,
} from "@nuages/web/middleware";
import { assert, assertEquals, assertInstanceOf, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { delay } from "@std/async/delay";
import { assertLinear } from "../_growth.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const request = (headers: HeadersInit = {}, method = "GET") => new Request("http://localhost/", { method, headers });
const site = (view: Handler) => pipeline().use(conditionalGet()).handle(view);

const SUNDAY = "Sun, 06 Nov 1994 08:49:37 GMT";
const EARLIER = "Sun, 06 Nov 1994 08:49:36 GMT";
const LATER = "Sun, 06 Nov 1994 08:49:38 GMT";

Deno.test("conditionalGet() tags a text by what it holds, and answers 304 to who has it", async () => {
  let text = "hello";
  const app = site(() => new Response(text));
  const first = await app(request());
  const tag = first.headers.get("ETag")!;
  assertMatch(tag, /^"[\w-]{22}"$/);
  assertEquals([first.status, await first.text()], [200, "hello"]);
  assertEquals((await app(request())).headers.get("ETag"), tag);

  const second = await app(request({ "If-None-Match": tag }));
  assertEquals([second.status, second.body, second.headers.get("ETag")], [304, null, tag]);
  assertEquals(second.headers.get("Content-Type"), null);

  text = "hello again";
  const third = await app(request({ "If-None-Match": tag }));
  assertEquals([third.status, await third.text()], [200, "hello again"]);
  assertNotEquals(third.headers.get("ETag"), tag);
});

Deno.test("conditionalGet() tags bytes and JSON too", async () => {
  for (const view of [() => new Response(encode("hello")), () => Response.json(["hello"])]) {
    assertMatch((await site(view)(request())).headers.get("ETag")!, /^"/);
  }
});

Deno.test("conditionalGet() lets a tag and a date of the view stand", async () => {
  const headers = { ETag: 'W/"7,8"', "Last-Modified": SUNDAY };
  const app = site(() => new Response("hello", { headers }));
  const status = async (sent: HeadersInit) => (await app(request(sent))).status;
  assertEquals((await app(request())).headers.get("ETag"), 'W/"7,8"');
  assertEquals(await status({ "If-None-Match": '"7,8"' }), 304);
  assertEquals(await status({ "If-None-Match": '"a", W/"7,8"' }), 304);
  assertEquals(await status({ "If-None-Match": '"7", "8"' }), 200);
  assertEquals(await status({ "If-Modified-Since": SUNDAY }), 304);
});

Deno.test("conditions are judged in the order of RFC 9110 §13.2.2", async () => {
  const cases: [sent: Record<string, string>, status: number][] = [
    [{}, 200],
    [{ "If-None-Match": "*" }, 304],
    [{ "If-None-Match": '"7"' }, 304],
    [{ "If-None-Match": 'W/"7"' }, 304],
    [{ "If-None-Match": '"1" , "7"' }, 304],
    [{ "If-None-Match": ',,"7",' }, 304],
    [{ "If-None-Match": '"8"' }, 200],
    [{ "If-None-Match": "7" }, 200],
    [{ "If-None-Match": '"7' }, 200],
    [{ "If-None-Match": 'w/"7"' }, 200],
    [{ "If-None-Match": '"7" "8"' }, 200],
    [{ "If-None-Match": "" }, 200],
    [{ "If-Match": "*" }, 200],
    [{ "If-Match": '"7"' }, 200],
    [{ "If-Match": '"1", "7"' }, 200],
    [{ "If-Match": 'W/"7"' }, 412],
    [{ "If-Match": '"8"' }, 412],
    [{ "If-Match": "nonsense" }, 412],
    [{ "If-Modified-Since": SUNDAY }, 304],
    [{ "If-Modified-Since": LATER }, 304],
    [{ "If-Modified-Since": EARLIER }, 200],
    [{ "If-Modified-Since": "Sunday, 06-Nov-94 08:49:37 GMT" }, 304],
    [{ "If-Modified-Since": "Sun Nov  6 08:49:37 1994" }, 304],
    [{ "If-Modified-Since": "2030" }, 200],
    [{ "If-Modified-Since": "2030-01-01T00:00:00Z" }, 200],
    [{ "If-Modified-Since": "never" }, 200],
    [{ "If-Unmodified-Since": SUNDAY }, 200],
    [{ "If-Unmodified-Since": LATER }, 200],
    [{ "If-Unmodified-Since": EARLIER }, 412],
    [{ "If-Unmodified-Since": "1970" }, 200],
    // The tag has the say where both are sent.
    [{ "If-None-Match": '"8"', "If-Modified-Since": LATER }, 200],
    [{ "If-None-Match": '"7"', "If-Modified-Since": EARLIER }, 304],
    [{ "If-Match": '"7"', "If-Unmodified-Since": EARLIER }, 200],
    [{ "If-Match": '"8"', "If-Unmodified-Since": LATER }, 412],
    // What fails comes before what saves.
    [{ "If-Match": '"8"', "If-None-Match": '"7"' }, 412],
    [{ "If-Match": '"7"', "If-None-Match": '"7"' }, 304],
    [{ "If-Unmodified-Since": EARLIER, "If-None-Match": '"7"' }, 412],
    [{ "If-Unmodified-Since": SUNDAY, "If-Modified-Since": SUNDAY }, 304],
  ];
  const headers = { ETag: '"7"', "Last-Modified": SUNDAY };
  const apps = {
    conditionalGet: site(() => new Response("hello", { headers })),
    condition: pipeline().handle(
      condition({ etag: () => "7", lastModified: () => new Date(SUNDAY) })(() => new Response("hello")),
    ),
  };
  for (const [name, app] of Object.entries(apps)) {
    for (const [sent, status] of cases) {
      for (const method of ["GET", "HEAD"]) {
        assertEquals((await app(request(sent, method))).status, status, `${name} ${method} ${Deno.inspect(sent)}`);
      }
    }
  }
});

Deno.test("conditionalGet() keeps cookies, Vary and Cache-Control on a 304, and drops what is about the body", async () => {
  const app = pipeline().use(security()).use(conditionalGet()).handle((_request, context) => {
    context.cookies.set("seen", "1", { secure: false });
    return new Response("hello", {
      headers: [
        ["Vary", "Accept-Language"],
        ["Cache-Control", "private, max-age=60"],
        ["Expires", SUNDAY],
        ["Content-Language", "en"],
        ["Content-Location", "/index.html"],
        ["Content-Security-Policy", "script-src 'nonce-1'"],
        ["Set-Cookie", "a=1"],
        ["Set-Cookie", "b=2"],
        ["Access-Control-Allow-Origin", "https://example.com"],
      ],
    });
  });
  const tag = (await app(request())).headers.get("ETag")!;
  const { status, headers } = await app(request({ "If-None-Match": tag }));
  assertEquals(status, 304);
  assertEquals(headers.get("Vary"), "Accept-Language");
  assertEquals(headers.get("Cache-Control"), "private, max-age=60");
  assertEquals([headers.get("Expires"), headers.get("Content-Location")], [SUNDAY, "/index.html"]);
  assertEquals(headers.getSetCookie().map((cookie) => cookie.split(";")[0]), ["a=1", "b=2", "seen=1"]);
  assertEquals(headers.get("Access-Control-Allow-Origin"), "https://example.com");
  assertEquals(headers.get("X-Content-Type-Options"), "nosniff");
  for (const name of ["Content-Type", "Content-Length", "Content-Language", "Content-Security-Policy"]) {
    assertEquals(headers.get(name), null, name);
  }
});

Deno.test("conditionalGet() keeps cookies and Vary on a 412", async () => {
  const app = site(() => new Response("hello", { headers: { "Set-Cookie": "a=1", Vary: "Cookie", ETag: '"7"' } }));
  const { status, headers } = await app(request({ "If-Match": '"8"' }));
  assertEquals([status, headers.get("Set-Cookie"), headers.get("ETag")], [412, "a=1", null]);
  assert(headers.get("Vary")!.includes("Cookie"));
});

Deno.test("conditionalGet() lets alone what isn't a successful GET or HEAD, and what is no-store", async () => {
  const cases: [init: ResponseInit, method: string][] = [
    [{}, "POST"],
    [{}, "OPTIONS"],
    [{ status: 404 }, "GET"],
    [{ status: 500 }, "GET"],
    [{ status: 302, headers: { Location: "/" } }, "GET"],
    [{ headers: { "Cache-Control": "No-Store" } }, "GET"],
    [{ headers: { "Cache-Control": "private, no-store" } }, "GET"],
    [{ status: 201 }, "GET"],
    [{ headers: { "Content-Type": "text/event-stream" } }, "GET"],
  ];
  for (const [init, method] of cases) {
    const response = await site(() => new Response("hello", init))(request({ "If-None-Match": "*" }, method));
    assertEquals([response.status, response.headers.get("ETag")], [init.status ?? 200, null], Deno.inspect(init));
    assertEquals(await response.text(), "hello");
  }
  const empty = await site(() => new Response(""))(request());
  assertEquals(empty.headers.get("ETag"), null);
});

Deno.test("conditionalGet() doesn't wait for a stream, be it endless", async () => {
  const app = pipeline().use(gzip()).use(conditionalGet()).handle(routes({
    "/events": () => new Response(ticks(), { headers: { "Content-Type": "text/event-stream" } }),
    "/ticks": () => new Response(ticks(), { headers: { "Content-Type": "text/plain" } }),
  }));
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app);
  for (const path of ["/events", "/ticks"]) {
    const response = await deadline(fetch(`http://127.0.0.1:${server.addr.port}${path}`), 30_000);
    assertEquals(response.headers.get("ETag"), null);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    assertEquals((await deadline(reader.read(), 30_000)).value, "tick ");
    assertEquals((await deadline(reader.read(), 30_000)).value, "tick ");
    await reader.cancel();
  }
});

Deno.test("conditionalGet() doesn't hold back the head of a stream that has nothing to say yet", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const app = site(() =>
    new Response(ReadableStream.from((async function* () {
      await promise;
      yield encode("late");
    })()))
  );
  const response = await deadline(Promise.resolve(app(request())), 30_000);
  resolve();
  assertEquals(await response.text(), "late");
});

Deno.test("conditionalGet() lets a body go that isn't sent", async () => {
  const cancelled = Promise.withResolvers<void>();
  const app = site(() => {
    const body = new ReadableStream({ cancel: () => cancelled.resolve() }, { highWaterMark: 0 });
    return new Response(body, { headers: { ETag: '"7"' } });
  });
  assertEquals((await app(request({ "If-None-Match": '"7"' }))).status, 304);
  await cancelled.promise;
});

Deno.test("conditionalGet() closes a file that isn't sent", async () => {
  const path = await Deno.makeTempFile();
  // Deno reads 64 KiB at a time: a shorter file may be there as a whole before anybody looks.
  const text = "hello".repeat(50_000);
  await Deno.writeTextFile(path, text);
  const app = site(async () =>
    new Response((await Deno.open(path)).readable, { headers: { "Last-Modified": SUNDAY } })
  );
  // Deno's sanitizer of resources fails the test if the file stays open.
  assertEquals((await app(request({ "If-Modified-Since": SUNDAY }))).status, 304);
  const whole = await app(request());
  assertEquals(whole.headers.get("ETag"), null);
  assert(await whole.text() === text);
  await Deno.remove(path);
});

Deno.test("conditionalGet() inside gzip(): the browser's weak tag of the compressed page is known again", async () => {
  const text = "All happy families are alike. ".repeat(50);
  const app = pipeline().use(gzip()).use(conditionalGet()).handle(() => new Response(text));
  const first = await app(request({ "Accept-Encoding": "gzip" }));
  const tag = first.headers.get("ETag")!;
  assertMatch(tag, /^W\/"/);
  const second = await app(request({ "Accept-Encoding": "gzip", "If-None-Match": tag }));
  assertEquals(second.status, 304);
});

Deno.test("conditionalGet() answers HEAD as GET through Deno.serve, with its length", async () => {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, site(() => new Response("hello")));
  const address = `http://127.0.0.1:${server.addr.port}/`;
  const [head, get] = [await fetch(address, { method: "HEAD" }), await fetch(address)];
  assertEquals([head.headers.get("ETag"), head.headers.get("Content-Length")], [get.headers.get("ETag"), "5"]);
  assertEquals(get.headers.get("Content-Length"), "5");
  assertEquals(await get.text(), "hello");
  const headers = { "If-None-Match": get.headers.get("ETag")! };
  assertEquals((await fetch(address, { headers, method: "HEAD" })).status, 304);
  const again = await fetch(address, { headers });
  assertEquals([again.status, await again.text()], [304, ""]);
});

Deno.test("conditions that are meant to be slow take time in proportion to their length", async () => {
  const app = site(() => new Response("hello", { headers: { ETag: '"7"', "Last-Modified": SUNDAY } }));
  const texts = [
    (size: number) => '"a",'.repeat(size / 4),
    (size: number) => " ".repeat(size),
    (size: number) => "\t".repeat(size) + "x",
    (size: number) => 'W/"'.repeat(size / 3),
    (size: number) => ",".repeat(size),
  ];
  await assertLinear(60_000, texts, (text) => app(request({ "If-None-Match": text, "If-Match": text })));
  await assertLinear(60_000, texts, (text) => app(request({ "If-Modified-Since": text })));
});

// condition()

const api = (calls: string[], options: ConditionOptions) => {
  const view = (request: Request) => {
    calls.push(request.method);
    return new Response(request.method === "GET" ? "hello" : null);
  };
  return pipeline().handle(condition(options)(view));
};

Deno.test("condition() doesn't call the view for what the browser has", async () => {
  const calls: string[] = [];
  const app = api(calls, { etag: () => "7", lastModified: () => new Date(SUNDAY) });
  const first = await app(request());
  assertEquals([first.headers.get("ETag"), first.headers.get("Last-Modified")], ['"7"', SUNDAY]);
  const { status, headers } = await app(request({ "If-None-Match": '"7"' }));
  assertEquals([status, headers.get("ETag"), headers.get("Last-Modified")], [304, '"7"', SUNDAY]);
  assertEquals(calls, ["GET"]);
});

Deno.test("condition() protects what others have changed: 412, and the view isn't called", async () => {
  const calls: string[] = [];
  const events: AppEvent[] = [];
  let version = 1;
  const app = pipeline({ onEvent: (event) => events.push(event) }).handle(
    condition({ etag: () => Promise.resolve(`v${version}`) })((request) => {
      calls.push(request.method);
      version++;
      return new Response(null, { status: 204 });
    }),
  );
  for (const method of ["PUT", "PATCH", "DELETE", "POST"]) {
    assertEquals((await app(request({ "If-Match": '"v0"' }, method))).status, 412);
    assertEquals((await app(request({ "If-None-Match": "*" }, method))).status, 412);
  }
  assertEquals([calls, version, events], [[], 1, []]);
  const done = await app(request({ "If-Match": '"v1"' }, "PUT"));
  assertEquals([done.status, done.headers.get("ETag")], [204, null]);
  assertEquals((await app(request({ "If-Match": '"v1"' }, "PUT"))).status, 412);
  assertEquals(calls, ["PUT"]);
});

Deno.test("condition() goes by dates where there is no tag", async () => {
  const calls: string[] = [];
  const app = api(calls, { lastModified: () => new Date(new Date(SUNDAY).getTime() + 900) });
  assertEquals((await app(request({ "If-Modified-Since": SUNDAY }))).status, 304);
  assertEquals((await app(request({ "If-Unmodified-Since": EARLIER }, "PUT"))).status, 412);
  assertEquals((await app(request({ "If-Unmodified-Since": SUNDAY }, "PUT"))).status, 200);
  // A date says nothing of reading again to a request that writes.
  assertEquals((await app(request({ "If-Modified-Since": SUNDAY }, "PUT"))).status, 200);
});

Deno.test("condition() with nothing there: If-None-Match: * creates, If-Match fails", async () => {
  const calls: string[] = [];
  for (const nothing of [undefined, null]) {
    const app = api(calls, { etag: () => nothing, lastModified: () => Promise.resolve(nothing) });
    assertEquals((await app(request({ "If-None-Match": "*" }, "PUT"))).status, 200);
    assertEquals((await app(request({ "If-Match": "*" }, "PUT"))).status, 412);
    assertEquals((await app(request({ "If-Match": '"7"' }, "PUT"))).status, 412);
    assertEquals((await app(request({ "If-Unmodified-Since": EARLIER }, "PUT"))).status, 200);
  }
  assertEquals(calls, ["PUT", "PUT", "PUT", "PUT"]);
});

Deno.test("condition() lets the view's own headers stand, and puts none on an error", async () => {
  const only = condition({ etag: () => "7" });
  const app = pipeline().handle(routes({
    "/own": only(() => new Response("hello", { headers: { ETag: '"own"' } })),
    "/missing": only(() => new Response("none", { status: 404 })),
  }));
  assertEquals((await app(new Request("http://localhost/own"))).headers.get("ETag"), '"own"');
  assertEquals((await app(new Request("http://localhost/missing"))).headers.get("ETag"), null);
});

Deno.test("condition() quotes tags, and takes any text for one", async () => {
  const tags: [given: string, sent: string][] = [
    ["7", '"7"'],
    ['"7"', '"7"'],
    ['W/"7"', 'W/"7"'],
    ["a,b", '"a,b"'],
    ["2026-01-01 10:00", '"2026-01-01%2010:00"'],
    ["Ωmega", '"%CE%A9mega"'],
    ['say "hi"\r\nX: y', '"say%20%22hi%22%0D%0AX:%20y"'],
    ["\ud800", '"%EF%BF%BD"'],
    ["", '""'],
  ];
  for (const [given, sent] of tags) {
    const app = api([], { etag: () => given });
    assertEquals((await app(request())).headers.get("ETag"), sent);
    assertEquals((await app(request({ "If-None-Match": sent }))).status, 304);
  }
});

Deno.test("condition() finds what a route has named on the context", async () => {
  const tagged = condition<HasParams<{ id: string }>>({ etag: (_request, { params }) => `book-${params.id}` });
  const app = pipeline().handle(routes({
    "GET /books/:id/": tagged((_request, { params }) => new Response(params.id)),
  }));
  assertEquals((await app(new Request("http://localhost/books/9/"))).headers.get("ETag"), '"book-9"');
});

Deno.test("condition() refuses what can't be meant, and surfaces what breaks", async () => {
  assertThrows(() => condition({}), TypeError, "give one of them, or both");
  assertThrows(() => condition({ etag: "7" as never }), TypeError, "etag must be a function");
  const events: AppEvent[] = [];
  const breaks = (options: ConditionOptions) =>
    pipeline({ onEvent: (event) => events.push(event) }).handle(condition(options)(() => new Response()))(request());
  assertEquals((await breaks({ etag: () => 7 as never })).status, 500);
  assertEquals((await breaks({ lastModified: () => new Date(NaN) })).status, 500);
  assertEquals((await breaks({ etag: () => Promise.reject(new Error("the database is down")) })).status, 500);
  assertEquals(events.map(({ name }) => name), ["exception", "exception", "exception"]);
});

Deno.test("condition() stays synchronous where nothing is awaited, and so does conditionalGet() with a tag there", () => {
  assertInstanceOf(api([], { etag: () => "7" })(request()), Response);
  assertInstanceOf(site(() => new Response("hello", { headers: { ETag: '"7"' } }))(request()), Response);
});

function ticks(): ReadableStream {
  const leaving = new AbortController();
  return new ReadableStream({
    async pull(controller) {
      await delay(20, { signal: leaving.signal });
      controller.enqueue(encode("tick "));
    },
    cancel: () => leaving.abort(),
  });
}
