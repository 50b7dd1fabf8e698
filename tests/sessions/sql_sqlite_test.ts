import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import { DatabaseSync } from "node:sqlite";
import { keyNumber } from "../../sessions/_sql_key_number.ts";
import type { SqlClient } from "../../sessions/sql_client.ts";
import { SqlStore } from "../../sessions/sql_store.ts";
import { sqliteClient } from "../../sessions/sqlite_client.ts";
import { created, newKey, newOwner, numbers, present, recordOf } from "../../testing/_store/kit.ts";
import { emptyDirectory, namesIn } from "./_directories.ts";
import { testSqlStore } from "./_sql_behaviour.ts";
import { inSqliteFile, inSqliteMemory } from "./_sql_stores.ts";
import { runWorker } from "./_workers.ts";

testSqlStore("SqlStore in a file of SQLite with two clients", inSqliteFile());
testSqlStore("SqlStore in SQLite in memory", inSqliteMemory());

Deno.test("sqliteClient makes a file for its owner only, in the mode WAL, and as careful as it is told", async () => {
  await using directory = await emptyDirectory();
  for (const [durable, synchronous] of [[false, 1], [true, 2]] as const) {
    const path = `${directory.path}/${durable}.db`;
    using client = sqliteClient(path, { durable });
    await new SqlStore(client).createSchema();

    assertEquals(client.query("PRAGMA journal_mode", [])[0]!.journal_mode, "wal");
    assertEquals(client.query("PRAGMA synchronous", [])[0]!.synchronous, synchronous);
    for (const name of await namesIn(directory.path)) {
      assertEquals((await Deno.stat(`${directory.path}/${name}`)).mode! & 0o777, 0o600, name);
    }
  }
});

Deno.test("sqliteClient maps as much of a file into memory as it is told, and nothing unless it is", async () => {
  await using directory = await emptyDirectory();
  const path = `${directory.path}/sessions.db`;
  const key = newKey();
  for (const [options, mapped] of [[{}, 0], [{ mappedBytes: 0 }, 0], [{ mappedBytes: 2 ** 20 }, 2 ** 20]] as const) {
    using client = sqliteClient(path, options);
    assertEquals(client.query("PRAGMA mmap_size", [])[0]!.mmap_size, mapped);
    const store = new SqlStore(client);
    await store.createSchema();
    const found = await store.read(key);
    if (found === undefined) await created(store, key, recordOf("0"));
    else await store.update(key, recordOf(found.data + mapped), found.version);
  }
  using client = sqliteClient(path);
  assertEquals((await present(new SqlStore(client), key)).data, "001048576");
  for (const mappedBytes of [-1, 0.5, NaN, Infinity, "1"]) {
    assertThrows(() => sqliteClient(path, { mappedBytes: mappedBytes as number }), RangeError, "mappedBytes must be");
  }
});

Deno.test("sqliteClient takes a path, a file: URL or a database, and closes only what it has opened", async () => {
  await using directory = await emptyDirectory();
  const path = `${directory.path}/a b%20c.db`;
  const key = newKey();
  {
    using client = sqliteClient(path);
    const store = new SqlStore(client);
    await store.createSchema();
    await created(store, key, recordOf("kept"));
  }
  assertEquals(await namesIn(directory.path), ["a b%20c.db"], "closing leaves no other files");
  {
    using client = sqliteClient(toFileUrl(path));
    assertEquals((await present(new SqlStore(client), key)).data, "kept");
  }
  using database = new DatabaseSync(path);
  database.exec("PRAGMA synchronous = OFF");
  {
    using client = sqliteClient(database);
    assertEquals((await present(new SqlStore(client), key)).data, "kept");
    assertEquals(client.database, database);
  }
  assertEquals(database.prepare("PRAGMA synchronous").get()!.synchronous, 0);

  const closed = sqliteClient(path);
  closed[Symbol.dispose]();
  assertThrows(() => new SqlStore(closed).read(key), Error);
});

Deno.test("sqliteClient refuses what is no place for a database", async () => {
  await using directory = await emptyDirectory();
  for (const database of ["", undefined, 7, {}, null]) {
    assertThrows(() => sqliteClient(database as string), TypeError, "Cannot create SQLite client as database must be");
  }
  assertThrows(() => sqliteClient(new URL("http://localhost/sessions.db")), TypeError);
  assertThrows(() => sqliteClient(`${directory.path}/missing/sessions.db`), Error);
  await Deno.writeTextFile(
    `${directory.path}/text`,
    "This is not a database, but a text that is long enough. ".repeat(20),
  );
  assertThrows(() => sqliteClient(`${directory.path}/text`), Error, "not a database");
});

Deno.test("sqliteClient prepares a statement once, and forgets none that is in use", () => {
  using client = sqliteClient(":memory:");
  for (let round = 0; round < 3; round++) {
    for (const index of numbers(250)) assertEquals(client.query(`SELECT ${index} AS a, ? AS b`, ["b"]), row(index));
  }
  function row(index: number) {
    return [Object.assign(Object.create(null), { a: index, b: "b" })];
  }
});

