/**
 * Holes that other frameworks had in this layer, each tried on a whole site: recommended() behind a real server, where the attack comes by one. What single layers do is in their own tests.
 */

import {
  type AppEvent,
  type CookieAttributes,
  cors,
  FileStore,
  html,
  htmlResponse,
  MemoryCache,
  MemoryStore,
  MemoryUsers,
  Passwords,
  rateLimit,
  recommended,
  type RecommendedOptions,
  redirect,
  routes,
  type SessionStore,
  SiteCache,
} from "@nuages/web";
import { TestBrowser } from "@nuages/web/testing";
import { assert, assertEquals, assertFalse, assertNotEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { assertLinear } from "../_growth.ts";
import { rawRequest } from "./_raw_request.ts";

const keys = ["a secret key of these tests, and of nothing else"];
const SHOP = "https://shop.example";
const passwords = new Passwords({ iterations: 1_000 });
const users = async () =>
  new MemoryUsers([{ user: { id: "1", name: "ada" }, password: await passwords.hash("difference") }]);

interface Told {
  readonly store?: SessionStore;
  readonly options?: Partial<RecommendedOptions>;
  readonly events?: AppEvent[];
}

/** A site that signs in, remembers, and shows what visitors say. */
async function makeSite({ store = new MemoryStore(), options = {}, events = [] }: Told = {}) {
  return recommended<{ note: string }>(
    {
      keys,
      hosts: ["shop.example"],
      users: await users(),
      authentication: { passwords },
      onEvent: (event) => events.push(event),
      ...options,
      store,
    } as RecommendedOptions & { users: MemoryUsers; contentSecurityPolicy: object; csrf: object; messages: object },
  ).handle(routes({
    "GET /": async (_request, context) => {
      const session = await context.session();
      return new Response(`${(await context.user())?.name ?? "nobody"} ${session.get("note", "")}`);
    },
    "GET /form/": (_request, context) => htmlResponse(html`${context.csrfField()}`),
    "POST /note/": async (request, context) => {
      (await context.session()).set("note", await request.text());
      return redirect("/");
    },
    "POST /login/": async (_request, context) => {
      const form = await context.form();
      const user = await context.authenticate({ name: form.get("name"), password: form.get("password") });
      if (user !== undefined) await context.login(user);
      return redirect("/");
    },
    "GET /theme/": (_request, context) => {
      const { searchParams } = context.url;
      const attributes = Object.fromEntries(searchParams) as unknown as CookieAttributes;
      context.cookies.set("theme", "dark", attributes);
      return new Response("ok");
    },
    "GET /private/": (request) =>
      new Response(`account of ${request.headers.get("X-Who")}`, { headers: { "Cache-Control": "private" } }),
    "GET /array/": () => new Response("x".repeat(500), { headers: [["X-A", "1"], ["Set-Cookie", "a=1"]] }),
  }));
}

const FOREIGN = { Origin: "https://evil.example", "Sec-Fetch-Site": "cross-site" };
const OLD_FOREIGN = { Origin: "https://evil.example" };

Deno.test("a body without a type from another site is refused (Hono, GHSA-2234-fmw7-43wr)", async () => {
  const app = await makeSite();
  for (const headers of [FOREIGN, OLD_FOREIGN, {}]) {
    const body = new TextEncoder().encode("planted");
    const request = new Request(`${SHOP}/note/`, { method: "POST", headers, body });
    assertEquals(request.headers.get("Content-Type"), null);
    assertEquals((await app(request)).status, 403);
  }
});

Deno.test("no way to write a type lets a form of another site through (Qwik, GHSA-vm6g-8r4h-22x8)", async () => {
  const app = await makeSite();
  const types = ["application/json", "text/plain; application/json", "APPLICATION/X-WWW-FORM-URLENCODED;x=y"];
  for (const type of [...types, "multipart/form-data ; boundary=a", "application/x-www-form-urlencoded, text/x", "/"]) {
    for (const foreign of [FOREIGN, OLD_FOREIGN]) {
      const headers = { ...foreign, "Content-Type": type };
      const response = await app(new Request(`${SHOP}/note/`, { method: "POST", headers, body: "planted" }));
      assertEquals(response.status, 403, type);
    }
  }
});

Deno.test("a cookie whose name only looks like the session's opens nothing (Hono, CVE-2026-39410)", async () => {
  const app = await makeSite();
  const ada = new TestBrowser(app, { origin: SHOP });
  await ada.post("/note/", "secret");
  assertStringIncludes(await ada.text("/"), "secret");
  const { value } = ada.cookie("__Host-sessionid")!;
  for (const space of ["\u00a0", "\u00a0\u00a0", "\u0085", "\u00ad", "\v", "\f"]) {
    for (const name of [`${space}__Host-sessionid`, `__Host-sessionid${space}`]) {
      const headers = { Cookie: `${name}=${value}` };
      const response = await app(new Request(`${SHOP}/`, { headers }));
      assertFalse((await response.text()).includes("secret"), JSON.stringify(name));
    }
  }
});

Deno.test("what a visitor says becomes no attribute of a cookie (Hono, CVE-2026-47675)", async () => {
  const app = await makeSite();
  const asked = ["sameSite=Lax;+Domain=evil.example", "sameSite=none%0D%0ASet-Cookie:+a=b", "priority=High;+Domain=x"];
  for (const query of [...asked, "path=/;+Domain=evil.example", "domain=shop.example;+HttpOnly", "path=/%0D%0AX:+1"]) {
    const response = await app(new Request(`${SHOP}/theme/?${query}`));
    const cookies = response.headers.getSetCookie().join("\n");
    assertFalse(/evil|Domain|\n|priority/i.test(cookies), `${query}: ${cookies}`);
    assertEquals(response.headers.get("X"), null);
    // The mistake is the program's, and loud.
    if (!query.startsWith("priority")) assertEquals(response.status, 500, query);
  }
});

Deno.test("one visitor counts as one, however the address is written (Hono, CVE-2026-24398, CVE-2026-39409, CVE-2026-47674)", async () => {
  const outside = [rateLimit({ limit: 2 })];
  const app = await makeSite({ options: { outside, proxies: { trust: ["10.0.0.1"] } } });
  const ask = async (address: string) => {
    const remoteAddr = { transport: "tcp", hostname: "10.0.0.1", port: 1 } as const;
    const request = new Request(`${SHOP}/`, { headers: { "X-Forwarded-For": address } });
    return (await app(request, { remoteAddr, completed: Promise.resolve() })).status;
  };
  for (
    const spellings of [
      ["192.0.2.1", "::ffff:192.0.2.1", "::FFFF:c000:201"],
      ["2001:db8::1", "2001:0DB8:0:0::1", "[2001:db8::0:1]:443"],
    ]
  ) {
    const statuses = [];
    for (const spelling of spellings) statuses.push(await ask(spelling));
    assertEquals(statuses, [200, 200, 429]);
  }
});

Deno.test("a page that is private is kept for nobody (Hono, CVE-2026-24472)", async () => {
  const cache = new SiteCache({ store: new MemoryCache() });
  const app = await makeSite({ options: { cache } });
  const seen = [];
  for (const who of ["Ada", "Bob"]) {
    seen.push(await (await app(new Request(`${SHOP}/private/`, { headers: { "X-Who": who } }))).text());
    await cache.settled();
  }
  assertEquals(seen, ["account of Ada", "account of Bob"]);
});

Deno.test("no origin is reflected together with credentials (Hono, CVE-2026-54290)", async () => {
  assertThrows(() => cors({ origins: "*", credentials: true }), TypeError);
  const app = await makeSite({ options: { outside: [cors({ origins: ["https://app.example"], credentials: true })] } });
  for (
    const Origin of ["https://evil.example", "null", "https://app.example.evil.example", "https://evilapp.example"]
  ) {
    const { headers } = await app(new Request(`${SHOP}/`, { headers: { Origin } }));
    assertEquals([headers.get("Access-Control-Allow-Origin"), headers.get("Access-Control-Allow-Credentials")], [
      null,
      null,
    ]);
  }
});

Deno.test("headers of a preflight take time in proportion to their length (Hono, CVE-2026-69207)", async () => {
  const app = await makeSite({ options: { outside: [cors({ origins: ["https://app.example"] })] } });
  const pieces = ["\t", " ,", ",", "a ,\t"];
  await assertLinear(
    200_000,
    pieces.map((piece) => (size: number) => `a${piece.repeat(size / piece.length)}b`),
    (asked) => {
      const headers = {
        Origin: "https://app.example",
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": asked,
      };
      return app(new Request(`${SHOP}/note/`, { method: "OPTIONS", headers }));
    },
  );
});

Deno.test("a body is no longer than it may be, whatever it says (Hono, CVE-2026-54288)", async () => {
  const app = await makeSite({ options: { bodyLimit: { maxBytes: 100 } } });
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app);
  const heads = [
    "Content-Length: 5\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: chunked\r\nContent-Length: 5",
    "Transfer-Encoding: chunked",
  ];
  for (const head of heads) {
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: server.addr.port });
    const body = `c8\r\n${"a".repeat(200)}\r\n0\r\n\r\n`;
    const own = `Host: shop.example\r\nSec-Fetch-Site: same-origin\r\nConnection: close\r\n${head}`;
    await connection.write(new TextEncoder().encode(`POST /note/ HTTP/1.1\r\n${own}\r\n\r\n${body}`));
    const answer = await new Response(connection.readable).text();
    assert(/^HTTP\/1\.1 4(13|00) /.test(answer), answer.slice(0, 30));
  }
});

