import type { Experiment, Row, Skipped, Torture } from "./experiment.ts";
import { storeKind } from "./store_kinds.ts";

/** What came of an experiment. */
export interface Outcome {
  readonly rows: readonly Row[];
  readonly skipped: readonly Skipped[];
}

/**
 * Does an experiment to one store after the other.
 *
 * @param experiment The experiment.
 * @param torture What it works with.
 * @param stores The names of the stores, if not all.
 * @returns What was seen. A store where the experiment itself failed has a row that says so.
 */
export async function runExperiment(
  experiment: Experiment,
  torture: Torture,
  stores?: readonly string[],
): Promise<Outcome> {
  const rows: Row[] = [];
  const skipped: Skipped[] = [];
  for (const name of experiment.stores) {
    if (stores !== undefined && !stores.includes(name)) continue;
    const kind = storeKind(name);
    if (kind.missing !== undefined) {
      skipped.push({ store: kind.title, skipped: kind.missing });
      continue;
    }
    torture.say(kind.title);
    try {
      rows.push(...[await experiment.run(kind, torture)].flat());
    } catch (error) {
      const seen = experiment.columns.map(() => "");
      rows.push({ store: kind.title, seen, broken: [`it could not be finished: ${error}`] });
      torture.say(error instanceof Error ? error.stack ?? error.message : String(error));
    }
  }
  if (experiment.beside !== undefined && (stores === undefined || stores.includes("beside"))) {
    torture.say("the others");
    rows.push(...await experiment.beside(torture));
  }
  return { rows, skipped };
}
