import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { toFileUrl } from "@std/path/to-file-url";
import { FileStore } from "../../sessions/file_store.ts";
import { created, increment, newKey, present, recordOf } from "../../testing/_store/kit.ts";
import { blocked, emptyDirectory, filesBelow, inDirectory, namesIn, recordFiles } from "./_directories.ts";
import { testMisuse } from "./_misuse.ts";
import { sessionStoreTests } from "../../testing/session_store_tests.ts";
import { runCommand, runWorker, workerCommand } from "./_workers.ts";

sessionStoreTests("FileStore with two handles", () => inDirectory(), { makeBroken: blocked });
sessionStoreTests("FileStore durable", () => inDirectory({ durable: true }));
testMisuse("FileStore", () => inDirectory());

Deno.test("FileStore touches nothing before it is used", async () => {
  await using directory = await emptyDirectory();
  new FileStore(`${directory.path}/sessions`);

  assertEquals(await namesIn(directory.path), []);
});

Deno.test("FileStore keeps one record a file, named after its key, for its owner only", async () => {
  await using directory = await emptyDirectory();
  const path = `${directory.path}/var/sessions`;
  const store = new FileStore(path, { durable: true });
  const key = newKey();
  await created(store, key, recordOf('{"cart":[1]}'));
  await store.clearExpired();

  const file = (await recordFiles(path)).get(key)!;
  assertStringIncludes(await Deno.readTextFile(file), '{"cart":[1]}');
  assertEquals(await modeOf(file), 0o600);
  for (const folder of [path, `${path}/.locks`, `${path}/.tmp`, `${path}/.expiry`, file.slice(0, -44)]) {
    assertEquals(await modeOf(folder), 0o700, folder);
  }
  for (const name of await filesBelow(path)) assertEquals(await modeOf(`${path}/${name}`), 0o600, name);
  for (const name of await namesIn(`${path}/.locks`)) assertEquals(await modeOf(`${path}/.locks/${name}`), 0o600);
});

Deno.test("FileStore spreads records over 256 subdirectories", async () => {
  await using directory = await emptyDirectory();
  const store = new FileStore(directory.path);
  await Promise.all(Array.from({ length: 3000 }, () => created(store, newKey(), recordOf("1"))));

  const shards = (await namesIn(directory.path)).filter((name) => /^[\da-f]{2}$/.test(name));
  // Each of 256 stays empty with a chance of 1 in 126 000.
  assert(shards.length >= 250, `only ${shards.length} subdirectories`);
});

Deno.test("FileStore leaves one file for a record, however often it is written, and none when it is deleted", async () => {
  await using directory = await emptyDirectory();
  const store = new FileStore(directory.path);
  const key = newKey();
  await created(store, key, recordOf("0"));
  for (let count = 0; count < 20; count++) await increment(store, key);
  assertEquals([...(await recordFiles(directory.path)).keys()], [key]);
  assertEquals(await namesIn(`${directory.path}/.tmp`), []);

  await store.delete(key);
  assertEquals((await recordFiles(directory.path)).size, 0);
});

Deno.test("FileStore replaces a file and never writes into one, so that a backup under way stays whole", async () => {
  await using directory = await emptyDirectory();
  const store = new FileStore(directory.path);
  const key = newKey();
  const version = await created(store, key, recordOf("before"));
  const path = (await recordFiles(directory.path)).get(key)!;
  const before = await Deno.readTextFile(path);
  using file = await Deno.open(path);
  await store.update(key, recordOf("after"), version);

  assertEquals(await new Response(file.readable).text(), before);
});

Deno.test("FileStore takes a path or a file: URL", async () => {
  await using directory = await emptyDirectory();
  const key = newKey();
  await created(new FileStore(`${directory.path}/with space`), key, recordOf("1"));

  assertEquals((await present(new FileStore(toFileUrl(`${directory.path}/with space`)), key)).data, "1");
});

Deno.test("FileStore refuses what is not a directory's name", () => {
  for (const directory of ["", undefined as unknown as string, 7 as unknown as string]) {
    assertThrows(
      () => new FileStore(directory),
      TypeError,
      "Cannot create FileStore as directory must be a path or a file: URL",
    );
  }
  assertThrows(() => new FileStore(new URL("https://example.com/sessions")), TypeError);
});

Deno.test("FileStore is found by the path it was given, also when the working directory changes", async () => {
  await using directory = await emptyDirectory();
  await Deno.mkdir(`${directory.path}/a`);
  const ending = await runWorker("change_directory", [directory.path]);

  assertEquals([ending.code, ending.errors], [0, ""]);
  assertEquals(await namesIn(`${directory.path}`), ["a", "sessions"]);
  assertEquals(await namesIn(`${directory.path}/a`), []);
});

