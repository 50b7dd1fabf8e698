import { CLEARED_AT_ONCE, type SqlStatements } from "./_sql_statements.ts";
import { clearedByCount } from "./_sql_rows.ts";
import { quoted, type SqlTable } from "./_sql_table.ts";

/**
 * What a store asks SQLite, from 3.37 on.
 *
 * @param table Where the records are.
 * @returns What to ask.
 */
export function sqliteStatements(table: SqlTable): SqlStatements {
  const records = quoted(table, '"');
  const versions = quoted(table, '"', "_schema");
  // Of an index, SQLite wants the schema before its own name, and none before its table's.
  const bare = `"${table.name}"`;

  const read = `SELECT data, expires, version, owner FROM ${records} WHERE session_key = ? AND expires > ?`;
  const version = `SELECT version FROM ${records} WHERE session_key = ? AND expires > ?`;
  const create = `INSERT INTO ${records} (session_key, data, expires, version, owner) VALUES (?, ?, ?, ?, ?) \
ON CONFLICT (session_key) DO UPDATE SET data = excluded.data, expires = excluded.expires, version = excluded.version, \
owner = excluded.owner WHERE ${bare}.expires <= ? RETURNING version`;
  const update = `UPDATE ${records} SET data = ?, expires = ?, version = ?, owner = ? \
WHERE session_key = ? AND version = ? AND expires > ? RETURNING version`;
  const remove = `DELETE FROM ${records} WHERE session_key = ?`;
  const list = `SELECT session_key, data, expires, version, owner FROM ${records} WHERE owner = ? AND expires > ?`;
  const clear = `DELETE FROM ${records} WHERE rowid IN \
(SELECT rowid FROM ${records} WHERE expires <= ? LIMIT ${CLEARED_AT_ONCE}) RETURNING 1`;
  const recordVersion = `INSERT INTO ${versions} (version) VALUES (?) ON CONFLICT DO NOTHING`;

  return {
    read: (key, now) => [read, [key, now]],
    version: (key, now) => [version, [key, now]],
    create: (row, now) => [create, [row.key, row.bytes, row.expires, row.version, row.owner, now]],
    update: (row, seen, now) => [update, [row.bytes, row.expires, row.version, row.owner, row.key, seen, now]],
    remove: (key) => [remove, [key]],
    list: (owner, now) => [list, [owner, now]],
    clear: (now) => [clear, [now]],
    cleared: clearedByCount,
    wasCreated: ({ count }) => count === 1,
    migrations: [[
      // With rows by number, not by key: a large record would make every page of a tree by key hold few of them.
      `CREATE TABLE IF NOT EXISTS ${records} (session_key TEXT NOT NULL PRIMARY KEY, data BLOB NOT NULL, \
expires REAL NOT NULL, version TEXT NOT NULL, owner TEXT) STRICT`,
      `CREATE INDEX IF NOT EXISTS ${quoted(table, '"', "_expires")} ON ${bare} (expires)`,
      `CREATE INDEX IF NOT EXISTS ${quoted(table, '"', "_owner")} ON ${bare} (owner) WHERE owner IS NOT NULL`,
    ]],
    newestVersion: `SELECT MAX(version) AS version FROM ${versions}`,
    createVersions: `CREATE TABLE IF NOT EXISTS ${versions} (version INTEGER NOT NULL PRIMARY KEY) STRICT`,
    recordVersion: (version) => [recordVersion, [version]],
  };
}
