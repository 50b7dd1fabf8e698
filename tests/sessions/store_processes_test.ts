import { assert, assertEquals } from "@std/assert";
import { increment, newKey, present, recordOf } from "../../testing/_store/kit.ts";
import { emptyDirectory } from "./_directories.ts";
import { killWorker, runWorker } from "./_workers.ts";
import { openStore } from "./_workers/open_store.ts";

Deno.test("FileStore: 4 processes that increment 100 times each make 400", async () => {
  await assertExact("file");
});

Deno.test("KvStore: 4 processes that increment 100 times each in a local file make 400", async () => {
  await assertExact("kv");
});

Deno.test("FileStore: a writer killed at 20 random instants loses nothing that was acknowledged", async () => {
  await assertNothingLost("file", [10, 3000, 200_000]);
});

Deno.test("FileStore durable: a writer killed at 5 random instants loses nothing that was acknowledged", async () => {
  await assertNothingLost("durable", [3000], 5);
});

Deno.test("KvStore: a writer killed at 20 random instants loses nothing that was acknowledged", async () => {
  await assertNothingLost("kv", [10, 3000, 200_000]);
});

async function assertExact(kind: string): Promise<void> {
  await using directory = await emptyDirectory();
  const path = `${directory.path}/store`;
  using store = await opened(kind, path);
  const key = newKey();
  await store.create(key, recordOf("0"));
  // This process takes part too, so that the others meet somebody who is already there.
  const ours = Promise.all(Array.from({ length: 20 }, () => increment(store, key)));
  const workers = Array.from({ length: 4 }, () => runWorker("increment", [kind, path, key, "100"]));
  for (const { code, errors } of await Promise.all(workers)) assertEquals([code, errors], [0, ""]);
  await ours;

  assertEquals((await present(store, key)).data, "420");
}

async function assertNothingLost(kind: string, sizes: number[], times = 20): Promise<void> {
  await using directory = await emptyDirectory();
  const path = `${directory.path}/store`;
  using store = await opened(kind, path);
  const key = newKey();
  await store.create(key, recordOf("0"));
  for (let round = 0; round < times; round++) {
    const size = String(sizes[round % sizes.length]);
    const output = await killWorker("write_forever", [kind, path, key, size], Math.random() * 40);
    const acknowledged = parseInt(output.trimEnd().split("\n").at(-1)!);

    // Whole, and what was acknowledged last or the one that was being written.
    const { data, version } = await present(store, key);
    const numbers = new Set(data.trimEnd().split(" "));
    assertEquals(numbers.size, 1, "the text of one write is mixed with another");
    const kept = Number([...numbers][0]);
    assert(kept === acknowledged || kept === acknowledged + 1, `${acknowledged} was acknowledged, ${kept} is there`);
    // The lock of the dead is free, and the record can be written.
    assertEquals((await store.update(key, recordOf(`${kept + 1} `), version)).status, "written");
  }
}

async function opened(kind: string, path: string) {
  const store = await openStore(kind, path);
  return Object.assign(store, { [Symbol.dispose]: store[Symbol.dispose] ?? (() => {}) });
}
