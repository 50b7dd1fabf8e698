/** Whether the measure is true: work of a known length, added to each request, should cost what it takes. */

import type { Bench, Experiment } from "../experiment.ts";
import { prepareFullPage } from "../measure/full_page.ts";
import { ours } from "../measure/programs.ts";
import { race } from "../measure/race.ts";
import { costsOf } from "../measure/race_figures.ts";
import { spreadOf } from "../measure/statistics.ts";
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

async function run(bench: Bench): Promise<Findings> {
  const sides = [
    { name: "by hand", program: ours("sides/by_hand.ts") },
    ...WORKS.map((work) => ({ name: `${work} µs more`, program: ours("sides/by_hand.ts", [`--work=${work}`]) })),
  ];
  const results = await race(sides, { ...bench, prepare: prepareFullPage, connections: 32 }, bench);
  const [plain, ...busier] = results.map((result) => spreadOf(costsOf(result)).median);
  return {
    figures: [],
    tables: [{
      title: "How true the measure is",
      about:
        "The page by hand once more, with arithmetic of a known length in each request. Where cores are kept awake, what is measured is what was worked.",
      columns: ["worked more, µs", "measured more, µs of processor"],
      rows: WORKS.map((work, index) => [amount(work), amount(busier[index]! - plain!)]),
    }],
  };
}
