import { assertEquals, assertNotEquals } from "@std/assert";
import { created, newKey, present, recordOf, type Subject, testWith } from "./kit.ts";

/** Reading, and what is found under other keys. */
export function readingTests(subject: Subject): void {
  testWith(subject, "read() of a missing record gives undefined", async (store) => {
    assertEquals(await store.read(newKey()), undefined);
  });

  testWith(subject, "read() gives back text, deadline and version", async (store) => {
    const key = newKey();
    const record = recordOf('{"cart":["a book"]}');
    const version = await created(store, key, record);

    assertEquals(await store.read(key), { ...record, version });
    assertEquals(await store.read(key), { ...record, version }, "reading changes nothing");
  });

  testWith(subject, "read() sees what another handle wrote, at once", async (store, other) => {
    const key = newKey();
    const version = await created(store, key, recordOf("1"));
    assertEquals((await present(other, key)).version, version);

    await other.update(key, recordOf("2"), version);
    assertEquals((await present(store, key)).data, "2");

    await store.delete(key);
    assertEquals(await other.read(key), undefined);
  });

  testWith(
    subject,
    "read() that must be fresh sees every write of another handle, also in a store with copies",
    async (store, other) => {
      const key = newKey();
      const version = await created(store, key, recordOf("1"));
      assertEquals((await other.read(key, { fresh: true }))?.version, version);

      await other.update(key, recordOf("2"), version);
      assertEquals((await store.read(key, { fresh: true }))?.data, "2");
      assertEquals((await store.read(key, { fresh: false }))?.data, "2", "nothing is left of an older answer");

      await store.delete(key);
      assertEquals(await other.read(key, { fresh: true }), undefined);
    },
  );

  testWith(subject, "read() of a key that differs in one character finds nothing", async (store) => {
    const key = newKey();
    await created(store, key, recordOf("mine"));
    const forged = (key.startsWith("A") ? "B" : "A") + key.slice(1);
    const swapped = key.slice(0, -1) + (key.endsWith("A") ? "B" : "A");

    assertEquals(await store.read(forged), undefined);
    assertEquals(await store.read(swapped), undefined);
  });

  testWith(subject, "keys that differ in case only are different keys", async (store) => {
    const [upper, lower] = ["K".repeat(43), "k".repeat(43)];
    await created(store, upper, recordOf("upper"));

    assertEquals(await store.read(lower), undefined);
    await created(store, lower, recordOf("lower"));
    assertEquals((await present(store, upper)).data, "upper");
    assertEquals((await present(store, lower)).data, "lower");
  });

  testWith(subject, "what read() gave is the reader's own", async (store) => {
    const key = newKey();
    await created(store, key, recordOf("kept"));
    const mine = await present(store, key) as { data: string };
    try {
      mine.data = "scribbled over";
    } catch {
      // A store may freeze what it gives.
    }

    assertEquals((await present(store, key)).data, "kept");
  });

  testWith(subject, "records of many keys don't mix", async (store) => {
    const keys = Array.from({ length: 300 }, newKey);
    await Promise.all(keys.map((key) => created(store, key, recordOf(`of ${key}`))));

    const found = await Promise.all(keys.map((key) => present(store, key)));
    assertEquals(found.map(({ data }) => data), keys.map((key) => `of ${key}`));
    assertNotEquals(found[0]!.version, "");
  });
}
