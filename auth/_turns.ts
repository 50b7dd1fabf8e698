import { HttpError } from "../middleware/http_error.ts";

/**
 * Lets so many do something dear at a time, and the others wait for their turn. Without it a crowd that signs in would take all threads, and with scrypt 16 MiB each.
 */
export class Turns {
  #free: number;
  readonly #longest: number;
  readonly #waiting: (() => void)[] = [];

  /**
   * @param atOnce How many at a time.
   * @param longest How many may wait.
   */
  constructor(atOnce: number, longest: number) {
    this.#free = atOnce;
    this.#longest = longest;
  }

  /**
   * Does something when it is its turn.
   *
   * @param work What to do.
   * @returns What it gives.
   * @throws {HttpError} 503 if too many are waiting.
   */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await this.#wait();
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // Whoever is next takes the place over, so that nobody comes in between.
      if (next === undefined) this.#free++;
      else next();
    }
  }

  #wait(): Promise<void> {
    if (this.#waiting.length >= this.#longest) {
      throw new HttpError(503, "Too many people are signing in: try again in a moment", {
        headers: { "Retry-After": "10" },
        expose: true,
      });
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
