/**
 * Does one thing with a `FileStore` and kills itself before its n-th request to the file system:
 * `die_at.ts N PATH DURABLE METHOD ARGUMENTS…`. Ends with the result on standard output if there are fewer requests.
 */

import { FileStore } from "../../../sessions/file_store.ts";

const [n, path, durable, method, ...args] = Deno.args as [string, string, string, string, ...string[]];
const store = new FileStore(path, { durable: durable === "true" });
// The directory is opened before, so that only what the method does is counted.
await store.read("k".repeat(43));

let left = Number(n);
type Request = (...args: unknown[]) => unknown;
const requests = Deno as unknown as Record<string, Request>;
const names = [
  "open",
  "openSync",
  "readFile",
  "writeFile",
  "writeTextFile",
  "rename",
  "remove",
  "mkdir",
  "stat",
  "readDir",
];
for (const name of names) {
  const original = requests[name]!;
  requests[name] = (...args) => {
    countDown();
    return original(...args);
  };
}
const file = Deno.FsFile.prototype as unknown as Record<string, Request>;
for (const name of ["write", "sync", "lock", "tryLockSync", "readSync"]) {
  const original = file[name]!;
  file[name] = function (this: unknown, ...args) {
    countDown();
    return original.apply(this, args);
  };
}

const parsed = args.map((argument) => argument.startsWith("{") ? JSON.parse(argument) : argument);
const result = await (store as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>)[method]!(...parsed);
Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify({ result, left })));

function countDown(): void {
  left--;
  if (left === 0) Deno.kill(Deno.pid, "SIGKILL");
}
