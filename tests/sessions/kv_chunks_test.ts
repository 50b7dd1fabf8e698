import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { CorruptRecordError } from "../../sessions/corrupt_record_error.ts";
import { KvStore } from "../../sessions/kv_store.ts";
import { RecordTooLargeError } from "../../sessions/record_too_large_error.ts";
import { created, newKey, present, recordOf } from "../../testing/_store/kit.ts";
import { entriesOf, WatchedKv } from "./_kvs.ts";

Deno.test("KvStore keeps up to 64 000 bytes under one key, and more in chunks beside it", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = new KvStore(kv);
  for (
    const [bytes, entries] of [[0, 1], [64_000, 1], [64_001, 3], [128_000, 3], [128_001, 4], [800_000, 14]] as const
  ) {
    const key = newKey();
    await created(store, key, recordOf("x".repeat(bytes)));
    assertEquals((await entriesOf(kv)).length, entries, `${bytes} bytes`);
    await store.delete(key);
    assertEquals(await entriesOf(kv), []);
  }
});

Deno.test("KvStore measures bytes of UTF-8, not characters", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = new KvStore(kv);
  for (const text of ["é".repeat(32_000), "語".repeat(21_333), "😀".repeat(16_000)]) {
    const key = newKey();
    await created(store, key, recordOf(text));
    assertEquals((await entriesOf(kv)).length, 1);
    assertEquals((await present(store, key)).data, text);
    await store.delete(key);

    await created(store, key, recordOf(text + "語"));
    assertEquals((await entriesOf(kv)).length, 3);
    assertEquals((await present(store, key)).data, text + "語");
    await store.delete(key);
  }
});

Deno.test("KvStore keeps 800 000 bytes in every way, with the longest prefix", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = new KvStore(kv, { prefix: ["p".repeat(148)] });
  const text = "語".repeat(266_666) + "é";
  using time = new FakeTime(Date.now());
  const key = newKey();

  await created(store, key, recordOf("x".repeat(800_000), 60));
  time.tick(60_000);
  const overExpired = await created(store, key, recordOf(text));
  assertEquals((await present(store, key)).data, text);
  const updated = await store.update(key, recordOf(`x${text.slice(0, -1)}y`), overExpired);
  assertEquals(updated.status, "written");
  assertEquals((await present(store, key)).data, `x${text.slice(0, -1)}y`);
  await store.delete(key);
  assertEquals(await entriesOf(kv), []);
});

Deno.test("KvStore refuses more than 800 000 bytes with an error that says so, and keeps the old data", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = new KvStore(kv);
  const [key, other] = [newKey(), newKey()];
  const version = await created(store, key, recordOf("before"));
  const tooLarge = recordOf("é".repeat(400_001));

  for (
    const action of [
      () => store.create(other, tooLarge),
      () => store.update(key, tooLarge, version),
    ]
  ) {
    const error = await assertRejects(
      action,
      RecordTooLargeError,
      "Cannot keep session in Deno KV as it must have at most 800000 bytes: received 800002",
    );
    assertEquals([error.bytes, error.limit], [800_002, 800_000]);
  }
  assertEquals((await present(store, key)).version, version);
  assertEquals((await entriesOf(kv)).length, 1);
});

Deno.test("KvStore leaves no chunk behind when a session shrinks, is replaced or deleted", async () => {
  using time = new FakeTime(Date.now());
  using kv = await Deno.openKv(":memory:");
  const store = new KvStore(kv);
  const key = newKey();
  let version = await created(store, key, recordOf("x".repeat(500_000)));
  for (const [bytes, entries] of [[200_000, 5], [400_000, 8], [70_000, 3], [10, 1], [500_000, 9]] as const) {
    const result = await store.update(key, recordOf("x".repeat(bytes)), version);
    assert(result.status === "written");
    version = result.version;
    assertEquals((await entriesOf(kv)).length, entries, `${bytes} bytes`);
  }

  await store.update(key, recordOf("x".repeat(70_000), 60), version);
  assertEquals((await entriesOf(kv)).length, 3);
  time.tick(60_000);
  await created(store, key, recordOf("small, over an expired one"));
  assertEquals((await entriesOf(kv)).length, 1);
  await store.delete(key);
  assertEquals(await entriesOf(kv), []);
});

Deno.test("KvStore makes nothing of a refused write, chunks included", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = new KvStore(kv);
  const [key, gone] = [newKey(), newKey()];
  const old = await created(store, key, recordOf("1"));
  await store.update(key, recordOf("2"), old);
  const deleted = await created(store, gone, recordOf("1"));
  await store.delete(gone);
  const large = recordOf("x".repeat(300_000));

  await store.create(key, large);
  await store.update(key, large, old);
  await store.update(gone, large, deleted);
  assertEquals((await entriesOf(kv)).map(({ key }) => key.length), [4]);
});

Deno.test("KvStore reads again when a large session is replaced between its two requests", async () => {
  using kv = await Deno.openKv(":memory:");
  const direct = new KvStore(kv);
  for (const text of ["y".repeat(500_000), "y".repeat(70_000), "small"]) {
    const watched = new WatchedKv(kv);
    const key = newKey();
    const version = await created(direct, key, recordOf("x".repeat(300_000)));
    watched.before = async (request) => {
      if (request === "list") await direct.update(key, recordOf(text), version);
    };

    assertEquals((await present(new KvStore(watched.kv), key)).data, text);
    assertEquals(watched.requests, ["get", "list"]);
  }
});

Deno.test("KvStore says that a large session is missing which ends between its two requests", async () => {
  using time = new FakeTime(Date.now());
  using kv = await Deno.openKv(":memory:");
  const direct = new KvStore(kv);
  const key = newKey();
  const watched = new WatchedKv(kv);
  const store = new KvStore(watched.kv);

  await created(direct, key, recordOf("x".repeat(300_000)));
  watched.before = (request) => request === "list" ? direct.delete(key) : undefined;
  assertEquals(await store.read(key), undefined);

  await created(direct, key, recordOf("x".repeat(300_000), 60));
  watched.before = (request) => request === "list" ? time.tick(60_000) : undefined;
  assertEquals(await store.read(key), undefined);
});

Deno.test("KvStore throws when chunks are missing, strange, or of another write, and never serves a part", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = new KvStore(kv);
  const damages: ((chunk: (index: number) => Deno.KvKey) => Promise<unknown>)[] = [
    (chunk) => kv.delete(chunk(0)),
    (chunk) => kv.delete(chunk(2)),
    (chunk) => kv.delete(chunk(4)),
    (chunk) => kv.set(chunk(1), new Uint8Array(64_000)),
    (chunk) => kv.set(chunk(1), "text"),
  ];
  for (const damage of damages) {
    const key = newKey();
    await created(store, key, recordOf("x".repeat(300_000)));
    await damage((index) => ["nuages", "sessions", "record", key, index]);

    await assertRejects(() => store.read(key), CorruptRecordError, "some of its chunks are missing");
    await store.delete(key);
  }
  assertEquals(await entriesOf(kv), []);
});

Deno.test("KvStore is not disturbed by chunks that KV was slow to delete", async () => {
  using kv = await Deno.openKv(":memory:");
  const store = new KvStore(kv);
  const key = newKey();
  for (let index = 0; index < 13; index++) {
    await kv.set(["nuages", "sessions", "record", key, index], new Uint8Array(64_000));
  }

  await created(store, key, recordOf("x".repeat(100_000)));
  assertEquals((await present(store, key)).data, "x".repeat(100_000));
  await store.delete(key);
  assertEquals(await entriesOf(kv), []);
});
