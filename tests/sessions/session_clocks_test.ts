/** Clocks that are set while requests are under way. */

import { MemoryStore } from "@nuages/web/sessions";
import { assert, assertEquals } from "@std/assert";
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
