/** The command that removes expired sessions, as a crontab starts it and as a program does. */

import { clearSessions } from "@nuages/web/clearsessions";
import {
  type ClearExpiredOptions,
  FileStore,
  MemoryStore,
  type SessionStore,
  sqliteClient,
  SqlStore,
} from "@nuages/web/sessions";
import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { setImmediate } from "node:timers";
import { fromFileUrl } from "@std/path/from-file-url";
import { FakeTime } from "@std/testing/time";
import { importArguments } from "../../tools/import_map.ts";
import { newKey } from "../../testing/_store/kit.ts";
import { emptyDirectory, recordFiles } from "./_directories.ts";
import { runCommand } from "./_workers.ts";

const COMMAND = fromFileUrl(new URL("../../sessions/clear_sessions.ts", import.meta.url));

/** Starts the command in a process of its own, with no more rights than it says it needs. */
function run(...args: string[]) {
  return runCommand(Deno.execPath(), ["run", "--allow-read", "--allow-write", ...importArguments(), COMMAND, ...args]);
}

/** What it says when it is called as a function. */
async function call(args: string[], options: Parameters<typeof clearSessions>[1] = {}) {
  const [said, complaints, progress]: [string[], string[], string[]] = [[], [], []];
  const code = await clearSessions(args, {
    say: (text) => said.push(text),
    complain: (text) => complaints.push(text),
    showProgress: (text) => progress.push(text),
    ...options,
  });
  return { code, said: said.join(""), complaints: complaints.join(""), progress: progress.join("") };
}

/** A directory with sessions that have expired, and others. */
async function directoryOf(expired: number, living: number) {
  const directory = await emptyDirectory();
  const path = `${directory.path}/sessions`;
  const store = new FileStore(path);
  for (let i = 0; i < expired; i++) await store.create(newKey(), { data: "{}", expires: Date.now() + 1 });
  for (let i = 0; i < living; i++) await store.create(newKey(), { data: "{}", expires: Date.now() + 60_000 });
  await new Promise((resolve) => setTimeout(resolve, 5));
  return { path, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() };
}

Deno.test("clearsessions removes what has expired from a directory, says how many, and ends with 0", async () => {
  await using directory = await directoryOf(7, 3);
  const { code, output, errors } = await run("--file", directory.path);

  assertEquals([code, output, errors], [0, "7 expired sessions removed\n", ""]);
  assertEquals((await recordFiles(directory.path)).size, 3);
  assertEquals((await run("--file", directory.path)).output, "0 expired sessions removed\n");
});

Deno.test("clearsessions --quiet says nothing, as a crontab likes it", async () => {
  await using directory = await directoryOf(2, 0);
  const { code, output, errors } = await run("--quiet", "--file", directory.path);

  assertEquals([code, output, errors, (await recordFiles(directory.path)).size], [0, "", "", 0]);
});

Deno.test("clearsessions of a directory that isn't there ends with 1, and makes none", async () => {
  await using directory = await emptyDirectory();
  const { code, output, errors } = await run("--file", `${directory.path}/slip-of-the-pen`);

  assertEquals([code, output], [1, ""]);
  assertMatch(errors, /^Cannot clear sessions: .*No such file or directory/);
  assertEquals((await Array.fromAsync(Deno.readDir(directory.path))).length, 0);
  await Deno.writeTextFile(`${directory.path}/file`, "");
  assertStringIncludes((await run("--file", `${directory.path}/file`)).errors, "is no directory");
});

Deno.test("clearsessions removes what has expired from a file of SQLite, and makes no file", async () => {
  await using directory = await emptyDirectory();
  const path = `${directory.path}/sessions.db`;
  assertMatch((await run("--sqlite", path)).errors, /^Cannot clear sessions: .*No such file or directory/);
  assertStringIncludes((await run("--sqlite", directory.path)).errors, "is no file");
  using client = sqliteClient(path);
  assertStringIncludes((await run("--sqlite", path)).errors, "table nuages_sessions is missing");
  const store = new SqlStore(client);
  await store.createSchema();
  for (const lifetime of [-1, -1, 60_000]) await store.create(newKey(), { data: "{}", expires: Date.now() + lifetime });

  assertEquals(await run("--sqlite", path).then(({ code, output }) => [code, output]), [
    0,
    "2 expired sessions removed\n",
  ]);
});

