/** recommended(): what is there without a word, what each option changes, and what it refuses. */

import {
  type AppEvent,
  type Context,
  CookieStore,
  cors,
  csrf,
  type HasLanguage,
  html,
  htmlResponse,
  MemoryCache,
  MemoryStore,
  MemoryUsers,
  Passwords,
  rateLimit,
  recommended,
  redirect,
  routes,
  SiteCache,
} from "@nuages/web";
import { TestBrowser } from "@nuages/web/testing";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { CountingStore } from "../sessions/_counting_store.ts";

const keys = ["a secret key of these tests, and of nothing else"];
const must = () => ({ keys, store: new MemoryStore() });
const SHOP = "https://shop.example";
const hosts = ["shop.example"];
const hello = () => new Response("hello");

async function headersOf(options: object, address = `${SHOP}/`): Promise<Headers> {
  return (await recommended({ ...must(), hosts, ...options }).handle(hello)(new Request(address))).headers;
}

Deno.test("recommended() is a site with sessions, safe forms, messages and signing in", async () => {
  const passwords = new Passwords({ iterations: 10_000 });
  const users = new MemoryUsers([{ user: { id: "1", name: "ada" }, password: await passwords.hash("difference") }]);
  const app = recommended<{ cart: string[] }>({ ...must(), hosts, users, authentication: { passwords } }).handle(
    routes({
      "GET /": async (_request, context) => {
        const session = await context.session();
        const texts = (await context.messages.read()).map(({ text }) => text).join(" ");
        return htmlResponse(
          html`<form method="post">${context.csrfField()}</form>${(await context.user())?.name ?? "nobody"}: ${
            session.get("cart", []).join()
          } ${texts}`,
        );
      },
      "POST /": async (_request, context) => {
        const item = String((await context.form()).get("item"));
        (await context.session()).update("cart", (cart = []) => [...cart, item]);
        context.messages.success("Saved.");
        return redirect("/");
      },
      "POST /login/": async (_request, context) => {
        const form = await context.form();
        const user = await context.authenticate({ name: form.get("name"), password: form.get("password") });
        if (user !== undefined) await context.login(user);
        return redirect("/");
      },
    }),
  );
  const browser = new TestBrowser(app, { origin: SHOP });

  assertStringIncludes(await browser.text("/"), "nobody: ");
  await browser.post("/", { item: "Emma" });
  assertStringIncludes(await browser.text("/"), "nobody: Emma Saved.");
  await browser.post("/login/", { name: "ada", password: "difference" });
  assertStringIncludes(await browser.text("/"), "ada: Emma ");
  assertEquals((await browser.post("/", { item: "x" }, { headers: { "Sec-Fetch-Site": "cross-site" } })).status, 403);
});

Deno.test("recommended() answers for this machine until it is told its hosts", async () => {
  const events: AppEvent[] = [];
  const app = recommended({ ...must(), onEvent: (event) => events.push(event) }).handle(hello);
  for (const host of ["localhost:8000", "shop.localhost", "127.0.0.1", "[::1]:8000"]) {
    assertEquals((await app(new Request(`http://${host}/`))).status, 200, host);
  }
  assertEquals((await app(new Request(`${SHOP}/`))).status, 400);
  assertStringIncludes(events[0]!.message, 'add "shop.example" to allowedHosts([...])');
  assertEquals((await recommended({ ...must(), hosts: false }).handle(hello)(new Request(`${SHOP}/`))).status, 200);
});

Deno.test("a page that asks for nothing costs no look at the store, no cookie, and no promise but that of compression", async () => {
  const store = new CountingStore(new MemoryStore());
  const app = recommended({ keys, store, hosts, users: new MemoryUsers() }).handle(hello);
  const cookie = { Cookie: `__Host-sessionid=${"A".repeat(43)}` };
  const response = await app(new Request(`${SHOP}/`, { headers: cookie }));

  assertEquals([store.calls, response.headers.getSetCookie()], [[], []]);
  assertEquals(response.headers.get("Vary"), "Accept-Encoding");
  assert(app(new Request(`${SHOP}/`)) instanceof Response);
});

