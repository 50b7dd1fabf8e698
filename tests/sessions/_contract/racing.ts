import { assert, assertEquals } from "@std/assert";
import {
  created,
  either,
  increment,
  newKey,
  numbers,
  present,
  recordOf,
  type Subject,
  testWith,
  watch,
} from "./kit.ts";

/** Everything at once, half of it through another handle. */
export function racingTests(subject: Subject): void {
  testWith(subject, "of 100 create() at once exactly one wins", async (store, other) => {
    const key = newKey();
    const versions = await Promise.all(
      numbers(100).map((index) => either(index, store, other).create(key, recordOf(`of ${index}`))),
    );

    const winners = numbers(100).filter((index) => versions[index] !== undefined);
    assertEquals(winners.length, 1);
    const { data, version } = await present(store, key);
    assertEquals([data, version], [`of ${winners[0]}`, versions[winners[0]!]]);
  });

  testWith(subject, "of 50 update() naming one version exactly one wins", async (store, other) => {
    const key = newKey();
    const seen = await created(store, key, recordOf("before"));
    const results = await Promise.all(
      numbers(50).map((index) => either(index, store, other).update(key, recordOf(`of ${index}`), seen)),
    );

    const winners = numbers(50).filter((index) => results[index]!.status === "written");
    assertEquals(winners.length, 1);
    assertEquals(results.filter(({ status }) => status === "conflict").length, 49);
    assertEquals((await present(store, key)).data, `of ${winners[0]}`);
  });

  testWith(subject, "50 increments at once are exact", async (store, other) => {
    const key = newKey();
    await created(store, key, recordOf("0"));
    await Promise.all(numbers(50).map((index) => increment(either(index, store, other), key)));

    assertEquals((await present(store, key)).data, "50");
  });

  testWith(subject, "an update() racing delete() never revives", async (store, other) => {
    for (let round = 0; round < 60; round++) {
      const key = newKey();
      const seen = await created(store, key, recordOf("1"));
      await Promise.all([
        ...numbers(3).map((index) => either(index, store, other).update(key, recordOf("2"), seen)),
        other.delete(key),
        ...numbers(3).map((index) => either(index, store, other).update(key, recordOf("3"), seen)),
      ]);

      assertEquals(await store.read(key), undefined);
      assertEquals(await store.update(key, recordOf("4"), seen), { status: "gone" });
    }
  });

  testWith(subject, "delete() ends a record that others keep changing", async (store, other) => {
    const key = newKey();
    await created(store, key, recordOf("0"));
    let deleted = false;
    const writers = numbers(4).map(async (index) => {
      const handle = either(index, store, other);
      for (let late = 0; late < 20; late += Number(deleted)) {
        const stored = await handle.read(key);
        if (!stored) return;
        await handle.update(key, recordOf(`${stored.data}.`), stored.version);
        // Lets the others go on, also where nothing waits.
        await new Promise((resolve) => setTimeout(resolve, 0));
      }
    });
    await store.delete(key);
    deleted = true;
    await Promise.all(writers);

    assertEquals(await store.read(key), undefined);
  });

  testWith(subject, "a read() beside writers sees whole texts only", async (store, other) => {
    const key = newKey();
    await created(store, key, recordOf("a".repeat(150_000)));
    let writing = true;
    const seen = new Set<string>();
    const reader = watch(() => writing, async () => {
      const { data } = await present(other, key);
      assert(data === data[0]!.repeat(data.length), "a mixture of two texts was read");
      seen.add(data[0]!);
    });
    for (let count = 0; count < 40; count++) {
      const { version } = await present(store, key);
      const text = "abcd"[count % 4]!.repeat([10, 70_000, 290_000, 140_000][count % 4]!);
      assertEquals((await store.update(key, recordOf(text), version)).status, "written");
    }
    writing = false;
    await reader;

    assert(seen.size > 0);
  });
}
