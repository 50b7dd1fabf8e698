/** Django's table of sessions without Django, and a store of ours in it, so that the kit can be run against it. */

import { KeyRing } from "@nuages/web/cookies";
import { decodeDjangoSession, encodeDjangoSession, type SessionStore, type SqlClient } from "@nuages/web/sessions";
import { DjangoRows } from "../../sessions/_django_rows.ts";
import { sha256 } from "../../sessions/_session_id.ts";
import { DjangoTime } from "../../sessions/django_time.ts";
import type { StoreUnderTest } from "../../testing/store_test_options.ts";
import { newTable, type OpenClients } from "./_sql_stores.ts";

/** What `manage.py sqlmigrate sessions 0001` says, in each dialect. */
const COLUMNS: Record<SqlClient["dialect"], string> = {
  sqlite: "session_key varchar(40) NOT NULL PRIMARY KEY, session_data text NOT NULL, expire_date datetime NOT NULL",
  postgresql:
    "session_key varchar(40) NOT NULL PRIMARY KEY, session_data text NOT NULL, expire_date timestamp with time zone NOT NULL",
  mysql:
    "session_key varchar(40) NOT NULL PRIMARY KEY, session_data longtext NOT NULL, expire_date datetime(6) NOT NULL",
};

/** Makes a table as Django makes it. */
export async function makeDjangoTable(client: SqlClient, table: string): Promise<void> {
  await client.query(`CREATE TABLE ${table} (${COLUMNS[client.dialect]})`, []);
}

/** Two stores on one table that nothing else uses. */
export async function inDjangoTable(open: OpenClients): Promise<StoreUnderTest> {
  const { one, two, close } = await open();
  const table = newTable();
  await makeDjangoTable(one.client, table);
  return { store: storeIn(one.client, table), other: storeIn(two.client, table), close };
}

const KEYS = new KeyRing("a key for tests only, never for visitors");

/** The rows as a store: keys become ids, texts are signed as sessions are, and their text is their version. */
function storeIn(client: SqlClient, table: string): SessionStore {
  const rows = new DjangoRows(client, table, new DjangoTime("tests"));
  const idOf = (key: string) => sha256(key).toLowerCase().replace(/[^a-z0-9]/g, "0").slice(0, 32);
  return {
    async read(key) {
      const row = await rows.read(idOf(key));
      if (row === undefined) return undefined;
      const { data, owner } = decodeDjangoSession(row.text, KEYS) as { data: string; owner?: string };
      return { data, expires: row.expires, version: row.text, ...(owner !== undefined && { owner }) };
    },
    async create(key, { data, expires, owner }) {
      const text = encodeDjangoSession({ data, owner }, KEYS);
      return await rows.create(idOf(key), { text, expires }) ? text : undefined;
    },
    async update(key, { data, expires, owner }, version) {
      const text = encodeDjangoSession({ data, owner }, KEYS);
      // What no row ever had: PostgreSQL refuses some texts.
      const seen = version.includes("\0") ? "" : version;
      const status = await rows.update(idOf(key), { text, expires }, seen);
      return status === "written" ? { status, version: text } : { status };
    },
    delete: (key) => rows.remove(idOf(key)),
    list: () => Promise.reject(new Error("Django's table has no column for an owner")),
    clearExpired: (options) => rows.clearExpired(options),
  };
}
