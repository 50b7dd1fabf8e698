import { assertEquals, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { MemoryStore } from "../../sessions/memory_store.ts";
import { created, newKey, recordOf } from "../../testing/_store/kit.ts";
import { testMisuse } from "./_misuse.ts";
import { sessionStoreTests } from "../../testing/session_store_tests.ts";

sessionStoreTests("MemoryStore", () => ({ store: new MemoryStore() }));
testMisuse("MemoryStore", () => ({ store: new MemoryStore() }));

Deno.test("MemoryStore keeps at most maxEntries records, and lets the one go that was used least recently", async () => {
  const store = new MemoryStore({ maxEntries: 3 });
  const [a, b, c, d, e, f] = [newKey(), newKey(), newKey(), newKey(), newKey(), newKey()];
  await created(store, a, recordOf("a"));
  const ofB = await created(store, b, recordOf("b"));
  await created(store, c, recordOf("c"));

  await store.read(a); // used: now b is the least recent
  await store.update(b, recordOf("b"), ofB); // used: now c is
  await created(store, d, recordOf("d"));
  assertEquals(await living(store, [a, b, c, d]), [a, b, d]);

  // living() has read them in this order, so that a goes first.
  await created(store, e, recordOf("e"));
  await created(store, f, recordOf("f"));
  assertEquals(await living(store, [a, b, d, e, f]), [d, e, f]);
});

Deno.test("MemoryStore lets an expired record go before a living one, however recently it was used", async () => {
  using time = new FakeTime(Date.now());
  const store = new MemoryStore({ maxEntries: 3 });
  const [old, short, newer, newest] = [newKey(), newKey(), newKey(), newKey()];
  await created(store, old, recordOf("old"));
  await created(store, newer, recordOf("newer"));
  await created(store, short, recordOf("short", 60));

  time.tick(60_000);
  await created(store, newest, recordOf("newest"));
  assertEquals(await living(store, [old, short, newer, newest]), [old, newer, newest]);
});

Deno.test("MemoryStore finds the expired record that makes room among many that are long deleted", async () => {
  using time = new FakeTime(Date.now());
  const store = new MemoryStore({ maxEntries: 60 });
  const keys = Array.from({ length: 59 }, newKey);
  for (const key of keys) await created(store, key, recordOf("living"));
  for (let count = 0; count < 50; count++) {
    const key = newKey();
    await created(store, key, recordOf("deleted", 60));
    await store.delete(key);
  }
  await created(store, newKey(), recordOf("expired", 61));

  time.tick(61_000);
  await created(store, newKey(), recordOf("new"));
  assertEquals((await living(store, keys)).length, 59);
});

Deno.test("MemoryStore makes no room for a record that replaces its own expired one", async () => {
  using time = new FakeTime(Date.now());
  const store = new MemoryStore({ maxEntries: 2 });
  const [a, b] = [newKey(), newKey()];
  await created(store, a, recordOf("a"));
  await created(store, b, recordOf("b", 60));

  time.tick(60_000);
  await created(store, b, recordOf("b"));
  assertEquals(await living(store, [a, b]), [a, b]);
});

Deno.test("MemoryStore answers gone for a record that had to make room", async () => {
  const store = new MemoryStore({ maxEntries: 1 });
  const key = newKey();
  const version = await created(store, key, recordOf("1"));
  await created(store, newKey(), recordOf("2"));

  assertEquals(await store.update(key, recordOf("revived"), version), { status: "gone" });
});

Deno.test("MemoryStore forgets the deadlines of sessions that were ended", async () => {
  const store = new MemoryStore();
  const key = newKey();
  const before = Deno.memoryUsage().heapUsed;
  // 400 000 visitors who sign in and out: without forgetting, some 40 MB would stay until their sessions would have expired.
  for (let count = 0; count < 400_000; count++) {
    await store.create(key, recordOf("1", 1_000_000 + count));
    await store.delete(key);
  }
  const grown = Deno.memoryUsage().heapUsed - before;

  assertEquals(grown < 25_000_000, true, `the heap has grown by ${grown} bytes`);
});

Deno.test("MemoryStore refuses a maxEntries that bounds nothing", () => {
  for (const maxEntries of [0, -1, 1.5, NaN, Infinity, "10" as unknown as number]) {
    assertThrows(
      () => new MemoryStore({ maxEntries }),
      RangeError,
      `Cannot create MemoryStore as maxEntries must be a whole number >= 1: received ${maxEntries}`,
    );
  }
});

/** Which of these keys are alive, in their order. */
async function living(store: MemoryStore, keys: string[]): Promise<string[]> {
  const found = await Promise.all(keys.map((key) => store.read(key)));
  return keys.filter((_, index) => found[index] !== undefined);
}
