/** Where the time goes: the stack built up layer by layer, beside the same steps by hand. */

import type { Bench, Experiment } from "../experiment.ts";
import { askOnce, requestText } from "../measure/answer.ts";
import { ours } from "../measure/programs.ts";
import { type Prepared, race } from "../measure/race.ts";
import { costOf } from "../measure/race_figures.ts";
import { Visitor } from "../measure/visitor.ts";
import type { Findings } from "../report/figure.ts";
import { amount } from "../report/words.ts";
import { LAYERS } from "../sides/layer_names.ts";

/** The experiment. */
export const layers: Experiment = {
  name: "layers",
  title: "What each layer costs",
  quick: false,
  run,
};

async function run(bench: Bench): Promise<Findings> {
  const sides = LAYERS.flatMap((name, index) => [
    { name: `${name} by hand`, like: `${name} by hand`, program: ours("sides/layers_by_hand.ts", [String(index)]) },
    { name, like: `${name} by hand`, program: ours("sides/layers.ts", [String(index)]) },
  ]);
  const results = await race(sides, { ...bench, prepare, connections: 32 }, bench);
  const [hand, stack] = [0, 1].map((side) => results.filter((_, index) => index % 2 === side).map(costOf));
  const step = (costs: readonly number[], index: number) =>
    index === 0 ? "" : signed(costs[index]! - costs[index - 1]!);
  return {
    figures: [],
    tables: [{
      title: "What each layer costs",
      about: "Microseconds of processor time for a request, with all layers up to this one, and what this one adds. " +
        "By hand `sessions()`, `csrf()` and `messages()` add nothing to a page that only looks.",
      columns: ["up to", "µs", "adds", "by hand, µs", "adds", "ours / by hand"],
      rows: LAYERS.map((name, index) => [
        name,
        amount(stack![index]!),
        step(stack!, index),
        amount(hand![index]!),
        step(hand!, index),
        amount(stack![index]! / hand![index]!),
      ]),
    }],
  };
}

/** Signs in where there is somebody to remember, and makes no other request than that for the page. */
async function prepare(port: number): Promise<Prepared> {
  const visitor = new Visitor(port);
  await visitor.post({ "Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-origin" });
  const request = requestText("GET", visitor.cookieHeader);
  return { targets: [request], answer: await askOnce(port, request) };
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${amount(Math.abs(value))}`;
}
