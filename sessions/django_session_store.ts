/**
 * Sessions in Django's own table.
 *
 * @module
 */

import { KeyRing } from "../cookies/key_ring.ts";
import { DjangoRows } from "./_django_rows.ts";
import { assertSqlClient } from "./assert_sql_client.ts";
import { DjangoTime } from "./django_time.ts";
import type { SqlClient } from "./sql_client.ts";
import type { ClearExpiredOptions } from "./store.ts";

/** Options of {@linkcode DjangoSessionStore}. */
export interface DjangoSessionStoreOptions {
  /**
   * Django's `SECRET_KEY`, followed by its `SECRET_KEY_FALLBACKS`.
   *
   * @default {the pipeline's}
   */
  keys?: string | readonly string[] | KeyRing;
  /**
   * Django's table; a schema (in MySQL a database) and a dot may come before it.
   *
   * @default {"django_session"}
   */
  table?: string;
  /**
   * Django's `TIME_ZONE`, if its setting `USE_TZ` is `False`: it writes the time of the clock on the wall then. When clocks are put back, an hour is there twice, and what ends
   * in it may end an hour late.
   *
   * @default {undefined: USE_TZ is True, as it is from Django 5.0 on}
   */
  timeZone?: string;
}

/**
 * Keeps sessions where a Django keeps them that has the same visitors: in its table `django_session`, in its format, under its cookie `sessionid`. Either of the two reads and writes what the
 * other has written, so that nobody is signed out while a site moves from the one to the other. In SQLite, PostgreSQL, MySQL or MariaDB, through any client that fits {@linkcode SqlClient}.
 *
 * Django has `SESSION_ENGINE = "django.contrib.sessions.backends.db"` and `SESSION_SERIALIZER` as they are unless somebody has changed them. The keys are its `SECRET_KEY` and fallbacks. The cookie has Django's name without a
 * word here; its other settings have to be the same on both sides: `cookie: { name, domain, path, sameSite }`, and `secure: true` beside `SESSION_COOKIE_SECURE = True`. `idleSeconds` is `SESSION_COOKIE_AGE`.
 *
 * {@linkcode sqliteClient} puts the file into the mode WAL, and Django takes it as it is; give it `"OPTIONS": {"timeout": 20}`, so that it waits where the file is locked.
 *
 * Between requests of this library no change is lost, as with any store: the table has no version, so a row is replaced only if its data is still what was read. A session that either side has ended
 * stays ended: whoever changes it meanwhile gets 400, here as there. The cookie stays then, as Django may have sent a new one.
 *
 * What the table can't do, and no library can change while Django uses it:
 *
 * - **Django writes whole sessions without looking.** Of two requests at the same time, one here and one there, what ours has written may be lost. What both sides write should be
 *   written where nothing runs in parallel, or belongs into a table of its own.
 * - **The ids are in it as they are, and what it holds can be read.** Whoever reads the table, or a backup, can be any visitor. `encrypt` is refused.
 * - **Nobody's sessions can be listed.** There is no column for an owner: `session.owner` is the user who has signed in with `authentication()` or in Django, `setOwner()` with another name is an error when the session is
 *   written, and {@linkcode SessionDirectory} can't be used. A change of the password ends all sessions of a user.
 * - **It doesn't say when a session began**: `absoluteSeconds` and `rotateSeconds` are refused.
 * - **A new id leaves no word under the old one** but in the memory of the process, for a minute. A sign-out at the very moment in which another process, or Django, gives the session a new id (by signing in) ends the old one only, as in Django.
 * - A number that a Python has written and JavaScript can't hold stays as it was, as long as nobody here changes the value it is in.
 *
 * What no key has signed counts as an empty session, and `session.unreadable` tells of it. What is signed and no JSON is an error: a 503.
 *
 * @example
 * ```ts
 * import { pipeline } from "@nuages/web/middleware";
 * import { decodeDjangoSession, DjangoSessionStore, sessions, sqliteClient } from "@nuages/web/sessions";
 * import { KeyRing } from "@nuages/web/cookies";
 * import { assertEquals } from "@std/assert";
 *
 * using client = sqliteClient(":memory:"); // Django's db.sqlite3; `manage.py migrate` has made the table
 * client.database.exec("CREATE TABLE django_session (session_key varchar(40) PRIMARY KEY, session_data text, expire_date datetime)");
 * const secret = crypto.randomUUID() + crypto.randomUUID(); // Django's SECRET_KEY
 *
 * const app = pipeline({ keys: [secret] })
 *   .use(sessions<{ cart: string[] }>({ store: new DjangoSessionStore(client) }))
 *   .handle(async (_request, context) => {
 *     const session = await context.session();
 *     return Response.json(session.update("cart", (cart = []) => [...cart, "emma"]));
 *   });
 *
 * await app(new Request("http://localhost/"));
 * const [row] = client.query("SELECT session_data FROM django_session", []);
 * assertEquals(decodeDjangoSession(String(row!.session_data), new KeyRing(secret)), { cart: ["emma"] });
 * ```
 */
export class DjangoSessionStore {
  /** The keys; `undefined` for the pipeline's. */
  readonly keys: KeyRing | undefined;
  /** Django's database. */
  readonly client: SqlClient;
  /** Django's table. */
  readonly table: string;
  /** Django's `TIME_ZONE`, if it goes by the clock on the wall. */
  readonly timeZone: string | undefined;
  readonly #rows: DjangoRows;

  /**
   * Makes the store. It makes no table: Django does.
   *
   * @param client The client. Whoever made it closes it, after the last request.
   * @param options Keys, table, time zone.
   * @throws {TypeError} If `client` is none, `table` can't be a table's name, `timeZone` is none, or a key is no good.
   * @throws {RangeError} If a key is too short.
   */
  constructor(client: SqlClient, options: DjangoSessionStoreOptions = {}) {
    const { keys, table = "django_session", timeZone } = options;
    assertSqlClient("DjangoSessionStore", client);
    this.client = client;
    this.table = table;
    this.timeZone = timeZone;
    this.#rows = new DjangoRows(client, table, new DjangoTime("DjangoSessionStore", timeZone));
    this.keys = keys === undefined || keys instanceof KeyRing ? keys : new KeyRing(keys);
  }

  /**
   * Removes what has expired, a thousand rows at a time: what `manage.py clearsessions` does.
   *
   * @param options Who is told how far it is, after each thousand.
   * @returns How many rows were removed.
   * @throws {Error} If the database refuses, or can't be reached.
   */
  async clearExpired(options?: ClearExpiredOptions): Promise<number> {
    return await this.#rows.clearExpired(options);
  }
}
