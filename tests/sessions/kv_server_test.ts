import { assertEquals, assertRejects } from "@std/assert";
import { KvStore } from "../../sessions/kv_store.ts";
import { RecordTooLargeError } from "../../sessions/record_too_large_error.ts";
import { created, newKey, present, recordOf } from "../../testing/_store/kit.ts";
import type { StoreUnderTest } from "../../testing/store_test_options.ts";
import { DENOKV, NO_DENOKV, startDenokv } from "./_denokv.ts";
import { sessionStoreTests } from "../../testing/session_store_tests.ts";

if (DENOKV) {
  sessionStoreTests("KvStore on a denokv server with two connections", onServer, { clears: false, maxBytes: 800_000 });
}

Deno.test({
  name: `KvStore keeps the largest sessions on a denokv server${DENOKV ? "" : ` (${NO_DENOKV})`}`,
  ignore: !DENOKV,
  async fn() {
    await using server = await startDenokv();
    using kv = await server.open();
    const store = new KvStore(kv, { prefix: ["p".repeat(148)] });
    const key = newKey();
    const version = await created(store, key, recordOf("é".repeat(400_000)));

    const updated = await store.update(key, recordOf("x".repeat(800_000)), version);
    assertEquals(updated.status, "written");
    assertEquals((await present(store, key)).data.length, 800_000);
    await assertRejects(() => store.create(newKey(), recordOf("x".repeat(800_001))), RecordTooLargeError);
    await store.delete(key);
    assertEquals(await Array.fromAsync(kv.list({ prefix: [] })), []);
  },
});

async function onServer(): Promise<StoreUnderTest> {
  const server = await startDenokv();
  const [kv, other] = [await server.open(), await server.open()];
  const close = async () => {
    kv.close();
    other.close();
    await server[Symbol.asyncDispose]();
  };
  return { store: new KvStore(kv), other: new KvStore(other), close };
}
