/** Which processor cores the servers and the load generator get. */

import { isInstalled } from "./programs.ts";

/** Where things run. */
export interface Cores {
  /** For the servers; `undefined` if the system decides. */
  readonly servers: number | undefined;
  /** For the load generator; `undefined` if the system decides. */
  readonly load: number | undefined;
}

/** Gives each its own core where that can be done: with `taskset` and at least two cores. */
export async function chooseCores(): Promise<Cores> {
  const allowed = allowedCores();
  if (allowed.length < 2 || !await isInstalled("taskset")) return { servers: undefined, load: undefined };
  return { servers: allowed[0], load: allowed.at(-1) };
}

/**
 * Puts the command that holds a program to a core in front of it. `taskset` turns into the program, so that the id of the process is the program's.
 *
 * @param core The core, or `undefined` for any.
 * @param command The program and its arguments.
 */
export function pinned(core: number | undefined, command: readonly string[]): readonly string[] {
  return core === undefined ? command : ["taskset", "--cpu-list", String(core), ...command];
}

function allowedCores(): number[] {
  try {
    const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(Deno.readTextFileSync("/proc/self/status"))?.[1] ?? "";
    return list.split(",").flatMap((range) => {
      const [first = NaN, last = first] = range.split("-").map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
  } catch {
    return [];
  }
}
