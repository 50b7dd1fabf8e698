/** Memory: of a session that waits, and of requests that are over. */

import type { Bench, Experiment } from "../experiment.ts";
import { prepareFullPage } from "../measure/full_page.ts";
import { ours } from "../measure/programs.ts";
import { SideProcess } from "../measure/side_process.ts";
import { atMost, figureOf, type Findings, type Table } from "../report/figure.ts";
import { amount } from "../report/words.ts";

/** The experiment. */
export const memory: Experiment = {
  name: "memory",
  title: "Memory of idle sessions, and of many requests",
  quick: true,
  run,
};

const GC = ["--v8-flags=--expose-gc"];

async function run(bench: Bench): Promise<Findings> {
  const [mine, hand]: [number[], number[]] = [[], []];
  for (let round = 0; round < 3; round++) {
    mine.push(await bytesPerSession(bench, "ours"));
    hand.push(await bytesPerSession(bench, "hand"));
  }
  return {
    figures: [figureOf(mine, hand, {
      title: "memory of an idle session in MemoryStore",
      beside: "a Map of texts and deadlines",
      goal: atMost(1.2),
      unit: "bytes",
    })],
    tables: [await growthTable(bench)],
  };
}

async function bytesPerSession({ cores, quick }: Bench, side: string): Promise<number> {
  const program = ours("micro/idle_sessions.ts", [side, quick ? "20000" : "100000"], GC);
  await using process = SideProcess.start(program, cores.servers);
  return (await process.receive<{ bytes: number }>(60)).bytes;
}

async function growthTable(bench: Bench): Promise<Table> {
  const requests = bench.quick ? 20_000 : 100_000;
  const rows = [];
  for (const [name, file] of [["full stack", "full_stack.ts"], ["by hand", "by_hand.ts"]] as const) {
    await using process = SideProcess.start(ours(`sides/${file}`, ["--heap"], GC), bench.cores.servers);
    const { port } = await process.receive<{ port: number }>(30);
    const { targets } = await prepareFullPage(port);
    const plan = { targets: [{ port, request: targets[0]! }], connections: 32, seconds: 120, requests };
    await bench.load.run({ ...plan, requests: 20_000 });
    const before = await process.ask<{ heapUsed: number }>("heap", 30);
    await bench.load.run(plan);
    const after = await process.ask<{ heapUsed: number }>("heap", 30);
    const grown = after.heapUsed - before.heapUsed;
    rows.push([name, amount(before.heapUsed / 1e6), amount(after.heapUsed / 1e6), amount(grown / requests)]);
  }
  return {
    title: "What is left of requests that are over",
    about:
      `The heap after the garbage was collected, before and after ${amount(requests)} requests for the full page. ` +
      "The goal is a flat line: less than a byte a request.",
    columns: ["side", "before, MB", "after, MB", "growth, bytes a request"],
    rows,
  };
}
