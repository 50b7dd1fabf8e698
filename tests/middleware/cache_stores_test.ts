/** The back ends of the site cache: the contract both keep, and their limits. */

import { type CacheRecord, type CacheStore, KvCache, MemoryCache } from "@nuages/web/middleware";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { DENOKV, NO_DENOKV, startDenokv } from "../sessions/_denokv.ts";

const text = (value: string) => new TextEncoder().encode(value);
const inAMinute = () => Date.now() / 1000 + 60;
const record = (data: string, more: Partial<CacheRecord> = {}): CacheRecord => ({
  data: text(data),
  expires: inAMinute(),
  tags: [],
  asOf: "",
  ...more,
});
const dataOf = async (store: CacheStore, key: string) => {
  const { record } = await store.read(key);
  return record === undefined ? undefined : new TextDecoder().decode(record.data);
};

const STORES: Record<string, (kv: Deno.Kv) => CacheStore> = {
  MemoryCache: () => new MemoryCache(),
  KvCache: (kv) => new KvCache(kv),
};

function contract(name: string, open: () => Promise<{ kv: Deno.Kv } & AsyncDisposable>, ignore = false): void {
  Deno.test({
    name,
    ignore,
    async fn(t) {
      await using opened = await open();
      const make = STORES[name.split("()")[0]!]!;
      const store = make(opened.kv);

      await t.step("answers what was written, and the last that was", async () => {
        assertEquals(await dataOf(store, "a"), undefined);
        await store.write("a", record("one"));
        await store.write("b", record("two"));
        assertEquals([await dataOf(store, "a"), await dataOf(store, "b")], ["one", "two"]);
        await store.write("a", record("three"));
        assertEquals([await dataOf(store, "a"), await dataOf(store, "b")], ["three", "two"]);
        const long = "k".repeat(5000);
        await store.write(long, record("long"));
        assertEquals([await dataOf(store, long), await dataOf(store, `${long}k`)], ["long", undefined]);
      });

      await t.step("replaces large records by small ones, and small ones by large ones", async () => {
        for (const length of [150_000, 10, 700_000, 60_001, 0]) {
          await store.write("size", record("x".repeat(length)));
          assertEquals((await dataOf(store, "size"))?.length, length);
        }
      });

      await t.step("answers nothing that has expired", async () => {
        await store.write("short", record("short", { expires: Date.now() / 1000 + 0.05 }));
        assertEquals(await dataOf(store, "short"), "short");
        await new Promise((resolve) => setTimeout(resolve, 70));
        assertEquals(await dataOf(store, "short"), undefined);
      });

      await t.step("answers nothing with a tag that was invalidated since the read it was made after", async () => {
        const { asOf } = await store.read("tagged");
        await store.write("tagged", record("old", { tags: ["x", "y"], asOf }));
        await store.write("other", record("other", { tags: ["z"], asOf }));
        assertEquals(await dataOf(store, "tagged"), "old");
        await store.invalidate(["y"]);
        assertEquals([await dataOf(store, "tagged"), await dataOf(store, "other")], [undefined, "other"]);
        await store.write("tagged", record("made before", { tags: ["y"], asOf }));
        assertEquals(await dataOf(store, "tagged"), undefined);
        const later = await store.read("tagged");
        await store.write("tagged", record("made after", { tags: ["y"], asOf: later.asOf }));
        await store.invalidate(["unrelated"]);
        assertEquals(await dataOf(store, "tagged"), "made after");
        const many = Array.from({ length: 51 }, (_, index) => `tag ${index}`);
        await store.write("many", record("many", { tags: many, asOf: later.asOf }));
        assertEquals(await dataOf(store, "many"), "many");
        await store.invalidate(["tag 50"]);
        assertEquals(await dataOf(store, "many"), undefined);
      });

      await t.step("keeps whole records while many write at once", async () => {
        await Promise.all(Array.from({ length: 30 }, async (_, index) => {
          await store.write(`key ${index % 3}`, record(String(index).repeat(40_000 + index)));
        }));
        for (const key of ["key 0", "key 1", "key 2"]) {
          const data = await dataOf(store, key);
          if (data !== undefined) assert(/^(\d+?)\1+$/.test(data.slice(0, 10_000)) && data.length >= 40_000);
        }
      });
    },
  });
}

const inMemory = async () => {
  const kv = await Deno.openKv(":memory:");
  return { kv, [Symbol.asyncDispose]: () => Promise.resolve(kv.close()) };
};
contract("MemoryCache() keeps the contract of a store", inMemory);
contract("KvCache() keeps the contract of a store", inMemory);
contract(
  `KvCache() keeps the contract on a KV server${DENOKV === undefined ? ` (skipped: ${NO_DENOKV})` : ""}`,
  async () => {
    const server = await startDenokv();
    const kv = await server.open();
    return {
      kv,
      async [Symbol.asyncDispose]() {
        kv.close();
        await server[Symbol.asyncDispose]();
      },
    };
  },
  DENOKV === undefined,
);

