// deno-lint-ignore-file no-console -- a command talks to its user

/** The gate: what has to hold before anything is merged. */

import { importArguments } from "./import_map.ts";
import { JSR_VARIABLE } from "./jsr.ts";
import { DOORS, isThere } from "./project.ts";
import { dryRunPublish, strangers } from "./publishing.ts";
import { runDeno } from "./run_deno.ts";
import { testArguments } from "./test_arguments.ts";

/** One step of the gate. */
export interface Step {
  /** What the step is about, as a heading. */
  readonly title: string;
  /** Does the step and gives an exit code: 0 if all is well. */
  readonly run: () => Promise<number>;
}

/** The steps that are no tests, the quick ones first. */
export const CHECKS: readonly Step[] = [
  { title: "Formatting", run: () => runDeno(["fmt", "--check"]) },
  { title: "Lint", run: lint },
  { title: "Types", run: () => runDeno(["check", "--quiet", ...importArguments(), "."]) },
  { title: "Documentation", run: () => runDeno(["doc", "--lint", ...importArguments(), ...DOORS]) },
  { title: "Publishing", run: checkPublishing },
];

/** The tests, with every documented example. */
export const TESTS: Step = {
  title: "Tests",
  run: () => runDeno(["test", ...importArguments(), ...testArguments([], isThere)]),
};

/** Runs the steps up to the first that fails, and gives the exit code of the whole. */
export async function runGate(steps: readonly Step[]): Promise<number> {
  for (const [index, { title, run }] of steps.entries()) {
    console.log(`\n── ${index + 1}/${steps.length} ${title} ${"─".repeat(60 - title.length)}`);
    const code = await run();
    if (code !== 0) {
      console.error(`\nThe gate is closed: "${title}" failed (exit code ${code})`);
      return code;
    }
  }
  console.log(`\nThe gate is open: ${steps.map((step) => step.title.toLowerCase()).join(", ")}`);
  return 0;
}

function lint(): Promise<number> {
  // The lint rule against slow types looks at every import, takes no import map, and lives with those that it cannot
  // load: an address that refuses at once spares it the wait on a network where nothing answers.
  return runDeno(["lint"], isJsrAtHand() ? {} : { JSR_URL: "http://127.0.0.1:1/" });
}

async function checkPublishing(): Promise<number> {
  const { code, output, files } = await dryRunPublish(isJsrAtHand());
  console.log(output.trim());
  if (code !== 0) return code;
  const wrong = strangers(files);
  if (files.length === 0) console.error("Cannot find the list of files in what deno publish printed");
  for (const file of wrong) console.error(`${file} would be published: narrow "publish" in deno.json`);
  return files.length > 0 && wrong.length === 0 ? 0 : 1;
}

function isJsrAtHand(): boolean {
  return Deno.env.get(JSR_VARIABLE) === "yes";
}
