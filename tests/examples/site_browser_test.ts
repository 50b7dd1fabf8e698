import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { deadline } from "@std/async/deadline";
import { delay } from "@std/async/delay";
import { createApp } from "../../examples/site/app.ts";
import { allBooks } from "../../examples/site/catalogue.ts";
import { MemoryStore } from "../../sessions/memory_store.ts";
import type { StoredSession } from "../../sessions/store.ts";
import type { SessionRecord, WriteResult } from "../../sessions/store.ts";
import { chromiumTests, type Site, type Visitor } from "./_chromium.ts";
import { addBook, background, cartCount, messages, press, titles } from "./_in_the_shop.ts";

function shop(store: MemoryStore = new MemoryStore()): Site {
  return createApp({ store, keys: ["a test's key, and plainly nothing else"], onEvent() {} });
}

const inChromium = chromiumTests(shop);

inChromium("in Chromium the theme changes at once, and stays", async ({ page, origin }) => {
  await page.goto(`${origin}/?weather=fog`);
  const day = await background(page);

  await press(page, "Night");
  assertEquals(page.url(), `${origin}/?weather=fog`);
  const night = await background(page);
  assertNotEquals(night, day);
  await page.goto(`${origin}/cart/`);
  assertEquals(await background(page), night);
  await page.reload();
  assertEquals(await background(page), night);
  assertEquals(await page.getByRole("button", { name: "Night" }).getAttribute("aria-pressed"), "true");

  await press(page, "As your system");
  assertEquals(await background(page), day);
});

inChromium("in Chromium the theme follows a dark system unless day was chosen", async ({ page, origin }) => {
  await page.goto(origin);
  const night = await background(page);
  await press(page, "Day");
  assertNotEquals(await background(page), night);
}, { colorScheme: "dark" });

inChromium("in Chromium a book goes into the cart, and a message says so once", async ({ page, origin }) => {
  await page.goto(`${origin}/books/typhoon/`);
  await press(page, "Add to cart");

  assertEquals(page.url(), `${origin}/cart/`);
  assertEquals(await messages(page), ["“Typhoon” is in your cart."]);
  assertEquals(await cartCount(page), 1);
  await page.reload();
  assertEquals(await messages(page), []);
  assertEquals(await cartCount(page), 1);
});

inChromium("in Chromium a double click is one copy", async ({ page, origin }) => {
  await page.goto(`${origin}/books/typhoon/`);
  await page.getByRole("button", { name: "Add to cart" }).dblclick();
  // Waiting for an address would fail with the first form's navigation, which the second ends.
  await page.getByText("is in your cart").waitFor();
  assertEquals(page.url(), `${origin}/cart/`);

  assertEquals(await cartCount(page), 1);
  assertEquals(await messages(page), ["“Typhoon” is in your cart."]);
});

inChromium(
  "in Chromium a second click while the shop is still answering the first is one copy",
  async ({ page, origin }) => {
    await page.goto(`${origin}/books/typhoon/`);
    const { x, y } = (await page.getByRole("button", { name: "Add to cart" }).boundingBox())!;
    await page.mouse.click(x + 9, y + 9);
    // A browser that hasn't sent the first form yet would only send the second.
    await deadline(slowShop.first.promise, 5_000);
    await page.mouse.click(x + 9, y + 9);
    await page.getByText("is in your cart").waitFor();
    assertEquals(page.url(), `${origin}/cart/`);

    assertEquals(await cartCount(page), 1);
    assertEquals(await messages(page), ["“Typhoon” is in your cart."]);
    assertEquals(slowShop.forms, 2, "both clicks came to the shop");
  },
  { site: (request, info) => slowShop.answer(request, info) },
);