Deno.test("clearsessions --table names the table of the sessions, and leaves others alone", async () => {
  await using directory = await emptyDirectory();
  const path = `${directory.path}/sessions.db`;
  using client = sqliteClient(path);
  for (const table of ["nuages_sessions", "shop_sessions"]) {
    const store = new SqlStore(client, { table });
    await store.createSchema();
    for (let i = 0; i < table.length; i++) await store.create(newKey(), { data: "{}", expires: Date.now() - 1 });
  }
  const { code, output } = await run("--sqlite", path, "--table", "shop_sessions");

  assertEquals([code, output], [0, "13 expired sessions removed\n"]);
  assertEquals((await call(["--table=main.shop_sessions", "--sqlite", path])).said, "0 expired sessions removed\n");
  assertEquals((await call(["--sqlite", path])).said, "15 expired sessions removed\n");
  const missing = await call(["--sqlite", path, "--table", "slip_of_the_pen"]);
  assertEquals([missing.code, missing.said], [1, ""]);
  assertStringIncludes(missing.complaints, "table slip_of_the_pen is missing");
});

Deno.test("clearsessions refuses a table that SqlStore refuses, in its words, and opens nothing", async () => {
  await using directory = await emptyDirectory();
  using client = sqliteClient(":memory:");
  for (const table of ["", "1st", "a-b", "x".repeat(41), "a; DROP TABLE users"]) {
    const { message } = assertThrows(() => new SqlStore(client, { table }), TypeError);
    // A file that is missing would end with 1.
    const { code, complaints } = await call(["--sqlite", `${directory.path}/missing.db`, `--table=${table}`]);
    assertEquals([table, code, complaints.split("\n")[0]], [table, 2, message]);
  }
});

Deno.test("clearsessions that is told nothing, or nonsense, ends with 2 and says how it is used", async () => {
  const stores = { other: { value: "X", what: "another one", open: () => new MemoryStore() } };
  for (
    const [args, complaint] of [
      [[], "No store was named"],
      [["--quiet"], "No store was named"],
      [["--file"], "No store was named"],
      [["--file", ""], 'Unknown: ""'],
      [["--file="], "No store was named"],
      [["--flie", "x"], "Unknown: --flie"],
      [["--file", "x", "y"], "Unknown: y"],
      [["x"], "Unknown: x"],
      [["--file", "x", "--other", "y"], "More than one store"],
      [["--table", "x"], "No store was named"],
      [["--file", "x", "--table", "y"], "--table goes with --sqlite only"],
      [["--other", "x", "--table", "y"], "--table goes with --sqlite only"],
      [["--sqlite", "x", "--table"], "Cannot create SqlStore as table must be a name"],
    ] as const
  ) {
    const { code, said, complaints, progress } = await call([...args], { stores });
    assertEquals([args, code, said, progress], [args, 2, "", ""]);
    assertStringIncludes(complaints, complaint);
    assertStringIncludes(complaints, "Usage: deno run");
  }
  assertEquals((await run("--flie", "x")).code, 2);
});

Deno.test("clearsessions --help says all it knows, and ends with 0", async () => {
  const { code, output } = await run("--help");

  assertEquals(code, 0);
  for (const words of ["--file DIRECTORY", "--table NAME", "--quiet", "Exits with 0"]) {
    assertStringIncludes(output, words);
  }
  const stores = { other: { value: "URL", what: "another one", open: () => new MemoryStore() } };
  assertMatch((await call(["-h"], { stores })).said, /--other URL +another one\n/);
});

