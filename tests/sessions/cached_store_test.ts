import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { CachedStore, type CachedStoreOptions } from "../../sessions/cached_store.ts";
import { KvStore } from "../../sessions/kv_store.ts";
import { MemoryStore } from "../../sessions/memory_store.ts";
import { RedisStore } from "../../sessions/redis_store.ts";
import { created, newKey, newOwner, present, recordOf } from "../../testing/_store/kit.ts";
import type { StoreUnderTest } from "../../testing/store_test_options.ts";
import { CountingStore } from "./_counting_store.ts";
import { blocked } from "./_directories.ts";
import { inMemory } from "./_kvs.ts";
import { testMisuse } from "./_misuse.ts";
import { REDIS, startRedis } from "./_redis.ts";
import { sessionStoreTests } from "../../testing/session_store_tests.ts";

/** A store whose lasting one can't have its directory. */
const makeBroken = async () => {
  const { store, close } = await blocked();
  return { store: new CachedStore(new MemoryStore(), store), close: async () => await close?.() };
};

sessionStoreTests("CachedStore, memory before memory", () => ({ store: inOneProcess() }), { makeBroken });
testMisuse("CachedStore", () => ({ store: inOneProcess() }));

sessionStoreTests("CachedStore, memory before Deno KV", async () => {
  const { store, kv } = await inMemory();
  return { store: new CachedStore(new MemoryStore(), store), close: () => kv.close() };
}, { clears: false, maxBytes: 800_000 });

// What a cache costs between processes: a plain read may be late.
sessionStoreTests("CachedStore in two processes, each with a memory of its own", () => {
  const lasting = new MemoryStore();
  const [store, other] = [0, 1].map(() => new CachedStore(new MemoryStore(), lasting)) as [CachedStore, CachedStore];
  return { store, other };
}, { copies: true });

sessionStoreTests("CachedStore in two processes with one memory before another", () => {
  const [fast, lasting] = [new MemoryStore(), new MemoryStore()];
  return { store: new CachedStore(fast, lasting), other: new CachedStore(fast, lasting) };
});

if (REDIS) sessionStoreTests("CachedStore, Redis before Deno KV", redisBeforeKv, { clears: false, maxBytes: 800_000 });

function inOneProcess(options?: CachedStoreOptions): CachedStore {
  return new CachedStore(new MemoryStore(), new MemoryStore(), options);
}

