/** How work grows with what it is given, whatever else the machine is doing. */

import { assert } from "@std/assert";

/** How much more the larger input holds. Work in proportion takes 8 times as long for it, work by the square 64 times. */
const FACTOR = 8;

/** What still counts as in proportion: three times as much as it should take, since larger inputs miss the processor's caches. */
const MOST = 3 * FACTOR;

/** How long one measurement takes at least, in milliseconds: what is shorter is done several times. */
const SHORTEST = 2;

/** How often it is measured before a verdict; another process may have disturbed the best of fewer. */
const ROUNDS = 3;

/** How often at most, as long as it doesn't look like being in proportion. */
const MOST_ROUNDS = 100;

/** After how many milliseconds there is a verdict all the same. */
const PATIENCE = 10_000;

/**
 * Makes sure that work takes time in proportion to the size of its input, and no more.
 *
 * Each input is made in two sizes. The two are measured in turns, and the fastest of each counts: a busy machine makes work slower and never faster. So there is
 * no bound in seconds that is too short for one machine and too long for another. Where the system tells, which Linux does, what counts is the time that the
 * processor worked for this very thread, and nothing that it did meanwhile for others.
 *
 * @param size The size of the larger inputs: so large that work by the square would be felt.
 * @param inputs What makes an input of a size; a failure shows its source.
 * @param work What is done with an input.
 */
export async function assertLinear<T>(
  size: number,
  inputs: readonly ((size: number) => T)[],
  work: (input: T) => unknown,
): Promise<void> {
  for (const make of inputs) {
    const small = make(Math.floor(size / FACTOR));
    const large = make(size);
    const { times, ratio } = await measure(() => work(small), () => work(large));
    assert(
      ratio <= MOST,
      `Time must grow in proportion: ${FACTOR} times the input took ${ratio.toFixed(1)} times as long, ` +
        `${times[1].toFixed(2)} instead of ${times[0].toFixed(2)} ms, for ${make}`,
    );
  }
}

async function measure(
  small: () => unknown,
  large: () => unknown,
): Promise<{ times: [number, number]; ratio: number }> {
  const began = performance.now();
  await large();
  let repeats = 1;
  while (await timed(small, repeats) * repeats < SHORTEST) repeats *= 2;
  const times: [number, number] = [Infinity, Infinity];
  for (let round = 1;; round++) {
    times[0] = Math.min(times[0], await timed(small, repeats));
    times[1] = Math.min(times[1], await timed(large, Math.ceil(repeats / FACTOR)));
    const ratio = times[1] / times[0];
    const isOver = round >= MOST_ROUNDS || performance.now() - began > PATIENCE;
    if (isOver || round >= ROUNDS && ratio <= MOST) return { times, ratio };
  }
}

/** Gives the milliseconds that work takes, the mean of several times. */
async function timed(work: () => unknown, repeats: number): Promise<number> {
  const began = clock();
  for (let count = 0; count < repeats; count++) await work();
  return (clock() - began) / repeats;
}

/** Milliseconds on a clock that stands still while this thread waits for its turn, or else on any. */
function clock(): number {
  return threadTime() ?? performance.now();
}

/**
 * What Linux counts for a thread: nanoseconds on a processor, nanoseconds in the queue for one, turns. It counts when the thread lets go of the processor, or
 * every few milliseconds: after a nap it is exact. Where the machine itself was stopped for a moment, a nap may be over before it has begun, and
 * nothing was counted then; so there has to have been another turn.
 */
function threadTime(): number | undefined {
  const before = threadCounts();
  if (before === undefined) return undefined;
  let now = before;
  for (let attempt = 0; attempt < MOST_NAPS && now.turns === before.turns; attempt++) {
    Atomics.wait(NAP, 0, 0, 0.05);
    now = threadCounts() ?? before;
  }
  return now.milliseconds;
}

function threadCounts(): { milliseconds: number; turns: number } | undefined {
  try {
    const [nanoseconds, , turns] = Deno.readTextFileSync("/proc/thread-self/schedstat").split(" ");
    return { milliseconds: Number(nanoseconds) / 1e6, turns: Number(turns) };
  } catch {
    return undefined;
  }
}

const NAP = new Int32Array(new SharedArrayBuffer(4));
const MOST_NAPS = 1000;
