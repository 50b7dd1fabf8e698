import { CLEARED_AT_ONCE, type SqlStatements } from "./_sql_statements.ts";
import { clearedByCount, countedOutcome } from "./_sql_rows.ts";
import { quoted, type SqlTable } from "./_sql_table.ts";

/**
 * What a store asks MySQL, from 5.7 on, or MariaDB, from 10.2 on. Only what both understand, so nothing is `RETURNING`.
 *
 * @param table Where the records are.
 * @returns What to ask.
 */
export function mysqlStatements(table: SqlTable): SqlStatements {
  const records = quoted(table, "`");
  const versions = quoted(table, "`", "_schema");

  const read = `SELECT data, expires, version, owner FROM ${records} WHERE session_key = ? AND expires > ?`;
  const version = `SELECT version FROM ${records} WHERE session_key = ? AND expires > ?`;
  // The number of rows doesn't tell a record that was made from one that was left alone: clients can choose what is
  // counted. So the latter sets LAST_INSERT_ID, which comes with the answer. `expires` is last, as all others look at it.
  const create = `INSERT INTO ${records} (session_key, data, expires, version, owner) VALUES (?, ?, ?, ?, ?) \
ON DUPLICATE KEY UPDATE version = IF(expires <= ?, VALUES(version), IF(LAST_INSERT_ID(1) = 1, version, version)), \
data = IF(expires <= ?, VALUES(data), data), owner = IF(expires <= ?, VALUES(owner), owner), \
expires = IF(expires <= ?, VALUES(expires), expires)`;
  const update = `UPDATE ${records} SET data = ?, expires = ?, version = ?, owner = ? \
WHERE session_key = ? AND version = ? AND expires > ?`;
  const remove = `DELETE FROM ${records} WHERE session_key = ?`;
  const list = `SELECT session_key, data, expires, version, owner FROM ${records} WHERE owner = ? AND expires > ?`;
  const clear = `DELETE FROM ${records} WHERE expires <= ? ORDER BY expires LIMIT ${CLEARED_AT_ONCE}`;
  const recordVersion = `INSERT IGNORE INTO ${versions} (version) VALUES (?)`;

  return {
    read: (key, now) => [read, [key, now]],
    version: (key, now) => [version, [key, now]],
    create: (row, now) => [create, [row.key, row.bytes, row.expires, row.version, row.owner, now, now, now, now]],
    updates: [(row, seen, now) => [update, [row.bytes, row.expires, row.version, row.owner, row.key, seen, now]]],
    remove: (key) => [remove, [key]],
    list: (owner, now) => [list, [owner, now]],
    clearing: [{ statement: (now) => [clear, [now]], done: clearedByCount }],
    clearedAtOnce: CLEARED_AT_ONCE,
    outcome: countedOutcome,
    wasCreated: ({ count, insertId }) => count > 0 && insertId === 0,
    migrations: [[
      `CREATE TABLE IF NOT EXISTS ${records} (session_key CHAR(43) ${ASCII} NOT NULL PRIMARY KEY, data LONGBLOB NOT NULL, \
expires DOUBLE NOT NULL, version CHAR(36) ${ASCII} NOT NULL, owner CHAR(43) ${ASCII} NULL, \
KEY \`${table.name}_expires\` (expires), KEY \`${table.name}_owner\` (owner)) ENGINE = InnoDB`,
    ]],
    newestVersion: `SELECT MAX(version) AS version FROM ${versions}`,
    createVersions: `CREATE TABLE IF NOT EXISTS ${versions} (version INT NOT NULL PRIMARY KEY) ENGINE = InnoDB`,
    recordVersion: (version) => [recordVersion, [version]],
  };
}

/** Compares byte by byte, whatever the server's own collation does with capitals. */
const ASCII = "CHARACTER SET ascii COLLATE ascii_bin";
