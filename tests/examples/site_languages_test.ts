import { assert, assertEquals, assertMatch, assertNotMatch, assertStringIncludes } from "@std/assert";
import { allBooks } from "../../examples/site/catalogue.ts";
import { languageOf } from "../../examples/site/languages.ts";
import { ago, day, moment, price } from "../../examples/site/templates/words.ts";
import { textsIn } from "../../examples/site/texts/texts.ts";
import { MemoryStore } from "../../sessions/memory_store.ts";
import { enter, QUICK_PASSWORDS } from "./_accounts.ts";
import { messagesIn, tokenIn } from "./_pages.ts";
import { add, openShop, send } from "./_shop.ts";

const GERMAN = { headers: { "Accept-Language": "de-AT, de;q=0.9, en;q=0.5" } };

Deno.test("the shop speaks German with those who ask for it, and says so", async () => {
  const { browser } = openShop();

  for (
    const path of ["/", "/books/typhoon/", "/cart/", "/wishlist/", "/sign-in/", "/sign-up/", "/letters/", "/attic/"]
  ) {
    const response = await browser.get(path, GERMAN);
    assertEquals(response.headers.get("Content-Language"), "de", path);
    assertMatch(await response.text(), /<html lang="de"/);
    const english = await browser.get(path, { headers: { "Accept-Language": "fr, en;q=0.5" } });
    assertEquals(english.headers.get("Content-Language"), "en", path);
    assertMatch(await english.text(), /<html lang="en"/);
  }
  const page = await browser.text("/books/typhoon/", GERMAN);
  assertStringIncludes(page, "<h1>Taifun</h1>");
  assertStringIncludes(page, "9,90\u00a0€");
  assertStringIncludes(page, '<text class="cover-title" x="16" y="49.92" font-size="34">Taifun</text>');
});

Deno.test("the chosen language is kept, on the page it was chosen on, and nobody is sent elsewhere by it", async () => {
  const { browser } = openShop();

  const answer = await send(browser, "/language/", { language: "de", next: "/?weather=fog" });
  assertEquals([answer.status, answer.headers.get("Location")], [303, "/?weather=fog"]);
  assertStringIncludes(await browser.text("/?weather=fog"), "<h1>Nebel</h1>");
  await add(browser, "typhoon");
  assertEquals(messagesIn(await browser.text("/cart/")), ["„Taifun“ liegt in Ihrem Korb."]);

  for (const next of ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]) {
    const location = (await send(browser, "/language/", { language: "en", next })).headers.get("Location")!;
    assertNotMatch(location, /evil|javascript/);
    assertEquals(location[0], "/");
  }
  await send(browser, "/language/", { language: "tlh", next: "/" });
  assertStringIncludes(await browser.text("/"), "Books with weather in them");
});

Deno.test("light and language are chosen on a page of their own too, which leads back within the shop only", async () => {
  const { browser } = openShop();

  const page = await browser.text("/preferences/?next=/letters/");
  assertEquals(page.match(/name="next" value="\/letters\/"/g)?.length, 2);
  const evil = await browser.text("/preferences/?next=//evil.example/");
  assertEquals(evil.match(/name="next" value="\/"/g)?.length, 2);
});

Deno.test("errors are told in the visitor's language, wherever they happen", async () => {
  const { browser } = openShop({}, { fetchMetadata: false });
  const statuses: Record<string, string> = {};
  const told = async (response: Response) => {
    const [, title] = /<h1>([^<]*)<\/h1>\s*<p>/.exec(await response.text())!;
    statuses[response.status] = title!;
    assertEquals(response.headers.get("Content-Language"), "de");
  };

  await told(await browser.get("/attic/", GERMAN));
  await told(await browser.get("/cart/add/", GERMAN));
  await told(await browser.get("/breakage/exception/", GERMAN));
  // This one comes from csrf(), which is outside of the views.
  await told(await browser.post("/cart/empty/", {}, GERMAN));
  const csrfmiddlewaretoken = tokenIn(await browser.text("/"));
  await told(await browser.post("/theme/", { csrfmiddlewaretoken, theme: "plaid" }, GERMAN));

  assertEquals(statuses, {
    400: "Das konnten wir nicht lesen",
    403: "Dieses Formular ist keines von uns",
    404: "Hier ist nichts als Himmel",
    405: "So nicht",
    500: "Eine plötzliche Böe",
  });
  assertStringIncludes(await browser.text("/books/attic/", GERMAN), "Dieses Buch steht nicht in unseren Regalen.");
});

