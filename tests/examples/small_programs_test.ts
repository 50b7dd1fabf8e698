import { assert, assertEquals, assertMatch, assertNotMatch, assertStringIncludes } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { app as cached } from "../../examples/cached.ts";
import { app as counter } from "../../examples/counter.ts";
import { app as customMiddleware } from "../../examples/custom_middleware.ts";
import { app as flash } from "../../examples/flash.ts";
import { app as hello } from "../../examples/hello.ts";
import { app as hono, site as honoSite } from "../../examples/inside_hono.ts";
import { app as signIn } from "../../examples/sign_in.ts";
import { app as signedLinks, LIFETIME } from "../../examples/signed_links.ts";
import { TestBrowser } from "../../testing/test_browser.ts";
import { tokenIn } from "./_pages.ts";

Deno.test("hello.ts greets by name, and escapes it", async () => {
  const browser = new TestBrowser(hello);

  assertStringIncludes(await browser.text("/"), "<h1>Hello</h1>");
  assertStringIncludes(await browser.text("/Ada/"), "<h1>Hello, Ada</h1>");
  assertStringIncludes(await browser.text("/%3Cb%3E/"), "<h1>Hello, &lt;b&gt;</h1>");
  assertEquals((await browser.get("/a/b/")).status, 404);
});

Deno.test("counter.ts counts visits of one visitor, exactly, and forgets them", async () => {
  const [ada, bob] = [new TestBrowser(counter), new TestBrowser(counter)];
  const form = { csrfmiddlewaretoken: tokenIn(await ada.text("/")) };
  assertEquals(ada.cookie("sessionid"), undefined, "who was only shown a page has no session");

  await ada.post("/visit/", form);
  await Promise.all(Array.from({ length: 10 }, () => ada.post("/visit/", form)));

  assertStringIncludes(await ada.text("/"), "Visit 11");
  assertStringIncludes(await bob.text("/"), "You were never here");
  await ada.post("/forget/", form);
  assertStringIncludes(await ada.text("/"), "You were never here");
  assertEquals(ada.cookie("sessionid"), undefined);
});

Deno.test("counter.ts refuses a form without its token, from a browser that doesn't say where it comes from", async () => {
  const browser = new TestBrowser(counter, { fetchMetadata: false });

  assertEquals((await browser.post("/visit/")).status, 403);
});

Deno.test("custom_middleware.ts lets readers read and Ada write, and signs every answer", async () => {
  const browser = new TestBrowser(customMiddleware);

  assertEquals(await browser.text("/?name=Bob"), "Hello, Bob\n");
  assertEquals((await browser.post("/?name=Bob")).status, 403);
  assertEquals(await (await browser.post("/?name=Ada")).text(), "Written by Ada\n");
  for (const response of [await browser.get("/"), await browser.post("/"), await browser.get("/nowhere/")]) {
    assertEquals(response.headers.get("X-Served-By"), "two middleware and a view");
  }
});

Deno.test("flash.ts says that it saved, once, after the redirect", async () => {
  const browser = new TestBrowser(flash);
  const csrfmiddlewaretoken = tokenIn(await browser.text("/"));

  const saved = await browser.post("/", { csrfmiddlewaretoken, motto: "Read <more>" });
  assertEquals([saved.status, saved.headers.get("Location")], [303, "/"]);
  const page = await browser.text("/");
  assertStringIncludes(page, '<p class="success">Saved.</p>');
  assertStringIncludes(page, 'value="Read &lt;more&gt;"');
  assertNotMatch(await browser.text("/"), /Saved/);
});

Deno.test("flash.ts says what is wrong, and keeps what was saved before", async () => {
  const browser = new TestBrowser(flash);
  const csrfmiddlewaretoken = tokenIn(await browser.text("/"));
  await browser.post("/", { csrfmiddlewaretoken, motto: "Look up" });

  await browser.post("/", { csrfmiddlewaretoken, motto: "  " });
  const page = await browser.text("/");

  assertStringIncludes(page, '<p class="error">A motto has words in it.</p>');
  assertStringIncludes(page, 'value="Look up"');
});

Deno.test("signed_links.ts serves a link for a minute, and nothing that was made up", async () => {
  using time = new FakeTime();
  const browser = new TestBrowser(signedLinks);
  const [, link] = /href="([^"]+)"/.exec(await browser.text("/"))!;

  assertMatch(await browser.text(link!), /^Captain MacWhirr/);
  time.tick((LIFETIME - 1) * 1000);
  assertEquals((await browser.get(link!)).status, 200);
  assertEquals((await browser.get(link!.replace("download/e", "download/f"))).status, 404);
  assertEquals((await browser.get("/download/nothing/")).status, 404);
  time.tick(2000);
  const late = await browser.get(link!);
  assertEquals(late.status, 410);
  assertStringIncludes(await late.text(), "This link has ended");
});

