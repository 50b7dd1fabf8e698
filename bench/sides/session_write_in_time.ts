/** How the session write by hand waits for its store. */

/** Waits for an answer for ten seconds at most: one timer does for all who wait. */
export function inTime<T>(answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const call = { due: Date.now() + LIMIT, reject };
    waiting.add(call);
    timer ??= setInterval(giveUp, LIMIT / 10);
    answer.then(resolve, reject).finally(() => waiting.delete(call));
  });
}

const LIMIT = 10_000;
const waiting = new Set<{ readonly due: number; readonly reject: (error: Error) => void }>();
let timer: ReturnType<typeof setInterval> | undefined;

function giveUp(): void {
  for (const { due, reject } of waiting) if (due <= Date.now()) reject(new Error("The store has not answered in time"));
}
