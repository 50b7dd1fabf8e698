/** Many inputs by chance, and what is said of the smallest one on which the two sides don't agree. */

import { AssertionError } from "@std/assert";
import { Random } from "./_random.ts";

/** One kind of input, and what has to hold for each. */
export interface Agreement<I, A> {
  /** How many inputs are tried. */
  readonly count: number;
  /** Makes an input: a value that JSON carries, so that it can be shown and made smaller. */
  make(random: Random): I;
  /** Asks for the answers to many inputs at once, in their order. */
  ask(inputs: readonly I[]): Promise<readonly A[]>;
  /** Throws an AssertionError unless the answer is what it should be. */
  check(input: I, answer: A): void;
}

/** Where chance begins: the variable `NUAGES_SEED`, or `--seed=…` behind `--`, or always the same. */
export const SEED: number = readSeed();

/** As many inputs are asked for at once. */
const BATCH = 1000;
/** So often something smaller is tried at most. */
const TRIALS = 2000;

/**
 * Tries the inputs. If one fails, it is made smaller as long as it fails in the same way, and shown with the seed.
 *
 * @param agreement What has to hold.
 * @throws {AssertionError} If it doesn't.
 */
export async function agree<I, A>(agreement: Agreement<I, A>): Promise<void> {
  const random = new Random(SEED);
  for (let from = 0; from < agreement.count; from += BATCH) {
    const length = Math.min(BATCH, agreement.count - from);
    const inputs = Array.from({ length }, () => agreement.make(random));
    const answers = await agreement.ask(inputs);
    for (const [index, input] of inputs.entries()) {
      try {
        agreement.check(input, answers[index]!);
      } catch (error) {
        const [smallest, reason] = await shrink(agreement, input, error as Error);
        const shown = JSON.stringify(smallest);
        throw new AssertionError(
          `The two sides don't agree on input ${from + index} of ${agreement.count} with NUAGES_SEED=${SEED}, ` +
            `made smaller: ${shown}\n${reason.message}`,
        );
      }
    }
  }
}

async function shrink<I, A>(agreement: Agreement<I, A>, input: I, error: Error): Promise<[I, Error]> {
  let smallest: [I, Error] = [input, error];
  let trials = 0;
  let found = true;
  while (found) {
    found = false;
    for (const candidate of smaller(smallest[0])) {
      if (++trials > TRIALS) return smallest;
      const reason = await failure(agreement, candidate as I);
      // Something else may be wrong with what nobody would have made.
      if (reason === undefined || reason.constructor !== error.constructor) continue;
      [smallest, found] = [[candidate as I, reason], true];
      break;
    }
  }
  return smallest;
}

async function failure<I, A>(agreement: Agreement<I, A>, input: I): Promise<Error | undefined> {
  let answer: A;
  try {
    [answer] = await agreement.ask([input]) as [A];
  } catch {
    return undefined;
  }
  try {
    agreement.check(input, answer);
  } catch (error) {
    return error as Error;
  }
}

/** Values that are a bit smaller than this one; the outermost object keeps its keys. */
function* smaller(value: unknown, isOutermost = true): Generator<unknown> {
  if (typeof value === "string") yield* smallerTexts(value);
  else if (typeof value === "number") {
    if (value !== 0) yield 0;
    if (Math.trunc(value / 2) !== value) yield Math.trunc(value / 2);
  } else if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) yield value.toSpliced(i, 1);
    for (let i = 0; i < value.length; i++) for (const item of smaller(value[i], false)) yield value.with(i, item);
  } else if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value);
    if (!isOutermost) { for (let i = 0; i < entries.length; i++) yield fromEntries(entries.toSpliced(i, 1)); }
    for (const [i, [key, member]] of entries.entries()) {
      for (const item of smaller(member, false)) yield fromEntries(entries.with(i, [key, item]));
      if (isOutermost) continue;
      for (const text of smallerTexts(key)) yield fromEntries(entries.with(i, [text, member]));
    }
  }
}

function* smallerTexts(text: string): Generator<string> {
  if (text.length > 3) yield* [text.slice(0, text.length / 2), text.slice(text.length / 2)];
  const characters = [...text];
  for (let i = 0; i < characters.length; i++) yield characters.toSpliced(i, 1).join("");
}

function fromEntries(entries: readonly (readonly [string, unknown])[]): object {
  const made = Object.create(null);
  for (const [key, value] of entries) made[key] = value;
  return made;
}

function readSeed(): number {
  const given = Deno.args.find((arg) => arg.startsWith("--seed="))?.slice("--seed=".length) ??
    Deno.env.get("NUAGES_SEED");
  if (given === undefined || given === "") return 20_260_601;
  const seed = Number(given);
  if (!Number.isInteger(seed)) throw new TypeError(`NUAGES_SEED must be a whole number: received ${given}`);
  return seed;
}
