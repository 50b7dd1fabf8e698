/** What is reported: figures with their goals, and tables. */

import { pairedRatios, type Spread, spreadOf } from "../measure/statistics.ts";

/** One row of the report: ours beside something else. */
export interface Figure {
  /** What was measured. */
  readonly title: string;
  /** What it is compared with. */
  readonly beside: string;
  /** What it should come to, if there is a goal. */
  readonly goal?: Goal;
  /** Ours divided by the other, from pairs that were measured one after the other. */
  readonly ratio: Spread;
  /** Whether the goal is met, by the median. */
  readonly met?: boolean;
  /** Ours by itself. */
  readonly ours: Spread;
  /** The other by itself. */
  readonly other: Spread;
  /** In what both are counted. */
  readonly unit: string;
  /** The ratio by the clock, where {@linkcode Figure.ratio} goes by the time on the processor. */
  readonly clock?: Spread;
}

/** Something that should have been measured, and why it wasn't. */
export interface Skipped {
  /** What was to be measured. */
  readonly title: string;
  /** What with. */
  readonly beside: string;
  /** Why it wasn't. */
  readonly skipped: string;
}

/** What a ratio should come to. */
export interface Goal {
  /** Whether it should be at least or at most that. */
  readonly kind: "at least" | "at most";
  /** That. */
  readonly value: number;
}

/** A table beside the figures. */
export interface Table {
  /** Its heading. */
  readonly title: string;
  /** What has to be known to read it. */
  readonly about?: string;
  /** The headings of its columns. */
  readonly columns: readonly string[];
  /** Its rows. */
  readonly rows: readonly (readonly string[])[];
}

/** What an experiment has found. */
export interface Findings {
  /** Its rows in the report. */
  readonly figures: readonly (Figure | Skipped)[];
  /** Its tables. */
  readonly tables?: readonly Table[];
  /** What has to be said about how it was measured. */
  readonly notes?: readonly string[];
}

/** At least that: for speeds. */
export function atLeast(value: number): Goal {
  return { kind: "at least", value };
}

/** At most that: for costs. */
export function atMost(value: number): Goal {
  return { kind: "at most", value };
}

/** What a figure is made of. */
export interface FigureOptions {
  readonly title: string;
  readonly beside: string;
  readonly unit: string;
  readonly goal?: Goal | undefined;
  /** The ratio by the clock, round by round. */
  readonly clock?: readonly number[] | undefined;
}

/** Makes a figure of samples that were taken in pairs. */
export function figureOf(
  ours: readonly number[],
  other: readonly number[],
  { title, beside, unit, goal, clock }: FigureOptions,
): Figure {
  const ratio = spreadOf(pairedRatios(ours, other));
  return {
    title,
    beside,
    ...(goal === undefined ? {} : { goal, met: isMet(goal, ratio.median) }),
    ratio,
    ours: spreadOf(ours),
    other: spreadOf(other),
    unit,
    ...(clock === undefined ? {} : { clock: spreadOf(clock) }),
  };
}

function isMet({ kind, value }: Goal, median: number): boolean {
  return kind === "at least" ? median >= value : median <= value;
}
