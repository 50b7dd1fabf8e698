/** Work of a known length, to see whether what is measured is what was done. */

/**
 * Makes a function that keeps the processor busy with arithmetic, and nothing else.
 *
 * @param microseconds For how long.
 */
export function workOf(microseconds: number): () => void {
  // Compiled well before it is timed, and before it is used.
  for (let round = 0; round < 20_000; round++) compute(1000);
  const fastest = Math.min(...Array.from({ length: 20 }, () => timeOf(1_000_000)));
  const steps = Math.round(microseconds * 1_000_000 / fastest);
  return () => compute(steps);
}

/** How long so many steps take, in microseconds. */
function timeOf(steps: number): number {
  const began = performance.now();
  compute(steps);
  return (performance.now() - began) * 1000;
}

/** Each step needs the one before, so that the processor can't do several at once. */
function compute(steps: number): void {
  let value = state[0]!;
  for (let step = 0; step < steps; step++) value = (Math.imul(value, 1_103_515_245) + 12_345) | 0;
  state[0] = value;
}

const state = new Int32Array(1);
