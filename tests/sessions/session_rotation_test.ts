/** Ids that are replaced for their age: what it costs, what it leaves behind, what happens half-way. */

import { CookieStore, MemoryStore, sessions } from "@nuages/web/sessions";
import { assertEquals, assertGreater, assertMatch, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { CountingStore } from "./_counting_store.ts";
import { makeSite, type Page, setCookies } from "./_site.ts";

const PAGES: Readonly<Record<string, Page>> = {
  "/begin": (session) => session.assign({ user: "Ada", n: 0 }),
  "/add": (session) => session.update("n", (n) => n + 1),
  "/expire": (session) => session.setExpiry(1000),
  "/break": (session) => {
    session.set("n", -1);
    throw new Error("broken");
  },
  "/none": () => null,
};

/** A visitor whose id is due after ten minutes, and a store that counts. */
async function prepare(options: { rotateSeconds?: number; idleSeconds?: number } = {}) {
  const store = new CountingStore(new MemoryStore());
  const site = makeSite({ store, rotateSeconds: 600, ...options }, PAGES);
  const browser = site.browser();
  await browser.get("/begin");
  store.take();
  return { store, site, browser };
}

Deno.test("rotation is one read and two writes when an id is due, and nothing before", async () => {
  using time = new FakeTime();
  const { store, browser } = await prepare();
  time.tick(599_000);
  assertEquals([setCookies(await browser.get("/")), store.take()], [[], ["read"]]);
  time.tick(1000);
  const response = await browser.get("/");
  assertEquals([setCookies(response), store.take()], [["sessionid"], ["read", "create", "update"]]);
  assertEquals(response.headers.get("Cache-Control"), "private");
  time.tick(600_000);
  await browser.get("/add");
  assertEquals(store.take(), ["read", "create", "update"]);
});

Deno.test("a request with the old id is two reads, and its answer brings the new id", async () => {
  using time = new FakeTime();
  const { store, browser } = await prepare();
  const old = browser.copy();
  time.tick(600_000);
  await browser.get("/");
  store.take();

  assertEquals([setCookies(await old.copy().get("/")), store.take()], [["sessionid"], ["read", "read"]]);
  assertEquals([setCookies(await old.get("/add")), store.take()], [["sessionid"], ["read", "read", "update"]]);
});

Deno.test("a view that broke off, or never looked at the session, leaves the id as it is", async () => {
  using time = new FakeTime();
  const { store, browser } = await prepare();
  time.tick(600_000);
  const response = await browser.get("/break");
  await response.body?.cancel();

  assertEquals([response.status, setCookies(response), store.take()], [500, [], ["read"]]);
});

Deno.test("a new id doesn't prolong a session that was told when to end, nor the longest life of one", async () => {
  using time = new FakeTime();
  const { browser } = await prepare({ rotateSeconds: 300 });
  await browser.get("/expire");
  for (const seconds of [300, 300, 300]) {
    time.tick(seconds * 1000);
    assertEquals((await browser.json("/")).user, "Ada");
  }
  time.tick(100_000);
  assertEquals(await browser.json("/"), {});

  const long = (await prepare({ rotateSeconds: 86_400 })).browser;
  for (let day = 1; day < 90; day++) {
    time.tick(86_400_000);
    assertEquals([day, (await long.json("/")).user], [day, "Ada"]);
  }
  time.tick(86_400_000);
  assertEquals(await long.json("/"), {});
});

Deno.test("what is left under the old id holds nothing of the session, no id, and opens nothing", async () => {
  using time = new FakeTime();
  const { store, browser, site } = await prepare();
  const kept: string[] = [];
  const update = store.update.bind(store);
  store.update = (key, record, version) => (kept.push(record.data), update(key, record, version));
  time.tick(600_000);
  await browser.get("/");

  assertEquals(kept.length, 1);
  assertMatch(kept[0]!, /^\{"n":"[\w-]{43}","r":"[\w-]{43}","u":\d+\}$/);
  for (const [text] of kept[0]!.matchAll(/[\w-]{43}/g)) {
    assertEquals(await site.browser().json("/", { headers: { Cookie: `sessionid=${text}` } }), {});
  }
});

Deno.test("somebody who can write to the store can't lead an id to another session by a word", async () => {
  using time = new FakeTime();
  const { store, browser, site } = await prepare();
  const [victim, attacker] = [browser, site.browser()];
  await attacker.get("/begin");
  const keys: string[] = [];
  const read = store.read.bind(store);
  store.read = (key, options) => (keys.push(key), read(key, options));
  await attacker.get("/");
  await victim.get("/");
  const { version } = (await store.read(keys[1]!))!;
  const word = JSON.stringify({ n: keys[0], r: "A".repeat(43), u: Date.now() + 20_000 });
  await store.update(keys[1]!, { data: word, expires: Date.now() + 20_000 }, version);

  assertEquals(await victim.json("/"), {});
  time.tick(1);
});

Deno.test("a new id that fails half-way leaves the session as it was, and the next request tries again", async () => {
  for (const failing of ["create", "update"]) {
    using time = new FakeTime();
    const { store, browser } = await prepare();
    time.tick(600_000);
    store.before = (verb) => verb === failing ? Promise.reject(new Error("disk full")) : undefined;
    const response = await browser.get("/add");
    store.before = () => {};

    assertEquals([failing, response.status, setCookies(response)], [failing, 503, []]);
    const again = await browser.get("/add");
    assertEquals([again.status, setCookies(again), (await browser.json("/")).n], [200, ["sessionid"], 1]);
  }
});

Deno.test("a new id whose write was made although its answer got lost still leads to the session", async () => {
  using time = new FakeTime();
  const { store, browser } = await prepare();
  time.tick(600_000);
  store.answer = (verb, result) => {
    if (verb === "update") throw new Error("connection lost");
    return result;
  };
  assertEquals((await browser.get("/add")).status, 503);
  store.answer = (_verb, result) => result;
  const response = await browser.get("/");

  assertEquals([await response.json(), setCookies(response)], [{ user: "Ada", n: 1 }, ["sessionid"]]);
});

Deno.test("a longer grace holds for as long as it says", async () => {
  using time = new FakeTime();
  const site = makeSite({ rotateSeconds: 600, rotateGraceSeconds: 300 }, PAGES);
  const browser = site.browser();
  await browser.get("/begin");
  const old = browser.copy();
  time.tick(600_000);
  await browser.get("/");
  time.tick(299_000);
  assertEquals((await old.copy().json("/")).user, "Ada");
  time.tick(1000);
  assertEquals(await old.json("/"), {});
});

Deno.test("an id is due by its own age, not by the age of the session: cycleKey() gives a fresh one", async () => {
  using time = new FakeTime();
  const store = new CountingStore(new MemoryStore());
  const browser = makeSite({ store, rotateSeconds: 600 }, { ...PAGES, "/cycle": (session) => session.cycleKey() })
    .browser();
  await browser.get("/begin");
  time.tick(500_000);
  await browser.get("/cycle");
  time.tick(500_000);
  store.take();
  await browser.get("/");
  assertEquals(store.take(), ["read"]);
  time.tick(100_000);
  await browser.get("/");
  assertGreater(store.take().length, 1);
});

Deno.test("sessions() refuses at construction what can't rotate", () => {
  const store = new MemoryStore();
  for (const seconds of [0, -1, NaN, Infinity, "60" as never]) {
    assertThrows(
      () => sessions({ store, rotateSeconds: seconds }),
      RangeError,
      "rotateSeconds must be a number of seconds",
    );
    assertThrows(() => sessions({ store, rotateGraceSeconds: seconds }), RangeError, "rotateGraceSeconds must be");
  }
  assertThrows(() => sessions({ store, rotateGraceSeconds: 3601 }), RangeError, "at most 3600 (an hour)");
  assertThrows(
    () => sessions({ store: new CookieStore(), rotateSeconds: 600 }),
    TypeError,
    "Cannot create sessions with rotateSeconds in a CookieStore as they have no id there",
  );
});
