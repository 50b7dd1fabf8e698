/** Whether the measure is true: work of a known length, added to each request, should cost what it takes. */

import type { Bench, Experiment } from "../experiment.ts";
import { prepareFullPage } from "../measure/full_page.ts";
import { ours } from "../measure/programs.ts";
import { race } from "../measure/race.ts";
import { costOf } from "../measure/race_figures.ts";
import type { Findings } from "../report/figure.ts";
import { amount } from "../report/words.ts";

/** The experiment. */
export const calibration: Experiment = {
  name: "calibration",
  title: "What a known amount of work is measured as",
  quick: false,
  run,
};

/** In microseconds. */
const WORKS = [1, 2, 4];

const SIDES = [
  { name: "nothing", program: ours("sides/by_hand.ts") },
  ...WORKS.map((work) => ({
    name: `arithmetic for ${work} µs`,
    program: ours("sides/by_hand.ts", [`--work=${work}`]),
  })),
  { name: "everything that the full stack does", program: ours("sides/full_stack.ts") },
];

async function run(bench: Bench): Promise<Findings> {
  const canBeAwake = bench.wakefulness.problem === undefined;
  const columns = [...canBeAwake ? [await costs(bench)] : [], await costsAsleep(bench)];
  const more = (of: readonly number[], index: number) =>
    index === 0 ? amount(of[0]!) : `+${amount(of[index]! - of[0]!)}`;
  return {
    figures: [],
    tables: [{
      title: "How true the measure is",
      about:
        "The page in one function once more, with arithmetic of a known length in each request: what is measured should be what was worked. Where idle cores may sleep, waking the load generator counts for the server. " +
        (canBeAwake
          ? "For all other figures of this report they were kept awake."
          : "They could for all figures of this report."),
      columns: ["beside the page by hand", ...["µs, cores awake", "µs, cores may sleep"].slice(-columns.length)],
      rows: SIDES.map(({ name }, index) => [name, ...columns.map((of) => more(of, index))]),
    }],
  };
}

async function costsAsleep(bench: Bench): Promise<number[]> {
  bench.wakefulness.letSleep();
  try {
    return await costs(bench);
  } finally {
    bench.wakefulness.keepAwake();
  }
}

async function costs(bench: Bench): Promise<number[]> {
  return (await race(SIDES, { ...bench, prepare: prepareFullPage, connections: 32 }, bench)).map(costOf);
}
