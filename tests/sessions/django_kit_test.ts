/** The contract of a store, as far as Django's table can keep it: the races first of all. */

import { sessionStoreChecks } from "@nuages/web/testing";
import { assertEquals } from "@std/assert";
import { inDjangoTable } from "./_django_table.ts";
import { MARIADB, type MariadbServer, NO_MARIADB, startMariadb } from "./_mariadb.ts";
import { NO_POSTGRES, POSTGRES, type PostgresServer, startPostgres } from "./_postgres.ts";
import { type OpenClient, openMariadb, openMysql2, openPg, openPostgres } from "./_sql_clients.ts";
import { inSqliteFile, type OpenClients } from "./_sql_stores.ts";

/** What it can't keep, and why that does no harm to sessions, whose ids are never used again. */
const LEFT_OUT: Readonly<Record<string, readonly string[]>> = {
  "there is no column for an owner": [
    "what read() and list() gave is the reader's own",
    "list() of an owner without records gives nothing",
    "list() gives an owner's records as read() does, with their keys",
    "update() gives a record to somebody, to somebody else, and to nobody",
    "a listed version is one that update() takes",
    "what is deleted is on no list",
    "what has expired is on no list, and what was renewed stays",
    "a refused write changes no list",
    "a record that takes the place of a dead one is its own owner's only",
    "owners that differ in case only are different owners",
    "an owner is found by all of its name",
    "an owner is no key, and opens nothing",
    "list() leaves out none of 120, made at once for four owners",
    "list() leaves out no record that is changed meanwhile",
    "list() finds somebody's only session while that moves to another key",
    "lists are right after a record went from hand to hand under many writers",
    "delete() of all that list() gives ends all sessions of somebody",
  ],
  "the text is the version, and the same data in the same second is the same text": [
    "update() with the same text is a new version all the same",
    "a version never comes back",
  ],
  "a dead row keeps its id until it is cleared": [
    "an expired record does not block create(), and its version means nothing",
    "a deadline that has passed already makes a record that never was",
    "clearExpired() keeps what was created over an expired record",
    "of 40 create() at once over an expired record exactly one wins",
  ],
  "a deadline is a whole number of milliseconds": ["a deadline comes back as it was given"],
};
const ALL_LEFT_OUT: ReadonlySet<string> = new Set(Object.values(LEFT_OUT).flat());

let postgres: PostgresServer;
let mariadb: MariadbServer;

testKit("SQLite", inSqliteFile());
testKit(
  "PostgreSQL",
  () => mixed(openPostgres(postgres.url), openPg(postgres.url)),
  POSTGRES ? undefined : NO_POSTGRES,
);
testKit("MariaDB", () => mixed(openMysql2(mariadb.url), openMariadb(mariadb.url)), MARIADB ? undefined : NO_MARIADB);

if (POSTGRES) {
  Deno.test.beforeAll(async () => void (postgres = await startPostgres({ fsync: "off" })));
  Deno.test.afterAll(async () => await postgres[Symbol.asyncDispose]());
}
if (MARIADB) {
  Deno.test.beforeAll(async () => void (mariadb = await startMariadb()));
  Deno.test.afterAll(async () => await mariadb[Symbol.asyncDispose]());
}

Deno.test("what is left out for Django's table is a part of the kit", () => {
  const names = new Set(sessionStoreChecks(() => inDjangoTable(inSqliteFile())).map(({ name }) => name));
  assertEquals([...ALL_LEFT_OUT].filter((name) => !names.has(name)), []);
});

function testKit(name: string, open: OpenClients, missing?: string): void {
  for (const check of sessionStoreChecks(() => inDjangoTable(open))) {
    if (ALL_LEFT_OUT.has(check.name)) continue;
    Deno.test({
      name: `Django's table in ${name}: ${check.name}${missing === undefined ? "" : ` (${missing})`}`,
      ignore: missing !== undefined,
      // The clients of servers keep timers while the kit has a clock of its own.
      sanitizeOps: false,
      sanitizeResources: false,
      fn: () => check.run(),
    });
  }
}

/** Two clients of one server, made by different people. */
// deno-lint-ignore require-await -- as those of other databases are
async function mixed(one: OpenClient, two: OpenClient) {
  return {
    one,
    two,
    close: async () => {
      for (const each of [one, two]) await each[Symbol.asyncDispose]();
    },
  };
}