Deno.test("each layer takes its options, and false leaves it out", async () => {
  const cases: [options: object, header: string, value: string | null][] = [
    [{ requestId: { header: "X-Trace" }, security: false }, "X-Request-Id", null],
    [{ requestId: false }, "X-Request-Id", null],
    [{ security: { frameOptions: "SAMEORIGIN" } }, "X-Frame-Options", "SAMEORIGIN"],
    [{ security: { frameOptions: "SAMEORIGIN" } }, "Cross-Origin-Resource-Policy", "same-origin"],
    [{ security: { crossOriginResourcePolicy: false } }, "Cross-Origin-Resource-Policy", null],
    [{ security: { originAgentCluster: false } }, "Origin-Agent-Cluster", null],
    [{ security: false }, "X-Frame-Options", null],
    [{ permissionsPolicy: false }, "Permissions-Policy", null],
    [{ contentSecurityPolicy: false }, "Content-Security-Policy", null],
    [{ contentSecurityPolicy: { policy: {} } }, "Content-Security-Policy", null],
    [
      { contentSecurityPolicy: { policy: { "default-src": "'none'" } } },
      "Content-Security-Policy",
      "default-src 'none'",
    ],
    [{ gzip: false }, "Vary", null],
    [{}, "ETag", null],
    [{ conditionalGet: true }, "ETag", '"LPJNul-wow4m6Dsqxbning"'],
    [{ security: { hstsSeconds: 3600 } }, "Strict-Transport-Security", "max-age=3600"],
  ];
  for (const [options, header, value] of cases) {
    assertEquals((await headersOf(options)).get(header), value, `${JSON.stringify(options)} ${header}`);
  }
});

Deno.test("times are shown while developing, and to nobody else unless it is said to whom", async () => {
  assertEquals((await headersOf({})).has("Server-Timing"), false);
  assertEquals((await headersOf({ debug: true })).has("Server-Timing"), true);
  assertEquals((await headersOf({ debug: true, serverTiming: false })).has("Server-Timing"), false);
  assertEquals((await headersOf({ serverTiming: { show: () => true } })).has("Server-Timing"), true);
});

Deno.test("what belongs outside of sessions stands inside of the headers, and is asked before the store is", async () => {
  const store = new CountingStore(new MemoryStore());
  const app = recommended({
    keys,
    store,
    hosts,
    outside: [cors({ origins: ["https://app.example"] }), rateLimit({ limit: 1 })],
  }).handle(async (_request, context) => new Response(String((await context.session()).get("a"))));
  const headers = { Cookie: `__Host-sessionid=${"A".repeat(43)}`, Origin: "https://app.example" };
  const ask = () => app(new Request(`${SHOP}/`, { headers }));

  assertEquals((await ask()).status, 200);
  store.take();
  const limited = await ask();
  assertEquals([limited.status, store.calls], [429, []]);
  assertEquals(limited.headers.get("X-Frame-Options"), "DENY");
  assertEquals(limited.headers.get("Access-Control-Allow-Origin"), "https://app.example");
});

Deno.test("the language is known to the error pages of all layers inside, and the cache keeps a page for each", async () => {
  let made = 0;
  const cache = new SiteCache({ store: new MemoryCache() });
  const app = recommended<object, "cache" | "locale">({
    ...must(),
    hosts,
    cache,
    locale: { languages: ["en", "de"] },
    errors: { 403: (_request, context) => new Response((context as Context & HasLanguage).language, { status: 403 }) },
  }).handle(routes({
    "GET /": (_request, { language }) => new Response(`${language} ${++made}`),
    "POST /": () => new Response("done"),
  }));
  const ask = async (language: string, init: RequestInit = {}) => {
    const headers = { "Accept-Language": language, "Sec-Fetch-Site": "cross-site" };
    const response = await app(new Request(SHOP, { ...init, headers }));
    const text = await response.text();
    await cache.settled();
    return [response.status, text, response.headers.get("Content-Language")];
  };

  for (let count = 0; count < 2; count++) {
    assertEquals(await ask("de-AT"), [200, "de 1", "de"]);
    assertEquals(await ask("fr"), [200, "en 2", "en"]);
  }
  assertEquals(await ask("de", { method: "POST" }), [403, "de", "de"]);
});

