import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { created, newKey, present, recordOf, type Subject, testWith } from "./kit.ts";

/** Expired is missing. */
export function expiryTests(subject: Subject): void {
  testWith(subject, "an expired record is not served", async (store, other) => {
    using time = new FakeTime(Date.now());
    const key = newKey();
    await created(store, key, recordOf("1", 60));

    time.tick(59_999);
    assertEquals((await present(other, key)).data, "1");
    time.tick(1);
    assertEquals(await store.read(key), undefined);
    assertEquals(await other.read(key), undefined);
  });

  testWith(subject, "an expired record is not updated: it is gone", async (store) => {
    using time = new FakeTime(Date.now());
    const key = newKey();
    const version = await created(store, key, recordOf("1", 60));

    time.tick(60_000);
    assertEquals(await store.update(key, recordOf("revived"), version), { status: "gone" });
    assertEquals(await store.update(key, recordOf("revived"), "another version"), { status: "gone" });
    assertEquals(await store.read(key), undefined);
  });

  testWith(subject, "an expired record does not block create(), and its version means nothing", async (store) => {
    using time = new FakeTime(Date.now());
    const key = newKey();
    const old = await created(store, key, recordOf("x".repeat(200_000), 60));

    time.tick(60_000);
    await created(store, key, recordOf("new"));
    assertEquals((await present(store, key)).data, "new");
    assertEquals(await store.update(key, recordOf("from another life"), old), { status: "conflict" });
  });

  testWith(subject, "delete() of an expired record is no error", async (store) => {
    using time = new FakeTime(Date.now());
    const key = newKey();
    await created(store, key, recordOf("1", 60));

    time.tick(60_000);
    await store.delete(key);
    assertEquals(await store.read(key), undefined);
  });

  testWith(subject, "update() makes a life longer", async (store) => {
    using time = new FakeTime(Date.now());
    const key = newKey();
    const version = await created(store, key, recordOf("1", 60));
    time.tick(30_000);
    await store.update(key, recordOf("2", 60), version);

    time.tick(59_999);
    assertEquals((await present(store, key)).data, "2");
    time.tick(1);
    assertEquals(await store.read(key), undefined);
  });

  testWith(subject, "update() makes a life shorter", async (store) => {
    using time = new FakeTime(Date.now());
    const key = newKey();
    const version = await created(store, key, recordOf("1", 3600));
    const result = await store.update(key, recordOf("2", 10), version);
    assert(result.status === "written");

    time.tick(10_000);
    assertEquals(await store.read(key), undefined);
    assertEquals(await store.update(key, recordOf("3", 3600), result.version), { status: "gone" });
  });

  testWith(subject, "a deadline that has passed already makes a record that never was", async (store) => {
    const [one, two] = [newKey(), newKey()];
    await store.create(one, recordOf("1", -1));
    assertEquals(await store.read(one), undefined);
    await created(store, one, recordOf("2"));

    await store.update(two, recordOf("2", -1), await created(store, two, recordOf("1")));
    assertEquals(await store.read(two), undefined);
    await created(store, two, recordOf("3"));
    assertEquals((await present(store, two)).data, "3");
  });

  testWith(subject, "a deadline comes back as it was given", async (store) => {
    const now = Date.now();
    for (
      const expires of [now + 1_000_000, now + 1_000_000.25, now + 400 * 86_400_000, Date.UTC(9999, 11, 31), 2 ** 53]
    ) {
      const key = newKey();
      await created(store, key, { data: "1", expires });
      assertEquals((await present(store, key)).expires, expires);
    }
  });
}
