import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { DatabaseSync } from "node:sqlite";
import { CorruptRecordError } from "../../sessions/corrupt_record_error.ts";
import { KvStore } from "../../sessions/kv_store.ts";
import { created, newKey, newOwner, numbers, present, recordOf } from "../../testing/_store/kit.ts";
import { entriesOf, WatchedKv } from "./_kvs.ts";

Deno.test("KvStore keeps an entry for the owner beside the record, and asks no more often for it", async () => {
  using kv = await Deno.openKv(":memory:");
  const watched = new WatchedKv(kv);
  const store = new KvStore(watched.kv);
  const [key, first, second] = [newKey(), newOwner(), newOwner()];

  let version = await created(store, key, recordOf("1", 3600, first));
  assertEquals(await ownersOf(kv), [[first, key]]);
  for (const owner of [first, second, undefined, second]) {
    const result = await store.update(key, recordOf("2", 3600, owner), version);
    assert(result.status === "written");
    version = result.version;
    assertEquals(await ownersOf(kv), owner === undefined ? [] : [[owner, key]]);
  }
  assertEquals(watched.requests, ["commit", "commit", "commit", "commit", "commit"]);
});

Deno.test("KvStore writes nothing but the record for a session that is nobody's", async () => {
  using kv = await Deno.openKv(":memory:");
  const key = newKey();
  await created(new KvStore(kv), key, recordOf("1"));

  assertEquals((await entriesOf(kv)).map(({ key }) => key), [["nuages", "sessions", "record", key]]);
});

Deno.test("KvStore lists with one request for the list and one for ten records", async () => {
  using kv = await Deno.openKv(":memory:");
  const watched = new WatchedKv(kv);
  const store = new KvStore(watched.kv);
  const owner = newOwner();
  for (const key of numbers(20).map(newKey)) await created(store, key, recordOf("1", 3600, owner));
  await created(store, newKey(), recordOf("x".repeat(70_000), 3600, owner));
  watched.requests.length = 0;

  assertEquals((await store.list(owner)).length, 21);
  assertEquals(watched.requests.toSorted(), ["getMany", "getMany", "getMany", "list", "list"]);
});

Deno.test("KvStore lists from the primary, also where reads may come from copies", async () => {
  using kv = await Deno.openKv(":memory:");
  const levels: unknown[] = [];
  const noting = new Proxy(kv, {
    get: (target, name) => (...args: unknown[]) => {
      if (name !== "atomic") levels.push((args.at(-1) as { consistency?: string }).consistency);
      return (target[name as "get"] as (...args: unknown[]) => unknown).apply(target, args);
    },
  });
  const store = new KvStore(noting, { consistency: "eventual" });
  const owner = newOwner();
  await created(store, newKey(), recordOf("x".repeat(70_000), 3600, owner));
  await store.list(owner);

  assertEquals(levels, ["strong", "strong", "strong"]);
});

Deno.test("KvStore lets KV remove an owner's entry together with the record", async () => {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/kv.sqlite`;
  {
    using kv = await Deno.openKv(path);
    const store = new KvStore(kv);
    const [key, owner] = [newKey(), newOwner()];
    const version = await created(store, key, recordOf("1", 60, owner));
    await store.update(key, recordOf("2", 600, owner), version);
  }
  using database = new DatabaseSync(path, { readOnly: true });
  const deadlines = database.prepare("select expiration_ms as ms from kv").all().map(({ ms }) => Number(ms));

  assertEquals(deadlines.length, 2);
  assert(Math.abs(deadlines[0]! - deadlines[1]!) < 2, `they expire at ${deadlines}`);
  await Deno.remove(directory, { recursive: true });
});

Deno.test("KvStore removes the entry of a deleted record when it is met", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = new KvStore(kv);
  const [gone, kept, owner] = [newKey(), newKey(), newOwner()];
  await created(store, gone, recordOf("x".repeat(100_000), 3600, owner));
  await created(store, kept, recordOf("1", 3600, owner));
  await store.delete(gone);
  assertEquals((await ownersOf(kv)).length, 2);

  assertEquals((await store.list(owner)).map(({ key }) => key), [kept]);
  assertEquals(await ownersOf(kv), [[owner, kept]]);
});

Deno.test("KvStore never removes the entry of a record that comes back meanwhile", async () => {
  using kv = await Deno.openKv(":memory:");
  const watched = new WatchedKv(kv);
  const [key, owner] = [newKey(), newOwner()];
  const store = new KvStore(kv);
  await created(store, key, recordOf("1", 3600, owner));
  await store.delete(key);
  watched.before = async (request) => {
    if (request === "commit") await created(store, key, recordOf("2", 3600, owner));
  };

  assertEquals(await new KvStore(watched.kv).list(owner), []);
  assertEquals((await store.list(owner)).map(({ data }) => data), ["2"]);
});

Deno.test("KvStore takes an expired record off its owner's list when another takes its place", async () => {
  using time = new FakeTime(Date.now());
  using kv = await Deno.openKv(":memory:");
  const store = new KvStore(kv);
  const [key, before, now] = [newKey(), newOwner(), newOwner()];
  await created(store, key, recordOf("1", 60, before));
  time.tick(60_000);
  await created(store, key, recordOf("2", 60, now));

  assertEquals(await ownersOf(kv), [[now, key]]);
});

Deno.test("KvStore keeps 800 000 bytes also where an owner takes another one's place, with the longest prefix", async () => {
  using time = new FakeTime(Date.now());
  using kv = await Deno.openKv(":memory:");
  // A zero takes two bytes in a key.
  for (const prefix of [["p".repeat(148)], [new Uint8Array(148)]]) {
    const store = new KvStore(kv, { prefix });
    const [key, first, second] = [newKey(), newOwner(), newOwner()];
    await created(store, key, recordOf("x".repeat(800_000), 60, first));
    time.tick(60_000);
    const version = await created(store, key, recordOf("y".repeat(800_000), 60, second));
    const result = await store.update(key, recordOf("z".repeat(800_000), 60, first), version);

    assertEquals(result.status, "written");
    assertEquals((await present(store, key)).data, "z".repeat(800_000));
    assertEquals((await store.list(first)).map(({ data }) => data.length), [800_000]);
    assertEquals(await store.list(second), []);
  }
});

Deno.test("KvStore throws when it can't list all, as for a record that it can't read", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = new KvStore(kv);
  const [key, owner] = [newKey(), newOwner()];
  await created(store, key, recordOf("x".repeat(100_000), 3600, owner));
  await created(store, newKey(), recordOf("1", 3600, owner));
  await kv.delete(["nuages", "sessions", "record", key, 0]);

  await assertRejects(() => store.list(owner), CorruptRecordError);
  for (const strange of [7, "", "x".repeat(42)]) {
    await kv.set(["nuages", "sessions", "record", key], {
      id: "1",
      expires: 2 ** 50,
      data: new Uint8Array(),
      owner: strange,
    });
    await assertRejects(() => store.list(owner), CorruptRecordError);
  }
  await store.delete(key);
  assertEquals((await store.list(owner)).map(({ data }) => data), ["1"]);
});

/** The entries of owners: whose, and of which record. */
async function ownersOf(kv: Deno.Kv): Promise<Deno.KvKeyPart[][]> {
  const entries = await Array.fromAsync(kv.list({ prefix: ["nuages", "sessions", "owner"] }));
  return entries.map(({ key }) => key.slice(3));
}
