import { assert, assertEquals, assertMatch, assertNotMatch, assertStringIncludes } from "@std/assert";
import { createApp } from "../../examples/site/app.ts";
import { FileStore } from "../../sessions/file_store.ts";
import { KvStore } from "../../sessions/kv_store.ts";
import { MemoryStore } from "../../sessions/memory_store.ts";
import type { SessionStore } from "../../sessions/store.ts";
import type { AppEvent } from "../../middleware/events.ts";
import { Browser } from "../_browser.ts";
import { cartCountIn, fieldIn, messagesIn, tokenIn } from "./_pages.ts";

const KEYS = ["a test's key, and plainly nothing else"];

interface Shop {
  readonly browser: Browser;
  readonly events: AppEvent[];
  /** Another visitor of the same shop. */
  visitor(): Browser;
}

function openShop(store: SessionStore = new MemoryStore()): Shop {
  const events: AppEvent[] = [];
  const app = createApp({ store, keys: KEYS, onEvent: (event) => void events.push(event) });
  return { browser: new Browser(app), events, visitor: () => new Browser(app) };
}

/** Sends a form of the shop with its token. */
async function send(browser: Browser, path: string, fields: Record<string, string>): Promise<Response> {
  const csrfmiddlewaretoken = tokenIn(await browser.text("/"));
  return await browser.post(path, { csrfmiddlewaretoken, ...fields });
}

/** Puts a book into the cart, as its page's form does. */
async function add(browser: Browser, book: string): Promise<Response> {
  const page = await browser.text(`/books/${book}/`);
  const fields = { csrfmiddlewaretoken: tokenIn(page), book, ticket: fieldIn(page, "ticket") };
  return await browser.post("/cart/add/", fields);
}

Deno.test("the shop shows twelve books, and who only looks gets no session", async () => {
  const { browser } = openShop();

  const page = await browser.text("/");

  assertEquals(page.match(/<article class="card">/g)?.length, 12);
  assertStringIncludes(page, "Books with weather in them");
  assertEquals(browser.cookie("sessionid"), undefined);
});

Deno.test("the shop shows one shelf, and finds books by title and author", async () => {
  const { browser } = openShop();

  const fog = await browser.text("/?weather=fog");
  assertEquals(fog.match(/<article class="card">/g)?.length, 2);
  assertStringIncludes(fog, "The Sea-Wolf");
  const verne = await browser.text("/?words=verne");
  assertStringIncludes(verne, "2 books for “verne”");
  assertStringIncludes(await browser.text("/?words=moon+VERNE"), "1 book for");
  assertStringIncludes(await browser.text("/?words=%3Cscript%3E"), "No books for “&lt;script&gt;”");
  assertEquals((await browser.text("/?weather=hail")).match(/<article class="card">/g)?.length, 12);
});

Deno.test("the shop keeps day and night in a cookie, and comes back to the page it was asked on", async () => {
  const { browser } = openShop();
  assertStringIncludes(await browser.text("/"), 'data-theme="auto"');

  const answer = await send(browser, "/theme/", { theme: "dark", next: "/?weather=fog" });
  assertEquals([answer.status, answer.headers.get("Location")], [303, "/?weather=fog"]);
  assertEquals(browser.cookie("theme")?.value, "dark");
  assertStringIncludes(await browser.text("/cart/"), 'data-theme="dark"');
  assertStringIncludes(await browser.text("/nowhere/"), 'data-theme="dark"');

  await send(browser, "/theme/", { theme: "auto", next: "/" });
  assertEquals(browser.cookie("theme"), undefined);
  assertStringIncludes(await browser.text("/"), 'data-theme="auto"');
});

Deno.test("the shop sends nobody to another site after switching the theme", async () => {
  const { browser } = openShop();

  for (const next of ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"]) {
    assertEquals((await send(browser, "/theme/", { theme: "light", next })).headers.get("Location"), "/");
  }
  assertEquals((await send(browser, "/theme/", { theme: "plaid", next: "/" })).status, 400);
});

