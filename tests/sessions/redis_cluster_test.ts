/** A real cluster of three servers: every key lies on another one, and the store must not mind. */

import { assert, assertEquals } from "@std/assert";
import { Cluster } from "ioredis";
import { createCluster } from "redis";
import type { RedisClient } from "../../sessions/redis_client.ts";
import { RedisStore } from "../../sessions/redis_store.ts";
import { created, increment, newKey, newOwner, present, recordOf } from "../../testing/_store/kit.ts";
import { type Connection, startRedis, testWithRedis } from "./_redis.ts";
import { runCommand } from "./_workers.ts";

testWithRedis(
  "RedisStore keeps sessions on a cluster, through the cluster clients of npm:redis and npm:ioredis",
  async () => {
    await using servers = new AsyncDisposableStack();
    const ports: number[] = [];
    for (let node = 0; node < 3; node++) {
      ports.push(servers.use(await startRedis("--cluster-enabled", "yes")).port);
    }
    await join(ports);
    await using redis = await connectRedis(ports);
    await using ioredis = await connectIoredis(ports);

    for (const client of [redis, ioredis]) {
      const [store, other] = [new RedisStore(client), new RedisStore(client === redis ? ioredis : redis)];
      await testRecords(store, other);
      await testOwners(store, other);
    }
    // All of that has been on all of the servers.
    for (const port of ports) {
      const { output } = await runCommand("redis-cli", ["-p", String(port), "dbsize"]);
      assert(Number(output) > 10, `only ${output} keys on one of the servers`);
    }
  },
);

async function testRecords(store: RedisStore, other: RedisStore): Promise<void> {
  const keys = Array.from({ length: 60 }, newKey);
  await Promise.all(keys.map(async (key) => {
    const version = await created(store, key, recordOf(`of ${key}`));
    assertEquals((await present(other, key)).version, version);
    assertEquals((await other.read(key, { fresh: true }))?.data, `of ${key}`);
    assertEquals((await other.update(key, recordOf("0"), version)).status, "written");
    assertEquals(await store.update(key, recordOf("late"), version), { status: "conflict" });
  }));
  const [counter] = keys as [string];
  await Promise.all(Array.from({ length: 20 }, (_, index) => increment(index % 2 ? store : other, counter)));
  assertEquals((await present(store, counter)).data, "20");
  await Promise.all(keys.slice(30).map((key) => other.delete(key)));
  assertEquals((await Promise.all(keys.map((key) => store.read(key)))).filter(Boolean).length, 30);
}

async function testOwners(store: RedisStore, other: RedisStore): Promise<void> {
  const owner = newOwner();
  const keys = Array.from({ length: 30 }, newKey);
  await Promise.all(keys.map((key) => created(store, key, recordOf("1", 3600, owner))));
  await Promise.all(keys.slice(0, 10).map((key) => other.delete(key)));

  assertEquals((await other.list(owner)).map(({ key }) => key).toSorted(), keys.slice(10).toSorted());
}

/** Makes a cluster of running servers, and waits until all of them know. */
async function join(ports: readonly number[]): Promise<void> {
  const nodes = ports.map((port) => `127.0.0.1:${port}`);
  const { code, output } = await runCommand("redis-cli", ["--cluster", "create", ...nodes, "--cluster-yes"]);
  assertEquals(code, 0, output);
  for (const port of ports) {
    for (let attempt = 0;; attempt++) {
      const { output } = await runCommand("redis-cli", ["-p", String(port), "cluster", "info"]);
      if (output.includes("cluster_state:ok") && output.includes("cluster_known_nodes:3")) break;
      assert(attempt < 100, `the cluster does not come up: ${output}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function connectRedis(ports: readonly number[]): Promise<Connection> {
  const cluster = createCluster({ rootNodes: ports.map((port) => ({ socket: { host: "127.0.0.1", port } })) });
  cluster.on("error", () => {});
  await cluster.connect();
  return {
    send: (command, ...args) => cluster.sendCommand(keyOf(command, args), false, [command, ...args]),
    [Symbol.asyncDispose]: () => Promise.resolve(cluster.destroy()),
  };
}

/** As the documentation of `RedisClient` says. */
function keyOf(command: string, args: string[]): string {
  return command.startsWith("EVAL") ? args[2]! : args[0]!;
}

async function connectIoredis(ports: readonly number[]): Promise<Connection> {
  const cluster = new Cluster(ports.map((port) => ({ host: "127.0.0.1", port })), { lazyConnect: true });
  cluster.on("error", () => {});
  await cluster.connect();
  const client: RedisClient = { send: (...command) => cluster.call(...command) };
  return {
    ...client,
    [Symbol.asyncDispose]: async () => {
      const ended = new Promise((resolve) => cluster.once("end", resolve));
      cluster.disconnect();
      await ended;
    },
  };
}