async function redisBeforeKv(): Promise<StoreUnderTest> {
  const server = await startRedis();
  const client = await server.connect();
  const { store, close } = await inMemory();
  const closeAll = async () => {
    await close?.();
    await client[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  };
  return { store: new CachedStore(new RedisStore(client), store), close: closeAll };
}

/** Two processes with a memory each over one store, and what that store is asked. */
function twoProcesses(options?: CachedStoreOptions) {
  const lasting = new CountingStore(new MemoryStore());
  const [one, two] = [0, 1].map(() => new CachedStore(new MemoryStore(), lasting, options)) as [
    CachedStore,
    CachedStore,
  ];
  return { lasting, one, two };
}

Deno.test("CachedStore reads from the fast store what it has read or written lately", async () => {
  using time = new FakeTime(Date.now());
  const { lasting, one, two } = twoProcesses();
  const [key, owner] = [newKey(), newOwner()];
  const record = { ...recordOf('{"a":1}'), owner };
  const version = await created(one, key, record);
  for (let count = 0; count < 3; count++) {
    assertEquals(await one.read(key), { ...record, version });
    assertEquals(await two.read(key), { ...record, version });
  }
  assertEquals(lasting.take(), ["create", "read"]);

  time.tick(5000);
  await one.read(key);
  await two.read(key);
  await one.read(key);
  assertEquals(lasting.take(), ["read", "read"]);
});

Deno.test("CachedStore always compares in the lasting store, also what was read from a copy", async () => {
  const { one, two } = twoProcesses();
  const key = newKey();
  await created(one, key, recordOf("1"));
  const copy = await present(two, key);
  assertEquals((await one.update(key, recordOf("2"), copy.version)).status, "written");

  assertEquals(await two.update(key, recordOf("late"), copy.version), { status: "conflict" });
  // And what has been refused is asked for again.
  assertEquals((await present(two, key)).data, "2");
});

Deno.test("CachedStore serves what another process has ended for staleSeconds at most, and never revives it", async () => {
  using time = new FakeTime(Date.now());
  const { one, two } = twoProcesses({ staleSeconds: 30 });
  const key = newKey();
  await created(one, key, recordOf("1"));
  time.tick(20_000);
  const { version } = await present(two, key);
  await one.delete(key);

  assertEquals(await one.read(key), undefined);
  assertEquals(await two.read(key, { fresh: true }), undefined);
  assertEquals(await two.read(key), undefined, "what it knows it doesn't forget");
  assertEquals(await two.update(key, recordOf("revived"), version), { status: "gone" });

  const other = newKey();
  await created(one, other, recordOf("1"));
  await present(two, other);
  await one.delete(other);
  time.tick(29_999);
  assertEquals((await two.read(other))?.data, "1");
  time.tick(1);
  assertEquals(await two.read(other), undefined);
});

Deno.test("CachedStore counts staleness from before a read, however long the read took", async () => {
  using time = new FakeTime(Date.now());
  const { lasting, one, two } = twoProcesses({ staleSeconds: 10 });
  const key = newKey();
  await created(one, key, recordOf("1"));
  lasting.answer = (_verb, stored) => (time.tick(8000), stored);
  await two.read(key);
  lasting.answer = (_verb, stored) => stored;
  await one.delete(key);

  assertEquals((await two.read(key))?.data, "1");
  time.tick(2000);
  assertEquals(await two.read(key), undefined);
});

Deno.test("CachedStore keeps no copy beyond the deadline of its record", async () => {
  using time = new FakeTime(Date.now());
  const { one, two } = twoProcesses({ staleSeconds: 3600 });
  const key = newKey();
  await created(one, key, recordOf("1", 60));
  await present(two, key);

  time.tick(59_999);
  assertEquals((await two.read(key))?.data, "1");
  time.tick(1);
  assertEquals([await one.read(key), await two.read(key)], [undefined, undefined]);
});

Deno.test("CachedStore never remembers that there is nothing", async () => {
  const { one, two } = twoProcesses();
  const key = newKey();
  assertEquals([await two.read(key), await two.read(key, { fresh: true })], [undefined, undefined]);
  await created(one, key, recordOf("1"));

  assertEquals((await two.read(key))?.data, "1");
});

Deno.test("CachedStore believes what it asked for afresh, and keeps it", async () => {
  const { lasting, one, two } = twoProcesses();
  const key = newKey();
  const version = await created(one, key, recordOf("1"));
  await present(two, key);
  await one.update(key, recordOf("2"), version);
  assertEquals((await two.read(key))?.data, "1");
  assertEquals((await two.read(key, { fresh: true }))?.data, "2");
  lasting.take();

  assertEquals([(await two.read(key))?.data, lasting.take()], ["2", []]);
});

Deno.test("CachedStore tells a lasting store with copies of its own that it wants the truth", async () => {
  const asked: unknown[] = [];
  class Late extends MemoryStore {
    override read(key: string, options?: unknown) {
      asked.push(options);
      return super.read(key);
    }
  }
  const store = new CachedStore(new MemoryStore(), new Late());
  await store.read(newKey());
  await store.read(newKey(), { fresh: true });

  assertEquals(asked, [{ fresh: true }, { fresh: true }]);
});

Deno.test("CachedStore goes on when the fast store throws, and lets it rest for a second", async () => {
  using time = new FakeTime(Date.now());
  const fast = new CountingStore(new MemoryStore());
  const store = new CachedStore(fast, new MemoryStore());
  const key = newKey();
  let version = await created(store, key, recordOf("0"));
  fast.take();
  fast.before = () => Promise.reject(new Error("out of order"));
  for (let count = 1; count <= 5; count++) {
    const result = await store.update(key, recordOf(String(count)), version);
    assert(result.status === "written");
    version = result.version;
    assertEquals((await present(store, key)).data, String(count));
  }
  assertEquals(fast.take().length <= 2, true);

  // It has kept the old copy. Nobody here believes it.
  fast.before = () => {};
  time.tick(1000);
  assertEquals((await present(store, key)).data, "5");
  assertEquals((await present(store, key)).data, "5");
  assertEquals(fast.take(), ["read", "delete", "create", "read"]);
});

Deno.test("CachedStore goes on when the fast store hangs", async () => {
  const fast = new CountingStore(new MemoryStore());
  const store = new CachedStore(fast, new MemoryStore(), { patienceSeconds: 0.02 });
  const key = newKey();
  const version = await created(store, key, recordOf("1"));
  const hanging = Promise.withResolvers<void>();
  fast.before = () => hanging.promise;

  assertEquals((await present(store, key)).data, "1");
  assertEquals((await store.update(key, recordOf("2"), version)).status, "written");
  assertEquals((await present(store, key)).data, "2");
  hanging.resolve();
  await store.delete(key);
  assertEquals(await store.read(key), undefined);
});

Deno.test("CachedStore goes on when the fast store answers nonsense, or can't keep a session", async () => {
  using time = new FakeTime(Date.now());
  for (const answer of [{}, { data: 1, expires: 2e13 }, { data: "nuages-copy/1 \n", expires: 2e13 }, null]) {
    const fast = new CountingStore(new MemoryStore());
    const store = new CachedStore(fast, new MemoryStore());
    const key = newKey();
    await created(store, key, recordOf("1"));
    fast.answer = (verb, result) => verb === "read" ? answer : result;
    assertEquals((await present(store, key)).data, "1");
    time.tick(1000);
  }

  const { store: kv, close } = await inMemory();
  const fast = new CountingStore(kv);
  const store = new CachedStore(fast, new MemoryStore());
  const [large, small] = [newKey(), newKey()];
  await created(store, large, recordOf("x".repeat(900_000)));
  assertEquals((await present(store, large)).data.length, 900_000);
  // Which is no reason to leave it in peace.
  await created(store, small, recordOf("1"));
  fast.take();
  assertEquals([(await present(store, small)).data, fast.take()], ["1", ["read"]]);
  await close?.();
});

Deno.test("CachedStore fails where the lasting store does, and believes no copy after a write that may have been made", async () => {
  const { lasting, one } = twoProcesses();
  const key = newKey();
  const version = await created(one, key, recordOf("1"));
  // It writes, and then the connection breaks.
  lasting.answer = (verb, result) => {
    if (verb !== "read") throw new Error("The connection is lost");
    return result;
  };
  await assertRejects(() => one.update(key, recordOf("2"), version), Error, "is lost");
  assertEquals((await one.read(key))?.data, "2");
  await assertRejects(() => one.delete(key), Error, "is lost");
  assertEquals(await one.read(key), undefined);
  lasting.answer = () => {
    throw new Error("The store is down");
  };
  await assertRejects(async () => await one.read(newKey()), Error, "is down");
  await assertRejects(() => one.list(newOwner()), Error, "is down");
  await assertRejects(() => one.clearExpired(), Error, "is down");
});

Deno.test("KvStore with its copies may be what is cached", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = new CachedStore(new MemoryStore(), new KvStore(kv, { consistency: "eventual" }));
  const [key, owner] = [newKey(), newOwner()];
  await created(store, key, recordOf("1", 60, owner));

  assertEquals((await store.list(owner)).map(({ key }) => key), [key]);
});

Deno.test("CachedStore refuses what can't be cached, and numbers that are no seconds", () => {
  const store = new MemoryStore();
  assertThrows(() => new CachedStore(store, store), TypeError, "as fast and lasting must be two stores");
  assertThrows(() => new CachedStore(undefined as never, store), TypeError, "as fast must be a store");
  assertThrows(() => new CachedStore(store, {} as never), TypeError, "as lasting must be a store");
  for (const name of ["staleSeconds", "patienceSeconds"]) {
    for (const seconds of [0, -1, NaN, Infinity, "5" as unknown as number]) {
      assertThrows(
        () => inOneProcess({ [name]: seconds }),
        RangeError,
        `Cannot create CachedStore as ${name} must be a number of seconds > 0: received ${seconds}`,
      );
    }
  }
});
