import type { SqlStatements, Statement } from "./_sql_statements.ts";
import { isMadeAlready, isMissingTable } from "./_sql_errors.ts";
import type { SqlAnswer } from "./sql_client.ts";

/**
 * Brings the tables to the newest version that this library knows. Each version is written down in a table of its own once it is
 * reached. Every statement can be repeated and does no harm beside another process that is at the same, so that no lock
 * has to be held from one statement to the next: a pool of connections couldn't.
 *
 * @param name What the table is called, for the message.
 * @param statements What to ask.
 * @param run Asks it.
 * @throws {Error} If a newer version of the library has made the tables.
 */
export async function migrate(
  name: string,
  statements: SqlStatements,
  run: (statement: Statement) => Promise<SqlAnswer>,
): Promise<void> {
  const newest = statements.migrations.length;
  // First of all, so that a user of the database who may only read and write gets through when there is nothing to do.
  const found = await versionOf(statements, run);
  if (found > newest) {
    throw new Error(
      `Cannot use SqlStore with table ${name} as its schema has version ${found} and this version of the library ` +
        `knows up to ${newest}: update the library, or give the store a table of its own`,
    );
  }
  if (found === newest) return;
  await make(statements.createVersions, run);
  for (let version = found + 1; version <= newest; version++) {
    for (const sql of statements.migrations[version - 1]!) await make(sql, run);
    await run(statements.recordVersion(version));
  }
}

async function versionOf(
  { newestVersion }: SqlStatements,
  run: (statement: Statement) => Promise<SqlAnswer>,
): Promise<number> {
  try {
    const answer = await run([newestVersion, []]);
    return Array.isArray(answer) ? Number(answer[0]?.version ?? 0) : 0;
  } catch (error) {
    if (isMissingTable(error)) return 0;
    throw error;
  }
}

async function make(sql: string, run: (statement: Statement) => Promise<SqlAnswer>): Promise<void> {
  try {
    await run([sql, []]);
  } catch (error) {
    if (!isMadeAlready(error)) throw error;
  }
}
