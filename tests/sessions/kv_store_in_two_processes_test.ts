/** The whole contract, with one handle on a local file in this process and the other one in another. */

import { KvStore } from "../../sessions/kv_store.ts";
import { sessionStoreTests } from "../../testing/session_store_tests.ts";
import { emptyDirectory } from "./_directories.ts";
import { startOtherProcess } from "./_other_process.ts";

const process = await startOtherProcess();

sessionStoreTests("KvStore in two processes", async () => {
  const directory = await emptyDirectory();
  const path = `${directory.path}/kv.sqlite`;
  const kv = await Deno.openKv(path);
  const other = process.storeAt("kv", path);
  const close = async () => {
    kv.close();
    await other[Symbol.asyncDispose]();
    await directory[Symbol.asyncDispose]();
  };
  return { store: new KvStore(kv), other, close };
}, { clock: "real", clears: false, maxBytes: 800_000 });

Deno.test.afterAll(async () => await process[Symbol.asyncDispose]());
