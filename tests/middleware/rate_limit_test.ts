/** rateLimit(): how often somebody may ask. */

import {
  type AppEvent,
  extend,
  KvRateLimits,
  MemoryRateLimits,
  perView,
  pipeline,
  type PipelineOptions,
  rateLimit,
  type RateLimitOptions,
  type RateLimitStore,
  RedisRateLimits,
  routes,
  security,
} from "@nuages/web/middleware";
import { assert, assertEquals, assertInstanceOf, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { delay } from "@std/async/delay";
import { FakeTime } from "@std/testing/time";
import { REDIS, RedisServer, WITHOUT_REDIS } from "./_redis_server.ts";
import { assertLinear } from "../_growth.ts";

function site(options: RateLimitOptions, pipelineOptions: PipelineOptions = {}) {
  const events: AppEvent[] = [];
  const app = pipeline({ onEvent: (event) => events.push(event), ...pipelineOptions })
    .use(security())
    .use(rateLimit(options))
    .handle(() => new Response("hello"));
  const from = async (hostname: string, headers: HeadersInit = {}) => {
    const info = { remoteAddr: { transport: "tcp", hostname, port: 1 }, completed: Promise.resolve() } as const;
    return (await app(new Request("http://localhost/", { headers }), info)).status;
  };
  return { app, events, from, ask: () => app(new Request("http://localhost/")) };
}

const proxied: PipelineOptions = { proxies: { trust: ["127.0.0.1"] } };

Deno.test("rateLimit() answers 429 beyond the limit, says when to come again, and how much is left", async () => {
  using time = new FakeTime();
  const { ask } = site({ limit: 3, seconds: 60 });
  const seen: unknown[] = [];
  for (let i = 0; i < 5; i++) {
    const { status, headers } = await ask();
    seen.push([status, headers.get("RateLimit"), headers.get("Retry-After")]);
    time.tick(10_000);
  }
  assertEquals(seen, [
    [200, '"default";r=2;t=60', null],
    [200, '"default";r=1;t=50', null],
    [200, '"default";r=0;t=40', null],
    [429, '"default";r=0;t=30', "30"],
    [429, '"default";r=0;t=20', "20"],
  ]);
  const refused = await ask();
  assertEquals(refused.headers.get("RateLimit-Policy"), '"default";q=3;w=60');
  assertEquals(refused.headers.get("X-Frame-Options"), "DENY");
  assertStringIncludes(await refused.text(), "Too many requests: try again in 10 seconds");
  time.tick(10_000);
  assertEquals((await ask()).status, 200);
});

Deno.test("rateLimit() keeps a window where it is: asking on doesn't lengthen it", async () => {
  using time = new FakeTime();
  const { ask } = site({ limit: 1, seconds: 10 });
  assertEquals((await ask()).status, 200);
  for (let i = 0; i < 9; i++) {
    time.tick(1000);
    assertEquals((await ask()).status, 429);
  }
  time.tick(1000);
  assertEquals((await ask()).status, 200);
});

Deno.test("rateLimit() tells visitors apart by address, in whatever form it is written (CVE-2026-24398, -39409, -47674)", async () => {
  const { from } = site({ limit: 1 });
  assertEquals([await from("192.0.2.7"), await from("192.0.2.8")], [200, 200]);
  // IPv4 mapped into IPv6 is the same visitor.
  assertEquals([await from("192.0.2.7"), await from("::ffff:192.0.2.7"), await from("::ffff:c000:207")], [
    429,
    429,
    429,
  ]);
  const behind = site({ limit: 1 }, proxied);
  const forwarded = (address: string) => behind.from("127.0.0.1", { "X-Forwarded-For": address });
  assertEquals(await forwarded("2001:db8::1"), 200);
  for (
    const same of ["2001:DB8::1", "2001:0db8:0000:0000:0000:0000:0000:0001", "[2001:db8::1]:443", "2001:db8:0:0::1"]
  ) {
    assertEquals(await forwarded(same), 429, same);
  }
  assertEquals(await forwarded("192.0.2.1"), 200);
  assertEquals([await forwarded("::ffff:192.0.2.1"), await forwarded("192.0.2.1:8080")], [429, 429]);
});

Deno.test("rateLimit() takes the first 64 bits of IPv6 for one visitor", async () => {
  const { from } = site({ limit: 1 });
  assertEquals(await from("2001:db8:0:7::1"), 200);
  for (const same of ["2001:db8:0:7::2", "2001:db8:0:7:ffff:ffff:ffff:ffff", "2001:db8:0:7:1::"]) {
    assertEquals(await from(same), 429, same);
  }
  for (const other of ["2001:db8:0:8::1", "2001:db8:1:7::1", "2001:db9:0:7::1", "::1", "fe80::1"]) {
    assertEquals(await from(other), 200, other);
  }
});

Deno.test("rateLimit() isn't taken in by an address that a visitor made up, and says what all of them have in common", async () => {
  const { from, events } = site({ limit: 1 });
  assertEquals(await from("192.0.2.7", { "X-Forwarded-For": "203.0.113.1" }), 200);
  assertEquals(await from("192.0.2.7", { "X-Forwarded-For": "203.0.113.2" }), 429);
  assertEquals(events.map(({ name, data }) => [name, data]), [["rate.limited", {
    limit: "default",
    address: "192.0.2.7",
  }]]);
  assertStringIncludes(events[0]!.message, "pipeline({ proxies: { trust: [...] } })");
});

Deno.test("rateLimit() tells the listener once for each window, not for each request", async () => {
  using time = new FakeTime();
  const { ask, events } = site({ limit: 1, seconds: 10 });
  for (let i = 0; i < 5; i++) await ask();
  assertEquals(events.length, 1);
  time.tick(10_000);
  for (let i = 0; i < 5; i++) await ask();
  assertEquals(events.length, 2);
});

Deno.test("rateLimit({ key }) counts whom it is told, and nobody without a key; its keys are in no event", async () => {
  const events: AppEvent[] = [];
  const app = pipeline({ onEvent: (event) => events.push(event) })
    .use<{ token: string | null }>((next) => (request, context) =>
      next(request, extend(context, { token: request.headers.get("Authorization") }))
    )
    .use(rateLimit<{ token: string | null }>({
      limit: 1,
      key: (_request, { token }) => Promise.resolve(token ?? undefined),
    }))
    .handle(() => new Response());
  const status = async (token?: string) =>
    (await app(new Request("http://localhost/", token === undefined ? {} : { headers: { Authorization: token } })))
      .status;
  assertEquals([await status("a"), await status("b"), await status("a")], [200, 200, 429]);
  assertEquals([await status(), await status(), await status()], [200, 200, 200]);
  const long = "x".repeat(10_000);
  assertEquals([await status(long), await status(long), await status(`${long}y`)], [200, 429, 200]);
  assert(!Deno.inspect(events).includes("xxx"));
  assertEquals(events[0]!.data, { limit: "default" });
});

Deno.test("rateLimit() around one view, in a store that is shared", async () => {
  const store = new MemoryRateLimits();
  const few = perView(rateLimit({ limit: 1, name: "sign-in", store }));
  const app = pipeline().use(rateLimit({ limit: 3, store })).handle(routes({
    "/sign-in": few(() => new Response()),
    "/": () => new Response(),
  }));
  const ask = (path: string) => app(new Request(`http://localhost${path}`));
  const first = await ask("/sign-in");
  assertEquals(first.headers.get("RateLimit"), '"sign-in";r=0;t=60, "default";r=2;t=60');
  assertEquals([(await ask("/sign-in")).status, (await ask("/")).status, (await ask("/")).status], [429, 200, 429]);
});

Deno.test("rateLimit() where the store fails: 503, or by option let through with an event", async () => {
  const broken: RateLimitStore = { hit: () => Promise.reject(new Error("the server is down")) };
  const throwing: RateLimitStore = {
    hit() {
      throw new Error("the server is down");
    },
  };
  for (const store of [broken, throwing]) {
    const strict = site({ limit: 1, store });
    assertEquals((await strict.ask()).status, 503);
    assertEquals(strict.events.map(({ name }) => name), ["exception"]);
    const lenient = site({ limit: 1, store, whenStoreFails: "allow" });
    assertEquals([(await lenient.ask()).status, (await lenient.ask()).status], [200, 200]);
    assertEquals(lenient.events.map(({ name, error }) => [name, (error as Error).message])[0], [
      "rate.unavailable",
      "the server is down",
    ]);
  }
});

Deno.test("rateLimit() leaves an error of the view to the view", async () => {
  const events: AppEvent[] = [];
  const app = pipeline({ onEvent: (event) => events.push(event) })
    .use(rateLimit({ limit: 5, whenStoreFails: "allow" }))
    .handle(() => Promise.reject(new Error("broken")));
  assertEquals((await app(new Request("http://localhost/"))).status, 500);
  assertEquals(events.map(({ name }) => name), ["exception"]);
});

Deno.test("rateLimit() through Deno.serve", async () => {
  const { app } = site({ limit: 2 });
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app);
  const statuses: number[] = [];
  for (let i = 0; i < 3; i++) {
    const response = await fetch(`http://127.0.0.1:${server.addr.port}/`);
    await response.body?.cancel();
    statuses.push(response.status);
  }
  assertEquals(statuses, [200, 200, 429]);
});