/** A shop that does what the first form asks, and answers it only when the second one is there, or has been waited for in vain. */
const slowShop = {
  forms: 0,
  first: Promise.withResolvers<void>(),
  second: Promise.withResolvers<void>(),
  site: shop(),
  async answer(request: Request, info: Parameters<Site>[1]): Promise<Response> {
    const response = await this.site(request, info);
    if (request.method !== "POST") return response;
    this.forms++;
    this.first.resolve();
    if (this.forms === 2) this.second.resolve();
    await deadline(this.second.promise, 5_000).catch(() => {});
    return response;
  },
};

inChromium("in Chromium two tabs that add the same book at the same moment make two copies", async (visitor) => {
  const { page, newTab, origin } = visitor;
  const tab = await newTab();
  // The first visit makes the session that both share.
  await page.goto(`${origin}/books/typhoon/`);
  await tab.goto(`${origin}/books/typhoon/`);

  await Promise.all([page, tab].map((tab) => press(tab, "Add to cart")));

  await page.goto(`${origin}/cart/`);
  assertEquals(await cartCount(page), 2);
});

inChromium("in Chromium a cart that is emptied in one tab takes what another tab adds later", async (visitor) => {
  const { page, newTab, origin } = visitor;
  await addBook(page, origin, "the-clouds");
  const tab = await newTab();
  await tab.goto(`${origin}/books/typhoon/`);

  await press(page, "Empty the cart");
  assertEquals(await messages(page), ["Your cart is empty again."]);
  await press(tab, "Add to cart");

  assertEquals(await titles(tab), ["Typhoon"]);
  await page.reload();
  assertEquals(await titles(page), ["Typhoon"]);
});

inChromium("in Chromium a cart that is emptied from an old page is empty", async ({ page, newTab, origin }) => {
  await addBook(page, origin, "the-clouds");
  const tab = await newTab();
  await addBook(tab, origin, "typhoon");

  // This tab shows one book; there are two.
  await press(page, "Empty the cart");

  assertEquals(await titles(page), []);
  await tab.reload();
  assertEquals(await titles(tab), []);
});

inChromium(
  "in Chromium a book that is added while the cart is being emptied is alone in it",
  async ({ page, newTab, origin }) => {
    await addBook(page, origin, "the-clouds");
    const tab = await newTab();
    await tab.goto(`${origin}/books/typhoon/`);

    // Both read the same session; the emptied one is written first.
    await Promise.all([
      press(page, "Empty the cart"),
      press(tab, "Add to cart"),
    ]);

    await page.goto(`${origin}/cart/`);
    assertEquals(await titles(page), ["Typhoon"]);
    assertEquals(await tab.title(), "Your cart · Librairie des Nuages", "nobody was shown an error");
  },
  { site: shop(new (lateStore((data) => data.includes('"typhoon":')))()) },
);

inChromium(
  "in Chromium a cart that is emptied while a book is being added doesn't bring the others back",
  async ({ page, newTab, origin }) => {
    await addBook(page, origin, "the-clouds");
    const tab = await newTab();
    await tab.goto(`${origin}/books/typhoon/`);

    // Both read the same session; the one with the added book is written first.
    await Promise.all([
      press(page, "Empty the cart"),
      press(tab, "Add to cart"),
    ]);

    await page.goto(`${origin}/cart/`);
    assertEquals(await titles(page), []);
    assertEquals(await tab.title(), "Your cart · Librairie des Nuages", "nobody was shown an error");
  },
  { site: shop(new (lateStore((data) => !data.includes('"cart":')))()) },
);

/** A store in memory that is slow enough for two clicks to meet, and takes its time with some writes. */
function lateStore(isLate: (data: string) => boolean): typeof MemoryStore {
  return class extends MemoryStore {
    override async read(key: string): Promise<StoredSession | undefined> {
      const found = await super.read(key);
      await delay(150);
      return found;
    }

    override async update(key: string, record: SessionRecord, version: string): Promise<WriteResult> {
      if (isLate(record.data)) await delay(200);
      return await super.update(key, record, version);
    }
  };
}

