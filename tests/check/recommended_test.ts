/** recommended() is what check() has nothing to say about. */

import { check } from "@nuages/web/check";
import { KvCache, MemoryStore, recommended, SiteCache } from "@nuages/web";
import { KvStore } from "@nuages/web/sessions";
import { assertEquals } from "@std/assert";

const KEYS = ["a test's key, and plainly nothing else"];

Deno.test("recommended(), told where it is, has nothing that check --deploy finds", async () => {
  using kv = await Deno.openKv(":memory:");
  const app = recommended({
    keys: KEYS,
    store: new KvStore(kv),
    hosts: ["shop.example"],
    users: { find: () => undefined, findByName: () => undefined },
    cache: new SiteCache({ store: new KvCache(kv) }),
    conditionalGet: true,
    accessLog: { write() {} },
    proxies: { trust: ["10.0.0.7"] },
    security: { hstsSeconds: 31_536_000, hstsIncludeSubdomains: true, hstsPreload: true, sslRedirect: true },
  }).handle(() => new Response("hello"));

  assertEquals(check(app, { deploy: true }), []);
});

Deno.test("recommended(), told nothing, has nothing that check() finds, and what is to be told before visitors come", () => {
  const app = recommended({ keys: KEYS, store: new MemoryStore() }).handle(() => new Response("hello"));

  assertEquals(check(app), []);
  assertEquals(check(app, { deploy: true }).map(({ id }) => id), [
    "app.local_hosts",
    "security.ssl_redirect",
    "security.hsts",
    "session.memory_store",
    "proxies.none",
  ]);
});
