/** Sessions that live in the cookie: how much fits, what an attacker can do with the pieces, keys. */

import { KeyRing } from "@nuages/web/cookies";
import { pipeline } from "@nuages/web/middleware";
import { CookieStore, MemoryStore, RecordTooLargeError, sessions } from "@nuages/web/sessions";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { TestBrowser } from "../../testing/test_browser.ts";
import { makeSite, setCookies, type Site, type SiteOptions, TEST_KEY } from "./_site.ts";

const ORIGIN = "https://shop.example";
const OTHER_KEY = "another key for tests only, made up too";

/** A site that keeps texts of a wanted length in the cookie. */
function siteOf(options: SiteOptions = {}): Site {
  return makeSite({ store: new CookieStore(), ...options }, {
    "/text": (session, request) => session.set("text", "x".repeat(Number(new URL(request.url).searchParams.get("n")))),
    "/length": (session) => session.get("text", "").length,
    "/touch": (session) => session.update("n", (n = 0) => n + 1),
    "/out": (session) => session.flush(),
    "/cycle": (session) => session.cycleKey(),
    "/expire": (session) => session.setExpiry(60),
  });
}

/** A visitor whose session holds a text of this length. */
async function visitor(site: Site, length = 10): Promise<TestBrowser> {
  const browser = site.browser({ origin: ORIGIN });
  assertEquals((await browser.get(`/text?n=${length}`)).status, 200);
  return browser;
}

const names = (browser: TestBrowser) => browser.cookies.all().map(({ name }) => name);

/** Keeps other values in the cookies that a browser has. */
function change(browser: TestBrowser, values: (name: string, value: string) => string | undefined): TestBrowser {
  const copy = browser.copy();
  copy.cookies.adopt(
    browser.cookies.all().flatMap((cookie) => {
      const value = values(cookie.name, cookie.value);
      return value === undefined ? [] : [{ ...cookie, value }];
    }),
  );
  return copy;
}

Deno.test("a session is spread over as many cookies as it takes, up to four", async () => {
  const site = siteOf();
  const name = "__Host-sessionid";
  for (
    const [length, expected] of [
      [10, [name]],
      [2900, [name]],
      [3100, [name, `${name}.1`]],
      [6000, [name, `${name}.1`]],
      [9000, [name, `${name}.1`, `${name}.2`]],
      [12_000, [name, `${name}.1`, `${name}.2`, `${name}.3`]],
    ] as const
  ) {
    const browser = await visitor(site, length);
    assertEquals([length, names(browser)], [length, [...expected]]);
    assertEquals([await browser.json("/length"), browser.cookies.refusals], [length, []]);
  }
});

Deno.test("no cookie is larger than browsers take, at the very limit", async () => {
  const site = siteOf();
  let most = 11_900;
  while (most < 13_000 && (await site.browser({ origin: ORIGIN }).get(`/text?n=${most + 1}`)).status === 200) most++;
  const browser = await visitor(site, most);
  const sizes = browser.cookies.all().map(({ name, value }) => name.length + value.length);

  assertEquals([sizes.length, Math.max(...sizes) <= 4096, sizes.at(-1)! > 4090], [4, true, true]);
  assertEquals([await browser.json("/length"), browser.cookies.refusals], [most, []]);
  assert(most > 12_000, `${most} letters are not the 12 KB that the documentation promises`);
});

Deno.test("a session beyond four cookies is an error that says how large and what to do, and the old data stays", async () => {
  const site = siteOf();
  const browser = await visitor(site, 5000);
  const response = await browser.get("/text?n=13000");

  assertEquals([response.status, setCookies(response), await browser.json("/length")], [500, [], 5000]);
  const error = site.events[0]!.error;
  assertInstanceOf(error, RecordTooLargeError);
  assertMatch(error.message, /^Cannot keep session in cookies as it must have at most 16\d{3} bytes: received 17\d{3}/);
  assertStringIncludes(error.message, "FileStore");
  assert(error.bytes > error.limit);
});

