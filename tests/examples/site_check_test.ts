/** The bookshop, looked over. */

import { check, probe } from "@nuages/web/check";
import { assertEquals } from "@std/assert";
import { createApp } from "../../examples/site/app.ts";
import { FileStore } from "../../sessions/file_store.ts";
import { MemoryStore } from "../../sessions/memory_store.ts";

const KEYS = ["a test's key, and plainly nothing else"];

/** The shop is opened on this machine, by one process, by whoever looks at the example: it has no host of its own and no https to keep to. */
const ITS_PLACE = ["app.local_hosts", "cache.memory", "proxies.none", "security.hsts", "security.ssl_redirect"];

Deno.test("the shop has nothing that check() finds, and for visitors elsewhere only what a place with https has", () => {
  const shop = createApp({ keys: KEYS, store: new FileStore("nowhere") });

  assertEquals(check(shop), []);
  assertEquals(check(shop, { deploy: true }).map(({ id }) => id).sort(), ITS_PLACE);
});

Deno.test("the shop's pages have nothing that probe() finds", async () => {
  const shop = createApp({ keys: KEYS, store: new MemoryStore() });
  const paths = [
    "/",
    "/books/bleak-house/",
    "/cart/",
    "/wishlist/",
    "/breakage/",
    "/preferences/",
    "/sign-in/",
    "/sign-up/",
  ];

  assertEquals(await probe(shop, paths), []);
});

Deno.test("the shop's page that is kept for everybody shows no message, which probe() mentions, and has nothing else", async () => {
  const shop = createApp({ keys: KEYS, store: new MemoryStore() });

  const found = await probe(shop, ["/letters/"]);

  assertEquals(found.map(({ id, level }) => [id, level]), [["messages.not_shown", "info"]]);
});
