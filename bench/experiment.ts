/** What an experiment is: something that is measured in one go, and becomes one or more rows of the report. */

import type { LoadGenerator } from "./load/load_generator.ts";
import type { Cores } from "./measure/cores.ts";
import type { Wakefulness } from "./measure/wakefulness.ts";
import type { Findings } from "./report/figure.ts";

/** An experiment. */
export interface Experiment {
  /** What `--only` calls it. */
  readonly name: string;
  /** What it does, for whoever waits. */
  readonly title: string;
  /** Whether `--quick` includes it. */
  readonly quick: boolean;
  /** Does it. */
  readonly run: (bench: Bench) => Promise<Findings>;
}

/** What experiments work with. */
export interface Bench {
  /** Makes the load. */
  readonly load: LoadGenerator;
  /** Where things run. */
  readonly cores: Cores;
  /** Whether idle cores stay awake. */
  readonly wakefulness: Wakefulness;
  /** Whether there are only moments for each: fewer rounds, fewer sides. */
  readonly quick: boolean;
  /** How often each side is measured. */
  readonly rounds: number;
  /** For how long each time, in seconds. */
  readonly seconds: number;
  /** For how long a side is warmed up, in seconds. */
  readonly warmUp: number;
  /** For how long each server is given load again before each of its turns, in seconds; 0 leaves it out. */
  readonly toWake: number;
  /** A directory for what servers store, which is removed at the end. */
  readonly directory: string;
}
