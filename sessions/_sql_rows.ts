import { lazyNode } from "../cookies/lazy_node.ts";
import { ownerPart } from "./_record.ts";
import type { Cleared } from "./_sql_statements.ts";
import { CorruptRecordError } from "./corrupt_record_error.ts";
import type { SqlAnswer, SqlCount, SqlRow } from "./sql_client.ts";
import type { StoredSession } from "./store.ts";

/** What a statement has done. */
export interface Outcome {
  /** How many rows it answered, or says that it has found or changed. */
  readonly count: number;
  /** What it has set `LAST_INSERT_ID()` to, in MySQL and MariaDB. */
  readonly insertId: number;
}

/**
 * Brings a text into the form that databases keep: UTF-8 in a binary column, since a text column changes some texts. It
 * is a `Buffer`, as several clients know no other bytes.
 *
 * @param data The text.
 * @returns Its bytes.
 */
export function encodeText(data: string): Uint8Array {
  return nodeBuffer().Buffer.from(data, "utf8");
}

/**
 * Takes the rows out of an answer.
 *
 * @param answer What the client gave.
 * @returns The rows.
 * @throws {TypeError} If there are none in it.
 */
export function rowsOf(answer: SqlAnswer): readonly SqlRow[] {
  if (Array.isArray(answer)) return answer;
  throw notAnAnswer("an array of rows", answer);
}

/**
 * What a statement has done, by its rows or by its counts, whatever there are.
 *
 * @param answer What the client gave.
 * @returns The counts; of an array without them, the number of rows.
 * @throws {TypeError} If it is neither.
 */
export function outcomeOf(answer: SqlAnswer): Outcome {
  const outcome = countsIn(answer) ?? (Array.isArray(answer) ? { count: answer.length, insertId: 0 } : undefined);
  if (outcome !== undefined) return outcome;
  throw notAnAnswer("an array of rows or { affectedRows, insertId }", answer);
}

/**
 * Takes the counts out of the answer to a statement that has no rows.
 *
 * @param answer What the client gave.
 * @returns The counts.
 * @throws {TypeError} If there are none in it.
 */
export function countedOutcome(answer: SqlAnswer): Outcome {
  const outcome = countsIn(answer);
  if (outcome !== undefined) return outcome;
  throw notAnAnswer("{ affectedRows, insertId } for a statement without rows", answer);
}

function countsIn(answer: SqlAnswer): Outcome | undefined {
  const { affectedRows, insertId } = (answer ?? {}) as Partial<SqlCount>;
  const outcome = { count: Number(affectedRows), insertId: Number(insertId) };
  return Number.isInteger(outcome.count) && Number.isInteger(outcome.insertId) ? outcome : undefined;
}

/**
 * What clearing has done, where every record that is looked at is removed.
 *
 * @param answer What the client gave.
 * @returns The number of rows, twice.
 */
export function clearedByCount(answer: SqlAnswer): Cleared {
  const { count } = countedOutcome(answer);
  return { removed: count, seen: count };
}

/**
 * What clearing has done, where the statement counts it.
 *
 * @param answer What the client gave.
 * @returns What its row says.
 * @throws {TypeError} If there is no such row.
 */
export function clearedByRow(answer: SqlAnswer): Cleared {
  const [row] = rowsOf(answer);
  const [removed, moved] = [Number(row?.removed), Number(row?.moved)];
  // What isn't a number would be cleared for ever.
  if (Number.isInteger(removed + moved)) return { removed, seen: removed + moved };
  throw notAnAnswer("a row with removed and moved", answer);
}

/**
 * Puts a stored session together.
 *
 * @param row The row.
 * @param table What the table is called, for the message.
 * @returns The record with its version.
 * @throws {CorruptRecordError} If SqlStore has not written that row.
 */
export function storedSession(row: SqlRow, table: string): StoredSession {
  const { version, owner } = row;
  const expires = Number(row.expires ?? NaN);
  if (typeof version !== "string" || !Number.isFinite(expires) || !isOwner(owner)) {
    throw new CorruptRecordError(`table ${table}`, "its row is none that SqlStore writes");
  }
  return { data: decodeText(row.data, table), expires, version, ...ownerPart(owner ?? undefined) };
}

function isOwner(owner: unknown): owner is string | null {
  return owner === null || typeof owner === "string";
}

const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeText(bytes: unknown, table: string): string {
  if (!(bytes instanceof Uint8Array || bytes instanceof ArrayBuffer)) {
    throw new CorruptRecordError(`table ${table}`, `the client gives its data as ${typeof bytes}, not as bytes`);
  }
  try {
    return DECODER.decode(bytes);
  } catch (cause) {
    throw new CorruptRecordError(`table ${table}`, "its text is not UTF-8", { cause });
  }
}

function notAnAnswer(expected: string, answer: unknown): TypeError {
  const received = Array.isArray(answer) ? "rows" : answer === null ? "null" : typeof answer;
  const names = received === "object" ? ` with ${Object.keys(answer as object).slice(0, 5).join(", ")}` : "";
  return new TypeError(
    `Cannot use SQL client as its query() must give ${expected}: received ${received}${names} (SqlClient shows how)`,
  );
}

const nodeBuffer = lazyNode("node:buffer");
