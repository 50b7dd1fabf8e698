/** How a side that is no server is measured: it does its operation over and over for as long as it is told, and says how often it did. */

import { TextLineReader } from "../measure/text_lines.ts";
import { announce } from "../sides/announce.ts";

/**
 * Tells the harness what the operation gives, so that it can be compared with what the others give; then answers each line of the input, a number of milliseconds,
 * with how often the operation was done in that time.
 *
 * @param operation What is measured. It must give something that can't be left out, as V8 leaves out what nobody looks at.
 * @param answer What it gives, as a text; where no two sides can give the same, what that stands for.
 */
export async function answerRounds(operation: (round: number) => unknown, answer: string): Promise<void> {
  announce({ answer });
  let sink: unknown;
  let done = 0;
  for await (const line of new TextLineReader(Deno.stdin.readable)) {
    const end = performance.now() + Number(line);
    const before = done;
    // The clock is read now and then only, as reading it costs as much as some of the operations.
    while (performance.now() < end) {
      for (let turn = 0; turn < TURNS; turn++) sink = operation(done++);
    }
    announce({ done: done - before });
  }
  if (sink === undefined) throw new Error("The operation gives nothing");
}

/**
 * The same for an operation that gives a promise; each is awaited before the next begins.
 *
 * @param operation What is measured.
 * @param answer What it gives, as a text.
 */
export async function answerPromises(operation: () => Promise<unknown>, answer: string): Promise<void> {
  announce({ answer });
  for await (const line of new TextLineReader(Deno.stdin.readable)) {
    const end = performance.now() + Number(line);
    let done = 0;
    for (; performance.now() < end; done++) await operation();
    announce({ done });
  }
}

const TURNS = 64;
