/** How long requests take when the server is half busy, as one that people use is. */

import type { Bench, Experiment } from "../experiment.ts";
import { prepareFullPage } from "../measure/full_page.ts";
import { ours } from "../measure/programs.ts";
import { race } from "../measure/race.ts";
import { samplesOf } from "../measure/race_figures.ts";
import { spreadOf } from "../measure/statistics.ts";
import { atMost, figureOf, type Findings } from "../report/figure.ts";
import { amount } from "../report/words.ts";

/** The experiment. */
export const latency: Experiment = {
  name: "latency",
  title: "Latency at half the maximum",
  quick: true,
  run,
};

async function run(bench: Bench): Promise<Findings> {
  const sides = [
    { name: "by hand", program: ours("sides/by_hand.ts") },
    { name: "full stack", program: ours("sides/full_stack.ts") },
  ];
  const options = { ...bench, prepare: prepareFullPage, connections: 32 };
  const [, fastest] = await race(sides, { ...options, rounds: 3, seconds: 1 }, bench);
  const perSecond = Math.floor(spreadOf(samplesOf(fastest!).map((sample) => sample.perSecond)).median / 2);
  // The 99th percentile of a round in which V8 marks the old objects is that of no other: it takes many for a median.
  const many = bench.quick ? {} : { rounds: Math.max(bench.rounds, 15), seconds: Math.max(bench.seconds, 2) };
  const [byHand, stack] = (await race(sides, { ...options, ...many, perSecond }, bench)).map(samplesOf);
  const figure = (title: string, of: "p50" | "p99", goal?: number) =>
    figureOf(stack!.map(({ latency }) => latency[of]), byHand!.map(({ latency }) => latency[of]), {
      title,
      beside: "by hand",
      goal: goal === undefined ? undefined : atMost(goal),
      unit: "ms",
    });
  return {
    figures: [
      figure("full stack, 99 in 100 answered within", "p99", 1.2),
      figure("full stack, half answered within", "p50"),
    ],
    notes: [
      `Latencies were taken at ${
        amount(perSecond)
      } requests a second for both sides, half of what the full stack can do; ` +
      "they count from when a request was due.",
    ],
  };
}
