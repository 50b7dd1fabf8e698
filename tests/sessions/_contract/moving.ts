import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { created, newKey, present, recordOf, type Subject, testWith } from "./kit.ts";

/** Moving, one after the other. */
export function movingTests(subject: Subject): void {
  testWith(subject, "move() gives the new contents to the new key and ends the old one", async (store, other) => {
    const [from, to] = [newKey(), newKey()];
    const seen = await created(store, from, recordOf("anonymous"));
    const record = recordOf("signed in", 7200);
    const result = await store.move(from, to, record, seen);

    assert(result.status === "written");
    assertNotEquals(result.version, seen);
    assertEquals(await other.read(to), { ...record, version: result.version });
    assertEquals(await other.read(from), undefined);
  });

  testWith(subject, "move() gives a version that update() can name", async (store) => {
    const [from, to] = [newKey(), newKey()];
    const result = await store.move(from, to, recordOf("2"), await created(store, from, recordOf("1")));
    assert(result.status === "written");

    const updated = await store.update(to, recordOf("3"), result.version);
    assertEquals(updated.status, "written");
    assertEquals((await present(store, to)).data, "3");
  });

  testWith(subject, "after move() the old key is gone for whoever still holds it", async (store, other) => {
    const [from, to] = [newKey(), newKey()];
    const seen = await created(store, from, recordOf("1"));
    await store.move(from, to, recordOf("2"), seen);

    assertEquals(await other.update(from, recordOf("late"), seen), { status: "gone" });
    assertEquals(await other.move(from, newKey(), recordOf("late"), seen), { status: "gone" });
    assertEquals(await other.update(to, recordOf("late"), seen), { status: "conflict" });
    assertEquals(await other.read(from), undefined);
    assertEquals((await present(other, to)).data, "2");
  });

  testWith(subject, "move() of a changed record says conflict, and moves nothing", async (store, other) => {
    const [from, to] = [newKey(), newKey()];
    const seen = await created(store, from, recordOf("1"));
    await other.update(from, recordOf("theirs"), seen);

    assertEquals(await store.move(from, to, recordOf("mine"), seen), { status: "conflict" });
    assertEquals((await present(store, from)).data, "theirs");
    assertEquals(await store.read(to), undefined);
  });

  testWith(subject, "move() of a deleted record says gone, and creates nothing", async (store, other) => {
    const [from, to] = [newKey(), newKey()];
    const seen = await created(store, from, recordOf("1"));
    await other.delete(from);

    assertEquals(await store.move(from, to, recordOf("revived"), seen), { status: "gone" });
    assertEquals(await store.read(from), undefined);
    assertEquals(await store.read(to), undefined);
  });

  testWith(subject, "move() of a record that never was says gone", async (store) => {
    const [neighbour, to] = [newKey(), newKey()];
    const version = await created(store, neighbour, recordOf("neighbour"));

    assertEquals(await store.move(newKey(), to, recordOf("made up"), version), { status: "gone" });
    assertEquals(await store.read(to), undefined);
  });

  testWith(subject, "move() onto a living record says conflict, and both stay as they are", async (store) => {
    const [from, to] = [newKey(), newKey()];
    const seen = await created(store, from, recordOf("mine"));
    const theirs = await created(store, to, recordOf("theirs"));

    assertEquals(await store.move(from, to, recordOf("taken over"), seen), { status: "conflict" });
    assertEquals((await present(store, from)).version, seen);
    assertEquals((await present(store, to)).data, "theirs");
    assertEquals((await store.update(to, recordOf("still theirs"), theirs)).status, "written");
  });

  testWith(subject, "move() onto its own key says conflict, and changes nothing", async (store) => {
    const key = newKey();
    const seen = await created(store, key, recordOf("1"));

    assertEquals(await store.move(key, key, recordOf("2"), seen), { status: "conflict" });
    assertEquals((await present(store, key)).version, seen);
  });

  testWith(subject, "move() onto the key of a deleted record works", async (store) => {
    const [from, to] = [newKey(), newKey()];
    await created(store, to, recordOf("old"));
    await store.delete(to);
    const result = await store.move(from, to, recordOf("2"), await created(store, from, recordOf("1")));

    assertEquals(result.status, "written");
    assertEquals((await present(store, to)).data, "2");
  });

  testWith(subject, "move() there and back yields versions that never were", async (store) => {
    const [one, two] = [newKey(), newKey()];
    const record = recordOf("same");
    const versions = [await created(store, one, record)];
    for (let round = 0; round < 6; round++) {
      const [from, to] = round % 2 === 0 ? [one, two] : [two, one];
      const result = await store.move(from, to, record, versions.at(-1)!);
      assert(result.status === "written");
      versions.push(result.version);
    }

    assertEquals(new Set(versions).size, 7);
    for (const old of versions.slice(0, -1)) {
      assertEquals(await store.update(one, recordOf("from another life"), old), { status: "conflict" });
    }
  });
}
