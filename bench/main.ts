// deno-lint-ignore-file no-console -- a command talks to its user

/**
 * `deno task bench`: measures the library beside the limit, beside the same by hand, and beside others; see bench/README.md.
 *
 * ```sh
 * deno task bench                      # everything, and the report in docs/evidence/
 * deno task bench --quick              # under two minutes, no report
 * deno task bench --only=stack,sign    # some experiments
 * ```
 */

import { parseArgs } from "@std/cli/parse-args";
import type { Bench } from "./experiment.ts";
import { EXPERIMENTS } from "./experiments.ts";
import { LoadGenerator } from "./load/load_generator.ts";
import { chooseCores } from "./measure/cores.ts";
import { SideProcess } from "./measure/side_process.ts";
import { Wakefulness } from "./measure/wakefulness.ts";
import { describeMachine } from "./report/machine.ts";
import { printFindings } from "./report/print.ts";
import type { Report, Section } from "./report/report.ts";
import { writeReport } from "./report/write.ts";

const args = parseArgs(Deno.args, {
  boolean: ["quick", "wrk"],
  string: ["only", "rounds", "seconds"],
  negatable: ["wrk"],
  default: { wrk: true },
  unknown: (argument) => {
    console.error(
      `Cannot run the benchmark with "${argument}": there are --quick, --only, --rounds, --seconds, --no-wrk`,
    );
    Deno.exit(2);
  },
});
const quick = args.quick;
const rounds = positive("rounds", args.rounds ?? (quick ? "3" : "9"));
const seconds = positive("seconds", args.seconds ?? (quick ? "1" : "2"));
if (args.wrk && !Number.isInteger(seconds)) {
  console.error(
    "Cannot run the benchmark as --seconds must be a whole number, as wrk takes no other (or add --no-wrk)",
  );
  Deno.exit(2);
}
const chosen = EXPERIMENTS.filter(({ name, quick: isQuick }) =>
  args.only === undefined ? isQuick || !quick : args.only.split(",").includes(name)
);
if (chosen.length === 0) {
  console.error(`Cannot find an experiment of that name: there are ${EXPERIMENTS.map(({ name }) => name).join(", ")}`);
  Deno.exit(2);
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, async () => {
    await SideProcess.stopAll();
    Deno.exit(130);
  });
}

const sections: Section[] = [];
let failed = false;
const directory = await Deno.makeTempDir({ prefix: "nuages_bench_" });
const cores = await chooseCores();
using wakefulness = new Wakefulness();
if (wakefulness.problem !== undefined) console.log(`Idle cores may sleep: ${wakefulness.problem}`);
try {
  await using load = await LoadGenerator.start(cores, args.wrk);
  const bench: Bench = {
    load,
    cores,
    wakefulness,
    quick,
    rounds,
    seconds,
    warmUp: quick ? 1 : 3,
    toWake: quick ? 0 : 1,
    directory,
  };
  for (const experiment of chosen) {
    console.log(`\n${experiment.title} …`);
    try {
      const findings = await experiment.run(bench);
      sections.push({ name: experiment.name, title: experiment.title, ...findings });
      printFindings(findings);
    } catch (error) {
      failed = true;
      console.error(`It can't be measured:`, error);
    }
  }
  const report: Report = {
    machine: await describeMachine(cores, load.usesWrk, wakefulness),
    quick,
    rounds,
    seconds,
    sections,
  };
  if (!failed) await writeReport(report, { publish: !quick && args.only === undefined });
} finally {
  await SideProcess.stopAll();
  await Deno.remove(directory, { recursive: true });
}
Deno.exit(failed ? 1 : 0);

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0 && value <= 1000) return value;
  console.error(`Cannot run the benchmark as --${name} must be a number above 0: received "${text}"`);
  Deno.exit(2);
}
