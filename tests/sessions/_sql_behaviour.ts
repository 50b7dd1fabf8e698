import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { migrate } from "../../sessions/_sql_schema.ts";
import { statementsOf } from "../../sessions/_sql_dialect.ts";
import { parseTable } from "../../sessions/_sql_table.ts";
import { RecordTooLargeError } from "../../sessions/record_too_large_error.ts";
import { SqlStore } from "../../sessions/sql_store.ts";
import type { SqlClient } from "../../sessions/sql_client.ts";
import { created, newKey, newOwner, numbers, present, recordOf } from "../../testing/_store/kit.ts";
import { testMisuse } from "./_misuse.ts";
import { inTable, newTable, type OpenClients, WatchedClient } from "./_sql_stores.ts";
import { sessionStoreTests } from "../../testing/session_store_tests.ts";

/** Registers the tests that SqlStore has to pass on every database: the contract of stores, and what is its own. */
export function testSqlStore(name: string, open: OpenClients): void {
  sessionStoreTests(name, () => inTable(open), { makeBroken: () => broken(open) });
  testMisuse(name, () => inTable(open));

  testWith(
    "asks once for a read and once for a write, and once more where a write is refused",
    async (client, store) => {
      using clock = new LaterDate();
      const [key, owner] = [newKey(), newOwner()];
      // Without a round trip, two statements may be cheaper than one that always does everything.
      const inPlace = client.dialect === "sqlite" ? ["UPDATE"] : [];
      const verbs = async (action: () => unknown) => (await action(), client.take());

      assertEquals(await verbs(() => store.create(key, recordOf("1", 60, owner))), ["INSERT"]);
      const { version } = await present(store, key);
      client.take();
      assertEquals(await verbs(() => store.read(key)), ["SELECT"]);
      assertEquals(await verbs(() => store.read(newKey())), ["SELECT"]);
      assertEquals(await verbs(() => store.list(owner)), ["SELECT"]);
      assertEquals(await verbs(() => store.update(key, recordOf("x".repeat(200_000), 60, owner), version)), ["UPDATE"]);
      assertEquals(await verbs(() => store.update(key, recordOf("3"), version)), [...inPlace, "UPDATE", "SELECT"]);
      assertEquals(await verbs(() => store.create(key, recordOf("4"))), ["INSERT", "SELECT"]);
      assertEquals(await verbs(() => store.update(newKey(), recordOf("5"), version)), [...inPlace, "UPDATE", "SELECT"]);
      const seen = (await present(store, key)).version;
      client.take();
      assertEquals(await verbs(() => store.update(key, recordOf("6", 60), seen)), [...inPlace, "UPDATE"], "no owner");
      clock.tick(60_000);
      assertEquals(await verbs(() => created(store, key, recordOf("over an expired one"))), ["INSERT"]);
      assertEquals(await verbs(() => store.delete(key)), ["DELETE"]);
      assertEquals((await verbs(() => store.clearExpired())).length, 1 + inPlace.length);
      assertEquals(await verbs(() => store.createSchema()), ["SELECT"]);
    },
  );

  testWith("recognises its own write whose answer got lost and that was sent again", async (client, store) => {
    const key = newKey();
    // As a proxy does: the first answer is lost, and the statement is sent once more.
    const twice: SqlClient = {
      dialect: client.dialect,
      async query(sql, values) {
        await client.query(sql, values);
        return await client.query(sql, values);
      },
    };
    const resending = new SqlStore(twice, { table: tableOf.get(store)! });
    const version = await created(resending, key, recordOf("1"));
    const result = await resending.update(key, recordOf("2"), version);

    assert(result.status === "written");
    assertEquals(await store.read(key), { ...(await present(store, key)), data: "2", version: result.version });
    assertEquals(await resending.update(key, recordOf("3"), version), { status: "conflict" });
    assertEquals(await resending.create(key, recordOf("4")), undefined);
  });

  testWith(
    "surfaces what the client throws, and tries nothing again that may have been done",
    async (client, store) => {
      const version = await created(store, newKey(), recordOf("1"));
      client.before = () => {
        throw new Error("connection reset");
      };
      client.take();
      const key = newKey();
      for (
        const action of [
          async () => await store.read(key),
          () => store.create(key, recordOf("1")),
          () => store.update(key, recordOf("1"), version),
          () => store.delete(key),
          () => store.list(newOwner()),
          () => store.clearExpired(),
        ]
      ) await assertRejects(action, Error, "connection reset");
      const clearing = { postgresql: "WITH", mysql: "DELETE", sqlite: "UPDATE" }[client.dialect];
      assertEquals(client.take(), ["SELECT", "INSERT", "UPDATE", "DELETE", "SELECT", clearing]);
    },
  );

  testWith("tries again what has given way to another statement", async (client, store) => {
    const key = newKey();
    let refusals = 3;
    client.before = () => {
      if (refusals-- > 0) throw Object.assign(new Error("deadlock detected"), { code: "40P01" });
    };
    await created(store, key, recordOf("1"));
    assertEquals(client.take(), ["INSERT", "INSERT", "INSERT", "INSERT"]);
  });

  testWith("clears thousands in batches, beside writers who get their turn", async (client, store) => {
    const [counter, survivor] = [newKey(), newKey()];
    await created(store, counter, recordOf("0"));
    await created(store, survivor, recordOf("alive"));
    for (let made = 0; made < 2500; made += 100) {
      await Promise.all(numbers(100).map(() => store.create(newKey(), recordOf("dead", -1))));
    }
    client.take();
    const clearing = store.clearExpired();
    for (let count = 1; count <= 5; count++) {
      const { version } = await present(store, counter);
      assertEquals((await store.update(counter, recordOf(String(count)), version)).status, "written");
    }

    assertEquals(await clearing, 2500);
    const batches = client.dialect === "sqlite" ? 10 : 2;
    assertEquals(client.take().filter((verb) => verb === "DELETE" || verb === "WITH").length, batches + 1);
    assertEquals((await present(store, counter)).data, "5");
    assertEquals((await present(store, survivor)).data, "alive");
    assertEquals(await store.clearExpired(), 0);
  });

  testWith("tells after each batch how many it has cleared, and ends when told off", async (client, store) => {
    const batch = client.dialect === "sqlite" ? 250 : 1000;
    const count = batch * 2 + 100;
    for (let made = 0; made < count; made += 100) {
      await Promise.all(numbers(100).map(() => store.create(newKey(), recordOf("dead", -1))));
    }
    client.take();
    const boredom = new Error("seen enough");
    const onProgress = (removed: number) => {
      if (removed > 0) throw boredom;
    };
    assertEquals(await assertRejects(() => store.clearExpired({ onProgress })), boredom);
    assertEquals(client.take().filter((verb) => verb !== "UPDATE").length, 1, "nothing is tried again");

    const told: number[] = [];
    assertEquals(await store.clearExpired({ onProgress: (removed) => told.push(removed) }), batch + 100);
    assertEquals(told, [batch, batch + 100]);
  });

  testWith("clears what was renewed, thousands of it, when it has expired and not before", async (client, store) => {
    using clock = new LaterDate();
    const renewed = numbers(1100).map(newKey);
    const [shortened, owned] = [newKey(), newKey()];
    const owner = newOwner();
    for (const key of numbers(600).map(newKey)) await store.create(key, recordOf("dying", 60));
    for (const key of renewed) {
      const version = await created(store, key, recordOf("1", 60));
      assertEquals((await store.update(key, recordOf("2", 3600), version)).status, "written");
    }
    for (const [key, seconds] of [[shortened, 60], [owned, 7200]] as const) {
      const version = await created(store, key, recordOf("1", 3600));
      assertEquals((await store.update(key, recordOf("2", seconds, owner), version)).status, "written");
    }
    clock.tick(60_000);
    assertEquals(await store.clearExpired(), 601);
    assertEquals((await present(store, renewed[0]!)).data, "2");
    client.take();
    assertEquals(await store.clearExpired(), 0);
    assert(client.take().length <= 2, "what was renewed is looked at once");

    clock.tick(3_600_000);
    assertEquals(await store.clearExpired(), 1100);
    assertEquals((await store.list(owner)).map(({ key }) => key), [owned]);
  });

  testWith(
    "keeps 500 KB, and refuses what is larger than maxBytes, with the old data intact",
    async (client, store) => {
      const key = newKey();
      const version = await created(store, key, recordOf("é".repeat(250_000)));
      const small = new SqlStore(client, { table: tableOf.get(store)!, maxBytes: 500_000 });
      assertEquals((await present(small, key)).data, "é".repeat(250_000));

      for (
        const action of [
          () => small.update(key, recordOf("é".repeat(250_000) + "x"), version),
          () => small.create(newKey(), recordOf("x".repeat(500_001))),
        ]
      ) {
        const error = await assertRejects(action, RecordTooLargeError, "SqlStore");
        assertEquals([error.bytes, error.limit], [500_001, 500_000]);
      }
      assertEquals((await present(store, key)).version, version);
      assertEquals((await store.update(key, recordOf("x".repeat(3_000_000)), version)).status, "written");
      assertEquals((await present(store, key)).data.length, 3_000_000);
    },
  );

  testWith("keeps every deadline exactly", async (_client, store) => {
    for (const expires of [2 ** 53 - 1, 8.64e15 + 0.5, 1e21, 1.7976931348623157e308, Date.now() + 1e6 + 0.1]) {
      const key = newKey();
      await created(store, key, { data: "1", expires });
      assertEquals((await present(store, key)).expires, expires);
    }
  });

  testWith("keeps tables apart", async (client, store) => {
    const neighbour = new SqlStore(client, { table: newTable() });
    await neighbour.createSchema();
    const key = newKey();
    await created(store, key, recordOf("mine"));

    assertEquals(await neighbour.read(key), undefined);
    await created(neighbour, key, recordOf("theirs"));
    await neighbour.delete(key);
    assertEquals((await present(store, key)).data, "mine");
  });

  testWith("says what to do if the table is missing", async (client) => {
    const store = new SqlStore(client, { table: "nowhere" });

    const error = await assertRejects(
      async () => await store.read(newKey()),
      Error,
      "table nowhere is missing: call createSchema()",
    );
    assertMatch(String(error.cause), /nowhere/);
    await assertRejects(() => store.create(newKey(), recordOf("1")), Error, "call createSchema()");
  });

  testWith("migrates twice, and many times at once", async (client) => {
    const table = newTable();
    const stores = numbers(8).map(() => new SqlStore(client, { table }));
    await Promise.all(stores.map((store) => store.createSchema()));
    const key = newKey();
    await created(stores[0]!, key, recordOf("1"));
    await Promise.all(stores.map((store) => store.createSchema()));

    assertEquals((await present(stores[1]!, key)).data, "1");
  });

  testWith("brings an older schema up to date, step by step, and finishes what was begun", async (client) => {
    const table = newTable();
    const known = statementsOf(client.dialect, parseTable(table));
    const note = (index: number) => `CREATE TABLE IF NOT EXISTS ${table}_step_${index} (a INTEGER)`;
    const newer = { ...known, migrations: [...known.migrations, [note(2)], [note(3), note(4)]] };
    const store = new SqlStore(client, { table });
    await store.createSchema();
    const key = newKey();
    await created(store, key, recordOf("from before"));
    // The last step fails once, after its first statement.
    client.before = (sql) => {
      if (sql === note(4)) throw new Error("power failure");
    };
    const upgrade = () => migrate(table, newer, async (statement) => await client.query(...statement));
    await assertRejects(upgrade, Error, "power failure");
    client.before = () => {};
    client.take();
    await upgrade();

    assertEquals(client.take(), ["SELECT", "CREATE", "CREATE", "CREATE", "INSERT"]);
    for (const index of [2, 3, 4]) await client.query(`SELECT a FROM ${table}_step_${index}`, []);
    assertEquals((await present(store, key)).data, "from before");
    // The older library meets what the newer one has made.
    await assertRejects(
      () => store.createSchema(),
      Error,
      `Cannot use SqlStore with table ${table} as its schema has version 3 and this version of the library knows up to 1`,
    );
  });

  function testWith(
    title: string,
    body: (client: WatchedClient, store: SqlStore) => Promise<void>,
  ): void {
    Deno.test(`${name} ${title}`, async () => {
      const { one, close } = await open();
      try {
        const client = new WatchedClient(one.client);
        const table = newTable();
        const store = new SqlStore(client, { table });
        tableOf.set(store, table);
        await store.createSchema();
        client.take();
        await body(client, store);
      } finally {
        await close();
      }
    });
  }
}

/** Moves the date and leaves timers alone: those of a client's pool were begun before, and FakeTime couldn't clear them. */
class LaterDate {
  readonly #now = Date.now;

  tick(milliseconds: number): void {
    const before = Date.now;
    Date.now = () => before() + milliseconds;
  }

  [Symbol.dispose](): void {
    Date.now = this.#now;
  }
}

const tableOf = new WeakMap<SqlStore, string>();

/** A store whose client was closed. */
async function broken(open: OpenClients) {
  const made = await inTable(open);
  await made.close?.();
  return { store: made.store };
}
