import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { SessionStore } from "../../sessions/store.ts";
import { cartCountIn, messagesIn } from "./_pages.ts";
import { add, openShop, send } from "./_shop.ts";

Deno.test("a book that is not on the shelves is a 404 of the shop's own", async () => {
  const { browser } = openShop();

  const page = await browser.get("/books/the-collected-silences/");
  assertEquals(page.status, 404);
  assertStringIncludes(await page.text(), "This book is not on our shelves.");
  assertEquals((await send(browser, "/cart/add/", { book: "__proto__", ticket: "1" })).status, 404);
  assertEquals((await send(browser, "/wishlist/", { book: "constructor", keep: "yes" })).status, 404);
});

Deno.test("every form of the shop is refused without its token, and changes nothing", async () => {
  // A browser that says where a form comes from needs none.
  const { browser, events } = openShop({}, { fetchMetadata: false });
  await add(browser, "typhoon");

  const paths = ["/cart/add/", "/cart/change/", "/cart/empty/", "/wishlist/", "/theme/", "/recent/forget/"];
  paths.push("/language/", "/sign-up/", "/sign-in/", "/sign-out/", "/account/devices/end/");
  paths.push("/account/devices/end-others/", "/letters/write/");
  for (const path of paths) {
    const answer = await browser.post(path, { book: "typhoon", copies: "9", theme: "dark", keep: "yes" });
    assertEquals(answer.status, 403);
    assertStringIncludes(await answer.text(), "That form is not one of ours");
  }
  const foreign = await browser.post("/cart/empty/", {}, { headers: { "Sec-Fetch-Site": "cross-site" } });
  assertEquals(foreign.status, 403);

  assertEquals(cartCountIn(await browser.text("/")), 1);
  assertEquals(browser.cookie("theme"), undefined);
  assertEquals(events.map(({ name }) => name), Array(paths.length + 1).fill("csrf.rejected"));
});

Deno.test("the shop's error pages say what happened, with the layers' headers, and need no session", async () => {
  const down: SessionStore = {
    ...Object.fromEntries(["create", "update", "delete", "list", "clearExpired"].map((verb) => [verb, fail])),
    read: fail,
  } as unknown as SessionStore;
  const { browser, events } = openShop({ store: down });
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

Deno.test("with --debug the shop shows the error itself", async () => {
  const { browser, events } = openShop({ debug: true });

  const page = await browser.text("/breakage/exception/", { headers: { Accept: "text/html" } });

  assertStringIncludes(page, "The roof of the shop blew away");
  assertEquals(events.map(({ name }) => name), ["exception"]);
});
