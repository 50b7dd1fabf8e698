import { assert, assertEquals, assertMatch, assertNotEquals, assertNotMatch, assertStringIncludes } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { TestBrowser } from "../../testing/test_browser.ts";
import { enter, problemsIn, QUICK_PASSWORDS } from "./_accounts.ts";
import { tokenIn } from "./_pages.ts";
import { add, openShop, send, type Shop } from "./_shop.ts";

function shopWithReader(): Shop {
  return openShop({ passwords: QUICK_PASSWORDS });
}

async function write(browser: TestBrowser, fields: { book?: string; text?: string } = {}): Promise<Response> {
  const csrfmiddlewaretoken = tokenIn(await browser.text("/letters/write/"));
  return await browser.post("/letters/write/", {
    csrfmiddlewaretoken,
    book: "typhoon",
    text: "The barometer!",
    ...fields,
  });
}

/** The page, and when it was made, as it says itself. */
async function look(browser: TestBrowser, headers: Record<string, string> = {}) {
  const response = await browser.get("/letters/", { headers });
  const text = await response.text();
  return { response, text, made: /<time datetime="([^"]+)">[^<]* UTC/.exec(text)![1]! };
}

Deno.test("the letters are one page for everybody, made once and kept", async () => {
  using time = new FakeTime();
  const { browser, visitor } = shopWithReader();
  const first = await look(browser);
  time.tick(90_000);

  const again = await look(browser);
  const stranger = await look(visitor());

  assertEquals([again.text, stranger.text], [first.text, first.text]);
  assertEquals(Date.parse(stranger.made), time.now - 90_000);
  // The shop keeps it; browsers ask each time.
  assertEquals(again.response.headers.get("Cache-Control"), "public, max-age=0");
});

Deno.test("the kept page has nothing of any visitor, whoever it was made for", async () => {
  const { browser, visitor } = shopWithReader();
  await enter(browser, "/sign-up/", "Ada");
  await add(browser, "typhoon");
  await send(browser, "/theme/", { theme: "dark", next: "/" });

  const made = await look(browser);
  const stranger = await look(visitor());

  assertEquals(stranger.text, made.text);
  assertNotMatch(made.text, /Ada|csrfmiddlewaretoken|data-theme|nonce|<script|method="post"/);
  assertEquals(made.response.headers.getSetCookie(), []);
  assertStringIncludes(made.response.headers.get("Content-Security-Policy")!, "script-src 'none'");
});

Deno.test("the visitor's light comes to the kept page as a style sheet of their own", async () => {
  const { browser } = openShop();
  const sheet = async () => {
    const response = await browser.get("/theme.css");
    assertEquals(response.headers.get("Cache-Control"), "private, no-cache");
    return [response.headers.get("Content-Type"), await response.text()];
  };
  assertStringIncludes((await look(browser)).text, '<link rel="stylesheet" href="/theme.css">');

  assertEquals(await sheet(), ["text/css; charset=utf-8", ""]);
  await send(browser, "/theme/", { theme: "dark", next: "/" });
  assertEquals(await sheet(), ["text/css; charset=utf-8", ":root { color-scheme: dark; }\n"]);
});

Deno.test("the letters are kept once for each language", async () => {
  using time = new FakeTime();
  const { browser, visitor } = shopWithReader();
  const english = await look(browser);
  time.tick(5000);

  const german = await look(browser, { "Accept-Language": "de" });
  assertEquals(german.response.headers.get("Content-Language"), "de");
  assertStringIncludes(german.text, "Leserbriefe");
  time.tick(5000);

  const chosen = visitor();
  await send(chosen, "/language/", { language: "de", next: "/letters/" });
  assertEquals((await look(chosen)).made, german.made, "whoever has chosen German sees the same page");
  assertEquals((await look(visitor())).made, english.made);
});

Deno.test("a letter makes the kept page void at once, in both languages", async () => {
  using time = new FakeTime();
  const { browser, visitor } = shopWithReader();
  const [before, german] = [await look(visitor()), await look(visitor(), { "Accept-Language": "de" })];
  await enter(browser, "/sign-up/", "Ada");
  time.tick(60_000);

  const answer = await write(browser, { text: "Since then I look\r\nat barometers.\r\n\r\n<b>Thank you</b>" });

  assertEquals([answer.status, answer.headers.get("Location")], [303, "/letters/"]);
  const after = await look(visitor());
  assertNotEquals(after.made, before.made);
  assertStringIncludes(after.text, "<b>Ada</b>");
  assertStringIncludes(after.text, '<a href="/books/typhoon/">about “Typhoon”</a>');
  assertStringIncludes(after.text, "<p>Since then I look\nat barometers.</p><p>&lt;b&gt;Thank you&lt;/b&gt;</p>");
  const germanAfter = await look(visitor(), { "Accept-Language": "de" });
  assertNotEquals(germanAfter.made, german.made);
  assertStringIncludes(germanAfter.text, "über „Taifun“");
  assertStringIncludes(germanAfter.text, '<blockquote lang="en">', "the letter is in the language it was written in");

  time.tick(1000);
  await write(browser, { text: "And another one." });
  const latest = await look(visitor());
  assert(
    latest.text.indexOf("And another one.") < latest.text.indexOf("Since then I look"),
    "the last one comes first",
  );
});

Deno.test("no other page of the shop is ever kept", async () => {
  const { browser } = shopWithReader();
  await enter(browser, "/sign-up/", "Ada");

  for (const path of ["/", "/books/typhoon/", "/cart/", "/account/", "/letters/write/", "/theme.css", "/breakage/"]) {
    const response = await browser.get(path);
    assertMatch(response.headers.get("Cache-Control")!, /^private, no-(store|cache)$/, path);
    assertEquals([response.status, response.headers.get("Expires")], [200, null], path);
    await response.body?.cancel();
  }
});

Deno.test("a letter needs an account, a book and a text of some length", async () => {
  const { browser } = shopWithReader();
  assertEquals((await send(browser, "/letters/write/", { book: "typhoon", text: "Hello" })).status, 302);
  await enter(browser, "/sign-up/", "Ada");
  const text = "A letter has between 1 and 600 characters.";
  const book = "Please choose one of our books.";

  for (
    const [fields, problems] of [
      [{ book: "" }, { book }],
      [{ book: "__proto__" }, { book }],
      [{ text: " \r\n " }, { text }],
      [{ text: "😀".repeat(601) }, { text }],
      [{ book: "", text: "" }, { book, text }],
    ] as const
  ) {
    const answer = await write(browser, fields);
    assertEquals(answer.status, 422);
    const page = await answer.text();
    assertEquals(problemsIn(page), problems);
    assertEquals(page.match(/autofocus/g)?.length, 1);
  }
  assertStringIncludes((await look(browser)).text, "Nobody has written yet.");
  assertEquals((await write(browser, { text: "😀".repeat(600) })).status, 303);
});

Deno.test("a letter that is refused is not lost", async () => {
  const { browser } = shopWithReader();
  await enter(browser, "/sign-up/", "Ada");

  const page = await (await write(browser, { book: "", text: "</textarea>\n  two spaces" })).text();

  assertStringIncludes(page, ">\n&lt;/textarea&gt;\n  two spaces</textarea>");
});
