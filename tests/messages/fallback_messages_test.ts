import { assert, assertEquals } from "@std/assert";
import { decodeObject } from "@nuages/web/cookies";
import { FallbackMessages } from "@nuages/web/messages";
import { MemoryStore, type SessionStore } from "@nuages/web/sessions";
import { lines, makeSite, namesOf, type Page, type SiteOptions } from "./_site.ts";
import { randomText, testStorage } from "./_storage_contract.ts";

testStorage("FallbackMessages", () => new FallbackMessages(), 300_000);

Deno.test("FallbackMessages is what messages() uses, and its cookie is the cookie option", async () => {
  const browser = makeSite({ cookie: { name: "flash", secure: false } }).browser();
  await browser.get("/add?text=a");
  assertEquals(cookieNames(browser), ["flash"]);
});

Deno.test("FallbackMessages leaves the session alone while the cookie has room", async () => {
  const { store, calls } = watchedStore();
  const browser = makeSite({ store }).browser();
  await browser.get("/add?text=a");
  await browser.get("/add?text=b");
  assertEquals(await browser.text("/show"), "a\nb");
  assertEquals([calls, cookieNames(browser)], [[], []]);
});

Deno.test("FallbackMessages puts into the session what doesn't fit, the newest, and keeps the order", async () => {
  const texts = Array.from({ length: 5 }, () => randomText(600));
  const site = makeSite({}, { "/many": addAll(texts), "/session": sessionTexts });
  const browser = site.browser();
  await browser.get("/many");
  // Django's figures for the same: the cookie holds 3, the session 2.
  assertEquals(cookieTexts(browser.cookie("messages")!.value), [...texts.slice(0, 3), "__messagesnotfinished__"]);
  assertEquals(await browser.json("/session"), texts.slice(3));
  assertEquals(await browser.text("/show"), texts.join("\n"));
  assertEquals(site.events, []);
});

Deno.test("FallbackMessages leaves nothing behind in either place once messages were shown", async () => {
  const browser = makeSite({}, {
    "/many": addAll(Array.from({ length: 5 }, () => randomText(600))),
    "/session": sessionTexts,
  }).browser();
  await browser.get("/many");
  await browser.get("/show");
  assertEquals(browser.cookie("messages"), undefined);
  assertEquals(await browser.json("/session"), null);
});

Deno.test("FallbackMessages keeps a message that is too long for any cookie", async () => {
  const text = randomText(4_000);
  const browser = makeSite({}, { "/long": addAll([text, "short"]), "/session": sessionTexts }).browser();
  await browser.get("/long");
  assertEquals(cookieTexts(browser.cookie("messages")!.value), ["__messagesnotfinished__"]);
  assertEquals(await browser.json("/session"), [text, "short"]);
  assertEquals(await browser.text("/show"), `${text}\nshort`);
});

Deno.test("FallbackMessages keeps the order when messages are added behind those that didn't fit", async () => {
  const texts = Array.from({ length: 8 }, () => randomText(600));
  const browser = makeSite({}, {
    "/first": addAll(texts.slice(0, 5)),
    "/second": addAll(texts.slice(5, 6)),
    "/third": addAll(texts.slice(6)),
  }).browser();
  await browser.get("/first");
  await browser.get("/second");
  await browser.get("/third");
  assertEquals(await browser.text("/show"), texts.join("\n"));
});

Deno.test("FallbackMessages moves into the cookie what fits there again", async () => {
  const texts = Array.from({ length: 5 }, () => randomText(600));
  const browser = makeSite({}, {
    "/many": addAll(texts),
    "/replace": async (_request, { messages }) => {
      await messages.read();
      messages.info("new");
      return new Response("shown");
    },
    "/session": sessionTexts,
  }).browser();
  await browser.get("/many");
  await browser.get("/replace");
  assertEquals(cookieTexts(browser.cookie("messages")!.value), ["new"]);
  assertEquals(await browser.json("/session"), null);
});