Deno.test("what the library says of a refusal stays out of a German page", async () => {
  const { browser } = openShop();
  const body = new TextEncoder().encode("x".repeat(11_000_000));
  const headers = { ...GERMAN.headers, "Content-Type": "application/x-www-form-urlencoded" };

  const answer = await browser.fetch("/language/", { method: "POST", body, headers });

  assertEquals(answer.status, 413);
  const page = await answer.text();
  assertStringIncludes(page, "Das ist zu viel");
  assertNotMatch(page, /larger|bytes/i);
});

Deno.test("the account is in German too", async () => {
  const { browser } = openShop({ passwords: QUICK_PASSWORDS });
  const german = (path: string) => browser.text(path, GERMAN);
  await enter(browser, "/sign-up/", "Ada");

  const page = await german("/account/");

  assertStringIncludes(page, "<h1>Das Konto von Ada</h1>");
  assertStringIncludes(page, "dieser Browser");
  assertStringIncludes(page, "zuletzt gesehen:");
  const texts = textsIn("de").account.page;
  assertEquals(texts.device("Chrome Mobile on Windows Phone"), "Chrome Mobile unter Windows Phone");
  assertEquals(texts.device("Firefox on Linux"), "Firefox unter Linux");
  assertEquals(texts.device("curl"), "curl");
  assertEquals([0, 1, 3, undefined].map((count) => texts.endedOthers(count)), [
    "Sie waren sonst nirgends angemeldet.",
    "Überall sonst abgemeldet: ein Browser.",
    "Überall sonst abgemeldet: 3 Browser.",
    "Überall sonst abgemeldet.",
  ]);
});

Deno.test("every book has an edition in both languages, found by the titles of either", async () => {
  assertEquals(allBooks("de").map(({ slug }) => slug), allBooks("en").map(({ slug }) => slug));
  for (const book of [...allBooks("en"), ...allBooks("de")]) {
    for (const text of [book.title, book.author, book.blurb, book.forecast]) assert(text.length > 3, book.slug);
  }
  const { browser } = openShop({ store: new MemoryStore() });
  for (const words of ["Moon", "Mond", "VERNE+mond"]) {
    assertStringIncludes(await browser.text(`/?words=${words}`, GERMAN), "1 Buch zu");
    assertStringIncludes(await browser.text(`/?words=${words}`), "1 book for");
  }
});

Deno.test("numbers and times are written as their language has them", () => {
  const date = new Date("2026-03-04T05:06:07Z");
  const before = (seconds: number) => ago(date, "en", date.getTime() + seconds * 1000);

  assertEquals([price(990, "en"), price(123456, "de")], ["€9.90", "1.234,56\u00a0€"]);
  assertEquals([day(date, "en"), day(date, "de")], ["4 March 2026", "4. März 2026"]);
  assertEquals(moment(date, "de"), "4. März 2026 um 05:06:07 UTC");
  assertEquals([0, -5, 59, 60, 3599, 3600, 86_399, 86_400, 3 * 86_400].map(before), [
    "now",
    "now",
    "now",
    "1 minute ago",
    "59 minutes ago",
    "1 hour ago",
    "23 hours ago",
    "yesterday",
    "3 days ago",
  ]);
  assertEquals(ago(date, "de", date.getTime() + 120_000), "vor 2 Minuten");
});

Deno.test("a page outside of locale() is in the first language", () => {
  assertEquals(languageOf({} as Parameters<typeof languageOf>[0]), "en");
});