inChromium("in Chromium the back button shows the cart of now, and no message again", async ({ page, origin }) => {
  await page.goto(`${origin}/books/typhoon/`);
  await press(page, "Add to cart");
  await page.goBack();
  assertEquals(page.url(), `${origin}/books/typhoon/`);
  assertEquals([await cartCount(page), await messages(page)], [1, []]);

  // Going back and adding again is meant: it is no double click.
  await press(page, "Add to cart");
  assertEquals(await cartCount(page), 2);
  await page.goBack();
  await page.goForward();
  assertEquals([await cartCount(page), await messages(page)], [2, []]);
});

inChromium("in Chromium the back button shows what another tab has added", async (visitor) => {
  await goBackAfterAnotherTab(visitor);
});

inChromium("in Chromium the back button shows what another tab has added, without scripts too", async (visitor) => {
  await goBackAfterAnotherTab(visitor);
}, { javaScriptEnabled: false });

async function goBackAfterAnotherTab({ page, newTab, origin }: Visitor): Promise<void> {
  await addBook(page, origin, "the-clouds");
  await page.reload();
  await page.goto(`${origin}/breakage/`);
  await addBook(await newTab(), origin, "typhoon");

  await page.goBack({ waitUntil: "commit" });
  await page.locator(".line h2", { hasText: "Typhoon" }).waitFor();
  assertEquals(await titles(page), ["The Clouds", "Typhoon"]);
}

inChromium("in Chromium the cart takes numbers, and gives books back", async ({ page, origin }) => {
  await addBook(page, origin, "the-clouds");
  await addBook(page, origin, "typhoon");

  await page.getByRole("spinbutton", { name: "Copies of Typhoon" }).fill("4");
  await press(page.locator(".line", { hasText: "Typhoon" }), "Update");
  assertEquals([await messages(page), await cartCount(page)], [["Saved."], 5]);
  await press(page, "Remove: The Clouds");
  assertEquals([await messages(page), await titles(page)], [["“The Clouds” is back on the shelf."], ["Typhoon"]]);
});

inChromium("in Chromium a heart changes without leaving the page, with the token in a header", async (visitor) => {
  const { page, origin } = visitor;
  await page.goto(origin);
  await page.evaluate("globalThis.isSamePage = true");
  const heart = page.getByRole("button", { name: "On your wishlist: Typhoon" });

  const [request] = await Promise.all([page.waitForRequest(`${origin}/wishlist/`), heart.click()]);
  await page.locator('[data-wish="typhoon"] [aria-pressed="true"]').waitFor();
  assertMatch(request.headers()["x-csrftoken"]!, /^\w{64}$/);
  assertEquals(request.postData(), "book=typhoon&keep=yes&next=%2F");
  assertEquals(await page.evaluate("globalThis.isSamePage"), true);
  assertEquals(await page.locator("[data-wish-count]").textContent(), "1");
  assertEquals(await page.getByRole("status").last().textContent(), "On your wishlist");

  await page.reload();
  assertEquals([await heart.getAttribute("aria-pressed"), await messages(page)], ["true", []]);
  await heart.click();
  await page.locator('[data-wish="typhoon"] [aria-pressed="false"]').waitFor();
  await page.goto(`${origin}/wishlist/`);
  assertMatch(await page.locator("h1").innerText(), /No wishes yet/);
});

inChromium("in Chromium a heart that the shop doesn't answer becomes an ordinary form", async ({ page, origin }) => {
  await page.goto(`${origin}/?weather=storm`);
  await page.route(`${origin}/wishlist/`, (route) => {
    return route.request().resourceType() === "fetch" ? route.fulfill({ status: 503 }) : route.continue();
  });

  await press(page, "On your wishlist: Typhoon");
  await page.locator(".notice").waitFor();

  assertEquals(await messages(page), ["“Typhoon” is on your wishlist."]);
  assertEquals(page.url(), `${origin}/?weather=storm`);
}, { expectedStatuses: [503] });

