/** Starts Deno as a child that shares this terminal, and ends as it ends. */

import { ROOT } from "./project.ts";

const FORWARDED: readonly Deno.Signal[] = Deno.build.os === "windows" ? ["SIGINT"] : ["SIGINT", "SIGTERM", "SIGHUP"];

/** Runs this very Deno with the given arguments in the project's folder and gives its exit code. */
export async function runDeno(args: readonly string[], cwd: string = ROOT): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), { args: [...args], cwd }).spawn();
  const forward = FORWARDED.map((signal) => [signal, () => send(child, signal)] as const);
  for (const [signal, listener] of forward) Deno.addSignalListener(signal, listener);
  try {
    return (await child.status).code;
  } finally {
    for (const [signal, listener] of forward) Deno.removeSignalListener(signal, listener);
  }
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
