/**
 * The command that checks a program.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { appDescriptionOf, type DescribedLayer } from "../middleware/describe_layer.ts";
import { sorted } from "./_sorted.ts";
import { check } from "./check.ts";
import type { Finding } from "./finding.ts";
import { loadApp } from "./load_app.ts";
import { probe } from "./probe.ts";
import { reportOf } from "./report.ts";
import { secondStart } from "./second_start.ts";

/** Options of {@linkcode checkCommand}. */
export interface CheckCommandOptions {
  /**
   * Takes what the command has to say.
   *
   * @default {writes to standard output}
   */
  readonly say?: (text: string) => void;
  /**
   * Takes what has gone wrong.
   *
   * @default {writes to standard error}
   */
  readonly complain?: (text: string) => void;
}

/**
 * Checks the application that a module exports, as the command does.
 *
 * @param args What stands behind the command: a module, and options; or `--help`.
 * @param options Where it says what it has to say.
 * @returns The code to exit with: 0 if all is well, 1 if there are errors (or what `--fail-level` says), 2 if the arguments make no sense or there is no application.
 *
 * @example
 * ```ts
 * import { checkCommand } from "@nuages/web/check";
 * import { assertEquals } from "@std/assert";
 *
 * let said = "";
 * const code = await checkCommand(["--help"], { say: (text) => said += text });
 *
 * assertEquals([code, said.split("\n")[0]], [0, "Checks the application that a module exports by default, or as app."]);
 * ```
 */
export async function checkCommand(args: readonly string[], options: CheckCommandOptions = {}): Promise<number> {
  const { say = writer(Deno.stdout), complain = writer(Deno.stderr) } = options;
  const unknown: string[] = [];
  const flags = parseArgs([...args], {
    boolean: ["deploy", "help", "json", "twice"],
    string: ["fail-level", "origin", "probe", "silence"],
    collect: ["probe", "silence"],
    default: { "fail-level": "error" },
    alias: { help: "h" },
    unknown: (arg, key) => {
      if (key === undefined) return true;
      unknown.push(arg);
      return false;
    },
  });
  if (flags.help) return say(HELP), 0;
  const [module, ...others] = flags._.map(String);
  const failing = LEVELS.indexOf(flags["fail-level"]);
  if (unknown.length > 0) return complain(`Unknown: ${unknown.join(" ")}\n\n${HELP}`), 2;
  if (module === undefined || others.length > 0) return complain(`Name one module\n\n${HELP}`), 2;
  if (failing < 0) return complain(`--fail-level is one of ${LEVELS.join(", ")}\n\n${HELP}`), 2;
  if (flags.origin !== undefined && !URL.canParse(flags.origin)) {
    return complain(`--origin must be an address like https://example.com\n\n${HELP}`), 2;
  }
  try {
    const app = await loadApp(module);
    const { layers } = appDescriptionOf(app)!;
    const findings = [
      ...check(app, { deploy: flags.deploy }),
      ...flags.twice ? await secondStart(app, module) : [],
      ...flags.probe.length === 0
        ? []
        : await probe(app, flags.probe, flags.origin === undefined ? {} : { origin: flags.origin }),
    ];
    const silenced = flags.silence.flatMap((ids) => ids.split(","));
    const heard = sorted(findings).filter(({ id }) => !silenced.includes(id));
    if (flags.json) say(`${JSON.stringify({ layers: layers.map(({ name }) => name), findings: heard }, null, 2)}\n`);
    else say(`${layers.map(nameOf).join(" → ") || "No layers"}\n\n${reportOf(heard)}`);
    return heard.some(({ level }) => LEVELS.indexOf(level) <= failing) ? 1 : 0;
  } catch (error) {
    return complain(`Cannot check ${module}: ${error instanceof Error ? error.message : error}\n`), 2;
  }
}

const LEVELS: readonly string[] = ["error", "warning", "info"] satisfies Finding["level"][];

const HELP = `Checks the application that a module exports by default, or as app.

Usage: deno run PERMISSIONS jsr:@nuages/web/check MODULE [OPTIONS]

PERMISSIONS are --allow-read and those that the program needs to start.

Options
  --deploy              look for what matters where visitors are, too: https, debug pages, stores that forget
  --probe PATH          ask for a page and look at it; several times for several pages
  --origin ADDRESS      where the site is, for --probe (https://example.com)
  --twice               start the program a second time, and see whether it has the same keys then
  --silence ID[,ID]     rules that have been thought about
  --fail-level LEVEL    exit with 1 from here on: error (unless said), warning, info
  --json                write what was found for programs: { layers, findings }
  -h, --help            say this

Exits with 0 if all is well, 1 if there are findings of the fail level, 2 if the arguments make no sense or there is no application.
`;

function nameOf({ name, described }: DescribedLayer): string {
  return described ? name : `${name} (yours)`;
}

function writer(stream: { writeSync(bytes: Uint8Array): number }): (text: string) => void {
  return (text) => {
    const bytes = new TextEncoder().encode(text);
    for (let sent = 0; sent < bytes.length;) sent += stream.writeSync(bytes.subarray(sent));
  };
}
