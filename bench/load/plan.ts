/** What the load generator is told, and what it answers. */

/** Where to send which request. */
export interface Target {
  /** The port of a server on this machine. */
  readonly port: number;
  /** The request, head and body. */
  readonly request: string;
}

/** What load to make. */
export interface LoadPlan {
  /** What to send; the connections take them in turn, and each keeps to its own. */
  readonly targets: readonly Target[];
  /** How many connections there are. */
  readonly connections: number;
  /** For how long, in seconds. */
  readonly seconds: number;
  /** Ends earlier, after this many requests. */
  readonly requests?: number;
  /** How many requests a second are begun, whether or not answers have come; without it each connection sends when its answer is there. */
  readonly perSecond?: number;
  /** At a fixed rate, from how many milliseconds on a round of the generator counts as a standstill of its own; many times what one takes. Without it none does. */
  readonly standstill?: number;
}

/** How it went. */
export interface LoadResult {
  /** How many requests were answered well. */
  readonly answered: number;
  /** In how many seconds. */
  readonly seconds: number;
  /** What went wrong, and how often. A measurement with failures counts for nothing. */
  readonly failures: Readonly<Record<string, number>>;
  /** Milliseconds from when a request was due to its answer: half of them, 90 and 99 in a hundred, and all of them took no longer. */
  readonly latency: Latency;
}

/** Some quantiles of latencies, in milliseconds. */
export interface Latency {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}
