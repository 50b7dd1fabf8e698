/** The index by owner, which Redis may keep on another server than the records: what happens between the steps. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { RedisClient } from "../../sessions/redis_client.ts";
import { RedisStore } from "../../sessions/redis_store.ts";
import { created, newKey, newOwner, recordOf } from "../../testing/_store/kit.ts";
import { startRedis, testWithRedis, WatchedClient } from "./_redis.ts";

/** What a test is given. */
interface Setting {
  /** A connection of the test's own. */
  readonly connection: RedisClient;
  /** The commands of `store`. */
  readonly client: WatchedClient;
  readonly store: RedisStore;
  /** Another process, on the same server. */
  readonly other: RedisStore;
  /** A key and an owner that nothing has. */
  readonly key: string;
  readonly owner: string;
  /** What is in the owner's index. */
  readonly entries: () => Promise<string[]>;
}

function testIndex(title: string, body: (setting: Setting) => Promise<void>): void {
  testWithRedis(title, async () => {
    await using server = await startRedis();
    await using connection = await server.connect();
    const client = new WatchedClient(connection);
    const store = new RedisStore(client);
    const [key, owner] = [newKey(), newOwner()];
    const entries = async () => (await connection.send("ZRANGE", indexOf(owner), "0", "-1")) as string[];
    // So that the server knows the scripts, and a write is one command.
    await created(store, newKey(), recordOf("1", 60, newOwner()));
    await store.update(newKey(), recordOf("1"), "");
    client.take();
    await body({ connection, client, store, other: new RedisStore(connection), key, owner, entries });
  });
}

function indexOf(owner: string): string {
  return `nuages:session:{${owner}}:owned`;
}

const keysOf = (list: readonly { key: string }[]) => list.map(({ key }) => key);

testIndex(
  "RedisStore goes to the index where a session gets an owner, and not while it keeps it",
  async ({ client, store, key, owner }) => {
    let version = await created(store, key, recordOf("0"));
    assertEquals(client.take(), ["EVALSHA"]);
    const update = async (who?: string) => {
      const result = await store.update(key, recordOf("1", 3600, who), version);
      assert(result.status === "written");
      version = result.version;
      return client.take().join(" ");
    };

    assertEquals(await update(owner), "EVALSHA EVALSHA");
    for (let count = 0; count < 5; count++) assertEquals(await update(owner), "EVALSHA");
    assertEquals(await update(newOwner()), "EVALSHA EVALSHA ZREM");
    assertEquals(await update(), "EVALSHA ZREM");
  },
);

testIndex(
  "RedisStore renews an entry of the index before it is over, and rarely",
  async ({ connection, client, store, other, key, owner }) => {
    using time = new FakeTime(Date.now());
    let version = await created(store, key, recordOf("0", 86_400, owner));
    client.take();
    let renewals = 0;
    for (let day = 0; day < 40; day++) {
      time.tick(43_200_000);
      const result = await store.update(key, recordOf(String(day), 86_400, owner), version);
      assert(result.status === "written");
      version = result.version;
      renewals += Number(client.take().length > 1);
      assertEquals(keysOf(await other.list(owner)), [key]);
    }

    assert(renewals > 5 && renewals <= 20, `renewed ${renewals} times`);
    const left = Number(await connection.send("PTTL", indexOf(owner)));
    assert(left > 86_400_000, "the index must outlive its records");
  },
);

testIndex(
  "RedisStore keeps the index for the session that lives longest",
  async ({ connection, store, key, owner }) => {
    await created(store, key, recordOf("long", 100 * 86_400, owner));
    await created(store, newKey(), recordOf("short", 60, owner));

    assert(Number(await connection.send("PTTL", indexOf(owner))) > 100 * 86_400_000);
  },
);

testIndex(
  "RedisStore lists a record whose writer was slow, however often others list meanwhile",
  async ({ client, store, other, key, owner }) => {
    const seen: number[] = [];
    client.before = async () => {
      if (client.commands.length === 2) seen.push((await other.list(owner)).length, (await other.list(owner)).length);
    };
    await created(store, key, recordOf("1", 3600, owner));

    assertEquals([seen, keysOf(await other.list(owner))], [[0, 0], [key]]);
  },
);

testIndex(
  "RedisStore does not list what a crash left in the index, and removes it after an hour",
  async ({ connection, client, store, other, key, owner, entries }) => {
    client.before = () => {
      if (client.commands.length === 2) throw new Error("The process has died");
    };
    await assertRejects(() => store.create(key, recordOf("1", 3600, owner)), Error, "has died");
    assertEquals([await other.list(owner), (await entries()).length], [[], 1]);

    await age(connection, owner, await entries(), 3500);
    assertEquals([await other.list(owner), (await entries()).length], [[], 1]);
    await age(connection, owner, await entries(), 3700);
    assertEquals([await other.list(owner), (await entries()).length], [[], 0]);
  },
);

