import { assert, assertEquals, assertThrows } from "@std/assert";
import { decodeObject, dumps, KeyRing } from "@nuages/web/cookies";
import { CookieMessages } from "@nuages/web/messages";
import { lines, makeSite, namesOf, type Page, type SiteOptions, TEST_KEY } from "./_site.ts";
import { randomText, testStorage } from "./_storage_contract.ts";

testStorage("CookieMessages", () => new CookieMessages(), 1_300);

Deno.test("CookieMessages binds its cookie to host, https and site, without an option", async () => {
  const [line] = (await secure({}, "/add?text=a")).headers.getSetCookie();
  assert(/^__Host-messages=[\w.:-]+; HttpOnly; Path=\/; SameSite=Lax; Secure$/.test(line!), line);
});

Deno.test("CookieMessages leaves prefix and Secure off on a loopback address over http, and only there", async () => {
  const browser = makeSite({ storage: new CookieMessages() }).browser();
  const [line] = (await browser.get("/add?text=a")).headers.getSetCookie();
  assert(/^messages=[\w.:-]+; HttpOnly; Path=\/; SameSite=Lax$/.test(line!), line);
  assertEquals(await browser.text("/show"), "a");
});

Deno.test("CookieMessages on https doesn't take the cookie that is made for loopback", async () => {
  const site = makeSite({ storage: new CookieMessages() });
  const made = await site.app(new Request("http://localhost/add?text=planted"));
  const Cookie = made.headers.getSetCookie()[0]!.split(";")[0]!;
  const response = await site.app(new Request("https://example.com/show", { headers: { Cookie } }));
  assertEquals(await response.text(), "");
});

Deno.test("CookieMessages says that its cookie is lost over plain http, and keeps shared caches away from it", async () => {
  const site = makeSite({ storage: new CookieMessages() }, {
    "/public": (_request, { messages }) => {
      messages.info("a");
      return new Response("", { headers: { "Cache-Control": "no-store" } });
    },
  });
  const response = await site.app(new Request("http://example.com/add?text=a"));
  assertEquals(site.events.map(({ name, data }) => [name, data]), [
    ["cookie.insecure_transport", { cookie: "__Host-messages" }],
  ]);
  assertEquals(response.headers.get("Cache-Control"), "private");
  const own = await site.app(new Request("https://example.com/public"));
  assertEquals(own.headers.get("Cache-Control"), "no-store");
});

Deno.test("CookieMessages for a domain or a path has a __Secure- name, without https a plain one", async () => {
  const domain = new CookieMessages({ domain: "example.com" });
  assert(
    (await secure({ storage: domain }, "/add?text=a")).headers.getSetCookie()[0]!.startsWith("__Secure-messages="),
  );
  const path = new CookieMessages({ path: "/shop" });
  assert((await secure({ storage: path }, "/add?text=a")).headers.getSetCookie()[0]!.startsWith("__Secure-messages="));
  const plain = new CookieMessages({ secure: false });
  assert((await secure({ storage: plain }, "/add?text=a")).headers.getSetCookie()[0]!.startsWith("messages="));
});

Deno.test("CookieMessages takes another name, and deletes what it has set", async () => {
  const storage = new CookieMessages({ name: "flash", secure: false, domain: "example.com", path: "/" });
  const site = makeSite({ storage });
  const browser = site.browser({ origin: "http://www.example.com" });
  await browser.get("/add?text=a");
  assertEquals(browser.cookie("flash")?.name, "flash");
  assertEquals(await browser.text("/show"), "a");
  assertEquals(browser.cookie("flash"), undefined);
});

Deno.test("CookieMessages refuses at construction what a browser would refuse", () => {
  assertThrows(() => new CookieMessages({ name: "__Host-m", domain: "example.com" }), TypeError, "__Host-m");
  assertThrows(() => new CookieMessages({ name: "two words" }), TypeError, "two words");
  assertThrows(() => new CookieMessages({ maxBytes: 100 }), RangeError, "from 256 to 4081: received 100");
  assertThrows(() => new CookieMessages({ maxBytes: 4096 }), RangeError, "received 4096");
  const name = "m".repeat(4_000);
  assertThrows(() => new CookieMessages({ name }), RangeError, "from 256 to 96: received 2048");
});

Deno.test("CookieMessages lets the browser forget messages when it is closed", async () => {
  const browser = makeSite({ storage: new CookieMessages() }).browser();
  await browser.get("/add?text=a");
  browser.restart();
  assertEquals(await browser.text("/show"), "");
});

Deno.test("CookieMessages without room drops the oldest, and an event says how many", async () => {
  const texts = Array.from({ length: 5 }, () => randomText(600));
  const site = makeSite({ storage: new CookieMessages() }, { "/many": addAll(texts) });
  const browser = site.browser();
  await browser.get("/many");
  assertEquals(await browser.text("/show"), texts.slice(2).join("\n"));
  assertEquals(site.events.map(({ name, data }) => [name, data]), [["messages.dropped", { count: 2 }]]);
  assertEquals(
    site.events[0]!.message,
    "2 messages were dropped, as there is no more room: shorten them, or keep what doesn't fit in the session with " +
      "messages({ storage: new FallbackMessages() })",
  );
});

