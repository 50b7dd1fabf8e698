import { assert, assertEquals, assertMatch } from "@std/assert";
import { FileStore } from "../../sessions/file_store.ts";
import { created, newKey, present, recordOf } from "./_contract/kit.ts";
import { emptyDirectory, filesBelow, namesIn, recordFiles } from "./_directories.ts";
import { type Ending, runWorker } from "./_workers.ts";

const EXPIRES = Date.now() + 3_600_000;

Deno.test("FileStore.create() that dies at any of its requests leaves no record or the whole one", async () => {
  await atEveryRequest("create", async ({ store, key, die }) => {
    const ending = await die(key, { data: "new", expires: EXPIRES });
    const stored = await store.read(key);
    if (stored) assertEquals(stored.data, "new");
    else assertEquals((await created(store, key, recordOf("later"))).length > 0, true);
    return ending;
  });
});

Deno.test("FileStore.update() that dies at any of its requests leaves the old record or the new one", async () => {
  await atEveryRequest("update", async ({ store, key, die }) => {
    const version = await created(store, key, recordOf("old"));
    const ending = await die(key, { data: "new", expires: EXPIRES - 1_800_000 }, version);
    const { data, version: found } = await present(store, key);
    assert(data === "new" || data === "old" && found === version);
    assertEquals((await store.update(key, recordOf("later"), found)).status, "written");
    return ending;
  });
});

Deno.test("FileStore.delete() that dies at any of its requests leaves the record or nothing", async () => {
  await atEveryRequest("delete", async ({ store, key, die }) => {
    const version = await created(store, key, recordOf("old"));
    const ending = await die(key);
    const stored = await store.read(key);
    if (stored) assertEquals([stored.data, stored.version], ["old", version]);
    await store.delete(key);
    assertEquals(await store.read(key), undefined);
    return ending;
  });
});

Deno.test("FileStore: clearing after a dead update() changes nothing but the leftovers", async () => {
  await atEveryRequest("update", async ({ store, key, path, die }) => {
    const version = await created(store, key, recordOf("old"));
    const ending = await die(key, { data: "new", expires: EXPIRES - 1_800_000 }, version);
    const before = await present(store, key);
    assertEquals(await store.clearExpired(), 0);

    assertEquals(await present(store, key), before);
    assertEquals([...(await recordFiles(path)).keys()], [key]);
    assertEquals(await namesIn(`${path}/.tmp`), []);
    return ending;
  });
});

Deno.test("FileStore.clearExpired() that dies at any of its requests is finished by the next one", async () => {
  await atEveryRequest("clearExpired", async ({ store, path, die }) => {
    const [living, renewed] = [newKey(), newKey()];
    await store.create(newKey(), recordOf("dead", -7200));
    await store.create(newKey(), recordOf("dead", -1));
    await store.create(living, recordOf("living"));
    const passed = Date.now() - 1;
    // On the index it is due, yet it lives: as after many renewals.
    await store.create(renewed, recordOf("renewed"));
    for (const file of await filesBelow(`${path}/.expiry`)) {
      const text = await Deno.readTextFile(`${path}/.expiry/${file}`);
      await Deno.writeTextFile(
        `${path}/.expiry/${file}`,
        text.replace(new RegExp(`(?<=${renewed} )\\d+`), String(passed)),
      );
    }
    await Deno.writeTextFile(`${path}/.expiry/complete`, String(passed));
    const ending = await die();
    await store.clearExpired();

    assertEquals([...(await recordFiles(path)).keys()].sort(), [living, renewed].sort());
    assertEquals((await present(store, renewed)).data, "renewed");
    assertEquals(await namesIn(`${path}/.tmp`), []);
    const index = await indexOf(path);
    for (const key of [living, renewed]) assertMatch(index, new RegExp(`^${key} \\d+$`, "m"));
    assertEquals(await store.clearExpired(), 0);
    return ending;
  });
});

interface Trial {
  readonly store: FileStore;
  readonly key: string;
  readonly path: string;
  /** Lets a worker do it, and die. */
  die(...args: unknown[]): Promise<Ending>;
}

/** Tries a method again and again, in which a process dies at its first request to the file system, at its second, … */
async function atEveryRequest(method: string, trial: (trial: Trial) => Promise<Ending>): Promise<void> {
  for (const durable of [false, true]) {
    await using directory = await emptyDirectory();
    for (let request = 1;; request++) {
      const path = `${directory.path}/${request}`;
      const store = new FileStore(path, { durable });
      const die = async (...args: unknown[]) => {
        const texts = args.map((argument) => typeof argument === "string" ? argument : JSON.stringify(argument));
        const ending = await runWorker("die_at", [String(request), path, String(durable), method, ...texts]);
        // Now, before a later write or clearing puts the index right.
        await assertIndexed(path);
        return ending;
      };
      const { code, signal, output, errors } = await trial({ store, key: newKey(), path, die });
      await assertIndexed(path);
      if (signal === "SIGKILL") continue;
      assertEquals([code, errors], [0, ""]);
      assert(
        JSON.parse(output).left > 0 && request > 2,
        `${method}() makes only ${request} requests: is anything tried?`,
      );
      break;
    }
  }
}

/** There is a line for every record, with a deadline that is not after its own. */
async function assertIndexed(path: string): Promise<void> {
  const index = await indexOf(path);
  for (const [key, file] of await recordFiles(path)) {
    const expires = Number((await Deno.readTextFile(file)).split(" ")[2]);
    const deadlines = [...index.matchAll(new RegExp(`^${key} (\\S+)$`, "gm"))].map(([, deadline]) => Number(deadline));
    assert(deadlines.some((deadline) => deadline <= expires), "a record that clearing will never find");
  }
}

async function indexOf(path: string): Promise<string> {
  const files = (await filesBelow(path)).filter((file) => file.startsWith(".expiry/"));
  return (await Promise.all(files.map((file) => Deno.readTextFile(`${path}/${file}`)))).join("");
}