Deno.test("a site cache keeps pages as they are sent, and none that touched a session", async () => {
  let made = 0;
  const cache = new SiteCache({ store: new MemoryCache() });
  const app = recommended({ ...must(), hosts, cache }).handle(routes({
    "GET /": () => new Response(`page ${++made} `.repeat(100), { headers: { "Content-Type": "text/html" } }),
    "GET /mine/": async (_request, context) => {
      await context.session();
      return new Response(`mine ${++made}`);
    },
    "GET /nonce/": (_request, context) => new Response(`${++made} ${context.cspNonce}`),
  }));
  const ask = async (path: string) => {
    const response = await app(new Request(SHOP + path, { headers: { "Accept-Encoding": "gzip" } }));
    await response.bytes();
    await cache.settled();
    return response.headers;
  };

  assertEquals((await ask("/")).get("Age"), null);
  const kept = await ask("/");
  assertEquals([kept.get("Age"), kept.get("Content-Encoding"), kept.get("X-Frame-Options"), made], [
    "0",
    "gzip",
    "DENY",
    1,
  ]);
  for (const path of ["/mine/", "/mine/", "/nonce/", "/nonce/"]) await ask(path);
  assertEquals(made, 5);
});

Deno.test("a slash that was forgotten is found in the table that handle() is given, unless it is said otherwise", async () => {
  const table = routes({ "GET /about/": hello });
  const ask = async (options: object, view: typeof hello | typeof table = table) => {
    return (await recommended({ ...must(), hosts, ...options }).handle(view)(new Request(`${SHOP}/about`))).status;
  };
  assertEquals(await ask({}), 301);
  assertEquals(await ask({ common: false }), 404);
  assertEquals(await ask({ common: { appendSlash: false } }), 404);
  assertEquals(await ask({ common: { appendSlash: () => false } }), 404);
  assertEquals(await ask({ common: { prependWww: true } }), 301);
  assertEquals(await ask({}, hello), 200);
  const lost = () => new Response("not here", { status: 404 });
  assertEquals(await ask({ common: { appendSlash: (path: string) => path === "/about/" } }, lost), 301);
});

Deno.test("two applications can share what recommended() has made", async () => {
  const base = recommended<{ n: number }>({ ...must(), hosts });
  const count = base.handle(routes({
    "GET /count/": async (_request, context) => {
      return new Response(String((await context.session()).update("n", (n = 0) => n + 1)));
    },
  }));
  const named = base.use<{ name: string }>((next) => (request, context) =>
    next(request, Object.assign(context, { name: "Ada" }))
  ).handle(async (_request, context) => new Response(`${context.name} ${(await context.session()).get("n")}`));
  const browser = new TestBrowser(count, { origin: SHOP });
  assertEquals(await browser.text("/count/"), "1");
  const headers = { Cookie: `__Host-sessionid=${browser.cookie("__Host-sessionid")!.value}` };

  assertEquals(await (await named(new Request(`${SHOP}/`, { headers }))).text(), "Ada 1");
  assertEquals((await count(new Request(`${SHOP}/count`))).status, 301);
  assertEquals((await named(new Request(`${SHOP}/count`))).status, 200);
});

