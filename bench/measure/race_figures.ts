/** Turns the results of a race into rows of the report. */

import { type Figure, figureOf, type FigureOptions, type Skipped } from "../report/figure.ts";
import type { RaceResult, Sample } from "./race.ts";
import { pairedRatios, spreadOf } from "./statistics.ts";

/** What decides: what a request costs the processor, or how long it takes by the clock. */
export type Measure = "processor" | "clock";

/**
 * Compares two sides of a race in requests a second.
 *
 * By `"processor"` a second is one of processor time: neither the rest of the machine nor a load generator that can't keep up changes it much. By
 * `"clock"` it is a second of waiting: for sides that wait, for a disk or a database.
 */
export function compare(
  ours: RaceResult,
  other: RaceResult,
  options: Omit<FigureOptions, "unit" | "clock"> & { readonly by: Measure },
): Figure | Skipped {
  const { by, title, beside } = options;
  for (const side of [ours, other]) {
    if ("skipped" in side) return { title, beside, skipped: `${side.name}: ${side.skipped}` };
  }
  const rounds = [samplesOf(ours), samplesOf(other)].map((samples) => samples.map(({ perSecond }) => perSecond));
  const perProcessorSecond = [samplesOf(ours), samplesOf(other)].map((samples) => samples.map(perSecondOnProcessor));
  if (by === "clock" || perProcessorSecond.flat().includes(undefined)) {
    return figureOf(rounds[0]!, rounds[1]!, { ...options, unit: "requests/s" });
  }
  const [a, b] = perProcessorSecond as number[][];
  const clock = pairedRatios(rounds[0]!, rounds[1]!);
  return figureOf(a!, b!, { ...options, unit: "requests/s of processor", clock });
}

/** The samples of a side that was measured. */
export function samplesOf(result: RaceResult): readonly Sample[] {
  if ("skipped" in result) throw new Error(`${result.name} was not measured: ${result.skipped}`);
  return result.samples;
}

/** What a request costs, in microseconds, by the median of the rounds: of processor time where the system tells, by the clock otherwise. */
export function costOf(result: RaceResult): number {
  return spreadOf(samplesOf(result).map(({ perSecond, microseconds }) => microseconds ?? 1e6 / perSecond)).median;
}

function perSecondOnProcessor({ microseconds }: Sample): number | undefined {
  return microseconds === undefined ? undefined : 1e6 / microseconds;
}
