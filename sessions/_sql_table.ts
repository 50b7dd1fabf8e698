/** Where the records are: the name of a table, whose characters are certain to be harmless. */
export interface SqlTable {
  /** The schema of PostgreSQL, the database of MySQL, the attached database of SQLite; the connection's own if left out. */
  readonly schema: string | undefined;
  /** The table's own name. */
  readonly name: string;
}

/**
 * Reads the option `table`, and refuses what could mean anything but a name.
 *
 * @param table What the user gave.
 * @param who What it was given to, for the message.
 * @returns The parts.
 * @throws {TypeError} If it is no name.
 */
export function parseTable(table: string, who = "SqlStore"): SqlTable {
  const match = typeof table === "string" ? TABLE_REGEXP.exec(table) : null;
  if (!match) {
    throw new TypeError(
      `Cannot create ${who} as table must be a name of at most 40 letters, digits and _ that begins with no digit, ` +
        `a schema and a dot before it if need be: received ${JSON.stringify(table)}`,
    );
  }
  return { schema: match[1], name: match[2]! };
}

/**
 * Writes a table's name, or one that is derived from it, as SQL.
 *
 * @param table The table.
 * @param quote What the dialect puts around names, so that none is a reserved word.
 * @param suffix What comes after the name.
 * @returns The name, with its schema.
 */
export function quoted({ schema, name }: SqlTable, quote: string, suffix = ""): string {
  const own = `${quote}${name}${suffix}${quote}`;
  return schema === undefined ? own : `${quote}${schema}${quote}.${own}`;
}

/** 40, since a name has at most 63 bytes in PostgreSQL and 64 in MySQL, and indexes add something to it. */
const TABLE_REGEXP = /^(?:([A-Za-z_][A-Za-z0-9_]{0,39})\.)?([A-Za-z_][A-Za-z0-9_]{0,39})$/;