inChromium("in Chromium everything works without scripts", async ({ page, origin }) => {
  await page.goto(origin);
  await press(page, "On your wishlist: Bleak House");
  assertEquals(await messages(page), ["“Bleak House” is on your wishlist."]);
  assertEquals(page.url(), `${origin}/`);
  await press(page, "Add to cart: Bleak House");
  await page.getByRole("spinbutton").fill("3");
  await press(page, "Update");
  assertEquals([await messages(page), await cartCount(page)], [["Saved."], 3]);
  await press(page, "Night");
  assertEquals(await page.locator("html").getAttribute("data-theme"), "dark");
  await page.getByRole("searchbox").fill("verne");
  await press(page, "Search");
  assertEquals(await page.locator("h1").innerText(), "2 books for “verne”");
  await page.goto(`${origin}/cart/`);
  await press(page, "Empty the cart");
  assertEquals(await titles(page), []);
}, { javaScriptEnabled: false });

inChromium("in Chromium another site's form is refused, and the visitor's own goes through", async (visitor) => {
  const { page, newTab, origin } = visitor;
  await addBook(page, origin, "typhoon");
  // The same shop under another name is another site for a browser.
  const evil = await newTab();
  await evil.route("http://evil.localhost/", (route) => {
    const body = `<form action="${origin}/cart/empty/" method="post"><button>Win a prize</button></form>`;
    return route.fulfill({ contentType: "text/html", body });
  });
  await evil.goto("http://evil.localhost/");
  await evil.getByRole("button").click();
  assertEquals(await evil.locator("h1").innerText(), "That form is not one of ours");

  await page.reload();
  assertEquals(await titles(page), ["Typhoon"]);
}, { expectedStatuses: [403] });

inChromium("in Chromium no page scrolls sideways on a phone, and none complains", async ({ page, origin }) => {
  await addBook(page, origin, "on-the-modifications-of-clouds");
  const paths = ["/", "/?weather=fog", "/?words=moon", "/cart/", "/wishlist/", "/breakage/", "/attic/"];
  for (const path of [...paths, ...allBooks("en").map(({ slug }) => `/books/${slug}/`)]) {
    await page.goto(origin + path);
    assertEquals(await page.evaluate("document.documentElement.scrollWidth"), 320, path);
  }
}, { viewport: { width: 320, height: 640 }, expectedStatuses: [404] });

inChromium("in Chromium no word of a headline lies on the moon", async ({ page, origin }) => {
  for (const width of [320, 375, 430, 640, 700, 960, 1280]) {
    await page.setViewportSize({ width, height: 640 });
    for (const path of ["/", "/attic/", "/breakage/exception/"]) {
      await page.goto(origin + path);
      assertEquals(await page.evaluate(WORDS_ON_THE_DISC), [], `${path} at ${width} pixels`);
    }
  }
}, { colorScheme: "dark", expectedStatuses: [404, 500] });

inChromium("in Chromium the first stop of the Tab key leads past the header", async ({ page, origin }) => {
  await page.goto(origin);
  await page.keyboard.press("Tab");
  const link = page.getByRole("link", { name: "Skip to the page" });
  assert((await link.boundingBox())!.y >= 0, "it is in sight when it has the focus");
  await page.keyboard.press("Enter");
  await page.waitForURL(`${origin}/#main`);
});

/** The elements of the headline that have a line of text where the sun or the moon stands. */
const WORDS_ON_THE_DISC = `(() => {
  const disc = document.querySelector(".disc").getBoundingClientRect();
  return [...document.querySelectorAll(".headline > *")].filter((element) => {
    const range = document.createRange();
    range.selectNodeContents(element);
    return [...range.getClientRects()].some((line) =>
      line.left < disc.right && line.right > disc.left && line.top < disc.bottom && line.bottom > disc.top
    );
  }).map((element) => element.textContent);
})()`;
