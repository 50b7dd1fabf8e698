import { assert, assertEquals, assertInstanceOf, assertNotStrictEquals, assertRejects } from "@std/assert";
import { assertStrictEquals, assertThrows } from "@std/assert";
import { FakeTime, TimeError } from "@std/testing/time";

// What the project's tests rely on. Where JSR is reached they hold the real FakeTime to it, elsewhere the stand-in.

Deno.test("FakeTime stands still until it is moved, and goes when it is disposed of", () => {
  const { Date: RealDate, setTimeout } = globalThis;
  {
    using time = new FakeTime("2026-01-02T03:04:05.678Z");
    assertEquals(new Date().toISOString(), "2026-01-02T03:04:05.678Z");
    assertEquals(Date.now(), time.now);
    assertNotStrictEquals(globalThis.Date, RealDate);
    time.tick(1000);
    assertEquals(Date.now() - time.start, 1000);
    assertEquals(Date(), new Date(time.now).toString());
  }
  assertStrictEquals(globalThis.Date, RealDate);
  assertStrictEquals(globalThis.setTimeout, setTimeout);
});

Deno.test("FakeTime begins where it is told to, or now", () => {
  for (const start of [1234, new Date(1234), "1970-01-01T00:00:01.234Z"]) {
    using time = new FakeTime(start);
    assertEquals(time.now, 1234);
  }
  const before = Date.now();
  using time = new FakeTime();
  assert(time.now >= before && time.now < before + 60_000);
  assertThrows(() => new FakeTime(), TimeError);
});

Deno.test("FakeTime refuses a start that is no time", () => {
  assertThrows(() => new FakeTime("nonsense"), TypeError);
  using time = new FakeTime(0); // The failure left nothing behind.
  assertEquals(time.now, 0);
});

Deno.test("FakeTime leaves real dates what they are", () => {
  using _time = new FakeTime(0);
  assertEquals(new Date(2020, 1, 29).getMonth(), 1);
  assertEquals(Date.UTC(1970, 0, 1), 0);
  assertEquals(Date.parse("1970-01-01T00:00:00Z"), 0);
  assertInstanceOf(new Date(), Date);
  assertEquals(structuredClone(new Date()).getTime(), 0);
});

Deno.test("FakeTime runs timers in the order in which they are due, and those set meanwhile", () => {
  using time = new FakeTime(0);
  const calls: string[] = [];
  setTimeout((...args: string[]) => calls.push(`late ${args.join(" ")} ${Date.now()}`), 30, "a", "b");
  setTimeout(() => {
    calls.push(`first ${Date.now()}`);
    setTimeout(() => calls.push(`inner ${Date.now()}`), 5);
  }, 10);
  setTimeout(() => calls.push(`second ${Date.now()}`), 10);
  time.tick(9);
  assertEquals(calls, []);
  time.tick(21);
  assertEquals(calls, ["first 10", "second 10", "inner 15", "late a b 30"]);
});

Deno.test("FakeTime repeats intervals until they are cleared, from within too", () => {
  using time = new FakeTime(0);
  const calls: number[] = [];
  const id = setInterval(() => {
    calls.push(Date.now());
    if (calls.length === 3) clearInterval(id);
  }, 100);
  time.tick(1000);
  assertEquals(calls, [100, 200, 300]);
});

Deno.test("FakeTime forgets what is cleared", () => {
  using time = new FakeTime(0);
  const id = setTimeout(() => assert(false, "cleared"), 10);
  clearTimeout(id);
  clearTimeout(undefined);
  time.tick(100);
});

Deno.test("FakeTime stops at a timer that throws", () => {
  using time = new FakeTime(0);
  setTimeout(() => {
    throw new Error("in the timer");
  }, 10);
  assertThrows(() => time.tick(50), Error, "in the timer");
  assertEquals(time.now, 10);
});

Deno.test("FakeTime fakes AbortSignal.timeout", () => {
  using time = new FakeTime(0);
  const signal = AbortSignal.timeout(100);
  time.tick(99);
  assert(!signal.aborted);
  time.tick(1);
  assert(signal.aborted);
  assertEquals(signal.reason.name, "TimeoutError");
});

Deno.test("FakeTime.tickAsync() lets promises go on before time does", async () => {
  using time = new FakeTime(0);
  const calls: string[] = [];
  (async () => {
    await Promise.resolve();
    calls.push("promise");
    setTimeout(() => calls.push("timer"), 5);
  })();
  await time.tickAsync(5);
  assertEquals(calls, ["promise", "timer"]);
});

Deno.test("FakeTime.next() and runAll() go from timer to timer", async () => {
  using time = new FakeTime(0);
  const calls: number[] = [];
  for (const ms of [50, 10, 10]) setTimeout(() => calls.push(Date.now()), ms);
  assert(time.next());
  assertEquals([time.now, calls], [10, [10, 10]]);
  time.runAll();
  assertEquals([time.now, calls], [50, [10, 10, 50]]);
  assert(!time.next());
  setTimeout(() => calls.push(Date.now()), 5);
  await time.runAllAsync();
  assertEquals([time.now, calls.length, await time.nextAsync()], [55, 4, false]);
});

Deno.test("FakeTime never goes back", () => {
  using time = new FakeTime(1000);
  assertThrows(() => time.now = 999, RangeError);
  time.now = 1000;
  time.now = 2000;
  assertEquals(Date.now(), 2000);
});

Deno.test("FakeTime.delay() takes real time, and can be ended", async () => {
  using time = new FakeTime(0);
  await time.delay(1);
  assertEquals(time.now, 0);
  const controller = new AbortController();
  const waiting = time.delay(60_000, { signal: controller.signal });
  controller.abort();
  await assertRejects(() => waiting, DOMException, "Delay was aborted");
  await assertRejects(() => time.delay(1, { signal: controller.signal }), DOMException, "Delay was aborted");
});

Deno.test("FakeTime.restoreFor() brings real time back for a while", async () => {
  const real = Date;
  await assertRejects(() => FakeTime.restoreFor(() => 1), TimeError);
  using _time = new FakeTime(0);
  assertEquals(await FakeTime.restoreFor((answer: number) => [Date === real, answer], 42), [true, 42]);
  await FakeTime.restoreFor(async () => {
    await Promise.resolve();
    assertStrictEquals(Date, real);
  });
  assertEquals(Date.now(), 0);
  const refused = () => Promise.reject(new Error("refused"));
  await assertRejects(() => FakeTime.restoreFor(refused), Error, "refused");
  assertEquals(Date.now(), 0);
});

Deno.test("FakeTime says so when it is used after its time", () => {
  const time = new FakeTime(0);
  const { setTimeout: fakeTimeout, clearInterval: fakeClear, Date: FakeDate } = globalThis;
  time.restore();
  assertThrows(() => time.restore(), TimeError);
  assertThrows(() => FakeTime.restore(), TimeError);
  assertThrows(() => fakeTimeout(() => {}, 1), TimeError);
  assertThrows(() => fakeClear(1), TimeError);
  assert(Math.abs(FakeDate.now() - Date.now()) < 60_000);
});