Deno.test("rateLimit() refuses options that can't be meant", async () => {
  for (const limit of [0, -1, 1.5, NaN, undefined]) {
    assertThrows(
      () => rateLimit({ limit: limit as never }),
      RangeError,
      "limit must be a whole number of requests from 1",
    );
  }
  assertThrows(() => rateLimit(undefined as never), RangeError, "limit must be");
  assertThrows(
    () => rateLimit({ limit: 1, seconds: 0.5 }),
    RangeError,
    "seconds must be a whole number of seconds from 1",
  );
  assertThrows(() => rateLimit({ limit: 1, name: 'a";r=9' }), TypeError, "name must be letters");
  assertThrows(() => rateLimit({ limit: 1, store: {} as never }), TypeError, "the store has no hit()");
  assertThrows(() => rateLimit({ limit: 1, key: "ip" as never }), TypeError, "key must be a function");
  assertThrows(() => rateLimit({ limit: 1, whenStoreFails: "open" as never }), TypeError, '"refuse" or "allow"');
  assertThrows(() => new MemoryRateLimits({ maxKeys: 0 }), RangeError, "maxKeys must be a whole number from 1");
  assertThrows(() => new KvRateLimits({} as never), TypeError, "pass what Deno.openKv() gives");
  assertThrows(() => new RedisRateLimits({} as never), TypeError, "the client has no send()");
  const odd = site({ limit: 1, key: () => 7 as never });
  assertEquals((await odd.ask()).status, 500);
});

