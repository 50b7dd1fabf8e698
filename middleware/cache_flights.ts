/**
 * Which pages are being made, so that one request makes a page and the others wait for it.
 *
 * @module
 */

import { secondsNow } from "../cookies/clock.ts";

/** One page that is being made. */
export interface Flight {
  /** When it began, in seconds since the Unix epoch. */
  readonly began: number;
  /** Settles when the page is kept, or isn't going to be. */
  readonly done: Promise<void>;
  /**
   * Ends it.
   *
   * @param passSeconds For how long nobody is to wait for this page again, as it can't be kept; 0 if the next one may.
   */
  end(passSeconds: number): void;
}

/**
 * The pages that are being made by this process.
 *
 * @internal
 */
export class CacheFlights {
  readonly #waitSeconds: number;
  readonly #flights = new Map<string, Flight>();
  /** Until when nobody waits for a page, as it could not be kept; the oldest first. */
  readonly #passes = new Map<string, number>();
  /** By page, which landing of all was its last; the longest ago first. */
  readonly #landed = new Map<string, number>();
  #landings = 0;

  /**
   * @param waitSeconds For how long to wait for a page, in seconds.
   */
  constructor(waitSeconds: number) {
    this.#waitSeconds = waitSeconds;
  }

  /**
   * Whether to wait for a page, and until when: another request makes it, and not for too long already.
   *
   * @param key The page.
   * @returns The flight, if there is one to wait for.
   */
  current(key: string): Flight | undefined {
    const flight = this.#flights.get(key);
    return flight !== undefined && secondsNow() - flight.began < this.#waitSeconds ? flight : undefined;
  }

  /** How many pages have been made so far: to be noted before a store is asked, for {@linkcode hasLanded}. */
  get landings(): number {
    return this.#landings;
  }

  /**
   * Whether a page was made since, so that what the store said before it may be out of date.
   *
   * @param key The page.
   * @param since What {@linkcode landings} was.
   * @returns Whether it was.
   */
  hasLanded(key: string, since: number): boolean {
    return (this.#landed.get(key) ?? 0) > since;
  }

  /**
   * Begins to make a page, unless it is one that can't be kept.
   *
   * @param key The page.
   * @returns The flight; `undefined` if it is of no use to wait for this page.
   */
  begin(key: string): Flight | undefined {
    const now = secondsNow();
    const pass = this.#passes.get(key);
    if (pass !== undefined && pass > now) return undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    const flight: Flight = {
      began: now,
      done: promise,
      end: (passSeconds) => {
        if (this.#flights.get(key) === flight) this.#flights.delete(key);
        this.#passes.delete(key);
        if (passSeconds > 0) add(this.#passes, key, secondsNow() + passSeconds);
        else add(this.#landed, key, ++this.#landings);
        resolve();
      },
    };
    this.#flights.set(key, flight);
    return flight;
  }

  /**
   * Waits for a flight, but not for ever.
   *
   * @param flight The flight.
   * @param deadline Until when, in seconds since the Unix epoch.
   */
  async wait(flight: Flight, deadline: number): Promise<void> {
    const seconds = Math.min(deadline, flight.began + this.#waitSeconds) - secondsNow();
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, Math.max(0, Math.ceil(seconds * 1000)));
    await Promise.race([flight.done, promise]);
    clearTimeout(timer);
  }
}

/** Puts an entry last, and lets the first go if there are too many. */
function add(entries: Map<string, number>, key: string, value: number): void {
  entries.delete(key);
  entries.set(key, value);
  const [first] = entries.keys();
  if (entries.size > MOST_ENTRIES && first !== undefined) entries.delete(first);
}

const MOST_ENTRIES = 1000;
