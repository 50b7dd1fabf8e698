import { assert, assertEquals, assertMatch } from "@std/assert";
import { created, newKey, present, recordOf } from "../../testing/_store/kit.ts";
import { filesBelow, namesIn, recordFiles } from "./_directories.ts";
import { atEveryRequest, indexOf } from "./_dying.ts";

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
