/** Servers against each other: all of them up at once, each measured for a moment in turn, round after round. */

import type { LoadGenerator } from "../load/load_generator.ts";
import type { Latency, LoadResult } from "../load/plan.ts";
import type { Cores } from "./cores.ts";
import { type Answer, differences } from "./answer.ts";
import { microsecondsBetween, processorTimes } from "./processor_time.ts";
import type { Program } from "./programs.ts";
import { SideProcess } from "./side_process.ts";

/** A server that takes part. */
export interface Side {
  /** What it is called in the report. */
  readonly name: string;
  /** How to start it; a promise where something has to be installed first, which may throw why it can't be. */
  readonly program: Program | (() => Promise<Program>);
  /** Headers that it sends besides those of the others, since it can't be told not to, and why that is fair. */
  readonly besides?: Readonly<Record<string, string>>;
  /** The name of the side before it whose answer this one has to give; the first one's by default. */
  readonly like?: string;
}

/** What is sent to a side, and what it answers. */
export interface Prepared {
  /** The requests; the connections take them in turn. */
  readonly targets: readonly string[];
  /** The answer, which has to be that of all others. */
  readonly answer: Answer;
}

/** How a race is run. */
export interface RaceOptions {
  /** Brings a side to where it can be measured. */
  readonly prepare: (port: number) => Promise<Prepared>;
  /** How many connections are open. */
  readonly connections: number;
  /** How often each side is measured. */
  readonly rounds: number;
  /** For how long each time, in seconds. */
  readonly seconds: number;
  /** For how long each side is warmed up first, in seconds. */
  readonly warmUp: number;
  /** For how long each side is given load again before each of its turns, in seconds. */
  readonly toWake: number;
  /** How many requests a second are sent; without it as many as can be. */
  readonly perSecond?: number;
}

/** What came of a side: samples, round by round, or why there are none. */
export type RaceResult =
  | { readonly name: string; readonly samples: readonly Sample[]; readonly notes: readonly string[] }
  | { readonly name: string; readonly skipped: string };

/** One measurement of a side. */
export interface Sample {
  /** Requests answered a second, by the clock. */
  readonly perSecond: number;
  /** What the server needed for each, in microseconds of processor time; `undefined` where the system doesn't tell. */
  readonly microseconds: number | undefined;
  /** How long they took, by the clock. */
  readonly latency: Latency;
}

/** What a race needs. */
export interface Track {
  /** Makes the load. */
  readonly load: LoadGenerator;
  /** Where servers run. */
  readonly cores: Cores;
}

/**
 * Runs a race.
 *
 * @param sides Who takes part.
 * @param options How.
 * @param track With what.
 * @returns The results, in the order of the sides.
 */
export async function race(sides: readonly Side[], options: RaceOptions, track: Track): Promise<RaceResult[]> {
  await using running = new AsyncDisposableStack();
  const entries: Entry[] = [];
  const answers = new Map<string, Answer>();
  for (const side of sides) {
    const entry: Entry = { side };
    entries.push(entry);
    await attempt(entry, async () => {
      const racer = running.use(await start(side, options, track));
      const { answer } = racer.prepared;
      answers.set(side.name, answer);
      const model = side.like ?? sides[0]!.name;
      const wrong = differences(answers.get(model) ?? answer, answer, Object.keys(side.besides ?? {}));
      if (wrong.length > 0) throw new Error(`It answers otherwise than "${model}": ${wrong.join("; ")}`);
      await racer.measure(options.warmUp);
      racer.samples.length = 0;
      entry.racer = racer;
    });
  }
  for (let round = 0; round < options.rounds; round++) {
    // Another one first each time, so that nobody always follows the same.
    for (let turn = 0; turn < entries.length; turn++) {
      const entry = entries[(round + turn) % entries.length]!;
      if (entry.problem === undefined) await attempt(entry, () => entry.racer!.turn(options.seconds));
    }
  }
  return entries.map(({ side, racer, problem }) =>
    problem === undefined
      ? { name: side.name, samples: racer!.samples, notes: notesOf(side) }
      : { name: side.name, skipped: problem }
  );
}

/** A side, and how it gets on. */
interface Entry {
  readonly side: Side;
  racer?: Racer;
  problem?: string;
}

/** What goes wrong with one side is no reason not to measure the others. */
async function attempt(entry: Entry, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    entry.problem = error instanceof Error ? error.message : String(error);
  }
}

async function start(side: Side, options: RaceOptions, track: Track): Promise<Racer> {
  const program = typeof side.program === "function" ? await side.program() : side.program;
  const process = SideProcess.start(program, track.cores.servers);
  try {
    const { port } = await process.receive<{ port: number }>(30);
    return new Racer(process, port, await options.prepare(port), options, track.load);
  } catch (error) {
    await process.stop();
    throw error;
  }
}

class Racer implements AsyncDisposable {
  readonly prepared: Prepared;
  readonly samples: Sample[] = [];
  readonly #process: SideProcess;
  readonly #port: number;
  readonly #options: RaceOptions;
  readonly #load: LoadGenerator;

  constructor(process: SideProcess, port: number, prepared: Prepared, options: RaceOptions, load: LoadGenerator) {
    this.#process = process;
    this.#port = port;
    this.prepared = prepared;
    this.#options = options;
    this.#load = load;
  }

  /** Measures, after a moment of the same load: while others had their turns, V8 has tidied up, and thrown away code that a server in use keeps. */
  async turn(seconds: number): Promise<void> {
    if (this.#options.toWake > 0) await this.#run(this.#options.toWake);
    await this.measure(seconds);
  }

  async measure(seconds: number): Promise<void> {
    const before = processorTimes(this.#process.pid);
    const result = await this.#run(seconds);
    const microseconds = microsecondsBetween(before, processorTimes(this.#process.pid));
    this.samples.push({
      perSecond: result.answered / result.seconds,
      microseconds: microseconds === undefined ? undefined : microseconds / result.answered,
      latency: result.latency,
    });
  }

  #run(seconds: number): Promise<LoadResult> {
    const targets = this.prepared.targets.map((request) => ({ port: this.#port, request }));
    const { connections, perSecond } = this.#options;
    return this.#load.run({ targets, connections, seconds, ...perSecond === undefined ? {} : { perSecond } });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#process.stop();
  }
}

function notesOf({ name, besides = {} }: Side): string[] {
  return Object.entries(besides).map(([header, why]) => `${name} also sends \`${header}\`: ${why}`);
}