Deno.test("maxCookies says how many cookies there may be, from one to eight", async () => {
  const one = siteOf({ store: new CookieStore({ maxCookies: 1 }) });
  assertEquals((await one.browser({ origin: ORIGIN }).get("/text?n=3100")).status, 500);
  const eight = siteOf({ store: new CookieStore({ maxCookies: 8 }) });
  assertEquals(names(await visitor(eight, 24_000)).length, 8);

  for (const maxCookies of [0, 9, 1.5, NaN, "4" as never]) {
    assertThrows(() => new CookieStore({ maxCookies }), RangeError, "maxCookies must be from 1 to 8");
  }
});

Deno.test("a session that shrinks removes the cookies it no longer needs", async () => {
  const browser = await visitor(siteOf(), 12_000);
  const response = await browser.get("/text?n=5000");
  const name = "__Host-sessionid";

  assertEquals(setCookies(response), [name, `${name}.1`, `-${name}.2`, `-${name}.3`]);
  assertEquals([names(browser), await browser.json("/length")], [[name, `${name}.1`], 5000]);
  assertEquals(setCookies(await browser.get("/text?n=1")), [name, `-${name}.1`]);
});

Deno.test("flush() removes every cookie of the session", async () => {
  const browser = await visitor(siteOf(), 12_000);
  const response = await browser.get("/out");

  assertEquals([setCookies(response).length, names(browser)], [4, []]);
});

Deno.test("pieces of a lost session are removed when the session is asked for", async () => {
  const site = siteOf();
  const browser = change(await visitor(site, 5000), (name, value) => name.endsWith(".1") ? value : undefined);
  const response = await browser.get("/");

  assertEquals([await response.json(), names(browser)], [{}, []]);
});

Deno.test("one byte changed anywhere makes an empty session, and the cookie goes", async () => {
  const site = siteOf();
  const browser = await visitor(site, 3200);
  for (let round = 0; round < 400; round++) {
    const target = names(browser)[round % 2]!;
    const forged = change(browser, (name, value) => {
      if (name !== target) return value;
      // From both ends inwards: the count, the dot, and the base64url up to its last letter.
      const at = round < 200 ? round : value.length - round + 199;
      return value.slice(0, at) + (value[at] === "A" ? "B" : "A") + value.slice(at + 1);
    });
    const response = await forged.get("/");
    assertEquals([round, response.status, await response.json(), names(forged)], [round, 200, {}, []]);
  }
});

Deno.test("every single bit of a small session is guarded", async () => {
  const site = siteOf();
  const browser = await visitor(site, 5);
  const { value } = browser.cookie("__Host-sessionid")!;
  const bytes = Uint8Array.fromBase64(value.slice(2), { alphabet: "base64url" });
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const flipped = bytes.with(bit >> 3, bytes[bit >> 3]! ^ 1 << (bit & 7));
    const text = flipped.toBase64({ alphabet: "base64url", omitPadding: true });
    assertEquals([bit, await change(browser, () => `1.${text}`).json("/")], [bit, {}]);
  }
});

Deno.test("pieces of two sessions put together are no session, also those of one visitor", async () => {
  const site = siteOf();
  const browser = await visitor(site, 5000);
  const older = browser.copy();
  await browser.get("/touch");
  for (const swapped of ["__Host-sessionid", "__Host-sessionid.1"]) {
    const mixed = change(browser, (name, value) => name === swapped ? older.cookie(name)!.value : value);
    assertEquals(await mixed.json("/"), {});
  }
  assertEquals([await browser.json("/length"), await older.json("/length")], [5000, 5000]);
});

