/**
 * The users of a Django.
 *
 * @module
 */

import { assertSqlClient } from "../sessions/assert_sql_client.ts";
import { DjangoTime } from "../sessions/django_time.ts";
import type { SqlClient, SqlRow } from "../sessions/sql_client.ts";
import { sqlChange, sqlRows } from "../sessions/sql_query.ts";
import { djangoUserId, DjangoUserStatements, isDjangoUserId } from "./_django_user_statements.ts";
import type { Account, User, UserSource } from "./user_source.ts";

/** A user of a Django, as views see them. */
export interface DjangoUser extends User {
  /** Their address; "" if there is none. */
  readonly email: string;
  /** Their first name; "" if there is none. */
  readonly firstName: string;
  /** Their last name; "" if there is none. */
  readonly lastName: string;
  /** Whether they may enter Django's admin. */
  readonly isStaff: boolean;
  /** Whether they may do everything. */
  readonly isSuperuser: boolean;
}

/**
 * Options of {@linkcode djangoUsers}.
 *
 * @typeParam U The user.
 */
export interface DjangoUsersOptions<U extends DjangoUser = DjangoUser> {
  /**
   * The table of users, for an `AUTH_USER_MODEL` of one's own: `accounts_user`. Its columns are Django's; of those that only `AbstractUser` has, any may be missing.
   *
   * @default {"auth_user"}
   */
  table?: string;
  /**
   * The column with what they sign in with. (Django's `USERNAME_FIELD`.)
   *
   * @default {"username"}
   */
  nameColumn?: string;
  /**
   * The column with the user in the tables of their groups and permissions: the name of the model in small letters, and `_id`.
   *
   * @default {"user_id"}
   */
  userColumn?: string;
  /**
   * Django's `TIME_ZONE`, if its setting `USE_TZ` is `False`.
   *
   * @default {undefined: USE_TZ is True, as it is from Django 5.0 on}
   */
  timeZone?: string;
  /**
   * Whether a sign-in is noted in the column `last_login`, as Django does it.
   *
   * @default {true}
   */
  recordLogin?: boolean;
  /**
   * What views get of a user, if it is more than {@linkcode DjangoUser}: from the row, which is without the password here.
   *
   * @default {(user) => user}
   */
  toUser?: (user: DjangoUser, row: SqlRow) => U;
}

/**
 * Where {@linkcode djangoUsers} takes users from.
 *
 * @typeParam U The user.
 */
export interface DjangoUserSource<U extends DjangoUser = DjangoUser> extends UserSource<U> {
  /** As in {@linkcode UserSource}: whether a user may do something, by themselves, by their groups, or as they may do everything. */
  hasPermissions(user: NoInfer<U>, permissions: readonly string[]): Promise<boolean>;
  /**
   * What a user was given, by themselves and by their groups. (Django's `get_all_permissions()`; of a superuser, who may do everything, that lists all there are; of who is not active, nothing.)
   *
   * @param user The user.
   * @returns Such as `shop.add_book`. It is asked once for each object, as Django does, so that a request sees the same throughout.
   */
  permissions(user: User): Promise<ReadonlySet<string>>;
  /**
   * In which groups a user is.
   *
   * @param user The user.
   * @returns Their names.
   */
  groups(user: User): Promise<string[]>;
}

/**
 * Takes users from the tables of a Django: `auth_user`, with passwords in all formats that {@linkcode Passwords} reads, groups and permissions. Who has signed in there is signed in here, and the reverse, where
 * sessions are shared, too (`DjangoSessionStore`): signing out or a change of the password on either side ends it on both.
 *
 * A password that was stored in a weaker way than is usual now is stored anew at sign-in. Whatever Django's settings `PASSWORD_HASHERS` say should be what `authentication({ passwords })` makes: each
 * sign-in would change it to and fro otherwise, and end the user's other sessions.
 *
 * Names are compared as Django's sign-in form does: without white space around them, and in Unicode's form NFKC. Ids are numbers or UUIDs.
 *
 * @typeParam U The user.
 * @param client Django's database, as with `SqlStore`.
 * @param options Where the tables differ from Django's own.
 * @returns What {@linkcode authentication} takes as `users`.
 * @throws {TypeError} If `client` is none, a name can't be one, or there is no such time zone.
 *
 * @example
 * ```ts
 * import { djangoUsers } from "@nuages/web/auth";
 * import { sqliteClient } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * using client = sqliteClient(":memory:"); // Django's db.sqlite3; `manage.py migrate` has made the table
 * client.database.exec(`CREATE TABLE auth_user (id integer PRIMARY KEY, username varchar(150), password varchar(128),
 *   email varchar(254), first_name varchar(150), last_name varchar(150), is_active bool, is_staff bool, is_superuser bool, last_login datetime)`);
 * client.database.exec("INSERT INTO auth_user VALUES (1, 'ada', '!', 'ada@shop.example', 'Ada', 'Lovelace', 1, 0, 0, NULL)");
 * const users = djangoUsers(client);
 *
 * const account = await users.findByName("ada");
 * assertEquals(account?.user.firstName, "Ada");
 * assertEquals(account?.user.isStaff, false);
 * ```
 */
