import { sqliteClient, SqlStore } from "@nuages/web/sessions";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { createApp } from "../../examples/sqlite_sessions.ts";
import { TestBrowser } from "../../testing/test_browser.ts";
import { tokenIn } from "./_pages.ts";

Deno.test("sqlite_sessions.ts keeps notes across a restart, each visitor's own", async () => {
  const directory = await Deno.makeTempDir();
  const path = `${directory}/sessions.db`;
  const cookies = await withApp(path, async (app) => {
    const [ada, bob] = [new TestBrowser(app), new TestBrowser(app)];
    await keep(ada, "Bread & milk");
    await keep(ada, "A book");
    assertEquals((await bob.text("/")).includes("<li>"), false);
    return ada.cookies.all();
  });

  await withApp(path, async (app) => {
    const ada = new TestBrowser(app);
    ada.cookies.adopt(cookies);
    assertStringIncludes(await ada.text("/"), "<li>Bread &amp; milk</li><li>A book</li>");
  });
  await Deno.remove(directory, { recursive: true });
});

async function withApp<T>(path: string, use: (app: ReturnType<typeof createApp>) => Promise<T>): Promise<T> {
  using client = sqliteClient(path);
  const store = new SqlStore(client);
  await store.createSchema();
  return await use(createApp(store));
}

async function keep(browser: TestBrowser, note: string): Promise<void> {
  const form = { csrfmiddlewaretoken: tokenIn(await browser.text("/")), note };
  assertEquals((await browser.post("/", form)).status, 303);
}
