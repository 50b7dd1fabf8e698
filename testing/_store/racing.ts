import { equal, must } from "./expect.ts";
import {
  type Check,
  created,
  either,
  increment,
  lookWhile,
  newKey,
  numbers,
  pause,
  present,
  together,
  updated,
} from "./kit.ts";

/** Everything at once, half of it through another handle. */
export const racingChecks: readonly Check[] = [
  ["of 100 create() at once exactly one wins", async ({ store, other, recordOf }) => {
    const key = newKey();
    const versions = await together(
      numbers(100).map((index) => either(index, store, other).create(key, recordOf(`of ${index}`))),
    );

    const winners = numbers(100).filter((index) => versions[index] !== undefined);
    equal(winners.length, 1, "the number of create() that won");
    const { data, version } = await present(store, key);
    equal([data, version], [`of ${winners[0]}`, versions[winners[0]!]], "the record, which is the winner's");
  }],

  ["of 40 create() at once over an expired record exactly one wins", async ({ store, other, recordOf, clock }) => {
    clock.stop();
    const keys = numbers(5).map(newKey);
    for (const key of keys) await created(store, key, recordOf("old", 1));
    await clock.pass(1);
    for (const key of keys) {
      const versions = await together(
        numbers(40).map((index) => either(index, store, other).create(key, recordOf(`of ${index}`))),
      );

      const winners = numbers(40).filter((index) => versions[index] !== undefined);
      equal(winners.length, 1, "the number of create() that won");
      equal((await present(store, key)).data, `of ${winners[0]}`, "the record, which is the winner's");
    }
  }],

  ["of 50 update() naming one version exactly one wins", async ({ store, other, recordOf }) => {
    const key = newKey();
    const seen = await created(store, key, recordOf("before"));
    const results = await together(
      numbers(50).map((index) => either(index, store, other).update(key, recordOf(`of ${index}`), seen)),
    );

    const winners = numbers(50).filter((index) => results[index]!.status === "written");
    equal(winners.length, 1, "the number of update() that won");
    const others = results.filter(({ status }) => status === "conflict").length;
    equal(others, 49, "the number of update() that answer conflict");
    equal((await present(store, key)).data, `of ${winners[0]}`, "the record, which is the winner's");
  }],

  ["50 increments at once are exact", async ({ store, other, recordOf }) => {
    const key = newKey();
    await created(store, key, recordOf("0"));
    await together(numbers(50).map((index) => increment(either(index, store, other), key)));

    equal((await present(store, key)).data, "50", "what 50 increments made");
  }],

  ["an update() racing delete() never revives", async ({ store, other, recordOf }) => {
    for (let round = 0; round < 60; round++) {
      const key = newKey();
      const seen = await created(store, key, recordOf("1"));
      await together<unknown>([
        ...numbers(3).map((index) => either(index, store, other).update(key, recordOf("2"), seen)),
        other.delete(key),
        ...numbers(3).map((index) => either(index, store, other).update(key, recordOf("3"), seen)),
      ]);

      equal(await store.read(key), undefined, "what read() gives of a deleted record");
      equal(await store.update(key, recordOf("4"), seen), { status: "gone" }, "update() of a deleted record");
    }
  }],

  ["delete() ends a record that others keep changing", async ({ store, other, recordOf }) => {
    for (let round = 0; round < 5; round++) {
      const key = newKey();
      await created(store, key, recordOf("0"));
      let isDeleted = false;
      const write = async (index: number) => {
        const handle = either(index, store, other);
        for (let late = 0; late < 20; late += Number(isDeleted)) {
          const stored = await handle.read(key);
          if (!stored) return;
          await handle.update(key, recordOf(`${stored.data.slice(0, 100)}.`), stored.version);
          await pause();
        }
      };
      const end = async () => {
        for (let count = 0; count < round; count++) await pause();
        await store.delete(key).finally(() => isDeleted = true);
      };
      await together([...numbers(4).map(write), end()]);

      equal(await store.read(key), undefined, "what read() gives of a deleted record");
    }
  }],

  ["a read() beside writers sees whole texts only", async ({ store, other, recordOf, textOf }) => {
    const key = newKey();
    await created(store, key, recordOf(textOf("a", 150_000)));
    let version = (await present(store, key)).version;
    await lookWhile(async () => {
      for (let count = 0; count < 40; count++) {
        const text = textOf("abcd"[count % 4]!, [10, 70_000, 290_000, 140_000][count % 4]!);
        version = await updated(store, key, recordOf(text), version);
        if (count % 8 === 0) await pause();
      }
    }, async () => {
      const { data } = await present(other, key);
      must(data === data[0]!.repeat(data.length), "read() must give one text: it gave a mixture of two");
    });
  }],
];
