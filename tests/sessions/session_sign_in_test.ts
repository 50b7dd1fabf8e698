/** A new id at sign-in while other tabs of the visitor are busy with the old one: nobody gets in by it, and nobody is signed out by it. */

import { MemoryStore } from "@nuages/web/sessions";
import { assertEquals, assertNotEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { CountingStore } from "./_counting_store.ts";
import { Gate, makeSite, setCookies } from "./_site.ts";

/** A shop with a sign-in, whose visitor has a cart. `wait` is a page that waits at a gate before it does something. */
async function prepare() {
  const gate = new Gate();
  const store = new CountingStore(new MemoryStore());
  const site = makeSite({ store }, {
    "/begin": (session) => session.set("cart", ["book"]),
    "/sign-in": (session) => {
      session.cycleKey();
      session.set("user", "Ada");
    },
    "/read": (session) => session.get("user", "nobody"),
    "/add": (session) => session.update("cart", (cart: string[] = []) => [...cart, "pen"]),
    "/slow-add": async (session) => {
      await gate.pass();
      session.update("cart", (cart: string[] = []) => [...cart, "pen"]);
    },
    "/slow-sign-in": async (session) => {
      await gate.pass();
      session.cycleKey();
      session.set("user", "Grace");
    },
    "/out": (session) => session.flush(),
    "/slow-out": async (session) => {
      await gate.pass();
      session.flush();
    },
    "/break": (session) => {
      session.set("a", 1);
      throw new Error("broken");
    },
  });
  const browser = site.browser();
  await browser.get("/begin");
  return { gate, store, site, browser };
}

Deno.test("a slow change with the old id is refused, and its answer doesn't sign the visitor out", async () => {
  const { gate, browser, site } = await prepare();
  const slow = browser.get("/slow-add");
  await gate.reached;
  await browser.get("/sign-in");
  gate.open();
  const response = await slow;

  assertEquals([response.status, setCookies(response), site.eventNames()], [400, [], ["session.interrupted"]]);
  assertEquals(await browser.json("/"), { cart: ["book"], user: "Ada" });
});

Deno.test("a request that left with the old id and arrives late reads nothing, and its answer doesn't sign the visitor out", async () => {
  const { browser } = await prepare();
  const old = browser.copy();
  await browser.get("/sign-in");
  const late = await old.get("/read");

  assertEquals([late.status, await late.json(), setCookies(late)], [200, "nobody", []]);
  assertEquals(await browser.json("/read"), "Ada");
});

Deno.test("a request that arrives late with the old id can't begin another session over the new one", async () => {
  const { browser, store } = await prepare();
  const old = browser.copy();
  await browser.get("/sign-in");
  store.take();
  const late = await old.get("/add");

  assertEquals([late.status, setCookies(late), store.take()], [400, [], ["read"]]);
  const broken = await old.get("/break");
  assertEquals([broken.status, setCookies(broken)], [500, []]);
});

Deno.test("whoever lost the answer to the sign-in may sign in again with the old id", async () => {
  const { browser } = await prepare();
  const old = browser.copy();
  await browser.get("/sign-in");
  const again = await old.get("/sign-in");

  assertEquals([again.status, setCookies(again), await old.json("/")], [200, ["sessionid"], { user: "Ada" }]);
  assertNotEquals(old.cookie("sessionid")?.value, browser.cookie("sessionid")?.value);
});

Deno.test("signing out with the old id takes the cookie away, as asked", async () => {
  const { browser } = await prepare();
  const old = browser.copy();
  await browser.get("/sign-in");
  const out = await old.get("/out");

  assertEquals([out.status, setCookies(out)], [200, ["-sessionid"]]);
});

Deno.test("of two sign-ins at the same time the later is refused, and the cookie of the first stays", async () => {
  const { gate, browser } = await prepare();
  const slow = browser.get("/slow-sign-in");
  await gate.reached;
  await browser.get("/sign-in");
  gate.open();
  const response = await slow;

  assertEquals([response.status, setCookies(response)], [400, []]);
  assertEquals(await browser.json("/"), { cart: ["book"], user: "Ada" });
});

Deno.test("after a minute the old id is like any other that opens nothing, and its cookie goes", async () => {
  using time = new FakeTime();
  const { browser } = await prepare();
  const old = browser.copy();
  await browser.get("/sign-in");
  time.tick(60_000);

  assertEquals(setCookies(await old.get("/read")), ["-sessionid"]);
  assertEquals(await old.json("/"), {});
});

Deno.test("what is left under the old id holds nothing of the session, and no id", async () => {
  const { browser, store } = await prepare();
  const kept: string[] = [];
  const update = store.update.bind(store);
  store.update = (key, record, version) => (kept.push(record.data), update(key, record, version));
  await browser.get("/sign-in");

  assertEquals(kept.map((text) => text.replace(/[\w-]{43}/, "…")), ['{"n":"…"}']);
  assertEquals(kept[0]!.includes(browser.cookie("sessionid")!.value), false);
});

Deno.test("the key that is left under the old id is no id: it opens nothing", async () => {
  const { browser, store, site } = await prepare();
  let left = "";
  const update = store.update.bind(store);
  store.update = (key, record, version) => (left = record.data.slice(6, 49), update(key, record, version));
  await browser.get("/sign-in");

  assertEquals(left.length, 43);
  assertEquals(await site.browser().json("/", { headers: { Cookie: `sessionid=${left}` } }), {});
});

Deno.test("a sign-out that was under way during a sign-in ends the session under its new id", async () => {
  const { gate, browser } = await prepare();
  const out = browser.get("/slow-out");
  await gate.reached;
  await browser.get("/sign-in");
  await browser.get("/sign-in");
  const signedIn = browser.copy();
  assertEquals(await signedIn.json("/read"), "Ada");
  gate.open();

  assertEquals([(await out).status, browser.cookies.all()], [200, []]);
  assertEquals([await signedIn.json("/"), signedIn.cookies.all()], [{}, []]);
});

Deno.test("a sign-in that was under way during a sign-out is refused, and leaves nothing", async () => {
  const { gate, browser, store } = await prepare();
  const created: string[] = [];
  const create = store.create.bind(store);
  store.create = (key, record) => (created.push(key), create(key, record));
  const copy = browser.copy();
  const signIn = browser.get("/slow-sign-in");
  await gate.reached;
  await browser.get("/out");
  gate.open();
  const response = await signIn;

  assertEquals([response.status, browser.cookies.all(), await copy.json("/")], [400, [], {}]);
  assertEquals([created.length, await store.read(created[0]!)], [1, undefined]);
});

Deno.test("a sign-in that fails half-way leaves the session as it was, under the old id", async () => {
  for (const failing of ["create", "update"]) {
    const { browser, store } = await prepare();
    store.before = (verb) => verb === failing ? Promise.reject(new Error("disk full")) : undefined;
    const response = await browser.get("/sign-in");
    store.before = () => {};

    assertEquals([failing, response.status, setCookies(response)], [failing, 503, []]);
    assertEquals(await browser.json("/"), { cart: ["book"] });
  }
});
