import type { SqlClient, SqlDialect } from "./sql_client.ts";

/**
 * Refuses what is no client.
 *
 * @param who What it was given to, for the message.
 * @param client What should be one.
 * @throws {TypeError} If its dialect is none of the three, or the method is missing.
 */
export function assertSqlClient(who: string, client: unknown): void {
  const { dialect, query } = (client ?? {}) as Partial<SqlClient>;
  if (!DIALECTS.includes(dialect!)) {
    throw new TypeError(
      `Cannot create ${who} as its client's dialect must be ${DIALECTS.join(", ")}: received ${
        JSON.stringify(dialect)
      }`,
    );
  }
  if (typeof query !== "function") {
    throw new TypeError(`Cannot create ${who} as its client must have a method query(sql, values)`);
  }
}

const DIALECTS: readonly SqlDialect[] = ["sqlite", "postgresql", "mysql"];
