import { CLEARED_AT_ONCE, type Statement } from "./_sql_statements.ts";
import { quoted, type SqlTable } from "./_sql_table.ts";
import type { DjangoTime } from "./django_time.ts";
import type { SqlDialect, SqlRow } from "./sql_client.ts";

/** What Django's table of sessions is asked, in the words of a dialect. */
export interface DjangoStatements {
  /** Reads `session_data` and the deadline of a row. */
  read(id: string): Statement;
  /** Adds a row, unless there is one. */
  create(id: string, text: string, expires: number): Statement;
  /** Replaces a living row that has not changed since it was read. */
  update(id: string, text: string, expires: number, seen: string, now: number): Statement;
  /** Removes a row that has not changed since it was read. */
  removeSeen(id: string, seen: string): Statement;
  /** Removes a row. */
  remove(id: string): Statement;
  /** Removes what has expired, at most {@linkcode CLEARED_AT_ONCE} rows. */
  clear(now: number): Statement;
  /** The deadline in what `read` was answered, in milliseconds since the Unix epoch; `NaN` if there is none. */
  expiresOf(row: SqlRow): number;
}

/**
 * Finds the words of a dialect.
 *
 * @param dialect The dialect.
 * @param table Django's table.
 * @param time How the columns without a time zone are written.
 * @returns What to ask.
 */
export function djangoStatements(dialect: SqlDialect, table: SqlTable, time: DjangoTime): DjangoStatements {
  if (dialect === "postgresql") return onPostgresql(quoted(table, '"'));
  return dialect === "sqlite" ? onSqlite(quoted(table, '"'), time) : onMysql(quoted(table, "`"), time);
}

/** A column with a time zone: it takes an instant, and gives one. */
function onPostgresql(table: string): DjangoStatements {
  const at = (place: string) => `to_timestamp(${place}::double precision / 1000)`;
  const read = `SELECT session_data AS data, (EXTRACT(EPOCH FROM expire_date) * 1000)::double precision AS expires \
FROM ${table} WHERE session_key = $1`;
  const create = `INSERT INTO ${table} (session_key, session_data, expire_date) VALUES ($1, $2, ${at("$3")}) \
ON CONFLICT (session_key) DO NOTHING RETURNING 1 AS done`;
  const update = `UPDATE ${table} SET session_data = $1, expire_date = ${at("$2")} \
WHERE session_key = $3 AND session_data = $4 AND expire_date > ${at("$5")} RETURNING 1 AS done`;
  const removeSeen = `DELETE FROM ${table} WHERE session_key = $1 AND session_data = $2 RETURNING 1 AS done`;
  const remove = `DELETE FROM ${table} WHERE session_key = $1`;
  const clear = `DELETE FROM ${table} WHERE session_key = ANY(ARRAY(SELECT session_key FROM ${table} \
WHERE expire_date <= ${at("$1")} LIMIT ${CLEARED_AT_ONCE} FOR UPDATE SKIP LOCKED)) RETURNING 1 AS done`;
  return {
    read: (id) => [read, [id]],
    create: (id, text, expires) => [create, [id, text, expires]],
    update: (id, text, expires, seen, now) => [update, [text, expires, id, seen, now]],
    removeSeen: (id, seen) => [removeSeen, [id, seen]],
    remove: (id) => [remove, [id]],
    clear: (now) => [clear, [now]],
    expiresOf: ({ expires }) => Number(expires ?? NaN),
  };
}

/** A text, by which SQLite compares and sorts. */
function onSqlite(table: string, time: DjangoTime): DjangoStatements {
  const read = `SELECT session_data AS data, CAST(expire_date AS TEXT) AS expires FROM ${table} WHERE session_key = ?`;
  const create = `INSERT INTO ${table} (session_key, session_data, expire_date) VALUES (?, ?, ?) \
ON CONFLICT (session_key) DO NOTHING RETURNING 1 AS done`;
  const update = `UPDATE ${table} SET session_data = ?, expire_date = ? \
WHERE session_key = ? AND session_data = ? AND expire_date > ? RETURNING 1 AS done`;
  const removeSeen = `DELETE FROM ${table} WHERE session_key = ? AND session_data = ? RETURNING 1 AS done`;
  const remove = `DELETE FROM ${table} WHERE session_key = ?`;
  const clear = `DELETE FROM ${table} WHERE session_key IN (SELECT session_key FROM ${table} \
WHERE expire_date <= ? LIMIT ${CLEARED_AT_ONCE}) RETURNING 1 AS done`;
  return withText({ read, create, update, removeSeen, remove, clear }, time);
}

/** A date without a time zone; clients would make something of it by theirs. Texts are compared byte by byte, whatever the collation. */
function onMysql(table: string, time: DjangoTime): DjangoStatements {
  const isSeen = "CAST(session_data AS BINARY) = CAST(? AS BINARY)";
  const read = `SELECT session_data AS data, DATE_FORMAT(expire_date, '%Y-%m-%d %H:%i:%s.%f') AS expires \
FROM ${table} WHERE session_key = ?`;
  const create = `INSERT IGNORE INTO ${table} (session_key, session_data, expire_date) VALUES (?, ?, ?)`;
  const update = `UPDATE ${table} SET session_data = ?, expire_date = ? \
WHERE session_key = ? AND ${isSeen} AND expire_date > ?`;
  const removeSeen = `DELETE FROM ${table} WHERE session_key = ? AND ${isSeen}`;
  const remove = `DELETE FROM ${table} WHERE session_key = ?`;
  const clear = `DELETE FROM ${table} WHERE expire_date <= ? ORDER BY expire_date LIMIT ${CLEARED_AT_ONCE}`;
  return withText({ read, create, update, removeSeen, remove, clear }, time);
}

type Texts = Readonly<Record<"read" | "create" | "update" | "removeSeen" | "remove" | "clear", string>>;

function withText(sql: Texts, time: DjangoTime): DjangoStatements {
  return {
    read: (id) => [sql.read, [id]],
    create: (id, text, expires) => [sql.create, [id, text, time.toText(expires)]],
    update: (id, text, expires, seen, now) => [
      sql.update,
      [text, time.toText(expires), id, seen, time.toText(now)],
    ],
    removeSeen: (id, seen) => [sql.removeSeen, [id, seen]],
    remove: (id) => [sql.remove, [id]],
    clear: (now) => [sql.clear, [time.toText(now)]],
    expiresOf: ({ expires }) => time.fromText(String(expires)),
  };
}
