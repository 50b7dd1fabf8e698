/** The shop as a visitor meets it: a process of its own, on a free port. */

import { fromFileUrl } from "@std/path";
import { importArguments } from "../../tools/import_map.ts";

const MAIN = fromFileUrl(new URL("../../examples/site/main.ts", import.meta.url));
const ROOT = fromFileUrl(new URL("../../", import.meta.url));

/** A shop that is open. */
export interface RunningShop {
  /** Where it is: `http://127.0.0.1:12345`. */
  readonly origin: string;
  /** What it has written on the terminal when it opened. */
  readonly greeting: string;
  /** Sends a signal and waits for the end; answers the exit code and what was written since. */
  stop(signal: Deno.Signal): Promise<{ code: number; output: string }>;
}

/** Opens the shop, and waits until it says where it is. */
export async function startShop(args: readonly string[]): Promise<RunningShop> {
  const child = command(["--port=0", ...args]).spawn();
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let greeting = "";
  while (!greeting.includes("Ctrl-C")) {
    const { done, value } = await output.read();
    if (done) throw new Error(`Cannot open the shop: ${greeting}${await textOf(child.stderr)}`);
    greeting += value;
  }
  const [origin] = /http:\/\/[^/\s]+/.exec(greeting)!;
  return {
    origin,
    greeting,
    async stop(signal) {
      child.kill(signal);
      let rest = await textOf(child.stderr);
      for (let chunk = await output.read(); !chunk.done; chunk = await output.read()) rest += chunk.value;
      return { code: (await child.status).code, output: rest };
    },
  };
}

/** Runs the shop where it ends by itself. */
export async function runShop(args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await command(args).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

function command(args: readonly string[]): Deno.Command {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", ...importArguments(), MAIN, ...args],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
}

async function textOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  return await new Response(stream).text();
}
