import { assertEquals, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
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

Deno.test("MemoryStore with many records tells who was used least recently to a sixteenth of them", async () => {
  const store = new MemoryStore({ maxEntries: 320 });
  const keys = Array.from({ length: 320 }, newKey);
  for (const key of keys) await created(store, key, recordOf("living"));
  const [first, ...others] = keys as [string, ...string[]];
  await store.read(first);
  // It is read all the time, and whenever it is near the end of the order already it stays where it is.
  for (let count = 0; count < 2000; count++) {
    await created(store, newKey(), recordOf("passing"));
    assertEquals((await store.read(first))?.data, recordOf("living").data);
  }
  assertEquals(await living(store, others), []);

  // What was used last outlives all but a sixteenth of what comes after it.
  const last = newKey();
  await created(store, last, recordOf("last"));
  await store.read(last);
  for (let count = 0; count < 320 - 1 - 320 / 16; count++) await created(store, newKey(), recordOf("passing"));
  assertEquals(await living(store, [last]), [last]);
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
  const before = heldBytes();
  // 100 000 visitors who sign in and out: without forgetting, some 8 MB would stay until their sessions would have expired.
  for (let count = 0; count < 100_000; count++) {
    const key = newKey();
    await store.create(key, recordOf("1", 1_000_000 + count));
    await store.delete(key);
  }
  const grown = heldBytes() - before;
  await store.clearExpired();

  assertEquals(grown < 1_000_000, true, `the heap has grown by ${grown} bytes`);
});

Deno.test("MemoryStore clears exactly what has expired, however deadlines were moved", async () => {
  using time = new FakeTime(Date.now());
  const store = new MemoryStore();
  const records = new Map<string, { version: string; expires: number }>();
  const random = numbers();
  for (let step = 0; step < 3000; step++) {
    const record = recordOf(String(step), 1 + random(500));
    const key = [...records.keys()][random(records.size)];
    const choice = random(4);
    if (choice < 2 || key === undefined) {
      const key = newKey();
      records.set(key, { version: await created(store, key, record), expires: record.expires });
    } else if (choice === 2) {
      const written = await store.update(key, record, records.get(key)!.version);
      if (written.status === "written") records.set(key, { version: written.version, expires: record.expires });
    } else {
      await store.delete(key);
      records.delete(key);
    }
    if (step % 30 > 0) continue;
    time.tick(random(100_000));
    const expired = [...records].filter(([, { expires }]) => expires <= Date.now()).map(([key]) => key);
    for (const key of expired) records.delete(key);
    assertEquals(await store.clearExpired(), expired.length);
  }
  assertEquals((await living(store, [...records.keys()])).length, records.size);
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

/** What the heap holds when the garbage is gone. */
function heldBytes(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  return Deno.memoryUsage().heapUsed;
}

/** Numbers that look random and are the same each time: `random(n)` gives one below `n`. */
function numbers(): (below: number) => number {
  let state = 1;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % Math.max(below, 1);
  };
}
