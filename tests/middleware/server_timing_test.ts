/** serverTiming(): where the time of a request goes, for those who may know. */

import {
  HttpError,
  pipeline,
  type PipelineOptions,
  serverTiming,
  type ServerTimingOptions,
  Timing,
} from "@nuages/web/middleware";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { delay } from "@std/async/delay";

const request = () => new Request("http://localhost/");
const shown: ServerTimingOptions = { show: () => true };

/** The entries of a header, with the time as a number. */
function entries(header: string | null): { name: string; dur: number; desc: string | undefined }[] {
  return [...header!.matchAll(/(?:^|, )([^;,]+);dur=([\d.]+)(?:;desc="((?:[^"\\]|\\.)*)")?/g)]
    .map(([, name, dur, desc]) => ({ name: name!, dur: Number(dur), desc }));
}

const site = (
  view: (timing: Timing) => Response | Promise<Response>,
  options: ServerTimingOptions = shown,
  pipelineOptions: PipelineOptions = {},
) => pipeline(pipelineOptions).use(serverTiming(options)).handle((_request, { timing }) => view(timing));

Deno.test("serverTiming() shows nothing to strangers: only with debug: true, or where show says so", async () => {
  const view = (timing: Timing) => timing.measure("db", () => new Response("hello"));
  assertEquals((await site(view, {})(request())).headers.get("Server-Timing"), null);
  assert((await site(view, {}, { debug: true })(request())).headers.has("Server-Timing"));
  assertEquals(
    (await site(view, { show: () => false }, { debug: true })(request())).headers.get("Server-Timing"),
    null,
  );
  const staff = site(view, { show: ({ headers }) => headers.get("Authorization") === "staff" });
  assertEquals((await staff(request())).headers.get("Server-Timing"), null);
  const asked = new Request("http://localhost/", { headers: { Authorization: "staff" } });
  assert((await staff(asked)).headers.has("Server-Timing"));
});

Deno.test("serverTiming({ show }) that answers a promise shows nothing", async () => {
  const app = site(() => new Response(), { show: (() => Promise.resolve(true)) as never });
  assertEquals((await app(request())).headers.get("Server-Timing"), null);
});

Deno.test("serverTiming() shows the total and the parts, in milliseconds", async () => {
  const app = site(async (timing) => {
    await timing.measure("db", () => delay(30), "All books");
    await delay(10);
    return new Response("hello");
  });
  const [total, db, ...others] = entries((await app(request())).headers.get("Server-Timing"));
  assertEquals([total!.name, db!.name, db!.desc, others], ["total", "db", "All books", []]);
  assert(db!.dur >= 29 && db!.dur < 1000, `${db!.dur}`);
  assert(total!.dur >= db!.dur + 9, `${total!.dur}`);
});

Deno.test("serverTiming() shows times of errors too, and of what was running then", async () => {
  const app = site(async (timing) => {
    timing.start("render");
    await timing.measure("db", async () => {
      await delay(5);
      throw new HttpError(503);
    });
    return new Response();
  });
  const response = await app(request());
  assertEquals(response.status, 503);
  const [, render, db] = entries(response.headers.get("Server-Timing"));
  assertEquals([render!.name, db!.name], ["render", "db"]);
  assert(render!.dur >= 4 && db!.dur >= 4);
});

Deno.test("serverTiming() shows the time until a stream begins, and doesn't wait for its end", async () => {
  let stop = () => {};
  const app = site((timing) => {
    stop = timing.start("stream");
    return new Response(
      new ReadableStream({
        async pull(controller) {
          await delay(400);
          controller.enqueue(new TextEncoder().encode("late"));
          controller.close();
        },
      }),
    );
  });
  const response = await app(request());
  const [total] = entries(response.headers.get("Server-Timing"));
  assert(total!.dur < 350, `${total!.dur}`);
  assertEquals(await response.text(), "late");
  stop();
});

Deno.test("serverTiming() adds to what another server has measured", async () => {
  const app = site(() => new Response("", { headers: { "Server-Timing": 'db;dur=7;desc="far"' } }));
  const header = (await app(request())).headers.get("Server-Timing");
  assertEquals(entries(header).map(({ name }) => name), ["db", "total"]);
});

