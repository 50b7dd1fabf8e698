import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { CorruptRecordError } from "../../sessions/corrupt_record_error.ts";
import { FileStore } from "../../sessions/file_store.ts";
import { created, newKey, present, recordOf } from "../../testing/_store/kit.ts";
import { emptyDirectory, recordFiles } from "./_directories.ts";

Deno.test("FileStore never serves a file that was cut off, wherever", async () => {
  await using directory = await emptyDirectory();
  const { store, key, file } = await withOneRecord(directory.path);
  const whole = await Deno.readFile(file);
  for (let length = 0; length < whole.length; length++) {
    await Deno.writeFile(file, whole.subarray(0, length));
    const error = await assertRejects(
      () => store.read(key),
      CorruptRecordError,
      `Cannot read session record in ${file}`,
    );
    assertEquals(error.where, file);
  }

  await Deno.writeFile(file, whole);
  assertEquals((await present(store, key)).data, '{"cart":[1,2,3]}');
});

Deno.test("FileStore never serves a file in which one bit is wrong", async () => {
  await using directory = await emptyDirectory();
  const { store, key, file } = await withOneRecord(directory.path);
  const whole = await Deno.readFile(file);
  for (let bit = 0; bit < whole.length * 8; bit++) {
    const bytes = whole.slice();
    bytes[bit >> 3]! ^= 1 << (bit & 7);
    await Deno.writeFile(file, bytes);
    // "nuages-session/3" is a format that doesn't exist yet, and no damage: an error all the same.
    await assertRejects(() => store.read(key), Error, `Cannot read session record in ${file}`);
  }
});

Deno.test("FileStore never serves what a power failure or a stranger may leave in a file", async () => {
  await using directory = await emptyDirectory();
  const { store, key, file } = await withOneRecord(directory.path);
  const whole = await Deno.readFile(file);
  const encoder = new TextEncoder();
  const contents = [
    new Uint8Array(),
    new Uint8Array(whole.length),
    new Uint8Array(100_000),
    encoder.encode('{"cart":[1,2,3]}'),
    encoder.encode("\n".repeat(500)),
    new Uint8Array([...whole, 0x0a]),
    new Uint8Array([...whole.subarray(0, -10), ...new Uint8Array(10)]),
    new Uint8Array([...whole, ...whole]),
  ];
  for (const content of contents) {
    await Deno.writeFile(file, content);
    await assertRejects(() => store.read(key), CorruptRecordError);
  }
});

Deno.test("FileStore never serves a record under another key, whoever renamed or copied its file", async () => {
  await using directory = await emptyDirectory();
  const { store, key, file } = await withOneRecord(directory.path);
  const other = key.slice(0, 2) + newKey().slice(2);
  await Deno.copyFile(file, file.replace(key, other));

  await assertRejects(() => store.read(other), CorruptRecordError, "it holds the record of another key");
  assertEquals((await present(store, key)).data, '{"cart":[1,2,3]}');
});

Deno.test("FileStore: a damaged record can be deleted, and its key is free then", async () => {
  await using directory = await emptyDirectory();
  const { store, key, file } = await withOneRecord(directory.path);
  await Deno.writeTextFile(file, "garbage");

  for (
    const action of [
      () => store.create(key, recordOf("1")),
      () => store.update(key, recordOf("1"), "x"),
    ]
  ) {
    await assertRejects(action, CorruptRecordError);
  }
  await store.delete(key);
  assertEquals(await store.read(key), undefined);
  await created(store, key, recordOf("2"));
});

Deno.test("FileStore.clearExpired() removes damaged records when it goes through all of them", async () => {
  await using directory = await emptyDirectory();
  const { store, key, file } = await withOneRecord(directory.path);
  await Deno.writeTextFile(file, "garbage");
  const kept = newKey();
  await created(store, kept, recordOf("kept"));

  assertEquals(await store.clearExpired(), 1);
  assertEquals(await store.read(key), undefined);
  assertEquals((await present(store, kept)).data, "kept");
});

Deno.test("FileStore leaves what a newer version wrote alone, and says so", async () => {
  await using directory = await emptyDirectory();
  const { store, key, file } = await withOneRecord(directory.path);
  await Deno.writeTextFile(file, (await Deno.readTextFile(file)).replace("session/1", "session/12"));
  const message = `Cannot read session record in ${file} as a newer version of the library wrote it: update this one`;

  const error = await assertRejects(() => store.read(key), Error, message);
  assert(!(error instanceof CorruptRecordError));
  await assertRejects(() => store.clearExpired(), Error, message);
  assertInstanceOf(await Deno.stat(file), Object);
});

Deno.test("FileStore throws for a directory in a record's place", async () => {
  await using directory = await emptyDirectory();
  const { store, key, file } = await withOneRecord(directory.path);
  await Deno.remove(file);
  await Deno.mkdir(file);

  await assertRejects(() => store.read(key), Error);
  await assertRejects(() => store.create(key, recordOf("1")), Error);
});

async function withOneRecord(path: string): Promise<{ store: FileStore; key: string; file: string }> {
  const store = new FileStore(path);
  const key = newKey();
  await created(store, key, recordOf('{"cart":[1,2,3]}'));
  return { store, key, file: (await recordFiles(path)).get(key)! };
}
