/** The whole contract, with one handle in this process and the other one in another. */

import { FileStore } from "../../sessions/file_store.ts";
import { sessionStoreTests } from "../../testing/session_store_tests.ts";
import { emptyDirectory } from "./_directories.ts";
import { startOtherProcess } from "./_other_process.ts";

const process = await startOtherProcess();

sessionStoreTests("FileStore in two processes", async () => {
  const directory = await emptyDirectory();
  const path = `${directory.path}/sessions`;
  const other = process.storeAt("file", path);
  const close = async () => {
    await other[Symbol.asyncDispose]();
    await directory[Symbol.asyncDispose]();
  };
  return { store: new FileStore(path), other, close };
}, { clock: "real" });

Deno.test.afterAll(async () => await process[Symbol.asyncDispose]());
