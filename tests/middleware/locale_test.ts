/** locale(): which language a visitor sees, addresses in several languages, and the visitor's choice. */

import {
  fetchCache,
  type HasLanguage,
  languageRoutes,
  locale,
  type LocaleOptions,
  MemoryCache,
  type Middleware,
  pipeline,
  routes,
  setLanguage,
  SiteCache,
  TemplateResponse,
  updateCache,
} from "@nuages/web/middleware";
import { assertEquals, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";

const get = (path = "/", headers: HeadersInit = {}) => new Request(`https://shop.example${path}`, { headers });
const site = (options: Partial<LocaleOptions> = {}) =>
  pipeline({ onEvent() {} }).use(locale({ languages: ["en", "de", "pt-BR", "zh-Hant"], ...options }))
    .handle((_request, context) => new Response(context.language));
const languageFor = async (accept: string | null, options?: Partial<LocaleOptions>) =>
  await (await site(options)(get("/", accept === null ? {} : { "Accept-Language": accept }))).text();
const withCookie = (value: string, path = "/", accept = "") =>
  get(path, { Cookie: `django_language=${value}`, ...(accept === "" ? {} : { "Accept-Language": accept }) });

Deno.test("locale() looks up what the visitor prefers (RFC 4647 §3.4)", async () => {
  const cases: [string | null, string][] = [
    [null, "en"],
    ["", "en"],
    ["de", "de"],
    ["DE", "de"],
    ["de-AT", "de"],
    ["de-AT-1996-x-private", "de"],
    ["zh-hant-TW", "zh-Hant"],
    ["fr, de", "de"],
    ["fr;q=1, en;q=0.2, de;q=0.8", "de"],
    ["de;q=0.5, pt-BR;q=0.5", "de"],
    ["pt-br", "pt-BR"],
    ["fr", "en"],
    ["*", "en"],
    ["fr, *;q=0.5", "en"],
    ["de;q=0, *", "en"],
    ["en;q=0, *", "de"],
    ["en;q=0, de;q=0", "en"],
    ["de;q=0", "en"],
  ];
  for (const [accept, language] of cases) assertEquals(await languageFor(accept), language, String(accept));
});

Deno.test("locale() knows in which script Chinese is written where browsers name a place", async () => {
  const languages = ["en", "zh-Hans", "zh-Hant"];
  const cases: [accept: string, language: string][] = [
    ["zh-TW", "zh-Hant"],
    ["zh-HK,en;q=0.5", "zh-Hant"],
    ["zh-mo", "zh-Hant"],
    ["zh-CN", "zh-Hans"],
    ["zh-SG", "zh-Hans"],
    ["zh", "zh-Hans"],
    ["zh-TW, zh-Hant;q=0", "zh-Hans"],
  ];
  for (const [accept, language] of cases) assertEquals(await languageFor(accept, { languages }), language, accept);
  assertEquals(await languageFor("zh-TW", { languages: ["zh-Hans", "zh-Hant", "zh-TW"] }), "zh-TW");
});

Deno.test("locale() takes a relative of the wanted language rather than none, but after all that were wanted", async () => {
  assertEquals(await languageFor("pt"), "pt-BR");
  assertEquals(await languageFor("pt-PT"), "pt-BR");
  assertEquals(await languageFor("zh-Hans-CN"), "zh-Hant");
  assertEquals(await languageFor("pt-PT, de;q=0.1"), "de");
  assertEquals(await languageFor("pt-PT, pt-BR;q=0"), "en");
});

Deno.test("locale() is refused a language only where the visitor means it", async () => {
  const options = { languages: ["en", "en-GB", "de"] };
  assertEquals(await languageFor("en-GB, en;q=0", options), "en-GB");
  assertEquals(await languageFor("en, en-GB;q=0", options), "en");
  assertEquals(await languageFor("en-GB-oed, en;q=0, de;q=0.1", options), "de", "all of English but what is named");
});

Deno.test("locale() passes over what is malformed, and what is far too long", async () => {
  const cases: [string, string][] = [
    ["de;q=2", "en"],
    ["de;q=0.5555", "en"],
    ["de;q=", "en"],
    ["de;q=-1", "en"],
    ["d e", "en"],
    ["deutschland", "en"],
    [";;,,=", "en"],
    ["<script>, de", "de"],
    ["de ; q=0.5 , pt-BR;q=0.1", "de"],
    [`de, ${"fr,".repeat(10_000)}`, "de"],
    [`${"fr,".repeat(200)}de`, "en"],
    ["x".repeat(100_000), "en"],
    [`${"a-".repeat(50_000)}a`, "en"],
  ];
  for (const [accept, language] of cases) {
    assertEquals(await languageFor(accept), language, accept.slice(0, 40));
  }
});

Deno.test("locale() takes the cookie first, and passes over one that names no language", async () => {
  const app = site();
  const languageOf = async (request: Request) => await (await app(request)).text();
  assertEquals(await languageOf(withCookie("de", "/", "pt-BR")), "de");
  assertEquals(await languageOf(withCookie("pt-br")), "pt-BR");
  assertEquals(await languageOf(withCookie("de-at")), "de");
  for (const value of ["fr", "", "en,de", "../../etc", "x".repeat(4000)]) {
    assertEquals(await languageOf(withCookie(value, "/", "pt-BR")), "pt-BR", value);
  }
});

Deno.test("locale() says the language, and what it depended on", async () => {
  const response = await site()(get("/", { "Accept-Language": "de" }));
  assertEquals(response.headers.get("Content-Language"), "de");
  assertEquals(response.headers.get("Vary"), "Cookie, Accept-Language");
  const own = pipeline().use(locale({ languages: ["en", "de"] })).handle(() =>
    new Response("Grüezi", { headers: { "Content-Language": "gsw", Vary: "accept-language" } })
  );
  const { headers } = await own(get());
  assertEquals([headers.get("Content-Language"), headers.get("Vary")], ["gsw", "accept-language, Cookie"]);
  assertEquals((await site({ order: ["header"] })(get())).headers.get("Vary"), "Accept-Language");
});

Deno.test("locale() says it on errors too", async () => {
  const app = pipeline({ onEvent() {} }).use(locale({ languages: ["en", "de"] })).handle(() => {
    throw new Error("broken");
  });
  assertEquals((await app(get("/", { "Accept-Language": "de" }))).headers.get("Content-Language"), "de");
});

Deno.test("locale() gives templates the language, and views the choice", async () => {
  const app = pipeline().use(locale({ languages: ["en", "de"] })).handle(() =>
    new TemplateResponse(({ language, languages }: Record<string, unknown>) => `${language} of ${languages}`)
  );
  assertEquals(await (await app(get("/", { "Accept-Language": "de" }))).text(), "de of en,de");
});

const about = routes({
  "GET /": (_request, context) => new Response(`home ${(context as unknown as HasLanguage).language}`),
  "GET /books/:id/": (_request, context) =>
    new Response(`book ${context.params.id} ${(context as unknown as HasLanguage).language}`),
  "/shop/*": routes({ "/shop/:what/": (_request, context) => new Response(`shop ${context.params.what}`) }),
});
const languages = ["en", "de", "pt-BR"];
const prefixed = (order?: LocaleOptions["order"], unprefixed?: string) => {
  const prefixes = languageRoutes(about, unprefixed === undefined ? { languages } : { languages, unprefixed });
  return pipeline({ onEvent() {} })
    .use(locale({ languages, prefixes, ...(order === undefined ? {} : { order }) }))
    .handle(routes({
      "/health": () => new Response("fine"),
      "POST /language/": setLanguage,
      "/*": prefixes,
    }));
};

Deno.test("languageRoutes() finds its views under the prefix of each language", async () => {
  const app = prefixed();
  const textOf = async (path: string) => await (await app(get(path))).text();
  assertEquals(await textOf("/en/"), "home en");
  assertEquals(await textOf("/de/books/7/"), "book 7 de");
  assertEquals(await textOf("/pt-br/books/7/"), "book 7 pt-BR");
  assertEquals(await textOf("/de/shop/tea/"), "shop tea", "a table in the table sees no prefix either");
  assertEquals(await textOf("/health"), "fine");
  for (const path of ["/fr/", "/de/nothing/", "/DE/", "/de", "/pt-BR/"]) {
    assertEquals((await app(get(path))).status, 404, path);
  }
});

Deno.test("languageRoutes() can leave one language without a prefix", async () => {
  const app = prefixed(["prefix", "cookie", "header"], "en");
  const textOf = async (path: string, headers?: HeadersInit) => await (await app(get(path, headers))).text();
  assertEquals(await textOf("/books/7/", { "Accept-Language": "de" }), "book 7 en", "the address says it");
  assertEquals(await textOf("/de/books/7/"), "book 7 de");
  assertEquals((await app(get("/en/books/7/"))).status, 404);
});

Deno.test("locale() looks at cookie, prefix and header in this order, or in Django's", async () => {
  const textOf = async (app: ReturnType<typeof prefixed>, request: Request) => await (await app(request)).text();
  assertEquals(await textOf(prefixed(), withCookie("pt-br", "/de/", "en")), "home pt-BR");
  assertEquals(await textOf(prefixed(), get("/de/", { "Accept-Language": "en" })), "home de");
  const django = prefixed(["prefix", "cookie", "header"]);
  assertEquals(await textOf(django, withCookie("pt-br", "/de/", "en")), "home de");
});

Deno.test("an address with a prefix depends on no header, in Django's order", async () => {
  const varyOf = async (order: LocaleOptions["order"], path: string) =>
    (await prefixed(order)(get(path))).headers.get("Vary");
  assertEquals(await varyOf(["prefix", "cookie", "header"], "/de/"), null);
  assertEquals(await varyOf(["prefix", "cookie", "header"], "/health"), "Cookie, Accept-Language");
  assertEquals(await varyOf(undefined, "/de/"), "Cookie");
});

Deno.test("locale() sends who asks without a prefix to the page in their language", async () => {
  const app = prefixed();
  const sent = async (request: Request) => {
    const { status, headers } = await app(request);
    return [status, headers.get("Location"), headers.get("Vary")];
  };
  const vary = "Cookie, Accept-Language";
  assertEquals(await sent(get("/", { "Accept-Language": "de" })), [302, "/de/", vary]);
  assertEquals(await sent(withCookie("pt-br", "/books/7/?page=2")), [302, "/pt-br/books/7/?page=2", vary]);
  assertEquals(await sent(get("/books/7?page=2")), [302, "/en/books/7/?page=2", vary]);
  assertEquals((await sent(get("/nothing/")))[0], 404);
  assertEquals((await sent(new Request("https://shop.example/books/7/", { method: "POST" })))[0], 404);
  for (const path of ["//evil.example/", "/\\evil.example/", "//evil.example/books/7/"]) {
    assertEquals((await sent(get(path)))[0], 404, path);
  }
});

async function choose(
  fields: Record<string, string>,
  headers: HeadersInit = {},
  app = pipeline({ onEvent() {} }).use(locale({ languages })).handle(routes({ "/language/": setLanguage })),
): Promise<[number, string | null, string | undefined]> {
  const body = new URLSearchParams(fields);
  const request = new Request("https://shop.example/language/", { method: "POST", body, headers });
  const response = await app(request);
  const cookie = response.headers.getSetCookie().find((cookie) => cookie.startsWith("django_language="));
  return [response.status, response.headers.get("Location"), cookie];
}

Deno.test("setLanguage() remembers the choice for a year, as Django names it, and goes back", async () => {
  using _time = new FakeTime("2026-03-01T12:00:00Z");
  assertEquals(await choose({ language: "pt-BR", next: "/books/?page=2" }), [
    303,
    "/books/?page=2",
    "django_language=pt-br; expires=Mon, 01 Mar 2027 12:00:00 GMT; Max-Age=31536000; Path=/; SameSite=Lax; Secure",
  ]);
});

Deno.test("setLanguage() goes to the page the form was on, or home, and never to another site", async () => {
  const referer = { Referer: "https://shop.example/cart/?a=1#b" };
  const target = async (fields: Record<string, string>, headers?: HeadersInit) =>
    (await choose({ language: "de", ...fields }, { Accept: "text/html", ...headers }))[1];
  assertEquals(await target({}, referer), "/cart/?a=1");
  assertEquals(await target({ next: "https://shop.example/books/" }), "/books/");
  assertEquals(await target({}), "/");
  assertEquals(await target({}, { Referer: "https://evil.example/" }), "/");
  for (
    const next of [
      "https://evil.example/",
      "//evil.example/",
      "/\\evil.example/",
      "javascript:alert(1)",
      "https://shop.example.evil.example/",
      "https://shop.example//evil.example/",
      "http:///evil.example",
      "/a\r\nSet-Cookie: a=b",
    ]
  ) {
    assertEquals(await target({ next }), "/", next);
    assertEquals(await target({ next }, referer), "/cart/?a=1", next);
  }
});

Deno.test("setLanguage() changes nothing for a language the site doesn't have", async () => {
  for (const language of ["fr", "", "de-AT", "../x"]) {
    assertEquals(await choose({ language, next: "/" }), [303, "/", undefined], language);
  }
});

Deno.test("setLanguage() answers a script without a page, and takes POST only", async () => {
  const [status, location, cookie] = await choose({ language: "de" }, { Accept: "application/json" });
  assertEquals([status, location], [204, null]);
  assertStringIncludes(cookie!, "django_language=de;");
  const app = pipeline({ onEvent() {} }).use(locale({ languages })).handle(routes({ "/language/": setLanguage }));
  const response = await app(get("/language/"));
  assertEquals([response.status, response.headers.get("Allow")], [405, "POST"]);
});

Deno.test("setLanguage() turns an address with a prefix into the chosen language's", async () => {
  const target = async (next: string, app = prefixed()) => (await choose({ language: "pt-BR", next }, {}, app))[1];
  assertEquals(await target("/de/books/7/?page=2"), "/pt-br/books/7/?page=2");
  assertEquals(await target("/health"), "/health");
  assertEquals(await target("/de/nothing/"), "/de/nothing/");
  const unprefixed = prefixed(undefined, "en");
  assertEquals(await target("/books/7/", unprefixed), "/pt-br/books/7/");
  assertEquals((await choose({ language: "en", next: "/de/books/7/" }, {}, unprefixed))[1], "/books/7/");
});

Deno.test("the cookie may be another", async () => {
  const cookie = { name: "__Host-language", maxAge: null, sameSite: "Strict" } as const;
  const app = pipeline().use(locale({ languages, cookie })).handle(routes({
    "POST /language/": setLanguage,
    "/": (_request, context) => new Response(context.language),
  }));
  const body = new URLSearchParams({ language: "de" });
  const response = await app(new Request("https://shop.example/language/", { method: "POST", body }));
  assertEquals(response.headers.getSetCookie(), ["__Host-language=de; Path=/; SameSite=Strict; Secure"]);
  assertEquals(await (await app(get("/", { Cookie: "__Host-language=de" }))).text(), "de");
  const local = new Request("http://localhost:8000/", { headers: { Cookie: "language=de" } });
  assertEquals(await (await app(local)).text(), "de", "on this machine without its prefix");
});

Deno.test("the site cache keeps a page once for each language, whatever the headers", async () => {
  const cache = new SiteCache({ store: new MemoryCache() });
  let made = 0;
  const app = pipeline().use(updateCache(cache)).use(locale({ languages })).use(fetchCache())
    .handle((_request, context) => new Response(`${context.language} ${++made}`));
  const ask = async (headers: HeadersInit) => {
    const response = await app(get("/", headers));
    const text = await response.text();
    await cache.settled();
    return [text, response.headers.get("Vary")];
  };
  const vary = "Cookie, Accept-Language";
  assertEquals(await ask({ "Accept-Language": "de" }), ["de 1", vary]);
  assertEquals(await ask({ "Accept-Language": "de-AT, en;q=0.1" }), ["de 1", vary]);
  assertEquals(await ask({ Cookie: "django_language=de; other=1", "Accept-Language": "en" }), ["de 1", vary]);
  assertEquals(await ask({ "Accept-Language": "fr" }), ["en 2", vary]);
  assertEquals(await ask({ Cookie: "django_language=pt-br" }), ["pt-BR 3", vary]);
});

Deno.test("the site cache still goes by a header that the view names itself", async () => {
  const cache = new SiteCache({ store: new MemoryCache() });
  let made = 0;
  const app = pipeline().use(updateCache(cache)).use(locale({ languages })).use(fetchCache())
    .handle((request) =>
      new Response(`${request.headers.get("Accept-Language")} ${++made}`, { headers: { Vary: "Accept-Language" } })
    );
  const ask = async (accept: string) => {
    const text = await (await app(get("/", { "Accept-Language": accept }))).text();
    await cache.settled();
    return text;
  };
  assertEquals([await ask("de"), await ask("de-AT"), await ask("de")], ["de 1", "de-AT 2", "de 1"]);
});

Deno.test("locale() inside the site cache's inner half keeps nothing for the wrong visitor", async () => {
  const cache = new SiteCache({ store: new MemoryCache() });
  const app = pipeline().use(updateCache(cache)).use(fetchCache()).use(locale({ languages }))
    .handle((_request, context) => new Response(context.language));
  for (const [accept, language] of [["de", "de"], ["en", "en"], ["de", "de"]] as const) {
    assertEquals(await (await app(get("/", { "Accept-Language": accept }))).text(), language);
    await cache.settled();
  }
});

Deno.test("locale() and languageRoutes() refuse what can't be meant", () => {
  const refused: [Record<string, unknown>, string][] = [
    [{}, "without languages"],
    [{ languages: [] }, "without languages"],
    [{ languages: "en" }, "without languages"],
    [{ languages: ["en_GB"] }, "language tags"],
    [{ languages: ["en", "EN"] }, "twice"],
    [{ languages: ["en"], defaultLanguage: "de" }, "one of the languages"],
    [{ languages: ["en"], order: [] }, "each once"],
    [{ languages: ["en"], order: ["cookie", "cookie"] }, "each once"],
    [{ languages: ["en"], order: ["path"] }, "each once"],
    [{ languages: ["en"], cookie: { name: "a b" } }, "cookie"],
  ];
  for (const [options, message] of refused) assertThrows(() => locale(options as never), TypeError, message);
  assertThrows(() => languageRoutes((() => new Response()) as never, { languages }), TypeError, "without a table");
  assertThrows(() => languageRoutes(about, { languages, unprefixed: "fr" }), TypeError, "one of the languages");
  assertThrows(() => languageRoutes(about, { languages }).pathFor("fr", "/"), TypeError, "doesn't have it");
});

Deno.test("locale() must stand before who asks for the language: the compiler says so", () => {
  const translated: Middleware<HasLanguage> = (next) => (request, context) => next(request, context);
  pipeline().use(locale({ languages })).use(translated);
  // @ts-expect-error: put the middleware that adds "language" before this one
  pipeline().use(translated).use(locale({ languages }));
  assertInstanceOf(site()(get()), Response);
});
