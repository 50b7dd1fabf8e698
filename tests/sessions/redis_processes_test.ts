/** Redis used by several processes, and killed while they write. */

import { assert, assertEquals } from "@std/assert";
import type { RedisClient } from "../../sessions/redis_client.ts";
import { RedisStore } from "../../sessions/redis_store.ts";
import type { StoredSession } from "../../sessions/store.ts";
import { created, newKey, newOwner, present, recordOf } from "../../testing/_store/kit.ts";
import { startRedis, testWithRedis } from "./_redis.ts";
import { runWorker } from "./_workers.ts";

testWithRedis(
  "RedisStore: 8 processes that increment 125 times each make 1000, while the scripts are forgotten",
  async () => {
    await using server = await startRedis();
    await using client = await server.connect();
    const store = new RedisStore(client);
    const key = newKey();
    await created(store, key, recordOf("0"));
    const workers = Array.from({ length: 8 }, () => runWorker("increment", ["redis", String(server.port), key, "125"]));
    const ended = Promise.all(workers);
    let isOver = false;
    ended.finally(() => isOver = true);
    while (!isOver) {
      await client.send("SCRIPT", "FLUSH");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    for (const { code, errors } of await ended) assertEquals([code, errors], [0, ""]);

    assertEquals((await present(store, key)).data, "1000");
  },
);

testWithRedis(
  "RedisStore: a server with appendfsync always, killed 6 times under load, loses nothing acknowledged",
  async () => {
    await using server = await startRedis("--appendonly", "yes", "--appendfsync", "always");
    await using redis = await server.connect("redis");
    await using ioredis = await server.connect("ioredis");
    const owner = newOwner();
    const writers = Array.from({ length: 8 }, (_, index) => new Writer([redis, ioredis][index % 2]!, owner));
    let isOver = false;
    const writing = Promise.all(writers.map((writer) => writer.write(() => isOver)));
    for (let round = 0; round < 6; round++) {
      await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 150));
      await server.kill();
      await server.start();
      const before = writers.map(({ acknowledged }) => acknowledged);
      // Every one of them goes on by itself.
      for (let wait = 0; writers.some(({ acknowledged }, index) => acknowledged === before[index]); wait++) {
        assert(wait < 500, `no service again: ${writers.map(({ acknowledged }) => acknowledged)} after ${before}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    isOver = true;
    await writing;

    const listed = await new RedisStore(redis).list(owner);
    assertEquals(listed.map(({ key }) => key).toSorted(), writers.map(({ key }) => key).toSorted());
    assert(writers.every(({ acknowledged }) => acknowledged > 6));
  },
);

/** Writes one number after the other, and looks after each failure whether what was acknowledged is there. */
class Writer {
  readonly key = newKey();
  acknowledged = 0;
  readonly #store: RedisStore;
  readonly #owner: string;

  constructor(client: RedisClient, owner: string) {
    this.#store = new RedisStore(client);
    this.#owner = owner;
  }

  async write(isOver: () => boolean): Promise<void> {
    let version = await created(this.#store, this.key, recordOf("0", 3600, this.#owner));
    while (!isOver()) {
      const next = this.acknowledged + 1;
      const result = await this.#store.update(this.key, recordOf(String(next), 3600, this.#owner), version)
        .catch(() => undefined);
      if (result) {
        // Nobody else writes: neither a conflict with itself nor a session that is gone.
        assert(result.status === "written", result.status);
        version = result.version;
        this.acknowledged = next;
      } else {
        const stored = await this.#readWhenBack();
        const kept = Number(stored.data);
        assert(kept === next - 1 || kept === next, `${next - 1} was acknowledged, ${kept} is there`);
        version = stored.version;
        this.acknowledged = kept;
      }
    }
  }

  async #readWhenBack(): Promise<StoredSession> {
    for (let attempt = 0;; attempt++) {
      try {
        return await present(this.#store, this.key);
      } catch (error) {
        assert(attempt < 100 && !String(error).includes("is missing"), `lost: ${error}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }
}
