/** When sessions end: idle, absolute, with the browser, or when they are told to. */

import { CookieStore, MemoryStore, type Session } from "@nuages/web/sessions";
import { assertEquals, assertLessOrEqual, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { TestBrowser } from "../../testing/test_browser.ts";
import { CountingStore } from "./_counting_store.ts";
import { Gate, makeSite, type Page, setCookies, type SiteOptions } from "./_site.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;

/** A visitor with a session, kept where calls are counted. */
async function visitor(options: SiteOptions, pages: Readonly<Record<string, Page>> = {}) {
  const store = new CountingStore(new MemoryStore());
  const site = makeSite({ store, ...options }, {
    "/begin": (session) => session.set("n", 1),
    "/change": (session) => session.update("n", (n = 0) => n + 1),
    "/expiry": (session) => session.expiry,
    ...pages,
  });
  const browser = site.browser();
  await browser.get("/begin");
  store.take();
  return { store, site, browser };
}

/** For how many seconds the browser keeps the session's cookie; `undefined` for "until it is closed". */
function cookieSeconds(browser: TestBrowser, name = "sessionid"): number | undefined {
  const cookie = browser.cookie(name);
  return cookie?.expires === undefined ? undefined : (cookie.expires - Date.now()) / 1000;
}

Deno.test("a session lives for two weeks after its last use, and 90 days in all, unless told otherwise", async () => {
  using time = new FakeTime("2026-01-01T00:00:00Z");
  const { browser } = await visitor({});
  assertEquals(cookieSeconds(browser), 14 * 86_400);
  for (let day = 0; day < 90; day += 10) {
    assertEquals(await browser.json("/"), { n: 1 }, `day ${day}`);
    time.tick(10 * DAY);
  }
  assertEquals(await browser.json("/"), {});
});

Deno.test("a session that nobody uses for idleSeconds is gone", async () => {
  using time = new FakeTime();
  const { browser, store } = await visitor({ idleSeconds: 600 });
  const copy = browser.cookies.all().map((cookie) => ({ ...cookie, expires: undefined }));
  time.tick(600_000 - 1);
  browser.cookies.adopt(copy);
  assertEquals([await browser.json("/"), store.take()], [{ n: 1 }, ["read", "update"]]);

  time.tick(600_000);
  browser.cookies.adopt(copy);
  assertEquals([await browser.json("/"), browser.cookies.all()], [{}, []]);
});

Deno.test("reading renews a session once a tenth of its idle time is gone, and its cookie with it", async () => {
  using time = new FakeTime();
  const { browser, store } = await visitor({ idleSeconds: 1000 });
  time.tick(99_000);
  const early = await browser.get("/");
  assertEquals([store.take(), setCookies(early), cookieSeconds(browser)], [["read"], [], 901]);

  time.tick(1_000);
  const late = await browser.get("/");
  assertEquals([store.take(), setCookies(late), cookieSeconds(browser)], [["read", "update"], ["sessionid"], 1000]);
  assertEquals(await late.json(), { n: 1 });
});

Deno.test("a page that is read every second for an hour is written ten times with an idle hour, not 3600", async () => {
  using time = new FakeTime();
  const { browser, store } = await visitor({ idleSeconds: 3600 });
  for (let second = 0; second < 3600; second++) {
    time.tick(1000);
    await browser.text("/");
  }
  const calls = store.take();

  assertEquals(calls.filter((verb) => verb === "read").length, 3600);
  assertEquals(calls.filter((verb) => verb === "update").length, 10);
  assertEquals(await browser.json("/"), { n: 1 });
});

Deno.test("renewAfter: 0 renews with every reading, 1 never", async () => {
  using time = new FakeTime();
  for (const [renewAfter, expected] of [[0, ["read", "update"]], [0.5, ["read"]], [1, ["read"]]] as const) {
    const { browser, store } = await visitor({ idleSeconds: 1000, renewAfter });
    time.tick(499_000);
    await browser.get("/");
    assertEquals([renewAfter, store.take()], [renewAfter, [...expected]]);
  }
});

Deno.test("a failing page doesn't renew, and a renewal keeps what others have written meanwhile", async () => {
  using time = new FakeTime();
  const { browser, store } = await visitor({ idleSeconds: 1000 }, {
    "/500": () => new Response("", { status: 500 }),
  });
  time.tick(500_000);
  await browser.get("/500");
  assertEquals(store.take(), ["read"]);

  store.answer = (verb, result) => verb === "update" ? { status: "conflict" } : result;
  const response = await browser.get("/");
  assertEquals([response.status, store.take(), setCookies(response)], [200, ["read", "update"], []]);
});

Deno.test("a session that was ended while a request only read it goes when it would have been renewed", async () => {
  using time = new FakeTime();
  const { browser, store, site } = await visitor({ idleSeconds: 1000 });
  time.tick(500_000);
  store.answer = (verb, result) => verb === "update" ? { status: "gone" } : result;
  const response = await browser.get("/");

  assertEquals([response.status, await response.json(), setCookies(response)], [200, { n: 1 }, ["-sessionid"]]);
  assertEquals(site.events, []);
});

Deno.test("absoluteSeconds ends a session however much it is used, changed, and given new ids", async () => {
  using time = new FakeTime();
  const { browser } = await visitor({ idleSeconds: 600, absoluteSeconds: 3600 }, {
    "/cycle": (session) => session.cycleKey(),
    "/longer": (session) => session.setExpiry(100_000),
  });
  for (let minutes = 5; minutes < 60; minutes += 5) {
    time.tick(5 * MINUTE);
    const path = ["/", "/change", "/cycle", "/longer"][minutes / 5 % 4]!;
    assertEquals((await browser.get(path)).status, 200);
    assertLessOrEqual(cookieSeconds(browser)!, 3600 - minutes * 60);
  }
  time.tick(5 * MINUTE - 1);
  assertEquals(browser.cookies.all().length, 1);
  const kept = browser.cookies.all().map((cookie) => ({ ...cookie, expires: undefined }));
  time.tick(1);
  browser.cookies.adopt(kept);
  assertEquals(await browser.json("/"), {});
});

Deno.test("flush() begins a new absolute life", async () => {
  using time = new FakeTime();
  const { browser } = await visitor({ idleSeconds: 3600, absoluteSeconds: 3600 }, {
    "/over": (session) => (session.flush(), session.set("n", 9)),
  });
  time.tick(30 * MINUTE);
  await browser.get("/over");

  assertEquals(cookieSeconds(browser), 3600);
});

Deno.test("expireAtBrowserClose gives a cookie without an end, while the session ends by itself all the same", async () => {
  using time = new FakeTime();
  const { browser } = await visitor({ idleSeconds: 600, expireAtBrowserClose: true });
  assertEquals(cookieSeconds(browser), undefined);
  assertEquals((await browser.json("/expiry")).browserClose, true);
  time.tick(300_000);
  await browser.get("/"); // renewed
  assertEquals(cookieSeconds(browser), undefined);

  const copy = browser.copy();
  browser.restart();
  assertEquals(await browser.json("/"), {});
  time.tick(601_000);
  assertEquals(await copy.json("/"), {});
});

Deno.test("setExpiry(seconds) counts from the last change, and reading doesn't renew it", async () => {
  using time = new FakeTime();
  const { browser, store } = await visitor({}, { "/short": (session) => session.setExpiry(300) });
  await browser.get("/short");
  assertEquals(cookieSeconds(browser), 300);
  time.tick(200_000);
  store.take();
  await browser.get("/");
  assertEquals([store.take(), cookieSeconds(browser)], [["read"], 100]);
  await browser.get("/change");
  assertEquals(cookieSeconds(browser), 300);
  time.tick(300_000);
  assertEquals(await browser.json("/"), {});
});

Deno.test("setExpiry(seconds) again is a change, so that a page that says it each time prolongs the session", async () => {
  using time = new FakeTime();
  const { browser } = await visitor({}, { "/short": (session) => session.setExpiry(300) });
  for (let visit = 0; visit < 5; visit++) {
    assertEquals((await browser.get("/short")).status, 200);
    assertEquals(cookieSeconds(browser), 300);
    time.tick(200_000);
  }
  assertEquals(await browser.json("/"), { n: 1 });
});

Deno.test("setExpiry(0) ends with the browser, setExpiry(undefined) goes back to the rule", async () => {
  using _time = new FakeTime();
  const { browser } = await visitor({ idleSeconds: 600 }, {
    "/close": (session) => session.setExpiry(0),
    "/rule": (session) => session.setExpiry(undefined),
  });
  await browser.get("/close");
  assertEquals([cookieSeconds(browser), (await browser.json("/expiry")).browserClose], [undefined, true]);
  await browser.get("/rule");
  assertEquals([cookieSeconds(browser), (await browser.json("/expiry")).browserClose], [600, false]);
});

Deno.test("clear() takes back what setExpiry() has said, as in Django; flush() all the more", async () => {
  using _time = new FakeTime();
  const { browser } = await visitor({ idleSeconds: 600 }, {
    "/short": (session) => session.setExpiry(60),
    "/clear": (session) => session.clear(),
    "/over": (session) => (session.setExpiry(60), session.flush(), session.set("n", 1)),
  });
  await browser.get("/short");
  await browser.get("/clear");
  assertEquals(cookieSeconds(browser), 600);
  await browser.get("/over");
  assertEquals(cookieSeconds(browser), 600);
});

Deno.test("a conflict keeps what others have said about the end, and the absolute one", async () => {
  using time = new FakeTime();
  const gate = new Gate();
  const { browser } = await visitor({ idleSeconds: 600, absoluteSeconds: 700 }, {
    "/slow": async (session) => {
      session.set("a", 1);
      await gate.pass();
    },
    "/short": (session) => session.setExpiry(60),
    "/long": (session) => session.setExpiry(10_000),
  });
  const slow = browser.get("/slow");
  await gate.reached;
  await browser.get("/short");
  time.tick(10_000);
  gate.open();
  assertEquals([(await slow).status, cookieSeconds(browser)], [200, 60]);
  time.tick(10_000);
  await browser.get("/long");
  assertEquals(cookieSeconds(browser), 680);
});

Deno.test("setExpiry() on top of what somebody else has stored counts", async () => {
  using _time = new FakeTime();
  const gate = new Gate();
  const { browser } = await visitor({ idleSeconds: 600 }, {
    "/slow": async (session) => {
      session.setExpiry(60);
      await gate.pass();
    },
  });
  const slow = browser.get("/slow");
  await gate.reached;
  await browser.get("/change");
  gate.open();
  await slow;

  assertEquals([cookieSeconds(browser), await browser.json("/")], [60, { n: 2 }]);
});

Deno.test("setExpiry(seconds) wins over expireAtBrowserClose", async () => {
  using _time = new FakeTime();
  const { browser } = await visitor({ expireAtBrowserClose: true }, {
    "/remember": (session) => session.setExpiry(9000),
  });
  await browser.get("/remember");

  assertEquals(cookieSeconds(browser), 9000);
});

Deno.test("setExpiry(date) ends at that instant, whatever is changed until then", async () => {
  using time = new FakeTime("2026-01-01T00:00:00Z");
  const { browser } = await visitor({}, {
    "/date": (session) => session.setExpiry(new Date("2026-01-01T00:10:00Z")),
  });
  await browser.get("/date");
  time.tick(4 * MINUTE);
  await browser.get("/change");
  assertEquals([cookieSeconds(browser), await browser.json("/expiry")], [360, {
    at: "2026-01-01T00:10:00.000Z",
    seconds: 360,
    browserClose: false,
  }]);
  time.tick(6 * MINUTE);
  assertEquals(await browser.json("/"), {});
});

Deno.test("setExpiry() into the past ends the session now: no record, no cookie, no error", async () => {
  using time = new FakeTime();
  for (const when of [-1, -0.5, -1e308, new Date(0), new Date(time.now)]) {
    const { browser, store } = await visitor({}, { "/past": (session) => session.setExpiry(when) });
    const copy = browser.copy();
    const response = await browser.get("/past");

    assertEquals([response.status, setCookies(response), store.take()], [200, ["-sessionid"], [
      "read",
      "update",
      "delete",
    ]]);
    assertEquals([browser.cookies.all(), await copy.json("/")], [[], {}]);
  }
});

Deno.test("setExpiry() into the past keeps nothing of a new session, in a store or in a cookie", async () => {
  for (const inner of [new CountingStore(new MemoryStore()), new CookieStore()]) {
    const site = makeSite({ store: inner }, { "/": (session) => (session.set("a", 1), session.setExpiry(-1)) });
    const response = await site.browser().get("/");

    assertEquals([response.status, setCookies(response)], [200, []]);
    if (inner instanceof CountingStore) assertEquals(inner.calls, []);
  }
});

Deno.test("setExpiry() takes large numbers, within absoluteSeconds, and fractions of a second", async () => {
  using _time = new FakeTime();
  for (const [when, seconds] of [[1e308, 5000], [new Date(8.64e15), 5000], [0.5, 1], [59.2, 60]] as const) {
    const { browser } = await visitor({ absoluteSeconds: 5000 }, { "/": (session) => session.setExpiry(when) });
    await browser.get("/");
    assertEquals([when, cookieSeconds(browser)], [when, seconds]);
  }
});

Deno.test("setExpiry() refuses what is neither a number of seconds nor a date, and changes nothing", async () => {
  const { browser, store } = await visitor({}, {
    "/": (session: Session) => {
      for (const when of [NaN, Infinity, -Infinity, new Date(NaN), "tomorrow", null, {}, 5n]) {
        assertThrows(
          () => session.setExpiry(when as number),
          RangeError,
          "Cannot set the session's expiry as it must be",
        );
      }
      return session.modified;
    },
  });

  assertEquals([await browser.json("/"), store.take()], [false, ["read"]]);
});

Deno.test("expiry says when the session ends: as stored for one that is only read, from now for one that is changed", async () => {
  using time = new FakeTime("2026-01-01T00:00:00Z");
  const { browser } = await visitor({ idleSeconds: 1000, renewAfter: 1 }, {
    "/changed": (session) => (session.set("n", 2), session.expiry),
  });
  const fresh = await makeSite({ idleSeconds: 1000 }, { "/": (session) => session.expiry }).browser().json("/");
  time.tick(400_000);

  assertEquals(fresh.seconds, 1000);
  assertEquals((await browser.json("/expiry")).seconds, 600);
  assertEquals((await browser.json("/changed")).seconds, 1000);
});

Deno.test("the cookie ends when the record does", async () => {
  using time = new FakeTime("2026-01-01T00:00:00.400Z");
  const store = new MemoryStore();
  const ends: number[] = [];
  const [create, update] = [store.create.bind(store), store.update.bind(store)];
  store.create = (key, record) => (ends.push(record.expires), create(key, record));
  store.update = (key, record, version) => (ends.push(record.expires), update(key, record, version));
  const browser = makeSite({ store, idleSeconds: 600.5 }, {
    "/set": (session) => session.set("n", 1),
    "/short": (session) => session.setExpiry(60),
    "/date": (session) => session.setExpiry(new Date("2026-01-01T00:07:00Z")),
  }).browser();
  for (const path of ["/set", "/short", "/date"]) {
    await browser.get(path);
    // Whole seconds, rounded up: the cookie never ends first.
    assertEquals(cookieSeconds(browser), Math.ceil((ends.at(-1)! - time.now) / 1000), path);
    time.tick(1234);
  }
});

Deno.test("a cookie lives 400 days at most, as browsers allow, and is renewed on the way", async () => {
  using time = new FakeTime();
  const { browser } = await visitor({ idleSeconds: 1000 * 86_400, absoluteSeconds: 2000 * 86_400 });
  assertEquals(cookieSeconds(browser), 400 * 86_400);
  time.tick(399 * DAY);
  assertEquals([await browser.json("/"), cookieSeconds(browser)], [{ n: 1 }, 400 * 86_400]);
});
