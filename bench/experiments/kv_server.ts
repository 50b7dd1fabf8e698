/** Several processes with their sessions on one KV server, as on Deno Deploy. */

import type { Bench, Experiment } from "../experiment.ts";
import { freePort, ours, type Program } from "../measure/programs.ts";
import { SideProcess } from "../measure/side_process.ts";
import { spreadOf } from "../measure/statistics.ts";
import { Visitor } from "../measure/visitor.ts";
import type { Findings } from "../report/figure.ts";
import { amount } from "../report/words.ts";

/** The experiment. */
export const kvServer: Experiment = {
  name: "kvserver",
  title: "Several processes on one KV server",
  quick: false,
  run,
};

const CONNECTIONS = 32;

async function run(bench: Bench): Promise<Findings> {
  const executable = findDenokv();
  if (executable === undefined) {
    const skipped = "denokv is neither on the PATH nor named by DENOKV (cargo install denokv --locked)";
    return { figures: [{ title: "sessions touched a second on a KV server", beside: "one process", skipped }] };
  }
  const token = crypto.randomUUID();
  const port = freePort();
  const database = `${bench.directory}/denokv.sqlite`;
  const flags = ["--sqlite-path", database, "serve", "--access-token", token, "--addr", `127.0.0.1:${port}`];
  await using _server = SideProcess.start({ command: [executable, ...flags], env: { RUST_LOG: "error" } }, undefined);
  await untilListening(port);
  const program: Program = {
    ...ours("sides/session_write.ts", ["denokv", `http://127.0.0.1:${port}`], ["--unstable-kv"]),
    env: { DENO_KV_ACCESS_TOKEN: token },
  };
  const rows = [];
  for (const count of [1, 2, 4]) rows.push([String(count), ...await measure(bench, program, count)]);
  return {
    figures: [],
    tables: [{
      title: "More processes on one KV server",
      about:
        "Requests that read a session and write it, each visitor's one after the other, on `denokv` with SQLite; server, processes and load generator share " +
        `${navigator.hardwareConcurrency} cores.`,
      columns: ["processes", "sessions touched a second", "p50, ms", "p99, ms"],
      rows,
    }],
  };
}

async function measure({ load, rounds, seconds }: Bench, program: Program, count: number): Promise<string[]> {
  await using running = new AsyncDisposableStack();
  const ports: number[] = [];
  for (let process = 0; process < count; process++) {
    const { port } = await running.use(SideProcess.start(program, undefined)).receive<{ port: number }>(30);
    ports.push(port);
  }
  const targets = await Promise.all(Array.from({ length: CONNECTIONS }, async (_, index) => {
    const port = ports[index % count]!;
    const visitor = new Visitor(port);
    await visitor.look();
    return { port, request: visitor.pageRequest };
  }));
  const plan = { targets, connections: CONNECTIONS, seconds };
  await load.run(plan);
  const results = [];
  for (let round = 0; round < rounds; round++) results.push(await load.run(plan));
  return [
    amount(spreadOf(results.map((result) => result.answered / result.seconds)).median),
    amount(spreadOf(results.map(({ latency }) => latency.p50)).median),
    amount(spreadOf(results.map(({ latency }) => latency.p99)).median),
  ];
}

function findDenokv(): string | undefined {
  const folders = (Deno.env.get("PATH") ?? "").split(":");
  const candidates = [Deno.env.get("DENOKV") ?? "", ...folders.map((folder) => `${folder}/denokv`)];
  return candidates.find((path) => {
    try {
      return path !== "" && Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  });
}

async function untilListening(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error("denokv does not listen");
}