Deno.test("pieces left out, swapped, or counted wrongly are no session", async () => {
  const site = siteOf();
  const browser = await visitor(site, 9000);
  const pieces = new Map(browser.cookies.all().map(({ name, value }) => [name, value]));
  const [first, second, third] = [...pieces.values()] as [string, string, string];
  const name = "__Host-sessionid";
  const attempts: Record<string, string>[] = [
    { [name]: first },
    { [name]: first, [`${name}.1`]: second },
    { [name]: first, [`${name}.2`]: third },
    { [name]: first, [`${name}.1`]: third, [`${name}.2`]: second },
    { [`${name}.1`]: second, [`${name}.2`]: third },
    { [name]: first.replace("3.", "2."), [`${name}.1`]: second, [`${name}.2`]: third },
    { [name]: first.replace("3.", "1.") + second, [`${name}.1`]: second, [`${name}.2`]: third },
    { [name]: first.replace("3.", "0."), [`${name}.1`]: second, [`${name}.2`]: third },
    { [name]: first.replace("3.", "9."), [`${name}.1`]: second, [`${name}.2`]: third },
    { [name]: first.slice(2), [`${name}.1`]: second, [`${name}.2`]: third },
  ];
  for (const attempt of attempts) {
    const Cookie = Object.entries(attempt).map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await site.app(new Request(`${ORIGIN}/`, { headers: { Cookie } }));
    assertEquals([response.status, await response.json()], [200, {}]);
  }
});

Deno.test("surplus pieces don't disturb", async () => {
  const site = siteOf();
  const browser = await visitor(site, 10);
  const Cookie = `__Host-sessionid=${
    browser.cookie("__Host-sessionid")!.value
  }; __Host-sessionid.1=x; __Host-sessionid.3=y`;
  const response = await site.app(new Request(`${ORIGIN}/length`, { headers: { Cookie } }));

  assertEquals(await response.json(), 10);
});

Deno.test("nothing of the session can be read in the cookie", async () => {
  const site = makeSite({ store: new CookieStore() }, {
    "/set": (session) => session.set("secret", "marzipan marzipan"),
  });
  const browser = site.browser({ origin: ORIGIN });
  await browser.get("/set");
  const { value } = browser.cookie("__Host-sessionid")!;
  const bytes = new TextDecoder("latin1").decode(Uint8Array.fromBase64(value.slice(2), { alphabet: "base64url" }));

  assertEquals([value, bytes].some((text) => text.includes("marzipan") || text.includes("secret")), false);
  await browser.get("/set");
  assertNotEquals(browser.cookie("__Host-sessionid")!.value, value);
});

Deno.test("a session sealed with an old key is good, and sealed anew with the first one as soon as it is read", async () => {
  using time = new FakeTime();
  const browser = await visitor(siteOf({ keys: [TEST_KEY] }));
  time.tick(3_600_000);
  const both = siteOf({ keys: [OTHER_KEY, TEST_KEY] }).browser({ origin: ORIGIN });
  both.cookies.adopt(browser.cookies.all());
  const response = await both.get("/length");
  assertEquals([await response.json(), setCookies(response)], [10, ["__Host-sessionid"]]);
  assertEquals(setCookies(await both.get("/length")), []);

  // Its end is as it was: a new key is no use of the session.
  assertEquals(both.cookie("__Host-sessionid")!.expires, browser.cookie("__Host-sessionid")!.expires);
  const after = siteOf({ keys: [OTHER_KEY] }).browser({ origin: ORIGIN });
  after.cookies.adopt(both.cookies.all());
  assertEquals(await after.json("/length"), 10);
});

Deno.test("a session sealed with a key that was dropped is empty, and an event says so", async () => {
  const browser = await visitor(siteOf({ keys: [TEST_KEY] }));
  const site = siteOf({ keys: [OTHER_KEY] });
  const later = site.browser({ origin: ORIGIN });
  later.cookies.adopt(browser.cookies.all());

  assertEquals([await later.json("/"), names(later)], [{}, []]);
  assertEquals(site.events.map(({ name, message, data }) => [name, message, data]), [[
    "cookie.bad_signature",
    'Cookie "__Host-sessionid" was refused: bad signature',
    { cookie: "__Host-sessionid" },
  ]]);
});

Deno.test("a cookie of its own keys opens nothing of the pipeline's, and the reverse", async () => {
  const own = siteOf({ store: new CookieStore({ keys: new KeyRing(OTHER_KEY) }) });
  const shared = siteOf();
  const [a, b] = [await visitor(own), await visitor(shared)];
  const [stolen, given] = [shared.browser({ origin: ORIGIN }), own.browser({ origin: ORIGIN })];
  stolen.cookies.adopt(a.cookies.all());
  given.cookies.adopt(b.cookies.all());

  assertEquals([await stolen.json("/"), await given.json("/")], [{}, {}]);
});

