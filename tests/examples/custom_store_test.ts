import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { createApp, SqliteStore } from "../../examples/custom_store.ts";
import { TestBrowser } from "../../testing/test_browser.ts";
import { sessionStoreTests } from "../../testing/session_store_tests.ts";

// The whole contract, as for the library's own stores.
sessionStoreTests("the SqliteStore of the examples", async () => {
  const path = await Deno.makeTempFile({ suffix: ".sqlite" });
  const [db, otherDb] = [open(path), open(path)];
  return {
    store: new SqliteStore(db),
    other: new SqliteStore(otherDb),
    async close() {
      db.close();
      otherDb.close();
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

function open(path: string): DatabaseSync {
  return new DatabaseSync(path, { timeout: 5000 });
}