Deno.test("serverTiming() refuses a show that can't be called", () => {
  assertThrows(() => serverTiming({ show: true as never }), TypeError, "show must be a function");
});

Deno.test("serverTiming() stays synchronous where nothing is awaited", () => {
  assertInstanceOf(site(() => new Response())(request()), Response);
});

Deno.test("serverTiming() works through Deno.serve", async () => {
  const app = site((timing) => timing.measure("db", () => new Response("hello")));
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app);
  const response = await fetch(`http://127.0.0.1:${server.addr.port}/`);
  await response.text();
  assertEquals(entries(response.headers.get("Server-Timing")).map(({ name }) => name), ["total", "db"]);
});

Deno.test("timing.measure() gives back what the function gives, at once or later", async () => {
  const timing = new Timing();
  assertEquals(timing.measure("a", () => 7), 7);
  assertEquals(await timing.measure("b", () => Promise.resolve(7)), 7);
  assertThrows(
    () =>
      timing.measure("c", () => {
        throw new RangeError("no");
      }),
    RangeError,
    "no",
  );
  await assertRejects(() => timing.measure("d", () => Promise.reject(new RangeError("no"))), RangeError, "no");
  assertEquals(entries(timing.toHeader()).map(({ name }) => name), ["total", "a", "b", "c", "d"]);
});

Deno.test("timing adds up what goes by one name, and says how often it was", async () => {
  const timing = new Timing();
  for (let i = 0; i < 3; i++) await timing.measure("db", () => delay(5));
  timing.measure("mail", () => {}, "Welcome mail");
  timing.measure("mail", () => {});
  const [, db, mail] = entries(timing.toHeader());
  assertEquals([db!.desc, mail!.desc], ["3 times", "Welcome mail (2 times)"]);
  assert(db!.dur >= 14, `${db!.dur}`);
});

Deno.test("timing adds up parts that run side by side", async () => {
  const timing = new Timing();
  await Promise.all([timing.measure("io", () => delay(80)), timing.measure("io", () => delay(80))]);
  const [total, io] = entries(timing.toHeader());
  assert(io!.dur >= 158, `${io!.dur}`);
  assert(total!.dur < io!.dur);
});

Deno.test("timing.start() stops once, and what runs counts as far as it got", async () => {
  const timing = new Timing();
  const stop = timing.start("a");
  await delay(5);
  stop();
  const [, first] = entries(timing.toHeader());
  await delay(10);
  stop();
  await delay(5);
  assertEquals(entries(timing.toHeader())[1]!.dur, first!.dur);
  timing.start("b");
  await delay(5);
  const running = entries(timing.toHeader())[2]!.dur;
  await delay(5);
  assert(entries(timing.toHeader())[2]!.dur > running);
});

Deno.test("timing refuses names that would break the header", () => {
  const timing = new Timing();
  for (
    const name of ["", "two words", "a;b", "a,b", "a=b", "a\r\nSet-Cookie: x", "é", '"', "x".repeat(65), undefined]
  ) {
    assertThrows(() => timing.start(name as never), TypeError, "must be a token");
  }
  assertMatch(timing.toHeader(), /^total;dur=[\d.]+$/);
});

Deno.test("timing quotes descriptions, so that nothing leaves its quotes", () => {
  const timing = new Timing();
  timing.start("a", 'say "hi\\", b;dur=1\r\nSet-Cookie: x=1');
  timing.start("b", "über 😀 all");
  timing.start("c", "x".repeat(5000));
  const header = timing.toHeader();
  assertStringIncludes(header, String.raw`;desc="say \"hi\\\", b;dur=1??Set-Cookie: x=1"`);
  assertStringIncludes(header, ';desc="?ber ? all"');
  assert(header.length < 500);
  assertEquals(new Headers({ "Server-Timing": header }).get("Server-Timing"), header);
});

Deno.test("timing keeps a hundred names, so that the header stays one a server takes", () => {
  const timing = new Timing();
  for (let i = 0; i < 1000; i++) timing.measure(`query-${i}`, () => {});
  assertEquals(entries(timing.toHeader()).length, 101);
});
