/** Records that are sealed at rest: what lies in the store, whom it can be shown to, and how keys are changed. */

import { KeyRing } from "@nuages/web/cookies";
import { pipeline } from "@nuages/web/middleware";
import {
  CookieStore,
  FileStore,
  MemoryStore,
  SessionDirectory,
  sessions,
  type SessionStore,
} from "@nuages/web/sessions";
import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { CountingStore } from "./_counting_store.ts";
import { inDirectory, recordFiles } from "./_directories.ts";
import { makeSite, type Page, setCookies, type SiteOptions, TEST_KEY } from "./_site.ts";

const NEW_KEY = "a newer key for tests only, made up as well";

const PAGES: Readonly<Record<string, Page>> = {
  "/begin": (session) => session.assign({ secret: "the colour of the sea", n: 0 }),
  "/sign-in": (session) => session.setOwner("ada@shop.example"),
  "/add": (session) => session.update("n", (n) => n + 1),
  "/cycle": (session) => session.cycleKey(),
  "/out": (session) => session.flush(),
};

/** A store that tells what is written to it. */
class OpenStore extends CountingStore {
  readonly keys: string[] = [];
  readonly texts: string[] = [];

  override create(...args: Parameters<SessionStore["create"]>): ReturnType<SessionStore["create"]> {
    this.keys.push(args[0]);
    this.texts.push(args[1].data);
    return super.create(...args);
  }

  override update(...args: Parameters<SessionStore["update"]>): ReturnType<SessionStore["update"]> {
    this.keys.push(args[0]);
    this.texts.push(args[1].data);
    return super.update(...args);
  }
}

const openStore = () => new OpenStore(new MemoryStore());
const siteOf = (options: SiteOptions) => makeSite({ encrypt: true, ...options }, PAGES);

Deno.test("a session that is sealed at rest works like any other, and nothing of it can be read in the store", async () => {
  const store = openStore();
  const site = siteOf({ store, rotateSeconds: 600 });
  using time = new FakeTime();
  const browser = site.browser();
  for (const path of ["/begin", "/sign-in", "/add", "/cycle"]) await browser.get(path);
  time.tick(600_000);
  const old = browser.copy();
  await browser.get("/add");
  assertEquals([await old.json("/"), await browser.json("/")].map(({ n }) => n), [2, 2]);
  await browser.get("/out");
  assertEquals([await old.json("/"), site.events], [{}, []]);

  assertEquals(store.texts.length, 9);
  for (const text of store.texts) assertEquals(/^[\w-]{60,}$/.test(text), true, text);
  for (const word of ["sea", "ada", "shop", '"n"']) {
    assertEquals(
      store.texts.some((text) => atob(text.replaceAll("-", "+").replaceAll("_", "/")).includes(word)),
      false,
    );
  }
});

Deno.test("files on the disk show nothing of it either", async () => {
  const { store, path, close } = await inDirectory();
  const browser = siteOf({ store }).browser();
  await browser.get("/begin");
  await browser.get("/sign-in");
  const files = await Promise.all([...(await recordFiles(path)).values()].map((file) => Deno.readTextFile(file)));

  assertEquals([files.length > 0, files.some((text) => /sea|ada@/.test(text))], [true, false]);
  assertEquals(await browser.json("/"), { secret: "the colour of the sea", n: 0 });
  await close?.();
});

Deno.test("a record that was moved under another key opens nothing there", async () => {
  const store = openStore();
  const site = siteOf({ store });
  const [rich, poor] = [site.browser(), site.browser()];
  await rich.get("/begin");
  await poor.get("/sign-in");
  const [richKey, poorKey] = store.keys as [string, string];
  const [from, to] = [(await store.read(richKey))!, (await store.read(poorKey))!];
  await store.update(poorKey, { data: from.data, expires: from.expires }, to.version);
  const response = await poor.get("/");

  assertEquals([response.status, await response.json(), setCookies(response)], [200, {}, ["-sessionid"]]);
  assertEquals(site.eventNames(), ["session.unreadable"]);
  assertEquals(await rich.json("/"), { secret: "the colour of the sea", n: 0 });
});

Deno.test("a session that somebody made up in the store is none", async () => {
  const store = openStore();
  const site = siteOf({ store });
  const plain = makeSite({ store }, PAGES);
  const forger = plain.browser();
  await forger.get("/begin");
  const browser = site.browser();
  browser.cookies.adopt(forger.cookies.all());

  assertEquals([await browser.json("/"), site.eventNames()], [{}, ["session.unreadable"]]);
});

Deno.test("what was stored in plain is read where that was asked for, and sealed when it is used", async () => {
  const store = openStore();
  const browser = makeSite({ store }, PAGES).browser();
  await browser.get("/begin");
  const site = siteOf({ store, encrypt: { readPlain: true } });
  const later = site.browser();
  later.cookies.adopt(browser.cookies.all());
  assertEquals(await later.json("/"), { secret: "the colour of the sea", n: 0 });
  assertEquals([store.texts.length, store.texts[1]!.startsWith("{")], [2, false]);

  const strict = siteOf({ store }).browser();
  strict.cookies.adopt(later.cookies.all());
  assertEquals((await strict.json("/")).n, 0);
});