Deno.test("CookieMessages without room is an error in debug, as with Django", async () => {
  const site = makeSite({ storage: new CookieMessages(), debug: true }, { "/many": addAll([randomText(4_000)]) });
  const response = await site.browser().get("/many");
  assertEquals(response.status, 500);
  assertEquals(namesOf(site.events), ["messages.dropped", "exception"]);
  assert((await response.text()).includes("1 message was dropped, as there is no more room"));
});

Deno.test("CookieMessages has 2048 bytes as Django, marks that more were there, and no message that fits is dropped", async () => {
  const keys = new KeyRing(TEST_KEY).withPrefix("django.http.cookies");
  for (let count = 22; count < 54; count++) {
    const texts = Array.from({ length: count }, () => randomText(100));
    const browser = makeSite({ storage: new CookieMessages() }, { "/many": addAll(texts) }).browser();
    await browser.get("/many");
    const { value } = browser.cookie("messages")!;
    const kept = decodeObject(value.split(":")[0]!) as unknown[];
    assertEquals(kept.at(-1), "__messagesnotfinished__");
    assert(value.length <= 2048, String(value.length));
    const oneMore = [["__json_message", 0, 20, texts.at(-kept.length), ""], ...kept];
    const longer = dumps(oneMore, keys, { salt: "django.contrib.messages", compress: true });
    assert(longer.length > 2048, String(longer.length));
  }
});

Deno.test("CookieMessages takes as many bytes as it is told", async () => {
  const text = randomText(2_500);
  const site = makeSite({ storage: new CookieMessages({ maxBytes: 4081 }) }, { "/long": addAll([text]) });
  const browser = site.browser();
  await browser.get("/long");
  assertEquals(await browser.text("/show"), text);
});

Deno.test("CookieMessages keeps many messages that are alike, as the cookie is compressed", async () => {
  const texts = Array.from({ length: 100 }, (_, number) => `Book ${number} is in your cart.`);
  const site = makeSite({ storage: new CookieMessages() }, { "/many": addAll(texts) });
  const browser = site.browser();
  await browser.get("/many");
  assertEquals(await browser.text("/show"), texts.join("\n"));
});

Deno.test("CookieMessages reads what an old key has signed", async () => {
  const [old, young] = ["an old key that is only for tests 0123", "a young key that is only for tests 456"];
  const Cookie = (await makeSite({ storage: new CookieMessages(), keys: [old] }).app(
    new Request("http://localhost/add?text=a"),
  )).headers.getSetCookie()[0]!.split(";")[0]!;
  const site = makeSite({ storage: new CookieMessages(), keys: [young, old] });
  const response = await site.app(new Request("http://localhost/show", { headers: { Cookie } }));
  assertEquals(await response.text(), "a");
});

Deno.test("CookieMessages signs anew what an old key has signed, as soon as it is looked at and not shown", async () => {
  const [old, young] = ["an old key that is only for tests 0123", "a young key that is only for tests 456"];
  const before = makeSite({ storage: new CookieMessages(), keys: [old] }).browser();
  await before.get("/add?text=a&text=b");
  const site = makeSite({ storage: new CookieMessages(), keys: [young, old] }, {
    "/peek": async (_request, { messages }) => new Response(`${await messages.size()}`),
  });
  const browser = site.browser();
  browser.cookies.adopt(before.cookies.all());
  assertEquals(await browser.text("/peek"), "2");
  assertEquals(site.events.map(({ name, data }) => [name, data]), [["cookie.reissued", { cookie: "__Host-messages" }]]);
  assertEquals((await browser.get("/peek")).headers.getSetCookie(), []);
  const later = makeSite({ storage: new CookieMessages(), keys: [young] }).browser();
  later.cookies.adopt(browser.cookies.all());
  assertEquals(await later.text("/show"), "a\nb");
});

Deno.test("a page that asks for its messages twice at the same moment shows them in both tabs: a cookie can't know", async () => {
  const site = makeSite({ storage: new CookieMessages() });
  const browser = site.browser();
  await browser.get("/add?text=a");
  assertEquals(await Promise.all([browser.text("/show"), browser.text("/show")]), ["a", "a"]);
  assertEquals(await browser.text("/show"), "");
});

Deno.test("a messages cookie that is sent again shows its messages again, and tells nothing new", async () => {
  const site = makeSite({ storage: new CookieMessages() });
  const browser = site.browser();
  await browser.get("/add?text=a");
  const copy = browser.copy();
  assertEquals(await browser.text("/show"), "a");
  assertEquals(await copy.text("/show"), "a");
});

function addAll(texts: readonly string[]): Page {
  return (_request, { messages }) => {
    for (const text of texts) messages.info(text);
    return new Response(lines([]));
  };
}

async function secure(options: SiteOptions, path: string): Promise<Response> {
  return await makeSite({ storage: new CookieMessages(), ...options } as SiteOptions).app(
    new Request(`https://example.com${path}`),
  );
}