testIndex(
  "RedisStore never removes the entry of a record that lives, however old it is",
  async ({ connection, store, other, key, owner, entries }) => {
    await created(store, key, recordOf("1", 3600, owner));
    const [entry] = await entries();
    const old = entry!.replace(/\/\d+\//, (seconds) => `/${Number(seconds.slice(1, -1)) - 100_000}/`);
    const stored = await connection.send("GET", `nuages:session:{${key}}`) as string;
    await connection.send("SET", `nuages:session:{${key}}`, stored.replace(entry!.slice(44), old.slice(44)));
    await age(connection, owner, [entry!], 100_000);

    for (let count = 0; count < 3; count++) assertEquals(keysOf(await other.list(owner)), [key]);
    assertEquals(await entries(), [old]);
  },
);

testIndex(
  "RedisStore begins again when its record comes long after its entry",
  async ({ client, store, other, key, owner }) => {
    let made = 0;
    // As if this process had slept for twenty minutes between the two steps.
    client.answer = (answer) => /^\d+$/.test(String(answer)) && made++ === 0 ? String(Number(answer) - 1200) : answer;
    await created(store, key, recordOf("1", 3600, owner));

    assertEquals(client.take(), ["EVALSHA", "EVALSHA", "ZREM", "EVALSHA", "EVALSHA"]);
    assertEquals(keysOf(await other.list(owner)), [key]);
  },
);

testIndex(
  "RedisStore gives up, and says so, when the clocks of its servers differ by much",
  async ({ client, store, key, owner }) => {
    client.answer = (answer) => /^\d+$/.test(String(answer)) ? String(Number(answer) - 1200) : answer;

    await assertRejects(
      () => store.create(key, recordOf("1", 3600, owner)),
      Error,
      "Cannot keep session in Redis as the clocks of its servers must not differ by more than minutes",
    );
  },
);

testIndex(
  "RedisStore forgets in the index what was ended, given away or lost to another writer",
  async ({ store, key, owner, entries }) => {
    const first = await created(store, key, recordOf("1", 3600, owner));
    assertEquals((await entries()).length, 1);
    assertEquals(await store.create(key, recordOf("2", 3600, owner)), undefined);
    assertEquals(await store.update(newKey(), recordOf("2", 3600, owner), "0"), { status: "gone" });
    assertEquals(await store.update(key, recordOf("2", 3600, owner), "0"), { status: "conflict" });
    assertEquals((await entries()).length, 1);

    const given = await store.update(key, recordOf("2", 3600, newOwner()), first);
    assert(given.status === "written");
    assertEquals((await entries()).length, 0);
    const back = await store.update(key, recordOf("3", 3600, owner), given.version);
    assert(back.status === "written");
    assertEquals((await entries()).length, 1);
    await store.delete(key);
    assertEquals((await entries()).length, 0);
  },
);

testIndex(
  "RedisStore has ended a session also when the index can't be reached any more",
  async ({ client, store, other, key, owner }) => {
    await created(store, key, recordOf("1", 3600, owner));
    client.before = (command) => {
      if (command === "ZREM") throw new Error("The connection is lost");
    };
    await store.delete(key);

    assertEquals([await other.read(key), await other.list(owner)], [undefined, []]);
  },
);

testIndex(
  "RedisStore bounds the index of an owner who signs in for years and is never listed",
  async ({ store, owner, entries }) => {
    using time = new FakeTime(Date.now());
    for (let day = 0; day < 100; day++) {
      await created(store, newKey(), recordOf("1", 86_400, owner));
      time.tick(86_400_000);
    }

    assert((await entries()).length <= 4, `${(await entries()).length} entries are left`);
  },
);

testIndex("RedisStore lists a thousand sessions of one owner", async ({ store, other, owner }) => {
  const keys = Array.from({ length: 1000 }, newKey);
  await Promise.all(keys.map((key) => created(store, key, recordOf(key, 3600, owner))));
  await Promise.all(keys.slice(0, 500).map((key) => store.delete(key)));

  assertEquals(keysOf(await other.list(owner)).toSorted(), keys.slice(500).toSorted());
});

/** Makes entries of an index older than they are. */
async function age(connection: RedisClient, owner: string, entries: string[], seconds: number): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  for (const entry of entries) {
    const [key, made, nonce] = entry.split("/");
    const score = await connection.send("ZSCORE", indexOf(owner), entry) as string;
    await connection.send("ZREM", indexOf(owner), entry);
    const old = Math.min(Number(made), now) - (seconds - (now - Number(made)));
    await connection.send("ZADD", indexOf(owner), score, `${key}/${old}/${nonce}`);
  }
}
