import { lazyNode } from "../cookies/lazy_node.ts";
import { isContention } from "./_sql_errors.ts";

/** Node's own timer, which no test puts a clock of its own in the place of: other processes go by real time. */
const nodeTimers = lazyNode("node:timers");

/**
 * Runs a statement, again and again while it gives way to others: a serialization failure, a deadlock, a database that
 * another process has locked. Nothing was done then, so that trying again is safe.
 *
 * @typeParam T What it results in.
 * @param work What to do.
 * @returns What it resulted in.
 * @throws Whatever else `work` throws; the last error of that kind after about five seconds of them.
 */
export async function whileContended<T>(work: () => PromiseLike<T> | T): Promise<T> {
  for (let attempt = 1;; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !isContention(error)) throw error;
      // At random, so that those who were refused together don't come back together.
      await pause(Math.random() * Math.min(2 ** attempt, LONGEST_DELAY));
    }
  }
}

/**
 * Lets others go on for some time.
 *
 * @param milliseconds How long.
 */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => nodeTimers().setTimeout(resolve, milliseconds));
}

const ATTEMPTS = 160;

/** In milliseconds. */
const LONGEST_DELAY = 64;