Deno.test("a session under one name is none under another, with the same keys", async () => {
  const [staff, public_] = [siteOf({ cookie: { name: "__Host-staff" } }), siteOf()];
  const browser = await visitor(staff);
  const other = public_.browser({ origin: ORIGIN });
  other.cookies.adopt(browser.cookies.all().map((cookie) => ({ ...cookie, name: "__Host-sessionid" })));

  assertEquals(await other.json("/"), {});
});

Deno.test("another sealed cookie of the same application is no session", async () => {
  const app = pipeline({ keys: [TEST_KEY] })
    .use(sessions({ store: new CookieStore() }))
    .handle(async (request, context) => {
      if (request.method === "POST") {
        context.cookies.setSealed("__Host-sessionid", { c: Date.now(), d: { admin: true } }, { maxAge: 600 });
        return new Response();
      }
      return Response.json((await context.session()).keys());
    });
  const browser = new TestBrowser(app, { origin: ORIGIN });
  await browser.post("/");
  const { value } = browser.cookie("__Host-sessionid")!;
  const response = await app(new Request(ORIGIN, { headers: { Cookie: `__Host-sessionid=1.${value}` } }));

  assertEquals(await response.json(), []);
});

Deno.test("the end of a session is sealed into it: a browser that keeps the cookie for ever gains nothing", async () => {
  using time = new FakeTime();
  const site = siteOf({ idleSeconds: 600 });
  const browser = await visitor(site);
  await browser.get("/expire");
  const kept = browser.cookies.all().map((cookie) => ({ ...cookie, expires: undefined }));
  time.tick(59_000);
  browser.cookies.adopt(kept);
  assertEquals(await browser.copy().json("/length"), 10);
  time.tick(1_000);
  assertEquals([await browser.json("/"), names(browser), site.events], [{}, [], []]);
});

Deno.test("cycleKey() and a copy: the copy stays good until it expires, as the documentation says", async () => {
  const browser = await visitor(siteOf());
  const copy = browser.copy();
  await browser.get("/cycle");
  await browser.get("/out");

  assertEquals([await browser.json("/length"), await copy.json("/length")], [0, 10]);
});

Deno.test("on this machine over http the names have no prefix, and the session is the same", async () => {
  const browser = siteOf().browser();
  await browser.get("/text?n=5000");

  assertEquals([names(browser), await browser.json("/length")], [["sessionid", "sessionid.1"], 5000]);
});

Deno.test("eight full cookies get through a real server", async () => {
  const site = siteOf({ store: new CookieStore({ maxCookies: 8 }) });
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, site.app);
  const address = `http://127.0.0.1:${server.addr.port}`;
  const set = await fetch(`${address}/text?n=24000`);
  await set.body?.cancel();
  const Cookie = set.headers.getSetCookie().map((line) => line.split(";")[0]).join("; ");
  const response = await fetch(`${address}/length`, { headers: { Cookie } });

  assertEquals([set.headers.getSetCookie().length, await response.json()], [8, 24_000]);
});

Deno.test("keys that are no good are refused at construction", () => {
  assertThrows(() => new CookieStore({ keys: ["short"] }), RangeError, "at least 32 bytes");
  assertThrows(() => new CookieStore({ keys: [] }), TypeError, "at least one key");
  assertThrows(
    () => pipeline().use(sessions({ store: new CookieStore() })).handle(() => new Response()),
    TypeError,
    "Cannot keep sessions in cookies as there are no keys: pass pipeline({ keys: [...] })",
  );
});

Deno.test("moving from cookies to a store and back is signing out, not an error", async () => {
  const inCookie = await visitor(siteOf(), 5000);
  const inStore = await visitor(siteOf({ store: new MemoryStore() }));
  const [toStore, toCookie] = [
    siteOf({ store: new MemoryStore() }).browser({ origin: ORIGIN }),
    siteOf().browser({ origin: ORIGIN }),
  ];
  toStore.cookies.adopt(inCookie.cookies.all());
  toCookie.cookies.adopt(inStore.cookies.all());

  assertEquals([await toStore.json("/"), await toCookie.json("/")], [{}, {}]);
});
