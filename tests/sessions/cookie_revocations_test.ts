/** Sessions in cookies that can be ended: what is remembered of it, for how long, and what it costs. */

import { CookieStore, MemoryStore, type Session, sessions } from "@nuages/web/sessions";
import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { TestBrowser } from "../../testing/test_browser.ts";
import { CountingStore } from "./_counting_store.ts";
import { Gate, makeSite, type Page, setCookies, type SiteOptions } from "./_site.ts";

const PAGES: Readonly<Record<string, Page>> = {
  "/sign-in": (session) => session.setOwner("ada"),
  "/owner": (session) => session.owner ?? null,
  "/add": (session) => session.update("n", (n = 0) => n + 1),
  "/cycle": (session) => session.cycleKey(),
  "/out": (session) => session.flush(),
};

function prepare(options: SiteOptions = {}, pages: Readonly<Record<string, Page>> = {}) {
  const revocations = new CountingStore(new MemoryStore());
  const store = new CookieStore({ revocations });
  return { revocations, store, site: makeSite({ store, ...options }, { ...PAGES, ...pages }) };
}

Deno.test("a request that opens a session is one read, one that changes it two, and nothing is written before one ends", async () => {
  const { revocations, site } = prepare();
  const browser = site.browser();
  const calls = async (path: string) => {
    const response = await browser.get(path);
    assertEquals([path, response.status], [path, 200]);
    return revocations.take();
  };

  assertEquals(await calls("/"), []);
  assertEquals(await calls("/add"), []);
  assertEquals(await calls("/"), ["read"]);
  assertEquals(await calls("/add"), ["read", "read"]);
  assertEquals(await calls("/cycle"), ["read", "read", "create"]);
  assertEquals(await calls("/sign-in"), ["read", "read", "create", "read"]);
  assertEquals(await calls("/"), ["read"]);
  assertEquals(await calls("/out"), ["read", "read", "create"]);
});

Deno.test("a request that doesn't open the session asks nothing, and neither does a cookie that is none", async () => {
  const { revocations, site } = prepare();
  for (const value of ["", "1.x", "A".repeat(200)]) {
    await site.browser().get("/", { headers: { Cookie: `sessionid=${value}` } });
  }

  assertEquals(revocations.take(), []);
});

Deno.test("a copy of a cookie is worth nothing once its session was flushed, cycled or revoked", async () => {
  const { site, store } = prepare();
  const ways: Record<string, (browser: TestBrowser) => Promise<unknown>> = {
    flush: (browser) => browser.get("/out"),
    cycleKey: (browser) => browser.get("/cycle"),
    setOwner: (browser) => browser.get("/sign-in"),
    revokeAll: () => store.revokeAll("ada"),
  };
  for (const [way, end] of Object.entries(ways)) {
    const browser = site.browser();
    await browser.get("/add");
    if (way === "revokeAll") await browser.get("/sign-in");
    const copies = [browser.copy()];
    await browser.get("/add");
    copies.push(browser.copy());
    await end(browser);
    for (const copy of copies) assertEquals([way, await copy.json("/")], [way, {}]);
    const goesOn = way === "cycleKey" || way === "setOwner";
    assertEquals([way, await browser.json("/")], [way, goesOn ? { n: 2 } : {}]);
  }
});

Deno.test("a late request with a cookie that was cycled leaves the new cookie alone, and can't begin another session over it", async () => {
  using time = new FakeTime();
  const { site } = prepare();
  const browser = site.browser();
  await browser.get("/add");
  const old = browser.copy();
  await browser.get("/sign-in");
  const [read, changed] = [await old.get("/"), await old.get("/add")];
  assertEquals([read.status, await read.json(), setCookies(read)], [200, {}, []]);
  assertEquals([changed.status, setCookies(changed)], [400, []]);

  time.tick(60_000);
  assertEquals(setCookies(await old.get("/")), ["-sessionid"]);
  assertEquals(await browser.json("/owner"), "ada");
});

Deno.test("a sign-out that was under way during a sign-in ends the session under its new name, and its owner", async () => {
  const gate = new Gate();
  const { site } = prepare({}, {
    "/slow-out": async (session) => {
      await gate.pass();
      session.flush();
    },
  });
  const browser = site.browser();
  await browser.get("/add");
  const out = browser.copy().get("/slow-out");
  await gate.reached;
  for (const path of ["/sign-in", "/cycle", "/cycle"]) await browser.get(path);
  assertEquals(await browser.json("/owner"), "ada");
  gate.open();

  assertEquals([(await out).status, await browser.json("/owner")], [200, null]);
});