Deno.test("MemoryCache() keeps to its number of entries, and lets go what was used least recently", async () => {
  const store = new MemoryCache({ maxEntries: 3 });
  for (const key of ["a", "b", "c"]) store.write(key, record(key));
  await store.read("a");
  store.write("d", record("d"));
  assertEquals(await Promise.all(["a", "b", "c", "d"].map((key) => dataOf(store, key))), ["a", undefined, "c", "d"]);
});

Deno.test("MemoryCache() keeps to its number of bytes, keys counted", async () => {
  const store = new MemoryCache({ maxBytes: 10_000 });
  for (let i = 0; i < 100; i++) store.write(`key ${i}`, record("x".repeat(2000)));
  const living = (await Promise.all(Array.from({ length: 100 }, (_, i) => dataOf(store, `key ${i}`)))).filter(Boolean);
  assertEquals(living.length, 4);
  store.write("large", record("x".repeat(10_001)));
  assertEquals(await dataOf(store, "large"), undefined);
  assertEquals(await dataOf(store, "key 99"), "x".repeat(2000), "what can't be kept drives nothing out");
  store.write("k".repeat(6000), record("x"));
  assertEquals(await dataOf(store, "k".repeat(6000)), undefined);
});

Deno.test("MemoryCache() remembers no more tags than entries, and rather forgets pages", async () => {
  const store = new MemoryCache({ maxEntries: 10 });
  const { asOf } = store.read("page");
  store.write("page", record("page", { tags: ["a"], asOf }));
  store.invalidate(["b"]);
  assertEquals(await dataOf(store, "page"), "page");
  for (let i = 0; i < 20; i++) store.invalidate([`tag ${i}`]);
  assertEquals(await dataOf(store, "page"), undefined, "whether its tag was among them nobody knows any more");
  store.write("page", record("page", { tags: ["a"], asOf: store.read("page").asOf }));
  assertEquals(await dataOf(store, "page"), "page");
});

Deno.test("KvCache() keeps to its limits, all processes together", async () => {
  using kv = await Deno.openKv(":memory:");
  const stores = [new KvCache(kv, { maxEntries: 5 }), new KvCache(kv, { maxEntries: 5 })];
  for (let i = 0; i < 20; i++) await stores[i % 2]!.write(`key ${i}`, record(String(i)));
  const living = await Promise.all(Array.from({ length: 20 }, (_, i) => dataOf(stores[0]!, `key ${i}`)));
  assertEquals(living.filter((data) => data !== undefined), ["15", "16", "17", "18", "19"]);

  const small = new KvCache(kv, { prefix: ["small"], maxEntries: 100, maxBytes: 200_000 });
  for (let i = 0; i < 10; i++) await small.write(`key ${i}`, record("x".repeat(90_000)));
  let bytes = 0;
  for await (const { value } of kv.list<Uint8Array>({ prefix: ["small", "entry"] })) bytes += value.length ?? 0;
  assertEquals(bytes, 180_000, "two of them, and nothing is left of the others");
  await small.write("large", record("x".repeat(200_001)));
  assertEquals(await dataOf(small, "large"), undefined);
});

Deno.test("KvCache() clears a shelf of what has expired before anything that lives", async () => {
  using kv = await Deno.openKv(":memory:");
  using time = new FakeTime();
  const store = new KvCache(kv, { maxEntries: 2 });
  await store.write("long", record("long", { expires: inAMinute() + 600 }));
  await store.write("short", record("short"));
  time.tick(61_000);
  await store.write("new", record("new"));
  assertEquals([await dataOf(store, "long"), await dataOf(store, "new")], ["long", "new"]);
});

Deno.test("KvCache() survives what somebody else wrote under its keys, or a chunk that is missing", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = new KvCache(kv);
  await store.write("page", record("x".repeat(150_000)));
  const keys = (await Array.fromAsync(kv.list({ prefix: ["nuages", "cache", "entry"] }))).map(({ key }) => key);
  assertEquals(keys.length, 4);
  await kv.delete(keys[2]!);
  assertEquals(await dataOf(store, "page"), undefined);
  await kv.set(keys[0]!, "nonsense");
  assertEquals(await dataOf(store, "page"), undefined);
  for await (const { key } of kv.list({ prefix: ["nuages", "cache", "shelf"] })) await kv.set(key, "nonsense");
  await store.write("page", record("again"));
  assertEquals(await dataOf(store, "page"), "again");
});

Deno.test("MemoryCache and KvCache refuse limits that are none", async () => {
  using kv = await Deno.openKv(":memory:");
  for (const value of [0, -1, 1.5, NaN, Infinity, "10"]) {
    for (const name of ["maxEntries", "maxBytes"]) {
      assertThrows(() => new MemoryCache({ [name]: value }), RangeError, name);
      assertThrows(() => new KvCache(kv, { [name]: value }), RangeError, name);
    }
  }
  assertThrows(() => new KvCache(kv, { maxEntries: 100_001 }), RangeError, "100000");
  assertThrows(() => new KvCache(kv, { prefix: [] }), TypeError, "at least one part");
});
