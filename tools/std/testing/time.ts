// Our own stand-in for `@std/testing/time`: the npm package has no `testing`.

import { FakeClock } from "./_fake_clock.ts";

/** Says that faked time was used wrongly. */
export class TimeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "TimeError";
  }
}

/** How faked time moves by itself. */
export interface FakeTimeOptions {
  /** Fake milliseconds per real millisecond; 0, time stands still, unless said otherwise. */
  advanceRate: number;
  /** Real milliseconds between two moves; 10 unless said otherwise. */
  advanceFrequency?: number;
}

/** How {@linkcode FakeTime.delay} can be ended early. */
export interface DelayOptions {
  /** Rejects the delay when it aborts. */
  signal?: AbortSignal;
  /** Part of the type that the real one shares with `@std/async`; this delay always keeps the process alive. */
  persistent?: boolean;
}

const { Date: RealDate, setTimeout, clearTimeout, setInterval, clearInterval } = globalThis;
const abortSignalTimeout = AbortSignal.timeout;

let active: FakeTime | undefined;
let clock: FakeClock | undefined;

/** Replaces `Date`, the timers and `AbortSignal.timeout` by fakes that move only when they are told to. */
export class FakeTime {
  readonly #clock: FakeClock;
  readonly #start: number;
  readonly #advancing: ReturnType<typeof setInterval> | undefined;

  constructor(start?: number | string | Date | null, options?: FakeTimeOptions) {
    if (active) throw new TimeError("Cannot construct FakeTime: time is already faked");
    this.#start = typeof start === "number" ? Math.floor(start) : new RealDate(start ?? RealDate.now()).valueOf();
    if (Number.isNaN(this.#start)) throw new TypeError("Cannot construct FakeTime: invalid start time NaN");
    clock = this.#clock = new FakeClock(this.#start);
    active = this;
    install();
    const { advanceRate = 0, advanceFrequency = 10 } = options ?? {};
    if (advanceRate > 0) {
      this.#advancing = setInterval(() => this.tick(advanceRate * advanceFrequency), advanceFrequency);
    }
  }

  /** Restores real time. */
  static restore(): void {
    if (!active) throw new TimeError("Cannot restore time: time is already restored");
    active.restore();
  }

  /** Restores real time while the callback runs, up to the end of its promise. */
  // deno-lint-ignore no-explicit-any -- as in the real signature
  static restoreFor<T>(callback: (...args: any[]) => Promise<T> | T, ...args: any[]): Promise<T> {
    if (!active) return Promise.reject(new TimeError("Cannot restore time: time is not faked"));
    uninstall();
    try {
      const result = callback(...args);
      if (result instanceof Promise) return result.finally(install);
      install();
      return Promise.resolve(result);
    } catch (error) {
      install();
      return Promise.reject(error);
    }
  }

  /** Milliseconds since 1970. Setting it runs the timers that are due on the way; it cannot go back. */
  get now(): number {
    return this.#clock.now;
  }
  set now(value: number) {
    const { now } = this.#clock;
    if (value < now) {
      throw new RangeError(`Cannot set current time in the past, time must be >= ${now}: received ${value}`);
    }
    this.#clock.moveTo(value);
  }

  /** Milliseconds since 1970 when faking began. */
  get start(): number {
    return this.#start;
  }

  /** Waits in real time. */
  delay(ms: number, { signal }: DelayOptions = {}): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const refuse = () => reject(new DOMException("Delay was aborted.", "AbortError"));
    if (signal?.aborted) {
      refuse();
      return promise;
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    const onAbort = () => {
      clearTimeout(timer);
      refuse();
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    return promise;
  }

  /** Runs what waits for promises. */
  async runMicrotasks(): Promise<void> {
    await this.delay(0);
  }

  /** Moves time and runs the timers that are due on the way. */
  tick(ms: number = 0): void {
    this.now += ms;
  }

  /** Like {@linkcode FakeTime.tick}, after what waits for promises. */
  async tickAsync(ms: number = 0): Promise<void> {
    await this.runMicrotasks();
    this.now += ms;
  }

  /** Moves time to the next timer and runs all that are due then; false when there is none. */
  next(): boolean {
    const due = this.#clock.nextDue;
    if (due === undefined) return false;
    this.now = due;
    return true;
  }

  /** Like {@linkcode FakeTime.next}, after what waits for promises. */
  async nextAsync(): Promise<boolean> {
    await this.runMicrotasks();
    return this.next();
  }

  /** Moves time from timer to timer until none is left. */
  runAll(): void {
    while (this.next());
  }

  /** Like {@linkcode FakeTime.runAll}, with what waits for promises before each timer. */
  async runAllAsync(): Promise<void> {
    while (!this.#clock.isIdle) await this.nextAsync();
  }

  /** Restores real time. */
  restore(): void {
    if (active !== this) throw new TimeError("Cannot restore time: time is already restored");
    active = clock = undefined;
    uninstall();
    if (this.#advancing !== undefined) clearInterval(this.#advancing);
  }

  /** Restores real time at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.restore();
  }
}

const FakeDate: DateConstructor = new Proxy(RealDate, {
  construct(target, args, newTarget): Date {
    return Reflect.construct(target, args.length === 0 ? [fakeNow()] : args, newTarget);
  },
  apply(): string {
    return new RealDate(fakeNow()).toString();
  },
  get(target, property, receiver): unknown {
    return property === "now" ? fakeNow : Reflect.get(target, property, receiver);
  },
});

function fakeNow(): number {
  return clock?.now ?? RealDate.now();
}

function fakeSetTimeout(callback: unknown, delay?: unknown, ...args: unknown[]): number {
  return schedule("timeout", callback, delay, args);
}

function fakeSetInterval(callback: unknown, delay?: unknown, ...args: unknown[]): number {
  return schedule("interval", callback, delay, args);
}

function schedule(kind: "timeout" | "interval", callback: unknown, delay: unknown, args: unknown[]): number {
  if (typeof callback !== "function") {
    const name = kind === "timeout" ? "setTimeout" : "setInterval";
    throw new TimeError(`FakeTime does not support non-function callbacks to ${name}`);
  }
  if (!clock) throw new TimeError(`Cannot set ${kind}: time is not faked`);
  return clock.schedule(() => callback(...args), delay ?? 0, kind === "interval");
}

function fakeClearTimeout(id?: unknown): void {
  if (!clock) throw new TimeError("Cannot clear timeout: time is not faked");
  clock.cancel(id);
}

function fakeClearInterval(id?: unknown): void {
  if (!clock) throw new TimeError("Cannot clear interval: time is not faked");
  clock.cancel(id);
}

function fakeAbortSignalTimeout(delay: number): AbortSignal {
  const controller = new AbortController();
  fakeSetTimeout(() => controller.abort(new DOMException("Signal timed out.", "TimeoutError")), delay);
  return controller.signal;
}

function install(): void {
  globalThis.Date = FakeDate;
  globalThis.setTimeout = fakeSetTimeout as unknown as typeof setTimeout;
  globalThis.clearTimeout = fakeClearTimeout;
  globalThis.setInterval = fakeSetInterval as unknown as typeof setInterval;
  globalThis.clearInterval = fakeClearInterval;
  AbortSignal.timeout = fakeAbortSignalTimeout;
}

function uninstall(): void {
  globalThis.Date = RealDate;
  globalThis.setTimeout = setTimeout;
  globalThis.clearTimeout = clearTimeout;
  globalThis.setInterval = setInterval;
  globalThis.clearInterval = clearInterval;
  AbortSignal.timeout = abortSignalTimeout;
}
