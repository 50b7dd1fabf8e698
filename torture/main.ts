// deno-lint-ignore-file no-console -- a command talks to its user

/**
 * `deno task torture`: tries to make sessions lose something, with real databases and several processes; see torture/README.md.
 *
 * ```sh
 * deno task torture                              # everything, and the report in docs/evidence/
 * deno task torture --quick                      # some minutes, no report
 * deno task torture --only=counts,logouts        # some experiments; their part of the report is replaced
 * deno task torture --stores=kv,files            # some stores, no report
 * deno task torture --only=many --sessions=10000 # how many sessions lie in a full store
 * ```
 */

import { parseArgs } from "@std/cli/parse-args";
import { EXPERIMENTS } from "./experiments.ts";
import { describe } from "./machine.ts";
import { printSection, type Section } from "./report.ts";
import { runExperiment } from "./run.ts";
import { publish, writeResults } from "./write_report.ts";

const args = parseArgs(Deno.args, {
  boolean: ["quick"],
  string: ["only", "stores", "sessions"],
  unknown: (argument) => fail(`there is no "${argument}": there are --quick, --only, --stores, --sessions`),
});
const sessions = Number(args.sessions ?? (args.quick ? "10000" : "1000000"));
if (!Number.isInteger(sessions) || sessions < 2000) fail(`--sessions must be a whole number from 2000 on`);
const only = args.only?.split(",");
const chosen = EXPERIMENTS.filter(({ name }) => only?.includes(name) ?? true);
if (chosen.length === 0 || only?.some((name) => !EXPERIMENTS.some((experiment) => experiment.name === name))) {
  fail(`--only must name experiments: there are ${EXPERIMENTS.map(({ name }) => name).join(", ")}`);
}

const directory = await Deno.makeTempDir({ prefix: "nuages_torture_" });
const sections: Section[] = [];
try {
  for (const experiment of chosen) {
    console.log(`\n${experiment.title} (${experiment.name}) …`);
    const torture = { quick: args.quick, directory, sessions, say: (text: string) => console.log(`  … ${text}`) };
    const begun = performance.now();
    const { rows, skipped } = await runExperiment(experiment, torture, args.stores?.split(","));
    const { name, title, about, columns } = experiment;
    const section: Section = {
      ...{ name, title, about, columns, rows, skipped },
      machine: await describe(),
      seconds: Math.round((performance.now() - begun) / 1000),
    };
    printSection(section);
    sections.push(section);
  }
} finally {
  await Deno.remove(directory, { recursive: true });
}
const broken = sections.flatMap(({ rows }) => rows).filter((row) => !row.isBeside && row.broken.length > 0);
if (args.quick || args.stores !== undefined) await writeResults(sections);
else await publish(sections);
console.log(broken.length === 0 ? "\nEverything holds." : `\n${broken.length} rows DO NOT HOLD.`);
Deno.exit(broken.length === 0 ? 0 : 1);

function fail(complaint: string): never {
  console.error(`Cannot run the torture as ${complaint}`);
  Deno.exit(2);
}