Deno.test("a request that was under way can't bring back what was revoked, whichever cookie its answer sets", async () => {
  const gate = new Gate();
  const { site, store, revocations } = prepare({}, {
    "/slow": async (session) => {
      session.set("a", 1);
      await gate.pass();
    },
  });
  const browser = site.browser();
  await browser.get("/sign-in");
  // The very moment in which nobody can know: the answer has been made, and the revocation comes right after.
  const late = browser.copy();
  assertEquals((await late.get("/add")).status, 200);
  const slow = browser.get("/slow");
  await gate.reached;
  await store.revokeAll("ada");
  gate.open();

  assertEquals([(await slow).status, await browser.json("/"), await late.json("/")], [400, {}, {}]);
  assertEquals(revocations.calls.includes("create"), true);
});

Deno.test("a session that is given a new name in the moment its owner's are ended doesn't slip into the next epoch", async () => {
  const { site, store, revocations } = prepare();
  const browser = site.browser();
  await browser.get("/sign-in");
  let isNext = true;
  // Right after the old name has ended, and before the answer sets the new one.
  revocations.answer = async (verb, result) => {
    if ((verb === "create" || verb === "update") && isNext) {
      isNext = false;
      await store.revokeAll("ada");
    }
    return result;
  };
  assertEquals((await browser.get("/cycle")).status, 200);

  assertEquals([isNext, await browser.json("/owner")], [false, null]);
});

Deno.test("what is remembered goes when no cookie could be good any more, and holds until then", async () => {
  using time = new FakeTime();
  const day = 86_400_000;
  const revocations = new MemoryStore();
  const store = new CookieStore({ revocations, absoluteSeconds: 30 * 86_400 });
  const site = makeSite({ store, absoluteSeconds: 30 * 86_400, idleSeconds: 30 * 86_400 }, PAGES);
  const [nobodys, adas] = [site.browser(), site.browser()];
  await nobodys.get("/add");
  await adas.get("/sign-in");
  time.tick(10 * day);
  const copies = [nobodys.copy(), adas.copy()];
  await nobodys.get("/out");
  await store.revokeAll("ada");
  time.tick(20 * day - 2000);
  for (const copy of copies) assertEquals(await copy.json("/"), {});
  assertEquals(await revocations.clearExpired(), 0);

  time.tick(2000);
  assertEquals(await revocations.clearExpired(), 1);
  time.tick(10 * day);
  assertEquals(await revocations.clearExpired(), 1);
});

Deno.test("a sign-out that needs to be remembered for less doesn't shorten what is remembered for longer", async () => {
  using time = new FakeTime();
  const day = 86_400_000;
  const store = new CookieStore({ revocations: new MemoryStore(), absoluteSeconds: 30 * 86_400 });
  const site = makeSite({ store, absoluteSeconds: 30 * 86_400, idleSeconds: 30 * 86_400 }, PAGES);
  const old = site.browser();
  await old.get("/sign-in");
  time.tick(10 * day);
  const young = site.browser();
  await young.get("/sign-in");
  const copy = young.copy();
  await young.get("/out");
  await old.get("/out");
  time.tick(20 * day + 1000);

  assertEquals(await copy.json("/owner"), null);
});

Deno.test("an epoch is a name: when its record has gone, newer sessions go on, and a later revocation ends them", async () => {
  using time = new FakeTime();
  const day = 86_400_000;
  const revocations = new MemoryStore();
  const store = new CookieStore({ revocations, absoluteSeconds: 10 * 86_400 });
  const site = makeSite({ store, absoluteSeconds: 10 * 86_400 }, PAGES);
  await store.revokeAll("ada");
  time.tick(5 * day);
  const browser = site.browser();
  await browser.get("/sign-in");
  time.tick(5 * day);
  assertEquals([await revocations.clearExpired(), await browser.json("/owner")], [1, "ada"]);
  await browser.get("/add");
  await store.revokeAll("ada");
  assertEquals(await browser.json("/owner"), null);
});

Deno.test("what is remembered of an owner stays small, however often sessions are ended", async () => {
  const { site, revocations } = prepare();
  let longest = 0;
  const update = revocations.update.bind(revocations);
  revocations.update = (key, record, version) => {
    longest = Math.max(longest, record.data.length);
    return update(key, record, version);
  };
  const [kept, copies] = [site.browser(), [] as TestBrowser[]];
  await kept.get("/sign-in");
  for (let round = 0; round < 1001; round++) {
    const browser = site.browser();
    await browser.get("/sign-in");
    if (round % 100 === 0) copies.push(browser.copy());
    await browser.get("/out");
    if (round === 999) assertEquals(await kept.json("/owner"), "ada");
  }

  assertEquals(longest < 60_000, true, `${longest} characters`);
  for (const copy of copies) assertEquals(await copy.json("/owner"), null);
  // So says the documentation: with one more than a thousand all of them are ended.
  assertEquals(await kept.json("/owner"), null);
  await kept.get("/sign-in");
  assertEquals(await kept.json("/owner"), "ada");
});