Deno.test("the cart holds what was added, and says so once", async () => {
  const { browser } = openShop();

  const answer = await add(browser, "typhoon");
  assertEquals([answer.status, answer.headers.get("Location")], [303, "/cart/"]);
  const cart = await browser.text("/cart/");
  assertEquals(messagesIn(cart), ["“Typhoon” is in your cart."]);
  assertEquals(cartCountIn(cart), 1);
  assertStringIncludes(cart, "€9.90");
  assertEquals(messagesIn(await browser.text("/cart/")), [], "a message is shown once");

  await add(browser, "typhoon");
  const two = await browser.text("/cart/");
  assertEquals(messagesIn(two), ["“Typhoon” is in your cart. 2 copies now."]);
  assertEquals(cartCountIn(two), 2);

  await add(browser, "the-clouds");
  const fuller = await browser.text("/cart/");
  assertEquals(messagesIn(fuller), ["“The Clouds” is in your cart."]);
  assertEquals(cartCountIn(fuller), 3);
  assertStringIncludes(fuller, "€29.70");
});

Deno.test("the cart belongs to its visitor", async () => {
  const { browser, visitor } = openShop();
  await add(browser, "typhoon");

  assertEquals(cartCountIn(await visitor().text("/cart/")), 0);
});

Deno.test("a form that is sent twice at once is one copy, two forms are two", async () => {
  const { browser } = openShop();
  const page = await browser.text("/books/typhoon/");
  const fields = { csrfmiddlewaretoken: tokenIn(page), book: "typhoon", ticket: fieldIn(page, "ticket") };

  await Promise.all([browser.post("/cart/add/", fields), browser.post("/cart/add/", fields)]);
  const twice = await browser.text("/cart/");
  assertEquals(cartCountIn(twice), 1);
  assertEquals(messagesIn(twice), ["“Typhoon” is in your cart."]);

  await browser.post("/cart/add/", fields);
  assertEquals(cartCountIn(await browser.text("/")), 1);
  await add(browser, "typhoon");
  assertEquals(cartCountIn(await browser.text("/cart/")), 2);
});

Deno.test("ten forms at the same moment are ten copies", async () => {
  const { browser } = openShop();
  await add(browser, "the-tempest");
  const csrfmiddlewaretoken = tokenIn(await browser.text("/"));

  await Promise.all(Array.from({ length: 10 }, (_, ticket) => {
    return browser.post("/cart/add/", { csrfmiddlewaretoken, book: "typhoon", ticket: `form ${ticket}` });
  }));

  assertEquals(cartCountIn(await browser.text("/cart/")), 11);
});

Deno.test("the cart changes numbers, takes books out, and holds no more than the shop has", async () => {
  const { browser } = openShop();
  await add(browser, "typhoon");
  await add(browser, "the-clouds");
  await browser.text("/cart/");

  await send(browser, "/cart/change/", { book: "typhoon", copies: "5" });
  const five = await browser.text("/cart/");
  assertEquals([messagesIn(five), cartCountIn(five)], [["Saved."], 6]);

  await send(browser, "/cart/change/", { book: "the-clouds", copies: "0" });
  const without = await browser.text("/cart/");
  assertEquals([messagesIn(without), cartCountIn(without)], [["“The Clouds” is back on the shelf."], 5]);

  for (const copies of ["-1", "21", "1.5", "many", ""]) {
    assertEquals((await send(browser, "/cart/change/", { book: "typhoon", copies })).status, 400);
  }
});

Deno.test("the cart doesn't bring back a book that another tab has taken out", async () => {
  const { browser } = openShop();
  await add(browser, "typhoon");
  await send(browser, "/cart/empty/", {});
  await browser.text("/cart/");

  // The first tab still shows the book, and its form.
  await send(browser, "/cart/change/", { book: "typhoon", copies: "3" });

  const page = await browser.text("/cart/");
  assertEquals(messagesIn(page), ["“Typhoon” was not in your cart any more."]);
  assertEquals(cartCountIn(page), 0);
});

Deno.test("an emptied cart says so, and keeps the rest of the session", async () => {
  const { browser } = openShop();
  await add(browser, "typhoon");
  await browser.text("/cart/");

  await send(browser, "/cart/empty/", {});

  const page = await browser.text("/cart/");
  assertEquals(messagesIn(page), ["Your cart is empty again."]);
  assertStringIncludes(page, "Nothing but air in your cart");
  assertStringIncludes(await browser.text("/"), "You have looked at");
});

