import { mysqlStatements } from "./_sql_mysql.ts";
import { postgresqlStatements } from "./_sql_postgresql.ts";
import { sqliteStatements } from "./_sql_sqlite.ts";
import type { SqlStatements } from "./_sql_statements.ts";
import type { SqlTable } from "./_sql_table.ts";
import type { SqlDialect } from "./sql_client.ts";

/**
 * Finds the words of a dialect.
 *
 * @param dialect The dialect.
 * @param table Where the records are.
 * @returns What to ask.
 */
export function statementsOf(dialect: SqlDialect, table: SqlTable): SqlStatements {
  if (dialect === "sqlite") return sqliteStatements(table);
  return dialect === "postgresql" ? postgresqlStatements(table) : mysqlStatements(table);
}
