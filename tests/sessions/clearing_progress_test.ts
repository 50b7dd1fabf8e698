/** Whoever clears a store is told how far it is. What SqlStore tells is held against every database in _sql_behaviour.ts. */

import { DjangoSessionStore, MemoryStore, sqliteClient } from "@nuages/web/sessions";
import { assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { CachedStore } from "../../sessions/cached_store.ts";
import { FileStore } from "../../sessions/file_store.ts";
import { created, newKey, numbers, present, recordOf, updated } from "../../testing/_store/kit.ts";
import { emptyDirectory, recordFiles } from "./_directories.ts";
import { makeDjangoTable } from "./_django_table.ts";

/** Keys whose records lie in one subdirectory of a FileStore, so that there are batches of 64. */
function keysOfOneShard(count: number): string[] {
  return numbers(count).map(() => `AA${newKey().slice(2)}`);
}

Deno.test("FileStore.clearExpired() tells after each batch how many it has removed", async () => {
  using time = new FakeTime(Date.now());
  await using directory = await emptyDirectory();
  const store = new FileStore(directory.path);
  await store.clearExpired();
  for (const key of keysOfOneShard(150)) await created(store, key, recordOf("1", 60));
  time.tick(60_000);
  const told: number[] = [];

  assertEquals(await store.clearExpired({ onProgress: (removed) => told.push(removed) }), 150);
  assertEquals(told, [64, 128, 150]);
  assertEquals(await store.clearExpired({ onProgress: (removed) => told.push(removed) }), 0);
  assertEquals(told.length, 3);
});

Deno.test("FileStore.clearExpired() tells one sum, also when it goes through everything first", async () => {
  using time = new FakeTime(Date.now());
  await using directory = await emptyDirectory();
  const store = new FileStore(directory.path);
  for (const key of keysOfOneShard(70)) await created(store, key, recordOf("1", 60));
  time.tick(60_000);
  const told: number[] = [];

  assertEquals(await store.clearExpired({ onProgress: (removed) => told.push(removed) }), 70);
  // Two batches of records, and two of lines on the index, whose records are gone.
  assertEquals(told, [64, 70, 70, 70]);
});

Deno.test("FileStore.clearExpired() ends with what the one it tells throws, and the next one finishes it", async () => {
  using time = new FakeTime(Date.now());
  await using directory = await emptyDirectory();
  const store = new FileStore(directory.path);
  const enough = new Error("seen enough");
  const throwing = {
    onProgress: () => {
      throw enough;
    },
  };
  for (const key of keysOfOneShard(70)) await created(store, key, recordOf("1", 60));
  time.tick(60_000);
  assertEquals(await assertRejects(() => store.clearExpired(throwing)), enough, "while it goes through everything");
  assertEquals(await store.clearExpired(), 6);

  const [renewed, ...others] = keysOfOneShard(71) as [string, ...string[]];
  await updated(store, renewed, recordOf("2", 120), await created(store, renewed, recordOf("1", 60)));
  for (const key of others) await created(store, key, recordOf("1", 60));
  time.tick(60_000);
  assertEquals(await assertRejects(() => store.clearExpired(throwing)), enough, "while it goes by the index");
  assertEquals((await present(store, renewed)).data, "2");
  assertEquals(await store.clearExpired(), 7);
  time.tick(60_000);
  assertEquals(await store.clearExpired(), 1, "what was renewed is still on the index");
  assertEquals((await recordFiles(directory.path)).size, 0);
});

Deno.test("CachedStore.clearExpired() tells how far the lasting store is, and nothing of the copies", async () => {
  await using directory = await emptyDirectory();
  await using copies = await emptyDirectory();
  using time = new FakeTime(Date.now());
  const store = new CachedStore(new FileStore(copies.path), new FileStore(directory.path));
  const keys = keysOfOneShard(65);
  for (const key of keys) await created(store, key, recordOf("1", 60));
  time.tick(60_000);
  const told: number[] = [];

  assertEquals(await store.clearExpired({ onProgress: (removed) => told.push(removed) }), 65);
  assertEquals(told, [64, 65, 65, 65]);
});

Deno.test("CachedStore.clearExpired() rejects with what the one it tells throws", async () => {
  await using directory = await emptyDirectory();
  const store = new CachedStore(new MemoryStore(), new FileStore(directory.path));
  await store.create(newKey(), recordOf("1", -1));
  const onProgress = () => {
    throw new Error("seen enough");
  };
  await assertRejects(() => store.clearExpired({ onProgress }), Error, "seen enough");
});

Deno.test("DjangoSessionStore.clearExpired() tells after each thousand how many rows it has removed", async () => {
  using client = sqliteClient(":memory:");
  await makeDjangoTable(client, "django_session");
  const add = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3100) \
INSERT INTO django_session SELECT 'k' || i, '', '2020-01-01 00:00:00' FROM n`;
  await client.query(add, []);
  const store = new DjangoSessionStore(client);
  const onProgress = () => {
    throw new Error("seen enough");
  };
  await assertRejects(() => store.clearExpired({ onProgress }), Error, "seen enough");
  const told: number[] = [];

  assertEquals(await store.clearExpired({ onProgress: (removed) => told.push(removed) }), 2100);
  assertEquals(told, [1000, 2000, 2100]);
});
