import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { CorruptRecordError } from "../../sessions/corrupt_record_error.ts";
import { FileStore } from "../../sessions/file_store.ts";
import { created, newKey, newOwner, present, recordOf } from "../../testing/_store/kit.ts";
import { emptyDirectory, filesBelow, namesIn, recordFiles } from "./_directories.ts";
import { atEveryRequest, entriesOf } from "./_dying.ts";

const EXPIRES = Date.now() + 3_600_000;

Deno.test("FileStore keeps an empty file for each record of an owner, for its owner only, and none for nobody's", async () => {
  await using directory = await emptyDirectory();
  const { path } = directory;
  const store = new FileStore(path);
  const [key, owner] = [newKey(), `AA${newOwner().slice(2)}`];
  await created(store, newKey(), recordOf("nobody's"));
  await store.delete(newKey());
  assertEquals((await namesIn(path)).includes(".owners"), false);

  await created(store, key, recordOf("1", 3600, owner));
  const entry = `${path}/.owners/00/${owner}/${key}`;
  const { size, mode } = await Deno.stat(entry);
  assertEquals([size, mode! & 0o777], [0, 0o600]);
  for (const folder of [".owners", ".owners/00", `.owners/00/${owner}`]) {
    assertEquals((await Deno.stat(`${path}/${folder}`)).mode! & 0o777, 0o700);
  }
});

Deno.test("FileStore removes an entry with its record, and the directory of an owner who has none left", async () => {
  using time = new FakeTime(Date.now());
  await using directory = await emptyDirectory();
  const { path } = directory;
  const store = new FileStore(path);
  const [deleted, changed, expired, replaced] = [newKey(), newKey(), newKey(), newKey()];
  const [owner, other] = [newOwner(), newOwner()];
  await created(store, deleted, recordOf("1", 3600, owner));
  const version = await created(store, changed, recordOf("1", 3600, owner));
  await created(store, replaced, recordOf("1", 60, owner));
  await created(store, expired, recordOf("1", 120, owner));
  assertEquals((await entriesOf(path, owner)).length, 4);

  await store.delete(deleted);
  assertEquals(await entriesOf(path, owner), [changed, replaced, expired].sort());
  await store.update(changed, recordOf("2", 3600, other), version);
  assertEquals(await entriesOf(path, owner), [replaced, expired].sort());
  time.tick(60_000);
  await created(store, replaced, recordOf("2"));
  assertEquals(await entriesOf(path, owner), [expired]);
  time.tick(60_000);
  assertEquals(await store.clearExpired(), 1);
  assertEquals(await entriesOf(path, owner), []);
  const owners = await Array.fromAsync(
    await namesIn(`${path}/.owners`),
    (shard) => namesIn(`${path}/.owners/${shard}`),
  );
  assertEquals(owners.flat(), [other]);
});

Deno.test("FileStore.create() that dies at any of its requests leaves no record that is missing from its owner's list", async () => {
  await atEveryRequest("create", async ({ store, key, die }) => {
    const owner = newOwner();
    const ending = await die(key, { data: "new", expires: EXPIRES, owner });
    const expected = await store.read(key) ? [key] : [];
    assertEquals((await store.list(owner)).map(({ key }) => key), expected);
    return ending;
  });
});

Deno.test("FileStore.update() that dies at any of its requests leaves the record on the list of its owner only", async () => {
  await atEveryRequest("update", async ({ store, key, path, die }) => {
    const [before, after] = [newOwner(), newOwner()];
    const version = await created(store, key, recordOf("old", 3600, before));
    const ending = await die(key, { data: "new", expires: EXPIRES, owner: after }, version);
    const { data, owner } = await present(store, key);
    assertEquals(owner, data === "new" ? after : before);
    for (const name of [before, after]) {
      assertEquals((await store.list(name)).map(({ key }) => key), name === owner ? [key] : []);
      assertEquals(await entriesOf(path, name), name === owner ? [key] : [], "listing has put it right");
    }
    return ending;
  });
});

Deno.test("FileStore.delete() that dies at any of its requests leaves nothing on a list that is not there", async () => {
  await atEveryRequest("delete", async ({ store, key, path, die }) => {
    const owner = newOwner();
    await created(store, key, recordOf("old", 3600, owner));
    const ending = await die(key);
    const expected = await store.read(key) ? [key] : [];
    assertEquals((await store.list(owner)).map(({ key }) => key), expected);
    assertEquals(await entriesOf(path, owner), expected);
    return ending;
  });
});

