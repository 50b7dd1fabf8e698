import { assert, assertEquals } from "@std/assert";
import type { SqlRow } from "../../sessions/sql_client.ts";
import { SqlStore } from "../../sessions/sql_store.ts";
import { created, increment, newKey, newOwner, numbers, present, recordOf } from "../../testing/_store/kit.ts";
import { NO_POSTGRES, POSTGRES, type PostgresServer, startPostgres } from "./_postgres.ts";
import { testSqlStore } from "./_sql_behaviour.ts";
import { openPg, openPostgres } from "./_sql_clients.ts";
import { newTable, onServer } from "./_sql_stores.ts";
import { assertExact } from "./_store_processes.ts";

let server: PostgresServer;
if (POSTGRES) {
  Deno.test.beforeAll(async () => {
    // What is written survives the end of the server's process all the same.
    server = await startPostgres({ fsync: "off" });
  });
  Deno.test.afterAll(async () => await server[Symbol.asyncDispose]());
  testSqlStore("SqlStore on PostgreSQL by npm:postgres", onServer(() => server, openPostgres));
  testSqlStore("SqlStore on PostgreSQL by npm:pg", onServer(() => server, openPg));
}

testOnServer("8 processes that increment 100 times each make 800", async () => {
  await assertExact("postgres", server.url, 8);
});

testOnServer("increments are exact where every statement is serializable, and some have to give way", async () => {
  await using opened = openPg(`${server.url}?options=-c%20default_transaction_isolation%3Dserializable`);
  const store = new SqlStore(opened.client, { table: newTable() });
  await store.createSchema();
  const key = newKey();
  await store.create(key, recordOf("0"));
  await Promise.all(numbers(40).map(() => increment(store, key)));

  assertEquals((await present(store, key)).data, "40");
});

testOnServer("finds records by key, owner and deadline without looking at the others", async () => {
  await using opened = openPostgres(server.url);
  const table = newTable();
  const store = new SqlStore(opened.client, { table });
  await store.createSchema();
  await opened.client.query(
    `INSERT INTO ${table} SELECT lpad(i::text, 43, '0'), '{}', 1e15 + i, 1e15 + i, i::text, lpad((i % 500)::text, 43, '0') ` +
      "FROM generate_series(1, 20000) AS i",
    [],
  );
  await opened.client.query(`ANALYZE ${table}`, []);
  for (
    const [condition, index] of [
      [`session_key = '${newKey()}' AND expires > 1`, `${table}_pkey`],
      [`owner = '${newOwner()}' AND expires > 1`, `${table}_owner`],
      ["due <= 1 ORDER BY due LIMIT 1000", `${table}_due`],
    ]
  ) {
    const plan = await opened.client.query(`EXPLAIN SELECT session_key FROM ${table} WHERE ${condition}`, []);
    const text = JSON.stringify(plan);
    assert(text.includes(index!) && !text.includes("Seq Scan"), text);
  }
});