Deno.test("rateLimit() stays synchronous with a store in memory", () => {
  assertInstanceOf(site({ limit: 1 }).ask(), Response);
});

Deno.test("MemoryRateLimits forgets what is over, and beyond its size what was begun first", () => {
  using time = new FakeTime();
  const limits = new MemoryRateLimits({ maxKeys: 3 });
  for (const key of ["a", "b", "c"]) limits.hit(key, 60);
  assertEquals(limits.hit("a", 60).hits, 2);
  limits.hit("d", 60);
  assertEquals(limits.hit("b", 60).hits, 2);
  assertEquals(limits.hit("a", 60).hits, 1);
  time.tick(60_000);
  assertEquals(limits.hit("d", 60).hits, 1);
});

Deno.test("MemoryRateLimits takes a million visitors without growing", () => {
  const limits = new MemoryRateLimits({ maxKeys: 1000 });
  for (let i = 0; i < 1_000_000; i++) limits.hit(String(i), 60);
  assertEquals(limits.hit("999999", 60).hits, 2);
  assertEquals(limits.hit("1", 60).hits, 1);
});

Deno.test("MemoryRateLimits takes no longer for a visitor when it knows many, full or not", async () => {
  await assertLinear(80_000, [(size: number) => size], (size) => {
    const limits = new MemoryRateLimits({ maxKeys: size / 2 });
    for (let i = 0; i < size; i++) limits.hit(String(i), 60);
  });
});

