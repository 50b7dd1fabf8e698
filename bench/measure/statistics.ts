/** Medians, and how far the samples lie apart. */

/** What a number of samples come to. */
export interface Spread {
  /** The middle one. */
  readonly median: number;
  /** A quarter of the samples lies below. */
  readonly low: number;
  /** A quarter of the samples lies above. */
  readonly high: number;
  /** How many samples there were. */
  readonly count: number;
}

/**
 * Sums up samples.
 *
 * @param samples At least one number.
 * @throws {RangeError} If there is none, or one that is no number: nothing can be said of those.
 */
export function spreadOf(samples: readonly number[]): Spread {
  if (samples.length === 0 || !samples.every(Number.isFinite)) {
    throw new RangeError(`Cannot sum up samples that are none or no numbers: received [${samples.join(", ")}]`);
  }
  const sorted = samples.toSorted((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    low: quantile(sorted, 0.25),
    high: quantile(sorted, 0.75),
    count: samples.length,
  };
}

/**
 * The value below which a share of the samples lies, by a straight line between the two next to it.
 *
 * @param sorted The samples, the smallest first.
 * @param share From 0 to 1.
 */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return below + (above - below) * (at - Math.floor(at));
}

/**
 * One ratio for each round, of two sides that were measured one after the other: what the rest of the machine did in
 * that round was done to both.
 */
export function pairedRatios(ours: readonly number[], theirs: readonly number[]): number[] {
  if (ours.length !== theirs.length) {
    throw new RangeError(`Cannot pair ${ours.length} samples with ${theirs.length}: both come from the same rounds`);
  }
  return ours.map((value, round) => value / theirs[round]!);
}
