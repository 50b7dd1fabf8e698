import { keyNumber } from "./_sql_key_number.ts";
import type { SqlStatements } from "./_sql_statements.ts";
import { clearedByCount, countedOutcome } from "./_sql_rows.ts";
import { quoted, type SqlTable } from "./_sql_table.ts";

/**
 * What a store asks SQLite, from 3.37 on. It answers by counts: for `RETURNING` SQLite makes a table each time, which takes a third as long as the write itself.
 *
 * A row lies where the number of its key says, so that finding it takes one tree and not two: among a million records that is one page of the file instead of
 * three. Where two keys have the same number, the second can't be created; `session_key` is compared all the same, lest one is taken for the other.
 *
 * Every write of a session moves its deadline, and an index that a statement names is written again, on a page of its own. So the index is on `due`, which is
 * never later than the deadline and stays when a session is renewed, and the statement that most writes need names neither `due` nor
 * `owner`: it finds nothing where one of them has to change, and the other one follows. Clearing moves `due` where it finds a session that lives on.
 *
 * @param table Where the records are.
 * @returns What to ask.
 */
export function sqliteStatements(table: SqlTable): SqlStatements {
  const records = quoted(table, '"');
  const versions = quoted(table, '"', "_schema");
  // Of an index, SQLite wants the schema before its own name, and none before its table's.
  const bare = `"${table.name}"`;

  const here = "id = (? << 32) | ? AND session_key = ?";
  const read = `SELECT data, expires, version, owner FROM ${records} WHERE ${here} AND expires > ?`;
  const version = `SELECT version FROM ${records} WHERE ${here} AND expires > ?`;
  const create =
    `INSERT INTO ${records} (id, session_key, data, expires, due, version, owner) VALUES ((? << 32) | ?, ?, ?, ?, ?, ?, ?) \
ON CONFLICT (id) DO UPDATE SET session_key = excluded.session_key, data = excluded.data, expires = excluded.expires, due = excluded.due, \
version = excluded.version, owner = excluded.owner WHERE ${bare}.expires <= ?`;
  const renew = `UPDATE ${records} SET data = ?, expires = ?, version = ? \
WHERE ${here} AND version = ? AND expires > ? AND due <= ? AND owner IS ?`;
  const update = `UPDATE ${records} SET data = ?, expires = ?, due = MIN(due, ?), version = ?, owner = ? \
WHERE ${here} AND version = ? AND expires > ?`;
  const remove = `DELETE FROM ${records} WHERE ${here}`;
  const list = `SELECT session_key, data, expires, version, owner FROM ${records} WHERE owner = ? AND expires > ?`;
  // Both look at what the index has first, and at nothing else: one moves what lives on out of the way of the other, which removes the rest.
  const first = `id IN (SELECT id FROM ${records} WHERE due <= ? ORDER BY due LIMIT ${CLEARED_AT_ONCE})`;
  const move = `UPDATE ${records} SET due = expires WHERE ${first} AND expires > ?`;
  const clear = `DELETE FROM ${records} WHERE ${first} AND expires <= ?`;
  const recordVersion = `INSERT INTO ${versions} (version) VALUES (?) ON CONFLICT DO NOTHING`;

  return {
    read: (key, now) => [read, [...keyNumber(key), key, now]],
    version: (key, now) => [version, [...keyNumber(key), key, now]],
    create: (row, now) => [
      create,
      [...keyNumber(row.key), row.key, row.bytes, row.expires, row.expires, row.version, row.owner, now],
    ],
    updates: [
      ({ bytes, expires, version, key, owner }, seen, now) => [
        renew,
        [bytes, expires, version, ...keyNumber(key), key, seen, now, expires, owner],
      ],
      ({ bytes, expires, version, key, owner }, seen, now) => [
        update,
        [bytes, expires, expires, version, owner, ...keyNumber(key), key, seen, now],
      ],
    ],
    remove: (key) => [remove, [...keyNumber(key), key]],
    list: (owner, now) => [list, [owner, now]],
    clearing: [
      {
        statement: (now) => [move, [now, now]],
        done: (answer) => ({ removed: 0, seen: countedOutcome(answer).count }),
      },
      { statement: (now) => [clear, [now, now]], done: clearedByCount },
    ],
    clearedAtOnce: CLEARED_AT_ONCE,
    outcome: countedOutcome,
    wasCreated: ({ count }) => count === 1,
    migrations: [[
      // The number is the row's own, of a table whose pages hold rows below and numbers above: a large record would make every
      // page of a table WITHOUT ROWID hold few of them.
      `CREATE TABLE IF NOT EXISTS ${records} (id INTEGER PRIMARY KEY, session_key TEXT NOT NULL, data BLOB NOT NULL, \
expires REAL NOT NULL, due REAL NOT NULL, version TEXT NOT NULL, owner TEXT) STRICT`,
      `CREATE INDEX IF NOT EXISTS ${quoted(table, '"', "_due")} ON ${bare} (due)`,
      `CREATE INDEX IF NOT EXISTS ${quoted(table, '"', "_owner")} ON ${bare} (owner) WHERE owner IS NOT NULL`,
    ]],
    newestVersion: `SELECT MAX(version) AS version FROM ${versions}`,
    createVersions: `CREATE TABLE IF NOT EXISTS ${versions} (version INTEGER NOT NULL PRIMARY KEY) STRICT`,
    recordVersion: (version) => [recordVersion, [version]],
  };
}

/** Few, as the program stands still meanwhile: among a million sessions each lies on a page of its own, and that takes some 3 ms. */
const CLEARED_AT_ONCE = 250;
