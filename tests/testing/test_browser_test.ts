/** The browser of the tests keeps and sends cookies by the rules of RFC 6265bis. */

import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { TestBrowser } from "../../testing/test_browser.ts";

/** A browser whose application answers with the `Cookie` header, and sets the cookies named in `X-Set`, one a line. */
function mirrored(origin = "https://shop.example"): TestBrowser {
  return new TestBrowser((request) => {
    const response = new Response(request.headers.get("Cookie") ?? "");
    for (const line of (request.headers.get("X-Set") ?? "").split("|")) {
      if (line !== "") response.headers.append("Set-Cookie", line);
    }
    return response;
  }, { origin });
}

const setting = (...lines: string[]) => ({ headers: { "X-Set": lines.join("|") } });

Deno.test("TestBrowser sends back what was set", async () => {
  const browser = mirrored();
  await browser.get("/", setting("a=1; Path=/", "b=2; Path=/"));

  assertEquals(await browser.text("/"), "a=1; b=2");
});

Deno.test("TestBrowser replaces a cookie of the same name, domain and path, and keeps its place", async () => {
  const browser = mirrored();
  await browser.get("/", setting("a=1; Path=/", "b=2; Path=/"));
  await browser.get("/", setting("a=3; Path=/"));

  assertEquals(await browser.text("/"), "a=3; b=2");
});

Deno.test("TestBrowser sends a cookie below its path only, the longest path first", async () => {
  const browser = mirrored();
  await browser.get("/shop/cart", setting("root=1; Path=/", "shop=2; Path=/shop", "folder=3"));

  assertEquals(await browser.text("/shop/cart"), "shop=2; folder=3; root=1");
  assertEquals(await browser.text("/shopping"), "root=1");
});

Deno.test("TestBrowser keeps a cookie for the host alone, or for a domain with its subdomains", async () => {
  const browser = mirrored("https://www.shop.example");
  await browser.get(
    "/",
    setting("host=1; Path=/", "all=2; Path=/; Domain=shop.example", "evil=3; Domain=other.example"),
  );

  assertEquals(await browser.text("https://www.shop.example/"), "host=1; all=2");
  assertEquals(await browser.text("https://api.shop.example/"), "all=2");
  assertEquals(await browser.text("https://shop.example.evil.example/"), "");
  assertEquals(browser.cookies.refusals, ["evil=3; Domain=other.example: its domain is another site's"]);
});

Deno.test("TestBrowser deletes what has an end in the past, and forgets what has ended", async () => {
  using time = new FakeTime();
  const browser = mirrored();
  await browser.get("/", setting("a=1; Path=/; Max-Age=60", "b=2; Path=/; Max-Age=600", "c=3; Path=/"));
  await browser.get("/", setting('c=""; Path=/; Max-Age=0'));
  time.tick(60_000);

  assertEquals(await browser.text("/"), "b=2");
});

Deno.test("TestBrowser takes Max-Age before Expires, and cuts both at 400 days", async () => {
  using time = new FakeTime("2026-01-01T00:00:00Z");
  const browser = mirrored();
  await browser.get(
    "/",
    setting(
      "a=1; Max-Age=99999999; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
      "b=2; Expires=Wed, 01 Jan 2100 00:00:00 GMT",
    ),
  );

  const end = time.now + 400 * 86_400_000;
  assertEquals([browser.cookie("a")?.expires, browser.cookie("b")?.expires], [end, end]);
});

Deno.test("TestBrowser forgets cookies without an end when it is closed", async () => {
  const browser = mirrored();
  await browser.get("/", setting("a=1; Path=/", "b=2; Path=/; Max-Age=60"));
  browser.restart();

  assertEquals(await browser.text("/"), "b=2");
});

Deno.test("TestBrowser refuses Secure cookies over http and never sends them there", async () => {
  const browser = mirrored();
  await browser.get("https://shop.example/", setting("a=1; Path=/; Secure"));
  await browser.get("http://shop.example/", setting("b=2; Path=/; Secure", "a=forged; Path=/"));

  assertEquals(await browser.text("http://shop.example/"), "");
  assertEquals(await browser.text("https://shop.example/"), "a=1");
});

Deno.test("TestBrowser takes Secure cookies from http on this machine only if it trusts it", async () => {
  const app = () => new Response("", { headers: { "Set-Cookie": "a=1; Secure" } });
  const [safari, chromium] = [new TestBrowser(app), new TestBrowser(app, { trustsLoopback: true })];
  await safari.get("/");
  await chromium.get("/");

  assertEquals([safari.cookie("a")?.value, chromium.cookie("a")?.value], [undefined, "1"]);
});

Deno.test("TestBrowser holds prefixes to their rules, in any letter case", async () => {
  const browser = mirrored();
  await browser.get(
    "/",
    setting(
      "__Host-a=1; Path=/; Secure",
      "__Host-b=1; Path=/shop; Secure",
      "__host-c=1; Path=/; Domain=shop.example; Secure",
      "__Secure-d=1; Path=/",
      "__Host-Http-e=1; Path=/; Secure",
      "=__Host-f=1; Path=/; Secure",
    ),
  );

  assertEquals(await browser.text("/"), "__Host-a=1");
});

Deno.test("TestBrowser sends Lax cookies across sites with a link, None with everything, Strict never", async () => {
  const browser = mirrored();
  await browser.get(
    "/",
    setting("lax=1; Path=/", "none=2; Path=/; SameSite=None; Secure", "strict=3; Path=/; SameSite=Strict"),
  );
  const from = "https://evil.example";

  assertEquals(await browser.text("/", { from }), "lax=1; none=2");
  assertEquals(await browser.text("/", { from, navigation: false }), "none=2");
  assertEquals(await (await browser.post("/", {}, { from })).text(), "none=2");
  assertEquals(await browser.text("/", { from: "https://api.shop.example" }), "lax=1; none=2; strict=3");
});

Deno.test("TestBrowser refuses a cookie that is too large, empty, or has control characters", async () => {
  const browser = mirrored();
  await browser.get("/", setting(`a=${"x".repeat(4095)}`, `b=${"x".repeat(4096)}`, "="));
  browser.cookies.receive("c=\u0001", { url: new URL("https://shop.example"), from: undefined, safeNavigation: true });

  assertEquals(browser.cookies.all().map(({ name }) => name), ["a"]);
  assertEquals(browser.cookies.refusals.length, 3);
});

Deno.test("TestBrowser.follow goes where it is sent, with the cookies it gets on the way", async () => {
  const browser = new TestBrowser((request) => {
    return request.method === "POST"
      ? new Response(null, { status: 303, headers: { Location: "/done", "Set-Cookie": "a=1; Path=/" } })
      : new Response(`${request.method} ${new URL(request.url).pathname} ${request.headers.get("Cookie")}`);
  });

  assertEquals(await (await browser.follow("/form", { method: "POST", body: "x" })).text(), "GET /done a=1");
});