Deno.test("sealed records without encryption are a 503 that says what to do, not a visitor who is signed out", async () => {
  const store = openStore();
  const browser = siteOf({ store }).browser();
  await browser.get("/begin");
  const site = makeSite({ store }, PAGES);
  const later = site.browser();
  later.cookies.adopt(browser.cookies.all());
  const response = await later.get("/");
  await response.body?.cancel();

  assertEquals([response.status, setCookies(response)], [503, []]);
  assertStringIncludes(String(site.events[0]?.error), "its text is sealed, and sessions() was not told to encrypt");
});

Deno.test("after a change of keys every session is read, and sealed anew when it is used next", async () => {
  const store = openStore();
  const browser = siteOf({ store, keys: [TEST_KEY] }).browser();
  await browser.get("/begin");
  store.take();
  const both = siteOf({ store, keys: [NEW_KEY, TEST_KEY] }).browser();
  both.cookies.adopt(browser.cookies.all());
  await both.json("/");
  await both.json("/");
  assertEquals(store.take(), ["read", "update", "read"]);

  const newest = siteOf({ store, keys: [NEW_KEY] }).browser();
  newest.cookies.adopt(both.cookies.all());
  assertEquals((await newest.json("/")).n, 0);
});

Deno.test("with a key that is gone its sessions are none: the visitor begins anew, and an event tells of it", async () => {
  const store = openStore();
  const browser = siteOf({ store, keys: [TEST_KEY] }).browser();
  await browser.get("/begin");
  const site = siteOf({ store, keys: [NEW_KEY] });
  const later = site.browser();
  later.cookies.adopt(browser.cookies.all());
  assertEquals([(await later.get("/begin")).status, site.eventNames()], [200, ["session.unreadable"]]);

  assertEquals((await later.json("/")).n, 0);
  const told = JSON.stringify(site.events);
  assertEquals(browser.cookies.all().some(({ value }) => told.includes(value)), false);
});

Deno.test("keys of one's own seal instead of the pipeline's", async () => {
  const store = openStore();
  const encrypt = { keys: [NEW_KEY] };
  const browser = siteOf({ store, encrypt }).browser();
  await browser.get("/begin");
  const other = siteOf({ store, encrypt: { keys: new KeyRing(NEW_KEY) }, keys: [TEST_KEY + "!"] }).browser();
  other.cookies.adopt(browser.cookies.all());

  assertEquals((await other.json("/")).n, 0);
});

Deno.test("clocks that differ don't matter to a sealed record", async () => {
  const store = openStore();
  const browser = siteOf({ store }).browser();
  {
    using _ahead = new FakeTime(Date.now() + 3_600_000);
    await browser.get("/begin");
  }

  assertEquals((await browser.json("/")).n, 0);
});

Deno.test("encryption without keys is refused at construction, with bad ones too", () => {
  const layers = pipeline().use(sessions({ store: new MemoryStore(), encrypt: true }));
  assertThrows(() => layers.handle(() => new Response()), TypeError, "Cannot encrypt sessions as there are no keys");
  const weak = pipeline().use(sessions({ store: new MemoryStore(), encrypt: { keys: ["short"] } }));
  assertThrows(() => weak.handle(() => new Response()), RangeError, "at least 32 bytes");
  for (const encrypt of ["yes", 1, null]) {
    assertThrows(
      () => sessions({ store: new MemoryStore(), encrypt: encrypt as never }),
      TypeError,
      "encrypt must be true, false or { keys, readPlain }",
    );
  }
  // A cookie is always encrypted: that was asked for, and is so.
  pipeline({ keys: [TEST_KEY] }).use(sessions({ store: new CookieStore(), encrypt: true })).handle(() =>
    new Response()
  );
});

Deno.test("the sessions of an owner are listed and ended with the keys, and a directory without them says so", async () => {
  using directory = await temporary();
  const store = new FileStore(directory.path);
  const site = siteOf({ store });
  const browsers = [site.browser(), site.browser()];
  for (const browser of browsers) await browser.get("/sign-in");
  const locked = new SessionDirectory(store);
  for (const ask of [() => locked.listSessions("ada@shop.example"), () => locked.revokeAll("ada@shop.example")]) {
    await assertRejects(ask, TypeError, "pass new SessionDirectory(store, { keys: [...] })");
  }
  const open = new SessionDirectory(store, { keys: [NEW_KEY, TEST_KEY] });
  const [first] = await open.listSessions("ada@shop.example");

  assertEquals(await open.revokeSession("ada@shop.example", first!.handle), true);
  assertEquals([(await open.listSessions("ada@shop.example")).length, await open.revokeAll("ada@shop.example")], [
    1,
    1,
  ]);
  assertEquals(await browsers[0]!.json("/"), {});
});

async function temporary(): Promise<Disposable & { path: string }> {
  const path = await Deno.makeTempDir();
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}
