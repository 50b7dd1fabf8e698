import { equal, must } from "./expect.ts";
import { type Check, created, facts, newKey, newOwner, present, together, updated } from "./kit.ts";

/**
 * Reading, and what is found under other keys.
 *
 * @param atOnce Whether any read sees what was written before it.
 * @returns The checks.
 */
export function readingChecks(atOnce: boolean): Check[] {
  return atOnce ? [...ALWAYS, AT_ONCE] : ALWAYS;
}

const AT_ONCE: Check = ["read() sees what another handle wrote, at once", async ({ store, other, recordOf }) => {
  const key = newKey();
  const version = await created(store, key, recordOf("1"));
  equal((await present(other, key)).version, version, "the version that another handle reads");
  equal((await present(store, key)).version, version, "the version that was created");

  await updated(other, key, recordOf("2"), version);
  equal((await present(store, key)).data, "2", "what read() gives after another handle's update()");

  await store.delete(key);
  equal(await other.read(key), undefined, "what read() gives after another handle's delete()");
}];

const ALWAYS: Check[] = [
  ["read() of a missing record gives undefined", async ({ store }) => {
    equal(await store.read(newKey()), undefined, "what read() gives of a missing record");
  }],

  ["read() gives back text, deadline, owner and version", async ({ store, recordOf }) => {
    const [key, owned, owner] = [newKey(), newKey(), newOwner()];
    const [record, ownedRecord] = [recordOf('{"cart":["a book"]}'), recordOf("mine", 1, owner)];
    const version = await created(store, key, record);
    const ownedVersion = await created(store, owned, ownedRecord);

    const expected = facts({ ...record, version });
    equal(facts(await store.read(key)), expected, "text, deadline, owner and version");
    equal(facts(await store.read(key)), expected, "what is read a second time");
    equal(
      facts(await store.read(owned)),
      facts({ ...ownedRecord, version: ownedVersion }),
      "what is read of an owned record",
    );
  }],

  ["read() that must be fresh sees every write of another handle", async ({ store, other, recordOf }) => {
    const key = newKey();
    const version = await created(store, key, recordOf("1"));
    equal((await other.read(key, { fresh: true }))?.version, version, "the version that another handle reads");

    await updated(other, key, recordOf("2"), version);
    equal((await store.read(key, { fresh: true }))?.data, "2", "what a fresh read() gives after an update()");
    equal(
      (await store.read(key, { fresh: false }))?.data,
      "2",
      "what read() gives after a fresh one of the same handle",
    );

    await store.delete(key);
    equal(await other.read(key, { fresh: true }), undefined, "what a fresh read() gives after a delete()");
  }],

  ["a record is found under its key and under nothing like it", async ({ store, recordOf }) => {
    const key = newKey();
    await created(store, key, recordOf("mine"));
    for (let at = 0; at < key.length; at += 6) {
      const forged = key.slice(0, at) + (key[at] === "A" ? "B" : "A") + key.slice(at + 1);
      equal(await store.read(forged), undefined, `what read() gives of a key that differs in character ${at + 1}`);
    }
  }],

  ["keys that differ in case only are different keys", async ({ store, recordOf }) => {
    const [upper, lower] = ["K".repeat(43), "k".repeat(43)];
    await created(store, upper, recordOf("upper"));
    equal(await store.read(lower), undefined, "what read() gives of a key that differs in case");

    await created(store, lower, recordOf("lower"));
    equal((await present(store, upper)).data, "upper", "the record of the first key");
    equal((await present(store, lower)).data, "lower", "the record of the second key");
  }],

  ["keys may hold - and _, which mean something to some databases", async ({ store, recordOf }) => {
    // From the one that means itself to the one that would stand for any.
    const keys = ["a".repeat(43), `-${"a".repeat(42)}`, "-".repeat(43), `a${"_".repeat(42)}`, "_".repeat(43)];
    for (const key of keys) {
      equal(await store.read(key), undefined, "what read() gives of a key that is free");
      await created(store, key, recordOf(`of ${key}`));
    }
    for (const key of keys) equal((await present(store, key)).data, `of ${key}`, "the record of each key");

    await store.delete(keys.at(-1)!);
    for (const key of keys.slice(0, -1)) {
      equal((await present(store, key)).data, `of ${key}`, "what delete() leaves alone");
    }
  }],

  ["what read() and list() gave is the reader's own", async ({ store, recordOf }) => {
    const [key, owner] = [newKey(), newOwner()];
    await created(store, key, recordOf("kept", undefined, owner));
    for (const mine of [await present(store, key), ...await store.list(owner)]) {
      try {
        Object.assign(mine, { data: "scribbled over", expires: 0, owner: "x", version: "x" });
      } catch {
        // A store may freeze what it gives.
      }
    }

    equal((await present(store, key)).data, "kept", "a record whose reader has changed what it was given");
  }],

  ["what was written is not changed with the object that was given", async ({ store, recordOf }) => {
    const key = newKey();
    const first = { ...recordOf("1") };
    const version = await created(store, key, first);
    Object.assign(first, { data: "scribbled over", expires: 0 });
    equal((await present(store, key)).data, "1", "a record after the writer changed its object");

    const second = { ...recordOf("2") };
    await updated(store, key, second, version);
    Object.assign(second, { data: "scribbled over", expires: 0 });
    equal((await present(store, key)).data, "2", "a record after the writer changed its object");
  }],

  ["records of many keys don't mix", async ({ store, recordOf }) => {
    const keys = Array.from({ length: 300 }, newKey);
    await together<unknown>(keys.map((key) => created(store, key, recordOf(`of ${key}`))));

    for (const key of keys) {
      const { data, version } = await present(store, key);
      equal(data, `of ${key}`, "the record of each key");
      must(version !== "", "a version must not be empty");
    }
  }],
];