testOnServer("works for a user of the database who may only read and write, in a schema of another", async () => {
  await using owner = openPostgres(server.url);
  const schema = newTable();
  const table = `${schema}.web_sessions`;
  await owner.client.query(`CREATE SCHEMA ${schema}`, []);
  await new SqlStore(owner.client, { table }).createSchema();
  await owner.client.query(`CREATE ROLE ${schema} LOGIN`, []);
  await owner.client.query(`GRANT USAGE ON SCHEMA ${schema} TO ${schema}`, []);
  await owner.client.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${schema}`, []);

  await using user = openPostgres(server.url.replace("tests@", `${schema}@`));
  const store = new SqlStore(user.client, { table });
  await store.createSchema();
  const [key, name] = [newKey(), newOwner()];
  await store.create(key, recordOf("1", 3600, name));
  assertEquals((await store.list(name)).map(({ key }) => key), [key]);
  await store.delete(key);
  assertEquals(await store.clearExpired(), 0);
});

testOnServer(
  "a session that is renewed by each write is replaced in its page, without a new entry in an index",
  async () => {
    await using opened = openPg(server.url);
    const table = newTable();
    const store = new SqlStore(opened.client, { table });
    await store.createSchema();
    const [key, owner] = [newKey(), newOwner()];
    let version = await created(store, key, recordOf("0", 1000, owner));
    for (const count of numbers(50)) {
      const result = await store.update(key, recordOf(String(count), 1001 + count, owner), version);
      assert(result.status === "written");
      version = result.version;
    }
    // One after the other, all of these went over one connection, which hands its counts on now.
    await opened.client.query("SELECT pg_stat_force_next_flush()::text", []);
    const counts =
      "SELECT n_tup_upd::integer AS updated, n_tup_hot_upd::integer AS hot FROM pg_stat_user_tables WHERE relname = $1";
    const [row] = await opened.client.query(counts, [table]) as SqlRow[];

    assertEquals(row, { updated: 50, hot: 50 });
  },
);

testOnServer("clears what nobody is writing, and waits for nobody", async () => {
  await using opened = openPostgres(server.url);
  await using busy = openPostgres(`${server.url}?application_name=busy`);
  const table = newTable();
  const store = new SqlStore(opened.client, { table });
  await store.createSchema();
  const held = newKey();
  for (const key of [held, ...numbers(20).map(newKey)]) await store.create(key, recordOf("dead", -1));
  const statement = `UPDATE ${table} SET data = data WHERE session_key = '${held}' RETURNING pg_sleep(1)::text`;
  // This client asks nothing before somebody waits for the answer.
  const holding = Promise.resolve(busy.client.query(statement, []));
  await new Promise((resolve) => setTimeout(resolve, 300));

  assertEquals(await store.clearExpired(), 20);
  await holding;
  assertEquals(await store.clearExpired(), 1);
});

for (const [name, open] of Object.entries({ "npm:postgres": openPostgres, "npm:pg": openPg })) {
  testOnServer(
    `a server that is killed and started again loses nothing that was acknowledged, by ${name}`,
    async () => {
      await using mortal = await startPostgres();
      await using opened = open(mortal.url);
      const store = new SqlStore(opened.client);
      await store.createSchema();
      const keys = numbers(4).map(newKey);
      for (const key of keys) await store.create(key, recordOf("0"));
      let running = true;
      const writers = keys.map(async (key) => {
        const tally = { acknowledged: 0, unknown: 0, slowest: 0 };
        while (running) {
          const began = performance.now();
          try {
            await increment(store, key);
            tally.acknowledged++;
          } catch {
            tally.unknown++;
            await new Promise((resolve) => setTimeout(resolve, 10));
          }
          tally.slowest = Math.max(tally.slowest, performance.now() - began);
        }
        return tally;
      });
      for (let round = 0; round < 3; round++) {
        await new Promise((resolve) => setTimeout(resolve, 300));
        await mortal.kill();
        await mortal.start();
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
      running = false;
      const tallies = await Promise.all(writers);

      for (const [index, { acknowledged, unknown, slowest }] of tallies.entries()) {
        const kept = Number((await present(store, keys[index]!)).data);
        assert(kept >= acknowledged, `${acknowledged} were acknowledged, ${kept} are there`);
        assert(
          kept <= acknowledged + unknown,
          `${acknowledged} were acknowledged and ${unknown} failed, yet ${kept} are there`,
        );
        assert(acknowledged > 0, "none was acknowledged");
        assert(slowest < 15_000, `one took ${slowest} ms`);
      }
      // Not each of them must have been at it in just these moments.
      assert(tallies.some(({ unknown }) => unknown > 0), "none failed: was it killed?");
      const key = newKey();
      await store.create(key, recordOf("0"));
      await increment(store, key);
    },
  );
}

function testOnServer(title: string, fn: () => Promise<void>): void {
  Deno.test({ name: `SqlStore on PostgreSQL: ${title}${POSTGRES ? "" : ` (${NO_POSTGRES})`}`, ignore: !POSTGRES, fn });
}