Deno.test("inside_hono.ts says on its first page where to go", async () => {
  const browser = new TestBrowser((request, info) => honoSite.fetch(request, info!));
  const links = [...(await browser.text("/")).matchAll(/href="([^"]+)"/g)].map(([, path]) => path!);

  assertEquals(links, ["/visits/ada", "/nuages/visits/"]);
  for (const path of links) assertEquals((await browser.get(path)).status, 200);
});

Deno.test("inside_hono.ts gives Hono's handlers the session", async () => {
  const browser = new TestBrowser(hono);

  assertEquals(await browser.text("/visits/Ada"), "Ada, visit 1");
  assertEquals(await browser.text("/visits/Ada"), "Ada, visit 2");
  assertEquals((await browser.get("/elsewhere")).status, 404);
});

Deno.test("inside_hono.ts answers for some paths of a Hono site, from the same session", async () => {
  const browser = new TestBrowser((request, info) => honoSite.fetch(request, info!), {
    info: { remoteAddr: { transport: "tcp", hostname: "127.0.0.1", port: 1 }, completed: Promise.resolve() },
  });

  await browser.get("/visits/Ada");
  assertEquals(await browser.json("/nuages/visits/"), { visits: 1 });
  assertEquals((await browser.get("/nuages/elsewhere/")).status, 404);
  assert(browser.cookie("sessionid")?.httpOnly);
});

Deno.test("sign_in.ts sends visitors to sign in, and back to where they wanted to go", async () => {
  const browser = new TestBrowser(signIn);
  const sent = await browser.get("/account/");
  assertEquals(sent.headers.get("Location"), "/sign-in/?next=/account/");

  const wrong = await browser.submit("/account/", { name: "ada", password: "deference engine" });
  assertEquals(wrong.status, 422);
  assertStringIncludes(await wrong.text(), "nobody of this name");
  const right = await browser.submit("/account/", { name: "ada", password: "difference engine" });
  assertEquals([right.status, right.headers.get("Location")], [303, "/account/"]);
  assertStringIncludes(await browser.text("/account/"), "The account of ada");
  assertStringIncludes(await browser.text("/"), "Welcome, ada");
});

Deno.test("sign_in.ts shows the stock to Ada only, and signs out, here and elsewhere", async () => {
  const [ada, phone, bob] = [new TestBrowser(signIn), new TestBrowser(signIn), new TestBrowser(signIn)];
  for (const browser of [ada, phone]) await browser.submit("/sign-in/", { name: "ada", password: "difference engine" });
  await bob.submit("/sign-in/", { name: "bob", password: "laws of thought" });
  assertEquals([(await ada.get("/stock/")).status, (await bob.get("/stock/")).status], [200, 403]);
  assertEquals((await new TestBrowser(signIn).get("/stock/")).status, 302);

  assertEquals((await ada.submit("/account/")).status, 303);
  assertStringIncludes(await phone.text("/"), "Sign in");
  const out = await ada.submit("/", {}, { form: "/sign-out/" });
  assertEquals([out.status, out.headers.get("Clear-Site-Data")], [303, '"cache", "storage"']);
  assertStringIncludes(await ada.text("/"), "Sign in");
  assertStringIncludes(await bob.text("/"), "Welcome, bob");
});

Deno.test("cached.ts makes its page once for each language, and again when a guest has signed", async () => {
  const english = new TestBrowser(cached);
  const german = (path: string) => english.get(path, { headers: { "Accept-Language": "de-CH" } });
  const madeAt = (page: string) => /<time>(.+)<\/time>/.exec(page)![1];

  const first = await english.get("/");
  const page = await first.text();
  assertStringIncludes(page, "<h1>Guests</h1>");
  assertEquals(first.headers.get("Cache-Control"), "max-age=0");
  assertStringIncludes(first.headers.get("Content-Security-Policy")!, "script-src 'none'");
  assertStringIncludes(await (await german("/")).text(), "<h1>Gäste</h1>");
  assertEquals(madeAt(await english.text("/")), madeAt(page), "the page was kept");

  await english.post("/guests/", { name: "<Ada>" });
  const after = await english.text("/");
  assertStringIncludes(after, "<li>&lt;Ada&gt;</li>");
  assertStringIncludes(await (await german("/")).text(), "<li>&lt;Ada&gt;</li>");

  await english.post("/language/", { language: "de", next: "/" });
  assertStringIncludes(await english.text("/"), "<h1>Gäste</h1>");
});
