/** What happens at once in a CachedStore: whoever is slow must not put back what has been changed or ended meanwhile. */

import { assert, assertEquals } from "@std/assert";
import { CachedStore } from "../../sessions/cached_store.ts";
import { MemoryStore } from "../../sessions/memory_store.ts";
import type { SessionStore } from "../../sessions/store.ts";
import { created, newKey, numbers, present, recordOf } from "../../testing/_store/kit.ts";
import { CountingStore, type Verb } from "./_counting_store.ts";

/** A store over two others whose answers can be held back. */
function setUp() {
  const [fast, lasting] = [new CountingStore(new MemoryStore()), new CountingStore(new MemoryStore())];
  return { fast, lasting, store: new CachedStore(fast, lasting), key: newKey() };
}

/** Holds back the next answer of some kind, after the store has done what it was asked. */
function hold(store: CountingStore, held: Verb) {
  const [reached, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  store.answer = (verb, result) => {
    if (verb !== held) return result;
    store.answer = (_verb, result) => result;
    reached.resolve();
    return opened.promise.then(() => result);
  };
  return { reached: reached.promise, open: () => opened.resolve() };
}

/** Holds back the next request of some kind, before the store knows of it. */
function delay(store: CountingStore, held: Verb) {
  const [reached, opened] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  store.before = (verb) => {
    if (verb !== held) return;
    store.before = () => {};
    reached.resolve();
    return opened.promise;
  };
  return { reached: reached.promise, open: () => opened.resolve() };
}

type Held = PromiseWithResolvers<void>;

/** A record that the store has no copy of. */
async function uncached(lasting: SessionStore, key: string): Promise<string> {
  return await created(lasting, key, recordOf("1"));
}

Deno.test("a slow read in CachedStore doesn't put back what was changed meanwhile", async () => {
  const { lasting, store, key } = setUp();
  const version = await uncached(lasting, key);
  const gate = hold(lasting, "read");
  const slow = store.read(key);
  await gate.reached;
  await store.update(key, recordOf("2"), version);
  gate.open();

  assertEquals((await slow)?.data, "1", "which was true when it began");
  assertEquals((await store.read(key))?.data, "2");
});

Deno.test("a slow read in CachedStore doesn't put back what was ended meanwhile", async () => {
  const { fast, lasting, store, key } = setUp();
  await uncached(lasting, key);
  const gate = hold(lasting, "read");
  const slow = store.read(key);
  await gate.reached;
  await store.delete(key);
  gate.open();
  await slow;

  assertEquals(await store.read(key), undefined);
  assertEquals(await fast.read(key), undefined);
});

Deno.test("a copy in CachedStore that arrives after the end of its session is not believed", async () => {
  const { fast, lasting, store, key } = setUp();
  await uncached(lasting, key);
  const gate = delay(fast, "create");
  const slow = store.read(key);
  await gate.reached;
  await store.delete(key);
  gate.open();
  await slow;

  assert(await fast.read(key) !== undefined, "the copy is there");
  assertEquals(await store.read(key), undefined);
});

Deno.test("a copy in CachedStore that arrives after a change is not believed, and replaced", async () => {
  const { fast, lasting, store, key } = setUp();
  const version = await uncached(lasting, key);
  const gate = delay(fast, "create");
  const slow = store.read(key);
  await gate.reached;
  // The change puts a copy, which is removed by what comes late: by any means the old one must be there at the end.
  await store.update(key, recordOf("2"), version);
  await fast.delete(key);
  gate.open();
  await slow;
  assert((await fast.read(key))?.data.endsWith("\n1"), "the old copy is there");

  assertEquals((await store.read(key))?.data, "2");
  lasting.take();
  assertEquals([(await store.read(key))?.data, lasting.take()], ["2", []]);
});

Deno.test("a read in CachedStore that finds its copy while the session is ended asks the lasting store", async () => {
  const { fast, lasting, store, key } = setUp();
  await created(store, key, recordOf("1"));
  const gate = hold(fast, "read");
  const slow = store.read(key);
  await gate.reached;
  await store.delete(key);
  gate.open();

  assertEquals(await slow, undefined);
  assertEquals(lasting.take().at(-1), "read");
});

Deno.test("a change in CachedStore that hears of its success after the end of the session revives nothing", async () => {
  const { lasting, store, key } = setUp();
  const version = await created(store, key, recordOf("1"));
  const gate = hold(lasting, "update");
  const slow = store.update(key, recordOf("2"), version);
  await gate.reached;
  await store.delete(key);
  gate.open();

  assertEquals((await slow).status, "written", "it was faster");
  assertEquals(await store.read(key), undefined);
});

Deno.test("what CachedStore has once said is gone doesn't come back when a change and the end are answered late", async () => {
  const { lasting, store, key } = setUp();
  const version = await created(store, key, recordOf("1"));
  const [ending, ended, changed] = [0, 1, 2].map(() => Promise.withResolvers<void>()) as [Held, Held, Held];
  lasting.before = (verb) => verb === "delete" ? ending.promise : undefined;
  lasting.answer = (verb, result) =>
    verb === "delete" ? ended.promise : verb === "update" ? changed.promise.then(() => result) : result;
  const deletion = store.delete(key);
  const change = store.update(key, recordOf("2"), version);
  // The change is made first, then the end, and both are not known here yet.
  assertEquals((await store.read(key, { fresh: true }))?.data, "2");
  ending.resolve();
  while (await store.read(key, { fresh: true })) await pause(1);
  changed.resolve();
  await change;

  assertEquals(await store.read(key), undefined);
  ended.resolve();
  await deletion;
  assertEquals(await store.read(key), undefined);
});

Deno.test("of two changes in CachedStore that are answered in the wrong order the later one is seen", async () => {
  const { lasting, store, key } = setUp();
  const first = await created(store, key, recordOf("1"));
  const gate = hold(lasting, "update");
  const slow = store.update(key, recordOf("2"), first);
  await gate.reached;
  const seen = await present(store, key);
  assertEquals((await store.update(key, recordOf("3"), seen.version)).status, "written");
  gate.open();
  await slow;

  assertEquals((await store.read(key))?.data, "3");
});

Deno.test("a slow fresh read in CachedStore doesn't hide what was changed meanwhile", async () => {
  const { lasting, store, key } = setUp();
  const version = await created(store, key, recordOf("1"));
  const gate = hold(lasting, "read");
  const slow = store.read(key, { fresh: true });
  await gate.reached;
  await store.update(key, recordOf("2"), version);
  gate.open();
  await slow;

  assertEquals((await store.read(key))?.data, "2");
});

const STALE = 40;
/** In milliseconds; what clocks round. */
const ROUNDED = 3;

Deno.test("CachedStore in any order: a process sees its own writes at once, and the others' after staleSeconds", async () => {
  const [shared, lasting] = [slowStore(), slowStore()];
  const options = { staleSeconds: STALE / 1000 };
  for (const fasts of [[shared, shared], [slowStore(), slowStore()]] as const) {
    const processes = fasts.map((fast) => new CachedStore(fast, lasting, options));
    await Promise.all(
      numbers(12).map(async () => {
        const history = new History();
        const key = newKey();
        await processes[0]!.create(key, recordOf("0"));
        history.acknowledge(0, 0);
        await Promise.all([
          ...numbers(6).map((index) => writeSome(processes[index % 2]!, index % 2, key, history)),
          ...numbers(6).map((index) => readSome(processes[index % 2]!, index % 2, key, history)),
        ]);
      }),
    );
  }
});

/** What was acknowledged to which process, and when. Ending counts as a change that is greater than all others. */
class History {
  readonly #acknowledged: { process: number; value: number; at: number }[] = [];

  acknowledge(process: number, value: number): void {
    this.#acknowledged.push({ process, value, at: Date.now() });
  }

  /** The least that a read may answer which begins now. */
  leastFor(process: number): number {
    const now = Date.now();
    const known = this.#acknowledged.filter((one) => one.process === process || one.at < now - STALE - ROUNDED);
    return Math.max(-1, ...known.map(({ value }) => value));
  }
}

async function writeSome(store: CachedStore, process: number, key: string, history: History): Promise<void> {
  for (let count = 0; count < 12; count++) {
    const stored = await store.read(key, Math.random() < 0.2 ? { fresh: true } : {});
    if (!stored) return;
    if (Math.random() < 0.02) {
      await store.delete(key);
      return history.acknowledge(process, Infinity);
    }
    const value = Number(stored.data) + 1;
    const { status } = await store.update(key, recordOf(String(value)), stored.version);
    if (status === "written") history.acknowledge(process, value);
    await pause(4);
  }
}

async function readSome(store: CachedStore, process: number, key: string, history: History): Promise<void> {
  for (let count = 0; count < 40; count++) {
    const least = history.leastFor(process);
    const stored = await store.read(key);
    const value = stored ? Number(stored.data) : Infinity;
    assert(value >= least, `${value} was read where ${least} had been acknowledged`);
    await pause(4);
  }
}

/** A memory whose requests and answers take some time, so that they overtake each other. */
function slowStore(): CountingStore {
  const store = new CountingStore(new MemoryStore());
  store.before = () => pause(3);
  store.answer = (_verb, result) => pause(3).then(() => result);
  return store;
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * milliseconds));
}
