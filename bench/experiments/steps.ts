/** How much of the time is the price of layers: the page in one function, with one after the other of what layers can't do without. */

import type { Bench, Experiment } from "../experiment.ts";
import { prepareFullPage, prepareProxiedPage } from "../measure/full_page.ts";
import { ours } from "../measure/programs.ts";
import { race, type RaceResult } from "../measure/race.ts";
import { compare, costOf } from "../measure/race_figures.ts";
import type { Findings } from "../report/figure.ts";
import { amount } from "../report/words.ts";
import { STEPS } from "../sides/step_names.ts";

/** The experiment. */
export const steps: Experiment = {
  name: "steps",
  title: "From one function to layers",
  quick: false,
  run,
};

async function run(bench: Bench): Promise<Findings> {
  const direct = await raceOf([], bench);
  const proxied = await raceOf(["--proxy"], bench);
  const beside = "one function that does what layers can't leave out";
  return {
    figures: [
      compare(direct.at(-1)!, direct.at(-2)!, { title: "full stack", beside, by: "processor" }),
      compare(proxied.at(-1)!, proxied.at(-2)!, {
        title: "full stack behind a proxy that ends TLS",
        beside,
        by: "processor",
      }),
    ],
    tables: [{
      title: "From one function to layers",
      about:
        "Microseconds of processor time for a request for the full page. Each step is by hand, written for this page alone, and has all the steps before it. The ratio is what the full stack's goal " +
        "is set for: the page in one function divided by this. The full stack does all of it and more.",
      columns: ["step", "µs", "ratio", "behind a proxy, µs", "ratio"],
      rows: ["the same bytes by hand, in one function", ...STEPS, "the full stack"].map((step, index) => [
        step,
        ...[direct, proxied].flatMap((results) => [amount(costOf(results[index]!)), ratio(results, index)]),
      ]),
    }],
  };
}

/** The page in one function, the steps, and the full stack at the end. */
async function raceOf(flags: readonly string[], bench: Bench): Promise<RaceResult[]> {
  const sides = [
    { name: "one function", program: ours("sides/by_hand.ts", flags) },
    ...STEPS.map((name, index) => ({
      name,
      program: ours("sides/by_hand_step_by_step.ts", [String(index + 1), ...flags]),
    })),
    { name: "the full stack", program: ours("sides/full_stack.ts", flags) },
  ];
  const prepare = flags.length === 0 ? prepareFullPage : prepareProxiedPage;
  return await race(sides, { ...bench, prepare, connections: 32 }, bench);
}

function ratio(results: readonly RaceResult[], index: number): string {
  return (costOf(results[0]!) / costOf(results[index]!)).toFixed(2);
}
