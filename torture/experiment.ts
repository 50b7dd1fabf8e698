/** What an experiment is: something done to several stores, and a table of what was seen. */

import type { StoreKind } from "./store_kinds.ts";

/** An experiment. */
export interface Experiment {
  /** What `--only` calls it. */
  readonly name: string;
  /** What is tried, as the heading of its table. */
  readonly title: string;
  /** What has to be known to read the table. */
  readonly about: string;
  /** The headings of the columns after the store's. */
  readonly columns: readonly string[];
  /** The names of the stores it is about, in the order of the rows. */
  readonly stores: readonly string[];
  /** Does it to one store. */
  readonly run: (kind: StoreKind, torture: Torture) => Promise<Row | Row[]>;
  /** Does it to something else, for comparison. */
  readonly beside?: (torture: Torture) => Promise<Row[]>;
}

/** What experiments work with. */
export interface Torture {
  /** Whether there are only moments for each. */
  readonly quick: boolean;
  /** A directory that is removed in the end. */
  readonly directory: string;
  /** How many sessions lie in a full store. */
  readonly sessions: number;
  /** Says how far it has come. */
  readonly say: (text: string) => void;
}

/** What was seen of one store. */
export interface Row {
  /** Which store it was, with what has to be said of it. */
  readonly store: string;
  /** What stands in the columns. */
  readonly seen: readonly string[];
  /** What should not have been seen; the claim holds if there is nothing. */
  readonly broken: readonly string[];
  /** Where a goal is missed, and by nothing but what lies below the store too: said in the report, and no claim of ours. */
  readonly floor?: readonly string[];
  /** Whether it stands there for comparison, and is no claim of ours. */
  readonly isBeside?: boolean;
}

/** A store that could not be tried here, and why. */
export interface Skipped {
  readonly store: string;
  readonly skipped: string;
}