Deno.test("FileStore.clearExpired() puts the lists right when it goes through everything", async () => {
  await using directory = await emptyDirectory();
  const { path } = directory;
  const store = new FileStore(path);
  const [key, lost, owner, gone] = [newKey(), newKey(), newOwner(), newOwner()];
  await created(store, key, recordOf("1", 3600, owner));
  await created(store, lost, recordOf("1", 3600, owner));
  await created(store, newKey(), recordOf("1", 3600, gone));
  await store.clearExpired();
  const directoryOf = async (owner: string) =>
    `${path}/${(await filesBelow(path)).find((file) => file.includes(`/${owner}/`))!.replace(/\/[^/]+$/, "")}`;
  const [kept, left] = [await directoryOf(owner), await directoryOf(gone)];
  // As after a power failure, and as crashes leave it.
  await Deno.remove(`${kept}/${lost}`);
  await Deno.writeTextFile(`${kept}/${newKey()}`, "");
  for (const file of (await recordFiles(path)).values()) {
    if ((await Deno.readTextFile(file)).includes(gone)) await Deno.remove(file);
  }
  await Deno.writeTextFile(`${path}/.owners/notes`, "of the administrator");

  await store.clearExpired();
  assertEquals((await store.list(owner)).map(({ key }) => key), [key], "what is not due costs nothing");
  await Deno.remove(`${path}/.expiry/complete`);
  await store.clearExpired();
  assertEquals((await store.list(owner)).map(({ key }) => key).sort(), [key, lost].sort());
  assertEquals(await entriesOf(path, owner), [key, lost].sort());
  await assertRejects(() => Deno.stat(left), Deno.errors.NotFound);
  assertEquals(await Deno.readTextFile(`${path}/.owners/notes`), "of the administrator");
});

Deno.test("FileStore puts a record that a power failure took off its list back when it is written again", async () => {
  await using directory = await emptyDirectory();
  const store = new FileStore(directory.path);
  const [key, owner] = [newKey(), newOwner()];
  const version = await created(store, key, recordOf("1", 3600, owner));
  await Deno.remove(`${directory.path}/.owners`, { recursive: true });
  assertEquals(await store.list(owner), []);

  await store.update(key, recordOf("2", 3600, owner), version);
  assertEquals((await store.list(owner)).map(({ data }) => data), ["2"]);
});

Deno.test("FileStore keeps the list of an owner whose directory is made and removed by two handles at once", async () => {
  await using directory = await emptyDirectory();
  const handles = [new FileStore(directory.path), new FileStore(directory.path)];
  const owner = newOwner();
  const kept = await Promise.all(Array.from({ length: 40 }, async (_, index) => {
    const store = handles[index % 2]!;
    const key = newKey();
    for (let round = 0; round < 5; round++) {
      await created(store, key, recordOf("1", 3600, owner));
      if (index > 0 || round < 4) await store.delete(key);
    }
    return key;
  }));

  assertEquals((await handles[0]!.list(owner)).map(({ key }) => key), [kept[0]]);
});

Deno.test("FileStore never serves a record with an owner in which one bit is wrong", async () => {
  await using directory = await emptyDirectory();
  const store = new FileStore(directory.path);
  const [key, owner] = [newKey(), newOwner()];
  await created(store, key, recordOf("1", 3600, owner));
  const file = (await recordFiles(directory.path)).get(key)!;
  const whole = await Deno.readFile(file);
  for (let bit = 0; bit < whole.length * 8; bit++) {
    const bytes = whole.slice();
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    await Deno.writeFile(file, bytes);
    await assertRejects(() => store.read(key), Error, `Cannot read session record in ${file}`);
  }
  await assertRejects(() => store.list(owner), Error, `Cannot read session record in ${file}`);

  const text = new TextDecoder().decode(whole);
  for (const forged of [text.replace("session/2", "session/1"), text.replace(` ${owner}`, "")]) {
    await Deno.writeTextFile(file, forged);
    await assertRejects(() => store.read(key), CorruptRecordError);
  }
});

Deno.test("FileStore throws for the list of an owner when its directory disappears", async () => {
  await using directory = await emptyDirectory();
  const path = `${directory.path}/sessions`;
  const store = new FileStore(path);
  const owner = newOwner();
  await created(store, newKey(), recordOf("1", 3600, owner));
  await Deno.rename(path, `${directory.path}/away`);

  await assertRejects(() => store.list(owner), Error, `Cannot use session directory ${path} as ${path}/.locks is gone`);
});

Deno.test("FileStore durable waits for an owner's entry before it writes the record", async () => {
  await using directory = await emptyDirectory();
  const store = new FileStore(directory.path, { durable: true });
  const [key, owner] = ["A".repeat(43), newOwner()];
  await store.read(key);
  const requests: string[] = [];
  const { open, rename } = Deno;
  const { sync } = Deno.FsFile.prototype;
  try {
    Deno.open = (path, options) => {
      requests.push(`open ${String(path)}`);
      return open(path, options);
    };
    Deno.rename = (from, to) => {
      requests.push("rename");
      return rename(from, to);
    };
    Deno.FsFile.prototype.sync = function () {
      requests.push("sync");
      return sync.call(this);
    };
    await created(store, key, recordOf("1", 3600, owner));
  } finally {
    Object.assign(Deno, { open, rename });
    Deno.FsFile.prototype.sync = sync;
  }
  const made = requests.findLastIndex((request) => request.endsWith(`${owner}/${key}`));
  const synced = requests.indexOf("sync", made);

  assert(made > 0 && requests[synced - 1]!.endsWith(owner), requests.join("\n"));
  assert(synced < requests.indexOf("rename"));
});
