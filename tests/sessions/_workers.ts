import { fromFileUrl } from "@std/path/from-file-url";
import { importArguments } from "../../tools/import_map.ts";

/** How a worker ended. */
export interface Ending {
  /** Its exit code. */
  readonly code: number;
  /** The signal that ended it, if one did. */
  readonly signal: Deno.Signal | null;
  /** What it wrote to standard output. */
  readonly output: string;
  /** What it wrote to standard error. */
  readonly errors: string;
}

/** The command that runs a program of `_workers/` in a process of its own. */
export function workerCommand(name: string, args: string[]): [string, string[]] {
  const script = fromFileUrl(new URL(`_workers/${name}.ts`, import.meta.url));
  return [Deno.execPath(), ["run", "--allow-all", "--unstable-kv", ...importArguments(), script, ...args]];
}

/** Runs a worker to its end. */
export async function runWorker(name: string, args: string[]): Promise<Ending> {
  const [program, arguments_] = workerCommand(name, args);
  return await runCommand(program, arguments_);
}

/** Runs any program to its end. */
export async function runCommand(program: string, args: string[]): Promise<Ending> {
  const { code, signal, stdout, stderr } = await new Deno.Command(program, { args, env: { NO_COLOR: "1" } }).output();
  const decoder = new TextDecoder();
  return { code, signal, output: decoder.decode(stdout), errors: decoder.decode(stderr) };
}

/** Runs a worker and kills it, some milliseconds after it has written its first line. Gives what it had written by then. */
export async function killWorker(name: string, args: string[], milliseconds: number): Promise<string> {
  const [program, arguments_] = workerCommand(name, args);
  const child = new Deno.Command(program, { args: arguments_, stdout: "piped", stderr: "inherit" }).spawn();
  let output = "";
  let timer: ReturnType<typeof setTimeout> | undefined;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    output += text;
    timer ??= setTimeout(() => child.kill("SIGKILL"), milliseconds);
  }
  clearTimeout(timer);
  const { signal } = await child.status;
  if (signal !== "SIGKILL") throw new Error(`the worker ended by itself, with ${signal ?? "no signal"}: ${output}`);
  return output;
}
