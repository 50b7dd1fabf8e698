/** Small operations against each other, each in a process of its own and measured in turn, round after round. */

import type { Cores } from "./cores.ts";
import { microsecondsBetween, processorTimes } from "./processor_time.ts";
import type { Program } from "./programs.ts";
import { SideProcess } from "./side_process.ts";

/** A side of such a race. */
export interface MicroSide {
  /** What it is called in the report. */
  readonly name: string;
  /** A program that ends in `answerRounds()`. */
  readonly program: Program;
}

/** How such a race is run. */
export interface MicroOptions {
  /** Where it runs. */
  readonly cores: Cores;
  /** How often each side is measured. */
  readonly rounds: number;
  /** For how long each time, in seconds. */
  readonly seconds: number;
}

/**
 * Runs the race.
 *
 * @returns For each side the nanoseconds for one operation, round by round: of processor time where the system tells it.
 * @throws {Error} If two sides don't give the same.
 */
export async function microRace(sides: readonly MicroSide[], options: MicroOptions): Promise<number[][]> {
  await using running = new AsyncDisposableStack();
  const processes: SideProcess[] = [];
  let expected: string | undefined;
  for (const { name, program } of sides) {
    const process = running.use(SideProcess.start(program, options.cores.servers));
    const { answer } = await process.receive<{ answer: string }>(30);
    expected ??= answer;
    if (answer !== expected) throw new Error(`"${name}" gives ${answer}, "${sides[0]!.name}" ${expected}`);
    processes.push(process);
  }
  const milliseconds = options.seconds * 1000;
  for (const process of processes) await measure(process, milliseconds);
  const samples: number[][] = sides.map(() => []);
  for (let round = 0; round < options.rounds; round++) {
    for (let turn = 0; turn < sides.length; turn++) {
      const side = (round + turn) % sides.length;
      samples[side]!.push(await measure(processes[side]!, milliseconds));
    }
  }
  return samples;
}

async function measure(process: SideProcess, milliseconds: number): Promise<number> {
  const before = processorTimes(process.pid);
  const { done } = await process.ask<{ done: number }>(milliseconds, milliseconds / 1000 + 30);
  const microseconds = microsecondsBetween(before, processorTimes(process.pid)) ?? milliseconds * 1000;
  return microseconds * 1000 / done;
}