Deno.test("FileStore works in a directory that is a symbolic link, and stays there when the link changes", async () => {
  await using directory = await emptyDirectory();
  const { path } = directory;
  await Deno.mkdir(`${path}/real`, { mode: 0o700 });
  await Deno.mkdir(`${path}/elsewhere`, { mode: 0o700 });
  await Deno.symlink(`${path}/real`, `${path}/link`);
  const store = new FileStore(`${path}/link`);
  const [one, two] = [newKey(), newKey()];
  await created(store, one, recordOf("1"));
  await Deno.remove(`${path}/link`);
  await Deno.symlink(`${path}/elsewhere`, `${path}/link`);
  await created(store, two, recordOf("2"));

  assertEquals((await recordFiles(`${path}/real`)).size, 2);
  assertEquals(await namesIn(`${path}/elsewhere`), []);
});

Deno.test("FileStore refuses a directory that others may write to, says what to do, and takes it when that was done", async () => {
  await using directory = await emptyDirectory();
  const path = `${directory.path}/sessions`;
  await Deno.mkdir(path);
  const store = new FileStore(path);
  for (const mode of [0o777, 0o770, 0o722, 0o720, 0o702, 0o1777, 0o2775]) {
    await Deno.chmod(path, mode);
    const octal = mode.toString(8).padStart(4, "0");
    for (const action of [() => store.read(newKey()), () => store.create(newKey(), recordOf("1"))]) {
      await assertRejects(
        action,
        Error,
        `Cannot keep sessions in ${path} as others may write to it (mode ${octal}): run chmod 700 '${path}'`,
      );
    }
    assertEquals(await namesIn(path), [], "nothing was made in it");
  }
  for (const mode of [0o755, 0o750, 0o700]) {
    await Deno.chmod(path, mode);
    await created(new FileStore(path), newKey(), recordOf("1"));
  }
  await created(store, newKey(), recordOf("1"));
});

Deno.test("FileStore refuses a directory that others may enter and write to what is in it", async () => {
  await using directory = await emptyDirectory();
  const path = `${directory.path}/sessions`;
  const key = newKey();
  await created(new FileStore(path), key, recordOf("1"));
  for await (const { name } of Deno.readDir(path)) {
    const { mode } = await Deno.stat(`${path}/${name}`);
    await Deno.chmod(`${path}/${name}`, 0o777);
    await Deno.chmod(path, 0o755);
    await assertRejects(
      () => new FileStore(path).read(key),
      Error,
      `Cannot keep sessions in ${path} as others may write to ${name} in it (mode 0777): run chmod 700 '${path}'`,
    );

    await Deno.chmod(path, 0o700);
    assertEquals((await new FileStore(path).read(key))?.data, "1", "nobody else gets there");
    await Deno.chmod(`${path}/${name}`, mode! & 0o777);
    await Deno.chmod(path, 0o755);
    assertEquals((await new FileStore(path).read(key))?.data, "1");
  }
});

Deno.test("FileStore refuses a link to a directory that others may write to", async () => {
  await using directory = await emptyDirectory();
  await Deno.mkdir(`${directory.path}/real`);
  await Deno.chmod(`${directory.path}/real`, 0o777);
  await Deno.symlink(`${directory.path}/real`, `${directory.path}/link`);

  await assertRejects(() => new FileStore(`${directory.path}/link`).read(newKey()), Error, "others may write to it");
});

Deno.test({
  name: "FileStore refuses a directory of another user, who could write to it (needs root to give it away)",
  ignore: Deno.build.os === "windows" || Deno.uid() !== 0,
  async fn() {
    await using directory = await emptyDirectory();
    const path = `${directory.path}/sessions`;
    await Deno.mkdir(path, { mode: 0o700 });
    await Deno.chown(path, 4321, 4321);

    await assertRejects(
      () => new FileStore(path).read(newKey()),
      Error,
      `Cannot keep sessions in ${path} as it belongs to user 4321 and this process runs as 0`,
    );
  },
});

Deno.test("FileStore refuses a file, and a link that leads nowhere", async () => {
  await using directory = await emptyDirectory();
  const { path } = directory;
  await Deno.writeTextFile(`${path}/file`, "not a directory");
  await Deno.symlink(`${path}/nowhere/at/all`, `${path}/dangling`);

  for (const name of ["file", "file/below", "dangling"]) {
    await assertRejects(
      () => new FileStore(`${path}/${name}`).read(newKey()),
      Error,
      `Cannot keep sessions in ${path}/${name} as it is not a directory: choose another path`,
    );
  }
  assertEquals(await Deno.readTextFile(`${path}/file`), "not a directory");
});

Deno.test("FileStore opens a copy of its directory", async () => {
  await using directory = await emptyDirectory();
  const store = new FileStore(`${directory.path}/sessions`);
  const keys = Array.from({ length: 50 }, newKey);
  for (const key of keys) await created(store, key, recordOf(key));
  await runCommand("cp", ["-r", `${directory.path}/sessions`, `${directory.path}/copy`]);
  const copy = new FileStore(`${directory.path}/copy`);
  for (const key of keys) await store.delete(key);

  for (const key of keys) assertEquals((await present(copy, key)).data, key);
});

