import { lazyNode } from "../cookies/lazy_node.ts";

/**
 * Does something with Deno KV, again and again while another process holds the lock on a local database. That process
 * is at it for less than a millisecond, but Deno answers `database is locked` at once instead of waiting. Nothing was
 * read or written then, so that trying again is safe.
 *
 * @typeParam T What it results in.
 * @param work What to do.
 * @returns What it resulted in.
 * @throws Whatever else `work` throws; the last `database is locked` after about five seconds of them.
 */
export async function whileLocked<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1;; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !isLocked(error)) throw error;
      // At random, so that processes which were refused together don't come back together.
      const pause = Math.random() * Math.min(2 ** attempt, LONGEST_DELAY);
      await new Promise((resolve) => nodeTimers().setTimeout(resolve, pause));
    }
  }
}

/** Node's own timer, which no test puts a clock of its own in the place of: the lock of another process goes by real time. */
const nodeTimers = lazyNode("node:timers");

const ATTEMPTS = 160;

/** In milliseconds. */
const LONGEST_DELAY = 64;

function isLocked(error: unknown): boolean {
  return error instanceof Error && error.message.includes("database is locked");
}
