/**
 * What the errors of SQL clients mean. Each client has its own classes; what they agree on are the codes of the database,
 * under the names that were seen in node:sqlite, postgres, pg, mysql2 and mariadb.
 */

interface Codes {
  /** PostgreSQL's SQLSTATE, or a name: `SQLITE_BUSY`, `ER_LOCK_DEADLOCK`. */
  readonly code?: unknown;
  /** MySQL's SQLSTATE. */
  readonly sqlState?: unknown;
  /** MySQL's number. */
  readonly errno?: unknown;
  /** SQLite's number. */
  readonly errcode?: unknown;
  readonly message?: unknown;
}

/**
 * Whether a statement gave way to another one: nothing of it was done, and it may work when it is tried again.
 *
 * @param error What was thrown.
 * @returns Whether it is a serialization failure, a deadlock, or a database locked by another process.
 */
export function isContention(error: unknown): boolean {
  const { code, sqlState, errno, errcode, message } = codesOf(error);
  if (code === "40001" || code === "40P01" || sqlState === "40001") return true;
  if (errno === DEADLOCK || errno === CHANGED_SINCE_READ) return true;
  if (typeof errcode === "number" && (errcode & 0xff) === SQLITE_BUSY) return true;
  // Deno's node:sqlite gives no number when the lock is busy.
  return String(code).startsWith("SQLITE_BUSY") || String(message).includes("database is locked");
}

/**
 * Whether a statement named a table that isn't there.
 *
 * @param error What was thrown.
 * @returns Whether it is that.
 */
export function isMissingTable(error: unknown): boolean {
  const { code, errno, message } = codesOf(error);
  return code === "42P01" || errno === NO_SUCH_TABLE || String(message).includes("no such table");
}

/**
 * Whether a statement should have made what another process has made meanwhile. `IF NOT EXISTS` doesn't spare one that
 * in PostgreSQL, where two that are at it at once can both find nothing.
 *
 * @param error What was thrown.
 * @returns Whether it is that.
 */
export function isMadeAlready(error: unknown): boolean {
  const { code, errno, message } = codesOf(error);
  return ["42P07", "42P06", "42710", "42701", "23505"].includes(String(code)) ||
    [1050, 1060, 1061].includes(Number(errno)) || /already exists|duplicate column name/.test(String(message));
}

function codesOf(error: unknown): Codes {
  return typeof error === "object" && error !== null ? error : {};
}

const SQLITE_BUSY = 5;
const DEADLOCK = 1213;
/** MariaDB's, with `innodb_snapshot_isolation`. */
const CHANGED_SINCE_READ = 1020;
const NO_SUCH_TABLE = 1146;
