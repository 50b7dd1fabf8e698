import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { created, increment, newKey, present, recordOf, type Subject, testWith } from "./kit.ts";

/** clearExpired(), in a store that has been cleared before: some look at everything the first time. */
export function clearingTests(subject: Subject): void {
  /** What a store reports that has to be cleared. */
  const cleared = (count: number) => subject.abilities.clears === false ? 0 : count;

  testWith(subject, "clearExpired() of an empty store removes nothing", async (store) => {
    assertEquals(await store.clearExpired(), 0);
  });

  testWith(subject, "clearExpired() removes what has expired, and only that", async (store, other) => {
    using time = new FakeTime(Date.now());
    await store.clearExpired();
    const [dying, living] = [Array.from({ length: 20 }, newKey), Array.from({ length: 20 }, newKey)];
    for (const key of dying) await created(store, key, recordOf("dying", 60));
    for (const key of living) await created(store, key, recordOf("living", 86_400));
    assertEquals(await other.clearExpired(), 0);

    time.tick(60_000);
    assertEquals(await other.clearExpired(), cleared(20));
    assertEquals(await other.clearExpired(), 0);
    for (const key of dying) assertEquals(await store.read(key), undefined);
    for (const key of living) assertEquals((await present(store, key)).data, "living");
  });

  testWith(subject, "clearExpired() keeps what was renewed, and finds it when it has expired", async (store) => {
    using time = new FakeTime(Date.now());
    await store.clearExpired();
    const key = newKey();
    const version = await created(store, key, recordOf("1", 60));
    await store.update(key, recordOf("2", 3 * 86_400), version);

    time.tick(86_400_000);
    assertEquals(await store.clearExpired(), 0);
    assertEquals((await present(store, key)).data, "2");
    time.tick(2 * 86_400_000);
    assertEquals(await store.clearExpired(), cleared(1));
    assertEquals(await store.read(key), undefined);
  });

  testWith(subject, "clearExpired() finds what got an earlier deadline", async (store) => {
    using time = new FakeTime(Date.now());
    await store.clearExpired();
    const key = newKey();
    const first = await created(store, key, recordOf("1", 10 * 86_400));
    await store.update(key, recordOf("2", 60), first);

    time.tick(60_000);
    assertEquals(await store.clearExpired(), cleared(1));
  });

  testWith(subject, "clearExpired() does not count what was deleted", async (store) => {
    using time = new FakeTime(Date.now());
    await store.clearExpired();
    const [deleted, expired] = [newKey(), newKey()];
    await created(store, deleted, recordOf("1", 60));
    await created(store, expired, recordOf("2", 60));
    await store.delete(deleted);

    time.tick(60_000);
    assertEquals(await store.clearExpired(), cleared(1));
  });

  testWith(subject, "clearExpired() keeps what was created over an expired record", async (store) => {
    using time = new FakeTime(Date.now());
    await store.clearExpired();
    const key = newKey();
    await created(store, key, recordOf("old", 60));
    time.tick(60_000);
    await created(store, key, recordOf("new", 60));

    assertEquals(await store.clearExpired(), 0);
    assertEquals((await present(store, key)).data, "new");
    time.tick(60_000);
    assertEquals(await store.clearExpired(), cleared(1));
  });

  testWith(subject, "clearExpired() does no harm while the store is in use", async (store, other) => {
    const counter = newKey();
    await created(store, counter, recordOf("0"));
    for (let count = 0; count < 50; count++) await store.create(newKey(), recordOf("dead already", -1));
    let removed = 0;
    const clearing = async () => {
      for (let count = 0; count < 5; count++) removed += await other.clearExpired();
    };
    const short = Array.from({ length: 20 }, newKey);
    await Promise.all([
      clearing(),
      ...Array.from({ length: 20 }, () => increment(store, counter)),
      ...short.map((key) => store.create(key, recordOf("short but alive", 30))),
      clearing(),
    ]);

    assertEquals((await present(store, counter)).data, "20");
    for (const key of short) assertEquals((await present(store, key)).data, "short but alive");
    removed += await store.clearExpired();
    // A store may let the dead go earlier, when something is written.
    assertEquals(removed <= cleared(50), true);
  });
}
