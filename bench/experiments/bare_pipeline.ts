/** What the kernel costs by itself: a pipeline without layers beside `Deno.serve` with the same view. */

import type { Bench, Experiment } from "../experiment.ts";
import { askOnce, requestText } from "../measure/answer.ts";
import { ours } from "../measure/programs.ts";
import { type Prepared, race } from "../measure/race.ts";
import { compare } from "../measure/race_figures.ts";
import { atLeast, type Findings } from "../report/figure.ts";

/** The experiment. */
export const barePipeline: Experiment = {
  name: "bare",
  title: "A pipeline without layers",
  quick: true,
  run,
};

async function run(bench: Bench): Promise<Findings> {
  const sides = [
    { name: "raw", program: ours("sides/raw.ts") },
    { name: "raw, blind", program: ours("sides/raw.ts", ["blind"]) },
    { name: "bare pipeline", program: ours("sides/bare.ts") },
  ];
  const [raw, blind, bare] = await race(sides, { ...bench, prepare, connections: 32 }, bench);
  const title = "bare pipeline, no middleware";
  return {
    figures: [
      compare(bare!, raw!, { title, beside: "raw Deno.serve", goal: atLeast(0.97), by: "processor" }),
      compare(bare!, blind!, { title, beside: "raw Deno.serve, without looking at the request", by: "processor" }),
    ],
    notes: [
      "For a function without parameters Deno makes no request at all; no server that looks at a path, a header or a cookie can have that, so the goal is held " +
      "against a function that takes the request.",
    ],
  };
}

async function prepare(port: number): Promise<Prepared> {
  const request = requestText("GET");
  return { targets: [request], answer: await askOnce(port, request) };
}
