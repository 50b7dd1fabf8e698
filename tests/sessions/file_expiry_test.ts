import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { FileStore } from "../../sessions/file_store.ts";
import { created, newKey, present, recordOf } from "../../testing/_store/kit.ts";
import { emptyDirectory, filesBelow, namesIn, recordFiles } from "./_directories.ts";

const DAY = 86_400;

Deno.test("FileStore.clearExpired() looks at what is due and at nothing else", async () => {
  using time = new FakeTime(Date.now());
  await using directory = await emptyDirectory();
  const store = new FileStore(directory.path);
  await store.clearExpired();
  const [due, later] = [Array.from({ length: 30 }, newKey), Array.from({ length: 30 }, newKey)];
  for (const key of due) await created(store, key, recordOf("1", 2 * DAY));
  for (const key of later) await created(store, key, recordOf("1", 3 * DAY));
  // Whoever looks at such a file removes it.
  const files = await recordFiles(directory.path);
  for (const key of later) await Deno.writeTextFile(files.get(key)!, "garbage");

  time.tick(2 * DAY * 1000);
  assertEquals(await store.clearExpired(), 30);
  assertEquals([...(await recordFiles(directory.path)).keys()].sort(), later.sort());
  time.tick(1 * DAY * 1000);
  assertEquals(await store.clearExpired(), 30);
  assertEquals((await recordFiles(directory.path)).size, 0);
});

Deno.test("FileStore.clearExpired() keeps on the index what expires a little later", async () => {
  using time = new FakeTime(Date.now());
  await using directory = await emptyDirectory();
  const store = new FileStore(directory.path);
  await store.clearExpired();
  const keys = Array.from({ length: 5 }, () => `AA${newKey().slice(2)}`);
  for (const [index, key] of keys.entries()) await created(store, key, recordOf("1", 60 + index));

  time.tick(59_000);
  for (let count = 0; count < 5; count++) {
    time.tick(1000);
    assertEquals(await store.clearExpired(), 1);
  }
});

Deno.test("FileStore.clearExpired() leaves nothing of the index behind", async () => {
  using time = new FakeTime(Date.now());
  await using directory = await emptyDirectory();
  const store = new FileStore(directory.path);
  for (let hour = 0; hour < 30; hour++) await created(store, newKey(), recordOf("1", hour * 3600 + 1));

  time.tick(2 * DAY * 1000);
  assertEquals(await store.clearExpired(), 30);
  assertEquals(await namesIn(`${directory.path}/.expiry`), ["complete"]);
});

Deno.test("FileStore adds nothing to the index when a record is renewed, however often", async () => {
  using time = new FakeTime(Date.now());
  await using directory = await emptyDirectory();
  const store = new FileStore(directory.path);
  await store.clearExpired();
  const key = newKey();
  let version = await created(store, key, recordOf("1", DAY));
  const before = await indexSize(directory.path);
  for (let count = 0; count < 50; count++) {
    time.tick(60_000);
    const result = await store.update(key, recordOf("1", DAY), version);
    if (result.status === "written") version = result.version;
  }

  assertEquals(await indexSize(directory.path), before);
  time.tick(DAY * 1000 - 1);
  assertEquals(await store.clearExpired(), 0);
  assertEquals(await indexSize(directory.path), before, "the next deadline in the place of the last one");
  time.tick(1);
  assertEquals(await store.clearExpired(), 1);
});

Deno.test("FileStore.clearExpired() makes the index anew when it is missing", async () => {
  using time = new FakeTime(Date.now());
  await using directory = await emptyDirectory();
  const store = new FileStore(directory.path);
  const [short, long] = [newKey(), newKey()];
  await created(store, short, recordOf("1", DAY));
  await created(store, long, recordOf("1", 3 * DAY));
  await Deno.remove(`${directory.path}/.expiry`, { recursive: true });

  assertEquals(await store.clearExpired(), 0);
  time.tick(DAY * 1000);
  assertEquals(await store.clearExpired(), 1);
  time.tick(2 * DAY * 1000);
  assertEquals(await store.clearExpired(), 1);
});

Deno.test("FileStore.clearExpired() finds what a power failure took off the index, within thirty days", async () => {
  using time = new FakeTime(Date.now());
  await using directory = await emptyDirectory();
  const store = new FileStore(directory.path);
  await store.clearExpired();
  const living = newKey();
  await created(store, newKey(), recordOf("1", DAY));
  await created(store, living, recordOf("1", 90 * DAY));
  for (const name of await filesBelow(`${directory.path}/.expiry`)) {
    if (name !== "complete") await Deno.truncate(`${directory.path}/.expiry/${name}`, 7);
  }

  time.tick(29 * DAY * 1000);
  assertEquals(await store.clearExpired(), 0);
  time.tick(1 * DAY * 1000);
  assertEquals(await store.clearExpired(), 1);
  time.tick(60 * DAY * 1000);
  assertEquals(await store.clearExpired(), 1);
});