/** What every store must do; two connections stand for two processes. */
async function expectExactCounts(one: RateLimitStore, other: RateLimitStore): Promise<void> {
  assertEquals((await one.hit("a", 60)).hits, 1);
  const second = await other.hit("a", 60);
  assertEquals(second.hits, 2);
  assert(second.resetSeconds > 58 && second.resetSeconds <= 60, String(second.resetSeconds));
  assertEquals((await one.hit("b", 60)).hits, 1);
  const counts = await Promise.all(Array.from({ length: 16 }, (_, i) => (i % 2 ? one : other).hit("many", 60)));
  assertEquals(counts.map(({ hits }) => hits).sort((a, b) => a - b), Array.from({ length: 16 }, (_, i) => i + 1));
  await one.hit("short", 0.1);
  await one.hit("short", 0.1);
  await delay(150);
  assertEquals((await other.hit("short", 0.1)).hits, 1);
}

Deno.test("MemoryRateLimits counts exactly", async () => {
  const limits = new MemoryRateLimits();
  await expectExactCounts(limits, limits);
});

Deno.test("KvRateLimits counts exactly, for all who use the database", async () => {
  using kv = await Deno.openKv(":memory:");
  await expectExactCounts(new KvRateLimits(kv), new KvRateLimits(kv));
  const apart = new KvRateLimits(kv, { prefix: ["other"] });
  assertEquals((await apart.hit("a", 60)).hits, 1);
});

Deno.test("KvRateLimits says so when the database is closed", async () => {
  const kv = await Deno.openKv(":memory:");
  const limits = new KvRateLimits(kv);
  kv.close();
  await assertRejects(() => limits.hit("a", 60));
});

Deno.test({
  name: `RedisRateLimits counts exactly, for all who use the server${WITHOUT_REDIS}`,
  ignore: REDIS === undefined,
  async fn() {
    await using server = await RedisServer.start();
    using one = await server.connect();
    using other = await server.connect();
    await expectExactCounts(new RedisRateLimits(one), new RedisRateLimits(other));
    assertEquals((await new RedisRateLimits(one, { prefix: "other:" }).hit("a", 60)).hits, 1);
    assert(Number(await one.send("PTTL", "nuages:rate_limits:a")) > 0);
    // A counter whose end was lost gets one.
    await one.send("SET", "nuages:rate_limits:lost", "7");
    assertEquals(await new RedisRateLimits(one).hit("lost", 60), { hits: 8, resetSeconds: 60 });
    await one.send("SET", "nuages:rate_limits:odd", "text");
    await assertRejects(() => new RedisRateLimits(one).hit("odd", 60), Error, "not an integer");
    const { ask } = site({ limit: 1, store: new RedisRateLimits(one) });
    assertEquals([(await ask()).status, (await ask()).status], [200, 429]);
  },
});

Deno.test("RedisRateLimits says so when a client answers something else", async () => {
  for (const answer of [null, "1", [], ["x", "y"], [0, 1], [1]]) {
    const limits = new RedisRateLimits({ send: () => Promise.resolve(answer) });
    await assertRejects(() => limits.hit("a", 60), TypeError, "must answer with two numbers");
  }
});
