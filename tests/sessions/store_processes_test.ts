import { emptyDirectory } from "./_directories.ts";
import { assertExact, assertNothingLost } from "./_store_processes.ts";

Deno.test("FileStore: 4 processes that increment 100 times each make 400", async () => {
  await inDirectory((path) => assertExact("file", path));
});

Deno.test("KvStore: 4 processes that increment 100 times each in a local file make 400", async () => {
  await inDirectory((path) => assertExact("kv", path));
});

Deno.test("SqlStore: 8 processes that increment 100 times each in a file of SQLite make 800", async () => {
  await inDirectory((path) => assertExact("sqlite", path, 8));
});

Deno.test("FileStore: a writer killed at 20 random instants loses nothing that was acknowledged", async () => {
  await inDirectory((path) => assertNothingLost("file", path, [10, 3000, 200_000]));
});

Deno.test("FileStore durable: a writer killed at 5 random instants loses nothing that was acknowledged", async () => {
  await inDirectory((path) => assertNothingLost("durable", path, [3000], 5));
});

Deno.test("KvStore: a writer killed at 20 random instants loses nothing that was acknowledged", async () => {
  await inDirectory((path) => assertNothingLost("kv", path, [10, 3000, 200_000]));
});

Deno.test("SqlStore: a writer to SQLite killed at 20 random instants loses nothing that was acknowledged", async () => {
  await inDirectory((path) => assertNothingLost("sqlite", path, [10, 3000, 200_000]));
});

async function inDirectory(test: (path: string) => Promise<void>): Promise<void> {
  await using directory = await emptyDirectory();
  await test(`${directory.path}/store`);
}
