import { now } from "./_record.ts";
import { pause } from "./_sql_retry.ts";
import type { SqlRunner } from "./_sql_runner.ts";
import type { Clearing } from "./_sql_statements.ts";
import type { ClearExpiredOptions } from "./store.ts";

/**
 * Removes what has expired, a batch at a time, with a pause after each, so that others get their turn.
 *
 * @param runner Asks the database.
 * @param clearing The statements, each of which is asked until it finds fewer records than it may look at.
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
  let removed = 0;
  for (const { statement, done } of clearing) {
    for (;;) {
      const batch = done(await runner.run(() => statement(due)));
      removed += batch.removed;
      onProgress?.(removed);
      if (batch.seen < clearedAtOnce) break;
      await pause(PAUSE);
    }
  }
  return removed;
}

/** In milliseconds. */
const PAUSE = 10;