Deno.test("an origin is trusted with its scheme, and never without (gorilla/csrf, CVE-2025-24358, CVE-2025-47909)", async () => {
  for (const origin of ["app.example", "//app.example", "*.app.example"]) {
    assertThrows(() => recommended({ keys, store: new MemoryStore(), csrf: { trustedOrigins: [origin] } }), TypeError);
  }
  const app = await makeSite({ options: { csrf: { trustedOrigins: ["https://app.example"] } } });
  const browser = new TestBrowser(app, { origin: SHOP });
  const token = /value="(\w+)"/.exec(await browser.text("/form/"))![1]!;
  const post = async (headers: Record<string, string>) => {
    const cookie = `__Host-csrftoken=${browser.cookie("__Host-csrftoken")!.value}`;
    const sent = { ...headers, Cookie: cookie, "X-CSRFToken": token };
    return (await app(new Request(`${SHOP}/note/`, { method: "POST", headers: sent, body: "note" }))).status;
  };
  assertEquals(await post({ Origin: "https://app.example" }), 303);
  assertEquals(await post({ Origin: "http://app.example" }), 403);
  assertEquals(await post({ Referer: "http://app.example/" }), 403);
  assertEquals(await post({ Referer: "http://shop.example/" }), 403);
  assertEquals(await post({}), 403);
});

