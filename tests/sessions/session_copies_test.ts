/** A store that answers from copies, some seconds behind what was written: nothing is lost by believing it too easily. */

import {
  CachedStore,
  MemoryStore,
  type ReadOptions,
  type SessionStore,
  type StoredSession,
} from "@nuages/web/sessions";
import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { TestBrowser } from "../../testing/test_browser.ts";
import { Gate, makeSite, setCookies } from "./_site.ts";

/** A store whose copy is as old as the last `copy()`. Only a read that asks for it sees what was written since. */
class LateStore extends MemoryStore implements SessionStore {
  readonly reads: ("copy" | "fresh")[] = [];
  #copies = new Map<string, StoredSession | undefined>();
  readonly #known = new Set<string>();

  override async read(key: string, options?: ReadOptions): Promise<StoredSession | undefined> {
    this.reads.push(options?.fresh ? "fresh" : "copy");
    this.#known.add(key);
    return options?.fresh ? await super.read(key) : this.#copies.get(key);
  }

  /** Brings the copy up to date. */
  async copy(): Promise<void> {
    for (const key of this.#known) this.#copies.set(key, await super.read(key));
    this.reads.length = 0;
  }
}

Deno.test("a session that was begun just now is found, though the copy doesn't know it yet", async () => {
  const store = new LateStore();
  const browser = makeSite({ store }, { "/begin": (session) => session.set("n", 1) }).browser();
  await browser.get("/begin");
  const response = await browser.get("/");

  assertEquals([await response.json(), setCookies(response)], [{ n: 1 }, []]);
  assertEquals(store.reads, ["copy", "fresh"]);
  await store.copy();
  assertEquals([await browser.json("/"), store.reads], [{ n: 1 }, ["copy"]]);
});

Deno.test("a visitor who has just signed in isn't signed out, though the copy doesn't know the new id yet", async () => {
  const store = new LateStore();
  const browser = makeSite({ store }, {
    "/begin": (session) => session.set("n", 1),
    "/sign-in": (session) => (session.cycleKey(), session.set("user", "Ada")),
  }).browser();
  await browser.get("/begin");
  await browser.get("/");
  await store.copy();
  await browser.get("/sign-in");

  assertEquals(await browser.json("/"), { n: 1, user: "Ada" });
});

Deno.test("changes on an old copy are done again on what is there, at the first retry", async () => {
  const store = new LateStore();
  const browser = makeSite({ store }, {
    "/begin": (session) => session.set("n", 0),
    "/add": (session) => session.update("n", (n) => n + 1),
  }).browser();
  await browser.get("/begin");
  await browser.get("/");
  await store.copy();
  for (let i = 0; i < 3; i++) assertEquals((await browser.get("/add")).status, 200);

  assertEquals(store.reads, ["copy", "copy", "fresh", "copy", "fresh"]);
  await store.copy();
  assertEquals(await browser.json("/"), { n: 3 });
});

Deno.test("a sign-out ends what is there, not what the copy shows", async () => {
  const store = new LateStore();
  const gate = new Gate();
  const browser = makeSite({ store }, {
    "/begin": (session) => session.set("n", 1),
    "/sign-in": (session) => session.cycleKey(),
    "/out": async (session) => {
      session.flush();
      await gate.pass();
    },
  }).browser();
  await browser.get("/begin");
  await browser.get("/");
  await store.copy();
  const out = browser.get("/out");
  await gate.reached;
  await browser.get("/sign-in");
  const signedIn = browser.copy();
  gate.open();
  await out;
  await signedIn.get("/");
  await store.copy();

  assertEquals([await signedIn.json("/"), browser.cookies.all()], [{}, []]);
});

/** Two servers with a memory each before one store, and a visitor of both. */
function twoCachedServers() {
  const lasting = new MemoryStore();
  const [one, two] = [0, 1].map(() =>
    makeSite({ store: new CachedStore(new MemoryStore(), lasting, { staleSeconds: 5 }) }, {
      "/begin": (session) => session.set("n", 1),
      "/add": (session) => session.update("n", (n) => n + 1),
      "/sign-in": (session) => (session.cycleKey(), session.set("user", "Ada")),
      "/out": (session) => session.flush(),
    })
  ) as [ReturnType<typeof makeSite>, ReturnType<typeof makeSite>];
  let at = one;
  const browser = new TestBrowser((request) => at.app(request));
  return { browser, goTo: (server: "one" | "two") => void (at = server === "one" ? one : two) };
}

Deno.test("a visitor who signs out on one cached server is signed out on the other after staleSeconds, and not revived", async () => {
  using time = new FakeTime(Date.now());
  const { browser, goTo } = twoCachedServers();
  await browser.get("/begin");
  const thief = browser.copy();
  goTo("two");
  assertEquals(await thief.json("/"), { n: 1 });
  goTo("one");
  await browser.get("/out");
  assertEquals(await browser.copy().json("/"), {});

  goTo("two");
  time.tick(4999);
  assertEquals(await thief.copy().json("/"), { n: 1 });
  assertEquals((await thief.copy().get("/add")).status, 400);
  assertEquals(await thief.copy().json("/"), {}, "the refused change has told the server");
  time.tick(1);
  assertEquals(await thief.json("/"), {});
});

Deno.test("a visitor who goes to and fro between cached servers loses no change, and keeps a new id", async () => {
  const { browser, goTo } = twoCachedServers();
  await browser.get("/begin");
  for (let turn = 0; turn < 10; turn++) {
    goTo(turn % 2 ? "one" : "two");
    assertEquals((await browser.get("/add")).status, 200);
  }
  await browser.get("/sign-in");
  goTo("two");

  assertEquals(await browser.json("/"), { n: 11, user: "Ada" });
});
