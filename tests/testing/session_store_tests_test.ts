/** The kit is held against stores: an honest one passes, and one with a mistake does not. */

import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { MemoryStore } from "../../sessions/memory_store.ts";
import type { SessionStore } from "../../sessions/store.ts";
import { sessionStoreChecks, sessionStoreTests, type StoreCheck } from "../../testing/session_store_tests.ts";
import { MUTANTS } from "./_mutants.ts";

const honest = () => ({ store: new MemoryStore() });

/** What an honest store is held against: everything. */
const everything = { maxBytes: 100_000, makeBroken: broken };

for (const { mistake, breaks, make, options } of MUTANTS) {
  Deno.test(`the kit notices a store that ${mistake}: ${breaks}`, async () => {
    await assertRejects(() => checkOf(breaks, sessionStoreChecks(make, options)).run(), Error);
  });
}

Deno.test("every check of the kit fails for some mistake", () => {
  const noticed = new Set(MUTANTS.map(({ breaks }) => breaks));
  const names = sessionStoreChecks(honest, everything).map(({ name }) => name);

  assertEquals(names.filter((name) => !noticed.has(name)), []);
  assertEquals([...noticed].filter((name) => !names.includes(name)), []);
  assertEquals(new Set(names).size, names.length, "two checks have one name");
});

Deno.test("an honest store passes every check, within seconds", async () => {
  const begin = performance.now();
  for (const { run } of sessionStoreChecks(limited, everything)) await run();
  const seconds = (performance.now() - begin) / 1000;

  assert(seconds < 30, `it took ${seconds} seconds`);
});

Deno.test("a store that answers from copies is held to its fresh reads", async () => {
  for (const { run } of sessionStoreChecks(behind, { copies: true })) await run();

  const check = checkOf("read() sees what another handle wrote, at once", sessionStoreChecks(behind));
  await assertRejects(() => check.run(), Error, "what read() gives after another handle's update() must be '2'");
});

Deno.test("a check says what was expected and what came", async () => {
  const check = checkOf(
    "create() never overwrites",
    sessionStoreChecks(() => {
      const store = new MemoryStore();
      store.create = () => Promise.resolve("always");
      return { store };
    }),
  );

  await assertRejects(
    () => check.run(),
    Error,
    "what create() answers for a key that is taken must be undefined: received 'always'",
  );
});

Deno.test("a check puts the store away and the clock right, whatever happens", async () => {
  const { Date } = globalThis;
  let closed = 0;
  const make = () => ({ store: new MemoryStore(), close: () => void closed++ });
  const checks = sessionStoreChecks(make);
  for (const { run } of checks) await run();
  assertEquals(closed, checks.length);

  const failing = sessionStoreChecks(() => {
    const store = new MemoryStore();
    store.read = () => Promise.reject(new Error("not today"));
    return { store, close: () => void closed++ };
  });
  const check = checkOf("an expired record is not served, from its deadline on", failing);
  await assertRejects(() => check.run(), Error, "not today");
  assertEquals([closed, globalThis.Date], [checks.length + 1, Date]);
});

Deno.test("the kit refuses options that mean nothing", () => {
  for (const maxBytes of [0, 4095, 5000.5, NaN, "5000" as never]) {
    assertThrows(
      () => sessionStoreChecks(honest, { maxBytes }),
      RangeError,
      `Cannot check a store as maxBytes must be a whole number of at least 4096: received ${maxBytes}`,
    );
  }
  for (const timeout of [0, -1, NaN, Infinity]) {
    assertThrows(() => sessionStoreTests("x", honest, { timeout }), RangeError, "timeout must be a number of seconds");
  }
  assertThrows(() => sessionStoreChecks(honest, { clock: "wall" as never }), TypeError, 'must be "moved" or "real"');
});

function checkOf(name: string, checks: StoreCheck[]): StoreCheck {
  const check = checks.find((check) => check.name === name);
  if (check === undefined) throw new Error(`the kit has no check "${name}"`);
  return check;
}

/** A store that takes 100 000 bytes and no more. */
function limited(): { store: SessionStore } {
  const store = new MemoryStore();
  const assertSize = (data: string) => {
    if (new TextEncoder().encode(data).length > 100_000) throw new RangeError("Cannot keep session as it is too large");
  };
  const { create, update } = store;
  store.create = async (key, record) => {
    assertSize(record.data);
    return await create.call(store, key, record);
  };
  store.update = async (key, record, version) => {
    assertSize(record.data);
    return await update.call(store, key, record, version);
  };
  return { store };
}

/** Two handles that remember what they have read, and look again only when they must. */
function behind(): { store: SessionStore; other: SessionStore } {
  const shared = new MemoryStore();
  const handle = (): SessionStore => {
    const known = new Map<string, Awaited<ReturnType<SessionStore["read"]>>>();
    return {
      async read(key, { fresh = false } = {}) {
        if (fresh || !known.has(key)) known.set(key, await shared.read(key));
        return known.get(key);
      },
      create: (key, record) => shared.create(key, record),
      update: (key, record, version) => shared.update(key, record, version),
      delete: (key) => shared.delete(key),
      list: (owner) => shared.list(owner),
      clearExpired: () => shared.clearExpired(),
    };
  };
  return { store: handle(), other: handle() };
}

/** A store that is down. */
function broken(): { store: SessionStore } {
  const fail = () => Promise.reject(new Error("connection lost"));
  return { store: { read: fail, create: fail, update: fail, delete: fail, list: fail, clearExpired: fail } };
}
