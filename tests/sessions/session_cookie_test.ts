/** The session's cookie: its name, its attributes, and where browsers take it. */

import { pipeline } from "@nuages/web/middleware";
import { MemoryStore, type SessionCookieOptions, sessions } from "@nuages/web/sessions";
import { assertEquals, assertMatch, assertNotEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { TestBrowser } from "../../testing/test_browser.ts";
import { makeSite, type SiteOptions } from "./_site.ts";

const SHOP = "https://shop.example";

/** Sets something in a session, and gives the visitor, the line of the cookie and the site. */
async function setOn(origin: string, { info, ...options }: SiteOptions & { info?: Deno.ServeHandlerInfo } = {}) {
  const site = makeSite(options, { "/set": (session) => session.set("a", 1) });
  const browser = site.browser({ origin, ...(info && { info }) });
  const response = await browser.get("/set");
  return { site, browser, line: response.headers.getSetCookie().join("\n") };
}

const from = (hostname: string): Deno.ServeHandlerInfo => ({
  remoteAddr: { transport: "tcp", hostname, port: 40_000 },
  completed: Promise.resolve(),
});

Deno.test("on https the cookie is bound to the host, Secure, HttpOnly, SameSite=Lax and for the whole site", async () => {
  using _time = new FakeTime("2026-01-01T00:00:00Z");
  const { browser, line } = await setOn(SHOP);

  assertMatch(
    line,
    /^__Host-sessionid=[\w-]{43}; expires=Thu, 15 Jan 2026 00:00:00 GMT; HttpOnly; Max-Age=1209600; Path=\/; SameSite=Lax; Secure$/,
  );
  assertEquals([await browser.json("/"), browser.cookies.refusals], [{ a: 1 }, []]);
});

Deno.test("the id is 256 random bits, and never the same", async () => {
  const ids = new Set<string>();
  for (let i = 0; i < 50; i++) ids.add((await setOn(SHOP)).browser.cookie("__Host-sessionid")!.value);

  assertEquals(ids.size, 50);
});

Deno.test("what lies in the store opens nothing: the id is not in it", async () => {
  const kept: string[] = [];
  const store = new MemoryStore();
  const create = store.create.bind(store);
  store.create = (key, record) => (kept.push(key, JSON.stringify(record)), create(key, record));
  const { browser, site } = await setOn(SHOP, { store });
  const id = browser.cookie("__Host-sessionid")!.value;

  assertEquals(kept.join("\n").includes(id), false);
  const thief = site.browser({ origin: SHOP });
  assertEquals(await thief.json("/", { headers: { Cookie: `__Host-sessionid=${kept[0]}` } }), {});
});

Deno.test("on this machine over http the prefix and Secure are left off, so that every browser keeps the cookie", async () => {
  for (const origin of ["http://localhost", "http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000"]) {
    const { browser, line, site } = await setOn(origin);

    assertMatch(line, /^sessionid=[\w-]{43}; expires=[^;]+; HttpOnly; Max-Age=1209600; Path=\/; SameSite=Lax$/);
    assertEquals([await browser.json("/"), site.events], [{ a: 1 }, []]);
  }
});

Deno.test("over http elsewhere the session doesn't stick, and an event says why", async () => {
  for (const origin of ["http://shop.example", "http://192.168.0.7:8000"]) {
    const { browser, site, line } = await setOn(origin, { info: from("192.168.0.50") });

    assertStringIncludes(line, "__Host-sessionid=");
    assertEquals([await browser.json("/"), browser.cookies.all()], [{}, []]);
    assertEquals(site.eventNames(), ["cookie.insecure_transport"]);
    assertStringIncludes(site.events[0]!.message, "is Secure and the request came over plain http");
    assertEquals(site.events[0]!.data, { cookie: "__Host-sessionid" });
  }
});

Deno.test("a name of this machine asked for from elsewhere is not this machine", async () => {
  const { line } = await setOn("http://localhost:8000", { info: from("203.0.113.9") });

  assertStringIncludes(line, "__Host-sessionid=");
});

Deno.test("behind a trusted proxy that speaks https the cookie is Secure, and nothing is wrong", async () => {
  const proxies = { trust: ["10.0.0.7"] };
  const site = makeSite({ proxies }, { "/set": (session) => session.set("a", 1) });
  const headers = {
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "shop.example",
    "X-Forwarded-For": "203.0.113.9",
  };
  const response = await site.app(new Request("http://10.0.0.1:8000/set", { headers }), from("10.0.0.7"));

  assertMatch(response.headers.getSetCookie()[0]!, /^__Host-sessionid=.*; Secure$/);
  assertEquals(site.events, []);
});

Deno.test("whoever only says to be a proxy gets the event, not another cookie", async () => {
  const site = makeSite({ proxies: { trust: ["10.0.0.7"] } }, { "/set": (session) => session.set("a", 1) });
  const headers = { "X-Forwarded-Proto": "https" };
  const response = await site.app(new Request("http://shop.example/set", { headers }), from("203.0.113.9"));

  assertMatch(response.headers.getSetCookie()[0]!, /^__Host-sessionid=.*; Secure$/);
  assertEquals(site.eventNames(), ["cookie.insecure_transport"]);
});

Deno.test("a proxy on this machine without trust doesn't make visitors into developers", async () => {
  const site = makeSite({}, { "/set": (session) => session.set("a", 1) });
  const headers = { "X-Forwarded-For": "203.0.113.9" };
  const response = await site.app(new Request("http://localhost:8000/set", { headers }), from("127.0.0.1"));

  assertStringIncludes(response.headers.getSetCookie()[0]!, "__Host-sessionid=");
});

Deno.test("with a domain the cookie goes to its subdomains, under the name that still takes https", async () => {
  const { browser, line } = await setOn("https://www.shop.example", { cookie: { domain: "shop.example" } });

  assertMatch(line, /^__Secure-sessionid=[\w-]{43}; Domain=shop\.example; .*Secure$/);
  assertEquals(await browser.json("https://api.shop.example/"), { a: 1 });
});

Deno.test("with a path the cookie goes below it only, and is deleted there too", async () => {
  const site = makeSite({ cookie: { path: "/app" } }, {
    "/app/set": (session) => session.set("a", 1),
    "/app/out": (session) => session.flush(),
  });
  const browser = site.browser({ origin: SHOP });
  await browser.get("/app/set");
  assertEquals(browser.cookie("__Secure-sessionid")?.path, "/app");
  assertEquals([await browser.json("/app/"), await browser.json("/other")], [{ a: 1 }, {}]);
  await browser.get("/app/out");
  assertEquals([browser.cookies.all(), browser.cookies.refusals], [[], []]);
});

Deno.test("secure: false says by its name what it gives up", async () => {
  const { browser, line, site } = await setOn("http://shop.example", { cookie: { secure: false } });

  assertMatch(line, /^sessionid=[\w-]{43}; expires=[^;]+; HttpOnly; Max-Age=1209600; Path=\/; SameSite=Lax$/);
  assertEquals([await browser.json("/"), site.events], [{ a: 1 }, []]);
});

Deno.test("another name is taken as it is, with the same attributes", async () => {
  const plain = await setOn(SHOP, { cookie: { name: "sid" } });
  assertMatch(plain.line, /^sid=.*; HttpOnly; .*; SameSite=Lax; Secure$/);
  const prefixed = await setOn(SHOP, { cookie: { name: "__Host-Http-sid" } });
  assertMatch(prefixed.line, /^__Host-Http-sid=.*; Secure$/);

  assertEquals([await plain.browser.json("/"), await prefixed.browser.json("/")], [{ a: 1 }, { a: 1 }]);
});

Deno.test("SameSite, Partitioned and Priority are sent as they are said", async () => {
  const cookie: SessionCookieOptions = { sameSite: "None", partitioned: true, priority: "High" };

  assertMatch((await setOn(SHOP, { cookie })).line, /Partitioned; Path=\/; Priority=High; SameSite=None; Secure$/);
});

Deno.test("a link from another site comes with the session, a form of another site without", async () => {
  const { browser } = await setOn(SHOP);
  const elsewhere = "https://evil.example";

  assertEquals(await browser.json("/", { from: elsewhere }), { a: 1 });
  assertEquals(await (await browser.post("/", {}, { from: elsewhere })).json(), {});
});

Deno.test("a cookie that browsers would refuse is refused at construction", () => {
  const make = (cookie: unknown) => () =>
    sessions({ store: new MemoryStore(), cookie: cookie as SessionCookieOptions });
  assertThrows(make({ name: "a b" }), TypeError, 'Cannot write cookie "a b"');
  assertThrows(make({ name: "" }), TypeError);
  assertThrows(make({ name: "__Host-" }), TypeError);
  assertThrows(make({ name: "path" }), TypeError);
  assertThrows(make({ name: "__Host-sid", domain: "shop.example" }), TypeError, 'no "domain"');
  assertThrows(make({ name: "__Host-sid", path: "/app" }), TypeError);
  assertThrows(make({ name: "__Host-sid", secure: false }), TypeError, 'takes "secure: true"');
  assertThrows(make({ name: "__Http-sid", httpOnly: false }), TypeError);
  assertThrows(make({ secure: false, sameSite: "None" }), TypeError);
  assertThrows(make({ secure: false, partitioned: true }), TypeError);
  assertThrows(make({ sameSite: "sometimes" }), TypeError);
  assertThrows(make({ domain: "shop.example; Path=/evil" }), TypeError);
  assertThrows(make({ domain: "http://shop.example" }), TypeError);
  assertThrows(make({ path: "app" }), TypeError);
  assertThrows(make({ path: "/app; HttpOnly" }), TypeError);
});

Deno.test("how long a cookie lives is the session's business: a maxAge or expires of its own is refused", () => {
  for (const cookie of [{ maxAge: 60 }, { expires: new Date(0) }]) {
    assertThrows(
      () => sessions({ store: new MemoryStore(), cookie: cookie as SessionCookieOptions }),
      TypeError,
      "idleSeconds, absoluteSeconds or expireAtBrowserClose",
    );
  }
});

Deno.test("two applications on one host get along with two names", async () => {
  const app = (name: string) => {
    return pipeline().use(sessions<{ who: string }>({ store: new MemoryStore(), cookie: { name } })).handle(
      async (request, context) => {
        const session = await context.session();
        if (request.method === "POST") session.set("who", name);
        return new Response(session.get("who", "nobody"));
      },
    );
  };
  const [shop, blog] = [app("shop-session"), app("blog-session")];
  const browser = new TestBrowser((request) => new URL(request.url).port === "8000" ? shop(request) : blog(request));
  await browser.post("http://localhost:8000/");
  await browser.post("http://localhost:8001/");

  assertEquals(await browser.text("http://localhost:8000/"), "shop-session");
  assertEquals(await browser.text("http://localhost:8001/"), "blog-session");
});

Deno.test("two applications on one host under one name take each other's cookie away, since browsers don't see ports", async () => {
  const site = () => makeSite({}, { "/set": (session) => session.set("a", 1) }).app;
  const [shop, blog] = [site(), site()];
  const browser = new TestBrowser((request) => new URL(request.url).port === "8000" ? shop(request) : blog(request));
  await browser.get("http://localhost:8000/set");
  await browser.get("http://localhost:8001/");

  assertEquals(await browser.json("http://localhost:8000/"), {});
});

Deno.test("a cookie planted over http for the whole domain doesn't get past the prefix", async () => {
  const { browser, site } = await setOn(SHOP);
  const attacker = site.browser({ origin: SHOP });
  await attacker.get("/set");
  const planted = attacker.cookie("__Host-sessionid")!.value;
  const occasion = { url: new URL("https://evil.shop.example/"), from: undefined, safeNavigation: true };
  browser.cookies.receive(`__Host-sessionid=${planted}; Domain=shop.example; Path=/; Secure`, occasion);
  browser.cookies.receive(`sessionid=${planted}; Domain=shop.example; Path=/`, occasion);

  assertEquals(browser.cookies.all().length, 2);
  assertNotEquals(browser.cookie("__Host-sessionid")?.value, planted);
  const response = await browser.get("/set");
  assertEquals(response.headers.getSetCookie().length, 1);
});
