import { assertEquals } from "@std/assert";
import { RedisStore } from "../../sessions/redis_store.ts";
import { sessionStoreTests } from "../../testing/session_store_tests.ts";
import { created, newKey, newOwner, present, recordOf } from "../../testing/_store/kit.ts";
import { onValkey, startValkey, VALKEY } from "./_redis.ts";

if (VALKEY) {
  sessionStoreTests("RedisStore on Valkey", () => onValkey("redis"), { clears: false, maxBytes: 1_000_000 });
}

Deno.test({
  name: `RedisStore on Valkey keeps a session and its owner when the scripts are forgotten${
    VALKEY ? "" : " (needs valkey-server on the path or in VALKEY_SERVER)"
  }`,
  ignore: !VALKEY,
  async fn() {
    await using server = await startValkey();
    await using connection = await server.connect("ioredis");
    const store = new RedisStore(connection);
    const [key, owner] = [newKey(), newOwner()];
    const version = await created(store, key, { ...recordOf("0"), owner });
    await connection.send("SCRIPT", "FLUSH");
    const result = await store.update(key, { ...recordOf("1"), owner }, version);
    assertEquals(result.status, "written");
    assertEquals((await present(store, key)).data, "1");
    assertEquals((await store.list(owner)).map((listed) => listed.key), [key]);
    assertEquals(String(await connection.send("INFO", "server")).includes("valkey_version"), true);
  },
});
