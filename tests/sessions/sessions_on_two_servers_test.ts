/** Two servers on one store, as behind a load balancer: a visitor goes to and fro and must not notice. */

import {
  CachedStore,
  FileStore,
  KvStore,
  MemoryStore,
  RedisStore,
  SessionDirectory,
  type SessionOptions,
  type SessionStore,
} from "@nuages/web/sessions";
import { assertEquals } from "@std/assert";
import { TestBrowser } from "../../testing/test_browser.ts";
import { startRedis, testWithRedis } from "./_redis.ts";
import { Gate, makeSite, TEST_KEY } from "./_site.ts";

/** Two sites on two handles of one store, and a visitor who is sent to each in turn. */
function twoServers(stores: readonly [SessionStore, SessionStore], gate: Gate, options: Partial<SessionOptions> = {}) {
  const sites = stores.map((store) =>
    makeSite({ store, ...options }, {
      "/begin": (session) => session.set("n", 0),
      "/add": (session) => session.update("n", (n) => n + 1),
      "/slow-add": async (session) => {
        await gate.pass();
        session.update("n", (n) => n + 1);
      },
      "/sign-in": (session) => (session.cycleKey(), session.set("user", "Ada")),
      "/own": (session) => session.setOwner("ada"),
      "/out": (session) => session.flush(),
    })
  );
  let turn = 0;
  return new TestBrowser((request) => sites[turn++ % 2]!.app(request));
}

/** What must hold on any two servers. */
async function testTwoServers(stores: readonly [SessionStore, SessionStore]): Promise<void> {
  const gate = new Gate();
  const browser = twoServers(stores, gate);
  await browser.get("/begin");
  const answers = await Promise.all(Array.from({ length: 40 }, () => browser.get("/add")));
  assertEquals(answers.filter(({ status }) => status !== 200), []);
  assertEquals(await browser.json("/"), { n: 40 });

  await browser.get("/sign-in");
  assertEquals([await browser.json("/"), await browser.json("/")], Array(2).fill({ n: 40, user: "Ada" }));
  const copies = [browser.copy(), browser.copy()];
  const slow = browser.get("/slow-add");
  await gate.reached;
  await browser.get("/out");
  gate.open();
  assertEquals((await slow).status, 400);
  assertEquals([await copies[0]!.json("/"), await copies[1]!.json("/"), browser.cookies.all()], [{}, {}, []]);
}

/** The same with ids that rotate all the time, records that are sealed, and somebody who ends it all from a third place. */
async function testRotatingServers(stores: readonly [SessionStore, SessionStore], script: SessionStore): Promise<void> {
  const browser = twoServers(stores, new Gate(), { rotateSeconds: 0.02, encrypt: true });
  await browser.get("/begin");
  await browser.get("/own");
  const first = browser.copy();
  const tabs = Array.from({ length: 4 }, () => browser.copy());
  await Promise.all(tabs.map(async (tab) => {
    for (let i = 0; i < 10; i++) {
      assertEquals((await tab.get("/add")).status, 200);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }));
  for (const tab of tabs) assertEquals(await tab.json("/"), { n: 40 });
  const ids = new Set([first, ...tabs].map((tab) => tab.cookie("sessionid")?.value));
  assertEquals(ids.size > 1, true);

  const directory = new SessionDirectory(script, { keys: [TEST_KEY] });
  assertEquals((await directory.listSessions("ada")).length, 1);
  const busy = tabs.map((tab) => tab.get("/own").then((response) => response.body?.cancel()));
  await Promise.all([directory.revokeAll("ada"), ...busy]);
  await directory.revokeAll("ada");
  for (const tab of [first, ...tabs]) assertEquals([await tab.json("/"), await tab.json("/")], [{}, {}]);
}

Deno.test("two servers on one Deno KV keep one session", async () => {
  const directory = await Deno.makeTempDir();
  {
    using one = await Deno.openKv(`${directory}/kv.sqlite`);
    using two = await Deno.openKv(`${directory}/kv.sqlite`);
    await testTwoServers([new KvStore(one), new KvStore(two)]);
    using three = await Deno.openKv(`${directory}/kv.sqlite`);
    await testRotatingServers([new KvStore(one), new KvStore(two)], new KvStore(three));
  }
  await Deno.remove(directory, { recursive: true });
});

Deno.test("two servers on one folder of files keep one session", async () => {
  const directory = await Deno.makeTempDir();
  await testTwoServers([new FileStore(directory), new FileStore(directory)]);
  await testRotatingServers([new FileStore(directory), new FileStore(directory)], new FileStore(directory));
  await Deno.remove(directory, { recursive: true });
});

testWithRedis("two servers on one Redis keep one session", async () => {
  await using server = await startRedis();
  await using one = await server.connect("redis");
  await using two = await server.connect("ioredis");
  await testTwoServers([new RedisStore(one), new RedisStore(two)]);
  await testRotatingServers([new RedisStore(one), new RedisStore(two)], new RedisStore(one));
});

Deno.test("two servers with one memory before another keep one session", async () => {
  const [fast, lasting] = [new MemoryStore(), new MemoryStore()];
  await testTwoServers([new CachedStore(fast, lasting), new CachedStore(fast, lasting)]);
});
