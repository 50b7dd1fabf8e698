import { equal, must } from "./expect.ts";
import {
  type Check,
  created,
  either,
  keysOf,
  lookWhile,
  newKey,
  newOwner,
  numbers,
  present,
  together,
  updated,
} from "./kit.ts";

/** Lists beside writers, half of them through another handle. */
export const ownerRaces: readonly Check[] = [
  ["list() leaves out none of 120, made at once for four owners", async ({ store, other, recordOf }) => {
    const owners = numbers(4).map(newOwner);
    const keys = numbers(120).map(newKey);
    // One of them has 102, which is more than many a database gives in one answer.
    const ownerAt = (index: number) => index % 5 === 0 ? index / 5 % 4 : 0;
    await together(
      keys.map((key, index) =>
        created(either(index >> 2, store, other), key, recordOf(key, undefined, owners[ownerAt(index)]))
      ),
    );

    for (const [index, owner] of owners.entries()) {
      const expected = keys.filter((_, at) => ownerAt(at) === index).sort();
      equal(keysOf(await other.list(owner)), expected, "the keys that are listed");
    }
  }],

  ["list() leaves out no record that is changed meanwhile", async ({ store, other, recordOf, textOf }) => {
    const owner = newOwner();
    const keys = numbers(3).map(newKey);
    for (const key of keys) await created(store, key, recordOf("0", undefined, owner));
    await lookWhile(async () => {
      for (let count = 0; count < 30; count++) {
        const key = keys[count % 3]!;
        const text = textOf(String(count % 10), [10, 70_000, 150_000][count % 3]!);
        await updated(store, key, recordOf(text, undefined, owner), (await present(store, key)).version);
      }
    }, async () => {
      const listed = await other.list(owner);
      equal(keysOf(listed), keys.toSorted(), "the keys that are listed");
      for (const { data } of listed) {
        must(data === data[0]!.repeat(data.length), "list() must give whole texts: it gave a mixture of two");
      }
    });
  }],

  ["list() finds somebody's only session while that moves to another key", async ({ store, other, recordOf }) => {
    const owner = newOwner();
    let key = newKey();
    let version = await created(store, key, recordOf("0", undefined, owner));
    await lookWhile(async () => {
      for (let count = 0; count < 60; count++) {
        // As a session that gets a new id: at each moment there is one of the two.
        const next = newKey();
        const nextVersion = await created(store, next, recordOf(String(count), undefined, owner));
        await updated(store, key, recordOf("nobody's any more"), version);
        [key, version] = [next, nextVersion];
      }
    }, async () => {
      const lists = await together(numbers(4).map((index) => either(index, other, store).list(owner)));
      must(
        lists.every(({ length }) => length > 0),
        "list() must not miss a session that is created before it is ended",
      );
    });
  }],

  ["lists are right after a record went from hand to hand under many writers", async ({ store, other, recordOf }) => {
    const [owners, keys] = [numbers(3).map(newOwner), numbers(3).map(newKey)];
    const change = async (key: string, index: number) => {
      const handle = either(index, store, other);
      for (let attempt = 0; attempt < 3; attempt++) {
        // Sometimes it is nobody's.
        const record = recordOf(`of ${index}`, undefined, owners[(index + attempt) % 4]);
        const stored = await handle.read(key);
        if (stored) await handle.update(key, record, stored.version);
        else await handle.create(key, record);
        if (index % 7 === 6 && attempt === 1) await handle.delete(key);
      }
    };
    for (let round = 0; round < 12; round++) {
      await together(keys.flatMap((key) => numbers(4).map((index) => change(key, index + round))));

      const found = await together(keys.map((key) => store.read(key)));
      for (const owner of owners) {
        const expected = keys.filter((_, index) => found[index]?.owner === owner).sort();
        equal(keysOf(await store.list(owner)), expected, "the keys that are listed");
      }
    }
  }],

  ["delete() of all that list() gives ends all sessions of somebody", async ({ store, other, recordOf }) => {
    const [owner, stranger] = [newOwner(), newKey()];
    await together(numbers(15).map(() => created(store, newKey(), recordOf("1", undefined, owner))));
    await created(store, stranger, recordOf("a stranger's", undefined, newOwner()));
    const listed = await other.list(owner);
    equal(listed.length, 15, "the number of records that are listed");
    await together(listed.map(({ key }) => other.delete(key)));

    equal(await store.list(owner), [], "what list() gives after all were deleted");
    for (const { key, version } of listed) {
      const result = await store.update(key, recordOf("revived", undefined, owner), version);
      equal(result, { status: "gone" }, "update() of a deleted record");
    }
    equal(await store.list(owner), [], "what list() gives then");
    equal((await present(store, stranger)).data, "a stranger's", "a stranger's record");
  }],
];
