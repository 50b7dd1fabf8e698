import type { Outcome } from "./_sql_rows.ts";
import type { SqlAnswer, SqlValue } from "./sql_client.ts";

/** A statement, and the values that go with it. */
export type Statement = readonly [sql: string, values: SqlValue[]];

/** A record as a row. */
export interface RecordRow {
  /** The record's key. */
  readonly key: string;
  /** Its text in UTF-8. */
  readonly bytes: Uint8Array;
  /** Its deadline, in milliseconds since the Unix epoch. */
  readonly expires: number;
  /** Its new version. */
  readonly version: string;
  /** Whose it is. */
  readonly owner: string | null;
}

/**
 * What a store asks a database, in the words of its dialect. "Expired" is always by the caller's clock, `now`.
 */
export interface SqlStatements {
  /** Reads a living record: its `data`, `expires`, `version` and `owner`. */
  read(key: string, now: number): Statement;
  /** Reads the `version` of a living record. */
  version(key: string, now: number): Statement;
  /** Adds a record, over an expired one if there is one, and says whether it did by {@linkcode SqlStatements.wasCreated}. */
  create(row: RecordRow, now: number): Statement;
  /** Replaces a living record of one version, and has an outcome of one if it did. Where there are several ways, the first that does it counts. */
  readonly updates: readonly ((row: RecordRow, seen: string, now: number) => Statement)[];
  /** Removes a record. */
  remove(key: string): Statement;
  /** Reads the living records of an owner, with their `session_key`. */
  list(owner: string, now: number): Statement;
  /** Removes what has expired, by statements that are asked in turn until they find nothing more. */
  readonly clearing: readonly Clearing[];
  /** At how many records a statement of `clearing` looks at most: for some milliseconds others wait for it. */
  readonly clearedAtOnce: number;
  /** What `create` or one of `updates` has done. */
  outcome(answer: SqlAnswer): Outcome;
  /** Whether the living record was left alone or created, by the outcome of `create`. */
  wasCreated(outcome: Outcome): boolean;
  /** How the tables are made, by the version of the schema that each list of statements leads to, the first to version 1. */
  readonly migrations: readonly (readonly string[])[];
  /** Reads the newest `version` that the schema has reached. */
  readonly newestVersion: string;
  /** Makes the table that says which version the schema has. */
  readonly createVersions: string;
  /** Writes a version down, once. */
  recordVersion(version: number): Statement;
}

/** A statement of clearing. */
export interface Clearing {
  /** Looks at what is due, at most {@linkcode SqlStatements.clearedAtOnce} records. */
  readonly statement: (now: number) => Statement;
  /** How many records it has removed, and how many it has looked at. */
  readonly done: (answer: SqlAnswer) => Cleared;
}

/** What clearing has done. */
export interface Cleared {
  /** How many records it has removed. */
  readonly removed: number;
  /** How many it has looked at; all that were removed among them. */
  readonly seen: number;
}

/** How many records are removed by one statement, where the database works by itself. */
export const CLEARED_AT_ONCE = 1000;