export function djangoUsers<U extends DjangoUser = DjangoUser>(
  client: SqlClient,
  options: DjangoUsersOptions<U> = {},
): DjangoUserSource<U> {
  const { table = "auth_user", nameColumn = "username", userColumn = "user_id", timeZone, recordLogin = true } =
    options;
  const { toUser = (user) => user as U } = options;
  assertSqlClient("djangoUsers", client);
  assertName("table", table, TABLE_REGEXP);
  assertName("nameColumn", nameColumn, COLUMN_REGEXP);
  assertName("userColumn", userColumn, COLUMN_REGEXP);
  const time = new DjangoTime("djangoUsers", timeZone);
  const statements = new DjangoUserStatements(client.dialect, { table, nameColumn, userColumn }, time);
  /** What is known of users that were found, whatever `toUser` has made of them. */
  const standings = new WeakMap<object, Standing>();
  const known = new WeakMap<object, Promise<ReadonlySet<string>>>();

  function accountOf(row: SqlRow | undefined): Account<U> | undefined {
    if (row === undefined) return undefined;
    const { password, nuages_id: id, ...columns } = row;
    const user = toUser({
      id: djangoUserId(String(id)),
      name: textOf(columns[nameColumn]),
      email: textOf(columns.email),
      firstName: textOf(columns.first_name),
      lastName: textOf(columns.last_name),
      isStaff: isTrue(columns.is_staff ?? false),
      isSuperuser: isTrue(columns.is_superuser ?? false),
    }, columns);
    // A model without the column has nobody who may not sign in.
    const active = isTrue(columns.is_active ?? true);
    standings.set(user, !active ? "inactive" : isTrue(columns.is_superuser ?? false) ? "superuser" : "user");
    return { user, password: textOf(password), active };
  }

  async function find(id: string): Promise<Account<U> | undefined> {
    if (!isDjangoUserId(id)) return undefined;
    return accountOf((await sqlRows(client, ...statements.find(id)))[0]);
  }

  async function standingOf(user: User): Promise<Standing> {
    const found = standings.get(user);
    if (found !== undefined) return found;
    const account = await find(user.id);
    return (account && standings.get(account.user)) ?? "inactive";
  }

  async function askPermissions(user: User): Promise<ReadonlySet<string>> {
    const standing = await standingOf(user);
    if (standing === "inactive") return new Set();
    const all = standing === "superuser";
    const rows = await sqlRows(client, ...(all ? statements.allPermissions() : statements.permissions(user.id)));
    return new Set(rows.map(({ app, codename }) => `${app}.${codename}`));
  }

  async function permissions(user: User): Promise<ReadonlySet<string>> {
    let found = known.get(user);
    if (found === undefined) known.set(user, found = askPermissions(user));
    return await found;
  }

  return {
    find,
    async findByName(name) {
      const [row] = await sqlRows(client, ...statements.findByName(name.trim().normalize("NFKC")));
      return accountOf(row);
    },
    async replacePassword({ id }, password, previous) {
      await sqlChange(client, ...statements.replacePassword(id, password, previous));
    },
    async hasPermissions(user, wanted) {
      if (await standingOf(user) === "superuser") return true;
      const held = await permissions(user);
      return wanted.every((permission) => held.has(permission));
    },
    permissions,
    async groups({ id }) {
      return (await sqlRows(client, ...statements.groups(id))).map(({ name }) => String(name));
    },
    ...(recordLogin && {
      async recordLogin({ id }: U) {
        await sqlChange(client, ...statements.recordLogin(id, Date.now()));
      },
    }),
  };
}

/** What a user may do at all. Who is not active, or is not there, may do nothing, as in Django. */
type Standing = "user" | "superuser" | "inactive";

function assertName(option: string, value: unknown, pattern: RegExp): void {
  if (typeof value === "string" && pattern.test(value)) return;
  throw new TypeError(
    `Cannot create djangoUsers as ${option} must be a name of letters, digits and _: received ${Deno.inspect(value)}`,
  );
}

function textOf(column: unknown): string {
  return typeof column === "string" ? column : "";
}

/** Databases say it in their own ways. */
function isTrue(column: unknown): boolean {
  return column === true || Number(column) === 1;
}

const COLUMN_REGEXP = /^[A-Za-z_][A-Za-z0-9_]{0,59}$/;
const TABLE_REGEXP = /^([A-Za-z_][A-Za-z0-9_]{0,39}\.)?[A-Za-z_][A-Za-z0-9_]{0,43}$/;
