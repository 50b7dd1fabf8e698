import { equal, must } from "./expect.ts";
import { type Check, created, increment, newKey, numbers, present, together, type Trial, updated } from "./kit.ts";

/** clearExpired(), in a store that has been cleared before: some look at everything the first time. */
export const clearingChecks: readonly Check[] = [
  ["clearExpired() of an empty store removes nothing", async ({ store }) => {
    equal(await store.clearExpired(), 0, "what clearExpired() answers");
  }],

  ["clearExpired() removes what has expired, and only that", async (trial) => {
    const { store, other, recordOf, clock } = trial;
    clock.stop();
    await store.clearExpired();
    // More than many a database gives in one answer.
    const [dying, living, lasting] = [numbers(120).map(newKey), numbers(20).map(newKey), newKey()];
    for (const key of living) await created(store, key, recordOf("living"));
    await together(dying.map((key) => created(store, key, recordOf("dying", 2))));
    await created(store, lasting, recordOf("living yet", 2 + clock.instant));
    equal(await other.clearExpired(), 0, "what clearExpired() answers while all live");

    await clock.pass(2);
    await mustClear(other, 120, trial);
    equal((await present(store, lasting)).data, "living yet", "a record that lives a moment longer");
    equal(await other.clearExpired(), 0, "what clearExpired() answers the second time");
    for (const key of dying) equal(await store.read(key), undefined, "what read() gives of a cleared record");
    for (const key of living) equal((await present(store, key)).data, "living", "a record that lives");
  }],

  ["clearExpired() keeps what was renewed, and finds it when it has expired", async (trial) => {
    const { store, recordOf, clock } = trial;
    clock.stop();
    await store.clearExpired();
    const key = newKey();
    const version = await created(store, key, recordOf("1", 1));
    await updated(store, key, recordOf("2", 3), version);

    await clock.pass(1.5);
    equal(await store.clearExpired(), 0, "what clearExpired() answers while the record lives");
    equal((await present(store, key)).data, "2", "the renewed record");
    await clock.pass(1.5);
    await mustClear(store, 1, trial);
    equal(await store.read(key), undefined, "what read() gives then");
  }],

  ["clearExpired() finds what got an earlier deadline", async (trial) => {
    const { store, recordOf, clock } = trial;
    clock.stop();
    await store.clearExpired();
    const key = newKey();
    await updated(store, key, recordOf("2", 1), await created(store, key, recordOf("1", 100)));

    await clock.pass(1);
    await mustClear(store, 1, trial);
  }],

  ["clearExpired() does not count what was deleted", async (trial) => {
    const { store, recordOf, clock } = trial;
    clock.stop();
    await store.clearExpired();
    const [deleted, expired] = [newKey(), newKey()];
    await created(store, deleted, recordOf("1", 1));
    await created(store, expired, recordOf("2", 1));
    await store.delete(deleted);

    await clock.pass(1);
    await mustClear(store, 1, trial);
  }],

  ["clearExpired() keeps what was created over an expired record", async (trial) => {
    const { store, recordOf, clock } = trial;
    clock.stop();
    await store.clearExpired();
    const key = newKey();
    await created(store, key, recordOf("old", 1));
    await clock.pass(1);
    await created(store, key, recordOf("new", 2));

    equal(await store.clearExpired(), 0, "what clearExpired() answers while the new record lives");
    equal((await present(store, key)).data, "new", "the new record");
    await clock.pass(2);
    await mustClear(store, 1, trial);
  }],

  ["clearExpired() does no harm while the store is in use", async (trial) => {
    const { store, other, recordOf } = trial;
    const counter = newKey();
    await created(store, counter, recordOf("0"));
    for (let count = 0; count < 50; count++) await store.create(newKey(), recordOf("dead already", -1));
    let removed = 0;
    const clearing = async () => {
      for (let count = 0; count < 5; count++) removed += await other.clearExpired();
    };
    const short = numbers(20).map(newKey);
    await together<unknown>([
      clearing(),
      ...numbers(20).map(() => increment(store, counter)),
      ...short.map((key) => created(store, key, recordOf("short but alive", 30))),
      clearing(),
    ]);

    equal((await present(store, counter)).data, "20", "what 20 increments made");
    for (const key of short) equal((await present(store, key)).data, "short but alive", "a record that lives");
    removed += await store.clearExpired();
    // A store may let the dead go earlier, when something is written.
    must(removed <= 50, `clearExpired() must not count more than there was: 50 records, ${removed} counted`);
  }],
];

/** What has to be cleared, where there is something to clear. */
async function mustClear(store: Trial["store"], count: number, { options }: Trial): Promise<void> {
  equal(await store.clearExpired(), options.clears === false ? 0 : count, "what clearExpired() answers");
}
