import { assertEquals, assertMatch, assertNotMatch, assertStringIncludes } from "@std/assert";
import { messagesIn, tokenIn } from "./_pages.ts";
import { add, openShop, send } from "./_shop.ts";

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

Deno.test("no page with something of a visitor may be kept by a cache, and none brings script or style of its own", async () => {
  const { browser } = openShop();
  await add(browser, "typhoon");

  for (
    const path of ["/", "/books/typhoon/", "/cart/", "/wishlist/", "/breakage/", "/sign-in/", "/sign-up/", "/nowhere/"]
  ) {
    const response = await browser.get(path);
    const policy = response.headers.get("Content-Security-Policy")!;
    assertMatch(policy, /^default-src 'self';/);
    const text = await response.text();
    assertNotMatch(text, /<style|\sstyle=|\son[a-z]+=|<script(?! type="module" src="\/static\/)|javascript:/);
    const nonce = /<script [^>]*nonce="([^"]+)"/.exec(text)?.[1];
    // A page with a nonce is nobody else's; one for an error runs no script at all.
    assertEquals(response.headers.get("Cache-Control"), nonce === undefined ? "no-store" : "private, no-store");
    assertStringIncludes(policy, nonce === undefined ? "script-src 'none'" : `script-src 'nonce-${nonce}'`);
    assertEquals(nonce === undefined, path === "/nowhere/");
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
    assertEquals(response.headers.get("Vary"), "Accept-Encoding", "a style sheet depends on no cookie and no language");
    assertEquals(response.headers.get("Content-Language"), null);
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