Deno.test("a line is written for a refused host too", async () => {
  const lines: string[] = [];
  const app = recommended({ ...must(), hosts, accessLog: { write: (line) => lines.push(line), format: "common" } })
    .handle(
      hello,
    );
  await (await app(new Request("https://evil.example/"))).text();
  await new Promise((resolve) => setTimeout(resolve));
  assertStringIncludes(lines[0]!, '"GET /" 400');
});

Deno.test("sessions may live in the cookie, and csrf() may keep its secret there", async () => {
  const app = recommended<{ n: number }, "csrf">({ keys, store: new CookieStore(), hosts, csrf: false })
    .use(csrf({ storage: "session" }))
    .handle(async (_request, context) => new Response(await context.csrfToken()));
  const response = await app(new Request(`${SHOP}/`));
  assertEquals((await response.text()).length, 64);
  assertEquals(response.headers.getSetCookie().map((cookie) => cookie.split("=")[0]), ["__Host-sessionid"]);
});

Deno.test("recommended() refuses what can't be meant, and says what to do", () => {
  const refused = (options: object, message: string) => {
    const error = assertThrows(() => recommended(options as never), Error);
    assertStringIncludes(error.message, message);
  };
  const ours = must();
  refused({}, "there are no keys to sign and seal with: pass keys: [key]");
  refused({ store: ours.store }, "there are no keys");
  refused({ keys }, "there is no store to keep sessions in: pass store: new KvStore(await Deno.openKv())");
  refused({ ...ours, keys: ["short"] }, "must have at least 32 bytes: received 5");
  refused({ ...ours, keys: [] }, "Cannot create KeyRing");
  refused({ ...ours, store: {} }, "Cannot create sessions");
  refused({ ...ours, hsts: 1 }, 'there is no option "hsts": those there are, are keys, store, debug,');
  refused({ ...ours, toString: false }, 'there is no option "toString"');
  refused({ ...ours, security: true }, "security must be an object, or false to leave it out: received true");
  refused({ ...ours, gzip: null }, "gzip must be an object, or false to leave it out: received null");
  refused({ ...ours, sessions: false }, "sessions must be an object: received false");
  refused({ ...ours, sessions: { store: ours.store } }, "sessions has store of its own");
  refused({ ...ours, authentication: {} }, "there are no users: pass users");
  refused({ ...ours, users: new MemoryUsers(), authentication: { users: 1 } }, "authentication has users of its own");
  refused({ ...ours, users: {} }, "Cannot create authentication as users");
  refused({ ...ours, outside: [1] }, "outside must be a list of middleware: received [ 1 ]");
  refused({ ...ours, conditionalGet: {} }, "conditionalGet must be true or false: received {}");
  refused(
    { ...ours, csrf: { storage: "session" } },
    'recommended<T, "csrf">({ …, csrf: false }).use(csrf({ storage: "session" }))',
  );
  refused({ ...ours, hosts: [] }, "Cannot create allowedHosts without a host");
  refused({ ...ours, cache: {} }, "Cannot create updateCache without a cache");
  refused({ ...ours, common: { appendSlash: 1 } }, "Cannot create common as appendSlash");
  refused(
    { ...ours, common: { prependWww: "no" } },
    'Cannot create common as prependWww must be true or false: received "no"',
  );
  refused({ ...ours, common: { disallowedUserAgents: ["bot"] } }, "Cannot create common as disallowedUserAgents");
  refused({ ...ours, security: { sslHost: "shop.example" } }, "do nothing without sslRedirect: true");
  refused({ ...ours, contentSecurityPolicy: { policy: { scriptSrc: "x" } } }, "script-src");
  refused({ ...ours, messages: { minLevel: "x" } }, "Cannot create messages");
  refused(undefined as never, "its options must be an object with keys and store: received undefined");
  assertThrows(() => recommended(ours).use("layer" as never), TypeError, "Cannot use a middleware that is string");
  assertThrows(() => recommended(ours).handle(undefined as never), TypeError, "Cannot handle requests with a view");
});
