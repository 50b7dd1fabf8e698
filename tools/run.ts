// deno-lint-ignore-file no-console -- a command talks to its user

/**
 * What `deno task …` starts: runs Deno with the arguments that fit this machine, on networks with JSR and without.
 *
 * ```sh
 * deno run --allow-all tools/run.ts test tests/cookies/
 * ```
 */

import { importArguments } from "./import_map.ts";
import { isJsrReachable, JSR_VARIABLE } from "./jsr.ts";
import { isThere } from "./project.ts";
import { runDeno } from "./run_deno.ts";
import { testArguments } from "./test_arguments.ts";

const COMMANDS: Readonly<Record<string, (args: string[]) => Promise<number> | number>> = { deno, test };

if (import.meta.main) Deno.exit(await main(Deno.args));

async function main([name, ...args]: string[]): Promise<number> {
  const command = COMMANDS[name ?? ""];
  if (command === undefined) {
    console.error(`Cannot run "${name ?? ""}" as there is no such command: use ${Object.keys(COMMANDS).join(", ")}`);
    return 2;
  }
  Deno.env.set(JSR_VARIABLE, await isJsrReachable() ? "yes" : "no");
  return await command(args);
}

function deno([subcommand, ...args]: string[]): Promise<number> {
  return runDeno(subcommand === undefined ? ["--help"] : [subcommand, ...importArguments(), ...args]);
}

function test(args: string[]): Promise<number> {
  return runDeno(["test", ...importArguments(), ...testArguments(args, isThere)]);
}
