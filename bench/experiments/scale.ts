/** More connections, and more cores. */

import type { Bench, Experiment } from "../experiment.ts";
import { prepareFullPage } from "../measure/full_page.ts";
import { freePort, ours, type Program } from "../measure/programs.ts";
import { type Prepared, race, type RaceResult } from "../measure/race.ts";
import { samplesOf } from "../measure/race_figures.ts";
import { spreadOf } from "../measure/statistics.ts";
import { Visitor } from "../measure/visitor.ts";
import type { Findings, Table } from "../report/figure.ts";
import { amount } from "../report/words.ts";

/** The experiment. */
export const scale: Experiment = {
  name: "scale",
  title: "More connections, more cores",
  quick: false,
  run,
};

async function run(bench: Bench): Promise<Findings> {
  return { figures: [], tables: [await connectionTable(bench), await parallelTable(bench)] };
}

async function connectionTable(bench: Bench): Promise<Table> {
  const sides = [
    { name: "by hand", program: ours("sides/by_hand.ts") },
    { name: "full stack", program: ours("sides/full_stack.ts") },
  ];
  const rows = [];
  for (const connections of [1, 10, 100, 1000]) {
    const options = { ...bench, rounds: 3, prepare: prepareFullPage, connections };
    const [byHand, stack] = await race(sides, options, bench);
    rows.push([amount(connections), ...summary(stack!), ...summary(byHand!)]);
  }
  const of = (side: string) => [`${side}, requests/s`, "µs of processor", "p99, ms"];
  return { title: "More connections", columns: ["connections", ...of("full stack"), ...of("by hand")], rows };
}

async function parallelTable(bench: Bench): Promise<Table> {
  const sides = [1, 2].map((threads) => ({ name: String(threads), program: () => parallel(threads) }));
  // Held to one core, the second thread would be of no use.
  const cores = { ...bench.cores, servers: undefined };
  const options = { ...bench, rounds: 3, prepare: prepareSealed, connections: 64 };
  const results = await race(sides, options, { ...bench, cores });
  return {
    title: "More cores: deno serve --parallel",
    about:
      `The full stack with its session sealed in the cookie, on all ${navigator.hardwareConcurrency} cores, one of which makes the load at the same time: ` +
      "what a request costs the processor tells whether threads get in each other's way, requests by the clock what is left beside the load generator.",
    columns: ["threads", "requests/s", "µs of processor", "p99, ms"],
    rows: results.map((result) => [result.name, ...summary(result)]),
  };
}

function parallel(threads: number): Promise<Program> {
  const { command: [deno = "", , ...flags] } = ours("sides/scale_app.ts");
  const port = String(freePort());
  const file = flags.pop()!;
  return Promise.resolve({
    command: [deno, "serve", ...flags, "--parallel", "--host", "127.0.0.1", "--port", port, file],
    env: { DENO_JOBS: String(threads) },
  });
}

async function prepareSealed(port: number): Promise<Prepared> {
  const visitor = new Visitor(port);
  await visitor.post({ "Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-origin" });
  return { targets: [visitor.pageRequest], answer: await visitor.look() };
}

function summary(result: RaceResult): string[] {
  const samples = samplesOf(result);
  const median = (pick: (sample: typeof samples[number]) => number) => amount(spreadOf(samples.map(pick)).median);
  return [
    median(({ perSecond }) => perSecond),
    samples.some(({ microseconds }) => microseconds === undefined) ? "–" : median(({ microseconds }) => microseconds!),
    median(({ latency }) => latency.p99),
  ];
}
