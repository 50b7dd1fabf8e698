import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { created, newKey, present, recordOf, type Subject, testWith } from "./kit.ts";

/** Creating, updating, deleting, one after the other. */
export function writingTests(subject: Subject): void {
  testWith(subject, "create() never overwrites", async (store, other) => {
    const key = newKey();
    await created(store, key, recordOf("first"));

    assertEquals(await store.create(key, recordOf("second")), undefined);
    assertEquals(await other.create(key, recordOf("third")), undefined);
    assertEquals((await present(store, key)).data, "first");
  });

  testWith(subject, "create() over a deleted record makes a new one", async (store) => {
    const key = newKey();
    await created(store, key, recordOf("old"));
    await store.delete(key);

    await created(store, key, recordOf("new"));
    assertEquals((await present(store, key)).data, "new");
  });

  testWith(subject, "update() replaces the record that was read", async (store) => {
    const key = newKey();
    const first = await created(store, key, recordOf("1"));
    const record = recordOf("2", 7200);
    const result = await store.update(key, record, first);

    assert(result.status === "written");
    assertNotEquals(result.version, first);
    assertEquals(await store.read(key), { ...record, version: result.version });
  });

  testWith(subject, "update() gives a version that the next update() can name", async (store, other) => {
    const key = newKey();
    let version = await created(store, key, recordOf("0"));
    for (let count = 1; count <= 5; count++) {
      const result = await (count % 2 ? store : other).update(key, recordOf(String(count)), version);
      assert(result.status === "written");
      version = result.version;
    }

    assertEquals((await present(store, key)).data, "5");
  });

  testWith(subject, "update() never creates", async (store) => {
    const [key, neighbour] = [newKey(), newKey()];
    const version = await created(store, neighbour, recordOf("neighbour"));

    assertEquals(await store.update(key, recordOf("revived"), version), { status: "gone" });
    assertEquals(await store.read(key), undefined);
  });

  testWith(subject, "update() of a deleted record says gone, and it stays deleted", async (store, other) => {
    const key = newKey();
    const version = await created(store, key, recordOf("1"));
    await other.delete(key);

    assertEquals(await store.update(key, recordOf("revived"), version), { status: "gone" });
    assertEquals(await store.read(key), undefined);
  });

  testWith(subject, "update() of a changed record says conflict, and changes nothing", async (store, other) => {
    const key = newKey();
    const seen = await created(store, key, recordOf("1"));
    const theirs = await other.update(key, recordOf("theirs"), seen);
    assert(theirs.status === "written");

    assertEquals(await store.update(key, recordOf("mine"), seen), { status: "conflict" });
    const { data, version } = await present(store, key);
    assertEquals([data, version], ["theirs", theirs.version]);
  });

  testWith(subject, "update() with a version it never gave says conflict or gone", async (store) => {
    const key = newKey();
    await created(store, key, recordOf("1"));

    for (const version of ["", "0", "none", "../..", "\0", "9".repeat(400)]) {
      assertEquals(await store.update(key, recordOf("2"), version), { status: "conflict" });
      assertEquals(await store.update(newKey(), recordOf("2"), version), { status: "gone" });
    }
    assertEquals((await present(store, key)).data, "1");
  });

  testWith(subject, "update() with the version of another record says conflict", async (store) => {
    const [one, two] = [newKey(), newKey()];
    const version = await created(store, one, recordOf("one"));
    await created(store, two, recordOf("two"));

    assertEquals(await store.update(two, recordOf("mixed up"), version), { status: "conflict" });
    assertEquals((await present(store, two)).data, "two");
  });

  testWith(subject, "update() with the same text is a new version all the same", async (store) => {
    const key = newKey();
    const record = recordOf("same");
    const first = await created(store, key, record);
    const result = await store.update(key, record, first);

    assert(result.status === "written");
    assertNotEquals(result.version, first);
    assertEquals(await store.update(key, record, first), { status: "conflict" });
  });

  testWith(subject, "delete() ends a record, and may be repeated", async (store, other) => {
    const key = newKey();
    await created(store, key, recordOf("1"));
    await store.delete(key);
    await store.delete(key);
    await other.delete(key);
    await store.delete(newKey());

    assertEquals(await store.read(key), undefined);
  });

  testWith(subject, "delete() leaves other records alone", async (store) => {
    const [gone, kept] = [newKey(), newKey()];
    await created(store, gone, recordOf("gone"));
    await created(store, kept, recordOf("kept"));
    await store.delete(gone);

    assertEquals((await present(store, kept)).data, "kept");
  });

  testWith(subject, "a version never comes back", async (store, other) => {
    const key = newKey();
    const record = recordOf("same");
    const versions = new Set<string>();
    for (let round = 0; round < 10; round++) {
      const first = await created(store, key, record);
      const second = await other.update(key, record, first);
      assert(second.status === "written");
      for (const old of versions) {
        assertEquals(await store.update(key, recordOf("from another life"), old), { status: "conflict" });
      }
      versions.add(first).add(second.version);
      await store.delete(key);
      assertEquals(await store.update(key, record, first), { status: "gone" });
    }

    assertEquals(versions.size, 20);
  });
}
