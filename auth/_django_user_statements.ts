import type { DjangoTime } from "../sessions/django_time.ts";
import type { SqlDialect, SqlValue } from "../sessions/sql_client.ts";

/** A statement with `?` for values in every dialect, and the values. */
type Statement = readonly [sql: string, values: SqlValue[]];

/** What Django's tables of users are called. */
export interface DjangoUserTables {
  /** The table of users; a schema and a dot may come before it. */
  readonly table: string;
  /** The column with what they sign in with. */
  readonly nameColumn: string;
  /** The column with the user in the tables of their groups and permissions. */
  readonly userColumn: string;
}

/** What Django's tables of users are asked, in the words of a dialect. */
export class DjangoUserStatements {
  readonly #dialect: SqlDialect;
  readonly #time: DjangoTime;
  readonly #users: string;
  readonly #groups: string;
  readonly #permissions: string;
  readonly #name: string;
  readonly #owner: string;

  /**
   * @param dialect The dialect.
   * @param tables What the tables are called.
   * @param time How dates without a time zone are written.
   */
  constructor(dialect: SqlDialect, { table, nameColumn, userColumn }: DjangoUserTables, time: DjangoTime) {
    const quote = dialect === "mysql" ? "`" : '"';
    const quoted = (name: string) => name.split(".").map((part) => quote + part + quote).join(".");
    this.#dialect = dialect;
    this.#time = time;
    this.#users = quoted(table);
    this.#groups = quoted(`${table}_groups`);
    this.#permissions = quoted(`${table}_user_permissions`);
    this.#name = quoted(nameColumn);
    this.#owner = quoted(userColumn);
  }

  /** Reads a user by their id. */
  find(id: string): Statement {
    return [`SELECT ${this.#columns()} FROM ${this.#users} WHERE id = ${this.#key(id)}`, [this.#value(id)]];
  }

  /** Reads users by what they sign in with. */
  findByName(name: string): Statement {
    return [`SELECT ${this.#columns()} FROM ${this.#users} WHERE ${this.#name} = ?`, [name]];
  }

  /** Puts a password in the place of another. */
  replacePassword(id: string, password: string, previous: string): Statement {
    const isOld = this.#dialect === "mysql" ? "CAST(password AS BINARY) = CAST(? AS BINARY)" : "password = ?";
    const sql = `UPDATE ${this.#users} SET password = ? WHERE id = ${this.#key(id)} AND ${isOld}`;
    return [sql, [password, this.#value(id), previous]];
  }

  /** Notes when somebody has signed in. */
  recordLogin(id: string, instant: number): Statement {
    const [time, value] = this.#dialect === "postgresql"
      ? ["to_timestamp(CAST(? AS double precision) / 1000)", instant]
      : ["?", this.#time.toText(instant)];
    return [`UPDATE ${this.#users} SET last_login = ${time} WHERE id = ${this.#key(id)}`, [value, this.#value(id)]];
  }

  /** Reads the `app` and the `codename` of what a user may do, by themselves and by their groups. */
  permissions(id: string): Statement {
    const [key, value, owner] = [this.#key(id), this.#value(id), this.#owner];
    const sql = `${PERMISSIONS} WHERE p.id IN (SELECT permission_id FROM ${this.#permissions} \
WHERE ${owner} = ${key}) OR p.id IN (SELECT g.permission_id FROM auth_group_permissions g \
JOIN ${this.#groups} u ON u.group_id = g.group_id WHERE u.${owner} = ${key})`;
    return [sql, [value, value]];
  }

  /** Reads the `app` and the `codename` of all permissions. */
  allPermissions(): Statement {
    return [PERMISSIONS, []];
  }

  /** Reads the `name` of their groups. */
  groups(id: string): Statement {
    const sql = `SELECT g.name AS name FROM auth_group g JOIN ${this.#groups} u ON u.group_id = g.id \
WHERE u.${this.#owner} = ${this.#key(id)} ORDER BY g.name`;
    return [sql, [this.#value(id)]];
  }

  /** As a text, since clients make different things of large numbers and UUIDs. */
  #columns(): string {
    return `*, CAST(id AS ${this.#dialect === "mysql" ? "CHAR" : "text"}) AS nuages_id`;
  }

  /** The place of an id: PostgreSQL compares nothing with a text that is none. */
  #key(id: string): string {
    return this.#dialect !== "postgresql" ? "?" : isUuid(id) ? "CAST(? AS uuid)" : "CAST(? AS bigint)";
  }

  /** Django keeps a UUID without its dashes where the database has no type for it. */
  #value(id: string): string {
    return isUuid(id) && this.#dialect !== "postgresql" ? id.replaceAll("-", "") : id;
  }
}

/**
 * Whether a text can be the id of a user in Django: a number or a UUID.
 *
 * @param id The text.
 * @returns Whether it can.
 */
export function isDjangoUserId(id: string): boolean {
  return NUMBER_REGEXP.test(id) && BigInt.asIntN(64, BigInt(id)) === BigInt(id) || isUuid(id);
}

/**
 * The id of a user as Django writes it into sessions.
 *
 * @param column What a database gives for it, as a text.
 * @returns The id.
 */
export function djangoUserId(column: string): string {
  return BARE_UUID_REGEXP.test(column) ? column.replace(BARE_UUID_REGEXP, "$1-$2-$3-$4-$5") : column;
}

function isUuid(id: string): boolean {
  return UUID_REGEXP.test(id);
}

const PERMISSIONS = "SELECT t.app_label AS app, p.codename AS codename FROM auth_permission p " +
  "JOIN django_content_type t ON t.id = p.content_type_id";
/** What may fit a `bigint`. */
const NUMBER_REGEXP = /^-?\d{1,19}$/;
const UUID_REGEXP = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const BARE_UUID_REGEXP = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/;
