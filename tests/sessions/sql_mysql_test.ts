import { assert, assertEquals, assertRejects } from "@std/assert";
import mysql from "mysql2/promise";
import { RecordTooLargeError } from "../../sessions/record_too_large_error.ts";
import type { SqlAnswer, SqlClient } from "../../sessions/sql_client.ts";
import { SqlStore } from "../../sessions/sql_store.ts";
import { created, increment, newKey, newOwner, numbers, present, recordOf } from "../../testing/_store/kit.ts";
import { MARIADB, type MariadbServer, NO_MARIADB, startMariadb } from "./_mariadb.ts";
import { testSqlStore } from "./_sql_behaviour.ts";
import { type OpenClient, openMariadb, openMysql2 } from "./_sql_clients.ts";
import { newTable, onServer } from "./_sql_stores.ts";

let server: MariadbServer;
if (MARIADB) {
  Deno.test.beforeAll(async () => {
    server = await startMariadb();
  });
  Deno.test.afterAll(async () => await server[Symbol.asyncDispose]());
  testSqlStore("SqlStore on MariaDB by npm:mysql2", onServer(() => server, openMysql2));
  testSqlStore("SqlStore on MariaDB by npm:mariadb", onServer(() => server, openMariadb));
}

testOnServer("tells a record that was made from one that was there, whatever its client counts", async () => {
  for (const flags of ["+FOUND_ROWS", "-FOUND_ROWS"]) {
    for (const method of ["execute", "query"] as const) {
      await using opened = openWith({ flags: [flags] }, method);
      const store = new SqlStore(opened.client, { table: newTable() });
      await store.createSchema();
      const key = newKey();
      const version = await created(store, key, recordOf("first\0 日本語 😀'\"\\"));

      assertEquals(await store.create(key, recordOf("second")), undefined);
      assertEquals((await present(store, key)).data, "first\0 日本語 😀'\"\\");
      assertEquals((await store.update(key, recordOf("dead", -1), version)).status, "written");
      await created(store, key, recordOf("third"));
      assertEquals(await store.create(key, recordOf("fourth")), undefined);
      assertEquals((await present(store, key)).data, "third");
    }
  }
});

testOnServer(
  "texts come back through a connection that speaks another character set, with the loosest rules",
  async () => {
    await using opened = openWith({ charset: "LATIN1_SWEDISH_CI" }, "execute", "SET sql_mode = ''");
    const store = new SqlStore(opened.client, { table: newTable() });
    await store.createSchema();
    const [key, text] = [newKey(), "日本語 😀 é \0"];
    const version = await created(store, key, recordOf(text));

    assertEquals((await present(store, key)).data, text);
    assertEquals(await store.create(key, recordOf("x")), undefined);
    assertEquals((await store.update(key, recordOf(text + text), version)).status, "written");
    assertEquals((await present(store, key)).data, text + text);
  },
);

testOnServer("increments are exact where every statement is serializable, and some have to give way", async () => {
  await using opened = openWith({}, "execute", "SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE");
  const store = new SqlStore(opened.client, { table: newTable() });
  await store.createSchema();
  const key = newKey();
  await store.create(key, recordOf("0"));
  await Promise.all(numbers(40).map(() => increment(store, key)));

  assertEquals((await present(store, key)).data, "40");
});

testOnServer("finds records by key, owner and deadline without looking at the others", async () => {
  await using opened = openMysql2(server.url);
  const table = newTable();
  const store = new SqlStore(opened.client, { table });
  await store.createSchema();
  await Promise.all(numbers(500).map((index) => store.create(newKey(), recordOf("1", 100 + index, newOwner()))));
  for (
    const [condition, index] of [
      [`session_key = '${newKey()}' AND expires > 1`, "PRIMARY"],
      [`owner = '${newOwner()}' AND expires > 1`, `${table}_owner`],
      ["expires <= 1 ORDER BY expires LIMIT 1000", `${table}_expires`],
    ]
  ) {
    const answer = await opened.client.query(`EXPLAIN FORMAT=JSON DELETE FROM ${table} WHERE ${condition}`, []);
    const plan = JSON.stringify(answer);
    assert(plan.includes(index!) || plan.includes("Impossible WHERE"), plan);
    assert(!/access_type\\*": \\*"ALL/.test(plan), plan);
  }
});

testOnServer("a session that max_allowed_packet forbids is refused with that name, and the old data stay", async () => {
  await using small = await startMariadb({ "max-allowed-packet": "2M" });
  for (const open of [openMysql2, openMariadb]) {
    await using opened = open(small.url);
    const store = new SqlStore(opened.client, { table: newTable() });
    await store.createSchema();
    const key = newKey();
    const version = await created(store, key, recordOf("x".repeat(1_900_000)));
    for (
      const action of [
        () => store.update(key, recordOf("y".repeat(2_200_000)), version),
        () => store.create(newKey(), recordOf("y".repeat(2_200_000))),
      ]
    ) {
      const error = await assertRejects(action, RecordTooLargeError, "MySQL or MariaDB (max_allowed_packet)");
      assertEquals([error.bytes, error.limit], [2_200_000, 2 * 1024 * 1024 - 1024]);
    }

    assertEquals((await present(store, key)).data, "x".repeat(1_900_000));
  }
});

function openWith(options: mysql.PoolOptions, method: "execute" | "query", first?: string): OpenClient {
  const pool = mysql.createPool({ uri: server.url, connectionLimit: 4, ...options });
  // deno-lint-ignore no-explicit-any -- the pool's own connections, which it emits without their promises
  if (first !== undefined) pool.on("connection", (connection: any) => connection.query(first));
  const client: SqlClient = {
    dialect: "mysql",
    query: async (sql, values) =>
      (await (method === "query" ? pool.query(sql, values) : pool.execute(sql, values)))[0] as SqlAnswer,
  };
  return { client, [Symbol.asyncDispose]: () => pool.end() };
}

function testOnServer(title: string, fn: () => Promise<void>): void {
  Deno.test({ name: `SqlStore on MariaDB: ${title}${MARIADB ? "" : ` (${NO_MARIADB})`}`, ignore: !MARIADB, fn });
}
