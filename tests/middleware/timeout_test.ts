/** timeout(): an answer that takes too long is given up, and the view is told. */

import {
  type AppEvent,
  extend,
  HttpError,
  perView,
  pipeline,
  routes,
  security,
  timeout,
  type TimeoutOptions,
} from "@nuages/web/middleware";
import { assert, assertEquals, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";
import { delay } from "@std/async/delay";
import { FakeTime } from "@std/testing/time";

const request = () => new Request("http://localhost/");

function site(
  view: (signal: AbortSignal, request: Request) => Response | Promise<Response>,
  options: TimeoutOptions = { seconds: 30 },
) {
  const events: AppEvent[] = [];
  const app = pipeline({ onEvent: (event) => events.push(event) })
    .use(security())
    .use(timeout(options))
    .handle((request, context) => view(context.signal, request));
  return { app, events, names: () => events.map(({ name }) => name) };
}

/** What a view does that waits for something which goes by the signal. */
const heeding = (signal: AbortSignal) =>
  new Promise<Response>((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));

Deno.test("timeout() answers 503 when the time is up, aborts the signal, and says so", async () => {
  using time = new FakeTime();
  let reason: unknown;
  const { app, events, names } = site((signal) => {
    signal.addEventListener("abort", () => reason = signal.reason);
    return heeding(signal);
  });
  const answer = Promise.resolve(app(request()));
  await time.tickAsync(29_999);
  assertEquals([reason, names()], [undefined, []]);
  await time.tickAsync(1);
  const response = await answer;
  assertEquals([response.status, response.headers.get("X-Frame-Options")], [503, "DENY"]);
  assertStringIncludes(await response.text(), "The answer took too long");
  assertInstanceOf(reason, HttpError);
  assertEquals(events[0]!.data, { seconds: 30 });
  // The view came to its end because it was told; what the signal threw is no exception of the program.
  assertEquals(names(), ["request.timeout", "request.late"]);
});

Deno.test("timeout() says when a view that didn't go by the signal came to its end, and lets its body go", async () => {
  using time = new FakeTime();
  const cancelled = Promise.withResolvers<void>();
  const { app, names } = site(async () => {
    await delay(60_000);
    return new Response(new ReadableStream({ cancel: () => cancelled.resolve() }));
  });
  const answer = Promise.resolve(app(request()));
  await time.tickAsync(30_000);
  assertEquals((await answer).status, 503);
  assertEquals(names(), ["request.timeout"]);
  await time.tickAsync(30_000);
  await cancelled.promise;
  assertEquals(names(), ["request.timeout", "request.late"]);
});

Deno.test("timeout() says so through Deno.serve too, when nothing of the request is left", async () => {
  const { app, events } = site(async () => {
    await delay(150);
    return new Response("late");
  }, { seconds: 0.02 });
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app);
  const response = await fetch(`http://127.0.0.1:${server.addr.port}/slow?a`);
  assertEquals([response.status, (await response.text()).length > 0], [503, true]);
  await delay(250);
  assertEquals(events.map(({ name, path }) => [name, path]), [["request.timeout", "/slow"], ["request.late", "/slow"]]);
});

Deno.test("timeout() leaves what is in time alone, and no timer behind", async () => {
  using time = new FakeTime();
  const { app, names } = site(async () => {
    await delay(1000);
    return new Response("hello");
  });
  const answer = Promise.resolve(app(request()));
  await time.tickAsync(1000);
  assertEquals(await (await answer).text(), "hello");
  await time.tickAsync(100_000);
  assertEquals(names(), []);
});

Deno.test("timeout() counts until the answer begins: a stream takes its time", async () => {
  const { app, names } = site(() =>
    Promise.resolve(
      new Response(ReadableStream.from((async function* () {
        await delay(60);
        yield new TextEncoder().encode("late");
      })())),
    ), { seconds: 0.03 });
  assertEquals(await (await app(request())).text(), "late");
  assertEquals(names(), []);
});

Deno.test("timeout({ status: 504 }) says that another server is to blame", async () => {
  assertEquals((await site(heeding, { seconds: 0.01, status: 504 }).app(request())).status, 504);
});

Deno.test("timeout() gives a signal that real things go by: fetch() ends when the time is up", async () => {
  await using slow = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async () => {
    await delay(300);
    return new Response("late");
  });
  const { app, names } = site((signal) => fetch(`http://127.0.0.1:${slow.addr.port}/`, { signal }), { seconds: 0.05 });
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app);
  const response = await fetch(`http://127.0.0.1:${server.addr.port}/`);
  assertEquals(response.status, 503);
  await response.body?.cancel();
  await delay(10);
  assertEquals(names(), ["request.timeout", "request.late"]);
  await delay(300);
});

Deno.test("timeout() gives a view that asks for the signal too late one that is aborted", async () => {
  let aborted: boolean | undefined;
  const app = pipeline({ onEvent() {} }).use(timeout({ seconds: 0.01 })).handle(async (_request, context) => {
    await delay(30);
    aborted = context.signal.aborted;
    return new Response();
  });
  assertEquals((await app(request())).status, 503);
  await delay(40);
  assertEquals(aborted, true);
});

Deno.test("timeout() around one view goes by its own time, and errors of the view are its own", async () => {
  const events: string[] = [];
  const quick = perView(timeout({ seconds: 0.01 }));
  const app = pipeline({ onEvent: ({ name }) => events.push(name) }).handle(routes({
    "/slow": quick((_request, { signal }) => heeding(signal)),
    "/broken": quick(() => Promise.reject(new Error("broken"))),
    "/patient": async () => {
      await delay(30);
      return new Response("hello");
    },
  }));
  const status = async (path: string) => (await app(new Request(`http://localhost${path}`))).status;
  assertEquals([await status("/slow"), await status("/broken"), await status("/patient")], [503, 500, 200]);
  assertEquals(events, ["request.timeout", "request.late", "exception"]);
});

Deno.test("timeout() is no exception for error pages: 503 is meant", async () => {
  const seen: HttpError[] = [];
  const app = pipeline({
    errors: {
      503: (_request, _context, error) => {
        seen.push(error);
        return new Response("busy", { status: 503 });
      },
    },
    onEvent: ({ name }) => assert(name !== "exception"),
  }).use(timeout({ seconds: 0.01 })).handle((_request, { signal }) => heeding(signal));
  assertEquals(await (await app(request())).text(), "busy");
  assertEquals(seen[0]!.status, 503);
});

Deno.test("timeout() stays synchronous where nothing is awaited", () => {
  assertInstanceOf(site(() => new Response()).app(request()), Response);
});

Deno.test("timeout() adds a signal whose place is checked by the compiler", () => {
  pipeline().use(timeout({ seconds: 1 })).use<{ far: Promise<Response> }>((next) => (request, context) =>
    next(request, extend(context, { far: Promise.resolve(new Response(String(context.signal.aborted))) }))
  );
  // @ts-expect-error there is no signal without timeout()
  pipeline().handle((_request, context) => new Response(String(context.signal)));
});

Deno.test("timeout() refuses options that can't be meant", () => {
  for (const seconds of [0, -1, NaN, Infinity, 2_147_484, "30", undefined]) {
    assertThrows(() => timeout({ seconds: seconds as never }), RangeError, "seconds must be a number above 0");
  }
  assertThrows(() => timeout(undefined as never), RangeError, "seconds must be");
  assertThrows(() => timeout({ seconds: 1, status: 500 as never }), TypeError, "status must be 503 or 504");
});
