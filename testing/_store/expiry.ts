import { equal } from "./expect.ts";
import { type Check, created, newKey, present, updated } from "./kit.ts";

/** Expired is missing. */
export const expiryChecks: readonly Check[] = [
  ["an expired record is not served, from its deadline on", async ({ store, other, recordOf, clock }) => {
    clock.stop();
    const key = newKey();
    await created(store, key, recordOf("1", 1));

    await clock.pass(1 - clock.instant);
    equal((await present(other, key)).data, "1", "a record an instant before its deadline");
    await clock.pass(clock.instant);
    equal(await store.read(key), undefined, "what read() gives at the deadline");
    equal(await other.read(key), undefined, "what another handle's read() gives at the deadline");
  }],

  ["an expired record is not updated: it is gone", async ({ store, recordOf, clock }) => {
    clock.stop();
    const key = newKey();
    const version = await created(store, key, recordOf("1", 1));

    await clock.pass(1);
    for (const named of [version, "another version"]) {
      equal(await store.update(key, recordOf("revived"), named), { status: "gone" }, "update() of an expired record");
    }
    equal(await store.read(key), undefined, "what read() gives then");
  }],

  [
    "an expired record does not block create(), and its version means nothing",
    async ({ store, recordOf, textOf, clock }) => {
      clock.stop();
      const key = newKey();
      const old = await created(store, key, recordOf(textOf("x", 200_000), 1));

      await clock.pass(1);
      await created(store, key, recordOf("new"));
      equal((await present(store, key)).data, "new", "what was created over an expired record");
      const result = await store.update(key, recordOf("from another life"), old);
      equal(result, { status: "conflict" }, "update() of the expired version");
    },
  ],

  ["delete() of an expired record is no error", async ({ store, recordOf, clock }) => {
    clock.stop();
    const key = newKey();
    await created(store, key, recordOf("1", 1));

    await clock.pass(1);
    await store.delete(key);
    equal(await store.read(key), undefined, "what read() gives then");
  }],

  ["update() makes a life longer", async ({ store, recordOf, clock }) => {
    clock.stop();
    const key = newKey();
    const version = await created(store, key, recordOf("1", 1.5));
    await clock.pass(0.5);
    await updated(store, key, recordOf("2", 2), version);

    await clock.pass(2 - clock.instant);
    equal((await present(store, key)).data, "2", "a record an instant before its later deadline");
    await clock.pass(clock.instant);
    equal(await store.read(key), undefined, "what read() gives at the later deadline");
  }],

  ["update() makes a life shorter", async ({ store, recordOf, clock }) => {
    clock.stop();
    const key = newKey();
    const first = await created(store, key, recordOf("1", 100));
    const second = await updated(store, key, recordOf("2", 1), first);

    await clock.pass(1);
    equal(await store.read(key), undefined, "what read() gives at the earlier deadline");
    equal(await store.update(key, recordOf("3"), second), { status: "gone" }, "update() at the earlier deadline");
  }],

  ["a deadline that has passed already makes a record that never was", async ({ store, recordOf }) => {
    const [one, two] = [newKey(), newKey()];
    await store.create(one, recordOf("1", -1));
    equal(await store.read(one), undefined, "what read() gives of a record that was created dead");
    await created(store, one, recordOf("2"));

    await store.update(two, recordOf("2", -1), await created(store, two, recordOf("1")));
    equal(await store.read(two), undefined, "what read() gives of a record that was updated to be dead");
    await created(store, two, recordOf("3"));
    equal((await present(store, two)).data, "3", "what was created over it");
  }],

  ["a deadline comes back as it was given", async ({ store }) => {
    const now = Date.now();
    const deadlines = [now + 1_000_000, now + 1_000_000.25, now + 400 * 86_400_000, Date.UTC(9999, 11, 31), 2 ** 53];
    for (const expires of deadlines) {
      const key = newKey();
      await created(store, key, { data: "1", expires });
      equal((await present(store, key)).expires, expires, "the deadline");
    }
  }],
];
