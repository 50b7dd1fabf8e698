/** A whole run, as it is written to the JSON file. */

import type { Findings } from "./figure.ts";
import type { Machine } from "./machine.ts";

/** What one experiment has found. */
export interface Section extends Findings {
  /** What `--only` calls it. */
  readonly name: string;
  /** What it does. */
  readonly title: string;
}

/** What a run has found. */
export interface Report {
  /** What it ran on. */
  readonly machine: Machine;
  /** Whether there were only moments for each. */
  readonly quick: boolean;
  /** How often each side was measured, as a rule. */
  readonly rounds: number;
  /** For how long each time, in seconds. */
  readonly seconds: number;
  /** The experiments. */
  readonly sections: readonly Section[];
}
