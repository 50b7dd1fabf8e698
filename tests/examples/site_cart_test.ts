import { assertEquals, assertStringIncludes } from "@std/assert";
import { FileStore } from "../../sessions/file_store.ts";
import { KvStore } from "../../sessions/kv_store.ts";
import { cartCountIn, fieldIn, messagesIn, tokenIn } from "./_pages.ts";
import { add, openShop, send } from "./_shop.ts";

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

Deno.test("the cart survives in Deno KV and in files when the shop is built anew", async () => {
  const directory = await Deno.makeTempDir();
  using kv = await Deno.openKv(":memory:");

  for (const makeStore of [() => new KvStore(kv), () => new FileStore(`${directory}/sessions`)]) {
    const before = openShop({ store: makeStore() }).browser;
    await add(before, "typhoon");
    const after = openShop({ store: makeStore() }).browser;
    after.cookies.adopt(before.cookies.all());

    const page = await after.text("/cart/");
    assertEquals([cartCountIn(page), messagesIn(page)], [1, ["“Typhoon” is in your cart."]]);
  }
  await Deno.remove(directory, { recursive: true });
});