Deno.test("FallbackMessages removes a cookie it can't read as soon as messages are read (Django keeps it for ever)", async () => {
  const site = makeSite();
  const headers = { Cookie: "messages=forged:1r31eq:AAAA" };
  const response = await site.app(new Request("http://localhost/show", { headers }));
  assertEquals(response.headers.getSetCookie(), [
    'messages=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Path=/; SameSite=Lax',
  ]);
  assertEquals(site.events.map(({ name, message, data }) => [name, message, data]), [[
    "cookie.bad_signature",
    'Cookie "__Host-messages" was refused: bad signature',
    { cookie: "__Host-messages" },
  ]]);
});

Deno.test("FallbackMessages leaves a cookie it can't read alone while nobody reads", async () => {
  const site = makeSite({}, { "/plain": () => new Response() });
  const headers = { Cookie: "messages=forged:1r31eq:AAAA" };
  const response = await site.app(new Request("http://localhost/plain", { headers }));
  assertEquals([response.headers.getSetCookie(), site.events], [[], []]);
});

Deno.test("FallbackMessages replaces a cookie it can't read by what is added", async () => {
  const browser = makeSite().browser();
  browser.cookies.receive("messages=forged; Path=/", {
    url: new URL("http://localhost/"),
    from: "http://localhost",
    safeNavigation: true,
  });
  await browser.get("/add?text=a");
  assertEquals(await browser.text("/show"), "a");
});

Deno.test("FallbackMessages looks into the session when the cookie can't be read: what waits there isn't lost with it", async () => {
  const texts = Array.from({ length: 5 }, () => randomText(600));
  const store = new MemoryStore();
  const [old, young] = ["an old key that is only for tests 0123", "a young key that is only for tests 456"];
  const before = makeSite({ store, keys: [old] }, { "/many": addAll(texts) }).browser();
  await before.get("/many");
  const after = makeSite({ store, keys: [young] }).browser();
  after.cookies.adopt(before.cookies.all());
  assertEquals(await after.text("/show"), texts.slice(3).join("\n"));
  assertEquals(await after.text("/show"), "");
});

Deno.test("FallbackMessages without a cookie doesn't ask the session", async () => {
  const { store, calls } = watchedStore();
  const site = makeSite({ store });
  await site.app(new Request("http://localhost/show", { headers: { Cookie: `sessionid=${"a".repeat(43)}` } }));
  assertEquals(calls, []);
});

Deno.test("FallbackMessages keeps what the session holds when the cookie has lost the mark that says so", async () => {
  const [first, second] = [0, 1].map(() => Array.from({ length: 5 }, () => randomText(600))) as [string[], string[]];
  const browser = makeSite({}, { "/first": addAll(first), "/second": addAll(second) }).browser();
  await browser.get("/first");
  browser.cookies.receive("messages=; Path=/; Max-Age=0", {
    url: new URL("http://localhost/"),
    from: "http://localhost",
    safeNavigation: true,
  });
  await browser.get("/second");
  assertEquals(await browser.text("/show"), [...second.slice(0, 3), ...first.slice(3), ...second.slice(3)].join("\n"));
  assertEquals(await browser.text("/show"), "");
});

Deno.test("FallbackMessages keeps the order when the cookie has less room than before", async () => {
  const texts = Array.from({ length: 6 }, () => randomText(500));
  const store = new MemoryStore();
  const before = makeSite({ store }, { "/many": addAll(texts) }).browser();
  await before.get("/many");
  const after = makeSite({ store, cookie: { maxBytes: 900 } }).browser();
  after.cookies.adopt(before.cookies.all());
  await after.get("/add?text=new");
  assertEquals(cookieTexts(after.cookie("messages")!.value), [texts[0], "__messagesnotfinished__"]);
  assertEquals(await after.text("/show"), [...texts, "new"].join("\n"));
});

