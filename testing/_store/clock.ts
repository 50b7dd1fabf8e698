/** The time that checks of a store go by, in spans: a store must not care how long one is. */
export interface TestClock extends Disposable {
  /** How long a span is, in milliseconds. */
  readonly span: number;
  /** The shortest part of a span that can be told from nothing: what is alive so long before its deadline must be served. */
  readonly instant: number;
  /** Lets time stand still but for {@linkcode TestClock.pass}, where it can. What happens at an instant can be checked then. */
  stop(): void;
  /**
   * Lets time pass.
   *
   * @param spans How much.
   */
  pass(spans: number): Promise<void>;
}

/** Moves `Date`, so that hours pass at once. Timers go on as they are: a driver that waits for an answer must not wait for ever. */
export class MovedClock implements TestClock {
  readonly span = 3_600_000;
  readonly instant: number = 1 / 3_600_000;
  readonly #real = globalThis.Date;
  #now: number | undefined;

  stop(): void {
    if (this.#now !== undefined) return;
    this.#now = this.#real.now();
    const now = () => this.#now!;
    globalThis.Date = new Proxy(this.#real, {
      construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
      apply: (target) => new target(now()).toString(),
      get: (target, name, receiver) => name === "now" ? now : Reflect.get(target, name, receiver),
    });
  }

  pass(spans: number): Promise<void> {
    this.stop();
    this.#now = Math.round(this.#now! + spans * this.span);
    return Promise.resolve();
  }

  [Symbol.dispose](): void {
    globalThis.Date = this.#real;
  }
}

/** Waits, for stores that ask the clock of a server or of another process. */
export class RealClock implements TestClock {
  readonly span = 1500;
  readonly instant = 0.6;

  stop(): void {}

  async pass(spans: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, spans * this.span));
  }

  [Symbol.dispose](): void {}
}
