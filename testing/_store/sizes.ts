import { BrokenContract, equal, must } from "./expect.ts";
import { type Check, created, newKey, newOwner, present, type Trial, updated, USUAL_BYTES } from "./kit.ts";

/**
 * A text comes back exactly as it was given, however large it is.
 *
 * @param isLimited Whether the store says what it takes.
 * @returns The checks.
 */
export function sizeChecks(isLimited: boolean): Check[] {
  return isLimited ? [...ALWAYS, TOO_LARGE] : ALWAYS;
}

const ALWAYS: Check[] = [
  ["a text of any size that the store takes comes back", async (trial) => {
    const limit = trial.options.maxBytes ?? USUAL_BYTES;
    const around = [1, 255, 4096, 16_384, 32_768, 60_000, 64_000, 65_536, 128_000, 131_072, 262_144, limit];
    const sizes = new Set(around.flatMap((size) => [size - 1, size, size + 1]).filter((size) => size <= limit));
    for (const size of sizes) {
      // Different everywhere, so that parts which are lost, repeated or in the wrong order show.
      const text = counted(size);
      await mustComeBack(trial, text);
    }
  }],

  ["a large text in any language comes back", async (trial) => {
    for (const pattern of ["日本語の本", "é😀", "ж", "\0\n"]) await mustComeBack(trial, trial.textOf(pattern, 400_000));
  }],

  ["a text may grow large and small again", async ({ store, other, recordOf, textOf }) => {
    const key = newKey();
    let version = await created(store, key, recordOf("small"));
    for (const size of [300_000, 10, 70_000, 200_000, 64_001, 64_000, 0, 130_000]) {
      const text = textOf(`${size} `, size);
      version = await updated(store, key, recordOf(text), version);
      must((await present(other, key)).data === text, `a text of ${size} bytes must come back as it was given`);
    }
  }],
];

const TOO_LARGE: Check = [
  "a text that is too large is refused with an error, and nothing is changed",
  async (trial) => {
    const { store, recordOf, options } = trial;
    const [key, free, owner] = [newKey(), newKey(), newOwner()];
    const version = await created(store, key, recordOf("before", undefined, owner));
    for (const text of ["x".repeat(options.maxBytes! + 1), "é".repeat(Math.ceil((options.maxBytes! + 1) / 2))]) {
      const record = recordOf(text, undefined, owner);
      for (const attempt of [() => store.create(free, record), () => store.update(key, record, version)]) {
        const outcome = await attempt().catch((error) => error);
        if (outcome instanceof Error) continue;
        throw new BrokenContract("a text of more than maxBytes must be refused with an Error");
      }
    }

    equal(await store.read(free), undefined, "what read() gives of a record that was refused");
    equal((await present(store, key)).version, version, "the version of a record whose update was refused");
    equal((await store.list(owner)).map(({ data }) => data), ["before"], "the list of its owner");
  },
];

async function mustComeBack({ store, recordOf }: Trial, text: string): Promise<void> {
  const key = newKey();
  const version = await created(store, key, recordOf(text));
  must((await present(store, key)).data === text, `create() must keep a text of ${text.length} characters as it is`);
  await updated(store, key, recordOf(`y${text.slice(1)}`), version);
  const changed = (await present(store, key)).data;
  must(changed === `y${text.slice(1)}`, `update() must keep a text of ${text.length} characters as it is`);
  await store.delete(key);
}

/** A text of so many bytes that counts up. */
function counted(size: number): string {
  let text = "";
  for (let count = 0; text.length < size; count += 8) text += String(count).padStart(8, "0");
  return text.slice(0, size);
}