Deno.test("an id with a path in it opens no file (React Router, GHSA-9583-h5hc-x8cw)", async () => {
  const outside = await Deno.makeTempDir();
  const directory = `${outside}/sessions`;
  await Deno.mkdir(directory, { mode: 0o700 });
  const app = await makeSite({ store: new FileStore(directory) });
  const ada = new TestBrowser(app, { origin: SHOP });
  await ada.post("/note/", "secret");
  // Her session, where a path would lead to it.
  const [file] = await filesOf(directory);
  await Deno.copyFile(`${directory}/${file!}`, `${outside}/planted`);
  const before = await filesOf(outside);

  const ids = [
    "../planted",
    "..%2Fplanted",
    "..\\planted",
    `${outside}/planted`,
    "../planted\0",
    "./../planted",
    file!,
  ];
  for (const id of [...ids, "../".repeat(14) + "p", `${"a".repeat(33)}/../planted`]) {
    for (const value of [id, encodeURIComponent(id)]) {
      const headers = { Cookie: `__Host-sessionid=${value.replace("\0", "%00")}`, "Sec-Fetch-Site": "same-origin" };
      const read = await app(new Request(`${SHOP}/`, { headers }));
      assertEquals([read.status, await read.text()], [200, "nobody "], id);
      const written = await app(new Request(`${SHOP}/note/`, { method: "POST", headers, body: "planted" }));
      assertEquals(written.status, 303);
      assertNotEquals(written.headers.getSetCookie()[0]?.split(/[=;]/)[1], value);
    }
  }
  const now = (await filesOf(outside)).filter((name) => !name.startsWith("sessions/"));
  assertEquals(now, before.filter((name) => !name.startsWith("sessions/")));
  await Deno.remove(outside, { recursive: true });
});

