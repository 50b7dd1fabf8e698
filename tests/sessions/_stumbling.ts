/** Interleavings at random that can be looked at again. */

/** The same numbers every time (a linear congruence), so that what fails can be looked at again. */
export function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}

/** Lets others go first, a random number of times. */
export async function stumble(random: (below: number) => number): Promise<void> {
  for (let steps = random(12); steps > 0; steps--) await Promise.resolve();
}