Deno.test("a book that is not on the shelves is a 404 of the shop's own", async () => {
  const { browser } = openShop();

  const page = await browser.get("/books/the-collected-silences/");
  assertEquals(page.status, 404);
  assertStringIncludes(await page.text(), "This book is not on our shelves.");
  assertEquals((await send(browser, "/cart/add/", { book: "__proto__", ticket: "1" })).status, 404);
  assertEquals((await send(browser, "/wishlist/", { book: "constructor", keep: "yes" })).status, 404);
});

Deno.test("the shop remembers the last six books that were looked at, and forgets them when asked", async () => {
  const { browser } = openShop();
  const slugs = ["typhoon", "the-clouds", "the-tempest", "bleak-house", "white-nights", "the-sea-wolf", "typhoon"];
  for (const slug of slugs) await browser.text(`/books/${slug}/`);

  const recent = (await browser.text("/")).split("You have looked at")[1]!;
  assertEquals([...recent.matchAll(/href="\/books\/([^/]+)\/"/g)].map(([, slug]) => slug), [
    "typhoon",
    "the-sea-wolf",
    "white-nights",
    "bleak-house",
    "the-tempest",
    "the-clouds",
  ]);

  await send(browser, "/recent/forget/", {});
  const page = await browser.text("/");
  assertEquals(messagesIn(page), ["Forgotten."]);
  assertNotMatch(page, /You have looked at/);
});

Deno.test("the wishlist answers a form with a redirect and a message, a script with JSON and none", async () => {
  const { browser } = openShop();

  const form = await send(browser, "/wishlist/", { book: "typhoon", keep: "yes", next: "/?weather=storm" });
  assertEquals([form.status, form.headers.get("Location")], [303, "/?weather=storm"]);
  assertEquals(messagesIn(await browser.text("/")), ["“Typhoon” is on your wishlist."]);

  const token = tokenIn(await browser.text("/"));
  const script = await browser.post("/wishlist/", { book: "bleak-house", keep: "yes" }, {
    headers: { "Accept": "application/json", "X-CSRFToken": token, "Sec-Fetch-Dest": "empty" },
    navigation: false,
  });
  assertEquals(await script.json(), { keep: true, count: 2 });
  assertEquals(messagesIn(await browser.text("/wishlist/")), []);

  // Whatever is pressed twice stays as it was wished.
  await send(browser, "/wishlist/", { book: "typhoon", keep: "no" });
  await send(browser, "/wishlist/", { book: "typhoon", keep: "no" });
  assertEquals((await browser.text("/wishlist/")).match(/<article class="card">/g)?.length, 1);
});

Deno.test("every form of the shop is refused without its token, and changes nothing", async () => {
  const { browser, events } = openShop();
  await add(browser, "typhoon");

  for (const path of ["/cart/add/", "/cart/change/", "/cart/empty/", "/wishlist/", "/theme/", "/recent/forget/"]) {
    const answer = await browser.post(path, { book: "typhoon", copies: "9", theme: "dark", keep: "yes" });
    assertEquals(answer.status, 403);
    assertStringIncludes(await answer.text(), "That form is not one of ours");
  }
  const foreign = await browser.post("/cart/empty/", {}, { headers: { "Sec-Fetch-Site": "cross-site" } });
  assertEquals(foreign.status, 403);

  assertEquals(cartCountIn(await browser.text("/")), 1);
  assertEquals(browser.cookie("theme"), undefined);
  assertEquals(events.map(({ name }) => name), Array(7).fill("csrf.rejected"));
});

Deno.test("the shop's error pages say what happened, with the layers' headers, and need no session", async () => {
  const down: SessionStore = {
    ...Object.fromEntries(["create", "update", "move", "delete", "clearExpired"].map((verb) => [verb, fail])),
    read: fail,
  } as unknown as SessionStore;
  const { browser, events } = openShop(down);
  await browser.text("/");
  browser.cookies.receive(`sessionid=${"x".repeat(43)}; Path=/`, {
    url: new URL("http://localhost/"),
    from: "http://localhost",
    safeNavigation: true,
  });

  const page = await browser.get("/cart/");

  assertEquals(page.status, 503);
  assertEquals(page.headers.get("X-Frame-Options"), "DENY");
  const text = await page.text();
  assertStringIncludes(text, "Closed for a moment");
  assertStringIncludes(text, page.headers.get("X-Request-Id")!);
  assert(events.some(({ name, error }) => name === "exception" && String(error).includes("the disk is gone")));
});

