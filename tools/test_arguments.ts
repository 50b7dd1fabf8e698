/** What `deno test` is told: which files, and how. */

import { FOLDERS } from "./project.ts";

/** What is tested when nothing else is asked: the tests, and the examples in the library and in the guides. */
const TESTED = ["mod.ts", ...FOLDERS, "README.md", "docs", "tests"];

/** Flags of `deno test` whose value is the next argument. */
const WITH_VALUE = new Set(["--filter", "--ignore", "--reporter", "--junit-path", "--coverage-dir", "--env-file"]);

/**
 * Gives the arguments for `deno test`: those of the command line, and the whole project when they name no path.
 *
 * @param args What the user wrote after `deno task test`.
 * @param isThere Says whether a path of the project exists.
 */
export function testArguments(args: readonly string[], isThere: (path: string) => boolean): string[] {
  const paths = namesPath(args) ? [] : TESTED.filter(isThere);
  return ["--doc", "--parallel", "--allow-all", ...paths, ...args];
}

function namesPath(args: readonly string[]): boolean {
  for (let index = 0; index < args.length; index++) {
    const arg = args[index]!;
    if (arg === "--") return false;
    if (WITH_VALUE.has(arg)) index++;
    else if (!arg.startsWith("-")) return true;
  }
  return false;
}