Deno.test("FileStore throws when its directory disappears, as that is no reason to sign everybody out", async () => {
  await using directory = await emptyDirectory();
  const path = `${directory.path}/sessions`;
  const store = new FileStore(path);
  const key = newKey();
  const version = await created(store, key, recordOf("1"));
  // As when the disk is taken away that it lies on.
  await Deno.rename(path, `${directory.path}/away`);
  const message = `Cannot use session directory ${path} as ${path}/.locks is gone`;
  for (
    const action of [
      () => store.read(key),
      () => store.create(newKey(), recordOf("1")),
      () => store.update(key, recordOf("1"), version),
      () => store.delete(key),
    ]
  ) {
    await assertRejects(action, Error, message);
  }

  await Deno.rename(`${directory.path}/away`, path);
  assertEquals((await present(store, key)).version, version);
});

Deno.test("FileStore goes on when somebody empties its directory to sign everybody out", async () => {
  await using directory = await emptyDirectory();
  const store = new FileStore(directory.path);
  const key = newKey();
  const version = await created(store, key, recordOf("1"));
  await runCommand("sh", ["-c", `rm -rf '${directory.path}'/*`]);

  assertEquals(await store.read(key), undefined);
  assertEquals(await store.update(key, recordOf("revived"), version), { status: "gone" });
  await created(store, key, recordOf("2"));
  assertEquals(await store.clearExpired(), 0);
  assertEquals((await present(store, key)).data, "2");
});

Deno.test("FileStore durable waits for the disk: for the contents before the rename, for the name after it", async () => {
  await using directory = await emptyDirectory();
  const key = "A".repeat(43);
  const write = ["open .locks/00", `open 00/${key}`, "open .tmp/00", "sync", `rename to 00/${key}`, "open 00", "sync"];
  const remove = ["open .locks/00", `remove 00/${key}`, "open 00", "sync"];
  // The first record makes the subdirectory, whose name has to be on the disk too.
  const first = write.toSpliced(5, 0, `rename to 00/${key}`, "open ", "sync");
  const isSync = (request: string) => /^(sync|open \.tmp\/00|open 00)$/.test(request);

  const durable = new FileStore(directory.path, { durable: true });
  assertEquals(await requestsOf(directory.path, () => created(durable, key, recordOf("1"))), first);
  assertEquals(await requestsOf(directory.path, () => durable.delete(key)), remove);
  assertEquals(await requestsOf(directory.path, () => created(durable, key, recordOf("1"))), write);
  const quick = new FileStore(directory.path);
  assertEquals(await requestsOf(directory.path, () => quick.delete(key)), remove.filter((request) => !isSync(request)));
  const notWaiting = write.filter((request) => !isSync(request));
  assertEquals(await requestsOf(directory.path, () => created(quick, key, recordOf("1"))), notWaiting);
});

Deno.test("FileStore throws when there is no room, and the old record stays", async () => {
  await using directory = await emptyDirectory();
  const store = new FileStore(directory.path);
  const key = newKey();
  const version = await created(store, key, recordOf("before"));
  const [program, args] = workerCommand("write_large", [directory.path, key, version]);
  // No file may be larger than 64 KiB, and the signal that would end the process then is ignored: the write fails.
  const quoted = [program, ...args].map((argument) => `'${argument}'`).join(" ");
  const ending = await runCommand("bash", ["-c", `trap '' XFSZ; ulimit -f 64; exec ${quoted}`]);

  assertEquals([ending.code, ending.errors], [0, ""]);
  assertEquals(ending.output, "update() threw, create() threw");
  assertEquals((await present(store, key)).version, version);
  assertEquals([...(await recordFiles(directory.path)).keys()], [key]);
  assertEquals(await namesIn(`${directory.path}/.tmp`), [], "what was written in part is gone");
});

/** What is asked of the file system, with paths relative to the directory, while something is done. */
async function requestsOf(directory: string, action: () => Promise<unknown>): Promise<string[]> {
  const requests: string[] = [];
  const named = (path: unknown) => String(path).slice(directory.length + 1).replace(/-.*/, "");
  using _open = beforeEach(Deno, "open", ([path]) => void requests.push(`open ${named(path)}`));
  using _openSync = beforeEach(Deno, "openSync", ([path]) => void requests.push(`open ${named(path)}`));
  using _rename = beforeEach(Deno, "rename", ([, to]) => void requests.push(`rename to ${named(to)}`));
  using _remove = beforeEach(Deno, "remove", ([path]) => void requests.push(`remove ${named(path)}`));
  using _sync = beforeEach(Deno.FsFile.prototype, "sync", () => void requests.push("sync"));
  await action();
  // What comes before that is the look at the directory, at first use.
  return requests.slice(requests.indexOf("open .locks/00"));
}

/** Does something before each call of a function of Deno, until it is disposed of. */
function beforeEach(target: object, name: string, action: (args: unknown[]) => void): Disposable {
  const functions = target as Record<string, (...args: unknown[]) => unknown>;
  const original = functions[name]!;
  functions[name] = function (this: unknown, ...args) {
    action(args);
    return original.apply(this, args);
  };
  return { [Symbol.dispose]: () => void (functions[name] = original) };
}

async function modeOf(path: string): Promise<number> {
  return (await Deno.lstat(path)).mode! & 0o7777;
}