Deno.test("FileStore.clearExpired() goes through everything when the clock was wrong before", async () => {
  await using directory = await emptyDirectory();
  const store = new FileStore(directory.path);
  {
    using _wrong = new FakeTime(Date.now() + 1000 * DAY * 1000);
    await store.clearExpired();
  }
  using time = new FakeTime(Date.now());
  await created(store, newKey(), recordOf("1", 60));
  await Deno.remove(`${directory.path}/.expiry/${(await namesIn(`${directory.path}/.expiry`))[0]}`, {
    recursive: true,
  });

  time.tick(60_000);
  assertEquals(await store.clearExpired(), 1);
});

Deno.test("FileStore serves and keeps what lives when the clock jumps back", async () => {
  await using directory = await emptyDirectory();
  const store = new FileStore(directory.path);
  const key = newKey();
  const now = Date.now();
  let version: string;
  {
    using _before = new FakeTime(now + 10 * DAY * 1000);
    version = await created(store, key, recordOf("1", 60));
    assertEquals(await store.clearExpired(), 0);
  }
  using time = new FakeTime(now);

  assertEquals((await present(store, key)).version, version);
  assertEquals(await store.clearExpired(), 0);
  assertEquals((await store.update(key, recordOf("2", 60), version)).status, "written");
  time.tick(60_000);
  assertEquals(await store.clearExpired(), 1);
});

Deno.test("FileStore.clearExpired() removes what crashes have left, and leaves what is not its own", async () => {
  await using directory = await emptyDirectory();
  const { path } = directory;
  const store = new FileStore(path);
  const key = newKey();
  await created(store, key, recordOf("1"));
  await Deno.writeTextFile(`${path}/.tmp/3f-${crypto.randomUUID()}`, "half a rec");
  await Deno.writeTextFile(`${path}/README`, "of the administrator");
  await Deno.writeTextFile(`${path}/.tmp/notes`, "of the administrator");
  await Deno.writeTextFile(`${path}/.expiry/notes`, "of the administrator");
  await Deno.mkdir(`${path}/3f`, { recursive: true });
  await Deno.writeTextFile(`${path}/3f/notes`, "of the administrator");

  assertEquals(await store.clearExpired(), 0);
  assertEquals(await namesIn(`${path}/.tmp`), ["notes"]);
  assertEquals(await Deno.readTextFile(`${path}/README`), "of the administrator");
  assertEquals(await Deno.readTextFile(`${path}/.expiry/notes`), "of the administrator");
  assertEquals(await Deno.readTextFile(`${path}/3f/notes`), "of the administrator");
  assertEquals((await present(store, key)).data, "1");
});

Deno.test("FileStore.clearExpired() in two places at once removes everything, once", async () => {
  await using directory = await emptyDirectory();
  const [store, other] = [new FileStore(directory.path), new FileStore(directory.path)];
  const living = Array.from({ length: 50 }, newKey);
  for (let count = 0; count < 100; count++) await store.create(newKey(), recordOf("dead", -count * 60));
  for (const key of living) await created(store, key, recordOf("1"));
  const removed = await Promise.all([store.clearExpired(), other.clearExpired(), store.clearExpired()]);

  assertEquals(removed.reduce((sum, count) => sum + count), 100);
  assertEquals([...(await recordFiles(directory.path)).keys()].sort(), living.sort());
});

Deno.test("FileStore finds its way on the index when a full disk has cut a line off", async () => {
  using time = new FakeTime(Date.now());
  await using directory = await emptyDirectory();
  const store = new FileStore(directory.path);
  await store.clearExpired();
  const [one, two] = [`AA${newKey().slice(2)}`, `AA${newKey().slice(2)}`];
  await created(store, one, recordOf("1", 60));
  const [hour] = await namesIn(`${directory.path}/.expiry`);
  await Deno.writeTextFile(`${directory.path}/.expiry/${hour}/00`, `\nAA${newKey().slice(2, 20)}`, { append: true });
  await created(store, two, recordOf("1", 60));

  time.tick(60_000);
  assertEquals(await store.clearExpired(), 2);
});

async function indexSize(path: string): Promise<number> {
  const files = (await filesBelow(`${path}/.expiry`)).filter((name) => name !== "complete");
  const sizes = await Promise.all(files.map((name) => Deno.stat(`${path}/.expiry/${name}`)));
  return sizes.reduce((sum, { size }) => sum + size, 0);
}