Deno.test("clearsessions shows on a terminal that it is at work, and cleans up behind it", async () => {
  using time = new FakeTime();
  const { promise, resolve } = Promise.withResolvers<number>();
  const stores = { slow: { value: "X", what: "a slow one", open: () => ({ clearExpired: () => promise }) } };
  const calling = call(["--slow", "x"], { stores });
  await time.tickAsync(2500);
  resolve(1);
  const { code, said, progress } = await calling;

  assertEquals([code, said], [0, "1 expired session removed\n"]);
  assertEquals(progress, [0, 1, 2].map((s) => `\rClearing sessions … ${s} s`).join("") + "\r\x1b[K");
  assertEquals((await call(["--slow", "x", "--quiet"], { stores })).progress, "");
});

Deno.test("clearsessions shows on a terminal how many it has removed so far, if the store tells", async () => {
  using time = new FakeTime();
  const { promise, resolve } = Promise.withResolvers<number>();
  let tell: ((removed: number) => void) | undefined;
  const store: Pick<SessionStore, "clearExpired"> = {
    clearExpired: ({ onProgress } = {}) => (tell = onProgress, promise),
  };
  const calling = call(["--slow", "x"], { stores: { slow: { value: "X", what: "a slow one", open: () => store } } });
  await time.tickAsync(1500);
  tell!(1000);
  tell!(2000);
  await time.tickAsync(1000);
  await time.tickAsync(1000);
  tell!(3000);
  resolve(3000);
  const { said, progress } = await calling;

  assertEquals(said, "3000 expired sessions removed\n");
  assertEquals(progress.split("\r").map((line) => line.replace("Clearing sessions … ", "")), [
    "",
    "0 s",
    "1 s",
    "2000 removed, 2 s",
    "2000 removed, 3 s",
    "\x1b[K",
  ]);
});

Deno.test("clearsessions --quiet asks no store how far it is", async () => {
  const asked: unknown[] = [];
  const open = () => ({
    clearExpired: (options?: ClearExpiredOptions) => Promise.resolve(asked.push(options?.onProgress)),
  });
  const stores = { curious: { value: "X", what: "one", open } };
  await call(["--curious", "x", "--quiet"], { stores });
  await call(["--curious", "x"], { stores, showProgress: undefined });

  assertEquals(asked, [undefined, undefined]);
});

Deno.test("clearsessions shows how far it is with a file of SQLite", async () => {
  await using directory = await emptyDirectory();
  const path = `${directory.path}/sessions.db`;
  using client = sqliteClient(path);
  const store = new SqlStore(client);
  await store.createSchema();
  for (let i = 0; i < 300; i++) await store.create(newKey(), { data: "{}", expires: Date.now() - 1 });
  // The seconds of the line fly by, in the pause that SqlStore makes after a batch, too.
  using time = new FakeTime();
  let hasEnded = false;
  const calling = call(["--sqlite", path]).finally(() => hasEnded = true);
  while (!hasEnded) {
    await time.tickAsync(1000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { said, progress } = await calling;

  assertEquals(said, "300 expired sessions removed\n");
  assertStringIncludes(progress, "Clearing sessions … 250 removed, ");
});

Deno.test("clearsessions closes what it has opened, also where clearing fails, and says why", async () => {
  let closed = 0;
  const open = (fails: boolean) => () => ({
    clearExpired: () => fails ? Promise.reject(new Error("disk on fire")) : Promise.resolve(3),
    [Symbol.asyncDispose]: () => Promise.resolve(void closed++),
  });
  const stores = {
    good: { value: "X", what: "one", open: open(false) },
    bad: { value: "X", what: "one", open: open(true) },
    closed: { value: "X", what: "one", open: () => Promise.reject("no way in") },
  };
  assertEquals([(await call(["--good", "x"], { stores })).code, closed], [0, 1]);
  const bad = await call(["--bad", "x"], { stores });
  assertEquals([bad.code, bad.said, bad.complaints, closed], [1, "", "Cannot clear sessions: disk on fire\n", 2]);
  assertEquals((await call(["--closed", "x"], { stores })).complaints, "Cannot clear sessions: no way in\n");
  assert(bad.progress.endsWith("\r\x1b[K"));
});
