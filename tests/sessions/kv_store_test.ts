import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { CorruptRecordError } from "../../sessions/corrupt_record_error.ts";
import { KvStore } from "../../sessions/kv_store.ts";
import type { ReadOptions } from "../../sessions/store.ts";
import { created, newKey, present, recordOf } from "../../testing/_store/kit.ts";
import { closed, entriesOf, inFile, inMemory, WatchedKv } from "./_kvs.ts";
import { testMisuse } from "./_misuse.ts";
import { sessionStoreTests } from "../../testing/session_store_tests.ts";

const abilities = { clears: false, maxBytes: 800_000, makeBroken: closed };

sessionStoreTests("KvStore in memory", () => inMemory(), abilities);
sessionStoreTests("KvStore in a local file with two handles", () => inFile(), abilities);
testMisuse("KvStore", () => inMemory());

Deno.test("KvStore keeps sessions when the database is closed and opened again", async () => {
  const directory = await Deno.makeTempDir();
  const key = newKey();
  {
    using kv = await Deno.openKv(`${directory}/kv.sqlite`);
    await created(new KvStore(kv), key, recordOf("x".repeat(100_000)));
  }
  {
    using kv = await Deno.openKv(`${directory}/kv.sqlite`);
    const { data, version } = await present(new KvStore(kv), key);
    assertEquals(data.length, 100_000);
    assertEquals((await new KvStore(kv).update(key, recordOf("2"), version)).status, "written");
  }
  await Deno.remove(directory, { recursive: true });
});

Deno.test("KvStore never closes the database", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = new KvStore(kv);
  await created(store, newKey(), recordOf("1"));
  await store.clearExpired();

  await kv.set(["still", "open"], true);
});

Deno.test("KvStore asks once to read, and commits once to write, up to 64 000 bytes", async () => {
  using kv = await Deno.openKv(":memory:");
  const watched = new WatchedKv(kv);
  const store = new KvStore(watched.kv);
  const key = newKey();
  const record = recordOf("x".repeat(64_000));

  const version = await created(store, key, record);
  await store.read(key);
  assertEquals((await store.update(key, record, version)).status, "written");
  await store.delete(key);
  await store.read(key);
  assertEquals(watched.requests, ["commit", "get", "commit", "commit", "get"]);
});

Deno.test("KvStore keeps what it writes below its prefix, and leaves everything else alone", async () => {
  using kv = await Deno.openKv(":memory:");
  await kv.set(["nuages"], "mine");
  await kv.set(["nuages", "sessions", "settings"], "mine too");
  const store = new KvStore(kv);
  const key = newKey();
  const version = await created(store, key, recordOf("x".repeat(100_000)));

  for (const entry of await entriesOf(kv)) assertEquals(entry.key[0], "nuages");
  await store.update(key, recordOf("1"), version);
  await store.delete(key);
  assertEquals((await entriesOf(kv)).map(({ value }) => value), ["mine", "mine too"]);
});

Deno.test("KvStores with different prefixes share nothing", async () => {
  using kv = await Deno.openKv(":memory:");
  const stores = [["shop"], ["shop", "sessions"], ["shop", 1], ["shop", true], ["shop", new Uint8Array([1])], [1n]]
    .map((prefix) => new KvStore(kv, { prefix }));
  const key = newKey();
  for (const [index, store] of stores.entries()) await created(store, key, recordOf(String(index)));
  await stores[0]!.delete(key);

  const found = await Promise.all(stores.map((store) => store.read(key)));
  assertEquals(found.map((stored) => stored?.data), [undefined, "1", "2", "3", "4", "5"]);
});

Deno.test("KvStore is not confused by a prefix array that is changed later", async () => {
  using kv = await Deno.openKv(":memory:");
  const prefix = ["shop"];
  const store = new KvStore(kv, { prefix });
  const key = newKey();
  await created(store, key, recordOf("1"));
  prefix[0] = "elsewhere";

  assertEquals((await present(store, key)).data, "1");
});

