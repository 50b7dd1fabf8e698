import { sessionStoreTests } from "@nuages/web/testing";
import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { createApp, SqliteStore } from "../../examples/custom_store.ts";
import { TestBrowser } from "../../testing/test_browser.ts";

sessionStoreTests("SqliteStore", async () => {
  const path = await Deno.makeTempFile();
  const [db, otherDb] = [path, path].map((file) => new DatabaseSync(file, { timeout: 5000 }));
  return {
    store: new SqliteStore(db!),
    other: new SqliteStore(otherDb!),
    async close() {
      db!.close();
      otherDb!.close();
      await Deno.remove(path);
    },
  };
}, {
  makeBroken() {
    const db = new DatabaseSync(":memory:");
    const store = new SqliteStore(db);
    db.close();
    return { store };
  },
});

Deno.test("custom_store.ts counts visits across a restart", async () => {
  const path = await Deno.makeTempFile({ suffix: ".sqlite" });
  const first = open(path);
  const before = new TestBrowser(createApp(new SqliteStore(first)));
  assertEquals(await before.text("/"), "Visit 1\n");
  assertEquals(await before.text("/"), "Visit 2\n");
  first.close();

  const second = open(path);
  const after = new TestBrowser(createApp(new SqliteStore(second)));
  after.cookies.adopt(before.cookies.all());
  assertEquals(await after.text("/"), "Visit 3\n");
  second.close();
  await Deno.remove(path);
});

Deno.test("docs/write_your_own_store.md shows this store, which has less than 80 lines, and this test", async () => {
  const read = (path: string) => Deno.readTextFile(new URL(`../../${path}`, import.meta.url));
  const [page, store, test] = await Promise.all(
    ["docs/write_your_own_store.md", "examples/custom_store.ts", "tests/examples/custom_store_test.ts"].map(read),
  );
  const [shownStore, shownTest] = [...page!.matchAll(/^```ts ignore\n(.*?)^```$/gms)].map(([, code]) => code!);

  assertEquals(shownStore, store);
  assert(store!.split("\n").length <= 80);
  const kit = (text: string) => text.slice(text.indexOf("sessionStoreTests("), text.indexOf("\n});\n") + 5);
  assertEquals(kit(shownTest!), kit(test!));
});

function open(path: string): DatabaseSync {
  return new DatabaseSync(path, { timeout: 5000 });
}
