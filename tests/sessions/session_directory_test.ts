/** What is known of an owner's sessions, for whom, and how single ones are ended. */

import { pipeline } from "@nuages/web/middleware";
import {
  CookieStore,
  FileStore,
  KvStore,
  MemoryStore,
  type Session,
  SessionDirectory,
  sessions,
  SessionStoreError,
} from "@nuages/web/sessions";
import { assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { CountingStore } from "./_counting_store.ts";
import { Gate, makeSite, type Page, type SiteOptions } from "./_site.ts";

const FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const SAFARI =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";

const PAGES: Readonly<Record<string, Page>> = {
  "/sign-in": (session, request) => {
    const { as = "ada", ...options } = Object.fromEntries(new URL(request.url).searchParams);
    session.setOwner(as, options);
  },
  "/add": (session) => session.update("n", (n = 0) => n + 1),
  "/cycle": (session) => session.cycleKey(),
  "/out": (session) => session.flush(),
};

function prepare(options: SiteOptions = {}, pages: Readonly<Record<string, Page>> = {}) {
  const store = new CountingStore(new MemoryStore());
  const directory = new SessionDirectory(store);
  const site = makeSite({ store, ...options }, {
    ...PAGES,
    "/list": (session) => directory.listSessions(session.owner!, { current: session }),
    ...pages,
  });
  return { store, directory, site };
}

const agent = (text: string) => ({ headers: { "User-Agent": text } });

Deno.test("a list says when a session began and was seen, from where, what it is called, and which one is the visitor's", async () => {
  using time = new FakeTime(Date.UTC(2026, 3, 1, 12));
  const { site } = prepare();
  const [laptop, phone] = [site.browser(), site.browser()];
  await laptop.get("/sign-in", agent(FIREFOX));
  time.tick(60_000);
  await phone.get("/sign-in", agent(SAFARI));
  time.tick(60_000);
  await laptop.get("/add", agent(FIREFOX));
  const list: Record<string, unknown>[] = await phone.json("/list");

  assertEquals(list.map(({ handle: _, ...rest }) => rest), [
    {
      created: "2026-04-01T12:00:00.000Z",
      lastSeen: "2026-04-01T12:02:00.000Z",
      expires: "2026-04-15T12:02:00.000Z",
      address: "127.0.0.1",
      label: "Firefox on Linux",
      current: false,
    },
    {
      created: "2026-04-01T12:01:00.000Z",
      lastSeen: "2026-04-01T12:01:00.000Z",
      expires: "2026-04-15T12:01:00.000Z",
      address: "127.0.0.1",
      label: "Mobile Safari on iOS",
      current: true,
    },
  ]);
});

Deno.test("reading is seen when a tenth of the idle time is gone, and costs no write before", async () => {
  using time = new FakeTime();
  const { site, store, directory } = prepare({ idleSeconds: 1000 });
  const browser = site.browser();
  await browser.get("/sign-in");
  const seen = async () => (await directory.listSessions("ada"))[0]!.lastSeen.getTime();
  const begin = await seen();
  store.take();
  time.tick(99_000);
  await browser.get("/");
  assertEquals([await seen() - begin, store.take()], [0, ["read", "list"]]);
  time.tick(1000);
  await browser.get("/");
  assertEquals(await seen() - begin, 100_000);
});

Deno.test("the address follows the visitor, unless the program has said which one to keep", async () => {
  const { site, directory } = prepare({ proxies: { trust: ["127.0.0.1"] } });
  const from = (address: string) => ({ headers: { "X-Forwarded-For": address, "X-Forwarded-Proto": "https" } });
  const visitor = () => site.browser({ origin: "https://shop.example" });
  const addressOf = async (owner: string) => (await directory.listSessions(owner))[0]!.address;
  const [roaming, shortened, hidden] = [visitor(), visitor(), visitor()];
  await roaming.get("/sign-in?as=roaming", from("192.0.2.1"));
  await shortened.get("/sign-in?as=shortened&address=192.0.2.0", from("192.0.2.1"));
  await hidden.get("/sign-in?as=hidden&address=", from("192.0.2.1"));
  assertEquals(await Promise.all(["roaming", "shortened", "hidden"].map(addressOf)), ["192.0.2.1", "192.0.2.0", ""]);
  for (const browser of [roaming, shortened, hidden]) await browser.get("/add", from("198.51.100.7"));

  assertEquals(await Promise.all(["roaming", "shortened", "hidden"].map(addressOf)), ["198.51.100.7", "192.0.2.0", ""]);
});

Deno.test("a label is one short line, whatever it is made of", async () => {
  const { site, directory } = prepare();
  const labelOf = async (label?: string, userAgent = "") => {
    const owner = crypto.randomUUID();
    const query = label === undefined ? "" : `&label=${encodeURIComponent(label)}`;
    await site.browser().get(`/sign-in?as=${owner}${query}`, agent(userAgent));
    return (await directory.listSessions(owner))[0]!.label;
  };

  assertEquals(await labelOf("Ada's laptop"), "Ada's laptop");
  assertEquals(await labelOf(""), "");
  assertEquals(await labelOf("  two\nlines\tand \u0000 more\u202e "), "two lines and more");
  assertEquals(await labelOf("x".repeat(500)), "x".repeat(100));
  assertEquals(await labelOf(`${"x".repeat(99)}🎉`), `${"x".repeat(99)}\ufffd`);
  assertEquals(await labelOf("<b>bold</b>"), "<b>bold</b>");
  for (const unknown of ["", "curl", "\u00ff".repeat(50), "(".repeat(50_000), `Firefox/${"9".repeat(50_000)}`]) {
    assertEquals((await labelOf(undefined, unknown)).length <= 100, true);
  }
});

Deno.test("what a session is called may be changed later, and saying the same again writes nothing", async () => {
  const { site, store, directory } = prepare();
  const browser = site.browser();
  await browser.get("/sign-in?label=laptop", agent(FIREFOX));
  const id = browser.cookie("sessionid")?.value;
  store.take();
  for (const path of ["/sign-in?label=laptop", "/sign-in", "/"]) {
    await browser.get(path);
    assertEquals([path, store.take()], [path, ["read"]]);
  }
  await browser.get("/sign-in?label=old+laptop");
  assertEquals(store.take(), ["read", "update"]);
  assertEquals((await directory.listSessions("ada"))[0]!.label, "old laptop");
  assertEquals(browser.cookie("sessionid")?.value, id);
});

Deno.test("a handle stays while ids come and go, differs between sessions, and opens nothing", async () => {
  using time = new FakeTime();
  const { site, directory } = prepare({ rotateSeconds: 600 });
  const [browser, other] = [site.browser(), site.browser()];
  await browser.get("/sign-in");
  const handles = new Set<string>();
  for (const path of ["/add", "/cycle", "/sign-in?label=x", "/add"]) {
    time.tick(600_000);
    await browser.get(path);
    const list = await directory.listSessions("ada");
    assertEquals(list.length, 1);
    handles.add(list[0]!.handle);
  }
  await other.get("/sign-in");
  assertEquals([handles.size, (await directory.listSessions("ada")).length], [1, 2]);
  assertEquals((await directory.listSessions("ada")).filter(({ handle }) => handles.has(handle)).length, 1);

  const [handle] = handles;
  for (const id of [handle!, handle!.padEnd(43, "A")]) {
    assertEquals(await site.browser().json("/", { headers: { Cookie: `sessionid=${id}` } }), {});
  }
});

Deno.test("one session is ended by its handle, and only by its owner", async () => {
  const { site, directory } = prepare();
  const [laptop, phone, stranger] = [site.browser(), site.browser(), site.browser()];
  await laptop.get("/sign-in");
  await phone.get("/sign-in");
  await stranger.get("/sign-in?as=mallory");
  const mine = (await phone.json("/list")).find(({ current }: { current: boolean }) => current).handle;
  for (const [owner, handle] of [["mallory", mine], ["ada", "no such handle"], ["ada", ""], ["nobody", mine]]) {
    assertEquals([owner, await directory.revokeSession(owner, handle)], [owner, false]);
  }
  assertEquals((await directory.listSessions("ada")).length, 2);

  assertEquals(await directory.revokeSession("ada", mine), true);
  assertEquals(await directory.revokeSession("ada", mine), false);
  assertEquals([await phone.json("/"), phone.cookies.all()], [{}, []]);
  assertEquals((await laptop.json("/list")).map(({ current }: { current: boolean }) => current), [true]);
});

Deno.test("a session that was ended, has expired, or got another owner is on the list no more", async () => {
  using time = new FakeTime();
  const { site, directory } = prepare({ idleSeconds: 1000 });
  const count = async () => (await directory.listSessions("ada")).length;
  const [out, given, expired] = [site.browser(), site.browser(), site.browser()];
  for (const browser of [out, given, expired]) await browser.get("/sign-in");
  assertEquals(await count(), 3);
  await out.get("/out");
  assertEquals(await count(), 2);
  await given.get("/sign-in?as=grace");
  assertEquals([await count(), (await directory.listSessions("grace")).length], [1, 1]);
  time.tick(1_000_000);
  assertEquals(await count(), 0);
});

Deno.test("revokeOthers() counts what it has ended, and what it spares goes on", async () => {
  const { site, directory } = prepare({}, {
    "/others": (session) => directory.revokeOthers(session.owner!, session),
    "/others-before-owner": (session) => directory.revokeOthers("ada", session),
  });
  const browsers = Array.from({ length: 25 }, () => site.browser());
  for (const browser of browsers) await browser.get("/sign-in");
  assertEquals(await browsers[3]!.json("/others"), 24);
  assertEquals(await browsers[3]!.json("/others"), 0);
  assertEquals((await browsers[3]!.json("/list")).length, 1);

  // A visitor who isn't signed in has no session of hers to be spared.
  assertEquals(await site.browser().json("/others-before-owner"), 1);
  assertEquals(await directory.revokeAll("ada"), 0);
});

Deno.test("a sign-in that is under way while all sessions are ended doesn't take the old one with it", async () => {
  const gate = new Gate();
  const { site, directory } = prepare({}, {
    "/slow-cycle": async (session) => {
      session.cycleKey();
      await gate.pass();
    },
  });
  const browser = site.browser();
  await browser.get("/sign-in");
  const tab = browser.copy();
  const slow = tab.get("/slow-cycle");
  await gate.reached;
  assertEquals(await directory.revokeAll("ada"), 1);
  gate.open();

  assertEquals([(await slow).status, await tab.json("/"), await directory.listSessions("ada")], [400, {}, []]);
});

Deno.test("a session whose new id is written while it is ended is ended under that", async () => {
  for (const verb of ["create", "update"] as const) {
    const { site, store, directory } = prepare();
    const browser = site.browser();
    await browser.get("/sign-in");
    const gate = new Gate();
    let used = false;
    store.before = (asked) => {
      if (asked !== verb || used) return;
      used = true;
      return gate.pass();
    };
    const cycling = browser.get("/cycle");
    await gate.reached;
    const revoking = directory.revokeAll("ada");
    gate.open();
    await Promise.all([cycling, revoking]);

    assertEquals([verb, await browser.json("/"), await directory.listSessions("ada")], [verb, {}, []]);
  }
});

Deno.test("a record that can't be read is not listed, and ended all the same", async () => {
  const { site, store, directory } = prepare();
  const browser = site.browser();
  await browser.get("/sign-in");
  store.answer = (verb, result) => verb === "list" ? result.map((found: object) => ({ ...found, data: "no" })) : result;
  assertEquals([await directory.listSessions("ada"), await directory.revokeAll("ada")], [[], 1]);
  assertEquals(await browser.json("/"), {});
});

Deno.test("a visitor without a session ends the ones that can't be read, too, as others", async () => {
  const { site, store, directory } = prepare({}, { "/others": (session) => directory.revokeOthers("ada", session) });
  const browser = site.browser();
  await browser.get("/sign-in");
  store.answer = (verb, result) => verb === "list" ? result.map((found: object) => ({ ...found, data: "no" })) : result;

  assertEquals([await site.browser().json("/others"), await browser.json("/")], [1, {}]);
});

Deno.test("what a store lists wrongly, since it is somebody else's or has expired, is not shown", async () => {
  const { site, store, directory } = prepare();
  await site.browser().get("/sign-in");
  let listed: object[] = [];
  store.answer = (verb, result) => verb === "list" ? listed = result : result;
  await directory.listSessions("ada");
  const [found] = listed;
  store.answer = (verb, result) => verb === "list" ? [found] : result;
  assertEquals([(await directory.listSessions("ada")).length, await directory.listSessions("grace")], [1, []]);
  store.answer = (verb, result) => verb === "list" ? [{ ...found, expires: Date.now() - 1 }] : result;
  assertEquals([await directory.listSessions("ada"), await directory.revokeAll("ada")], [[], 0]);
});

Deno.test("a session that a new id was begun for twice is one on the list, as it was seen last", async () => {
  using time = new FakeTime();
  const { site, store, directory } = prepare({ rotateSeconds: 600 });
  const browser = site.browser();
  await browser.get("/sign-in");
  for (const failing of [true, true, false]) {
    time.tick(600_000);
    store.before = (verb) => failing && verb === "update" ? Promise.reject(new Error("disk full")) : undefined;
    assertEquals((await browser.get("/add")).status, failing ? 503 : 200);
    // In whatever order the store has them.
    for (const order of ["toSorted", "toReversed"] as const) {
      store.answer = (verb, result) => verb === "list" ? result[order]() : result;
      const list = await directory.listSessions("ada");
      assertEquals([list.length, list[0]!.lastSeen.getTime()], [1, Date.now()]);
    }
  }
  const [{ handle } = { handle: "" }] = await directory.listSessions("ada");

  assertEquals([await directory.revokeSession("ada", handle), await directory.listSessions("ada")], [true, []]);
  assertEquals(await browser.json("/"), {});
});

Deno.test("an owner and a label count on top of what others have written meanwhile, and theirs stay", async () => {
  const gates = [new Gate(), new Gate(), new Gate()];
  const { site, directory } = prepare({}, {
    "/slow-sign-in": async (session) => (session.setOwner("ada"), await gates[0]!.pass()),
    "/slow-label": async (session) => (session.setOwner("ada", { label: "laptop" }), await gates[1]!.pass()),
    "/slow-add": async (session) => (session.update("n", (n = 0) => n + 1), await gates[2]!.pass()),
  });
  const browser = site.browser();
  await browser.get("/add");
  for (
    const [at, slow, fast] of [[0, "/slow-sign-in", "/add"], [1, "/slow-label", "/add"], [
      2,
      "/slow-add",
      "/sign-in?label=phone",
    ]] as const
  ) {
    const tab = browser.copy();
    const answer = browser.get(slow);
    await gates[at]!.reached;
    assertEquals((await tab.get(fast)).status, 200);
    gates[at]!.open();
    assertEquals([slow, (await answer).status], [slow, 200]);
    const list = await directory.listSessions("ada");
    assertEquals([slow, list.map(({ label }) => label)], [slow, [["", "laptop", "phone"][at]!]]);
  }

  assertEquals(await browser.json("/"), { n: 4 });
});

Deno.test("a directory of a store that fails, hangs or answers garbage says so", async () => {
  const { store, site, directory } = prepare();
  await site.browser().get("/sign-in");
  const asks = [() => directory.listSessions("ada"), () => directory.revokeAll("ada")];
  for (const answer of [undefined, null, {}, [undefined], [{ data: "", expires: 9e15, version: "1" }]]) {
    store.answer = () => answer;
    for (const ask of asks) await assertRejects(ask, SessionStoreError, "failed to list");
  }
  store.answer = (_verb, result) => result;
  store.before = () => Promise.reject(new Error("connection refused"));
  for (const ask of asks) await assertRejects(ask, SessionStoreError, "failed to list");
  store.before = (verb) => verb === "update" ? Promise.reject(new Error("read only")) : undefined;
  await assertRejects(() => directory.revokeAll("ada"), SessionStoreError, "failed to delete");

  using time = new FakeTime();
  store.before = () => new Promise(() => {});
  const listing = assertRejects(() => directory.listSessions("ada"), SessionStoreError, "failed to list");
  await time.tickAsync(10_000);
  await listing;
});

Deno.test("an owner is a text, and every text is another owner", async () => {
  const { site, directory } = prepare();
  const owners = ["ada", "Ada", "ada ", "1", "é", "e\u0301", "../x", "\u0000", "💡", "x".repeat(10_000), "constructor"];
  for (const owner of owners) await site.browser().get(`/sign-in?as=${encodeURIComponent(owner)}`);
  for (const owner of owners) assertEquals([owner, (await directory.listSessions(owner)).length], [owner, 1]);

  const { promise, resolve } = Promise.withResolvers<Session>();
  await pipeline().use(sessions({ store: new MemoryStore() })).handle(async (_request, context) => {
    resolve(await context.session());
    const session = await context.session();
    for (const owner of ["", "\ud800", 5, null, {}]) {
      assertThrows(
        () => session.setOwner(owner as string),
        TypeError,
        "must be a well-formed text, such as String(user.id)",
      );
    }
    for (const options of [{ label: 5 }, { address: null }]) {
      assertThrows(() => session.setOwner("ada", options as never), TypeError, "must be a text");
    }
    assertEquals([session.owner, session.modified], [undefined, false]);
    return new Response();
  })(new Request("http://localhost/"));
  await promise;
  for (const owner of ["", "\ud800", 5 as never]) {
    await assertRejects(() => directory.listSessions(owner), TypeError, "Cannot use the owner of sessions");
  }
});

Deno.test("a directory refuses what is no store and no session", async () => {
  for (const store of [undefined, {}, new CookieStore()]) {
    assertThrows(() => new SessionDirectory(store as never), TypeError, "Cannot create SessionDirectory");
  }
  assertThrows(() => new SessionDirectory(new MemoryStore(), { storeSeconds: 0 }), RangeError, "storeSeconds");
  assertThrows(() => new SessionDirectory(new MemoryStore(), { keys: ["short"] }), RangeError, "32 bytes");
  const { directory } = prepare();
  const current = { owner: "ada" } as never;
  for (const ask of [() => directory.listSessions("ada", { current }), () => directory.revokeOthers("ada", current)]) {
    await assertRejects(ask, TypeError, "pass what context.session() has given");
  }
});

Deno.test("a script without any request ends sessions on the store of a server, in KV and in files", async () => {
  const path = await Deno.makeTempDir();
  const kv = await Deno.openKv(`${path}/kv.sqlite`);
  const again = await Deno.openKv(`${path}/kv.sqlite`);
  const pairs = [
    [new KvStore(kv), new KvStore(again)],
    [new FileStore(`${path}/sessions`), new FileStore(`${path}/sessions`)],
  ] as const;
  for (const [server, script] of pairs) {
    const browser = makeSite({ store: server }, PAGES).browser();
    await browser.get("/sign-in");
    const directory = new SessionDirectory(script);
    assertEquals((await directory.listSessions("ada")).length, 1);
    assertEquals([await directory.revokeAll("ada"), await browser.json("/"), browser.cookies.all()], [1, {}, []]);
  }
  kv.close();
  again.close();
  await Deno.remove(path, { recursive: true });
});

Deno.test("what a store is told of an owner is a hash, the same for the same owner", async () => {
  const store = new MemoryStore();
  const seen: (string | undefined)[] = [];
  const create = store.create.bind(store);
  store.create = (key, record) => (seen.push(record.owner), create(key, record));
  const site = makeSite({ store }, PAGES);
  for (const owner of ["ada", "ada", "grace"]) await site.browser().get(`/sign-in?as=${owner}`);
  await site.browser().get("/add");

  assertEquals(seen.map((owner) => /^[\w-]{43}$/.test(owner ?? "")), [true, true, true, false]);
  assertEquals([seen[0] === seen[1], seen[3]], [true, undefined]);
  assertNotEquals(seen[0], seen[2]);
});