Deno.test("FallbackMessages removes what it can't read from the session, where the cookie says that there is more", async () => {
  const texts = Array.from({ length: 5 }, () => randomText(600));
  const browser = makeSite({}, {
    "/many": addAll(texts),
    "/break": async (_request, context) => {
      (await context.session()).set("_messages", "no JSON");
      return new Response();
    },
    "/peek": async (_request, { messages }) => new Response(lines(await messages.peek())),
    "/keys": async (_request, context) => Response.json((await context.session()).keys()),
  }).browser();
  await browser.get("/many");
  await browser.get("/break");
  assertEquals(await browser.text("/peek"), texts.slice(0, 3).join("\n"));
  assertEquals(await browser.json("/keys"), []);
  assertEquals(cookieTexts(browser.cookie("messages")!.value), texts.slice(0, 3));
});

Deno.test("FallbackMessages on a page that only looks writes nothing anew", async () => {
  const browser = makeSite({}, {
    "/many": addAll(Array.from({ length: 5 }, () => randomText(600))),
    "/peek": async (_request, { messages }) => new Response(String(await messages.size())),
  }).browser();
  await browser.get("/many");
  const response = await browser.get("/peek");
  assertEquals([await response.text(), response.headers.getSetCookie()], ["5", []]);
});

Deno.test("FallbackMessages: a session store that is down is a 503 only for whom it is needed", async () => {
  const down = () => Promise.reject(new Error("connection refused"));
  const store: SessionStore = { read: down, create: down, update: down, delete: down, list: down, clearExpired: down };
  const site = makeSite({ store }, { "/long": addAll([randomText(4_000)]) });
  const browser = site.browser();
  assertEquals((await browser.get("/add?text=a")).status, 303);
  assertEquals(await browser.text("/show"), "a");
  const failed = await browser.get("/long");
  assertEquals(failed.status, 503);
  assert(namesOf(site.events).includes("exception"));
});

Deno.test("FallbackMessages: when the session can't be written the visitor sees 503, and what the cookie holds still comes", async () => {
  const down = () => Promise.reject(new Error("connection refused"));
  const store: SessionStore = { read: down, create: down, update: down, delete: down, list: down, clearExpired: down };
  const browser = makeSite({ store }, { "/long": addAll([randomText(4_000)]) }).browser();
  await browser.get("/add?text=a");
  assertEquals((await browser.get("/long")).status, 503);
  // The mark in the cookie says that the session holds more, which it doesn't: that costs a look and nothing else.
  assertEquals(await browser.text("/show"), "a");
  assertEquals(browser.cookie("messages"), undefined);
});

const sessionTexts: Page = async (_request, context) => {
  const stored = (await context.session()).get("_messages");
  return Response.json(stored === undefined ? null : texts(JSON.parse(stored)));
};

function addAll(list: readonly string[]): Page {
  return (_request, { messages }) => {
    for (const text of list) messages.info(text);
    return new Response(lines([]));
  };
}

function cookieTexts(value: string): string[] {
  return texts(decodeObject(value.split(":")[0]!));
}

function texts(list: unknown): string[] {
  return (list as (string | string[])[]).map((fields) => typeof fields === "string" ? fields : fields[3]!);
}

function cookieNames(browser: ReturnType<ReturnType<typeof makeSite>["browser"]>): string[] {
  return browser.cookies.all().map(({ name }) => name);
}

function watchedStore(): { store: NonNullable<SiteOptions["store"]>; calls: string[] } {
  const real = new MemoryStore();
  const calls: string[] = [];
  const store: SessionStore = {
    read: (key) => (calls.push("read"), real.read(key)),
    create: (key, record) => (calls.push("create"), real.create(key, record)),
    update: (key, record, version) => (calls.push("update"), real.update(key, record, version)),
    delete: (key) => (calls.push("delete"), real.delete(key)),
    list: (owner) => real.list(owner),
    clearExpired: () => real.clearExpired(),
  };
  return { store, calls };
}
