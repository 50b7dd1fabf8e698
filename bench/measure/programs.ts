/** The programs that the harness starts. */

import { importArguments } from "../../tools/import_map.ts";
import { ROOT } from "../../tools/project.ts";

/** A program and how to start it. */
export interface Program {
  /** The command and its arguments. */
  readonly command: readonly string[];
  /** What is added to its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * A program of `bench/` that uses the library, or nothing.
 *
 * @param path The file, below `bench/`.
 * @param args What it is told.
 * @param flags What Deno is told.
 */
export function ours(path: string, args: readonly string[] = [], flags: readonly string[] = []): Program {
  return { command: [Deno.execPath(), "run", ...QUIETLY, ...importArguments(), ...flags, `bench/${path}`, ...args] };
}

/**
 * A program of `bench/peers/`, which finds the npm packages in the map beside it and knows nothing of the library.
 *
 * @param path The file, below `bench/peers/`.
 * @param args What it is told.
 */
export function peer(path: string, args: readonly string[] = []): Program {
  const map = ["--no-lock", "--import-map=bench/peers/imports.json"];
  return {
    command: [Deno.execPath(), "run", ...QUIETLY, ...map, `bench/peers/${path}`, ...args],
    // Express looks at it, and is several times as fast then.
    env: { NODE_ENV: "production" },
  };
}

/** Whether a command is on the PATH. */
export async function isInstalled(command: string): Promise<boolean> {
  try {
    await new Deno.Command(command, { args: ["--version"], stdin: "null", stdout: "null", stderr: "null" }).output();
    return true;
  } catch {
    return false;
  }
}

/** Runs a command in the project's folder and gives what it printed. @throws {Error} If it fails, with the end of what it said. */
export async function output(command: readonly string[]): Promise<string> {
  const [program = "", ...args] = command;
  const { success, stdout, stderr } = await new Deno.Command(program, { args, cwd: ROOT, stdin: "null" }).output();
  const decoder = new TextDecoder();
  if (success) return decoder.decode(stdout);
  throw new Error(`"${command.slice(0, 3).join(" ")} …" failed: ${decoder.decode(stderr).trim().slice(-500)}`);
}

/** Finds a port that nobody listens on, for programs that can't find one themselves. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** All may do everything, so that none pays for being watched. */
const QUIETLY = ["--quiet", "--allow-all"];