Deno.test("a store of revocations that fails or hangs is a 503: an ended session is never opened for that reason", async () => {
  const { site, revocations } = prepare();
  const browser = site.browser();
  await browser.get("/sign-in");
  revocations.before = () => Promise.reject(new Error("connection refused"));
  for (const path of ["/", "/add", "/out"]) {
    const response = await browser.get(path);
    assertEquals([path, response.status, setCookies(response)], [path, 503, []]);
    await response.body?.cancel();
  }
  revocations.before = () => {};
  for (const data of ["", "null", "{}", '{"s":[]}', '{"s":{"a":1}}', '{"s":{"a":["1"]}}', '{"s":{},"e":5}']) {
    revocations.answer = (verb) => verb === "read" ? { data, expires: 9e15, version: "1" } : undefined;
    assertEquals([data, (await browser.get("/")).status], [data, 503]);
  }
  revocations.answer = (_verb, result) => result;
  assertEquals(await browser.json("/owner"), "ada");

  using time = new FakeTime();
  revocations.before = () => new Promise(() => {});
  const asking = browser.get("/");
  await time.tickAsync(10_000);
  assertEquals((await asking).status, 503);
});

Deno.test('with whenUnavailable: "empty" a page that only looks is served while the store of revocations is down', async () => {
  const { site, revocations } = prepare({ whenUnavailable: "empty" });
  const browser = site.browser();
  await browser.get("/sign-in");
  revocations.before = () => Promise.reject(new Error("connection refused"));
  const response = await browser.get("/owner");

  assertEquals([response.status, await response.json(), setCookies(response)], [200, null, []]);
  assertEquals(site.eventNames(), ["session.unavailable"]);
});

Deno.test("many who sign out at the same time are all remembered", async () => {
  const { site } = prepare();
  const browsers = Array.from({ length: 12 }, () => site.browser());
  for (const browser of browsers) await browser.get("/sign-in");
  const copies = browsers.map((browser) => browser.copy());
  const answers = await Promise.all(browsers.map((browser) => browser.get("/out")));

  assertEquals(answers.map(({ status }) => status), Array(12).fill(200));
  for (const copy of copies) assertEquals(await copy.json("/owner"), null);
});

Deno.test("sessions that were sealed before there were revocations: an owner's can be ended, nobody's are opened no more", async () => {
  const before = makeSite({ store: new CookieStore() }, PAGES);
  const [adas, nobodys] = [before.browser(), before.browser()];
  await adas.get("/sign-in");
  await nobodys.get("/add");
  const { site, store } = prepare();
  const later = [adas, nobodys].map((browser) => {
    const next = site.browser();
    next.cookies.adopt(browser.cookies.all());
    return next;
  });
  assertEquals([await later[0]!.json("/owner"), await later[1]!.json("/")], ["ada", {}]);
  await store.revokeAll("ada");
  assertEquals(await later[0]!.json("/owner"), null);
});

Deno.test("without revocations a CookieStore says that it can't revoke", async () => {
  const store = new CookieStore();
  const current = {} as Session;
  await assertRejects(() => store.revokeAll("ada"), TypeError, "pass new CookieStore({ revocations: store })");
  await assertRejects(() => store.revokeOthers("ada", current), TypeError, "pass what context.session() has given");
  await assertRejects(() => store.revokeAll(""), TypeError, "Cannot use the owner of sessions");
});

Deno.test("a CookieStore refuses at construction revocations that are no store, and times that don't fit", () => {
  for (const revocations of [null, {}, "memory"]) {
    assertThrows(() => new CookieStore({ revocations: revocations as never }), TypeError, "Cannot create CookieStore");
  }
  for (const absoluteSeconds of [0, -1, NaN, Infinity]) {
    assertThrows(() => new CookieStore({ absoluteSeconds }), RangeError, "absoluteSeconds must be a number of seconds");
  }
  const store = new CookieStore({ revocations: new MemoryStore() });
  const error = assertThrows(() => sessions({ store, absoluteSeconds: 7_776_001 }), RangeError);
  assertStringIncludes(error.message, "pass new CookieStore({ absoluteSeconds: 7776001 })");
  sessions({ store: new CookieStore(), absoluteSeconds: 7_776_001 });
});