function fail(): Promise<never> {
  return Promise.reject(new Error("the disk is gone"));
}

Deno.test("what fails halfway leaves cart and messages as they were", async () => {
  const { browser, events } = openShop();
  await add(browser, "typhoon");
  await browser.text("/cart/");

  const answer = await send(browser, "/breakage/halfway/", {});

  assertEquals(answer.status, 500);
  assertStringIncludes(await answer.text(), "A sudden squall");
  const page = await browser.text("/cart/");
  assertEquals([cartCountIn(page), messagesIn(page)], [1, []]);
  assertMatch(String(events.find(({ name }) => name === "exception")?.error), /The lights went out/);
});

Deno.test("the shop answers the wrong method with those there are", async () => {
  const { browser } = openShop();

  const answer = await browser.get("/cart/add/");

  assertEquals([answer.status, answer.headers.get("Allow")], [405, "OPTIONS, POST"]);
  assertStringIncludes(await answer.text(), "Not that way");
});

Deno.test("the page about breakage names this very address", async () => {
  assertStringIncludes(
    await openShop().browser.text("/breakage/"),
    "curl --data book=typhoon http://localhost/cart/add/",
  );
});

Deno.test("no page may be kept by a cache, and none brings script or style of its own", async () => {
  const { browser } = openShop();
  await add(browser, "typhoon");

  for (const path of ["/", "/books/typhoon/", "/cart/", "/wishlist/", "/breakage/", "/nowhere/"]) {
    const response = await browser.get(path);
    assertEquals(response.headers.get("Cache-Control"), "no-store");
    assertMatch(response.headers.get("Content-Security-Policy")!, /^default-src 'self';/);
    const text = await response.text();
    assertNotMatch(text, /<style|\sstyle=|\son[a-z]+=|<script(?! type="module" src="\/static\/)|javascript:/);
  }
});

Deno.test("the three static files are served with their type and an ETag, and no other file", async () => {
  const { browser } = openShop();

  for (
    const [file, type] of [
      ["shop.css", "text/css; charset=utf-8"],
      ["shop.js", "text/javascript; charset=utf-8"],
      ["favicon.svg", "image/svg+xml"],
    ] as const
  ) {
    const response = await browser.get(`/static/${file}`);
    assertEquals([response.status, response.headers.get("Content-Type")], [200, type]);
    assertEquals(response.headers.get("Vary"), null, "a style sheet depends on no cookie");
    await response.body?.cancel();
    const again = await browser.get(`/static/${file}`, { headers: { "If-None-Match": response.headers.get("ETag")! } });
    assertEquals([again.status, await again.text()], [304, ""]);
  }
  for (
    const path of ["/static/app.ts", "/static/..%2fapp.ts", "/static/%2e%2e/app.ts", "/static/", "/static/shop.css/"]
  ) {
    const response = await browser.get(path);
    assertEquals(response.status, 404);
    await response.body?.cancel();
  }
});

Deno.test("with --debug the shop shows the error itself", async () => {
  const events: AppEvent[] = [];
  const app = createApp({
    store: new MemoryStore(),
    keys: KEYS,
    debug: true,
    onEvent: (event) => void events.push(event),
  });
  const browser = new Browser(app);

  const page = await browser.text("/breakage/exception/", { headers: { Accept: "text/html" } });

  assertStringIncludes(page, "The roof of the shop blew away");
  assertEquals(events.map(({ name }) => name), ["exception"]);
});

Deno.test("the cart survives in Deno KV and in files when the shop is built anew", async () => {
  const directory = await Deno.makeTempDir();
  using kv = await Deno.openKv(":memory:");

  for (const makeStore of [() => new KvStore(kv), () => new FileStore(`${directory}/sessions`)]) {
    const before = openShop(makeStore()).browser;
    await add(before, "typhoon");
    const after = openShop(makeStore()).browser;
    after.cookies.adopt(before.cookies.all());

    const page = await after.text("/cart/");
    assertEquals([cartCountIn(page), messagesIn(page)], [1, ["“Typhoon” is in your cart."]]);
  }
  await Deno.remove(directory, { recursive: true });
});
