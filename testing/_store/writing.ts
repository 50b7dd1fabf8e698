import { equal, must } from "./expect.ts";
import { type Check, created, facts, newKey, newOwner, present, updated } from "./kit.ts";

/** Creating, updating, deleting, one after the other. */
export const writingChecks: readonly Check[] = [
  ["create() never overwrites", async ({ store, other, recordOf }) => {
    const key = newKey();
    await created(store, key, recordOf("first"));

    equal(await store.create(key, recordOf("second")), undefined, "what create() answers for a key that is taken");
    equal(await other.create(key, recordOf("third")), undefined, "what another handle's create() answers");
    equal((await present(store, key)).data, "first", "the record that was there first");
  }],

  ["create() over a deleted record makes a new one", async ({ store, recordOf }) => {
    const key = newKey();
    await created(store, key, recordOf("old", undefined, newOwner()));
    await store.delete(key);

    const record = recordOf("new");
    const version = await created(store, key, record);
    equal(
      facts(await store.read(key)),
      facts({ ...record, version }),
      "the new record, of which nothing is the old one's",
    );
  }],

  ["update() replaces the record that was read", async ({ store, recordOf }) => {
    const key = newKey();
    const first = await created(store, key, recordOf("1"));
    const record = recordOf("2", 500);
    const version = await updated(store, key, record, first);

    must(version !== first, "update() must make another version");
    equal(facts(await store.read(key)), facts({ ...record, version }), "what update() wrote");
  }],

  ["update() gives a version that the next update() can name", async ({ store, other, recordOf }) => {
    const key = newKey();
    let version = await created(store, key, recordOf("0"));
    for (let count = 1; count <= 5; count++) {
      version = await updated(count % 2 ? store : other, key, recordOf(String(count)), version);
    }

    equal((await present(store, key)).data, "5", "what five updates wrote");
  }],

  ["update() never creates", async ({ store, recordOf }) => {
    const [key, neighbour] = [newKey(), newKey()];
    const version = await created(store, neighbour, recordOf("neighbour"));

    equal(
      await store.update(key, recordOf("revived"), version),
      { status: "gone" },
      "update() of a key that has no record",
    );
    equal(await store.read(key), undefined, "what read() gives then");
  }],

  ["update() of a deleted record says gone, and it stays deleted", async ({ store, other, recordOf }) => {
    const key = newKey();
    const version = await created(store, key, recordOf("1"));
    await other.delete(key);

    equal(await store.update(key, recordOf("revived"), version), { status: "gone" }, "update() of a deleted record");
    equal(await store.read(key), undefined, "what read() gives then");
  }],

  ["update() of a changed record says conflict, and changes nothing", async ({ store, other, recordOf }) => {
    const key = newKey();
    const seen = await created(store, key, recordOf("1"));
    const theirs = await updated(other, key, recordOf("theirs"), seen);

    equal(await store.update(key, recordOf("mine"), seen), { status: "conflict" }, "update() of a changed record");
    const { data, version } = await present(store, key);
    equal([data, version], ["theirs", theirs], "the record, which nothing has changed");
  }],

  ["update() with a version it never gave says conflict or gone", async ({ store, recordOf }) => {
    const key = newKey();
    await created(store, key, recordOf("1"));

    for (const version of ["", "0", "none", "../..", "\0", "9".repeat(400), "1e3", "'"]) {
      equal(await store.update(key, recordOf("2"), version), { status: "conflict" }, `update() of version ${version}`);
      equal(await store.update(newKey(), recordOf("2"), version), { status: "gone" }, "update() of no record");
    }
    equal((await present(store, key)).data, "1", "the record");
  }],

  ["update() with the version of another record says conflict", async ({ store, recordOf }) => {
    const [one, two] = [newKey(), newKey()];
    const version = await created(store, one, recordOf("one"));
    await created(store, two, recordOf("two"));

    equal(
      await store.update(two, recordOf("mixed up"), version),
      { status: "conflict" },
      "update() of another's version",
    );
    equal((await present(store, two)).data, "two", "the record");
  }],

  ["update() with the same text is a new version all the same", async ({ store, recordOf }) => {
    const key = newKey();
    const record = recordOf("same");
    const first = await created(store, key, record);

    must(
      await updated(store, key, record, first) !== first,
      "update() must make another version, also for the same text",
    );
    equal(await store.update(key, record, first), { status: "conflict" }, "update() of the version before");
  }],

  ["delete() ends a record, and may be repeated", async ({ store, other, recordOf }) => {
    const key = newKey();
    await created(store, key, recordOf("1"));
    await store.delete(key);
    await store.delete(key);
    await other.delete(key);
    await store.delete(newKey());

    equal(await store.read(key), undefined, "what read() gives of a deleted record");
  }],

  ["delete() leaves other records alone", async ({ store, recordOf }) => {
    const [gone, kept] = [newKey(), newKey()];
    await created(store, gone, recordOf("gone"));
    await created(store, kept, recordOf("kept"));
    await store.delete(gone);

    equal((await present(store, kept)).data, "kept", "another record");
  }],

  ["a version never comes back", async ({ store, other, recordOf }) => {
    const key = newKey();
    const record = recordOf("same");
    const versions = new Set<string>();
    for (let round = 0; round < 10; round++) {
      const first = await created(store, key, record);
      const second = await updated(other, key, record, first);
      for (const old of versions) {
        const result = await store.update(key, recordOf("from another life"), old);
        equal(result, { status: "conflict" }, "update() of a version from before the record was deleted");
      }
      versions.add(first).add(second);
      await store.delete(key);
      equal(await store.update(key, record, first), { status: "gone" }, "update() of a deleted record");
    }

    equal(versions.size, 20, "the number of versions that 20 writes made");
  }],
];
