/** Stores that are slow or down: nothing hangs, nothing is called a success that isn't, and pages that can do without the session may. */

import { pipeline } from "@nuages/web/middleware";
import { MemoryStore, sessions, SessionStoreError } from "@nuages/web/sessions";
import { assertEquals, assertInstanceOf, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { CountingStore, type Verb } from "./_counting_store.ts";
import { Gate, makeSite, type Page, setCookies, type SiteOptions } from "./_site.ts";

const PAGES: Record<string, Page> = {
  "/set": (session) => session.set("user", "Ada"),
  "/cycle": (session) => session.cycleKey(),
  "/out": (session) => session.flush(),
  "/add": (session) => session.update("n", (n = 0) => n + 1),
  "/hello": (session) => `hello, ${session.get("user", "stranger")}`,
};

/** A visitor who is signed in, at a site whose store can be told what to do. */
async function prepare(options: SiteOptions = {}, pages: Record<string, Page> = {}) {
  const store = new CountingStore(new MemoryStore());
  const site = makeSite({ store, ...options }, { ...PAGES, ...pages });
  const browser = site.browser();
  await browser.get("/set");
  return { store, site, browser };
}

const never = () => new Promise<void>(() => {});

Deno.test("a store that never answers is a 503 after ten seconds, whatever it was asked", async () => {
  for (
    const [path, verb] of [["/", "read"], ["/set", "update"], ["/cycle", "create"], ["/cycle", "update"], [
      "/out",
      "update",
    ]]
  ) {
    using time = new FakeTime();
    const { store, site, browser } = await prepare();
    store.before = (asked) => asked === verb as Verb ? never() : undefined;
    let response: Response | undefined;
    const asking = browser.get(path!).then((answer) => response = answer);
    await time.tickAsync(9_999);
    assertEquals([path, response], [path, undefined]);
    await time.tickAsync(1);
    await asking;

    assertEquals([path, response!.status, setCookies(response!)], [path, 503, []]);
    const { name, error } = site.events[0]!;
    assertEquals([site.events.length, name, (error as Error).name], [1, "exception", "TimeoutError"]);
    assertStringIncludes((error as Error).message, "has not answered within 10 seconds");
    assertStringIncludes((error as Error).message, "it may have written all the same, or may still");
  }
});

Deno.test("how long a store may take is an option, and time counts for each call alone", async () => {
  using time = new FakeTime();
  const { store, browser } = await prepare({ storeSeconds: 0.5 });
  store.before = () => new Promise((resolve) => setTimeout(resolve, 400));
  const asking = browser.get("/add");
  for (let step = 0; step < 10; step++) await time.tickAsync(100);
  assertEquals((await asking).status, 200);

  store.before = never;
  const begun = Date.now();
  const failing = browser.get("/add");
  await time.tickAsync(500);
  assertEquals([(await failing).status, Date.now() - begun], [503, 500]);
});

Deno.test("requests that wait at different times are each given up at their own", async () => {
  using time = new FakeTime();
  const { store, browser } = await prepare({ storeSeconds: 10 });
  const gates = Array.from({ length: 6 }, () => new Gate());
  let next = 0;
  store.before = () => gates[next++]?.pass();
  const statuses: (number | undefined)[] = [];
  const waiting: Promise<void>[] = [];
  for (let at = 0; at < 6; at++) {
    waiting.push(browser.get("/").then(({ status }) => void (statuses[at] = status)));
    await time.tickAsync(2000);
  }
  // Ten seconds are over for the first two; the third is answered in time.
  gates[2]!.open();
  await time.tickAsync(0);
  assertEquals([...statuses], [503, 503, 200]);
  await time.tickAsync(5_999);
  await time.tickAsync(0);
  assertEquals([...statuses], [503, 503, 200, 503]);
  await time.tickAsync(1);
  await time.tickAsync(0);
  assertEquals([...statuses], [503, 503, 200, 503, 503]);
  await time.tickAsync(2000);
  await Promise.all(waiting);
  assertEquals(statuses, [503, 503, 200, 503, 503, 503]);
});

Deno.test("a store that answers leaves no timer behind, and one that answers at once starts none", async () => {
  const { setTimeout: start, clearTimeout: stop } = globalThis;
  const running = new Set<unknown>();
  let started = 0;
  globalThis.setTimeout = ((action: () => void, milliseconds: number) => {
    const timer = start(() => (running.delete(timer), action()), milliseconds);
    running.add(timer);
    started++;
    return timer;
  }) as typeof start;
  globalThis.clearTimeout = (timer) => (running.delete(timer), stop(timer));
  try {
    const browser = makeSite({ store: new MemoryStore() }, PAGES).browser();
    for (const path of ["/set", "/", "/add", "/cycle", "/out", "/"]) await browser.get(path);
    assertEquals(started, 0);

    const { store, browser: slow } = await prepare();
    store.before = () => new Promise((resolve) => start(resolve, 1));
    await Promise.all(["/", "/add", "/hello"].map((path) => slow.get(path)));
    assertEquals([started > 0, running.size], [true, 0]);
  } finally {
    Object.assign(globalThis, { setTimeout: start, clearTimeout: stop });
  }
});

Deno.test("a write that comes too late was reported as failed, and may have been made: the next request sees which", async () => {
  using time = new FakeTime();
  const { store, browser } = await prepare();
  const gate = new Gate();
  store.before = (verb) => verb === "update" ? gate.pass() : undefined;
  const asking = browser.get("/add");
  await time.tickAsync(10_000);
  assertEquals((await asking).status, 503);

  assertEquals((await browser.json("/")).n, undefined);
  gate.open();
  await time.tickAsync(0);
  assertEquals((await browser.json("/")).n, 1);
});

Deno.test("a session that was created too late is nobody's, and is taken away again", async () => {
  using time = new FakeTime();
  const store = new CountingStore(new MemoryStore());
  const gate = new Gate();
  store.before = (verb) => verb === "create" ? gate.pass() : undefined;
  const browser = makeSite({ store }, PAGES).browser();
  const asking = browser.get("/set");
  await time.tickAsync(10_000);
  assertEquals([(await asking).status, browser.cookies.all()], [503, []]);
  gate.open();
  await time.tickAsync(0);

  assertEquals(store.take(), ["create", "delete"]);
});

Deno.test("a rejection that comes too late doesn't bring the server down", async () => {
  using time = new FakeTime();
  const { store, browser } = await prepare();
  const { promise, reject } = Promise.withResolvers<void>();
  store.before = () => promise;
  const asking = browser.get("/");
  await time.tickAsync(10_000);
  assertEquals((await asking).status, 503);
  reject(new Error("connection refused"));
  await time.tickAsync(10);

  store.before = () => {};
  assertEquals(await browser.json("/"), { user: "Ada" });
});

Deno.test("a request that never touches its session is served while the store hangs, at once", () => {
  const store = new CountingStore(new MemoryStore());
  store.before = never;
  const app = pipeline().use(sessions({ store })).handle(() => new Response("hello"));
  const response = app(new Request("http://localhost/", { headers: { Cookie: `sessionid=${"A".repeat(43)}` } }));

  assertInstanceOf(response, Response);
  assertEquals(store.calls, []);
});

Deno.test('with whenUnavailable: "empty" a page that only looks is served, the cookie stays, and an event tells', async () => {
  const cause = new Error("connection refused");
  const failures: Record<string, (store: CountingStore) => void> = {
    down: (store) => store.before = () => Promise.reject(cause),
    garbage: (store) => store.answer = () => ({ data: "no session", expires: 9e15, version: "1" }),
    nonsense: (store) => store.answer = () => 5,
  };
  for (const [name, fail] of Object.entries(failures)) {
    const { store, site, browser } = await prepare({ whenUnavailable: "empty" });
    fail(store);
    const response = await browser.get("/hello");

    assertEquals([name, response.status, await response.json(), setCookies(response)], [
      name,
      200,
      "hello, stranger",
      [],
    ]);
    assertEquals(response.headers.get("Vary"), "Cookie");
    assertEquals(site.eventNames(), ["session.unavailable"]);
    assertInstanceOf(site.events[0]!.error, SessionStoreError);
    store.before = () => {};
    store.answer = (_verb, result) => result;
    assertEquals(await browser.json("/hello"), "hello, Ada");
  }
});

Deno.test('with whenUnavailable: "empty" a store that hangs is waited for as long as it may take', async () => {
  using time = new FakeTime();
  const { store, site, browser } = await prepare({ whenUnavailable: "empty", storeSeconds: 2 });
  store.before = never;
  const asking = browser.json("/hello");
  await time.tickAsync(2000);

  assertEquals([await asking, site.eventNames()], ["hello, stranger", ["session.unavailable"]]);
});

Deno.test('the session of whenUnavailable: "empty" can\'t be changed: every verb says why, and that is a 503', async () => {
  const message = "The session store failed to read the session, so that it can't be changed";
  const cause = new Error("connection refused");
  const changes: Record<string, Page> = {
    set: (session) => session.set("a", 1),
    update: (session) => session.update("a", () => 1),
    assign: (session) => session.assign({ a: 1 }),
    setDefault: (session) => session.setDefault("a", 1),
    delete: (session) => session.delete("a"),
    pop: (session) => session.pop("a") ?? null,
    clear: (session) => session.clear(),
    flush: (session) => session.flush(),
    cycleKey: (session) => session.cycleKey(),
    setOwner: (session) => session.setOwner("ada"),
    setExpiry: (session) => session.setExpiry(60),
    setTestCookie: (session) => session.setTestCookie(),
  };
  for (const [verb, page] of Object.entries(changes)) {
    const { store, site, browser } = await prepare({ whenUnavailable: "empty" }, {
      "/change": page,
      "/catch": async (session, request, context) => {
        const error = await assertRejects(async () => await page(session, request, context), SessionStoreError);
        return [error.message, session.keys(), session.isEmpty, session.get("cart", []), session.owner ?? null];
      },
    });
    store.before = () => Promise.reject(cause);
    const response = await browser.get("/change");
    await response.body?.cancel();
    assertEquals([verb, response.status, setCookies(response)], [verb, 503, []]);
    assertEquals(site.events.map(({ name }) => name), ["session.unavailable", "exception"]);
    assertEquals(site.events[1]!.error, cause);
    assertEquals(await browser.json("/catch"), [message, [], true, [], null]);
    store.before = () => {};
    assertEquals(await browser.json("/"), { user: "Ada" });
  }
});

Deno.test('a renewal that fails is a 503, or with whenUnavailable: "empty" an event and the page', async () => {
  for (const whenUnavailable of ["refuse", "empty"] as const) {
    using time = new FakeTime();
    const { store, site, browser } = await prepare({ whenUnavailable, idleSeconds: 100 });
    time.tick(50_000);
    store.before = (verb) => verb === "update" ? Promise.reject(new Error("read only")) : undefined;
    const response = await browser.get("/hello");
    const expected = whenUnavailable === "empty" ? [200, ["session.unavailable"]] : [503, ["exception"]];
    assertEquals([response.status, site.eventNames()], expected);
    await response.body?.cancel();
    // What was to be written because the view wanted it is never passed over.
    assertEquals((await browser.get("/add")).status, 503);
  }
});

Deno.test('with whenUnavailable: "empty" other mistakes stay mistakes', async () => {
  const app = pipeline({ onEvent: () => {} })
    .use(sessions({ store: new MemoryStore(), whenUnavailable: "empty" }))
    .handle(async (_request, context) => {
      (await context.session()).set("a", new Date() as never);
      return new Response();
    });

  assertEquals((await app(new Request("http://localhost/"))).status, 500);
});

Deno.test("after a store is back everything is as it was committed, and no request was told otherwise", async () => {
  const { store, browser } = await prepare();
  let told = 0;
  for (let round = 0; round < 60; round++) {
    const isDown = round % 3 !== 0;
    store.before = (verb) =>
      isDown && (round % 2 === 0 || verb === "update") ? Promise.reject(new Error("down")) : undefined;
    const { status } = await browser.get("/add");
    assertEquals([round, status], [round, isDown ? 503 : 200]);
    if (status === 200) told++;
  }
  store.before = () => {};

  assertEquals([told, await browser.json("/")], [20, { user: "Ada", n: 20 }]);
});

Deno.test("sessions() refuses at construction what is no time for a store, and no way to go on without", () => {
  const store = new MemoryStore();
  for (const storeSeconds of [0, -1, NaN, Infinity, 3601]) {
    assertThrows(
      () => sessions({ store, storeSeconds }),
      RangeError,
      "storeSeconds must be a number of seconds above 0",
    );
  }
  assertThrows(
    () => sessions({ store, whenUnavailable: "ignore" as never }),
    TypeError,
    'whenUnavailable must be "refuse" or "empty": received "ignore"',
  );
});
