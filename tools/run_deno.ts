/** Starts Deno as a child process. */

import { ROOT } from "./project.ts";

const FORWARDED: readonly Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM", "SIGHUP"];

/** Runs this very Deno in this terminal, hands signals on to it, and gives its exit code. */
export async function runDeno(args: readonly string[], env: Record<string, string> = {}): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), { args: [...args], cwd: ROOT, env }).spawn();
  const listeners = FORWARDED.map((signal) => [signal, () => send(child, signal)] as const);
  for (const [signal, listener] of listeners) Deno.addSignalListener(signal, listener);
  try {
    return (await child.status).code;
  } finally {
    for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
  }
}

/** Runs this very Deno and gives its exit code with all that it printed, uncoloured. */
export async function captureDeno(
  args: readonly string[],
  cwd: string = ROOT,
): Promise<{ code: number; output: string }> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1" },
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { code, output: decoder.decode(stdout) + decoder.decode(stderr) };
}

function send(child: Deno.ChildProcess, signal: Deno.Signal): void {
  // A terminal sends Ctrl+C to the child as well: sending it again would look like a second, impatient one.
  if (signal === "SIGINT" && Deno.stdin.isTerminal()) return;
  try {
    child.kill(signal);
  } catch {
    // It has ended in the meantime.
  }
}
