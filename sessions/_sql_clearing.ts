import { now } from "./_record.ts";
import { pause } from "./_sql_retry.ts";
import type { SqlRunner } from "./_sql_runner.ts";
import type { Clearing } from "./_sql_statements.ts";
import type { ClearExpiredOptions } from "./store.ts";

/**
 * Removes what has expired, a batch at a time, with a pause after each, so that others get their turn.
 *
 * @param runner Asks the database.
 * @param clearing The statements, asked one after the other until together they find fewer records than one may look at.
 * @param clearedAtOnce At how many records a statement looks at most.
 * @param options Who is told how far it is: after each batch, outside of what is tried again.
 * @returns How many records were removed.
 */
export async function clearInBatches(
  runner: SqlRunner,
  clearing: readonly Clearing[],
  clearedAtOnce: number,
  { onProgress }: ClearExpiredOptions = {},
): Promise<number> {
  // What expires meanwhile is left to the next time, lest this never ends.
  const due = now();
  for (let removed = 0;;) {
    let seen = 0;
    for (const { statement, done } of clearing) {
      if (seen > 0) await pause(PAUSE);
      const batch = done(await runner.run(() => statement(due)));
      removed += batch.removed;
      seen += batch.seen;
    }
    onProgress?.(removed);
    if (seen < clearedAtOnce) return removed;
    await pause(PAUSE);
  }
}

/** In milliseconds. */
const PAUSE = 10;
