import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { SessionStore } from "../../../sessions/store.ts";
import { created, either, newKey, newOwner, numbers, present, recordOf, type Subject, testWith, watch } from "./kit.ts";

/** Whose a record is, and what list() says. */
export function ownerTests(subject: Subject): void {
  testWith(subject, "list() of an owner without records gives nothing", async (store) => {
    await created(store, newKey(), recordOf("somebody else's", 3600, newOwner()));
    await created(store, newKey(), recordOf("nobody's"));

    assertEquals(await store.list(newOwner()), []);
  });

  testWith(subject, "list() gives an owner's records as read() does, with their keys", async (store, other) => {
    const [mine, theirs] = [newOwner(), newOwner()];
    const [one, two, foreign] = [newKey(), newKey(), newKey()];
    await created(store, one, recordOf("one", 60, mine));
    await created(store, foreign, recordOf("foreign", 60, theirs));
    await created(other, two, recordOf("x".repeat(200_000), 3600, mine));

    for (const handle of [store, other]) {
      const expected = await Promise.all([one, two].map(async (key) => ({ key, ...await present(store, key) })));
      assertEquals(sorted(await handle.list(mine)), sorted(expected));
      assertEquals((await handle.list(theirs)).map(({ key, data }) => [key, data]), [[foreign, "foreign"]]);
    }
  });

  testWith(subject, "read() gives back the owner, and none where there is none", async (store) => {
    const [owned, free, owner] = [newKey(), newKey(), newOwner()];
    await created(store, owned, recordOf("1", 3600, owner));
    await created(store, free, recordOf("1"));

    assertEquals((await present(store, owned)).owner, owner);
    assertEquals((await present(store, free)).owner, undefined);
  });

  testWith(subject, "update() gives a record to somebody, to somebody else, and to nobody", async (store, other) => {
    const [key, first, second] = [newKey(), newOwner(), newOwner()];
    let version = await created(store, key, recordOf("0"));
    for (const [index, owner] of [first, first, second, undefined, second, first, undefined, undefined].entries()) {
      const handle = either(index, store, other);
      const result = await handle.update(key, recordOf(String(index), 3600, owner), version);
      assert(result.status === "written");
      version = result.version;
      assertEquals((await present(store, key)).owner, owner);
      for (const name of [first, second]) {
        assertEquals((await store.list(name)).map(({ data }) => data), name === owner ? [String(index)] : []);
      }
    }
  });

  testWith(subject, "a listed version is one that update() takes", async (store, other) => {
    const [key, owner] = [newKey(), newOwner()];
    await created(store, key, recordOf("1", 3600, owner));
    const [listed] = await other.list(owner);

    assertEquals((await store.update(key, recordOf("2", 3600, owner), listed!.version)).status, "written");
    assertEquals((await other.list(owner)).map(({ data }) => data), ["2"]);
    assertEquals(await store.update(key, recordOf("3"), listed!.version), { status: "conflict" });
  });

  testWith(subject, "what is deleted is on no list", async (store, other) => {
    const [gone, kept, owner] = [newKey(), newKey(), newOwner()];
    await created(store, gone, recordOf("gone", 3600, owner));
    await created(store, kept, recordOf("kept", 3600, owner));
    await store.delete(gone);

    for (const handle of [other, store, other]) {
      assertEquals((await handle.list(owner)).map(({ key }) => key), [kept]);
    }
  });

  testWith(subject, "what has expired is on no list, and what was renewed stays", async (store, other) => {
    using time = new FakeTime(Date.now());
    const [dying, renewed, owner] = [newKey(), newKey(), newOwner()];
    await created(store, dying, recordOf("dying", 60, owner));
    const version = await created(store, renewed, recordOf("1", 60, owner));
    await store.update(renewed, recordOf("2", 3 * 86_400, owner), version);
    time.tick(59_999);
    assertEquals((await store.list(owner)).length, 2);

    time.tick(1);
    assertEquals((await other.list(owner)).map(({ key }) => key), [renewed]);
    await store.clearExpired();
    time.tick(2 * 86_400_000);
    await store.clearExpired();
    assertEquals((await store.list(owner)).map(({ data }) => data), ["2"]);
  });

  testWith(subject, "a refused write changes no list", async (store, other) => {
    const [key, mine, theirs] = [newKey(), newOwner(), newOwner()];
    const seen = await created(store, key, recordOf("1", 3600, mine));
    await other.update(key, recordOf("2", 3600, mine), seen);
    assertEquals(await store.create(key, recordOf("3", 3600, theirs)), undefined);
    assertEquals(await store.update(key, recordOf("3", 3600, theirs), seen), { status: "conflict" });
    assertEquals(await store.update(key, recordOf("3"), seen), { status: "conflict" });
    assertEquals(await store.update(newKey(), recordOf("3", 3600, theirs), seen), { status: "gone" });

    assertEquals((await store.list(mine)).map(({ data }) => data), ["2"]);
    assertEquals(await store.list(theirs), []);
  });

  testWith(subject, "a record that takes the place of a dead one is its own owner's only", async (store) => {
    using time = new FakeTime(Date.now());
    const [deleted, expired, before, now] = [newKey(), newKey(), newOwner(), newOwner()];
    await created(store, deleted, recordOf("old", 60, before));
    await created(store, expired, recordOf("old", 60, before));
    await store.delete(deleted);
    time.tick(60_000);
    for (const key of [deleted, expired]) await created(store, key, recordOf(key, 3600, now));

    assertEquals(await store.list(before), []);
    assertEquals((await store.list(now)).map(({ data }) => data).sort(), [deleted, expired].sort());
  });

  testWith(subject, "owners that differ in case only are different owners, and an owner is no key", async (store) => {
    const [upper, lower] = ["O".repeat(43), "o".repeat(43)];
    await created(store, lower, recordOf("upper's", 3600, upper));
    await created(store, upper, recordOf("lower's", 3600, lower));

    assertEquals((await store.list(upper)).map(({ key, data }) => [key, data]), [[lower, "upper's"]]);
    assertEquals((await store.list(lower)).map(({ key, data }) => [key, data]), [[upper, "lower's"]]);
  });

  testWith(
    subject,
    "list() leaves out nobody of 120, made at once by two handles for four owners",
    async (store, other) => {
      const owners = numbers(4).map(newOwner);
      const keys = numbers(120).map(newKey);
      const ownerOf = (index: number) => owners[index % 4]!;
      await Promise.all(
        keys.map((key, index) => created(either(index >> 2, store, other), key, recordOf(key, 3600, ownerOf(index)))),
      );

      for (const owner of owners) {
        const listed = (await other.list(owner)).map(({ key }) => key);
        assertEquals(listed.sort(), keys.filter((_, index) => ownerOf(index) === owner).sort());
      }
    },
  );

  testWith(subject, "list() leaves out no record that is changed meanwhile", async (store, other) => {
    const owner = newOwner();
    const keys = numbers(3).map(newKey);
    for (const key of keys) await created(store, key, recordOf("0", 3600, owner));
    let writing = true;
    const lists = watch(() => writing, async () => {
      const listed = await other.list(owner);
      assertEquals(listed.map(({ key }) => key).sort(), keys.toSorted());
      for (const { data } of listed) assert(data === data[0]!.repeat(data.length), "a mixture of two texts was listed");
    });
    for (let count = 0; count < 30; count++) {
      const key = keys[count % 3]!;
      const text = String(count % 10).repeat([10, 70_000, 150_000][count % 3]!);
      await store.update(key, recordOf(text, 3600, owner), (await present(store, key)).version);
    }
    writing = false;
    await lists;
  });

  testWith(
    subject,
    "lists are right after a record went from hand to hand under many writers",
    async (store, other) => {
      const [key, ...owners] = [newKey(), newOwner(), newOwner(), newOwner()];
      await created(store, key, recordOf("0"));
      const looking = numbers(4).map(async (index) => {
        for (let round = 0; round < 15; round++) {
          const handle = either(index, store, other);
          const stored = await handle.read(key);
          if (stored) await handle.update(key, recordOf(`${round}`, 3600, owners[(index + round) % 4]), stored.version);
          else await handle.create(key, recordOf("again", 3600, owners[round % 3]));
          if (round % 5 === index) await handle.delete(key);
          await handle.list(owners[round % 3]!);
        }
      });
      await Promise.all(looking);
      await store.create(key, recordOf("again", 3600, owners[0]));

      const { owner } = await present(store, key);
      for (const name of owners) {
        assertEquals((await store.list(name)).map(({ key }) => key), name === owner ? [key] : []);
      }
    },
  );

  testWith(subject, "delete() of all that list() gives ends all sessions of somebody", async (store, other) => {
    const [owner, stranger] = [newOwner(), newKey()];
    await Promise.all(numbers(15).map(() => created(store, newKey(), recordOf("1", 3600, owner))));
    await created(store, stranger, recordOf("a stranger's", 3600, newOwner()));
    const listed = await other.list(owner);
    await Promise.all(listed.map(({ key }) => other.delete(key)));

    assertEquals(await store.list(owner), []);
    for (const { key, version } of listed) {
      assertEquals(await store.update(key, recordOf("revived", 3600, owner), version), { status: "gone" });
    }
    assertEquals(await store.list(owner), []);
    assertEquals((await present(store, stranger)).data, "a stranger's");
  });
}

function sorted(listed: Awaited<ReturnType<SessionStore["list"]>>): typeof listed {
  return listed.toSorted((a, b) => a.key < b.key ? -1 : 1);
}
