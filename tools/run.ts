// deno-lint-ignore-file no-console -- a command talks to its user

/**
 * What `deno task …` starts: runs Deno with the arguments that fit this machine, on networks with JSR and without.
 *
 * ```sh
 * deno run --allow-all tools/run.ts test tests/cookies/
 * ```
 */

import { exampleArguments } from "./example.ts";
import { CHECKS, runGate, TESTS } from "./gate.ts";
import { importArguments } from "./import_map.ts";
import { isJsrReachable, JSR_VARIABLE } from "./jsr.ts";
import { isThere } from "./project.ts";
import { runDeno } from "./run_deno.ts";
import { testArguments } from "./test_arguments.ts";

const COMMANDS: Readonly<Record<string, (args: string[]) => Promise<number>>> = {
  example,
  test: (args) => runDeno(["test", ...importArguments(), ...testArguments(args, isThere)]),
  check: () => runGate(CHECKS),
  ok: () => runGate([...CHECKS, TESTS]),
  deno: ([subcommand = "help", ...args]) => runDeno([subcommand, ...importArguments(), ...args]),
};

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main([name = "", ...args]: string[]): Promise<number> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    console.error(`Cannot run "${name}" as there is no such command: use ${Object.keys(COMMANDS).join(", ")}`);
    return 2;
  }
  Deno.env.set(JSR_VARIABLE, await isJsrReachable() ? "yes" : "no");
  return await command(args);
}

async function example(args: string[]): Promise<number> {
  const found = exampleArguments(args, isThere);
  if (found !== undefined) return await runDeno(["run", ...importArguments(), ...found]);
  console.error(`Cannot find the example "${args[0] ?? "site"}": the folder examples/ shows which there are`);
  return 2;
}
