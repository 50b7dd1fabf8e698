/** What several processes do to one store. */

import { assert, assertEquals } from "@std/assert";
import { increment, newKey, present, recordOf } from "../../testing/_store/kit.ts";
import { killWorker, runWorker } from "./_workers.ts";
import { openStore } from "./_workers/open_store.ts";

/** Lets processes and this one increment a number, each 100 times, and fails if one is lost. */
export async function assertExact(kind: string, path: string, processes = 4): Promise<void> {
  await using opened = await openStore(kind, path);
  const { store } = opened;
  const key = newKey();
  await store.create(key, recordOf("0"));
  // This process takes part too, so that the others meet somebody who is already there.
  const ours = Promise.all(Array.from({ length: 20 }, () => increment(store, key)));
  const workers = Array.from({ length: processes }, () => runWorker("increment", [kind, path, key, "100"]));
  for (const { code, errors } of await Promise.all(workers)) assertEquals([code, errors], [0, ""]);
  await ours;

  assertEquals((await present(store, key)).data, String(processes * 100 + 20));
}

/** Kills a process at random instants while it writes records of some sizes, and fails if an acknowledged one is lost. */
export async function assertNothingLost(kind: string, path: string, sizes: number[], times = 20): Promise<void> {
  await using opened = await openStore(kind, path);
  const { store } = opened;
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
