import { equal } from "./expect.ts";
import { type Check, created, either, facts, keysOf, newKey, newOwner, present, updated } from "./kit.ts";

/** Whose a record is, and what list() says. */
export const ownerChecks: readonly Check[] = [
  ["list() of an owner without records gives nothing", async ({ store, recordOf }) => {
    await created(store, newKey(), recordOf("somebody else's", undefined, newOwner()));
    await created(store, newKey(), recordOf("nobody's"));

    equal(await store.list(newOwner()), [], "what list() gives");
  }],

  ["list() gives an owner's records as read() does, with their keys", async ({ store, other, recordOf, textOf }) => {
    const [mine, theirs] = [newOwner(), newOwner()];
    const [one, two, foreign] = [newKey(), newKey(), newKey()];
    await created(store, one, recordOf("one", 50, mine));
    await created(store, foreign, recordOf("foreign", 50, theirs));
    await created(other, two, recordOf(textOf("large ", 200_000), 500, mine));

    for (const handle of [store, other]) {
      const listed = await handle.list(mine);
      equal(keysOf(listed), [one, two].sort(), "the keys that list() gives");
      for (const stored of listed) equal(facts(stored), facts(await present(store, stored.key)), "what list() gives");
      equal((await handle.list(theirs)).map(({ key, data }) => [key, data]), [[foreign, "foreign"]], "another's list");
    }
  }],

  ["update() gives a record to somebody, to somebody else, and to nobody", async ({ store, other, recordOf }) => {
    const [key, first, second] = [newKey(), newOwner(), newOwner()];
    let version = await created(store, key, recordOf("0"));
    for (const [index, owner] of [first, first, second, undefined, second, first, undefined, undefined].entries()) {
      const handle = either(index, store, other);
      version = await updated(handle, key, recordOf(String(index), undefined, owner), version);
      equal((await present(store, key)).owner, owner, "the owner that read() gives");
      for (const name of [first, second]) {
        const expected = name === owner ? [[key, String(index), version]] : [];
        const listed = (await store.list(name)).map(({ key, data, version }) => [key, data, version]);
        equal(listed, expected, name === owner ? "the list of the owner" : "the list of somebody else");
      }
    }
  }],

  ["a listed version is one that update() takes", async ({ store, other, recordOf }) => {
    const [key, owner] = [newKey(), newOwner()];
    await created(store, key, recordOf("1", undefined, owner));
    const [listed] = await other.list(owner);

    await updated(store, key, recordOf("2", undefined, owner), listed!.version);
    equal((await other.list(owner)).map(({ data }) => data), ["2"], "the list after an update()");
    equal(
      await store.update(key, recordOf("3"), listed!.version),
      { status: "conflict" },
      "update() of the old version",
    );
  }],

  ["what is deleted is on no list", async ({ store, other, recordOf }) => {
    const [gone, kept, owner] = [newKey(), newKey(), newOwner()];
    await created(store, gone, recordOf("gone", undefined, owner));
    await created(store, kept, recordOf("kept", undefined, owner));
    await store.delete(gone);

    for (const handle of [other, store, other]) {
      equal(keysOf(await handle.list(owner)), [kept], "the keys that are listed");
    }
  }],

  ["what has expired is on no list, and what was renewed stays", async ({ store, other, recordOf, clock }) => {
    clock.stop();
    const [dying, renewed, owner] = [newKey(), newKey(), newOwner()];
    await created(store, dying, recordOf("dying", 1.5, owner));
    await updated(store, renewed, recordOf("2", 4, owner), await created(store, renewed, recordOf("1", 1.5, owner)));
    await clock.pass(1.5 - clock.instant);
    equal(keysOf(await store.list(owner)), [dying, renewed].sort(), "the keys that are listed before the deadline");

    await clock.pass(clock.instant);
    equal(keysOf(await other.list(owner)), [renewed], "the keys that are listed after it");
    await store.clearExpired();
    await clock.pass(1);
    await store.clearExpired();
    equal((await store.list(owner)).map(({ data }) => data), ["2"], "what is listed after clearing");
  }],

  ["a refused write changes no list", async ({ store, other, recordOf }) => {
    const [key, mine, theirs] = [newKey(), newOwner(), newOwner()];
    const seen = await created(store, key, recordOf("1", undefined, mine));
    await updated(other, key, recordOf("2", undefined, mine), seen);
    await store.create(key, recordOf("3", undefined, theirs));
    for (const owner of [theirs, undefined]) await store.update(key, recordOf("3", undefined, owner), seen);
    await store.update(newKey(), recordOf("3", undefined, theirs), seen);

    equal((await store.list(mine)).map(({ data }) => data), ["2"], "the list of the owner");
    equal(await store.list(theirs), [], "the list of somebody else");
  }],

  ["a record that takes the place of a dead one is its own owner's only", async ({ store, recordOf, clock }) => {
    clock.stop();
    const [deleted, expired, before, now] = [newKey(), newKey(), newOwner(), newOwner()];
    await created(store, deleted, recordOf("old", 1, before));
    await created(store, expired, recordOf("old", 1, before));
    await store.delete(deleted);
    await clock.pass(1);
    for (const key of [deleted, expired]) await created(store, key, recordOf("new", undefined, now));

    equal(await store.list(before), [], "the list of the owner before");
    equal(keysOf(await store.list(now)), [deleted, expired].sort(), "the keys that are listed for the owner now");
  }],

  ["owners that differ in case only are different owners", async ({ store, recordOf }) => {
    const [upper, lower] = ["O".repeat(43), "o".repeat(43)];
    const [one, two] = [newKey(), newKey()];
    await created(store, one, recordOf("upper's", undefined, upper));
    await created(store, two, recordOf("lower's", undefined, lower));

    equal(keysOf(await store.list(upper)), [one], "the keys of the first owner");
    equal(keysOf(await store.list(lower)), [two], "the keys of the second owner");
  }],

  ["an owner is found by all of its name", async ({ store, recordOf }) => {
    const owner = newOwner();
    await created(store, newKey(), recordOf("1", undefined, owner));
    for (let at = 0; at < owner.length; at += 6) {
      const other = owner.slice(0, at) + (owner[at] === "_" ? "-" : "_") + owner.slice(at + 1);
      equal(await store.list(other), [], `the list of an owner who differs in character ${at + 1}`);
    }
  }],

  ["an owner is no key, and opens nothing", async ({ store, recordOf }) => {
    const [key, owner] = [newKey(), newOwner()];
    const version = await created(store, key, recordOf("1", undefined, owner));

    equal(await store.read(owner), undefined, "what read() gives of an owner");
    equal(await store.update(owner, recordOf("2"), version), { status: "gone" }, "update() of an owner");
    equal(await store.list(key), [], "what list() gives of a key");
    await created(store, owner, recordOf("under a key that is somebody's name"));
    await store.delete(owner);
    equal(keysOf(await store.list(owner)), [key], "the keys of the owner");
    equal((await present(store, key)).data, "1", "the owner's record");
  }],
];
