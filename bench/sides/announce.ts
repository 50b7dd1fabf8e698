/** How a side tells the harness where it listens, and answers what the harness asks about its memory. */

import { TextLineReader } from "../measure/text_lines.ts";
import { workOf } from "./work.ts";

declare const gc: undefined | (() => void);

type Handler = (request: Request, info: Deno.ServeHandlerInfo) => Response | Promise<Response>;

/**
 * Serves on a free port of this machine alone, and prints the port for the harness.
 *
 * @param handler Answers the requests.
 */
export function serve(handler: Handler): void {
  Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: ({ port }) => announce({ port }) }, busier(handler));
  if (Deno.args.includes("--heap")) answerHeap();
}

/** With `--work=3` each request costs three microseconds more. */
function busier(handler: Handler): Handler {
  const asked = Deno.args.find((argument) => argument.startsWith("--work="));
  if (asked === undefined) return handler;
  const work = workOf(Number(asked.slice("--work=".length)));
  return (request, info) => {
    work();
    return handler(request, info);
  };
}

/** Prints what the harness waits for, as one line. */
export function announce(what: Record<string, unknown>): void {
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify(what) + "\n"));
}

/** For each line that comes in, collects the garbage and prints how many bytes are in use. */
async function answerHeap(): Promise<void> {
  if (typeof gc !== "function") throw new Error("Cannot measure the heap without --v8-flags=--expose-gc");
  for await (const _line of new TextLineReader(Deno.stdin.readable)) {
    gc();
    gc();
    const { heapUsed, rss } = Deno.memoryUsage();
    announce({ heapUsed, rss });
  }
}
