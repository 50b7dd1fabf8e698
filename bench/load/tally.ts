/** Counts answers while load is made. */

import { quantile } from "../measure/statistics.ts";
import type { LoadResult } from "./plan.ts";

/** What has come of the requests so far. */
export class Tally {
  readonly #failures: Record<string, number> = {};
  #latencies = new Float64Array(1 << 14);
  #answered = 0;

  /** How many answers there are. */
  get answered(): number {
    return this.#answered;
  }

  /**
   * Notes an answer.
   *
   * @param status Its status.
   * @param milliseconds How long it took.
   */
  add(status: number, milliseconds: number): void {
    if (status !== 200) return this.fail(`status ${status}`);
    if (this.#answered === this.#latencies.length) this.#grow();
    this.#latencies[this.#answered++] = milliseconds;
  }

  /** Notes that something went wrong. */
  fail(what: string): void {
    this.#failures[what] = (this.#failures[what] ?? 0) + 1;
  }

  /** Sums up. */
  result(seconds: number): LoadResult {
    const sorted = this.#latencies.subarray(0, this.#answered).sort();
    const at = (share: number) => this.#answered === 0 ? 0 : quantile(sorted, share);
    const latency = { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: at(1) };
    return { answered: this.#answered, seconds, failures: this.#failures, latency };
  }

  #grow(): void {
    const larger = new Float64Array(this.#latencies.length * 2);
    larger.set(this.#latencies);
    this.#latencies = larger;
  }
}
