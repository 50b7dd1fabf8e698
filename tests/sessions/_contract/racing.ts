import { assert, assertEquals } from "@std/assert";
import type { SessionStore, WriteResult } from "../../../sessions/store.ts";
import { created, increment, newKey, present, recordOf, type Subject, testWith } from "./kit.ts";

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

  testWith(subject, "of an update() and a move() exactly one wins, and nothing is lost", async (store, other) => {
    for (let round = 0; round < 40; round++) {
      const [from, to] = [newKey(), newKey()];
      const seen = await created(store, from, recordOf("before"));
      const update = () => other.update(from, recordOf("updated"), seen);
      const move = () => store.move(from, to, recordOf("moved"), seen);
      const race: Promise<WriteResult>[] = round % 2 === 0 ? [update(), move()] : [move(), update()].reverse();
      const [updated, moved] = await Promise.all(race);

      const found = [(await store.read(from))?.data, (await store.read(to))?.data];
      if (moved!.status === "written") {
        assertEquals(updated!.status, "gone");
        assertEquals(found, [undefined, "moved"]);
      } else {
        assertEquals([updated!.status, moved!.status], ["written", "conflict"]);
        assertEquals(found, ["updated", undefined]);
      }
    }
  });

  testWith(subject, "of two move() exactly one wins", async (store, other) => {
    for (let round = 0; round < 30; round++) {
      const [from, one, two] = [newKey(), newKey(), newKey()];
      const seen = await created(store, from, recordOf("before"));
      const results = await Promise.all([
        store.move(from, one, recordOf("one"), seen),
        other.move(from, two, recordOf("two"), seen),
      ]);

      assertEquals(results.map(({ status }) => status).sort(), ["gone", "written"]);
      const found = await Promise.all([from, one, two].map(async (key) => (await store.read(key))?.data));
      assertEquals(
        found,
        results[0].status === "written" ? [undefined, "one", undefined] : [undefined, undefined, "two"],
      );
    }
  });

  testWith(subject, "two records that change places across each other don't block", async (store, other) => {
    for (let round = 0; round < 20; round++) {
      const [a, b, c, d] = [newKey(), newKey(), newKey(), newKey()];
      const [ofA, ofB] = [await created(store, a, recordOf("a")), await created(store, b, recordOf("b"))];
      await Promise.all([store.move(a, c, recordOf("a"), ofA), other.move(b, d, recordOf("b"), ofB)]);
      const [ofC, ofD] = [(await present(store, c)).version, (await present(store, d)).version];
      const back = await Promise.all([store.move(c, b, recordOf("a"), ofC), other.move(d, a, recordOf("b"), ofD)]);

      assertEquals(back.map(({ status }) => status), ["written", "written"]);
      assertEquals([(await present(store, a)).data, (await present(store, b)).data], ["b", "a"]);
    }
  });

  testWith(subject, "a move() has no moment in which both keys, or neither, hold the record", async (store, other) => {
    for (let round = 0; round < 30; round++) {
      const [from, to] = [newKey(), newKey()];
      const seen = await created(store, from, recordOf("a".repeat(round * 5000)));
      let moving = true;
      const watchers = [
        watch(() => moving, async () => {
          if (await other.read(to)) assertEquals(await other.read(from), undefined, "both keys hold the record");
        }),
        watch(() => moving, async () => {
          if (!await other.read(from)) assert(await other.read(to), "neither key holds the record");
        }),
      ];
      await store.move(from, to, recordOf("moved"), seen);
      moving = false;
      await Promise.all(watchers);
    }
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

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function either(index: number, store: SessionStore, other: SessionStore): SessionStore {
  return index % 2 === 0 ? store : other;
}

/** Looks again and again, and once more at the end. */
async function watch(goesOn: () => boolean, look: () => Promise<void>): Promise<void> {
  while (goesOn()) {
    await look();
    // A store that answers without waiting for anything would never let anybody else go on.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await look();
}