Deno.test("sqliteClient gives a whole number that no number of JavaScript holds as a bigint, and all others as numbers", () => {
  using client = sqliteClient(":memory:");
  client.query("CREATE TABLE big (id integer PRIMARY KEY, copies integer, price real, name text)", []);
  client.query("INSERT INTO big VALUES (1834567890123456789, 2, 1.5, 'x'), (3, -4, 2, NULL)", []);
  const all = () => client.query("SELECT * FROM big ORDER BY id", []).map((row) => ({ ...row }));
  const small = { id: 3, copies: -4, price: 2, name: null };
  assertEquals(all(), [small, { id: 1834567890123456789n, copies: 2, price: 1.5, name: "x" }]);
  client.query("DELETE FROM big WHERE id = ?", ["1834567890123456789"]);
  assertEquals(all(), [small]);

  // A statement that writes is not run twice, whatever it gives back.
  const add = "INSERT INTO big (id) VALUES (9007199254740993) RETURNING id";
  assertThrows(() => client.query(add, []), RangeError);
  assertEquals(all().map(({ id }) => id), [3, 9007199254740993n]);
});

Deno.test("SqlStore waits for another process that has locked the file, while other requests go on", async () => {
  await using directory = await emptyDirectory();
  const path = `${directory.path}/sessions.db`;
  using client = sqliteClient(path);
  const store = new SqlStore(client);
  await store.createSchema();
  const [locked, other] = [newKey(), newKey()];
  await created(store, other, recordOf("readable"));
  using holder = new DatabaseSync(path);
  holder.exec("BEGIN IMMEDIATE");
  let ticks = 0;
  const ticking = setInterval(() => ticks++, 5);
  const writing = store.create(locked, recordOf("1"));
  const began = performance.now();
  while (performance.now() - began < 600) {
    assertEquals((await present(store, other)).data, "readable");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  assertEquals(await store.read(locked), undefined);
  holder.exec("COMMIT");
  await writing;
  clearInterval(ticking);

  assertEquals((await present(store, locked)).data, "1");
  assert(ticks >= 8, `only ${ticks} ticks in 600 ms: everybody had to wait`);
});

Deno.test("8 processes may open a new file at once and make its tables", async () => {
  for (let round = 0; round < 3; round++) {
    await using directory = await emptyDirectory();
    const path = `${directory.path}/sessions.db`;
    const key = newKey();
    const endings = await Promise.all(numbers(8).map(() => runWorker("increment", ["sqlite", path, key, "0"])));

    for (const { code, errors } of endings) assertEquals([code, errors], [0, ""]);
    using client = sqliteClient(path);
    await created(new SqlStore(client), key, recordOf("1"));
  }
});

Deno.test("SqlStore finds records in SQLite by key, owner and deadline without looking at the others", async () => {
  using client = sqliteClient(":memory:");
  await new SqlStore(client, { table: "t" }).createSchema();
  for (
    const [condition, index] of [
      [`id = (7 << 32) | 9 AND session_key = '${newKey()}' AND expires > 1`, "INTEGER PRIMARY KEY"],
      [`owner = '${newOwner()}' AND expires > 1`, "t_owner"],
      ["due <= 1 AND expires <= 1", "t_due"],
    ]
  ) {
    const plan = client.query(`EXPLAIN QUERY PLAN SELECT rowid FROM t WHERE ${condition} LIMIT 1000`, []);
    assert(plan.every(({ detail }) => String(detail).startsWith("SEARCH t USING")), JSON.stringify(plan));
    assert(JSON.stringify(plan).includes(index!), JSON.stringify(plan));
  }
});

Deno.test("SqlStore in SQLite leaves a session that is renewed where it is in the index of deadlines, and moves one whose life gets shorter", async () => {
  using client = sqliteClient(":memory:");
  const store = new SqlStore(client, { table: "t" });
  await store.createSchema();
  const key = newKey();
  const owner = newOwner();
  let version = await created(store, key, { data: "1", expires: 9e15, owner });
  for (
    const [record, due] of [
      [{ data: "2", expires: 9e15 + 1000, owner }, 9e15],
      [{ data: "3", expires: 9e15, owner }, 9e15],
      [{ data: "4", expires: 9e15 - 1000, owner }, 9e15 - 1000],
      [{ data: "5", expires: 9e15 + 2000 }, 9e15 - 1000],
      [{ data: "6", expires: 9e15 - 2000, owner }, 9e15 - 2000],
    ] as const
  ) {
    const result = await store.update(key, record, version);
    assert(result.status === "written");
    version = result.version;

    assertEquals(await store.read(key), { ...record, version });
    assertEquals(client.query("SELECT due FROM t", [])[0]!.due, due, record.data);
  }
});

Deno.test("SqlStore in SQLite looks at 250 records at once when it clears, however many have expired and however many live on", async () => {
  using client = sqliteClient(":memory:");
  const asked: [verb: string, count: number][] = [];
  const store = new SqlStore({
    dialect: "sqlite",
    query(sql, values) {
      const rows = client.query(sql, values);
      asked.push([sql.split(" ")[0]!, Number(rows.affectedRows)]);
      return rows;
    },
  }, { table: "t" });
  await store.createSchema();
  const insert = (expires: number, due: number, from: number, to: number) =>
    client.query(
      `WITH RECURSIVE series (id) AS (SELECT ? UNION ALL SELECT id + 1 FROM series WHERE id < ?) \
INSERT INTO t SELECT id, printf('%043d', id), x'7b7d', ?, ?, 'v', NULL FROM series`,
      [from, to, expires, due],
    );
  // In the index the expired come first, then those that were renewed, then others that have expired.
  insert(1, 1, 1, 600);
  insert(9e15, 2, 601, 1000);
  insert(3, 3, 1001, 1300);
  asked.length = 0;

  assertEquals(await store.clearExpired(), 900);
  assertEquals(asked[0], ["UPDATE", 0], "the first 250 have all expired");
  assert(asked.every(([, count]) => count <= 250), JSON.stringify(asked));
  // Of 1300 that are due, six rounds and one statement more each at most.
  assert(asked.length <= 2 * (1300 / 250 + 2), JSON.stringify(asked));
  assertEquals(client.query("SELECT COUNT(*) AS count, MIN(due) AS due FROM t", []).map((row) => ({ ...row })), [
    { count: 400, due: 9e15 },
  ]);
});

Deno.test("SqlStore answers a read at once, where the client does", async () => {
  using client = sqliteClient(":memory:");
  const store = new SqlStore(client);
  await store.createSchema();
  const key = newKey();
  const version = await created(store, key, recordOf("1"));

  const found = store.read(key);
  assert(!(found instanceof Promise));
  assertEquals([found?.data, found?.version], ["1", version]);
  assertEquals(store.read(newKey()), undefined);
  const asynchronous: SqlClient = { dialect: "sqlite", query: async (sql, values) => await client.query(sql, values) };
  assert(new SqlStore(asynchronous).read(key) instanceof Promise);
});

Deno.test("SqlStore says what is missing where a client of SQLite gives no counts", async () => {
  using client = sqliteClient(":memory:");
  const store = new SqlStore({ dialect: "sqlite", query: (sql, values) => [...client.query(sql, values)] });
  await store.createSchema();

  await assertRejects(
    () => store.create(newKey(), recordOf("1")),
    TypeError,
    "its query() must give { affectedRows, insertId } for a statement without rows: received rows (SqlClient shows how)",
  );
});

Deno.test("SqlStore keeps records in an attached database of SQLite", async () => {
  using client = sqliteClient(":memory:");
  client.query("ATTACH ':memory:' AS web", []);
  const store = new SqlStore(client, { table: "web.sessions" });
  await store.createSchema();
  await store.createSchema();
  const key = newKey();
  await created(store, key, recordOf("1", -1));
  await created(store, key, recordOf("2"));

  assertEquals((await present(store, key)).data, "2");
  assertEquals(client.query("SELECT COUNT(*) AS count FROM web.sessions", [])[0]!.count, 1);
});

Deno.test("SqlStore in SQLite takes no record for that of another key that has the same number", async () => {
  using client = sqliteClient(":memory:");
  const store = new SqlStore(client, { table: "t" });
  await store.createSchema();
  const [key, other] = [newKey(), newKey()];
  const version = await created(store, key, recordOf("the other's"));
  // Two such keys can't be found, so a row is given another key.
  client.query("UPDATE t SET session_key = ?", [other]);

  assertEquals(await store.read(key), undefined);
  assertEquals(await store.create(key, recordOf("mine")), undefined, "its place is taken: another key is wanted");
  assertEquals(await store.update(key, recordOf("mine"), version), { status: "gone" });
  await store.delete(key);
  assertEquals(client.query("SELECT session_key, CAST(data AS TEXT) AS data FROM t", []).map((row) => ({ ...row })), [
    { session_key: other, data: "the other's" },
  ]);

  client.query("UPDATE t SET expires = 1", []);
  await created(store, key, recordOf("mine"));
  assertEquals((await present(store, key)).data, "mine");
});

Deno.test("SqlStore in SQLite gives keys that are alike different numbers, spread over all there are", () => {
  const alike = numbers(43).flatMap((at) =>
    ["A", "B", "-", "_"].map((character) => "a".repeat(at) + character + "a".repeat(42 - at))
  );
  const keys = [...alike, ...numbers(20_000).map(newKey)];
  const found = new Set(keys.map((key) => keyNumber(key).join()));
  assertEquals(found.size, keys.length);
  const upper = keys.map((key) => Math.floor((keyNumber(key)[0] + 2 ** 31) / 2 ** 28));
  for (const part of numbers(16)) {
    const count = upper.filter((other) => other === part).length;
    assert(count > keys.length / 16 * 0.8 && count < keys.length / 16 * 1.2, `${count} keys in part ${part} of 16`);
  }
});