Deno.test("KvStore tells KV when each key expires, chunks too", async () => {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/kv.sqlite`;
  const expires = Date.now() + 600_000;
  {
    using kv = await Deno.openKv(path);
    const store = new KvStore(kv);
    const version = await created(store, newKey(), { data: "x".repeat(200_000), expires });
    assert(version);
  }
  using database = new DatabaseSync(path, { readOnly: true });
  const deadlines = database.prepare("select expiration_ms as ms from kv").all().map(({ ms }) => Number(ms));

  // A minute later than the record, as clocks differ.
  assertEquals(deadlines.length, 5);
  for (const deadline of deadlines) assert(Math.abs(deadline - expires - 60_000) < 5000, `expires at ${deadline}`);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("KvStore recognises its own write when the answer to a commit was lost", async () => {
  using kv = await Deno.openKv(":memory:");
  const watched = new WatchedKv(kv);
  // What a client sees that sends a commit again because the connection broke before the answer came.
  watched.answer = () => ({ ok: false });
  const store = new KvStore(watched.kv);
  const key = newKey();

  const version = await store.create(key, recordOf("1"));
  assert(version !== undefined);
  const updated = await store.update(key, recordOf("2"), version);
  assert(updated.status === "written");
  assertEquals(await new KvStore(kv).read(key), { ...await present(store, key), version: updated.version, data: "2" });
});

Deno.test("KvStore gives up, and says so, when a commit is refused for no reason again and again", async () => {
  using kv = await Deno.openKv(":memory:");
  const watched = new WatchedKv(kv);
  // Every commit is undone at once, as if others were faster every time.
  watched.answer = () => ({ ok: false });
  watched.before = (request) => request === "get" ? new KvStore(kv).delete(key) : undefined;
  const key = newKey();

  await assertRejects(
    () => new KvStore(watched.kv).create(key, recordOf("1")),
    Error,
    "Cannot finish as the session record changes all the time: gave up after 20 attempts",
  );
});

Deno.test("KvStore throws for a value that it did not write, and can delete it", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = new KvStore(kv);
  const key = newKey();
  const expires = Date.now() + 60_000;
  const garbage = [
    null,
    "text",
    0,
    [],
    {},
    { id: "1", expires },
    { id: "1", expires: "soon", data: new Uint8Array() },
    { expires, data: new Uint8Array() },
    { id: "1", expires, data: 0 },
    { id: "1", expires, data: 1.5 },
    { id: "1", expires, data: 1_000_000_000 },
    { id: "1", expires, data: "text" },
    { id: "1", expires, data: new Uint8Array([0xff]) },
    { id: "1", expires, data: 3 },
  ];
  for (const value of garbage) {
    await kv.set(["nuages", "sessions", "record", key], value);
    await assertRejects(() => store.read(key), CorruptRecordError, "Cannot read session record in Deno KV as it is");
    await store.delete(key);
    assertEquals(await store.read(key), undefined);
  }
});

Deno.test("KvStore refuses a prefix that can't be one", () => {
  const kv = {} as Deno.Kv;
  for (const prefix of [[], "shop" as unknown as Deno.KvKey, null as unknown as Deno.KvKey]) {
    assertThrows(() => new KvStore(kv, { prefix }), TypeError, "Cannot create KvStore as prefix must be an array");
  }
  assertThrows(
    () => new KvStore(kv, { prefix: [{} as unknown as string] }),
    TypeError,
    "Cannot create KvStore as object can't be a part of prefix",
  );
  assertThrows(
    () => new KvStore(kv, { prefix: ["é".repeat(75)] }),
    RangeError,
    "Cannot create KvStore as prefix must have at most 150 bytes, two for each part counted: received 152",
  );
});

Deno.test("KvStore refuses a consistency that KV does not know", () => {
  assertThrows(
    () => new KvStore({} as Deno.Kv, { consistency: "weak" as "strong" }),
    TypeError,
    'Cannot create KvStore as consistency must be "strong" or "eventual": received "weak"',
  );
});

Deno.test("KvStore reads with the consistency it was told, and compares with strong consistency", async () => {
  using kv = await Deno.openKv(":memory:");
  const { noting, levels } = notingConsistency(kv);
  const store = new KvStore(noting, { consistency: "eventual" });
  const key = newKey();
  const version = await created(store, key, recordOf("x".repeat(100_000)));
  await store.read(key);
  await store.update(key, recordOf("2"), "another version");
  await store.update(key, recordOf("2"), version);

  assertEquals(levels, [["get", "eventual"], ["list", "eventual"], ["get", "strong"]]);
});

Deno.test("KvStore goes to the primary for a read that must be fresh, chunks included, and for no other", async () => {
  using kv = await Deno.openKv(":memory:");
  const { noting, levels } = notingConsistency(kv);
  const [small, large] = [newKey(), newKey()];
  await created(new KvStore(kv), small, recordOf("1"));
  await created(new KvStore(kv), large, recordOf("x".repeat(100_000)));
  const levelsOf = async (consistency: "strong" | "eventual", options?: ReadOptions) => {
    const store = new KvStore(noting, { consistency });
    await store.read(small, options);
    await store.read(large, options);
    return levels.splice(0);
  };
  const strong = [["get", "strong"], ["get", "strong"], ["list", "strong"]];
  const eventual = [["get", "eventual"], ["get", "eventual"], ["list", "eventual"]];

  assertEquals(await levelsOf("eventual", { fresh: true }), strong);
  for (const options of [undefined, {}, { fresh: false }]) {
    assertEquals(await levelsOf("eventual", options), eventual);
    assertEquals(await levelsOf("strong", options), strong);
  }
  assertEquals(await levelsOf("strong", { fresh: true }), strong);
});

/** A real database, and what consistency it was asked for by which method. */
function notingConsistency(kv: Deno.Kv): { noting: Deno.Kv; levels: unknown[] } {
  const levels: unknown[] = [];
  const noting = new Proxy(kv, {
    get: (target, name) => (...args: unknown[]) => {
      if (name !== "atomic") levels.push([name, (args.at(-1) as { consistency?: string }).consistency]);
      return (target[name as "get"] as (...args: unknown[]) => unknown).apply(target, args);
    },
  });
  return { noting, levels };
}
