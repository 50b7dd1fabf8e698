/** What is shown while the store is being cleared. */
export interface ClearingProgress {
  /** Takes how many sessions have been removed so far. */
  readonly tell: (removed: number) => void;
  /** Shows nothing any more. */
  readonly stop: () => void;
}

/**
 * Shows that something is being done, how far it is and for how long, until it is told to stop.
 *
 * @param show Takes the line, at once and then each second.
 * @returns What is told how far it is, and to stop.
 */
export function showProgressOfClearing(show: (text: string) => void): ClearingProgress {
  let [seconds, count] = [0, ""];
  const tick = () => show(`\rClearing sessions … ${count}${seconds++} s`);
  tick();
  const timer = setInterval(tick, 1000);
  return {
    tell: (removed) => void (count = `${removed} removed, `),
    stop: () => {
      clearInterval(timer);
      show("\r\x1b[K");
    },
  };
}
