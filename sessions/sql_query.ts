import { whileContended } from "./_sql_retry.ts";
import { outcomeOf, rowsOf } from "./_sql_rows.ts";
import type { SqlClient, SqlRow, SqlValue } from "./sql_client.ts";

/**
 * Asks a database for rows, again while the statement gives way to others.
 *
 * @param client The database.
 * @param sql The statement, with `?` for values in every dialect, and nowhere else.
 * @param values The values.
 * @returns The rows.
 * @throws {Error} What the client throws.
 */
export async function sqlRows(client: SqlClient, sql: string, values: SqlValue[]): Promise<readonly SqlRow[]> {
  return rowsOf(await whileContended(() => client.query(inDialect(client, sql), values)));
}

/**
 * Has a database change something, again while the statement gives way to others.
 *
 * @param client The database.
 * @param sql The statement, as with {@linkcode sqlRows}.
 * @param values The values.
 * @throws {Error} What the client throws.
 */
export async function sqlChange(client: SqlClient, sql: string, values: SqlValue[]): Promise<void> {
  outcomeOf(await whileContended(() => client.query(inDialect(client, sql), values)));
}

function inDialect({ dialect }: SqlClient, sql: string): string {
  if (dialect !== "postgresql") return sql;
  let place = 0;
  return sql.replaceAll("?", () => `$${++place}`);
}
