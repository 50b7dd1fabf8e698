// The clock inside the FakeTime of `time.ts`: a time that only moves when told, and the timers that wait for it.

interface Timer {
  readonly id: number;
  readonly due: number;
  readonly delay: number;
  readonly repeats: boolean;
  readonly run: () => void;
}

/** A time in milliseconds, with timers. */
export class FakeClock {
  #now: number;
  #lastId = 0;
  readonly #timers = new Map<number, Timer>();

  constructor(now: number) {
    this.#now = now;
  }

  /** The time. */
  get now(): number {
    return this.#now;
  }

  /** Whether no timer waits. */
  get isIdle(): boolean {
    return this.#timers.size === 0;
  }

  /** When the next timer is due, if one waits. */
  get nextDue(): number | undefined {
    return this.#next()?.due;
  }

  /** Lets `run` wait for its time and gives the number under which it can be cancelled. */
  schedule(run: () => void, delay: unknown, repeats: boolean): number {
    const wanted = Math.floor(Number(delay));
    // As browsers and Deno do it: what is no number, or too large for 32 bits, means at once; an interval never stands still.
    const possible = wanted > 0 && wanted <= 0x7fffffff ? wanted : 0;
    const actual = Math.max(repeats ? 1 : 0, possible);
    const id = ++this.#lastId;
    this.#timers.set(id, { id, due: this.#now + actual, delay: actual, repeats, run });
    return id;
  }

  /** Forgets a timer; one that is not there is no mistake. */
  cancel(id: unknown): void {
    if (typeof id === "number") this.#timers.delete(id);
  }

  /** Moves the time and runs every timer that is due on the way, those that are set meanwhile too. */
  moveTo(time: number): void {
    for (let timer = this.#next(); timer && timer.due <= time; timer = this.#next()) this.#fire(timer);
    this.#now = Math.max(time, this.#now);
  }

  #next(): Timer | undefined {
    let next: Timer | undefined;
    // The map keeps the order of setting, so of those due at the same time the first one set wins.
    for (const timer of this.#timers.values()) if (!next || timer.due < next.due) next = timer;
    return next;
  }

  #fire(timer: Timer): void {
    this.#now = Math.max(timer.due, this.#now);
    this.#timers.delete(timer.id);
    if (timer.repeats) this.#timers.set(timer.id, { ...timer, due: timer.due + timer.delay });
    timer.run();
  }
}
