/** Clocks that are set while requests are under way. */

import { CachedStore, MemoryStore } from "@nuages/web/sessions";
import { assert, assertEquals } from "@std/assert";
import { created, newKey, recordOf } from "../../testing/_store/kit.ts";
import { CountingStore } from "./_counting_store.ts";
import { makeSite } from "./_site.ts";

Deno.test("a store that never answers is given up in time, also when the clock was put back meanwhile", async () => {
  const store = new CountingStore(new MemoryStore());
  const site = makeSite({ store, storeSeconds: 0.2 }, { "/set": (session) => session.set("user", "Ada") });
  const browser = site.browser();
  await browser.get("/set");
  store.before = () => new Promise(() => {});
  const { now } = Date;
  try {
    const begun = performance.now();
    const asking = [browser.get("/"), browser.get("/")];
    await new Promise((resolve) => setTimeout(resolve, 20));
    Date.now = () => now() - 3_600_000;
    asking.push(browser.get("/"));
    for (const response of await Promise.all(asking)) assertEquals(response.status, 503);

    const took = performance.now() - begun;
    assert(took < 2000, `it took ${took} ms`);
  } finally {
    Date.now = now;
  }
});

Deno.test("CachedStore doesn't believe a copy for an hour since the clock was put back by one", async () => {
  const lasting = new MemoryStore();
  const store = new CachedStore(new MemoryStore(), lasting, { staleSeconds: 1 });
  const key = newKey();
  await created(lasting, key, recordOf("1"));
  assertEquals((await store.read(key))?.data, "1");
  const { now } = Date;
  try {
    Date.now = () => now() - 3_600_000;
    // By another process.
    await lasting.delete(key);

    assertEquals(await store.read(key), undefined);
    Date.now = now;
    assertEquals(await store.read(key), undefined, "nor when the clock is right again");
  } finally {
    Date.now = now;
  }
});
