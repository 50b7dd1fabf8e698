import { CLEARED_AT_ONCE, type SqlStatements } from "./_sql_statements.ts";
import { clearedByRow, outcomeOf } from "./_sql_rows.ts";
import { quoted, type SqlTable } from "./_sql_table.ts";

/**
 * What a store asks PostgreSQL, from 11 on.
 *
 * Every write of a session moves its deadline, and a row can't be replaced within its page, without new entries in all
 * indexes, if an index names what has changed. So the index is not on `expires` but on `due`, which is never later and stays when a
 * session is renewed. Clearing looks at what is due, and moves `due` where it finds a session that lives on.
 *
 * @param table Where the records are.
 * @returns What to ask.
 */
export function postgresqlStatements(table: SqlTable): SqlStatements {
  const records = quoted(table, '"');
  const versions = quoted(table, '"', "_schema");

  const read = `SELECT data, expires, version, owner FROM ${records} WHERE session_key = $1 AND expires > $2`;
  const version = `SELECT version FROM ${records} WHERE session_key = $1 AND expires > $2`;
  const create = `INSERT INTO ${records} AS old (session_key, data, expires, due, version, owner) \
VALUES ($1, $2, $3, $3, $4, $5) ON CONFLICT (session_key) DO UPDATE SET data = excluded.data, \
expires = excluded.expires, due = excluded.due, version = excluded.version, owner = excluded.owner \
WHERE old.expires <= $6 RETURNING version`;
  const update = `UPDATE ${records} SET data = $1, expires = $2, due = LEAST(due, $2), version = $3, owner = $4 \
WHERE session_key = $5 AND version = $6 AND expires > $7 RETURNING version`;
  const remove = `DELETE FROM ${records} WHERE session_key = $1`;
  const list = `SELECT session_key, data, expires, version, owner FROM ${records} WHERE owner = $1 AND expires > $2`;
  // What others are writing just now is left to the next time, so that nobody waits for anybody.
  const clear = `WITH due AS (SELECT session_key FROM ${records} WHERE due <= $1 \
ORDER BY due LIMIT ${CLEARED_AT_ONCE} FOR UPDATE SKIP LOCKED), \
gone AS (DELETE FROM ${records} AS r USING due WHERE r.session_key = due.session_key AND r.expires <= $1 RETURNING 1), \
moved AS (UPDATE ${records} AS r SET due = r.expires FROM due \
WHERE r.session_key = due.session_key AND r.expires > $1 RETURNING 1) \
SELECT (SELECT count(*) FROM gone)::integer AS removed, (SELECT count(*) FROM moved)::integer AS moved`;
  const recordVersion = `INSERT INTO ${versions} (version) VALUES ($1) ON CONFLICT DO NOTHING`;

  return {
    read: (key, now) => [read, [key, now]],
    version: (key, now) => [version, [key, now]],
    create: (row, now) => [create, [row.key, row.bytes, row.expires, row.version, row.owner, now]],
    updates: [(row, seen, now) => [update, [row.bytes, row.expires, row.version, row.owner, row.key, seen, now]]],
    remove: (key) => [remove, [key]],
    list: (owner, now) => [list, [owner, now]],
    clearing: [{ statement: (now) => [clear, [now]], done: clearedByRow }],
    clearedAtOnce: CLEARED_AT_ONCE,
    outcome: outcomeOf,
    wasCreated: ({ count }) => count === 1,
    migrations: [[
      // Room on every page for the next version of a row, which then needs no new entries in the indexes.
      `CREATE TABLE IF NOT EXISTS ${records} (session_key text COLLATE "C" NOT NULL PRIMARY KEY, data bytea NOT NULL, \
expires double precision NOT NULL, due double precision NOT NULL, version text COLLATE "C" NOT NULL, owner text COLLATE "C") WITH (fillfactor = 80)`,
      `CREATE INDEX IF NOT EXISTS "${table.name}_due" ON ${records} (due)`,
      `CREATE INDEX IF NOT EXISTS "${table.name}_owner" ON ${records} (owner) WHERE owner IS NOT NULL`,
    ]],
    newestVersion: `SELECT MAX(version) AS version FROM ${versions}`,
    createVersions: `CREATE TABLE IF NOT EXISTS ${versions} (version integer NOT NULL PRIMARY KEY)`,
    recordVersion: (version) => [recordVersion, [version]],
  };
}