Deno.test("a list of headers is read like any other (on-headers, CVE-2025-7339)", async () => {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, await makeSite());
  const { status, headers, cookies } = await rawRequest(server.addr.port, "GET", "/array/", {
    host: "shop.example",
    "accept-encoding": "gzip",
  });
  assertEquals([status, headers.get("x-a"), cookies, headers.get("0")], [200, "1", ["a=1"], undefined]);
  assertEquals([headers.get("content-encoding"), headers.get("x-frame-options")], ["gzip", "DENY"]);
});

Deno.test("a session that somebody has planted isn't the one that is signed in (fastify/passport, CVE-2023-29019)", async () => {
  const app = await makeSite();
  const mallory = new TestBrowser(app, { origin: SHOP });
  await mallory.post("/note/", "planted");
  const planted = mallory.cookie("__Host-sessionid")!.value;
  const made = "A".repeat(43);
  for (const value of [planted, made]) {
    const headers = { Cookie: `__Host-sessionid=${value}`, "Sec-Fetch-Site": "same-origin" };
    const body = new URLSearchParams({ name: "ada", password: "difference" });
    const signedIn = await app(new Request(`${SHOP}/login/`, { method: "POST", headers, body }));
    const [, given] = /^__Host-sessionid=([\w-]+)/m.exec(signedIn.headers.getSetCookie().join("\n"))!;
    assertNotEquals(given, value);
    assertEquals(await ask(app, given!), "ada");
    assertEquals(await ask(app, value), "nobody");
  }
  assertStringIncludes(await mallory.text("/"), "nobody");
});

Deno.test("a token from before somebody signed in is worth nothing after it (fastify/passport, CVE-2023-29019)", async () => {
  const app = await makeSite({ options: { csrf: { requireToken: true } } });
  const browser = new TestBrowser(app, { origin: SHOP });
  const token = async () => /value="(\w+)"/.exec(await browser.text("/form/"))![1]!;
  const before = await token();
  const fields = { name: "ada", password: "difference" };
  assertEquals((await browser.post("/login/", { ...fields, csrfmiddlewaretoken: before })).status, 303);
  const post = async (given: string) =>
    (await browser.post("/note/", "note", { headers: { "X-CSRFToken": given, "Content-Type": "text/plain" } })).status;

  assertEquals(await post(before), 403);
  assertEquals(await post(await token()), 303);
});

Deno.test("two visitors never share a session, even if chance gave them one id (tower-sessions, id collision)", async () => {
  const app = await makeSite();
  const ada = new TestBrowser(app, { origin: SHOP });
  const bob = new TestBrowser(app, { origin: SHOP });
  const real = crypto.getRandomValues.bind(crypto);
  // The first id of each is the same.
  let isFirst = true;
  const fake = (bytes: Uint8Array<ArrayBuffer>) => {
    if (bytes.length === 32 && isFirst) {
      isFirst = false;
      return bytes.fill(7);
    }
    return real(bytes);
  };
  try {
    crypto.getRandomValues = fake as Crypto["getRandomValues"];
    await ada.post("/note/", "of Ada");
    assertFalse(isFirst, "no id was made of what chance gave");
    isFirst = true;
    await bob.post("/note/", "of Bob");
    assertFalse(isFirst);
  } finally {
    crypto.getRandomValues = real as Crypto["getRandomValues"];
  }
  assertNotEquals(ada.cookie("__Host-sessionid")!.value, bob.cookie("__Host-sessionid")!.value);
  assertEquals([await ada.text("/"), await bob.text("/")], ["nobody of Ada", "nobody of Bob"]);
});

/** Who a visitor with this session is. */
async function ask(app: Awaited<ReturnType<typeof makeSite>>, id: string): Promise<string> {
  const response = await app(new Request(`${SHOP}/`, { headers: { Cookie: `__Host-sessionid=${id}` } }));
  return (await response.text()).split(" ")[0]!;
}

async function filesOf(directory: string, below = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(`${directory}/${below}`)) {
    if (isDirectory) found.push(...await filesOf(directory, `${below}${name}/`));
    else found.push(below + name);
  }
  return found.sort();
}
