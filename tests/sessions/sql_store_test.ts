/** What SqlStore does before it asks a database, and with answers that are none. */

import { assert, assertEquals, assertGreater, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { CorruptRecordError } from "../../sessions/corrupt_record_error.ts";
import type { SqlAnswer, SqlClient, SqlDialect } from "../../sessions/sql_client.ts";
import { SqlStore } from "../../sessions/sql_store.ts";
import { newKey, newOwner, recordOf } from "../../testing/_store/kit.ts";

Deno.test("SqlStore refuses a table that is more than a name", () => {
  const refused = [
    "",
    " ",
    "sessions; DROP TABLE users",
    'sessions"',
    "sessions`",
    "sessions--",
    "ses sions",
    "1sessions",
    "a.b.c",
    ".a",
    "a.",
    "sessions\n",
    "sessions\0",
    "séssions",
    "s".repeat(41),
    `${"s".repeat(41)}.a`,
    undefined,
    7 as unknown as string,
    ["sessions"] as unknown as string,
    { toString: () => "sessions" } as unknown as string,
  ];
  for (const table of refused) {
    if (table === undefined) continue;
    assertThrows(
      () => new SqlStore(answering([]), { table }),
      TypeError,
      "Cannot create SqlStore as table must be a name",
    );
  }
  for (const table of ["a", "_", "select", "Web_Sessions2", "s".repeat(40), "web.sessions"]) {
    new SqlStore(answering([]), { table });
  }
});

Deno.test("SqlStore refuses a limit that no database keeps, and a client that is none", () => {
  for (const maxBytes of [0, -1, 1.5, NaN, Infinity, 500_000_001, "1" as unknown as number]) {
    assertThrows(
      () => new SqlStore(answering([]), { maxBytes }),
      RangeError,
      "Cannot create SqlStore as maxBytes must be a whole number from 1 to 500000000",
    );
  }
  const none = [undefined, null, {}, { dialect: "oracle", query: () => [] }, { query: () => [] }, () => []];
  for (const client of none) {
    assertThrows(
      () => new SqlStore(client as unknown as SqlClient),
      TypeError,
      "Cannot create SqlStore as its client's dialect must be sqlite, postgresql, mysql",
    );
  }
  assertThrows(
    () => new SqlStore({ dialect: "sqlite" } as unknown as SqlClient),
    TypeError,
    "Cannot create SqlStore as its client must have a method query(sql, values)",
  );
});

Deno.test("SqlStore writes the name of its table in quotes, and no value into a statement", async () => {
  const asked: string[] = [];
  for (const dialect of ["sqlite", "postgresql", "mysql"] as const) {
    const client: SqlClient = {
      dialect,
      query(sql) {
        asked.push(sql);
        if (sql.startsWith("WITH")) return [{ removed: 0, moved: 0 }];
        return sql.startsWith("SELECT") || dialect === "postgresql" ? [] : { affectedRows: 0, insertId: 0 };
      },
    };
    const store = new SqlStore(client, { table: "select.order" });
    await store.createSchema();
    const [key, owner] = [newKey(), newOwner()];
    await store.create(key, recordOf("a text", 60, owner));
    await store.update(key, recordOf("a text", 60, owner), crypto.randomUUID());
    await store.read(key);
    await store.list(owner);
    await store.delete(key);
    await store.clearExpired();
    for (const sql of asked.splice(0)) {
      const bare = sql.replaceAll(/"\w+"|`\w+`/g, "");
      assert(!bare.includes("select") && !bare.includes("order"), sql);
      for (const value of [key, owner, "a text"]) assert(!sql.includes(value), sql);
    }
  }
});

Deno.test("SqlStore says what is wrong with a client that answers something else", async () => {
  const answers: [SqlDialect, unknown, string][] = [
    [
      "postgresql",
      { rows: [], rowCount: 0 },
      "must give an array of rows: received object with rows, rowCount (SqlClient shows how)",
    ],
    ["sqlite", undefined, "must give an array of rows: received undefined"],
    ["mysql", null, "must give an array of rows: received null"],
  ];
  for (const [dialect, answer, words] of answers) {
    const store = new SqlStore(answering(answer, dialect));
    await assertRejects(
      async () => await store.read(newKey()),
      TypeError,
      `Cannot use SQL client as its query() ${words}`,
    );
    await assertRejects(() => store.create(newKey(), recordOf("1")), TypeError, "{ affectedRows, insertId }");
    await assertRejects(() => store.clearExpired(), TypeError, "Cannot use SQL client");
  }
  const speechless = new SqlStore(answering([], "postgresql"));
  await assertRejects(
    () => speechless.clearExpired(),
    TypeError,
    "must give a row with removed and moved: received rows",
  );
  const unsure = new SqlStore(answering({ affectedRows: "many", insertId: 0 }, "mysql"));
  await assertRejects(() => unsure.clearExpired(), TypeError, "{ affectedRows, insertId }");
});

Deno.test("SqlStore takes a row that it has not written for damage", async () => {
  const good = { data: new TextEncoder().encode("{}"), expires: Date.now() + 60_000, version: "1", owner: null };
  assertEquals((await new SqlStore(answering([good])).read(newKey()))?.data, "{}");
  assertEquals((await new SqlStore(answering([{ ...good, data: good.data.buffer }])).read(newKey()))?.data, "{}");
  const damages = [
    { data: "{}" },
    { data: null },
    { data: new Uint8Array([0xff]) },
    { expires: "soon" },
    { expires: null, data: new Uint8Array() },
    { version: 1 },
    { version: null },
    { owner: 7 },
    { owner: undefined },
  ];
  for (const damage of damages) {
    const store = new SqlStore(answering([{ ...good, ...damage }]), { table: "shop" });
    for (const action of [async () => await store.read(newKey()), () => store.list(newOwner())]) {
      const error = await assertRejects(action, CorruptRecordError, "table shop as it is damaged");
      assertEquals(error.where, "table shop");
    }
  }
});

Deno.test("SqlStore gives up on a statement that always has to give way, after some seconds", async () => {
  const locked = Object.assign(new Error("database is locked"), { errcode: 5 });
  let attempts = 0;
  const store = new SqlStore({
    dialect: "sqlite",
    query() {
      attempts++;
      throw locked;
    },
  });

  assertEquals(await assertRejects(async () => await store.read(newKey())), locked);
  assertGreater(attempts, 50);
});

Deno.test("SqlStore tries again for every client's word for it, and for nothing else", async () => {
  const givingWay = [
    { code: "40001" },
    { code: "40P01" },
    { code: "ER_LOCK_DEADLOCK", errno: 1213, sqlState: "40001" },
    { errno: 1213 },
    { errno: 1020 },
    { code: "SQLITE_BUSY" },
    { code: "SQLITE_BUSY_SNAPSHOT" },
    { code: "ERR_SQLITE_ERROR", errcode: 517 },
    { message: "database is locked" },
  ];
  const others = [
    { code: "57P01" },
    { code: "ECONNRESET" },
    { code: "CONNECTION_CLOSED" },
    { errno: 1205 },
    { errno: 2013 },
    { errcode: 11 },
    { message: "disk I/O error" },
    { code: "23505" },
  ];
  const attemptsOf = async (codes: object) => {
    let attempts = 0;
    const store = new SqlStore({
      dialect: "sqlite",
      query() {
        if (++attempts < 3) throw Object.assign(new Error(), codes);
        return [];
      },
    });
    await Promise.try(() => store.read(newKey())).catch(() => {});
    return attempts;
  };
  for (const codes of givingWay) assertEquals([codes, await attemptsOf(codes)], [codes, 3]);
  for (const codes of others) assertEquals([codes, await attemptsOf(codes)], [codes, 1]);
});

Deno.test("the clients in the documentation are those that the tests use, word for word", async () => {
  const read = (path: string) => Deno.readTextFile(new URL(path, import.meta.url));
  const documented = await read("../../sessions/sql_client.ts");
  const used = (await read("_sql_clients.ts")).replaceAll(/^ +/gm, "");
  const lines = [...documented.matchAll(/^ \* ```ts ignore\n([^]*?)^ \* ```/gm)]
    .flatMap(([, block]) => block!.split("\n"))
    .map((line) => line.replace(/^ \* ?/, "").trim())
    // What differs on purpose: where the database is, and how many connections.
    .filter((line) => line !== "" && !line.includes("DATABASE_URL") && !line.startsWith("import type"));
  assertGreater(lines.length, 20);
  for (const line of lines) assertStringIncludes(used, line);
});

function answering(answer: unknown, dialect: SqlDialect = "sqlite"): SqlClient {
  return { dialect, query: () => answer as SqlAnswer };
}
