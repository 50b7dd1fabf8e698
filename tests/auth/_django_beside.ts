/** A real Django and its database, for tests of what uses that database, too. */

import type { SqlClient } from "../../sessions/sql_client.ts";
import { MARIADB, type MariadbServer, NO_MARIADB, startMariadb } from "../sessions/_mariadb.ts";
import { NO_POSTGRES, POSTGRES, type PostgresServer, startPostgres } from "../sessions/_postgres.ts";
import {
  type OpenClient,
  openMariadb,
  openMysql2,
  openPg,
  openPostgres,
  openSqlite,
} from "../sessions/_sql_clients.ts";
import { DJANGO_PYTHON, NO_DJANGO, type Python, pythonHas, startPython } from "../django/_python.ts";

/** A key for both sides. */
export const KEY = "a key for both sides in tests only, never for visitors";

/** What a request was answered by Django. */
export interface DjangoAnswer {
  readonly status: number;
  readonly body: string;
  readonly cookies: Readonly<Record<string, string>>;
}

/** A Django and a client of its database. */
export interface Beside extends AsyncDisposable {
  readonly django: Python;
  readonly client: SqlClient;
  /** Another client of the same. */
  readonly other: SqlClient;
  /** Sends Django a request. */
  request(method: string, path: string, cookie?: string, form?: Record<string, string>): Promise<DjangoAnswer>;
}

/** What Django is told. */
export interface DjangoStart {
  readonly key?: string;
  readonly fallbacks?: readonly string[];
  readonly settings?: Record<string, unknown>;
}

/** A database that Django can use. */
export interface Database {
  readonly name: string;
  /** Why it can't be tested here, if so. */
  readonly missing: string | undefined;
  /** Starts Django with an empty one. */
  start(options?: DjangoStart): Promise<Beside>;
}

/** Those that are tested. */
export const DATABASES: readonly Database[] = [
  {
    name: "SQLite",
    missing: DJANGO_PYTHON === undefined ? NO_DJANGO : undefined,
    async start(options) {
      const path = await Deno.makeTempFile({ suffix: ".sqlite3" });
      const engine = { ENGINE: "django.db.backends.sqlite3", NAME: path, OPTIONS: { timeout: 20 } };
      const [one, two] = [openSqlite(path), openSqlite(path)];
      return await beside(engine, options, one.client, two.client, [one, two], async () => {
        for (const suffix of ["", "-wal", "-shm"]) await Deno.remove(path + suffix).catch(() => {});
      });
    },
  },
  {
    name: "PostgreSQL",
    missing: DJANGO_PYTHON === undefined
      ? NO_DJANGO
      : POSTGRES === undefined
      ? NO_POSTGRES
      : pythonHas("psycopg")
      ? undefined
      : "needs psycopg for that Python (pip install 'psycopg[binary]')",
    async start(options) {
      const url = await newDatabase(openPg(servers.postgres!.url), servers.postgres!.url);
      const { hostname, port, username, pathname } = new URL(url);
      const engine = {
        ENGINE: "django.db.backends.postgresql",
        NAME: pathname.slice(1),
        USER: username,
        HOST: hostname,
        PORT: port,
      };
      const [one, two] = [openPostgres(url), openPg(url)];
      return await beside(engine, options, one.client, two.client, [one, two]);
    },
  },
  {
    name: "MariaDB",
    missing: DJANGO_PYTHON === undefined
      ? NO_DJANGO
      : MARIADB === undefined
      ? NO_MARIADB
      : pythonHas("pymysql")
      ? undefined
      : "needs PyMySQL for that Python (pip install PyMySQL)",
    async start(options) {
      const url = await newDatabase(openMariadb(servers.mariadb!.url), servers.mariadb!.url);
      const { hostname, port, username, password, pathname } = new URL(url);
      const engine = {
        ENGINE: "django.db.backends.mysql",
        NAME: pathname.slice(1),
        USER: username,
        PASSWORD: password,
        HOST: hostname,
        PORT: port,
      };
      const [one, two] = [openMysql2(url), openMariadb(url)];
      return await beside(engine, options, one.client, two.client, [one, two]);
    },
  },
];

/** The servers of a file of tests. */
const servers: { postgres?: PostgresServer; mariadb?: MariadbServer } = {};
let areRegistered = false;

/** Registers a test for each database, by its name, whether it can be run here or not. */
export function testBeside(name: string, body: (database: Database) => Promise<void>): void {
  registerServers();
  for (const database of DATABASES) {
    const reason = database.missing === undefined ? "" : ` (${database.missing})`;
    Deno.test({
      name: `Django on ${database.name}: ${name}${reason}`,
      ignore: database.missing !== undefined,
      fn: () => body(database),
    });
  }
}

/** One of each for the whole file, since they take longer to start than a test takes. */
function registerServers(): void {
  if (areRegistered) return;
  areRegistered = true;
  const [, postgres, mariadb] = DATABASES;
  Deno.test.beforeAll(async () => {
    if (postgres!.missing === undefined) servers.postgres = await startPostgres({ fsync: "off" });
    if (mariadb!.missing === undefined) servers.mariadb = await startMariadb();
  });
  Deno.test.afterAll(async () => {
    await servers.postgres?.[Symbol.asyncDispose]();
    await servers.mariadb?.[Symbol.asyncDispose]();
  });
}

/** Makes an empty database, and says where it is. */
async function newDatabase({ client, ...opened }: OpenClient, url: string): Promise<string> {
  const name = `d${crypto.randomUUID().replaceAll("-", "")}`;
  await client.query(`CREATE DATABASE ${name}`, []);
  await opened[Symbol.asyncDispose]();
  return Object.assign(new URL(url), { pathname: `/${name}` }).href;
}

async function beside(
  database: unknown,
  start: DjangoStart | undefined,
  client: SqlClient,
  other: SqlClient,
  open: readonly AsyncDisposable[],
  clean: () => Promise<void> = async () => {},
): Promise<Beside> {
  const { key = KEY, fallbacks = [], settings = {} } = start ?? {};
  const program = new URL("_django_beside.py", import.meta.url);
  const django = await startPython(program, { key, fallbacks, settings, database });
  return {
    django,
    client,
    other,
    request: (method, path, cookie = "", form = {}) => django.ask({ do: "request", method, path, cookie, form }),
    async [Symbol.asyncDispose]() {
      await django[Symbol.asyncDispose]();
      for (const each of open) await each[Symbol.asyncDispose]();
      await clean();
    },
  };
}
