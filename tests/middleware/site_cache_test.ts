/** The site cache: what is kept, for whom, for how long. Each test runs on memory and on Deno KV; stores by themselves are in cache_stores_test.ts. */

import {
  type AppEvent,
  cacheFor,
  type CacheStore,
  contentSecurityPolicy,
  type Context,
  fetchCache,
  type Handler,
  type HasSiteCache,
  HttpError,
  KvCache,
  MemoryCache,
  perView,
  pipeline,
  routes,
  SiteCache,
  type SiteCacheOptions,
  updateCache,
  vary,
} from "@nuages/web/middleware";
import { MemoryStore, sessions } from "@nuages/web/sessions";
import { assert, assertEquals, assertInstanceOf, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";

type View = Handler<Context & HasSiteCache>;
type Options = Omit<SiteCacheOptions, "store">;

const get = (path = "/", headers: HeadersInit = {}) => new Request(`https://shop.example${path}`, { headers });
const header = (response: Response, name: string) => response.headers.get(name);

/** A site whose pages say how often they were made. */
interface Site {
  readonly cache: SiteCache;
  readonly events: AppEvent[];
  /** How often the view was called. */
  readonly made: () => number;
  /** Asks for a page, reads it, and waits until it is kept. */
  ask(request?: Request): Promise<{ text: string; response: Response }>;
}

function siteOf(store: CacheStore, view: View, options: Options = {}): Site {
  const cache = new SiteCache({ store, ...options });
  const events: AppEvent[] = [];
  let made = 0;
  const app = pipeline({ onEvent: (event) => events.push(event) }).use(updateCache(cache)).use(fetchCache())
    .handle((request, context) => {
      made++;
      return view(request, context);
    });
  return {
    cache,
    events,
    made: () => made,
    async ask(request = get()) {
      const response = await app(request);
      const text = await response.text();
      await cache.settled();
      return { text, response };
    },
  };
}

/** A view that says how often it was called. */
function counting(init: ResponseInit = {}): View {
  let count = 0;
  return () => new Response(`page ${++count}`, init);
}

function onEachStore(name: string, fn: (store: () => CacheStore) => Promise<void>): void {
  Deno.test(`${name} (memory)`, () => fn(() => new MemoryCache()));
  Deno.test(`${name} (Deno KV)`, async () => {
    using kv = await Deno.openKv(":memory:");
    let stores = 0;
    await fn(() => new KvCache(kv, { prefix: ["test", stores++] }));
  });
}

onEachStore("updateCache() and fetchCache() make a page once", async (store) => {
  const site = siteOf(store(), counting({ headers: { "X-Own": "yes", "Content-Type": "text/css" } }));
  for (let i = 0; i < 3; i++) {
    const { text, response } = await site.ask();
    assertEquals([text, response.status], ["page 1", 200]);
    assertEquals([header(response, "X-Own"), header(response, "Content-Type")], ["yes", "text/css"]);
    assertEquals(header(response, "Cache-Control"), "max-age=600");
  }
  assertEquals(site.made(), 1);
});

onEachStore("the site cache tells pages apart by host and address, the query as it is written", async (store) => {
  const site = siteOf(store(), counting());
  const urls = ["/", "/?a=1&b=2", "/?b=2&a=1", "/?a=1", "/a/", "/a", "/A", "/%61"].map((path) => get(path));
  urls.push(new Request("http://shop.example/"), new Request("https://other.example/"));
  for (const request of urls) await site.ask(request);
  assertEquals(site.made(), urls.length);
  for (const request of urls) await site.ask(request);
  assertEquals(site.made(), urls.length);
});

onEachStore("the site cache keeps bodies byte for byte, empty and large ones too", async (store) => {
  for (const length of [0, 1, 59_999, 60_000, 60_001, 300_000]) {
    const bytes = Uint8Array.from({ length }, (_, index) => index % 251);
    const site = siteOf(store(), () => new Response(length === 0 ? null : bytes));
    for (let i = 0; i < 2; i++) {
      const { response } = await site.ask();
      assertEquals(response.status, 200);
    }
    assertEquals(site.made(), 1, `${length} bytes`);
    const app = pipeline().use(updateCache(site.cache)).use(fetchCache()).handle(() => new Response("made again"));
    assertEquals(new Uint8Array(await (await app(get())).arrayBuffer()), length === 0 ? new Uint8Array() : bytes);
  }
});

onEachStore("the site cache says for how long, and how old a page is", async (store) => {
  using time = new FakeTime("2026-03-01T12:00:00Z");
  const site = siteOf(store(), counting(), { seconds: 60 });
  const first = (await site.ask()).response;
  assertEquals(header(first, "Cache-Control"), "max-age=60");
  assertEquals(header(first, "Expires"), "Sun, 01 Mar 2026 12:01:00 GMT");
  assertEquals(header(first, "Age"), null);
  time.tick(59_000);
  const { text, response } = await site.ask();
  assertEquals([text, header(response, "Age")], ["page 1", "59"]);
  assertEquals(header(response, "Expires"), "Sun, 01 Mar 2026 12:01:00 GMT");
  time.tick(1000);
  assertEquals((await site.ask()).text, "page 2");
});

onEachStore("the site cache goes by what the page says of its time", async (store) => {
  using time = new FakeTime("2026-03-01T12:00:00Z");
  const cases: [headers: Record<string, string>, seconds: number, sent: string][] = [
    [{ "Cache-Control": "max-age=10" }, 10, "max-age=10"],
    [{ "Cache-Control": "public, s-maxage=20, max-age=10" }, 20, "public, s-maxage=20, max-age=10"],
    [{ "Cache-Control": "MAX-AGE=10, public" }, 10, "MAX-AGE=10, public"],
    [{ "Cache-Control": "max-age=100, max-age=10" }, 10, "max-age=100, max-age=10"],
    [{ "Cache-Control": "public" }, 600, "public, max-age=600"],
    [{ "Expires": "Sun, 01 Mar 2026 12:00:30 GMT" }, 30, "max-age=30"],
    [{ "Cache-Control": "max-age=100", Age: "40" }, 60, "max-age=60"],
  ];
  for (const [headers, seconds, sent] of cases) {
    time.now = Math.max(time.now, Date.parse("2026-03-01T12:00:00Z"));
    const began = new Date(time.now);
    const view = counting({
      headers: headers.Expires === undefined ? headers : { Expires: new Date(began.getTime() + 30_000).toUTCString() },
    });
    const site = siteOf(store(), view);
    const { response } = await site.ask();
    assertEquals(header(response, "Cache-Control"), sent, JSON.stringify(headers));
    time.tick((seconds - 1) * 1000);
    await site.ask();
    assertEquals(site.made(), 1, JSON.stringify(headers));
    time.tick(1000);
    await site.ask();
    assertEquals(site.made(), 2, JSON.stringify(headers));
  }
});

onEachStore("the site cache never keeps what isn't for everybody", async (store) => {
  const forbidden: ResponseInit[] = [
    ...[
      "private",
      "no-store",
      "no-cache",
      'private="Set-Cookie"',
      "max-age=60, No-Store",
      'no-cache="X, Y", max-age=60',
    ]
      .map((value) => ({ headers: { "Cache-Control": value } })),
    ...["max-age=0", "s-maxage=0, max-age=60", "max-age=soon", "max-age=-1", 'max-age="0"'].map((value) => ({
      headers: { "Cache-Control": value },
    })),
    { headers: { Expires: "0" } },
    { headers: { Expires: "Thu, 01 Jan 1970 00:00:00 GMT" } },
    ...["*", "Accept, *", "Cookie", "Accept-Encoding, cookie"].map((value) => ({ headers: { Vary: value } })),
    { headers: { "Set-Cookie": "a=b" } },
    { headers: { "Content-Type": "text/event-stream" } },
    { headers: { "Clear-Site-Data": '"cache"' } },
    ...[201, 203, 206, 301, 302, 404, 500, 503].map((status) => ({ status })),
  ];
  for (const init of forbidden) {
    const site = siteOf(store(), counting(init));
    assertEquals((await site.ask()).text, "page 1");
    assertEquals((await site.ask()).text, "page 2", JSON.stringify(init));
  }
});

onEachStore("the site cache never keeps what depends on a cookie, or sets one", async (store) => {
  const views: Record<string, View> = {
    reads: (_request, context) => new Response(context.cookies.get("theme")),
    "reads what isn't there": (_request, context) => new Response(String(context.cookies.has("nothing"))),
    sets: (_request, context) => {
      context.cookies.set("theme", "dark");
      return new Response("set");
    },
    "reads while it streams": (_request, context) =>
      new Response(
        new ReadableStream({
          pull(controller) {
            controller.enqueue(new TextEncoder().encode(context.cookies.get("theme")));
            controller.close();
          },
        }, { highWaterMark: 0 }),
      ),
  };
  for (const [name, view] of Object.entries(views)) {
    const site = siteOf(store(), view);
    for (let i = 0; i < 2; i++) await site.ask(get("/", { Cookie: "theme=dark" }));
    assertEquals(site.made(), 2, name);
  }
});

onEachStore("a page that touched its visitor's session is shown to nobody else", async (store) => {
  const cache = new SiteCache({ store: store() });
  const app = pipeline()
    .use(updateCache(cache))
    .use(sessions<{ name: string }>({ store: new MemoryStore() }))
    .use(fetchCache())
    .handle(routes({
      "/sign-in/:name/": async (_request, context) => {
        (await context.session()).set("name", context.params.name);
        return new Response("welcome");
      },
      "/account/": async (_request, context) => new Response(`account of ${(await context.session()).get("name")}`),
      "/public/": () => new Response("for all"),
    }));
  const ask = async (path: string, cookie = "") => {
    const response = await app(get(path, { Cookie: cookie }));
    const text = await response.text();
    await cache.settled();
    return { text, cookie: response.headers.getSetCookie()[0]?.split(";")[0] };
  };
  const ada = (await ask("/sign-in/Ada/")).cookie!;
  const bob = (await ask("/sign-in/Bob/")).cookie!;
  assert(ada !== undefined && bob !== undefined && ada !== bob);
  for (const [cookie, name] of [[ada, "Ada"], [bob, "Bob"], [ada, "Ada"], ["", "undefined"]] as const) {
    assertEquals((await ask("/account/", cookie)).text, `account of ${name}`);
  }
  assertEquals((await ask("/public/", ada)).text, "for all");
});

onEachStore("the site cache tells pages apart by the headers their Vary names", async (store) => {
  const site = siteOf(store(), (request) => {
    const response = new Response(`${request.headers.get("Accept")} ${request.headers.get("X-Kind")}`);
    vary(response.headers, "Accept", "x-kind");
    return response;
  });
  const asked: [HeadersInit, string][] = [
    [{ Accept: "a", "X-Kind": "b" }, "a b"],
    [{ Accept: "a" }, "a null"],
    [{ Accept: "a", "X-Kind": "" }, "a "],
    [{ Accept: "b", "X-Kind": "a" }, "b a"],
    [{ Accept: 'a"],["x-kind","b' }, 'a"],["x-kind","b null'],
  ];
  for (const [headers, text] of [...asked, ...asked]) assertEquals((await site.ask(get("/", headers))).text, text);
  assertEquals(site.made(), asked.length);
});

onEachStore("the site cache learns of further headers that pages depend on", async (store) => {
  const site = siteOf(store(), (request) => {
    const kind = request.headers.get("X-Kind");
    return new Response(`${kind} ${request.headers.get("X-More")}`, {
      headers: { Vary: kind === "more" ? "X-Kind, X-More" : "X-Kind" },
    });
  });
  assertEquals((await site.ask(get("/", { "X-Kind": "a" }))).text, "a null");
  assertEquals((await site.ask(get("/", { "X-Kind": "more", "X-More": "1" }))).text, "more 1");
  assertEquals((await site.ask(get("/", { "X-Kind": "more", "X-More": "2" }))).text, "more 2");
  assertEquals((await site.ask(get("/", { "X-Kind": "more", "X-More": "1" }))).text, "more 1");
  assertEquals(site.made(), 3);
});

onEachStore("the site cache shows those who identify themselves only what is public", async (store) => {
  const view: View = (request) =>
    new Response(`for ${request.headers.get("Authorization")}`, {
      headers: request.url.endsWith("/public") ? { "Cache-Control": "public" } : {},
    });
  const site = siteOf(store(), view);
  const ask = async (path: string, who?: string) =>
    (await site.ask(get(path, who === undefined ? {} : { Authorization: who }))).text;
  assertEquals(await ask("/", "Ada"), "for Ada");
  assertEquals(await ask("/"), "for null", "what Ada saw is nobody else's");
  assertEquals(await ask("/", "Bob"), "for Bob", "and what everybody sees isn't Bob's");
  assertEquals(await ask("/public", "Ada"), "for Ada");
  assertEquals(await ask("/public"), "for Ada", "who says public means it");
  assertEquals(await ask("/public", "Bob"), "for Ada");
});

onEachStore("the site cache answers HEAD from the page for GET, and other methods not at all", async (store) => {
  const site = siteOf(store(), counting());
  const head = () => new Request("https://shop.example/", { method: "HEAD" });
  await site.ask(head());
  await site.ask(head());
  assertEquals(site.made(), 2, "what HEAD gives is nothing to keep");
  await site.ask();
  assertEquals(header((await site.ask(head())).response, "Age"), "0");
  assertEquals(site.made(), 3);
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS"]) {
    await site.ask(new Request("https://shop.example/", { method }));
  }
  assertEquals(site.made(), 7);
  assertEquals((await site.ask()).text, "page 3");
});

onEachStore(
  "a page with a nonce isn't kept, within contentSecurityPolicy() and for one view neither",
  async (store) => {
    const cache = new SiteCache({ store: store() });
    const reasons: unknown[] = [];
    const view = (_request: Request, { cspNonce }: { cspNonce: string }) => new Response(cspNonce);
    const onEvent = ({ data }: AppEvent) => reasons.push(data?.reason);
    const app = pipeline({ onEvent }).use(updateCache(cache)).use(contentSecurityPolicy()).use(fetchCache())
      .handle(routes({
        "/": (request, context) => view(request, context),
        "/view/": cacheFor(60)((request, context) => view(request, context)),
      }));
    for (const path of ["/", "/view/"]) {
      const seen = new Set<string>();
      for (let i = 0; i < 3; i++) {
        const response = await app(get(path));
        const nonce = await response.text();
        await cache.settled();
        assertStringIncludes(header(response, "Content-Security-Policy")!, `'nonce-${nonce}'`);
        seen.add(nonce);
      }
      assertEquals(seen.size, 3);
    }
    assertEquals(new Set(reasons), new Set(["it has a nonce, which must not be seen twice"]));
  },
);

onEachStore("cache.invalidate() makes pages void by their tags, and clear() all", async (store) => {
  const site = siteOf(store(), (request, context) => {
    const { pathname } = new URL(request.url);
    context.cacheTag(...pathname.split("/").filter(Boolean));
    return new Response(`${pathname} ${site.made()}`);
  });
  const ask = async (path: string) => Number((await site.ask(get(path))).text.split(" ")[1]);
  assertEquals([await ask("/a/b/"), await ask("/b/c/"), await ask("/c/"), await ask("/")], [1, 2, 3, 4]);
  await site.cache.invalidate("b");
  assertEquals([await ask("/a/b/"), await ask("/b/c/"), await ask("/c/"), await ask("/")], [5, 6, 3, 4]);
  await site.cache.invalidate("c", "nothing");
  assertEquals([await ask("/a/b/"), await ask("/b/c/"), await ask("/c/"), await ask("/")], [5, 7, 8, 4]);
  await site.cache.invalidate();
  assertEquals(await ask("/c/"), 8);
  await site.cache.clear();
  assertEquals([await ask("/a/b/"), await ask("/b/c/"), await ask("/c/"), await ask("/")], [9, 10, 11, 12]);
});

onEachStore("a page that was being made while its tag was invalidated isn't shown", async (store) => {
  const gate = Promise.withResolvers<void>();
  let stock = "old";
  const site = siteOf(store(), async (_request, context) => {
    context.cacheTag("stock");
    const seen = stock;
    if (seen === "old") await gate.promise;
    return new Response(seen);
  });
  const first = site.ask();
  while (site.made() === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  stock = "new";
  await site.cache.invalidate("stock");
  gate.resolve();
  assertEquals((await first).text, "old");
  assertEquals((await site.ask()).text, "new");
});

onEachStore("of a hundred requests for a page one makes it, and the others wait", async (store) => {
  const site = siteOf(store(), async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return new Response(`page ${site.made()}`);
  });
  const answers = await Promise.all(Array.from({ length: 100 }, () => site.ask()));
  assertEquals(new Set(answers.map(({ text }) => text)), new Set(["page 1"]));
  assertEquals(site.made(), 1);
});

onEachStore("a request whose page fails fails alone", async (store) => {
  const site = siteOf(store(), async () => {
    const mine = site.made();
    await new Promise((resolve) => setTimeout(resolve, 10));
    if (mine === 1) throw new Error("out of order");
    return new Response("well");
  });
  const answers = await Promise.all(Array.from({ length: 10 }, () => site.ask()));
  assertEquals(answers.map(({ response }) => response.status).sort(), [...Array(9).fill(200), 500]);
});

onEachStore("nobody waits for a page that can't be kept, once that is known", async (store) => {
  let running = 0;
  let most = 0;
  const site = siteOf(store(), async () => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 10));
    running--;
    return new Response("mine", { headers: { "Cache-Control": "private" } });
  });
  await Promise.all(Array.from({ length: 10 }, () => site.ask()));
  assertEquals(site.made(), 10);
  assert(most >= 8, "the first was waited for, the others went together");
});

Deno.test("a page is made once, also for whom an old answer of the store arrives when the page is kept already", async () => {
  const headers = { Vary: "Accept-Language" };
  for (
    const { init, seconds } of [{ init: {}, seconds: 0 }, { init: { headers }, seconds: 0 }, { init: {}, seconds: 75 }]
  ) {
    using time = new FakeTime("2026-03-01T12:00:00Z");
    const memory = new MemoryCache();
    // A store far away: what it answered is under way for as long as the gate is closed.
    let gate: Promise<void> | undefined;
    const store: CacheStore = {
      async read(key) {
        const answer = memory.read(key);
        await gate;
        return answer;
      },
      write: (key, record) => memory.write(key, record),
      invalidate: (tags) => memory.invalidate(tags),
    };
    const site = siteOf(store, () => new Response(`page ${site.made()}`, init), { seconds: 60, staleSeconds: 30 });
    // With a page that is stale now, or none.
    if (seconds > 0) await site.ask();
    time.tick(seconds * 1000);
    const before = site.made();

    const opened = Promise.withResolvers<void>();
    gate = opened.promise;
    const late = site.ask();
    gate = undefined;
    await site.ask();
    assertEquals(site.made(), before + 1);
    opened.resolve();
    assertEquals((await late).text, `page ${before + 1}`);
    assertEquals(site.made(), before + 1, "nobody made it again");
  }
});

onEachStore("nobody waits for ever", async (store) => {
  const stuck = Promise.withResolvers<Response>();
  const site = siteOf(store(), () => site.made() === 1 ? stuck.promise : new Response("made it myself"), {
    waitSeconds: 0.05,
  });
  const first = site.ask();
  while (site.made() === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  assertEquals((await site.ask()).text, "made it myself");
  assertEquals((await site.ask()).text, "made it myself");
  stuck.resolve(new Response("late"));
  assertEquals((await first).text, "late");
});

onEachStore("a stale page is shown at once while one request makes the next", async (store) => {
  using time = new FakeTime("2026-03-01T12:00:00Z");
  const site = siteOf(store(), () => new Response(`page ${site.made()}`), { seconds: 60, staleSeconds: 30 });
  const texts = async (count: number) => {
    const answers = await Promise.all(Array.from({ length: count }, () => site.ask()));
    return answers.map(({ text }) => text);
  };
  assertEquals(await texts(1), ["page 1"]);
  time.tick(75_000);
  assertEquals(await texts(3), ["page 1", "page 1", "page 1"]);
  assertEquals(site.made(), 2, "one of them made it again, in the background");
  assertEquals(await texts(1), ["page 2"]);
  time.tick(95_000);
  assertEquals(await texts(1), ["page 3"], "too old to be shown");
});

onEachStore("a page that says so is shown stale, or isn't", async (store) => {
  using time = new FakeTime("2026-03-01T12:00:00Z");
  const cases = [
    ["max-age=10, stale-while-revalidate=60", 0, "page 1"],
    ["max-age=10, stale-while-revalidate=0", 60, "page 2"],
    ["max-age=10, must-revalidate", 60, "page 2"],
    ["s-maxage=10", 60, "page 2"],
  ] as const;
  for (const [value, staleSeconds, text] of cases) {
    const site = siteOf(store(), counting({ headers: { "Cache-Control": value } }), { staleSeconds });
    await site.ask();
    time.tick(30_000);
    assertEquals((await site.ask()).text, text, value);
  }
});

onEachStore("a stale page stays while the next one can't be made", async (store) => {
  using time = new FakeTime("2026-03-01T12:00:00Z");
  let broken = false;
  const site = siteOf(store(), () => {
    if (broken) throw new Error("database is down");
    return new Response(`page ${site.made()}`);
  }, { seconds: 10, staleSeconds: 600 });
  await site.ask();
  broken = true;
  for (let i = 1; i <= 3; i++) {
    time.tick(20_000);
    assertEquals((await site.ask()).text, "page 1");
    assertEquals(site.made(), 1 + i);
  }
  assertEquals(site.events.map(({ name }) => name), ["exception", "exception", "exception"]);
  broken = false;
  time.tick(20_000);
  assertEquals((await site.ask()).text, "page 1");
  assertEquals((await site.ask()).text, "page 5");
});

onEachStore("browsers may be told another time than the site keeps to", async (store) => {
  using time = new FakeTime("2026-03-01T12:00:00Z");
  const site = siteOf(store(), counting(), { seconds: 3600, browserSeconds: 0 });
  assertEquals(header((await site.ask()).response, "Cache-Control"), "max-age=0");
  time.tick(1_800_000);
  const { text, response } = await site.ask();
  assertEquals([text, header(response, "Cache-Control"), header(response, "Age")], ["page 1", "max-age=0", null]);
  assertEquals(header(response, "Expires"), "Sun, 01 Mar 2026 12:30:00 GMT");
});

onEachStore("cacheFor() keeps the pages of its view, for its own time at most", async (store) => {
  using time = new FakeTime("2026-03-01T12:00:00Z");
  const cache = new SiteCache({ store: store() });
  let made = 0;
  const app = pipeline().use(updateCache(cache)).handle(routes({
    "/kept/": cacheFor(60)(() => new Response(`page ${++made}`)),
    "/short/": cacheFor(60)(() => new Response(`page ${++made}`, { headers: { "Cache-Control": "max-age=10" } })),
    "/long/": cacheFor(60)(() => new Response(`page ${++made}`, { headers: { "Cache-Control": "max-age=1000" } })),
    "/": () => new Response(`page ${++made}`),
  }));
  const ask = async (path: string) => {
    const response = await app(get(path));
    const text = await response.text();
    await cache.settled();
    return [text, header(response, "Cache-Control")];
  };
  assertEquals(await ask("/kept/"), ["page 1", "max-age=60"]);
  assertEquals(await ask("/short/"), ["page 2", "max-age=10"]);
  assertEquals(await ask("/long/"), ["page 3", "max-age=60"]);
  time.tick(59_000);
  assertEquals(await ask("/kept/"), ["page 1", "max-age=60"]);
  assertEquals(await ask("/long/"), ["page 3", "max-age=60"]);
  assertEquals(await ask("/short/"), ["page 4", "max-age=10"]);
  time.tick(1000);
  assertEquals(await ask("/kept/"), ["page 5", "max-age=60"]);
  assertEquals([await ask("/"), await ask("/")], [["page 6", null], ["page 7", null]], "fetchCache() isn't there");
});

onEachStore("cacheFor() within the whole site's cache: its time and its tags count outside too", async (store) => {
  using time = new FakeTime("2026-03-01T12:00:00Z");
  const cache = new SiteCache({ store: store(), seconds: 1000 });
  const inner = new SiteCache({ store: store(), browserSeconds: 0 });
  let made = 0;
  const app = pipeline().use(updateCache(cache)).use(fetchCache()).handle(
    cacheFor(60, { cache: inner })((_request, context) => {
      context.cacheTag("books");
      return new Response(`page ${++made}`);
    }),
  );
  const ask = async () => {
    const text = await (await app(get())).text();
    await Promise.all([cache.settled(), inner.settled()]);
    return text;
  };
  assertEquals([await ask(), await ask()], ["page 1", "page 1"]);
  time.tick(61_000);
  assertEquals(await ask(), "page 2");
  await cache.clear();
  assertEquals(await ask(), "page 2", "the inner one still has it, with its tags");
  await Promise.all([cache.invalidate("books"), inner.invalidate("books")]);
  assertEquals(await ask(), "page 3");
});

onEachStore("cacheFor() and the whole site share a cache, and neither waits for the other", async (store) => {
  using _time = new FakeTime("2026-03-01T12:00:00Z"); // whoever waits here waits for ever
  const cache = new SiteCache({ store: store() });
  let made = 0;
  const app = pipeline()
    .use(updateCache(cache))
    .use((next) => async (request, context) => {
      const response = await next(request, context);
      response.headers.append("X-Passed", "1");
      return response;
    })
    .use(fetchCache())
    .handle(
      cacheFor(60)(
        cacheFor(30)((_request, context) => {
          context.cacheTag("books");
          return new Response(`page ${++made}`);
        }),
      ),
    );
  const ask = async () => {
    const response = await app(get());
    const text = await response.text();
    await cache.settled();
    return [text, header(response, "Cache-Control")];
  };
  for (let i = 0; i < 3; i++) assertEquals(await ask(), ["page 1", "max-age=30"]);
  await cache.invalidate("books");
  assertEquals(await ask(), ["page 2", "max-age=30"]);
});

onEachStore("cacheFor() makes a stale page again in the background", async (store) => {
  using time = new FakeTime("2026-03-01T12:00:00Z");
  const cache = new SiteCache({ store: store() });
  let made = 0;
  const app = pipeline().handle(routes({
    "/books/:id/": cacheFor(60, { cache, staleSeconds: 60 })((_request, context) =>
      new Response(`book ${(context as unknown as { params: { id: string } }).params.id}, page ${++made}`)
    ),
  }));
  const ask = async () => {
    const text = await (await app(get("/books/7/"))).text();
    await cache.settled();
    return text;
  };
  assertEquals(await ask(), "book 7, page 1");
  time.tick(61_000);
  assertEquals(await ask(), "book 7, page 1");
  assertEquals(await ask(), "book 7, page 2");
});

Deno.test("cacheFor() says why a page isn't kept", async () => {
  const cache = new SiteCache({ store: new MemoryCache(), maxBodyBytes: 10 });
  const reasons: unknown[] = [];
  const onEvent = ({ name, data }: AppEvent) => name === "cache.refused" && reasons.push(data?.reason);
  const app = pipeline({ onEvent }).handle(routes({
    "/a": cacheFor(60, { cache })((_request, context) => new Response(context.cookies.get("a"))),
    "/b": cacheFor(60, { cache })(() => new Response("b", { headers: { "Cache-Control": "private" } })),
    "/c": cacheFor(60, { cache })(() => new Response("c".repeat(11))),
    "/d": cacheFor(60, { cache })(() => new Response("d", { headers: { "Vary": "*" } })),
    "/e": cacheFor(60, { cache })(() => {
      throw new HttpError(404);
    }),
  }));
  for (const path of ["/a", "/b", "/c", "/d", "/e"]) await (await app(get(path))).text();
  assertEquals(reasons, [
    "it depends on a cookie: a session, perhaps, or a token",
    "it says private",
    "it is too large",
    "it says Vary: *",
  ]);
});

Deno.test("the site cache holds no more of an endless body than its limit, and reads no further than the visitor", async () => {
  let made = 0;
  const site = siteOf(new MemoryCache(), () =>
    new Response(
      new ReadableStream({
        pull: (controller) => {
          made++;
          controller.enqueue(new Uint8Array(1000));
        },
      }, { highWaterMark: 0 }),
    ), { maxBodyBytes: 10_000 });
  const app = pipeline().use(updateCache(site.cache)).use(fetchCache()).handle(() =>
    new Response(
      new ReadableStream({
        pull: (controller) => {
          made++;
          controller.enqueue(new Uint8Array(1000));
        },
      }, { highWaterMark: 0 }),
    )
  );
  const response = await app(get());
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert(made >= 11 && made <= 13, `${made} chunks were read although nobody asked`);
  const reader = response.body!.getReader();
  for (let i = 0; i < 50; i++) assertEquals((await reader.read()).value?.length, 1000);
  assert(made <= 53);
  await reader.cancel();
});

Deno.test("a body that breaks off, or that its visitor doesn't wait for, isn't kept, and the next request makes the page", async () => {
  let cancelled: unknown;
  const site = siteOf(new MemoryCache(), () => {
    if (site.made() > 2) return new Response("whole");
    return new Response(
      new ReadableStream({
        async pull(controller) {
          controller.enqueue(new TextEncoder().encode("half"));
          await new Promise((resolve) => setTimeout(resolve, 5));
          if (site.made() === 1) controller.error(new Error("broken off"));
        },
        cancel: (reason) => {
          cancelled = reason;
        },
      }),
    );
  });
  const app = (request: Request) => site.ask(request);
  let failure: unknown;
  await app(get()).catch((error) => failure = error);
  assertInstanceOf(failure, Error);
  const direct = pipeline().use(updateCache(site.cache)).use(fetchCache()).handle(() =>
    new Response(
      new ReadableStream({ pull: () => new Promise(() => {}), cancel: (reason) => void (cancelled = reason) }),
    )
  );
  await (await direct(get("/endless"))).body!.cancel("gone");
  assertEquals(cancelled, "gone");
  const well = pipeline().use(updateCache(site.cache)).use(fetchCache()).handle(() => new Response("whole"));
  for (const path of ["/", "/endless"]) assertEquals(await (await well(get(path))).text(), "whole");
});

Deno.test("a store that can't be reached is an event, and the site goes on", async () => {
  const down: CacheStore = {
    read: () => Promise.reject(new Error("connection refused")),
    write: () => Promise.reject(new Error("connection refused")),
    invalidate: () => Promise.reject(new Error("connection refused")),
  };
  const site = siteOf(down, counting());
  assertEquals([(await site.ask()).text, (await site.ask()).text], ["page 1", "page 2"]);
  assertEquals(site.events.map(({ name }) => name), ["cache.unavailable", "cache.unavailable"]);
  let failed = false;
  await site.cache.invalidate("books").catch(() => failed = true);
  assert(failed, "an invalidation that doesn't happen is an error");

  let records = 0;
  const full: CacheStore = {
    read: () => ({ record: undefined, asOf: "" }),
    write: () => {
      records++;
      throw new Error("disk full");
    },
    invalidate: () => {},
  };
  const other = siteOf(full, counting());
  assertEquals([(await other.ask()).text, (await other.ask()).text, records], ["page 1", "page 2", 2]);
});

Deno.test("what a store holds that no cache wrote counts as nothing", async () => {
  for (const text of ["", "nonsense", "{}\nbody", '{"response":{}}\nbody', "null\n"]) {
    const data = new TextEncoder().encode(text);
    const store: CacheStore = {
      read: () => ({ record: { data, expires: Infinity, tags: [], asOf: "" }, asOf: "" }),
      write: () => {},
      invalidate: () => {},
    };
    assertEquals((await siteOf(store, counting()).ask()).text, "page 1", text);
  }
});

Deno.test("the site cache leaves headers of one answer alone out", async () => {
  const site = siteOf(new MemoryCache(), () =>
    new Response("page", {
      headers: {
        "Server-Timing": "db;dur=5",
        "X-Request-Id": "first",
        Connection: "X-Hop",
        "X-Hop": "1",
        Date: "now",
        ETag: '"1"',
      },
    }));
  await site.ask();
  const { response } = await site.ask();
  assertEquals(
    ["Server-Timing", "X-Request-Id", "X-Hop", "Connection", "Date", "ETag"].map((name) => header(response, name)),
    [null, null, null, null, null, '"1"'],
  );
});

Deno.test("the site cache's answers stay synchronous from memory", async () => {
  const cache = new SiteCache({ store: new MemoryCache() });
  const app = pipeline().use(updateCache(cache)).use(fetchCache()).handle(() => new Response("page"));
  const first = app(get());
  assertInstanceOf(first, Response);
  await first.text();
  await cache.settled();
  const second = app(get());
  assertInstanceOf(second, Response);
  assertEquals(header(second, "Age"), "0");
});

Deno.test("fetchCache() doesn't compile before updateCache(), nor cacheFor() without a cache", async () => {
  const cache = new SiteCache({ store: new MemoryCache() });
  // @ts-expect-error: put the middleware that adds "cacheTag" before this one
  const wrong = pipeline({ onEvent() {} }).use(fetchCache()).handle(() => new Response("page"));
  assertEquals((await wrong(get())).status, 500);
  const view = cacheFor(60)(() => new Response("page"));
  // @ts-expect-error: put the middleware that adds "cacheTag" before
  const without = pipeline({ onEvent() {} }).handle(view);
  assertEquals((await without(get())).status, 500);
  pipeline().use(updateCache(cache)).handle(view);
  pipeline().handle(cacheFor(60, { cache })(() => new Response("page")));
});

Deno.test("SiteCache, updateCache() and cacheFor() refuse what can't be meant", () => {
  const store = new MemoryCache();
  assertThrows(() => new SiteCache({} as never), TypeError, "without a store");
  for (const seconds of [0, -1, 1.5, NaN, 31_536_001, "60"]) {
    assertThrows(() => new SiteCache({ store, seconds: seconds as never }), RangeError, "seconds must be");
    assertThrows(() => cacheFor(seconds as never), RangeError, "Cannot create cacheFor as seconds");
  }
  assertThrows(() => new SiteCache({ store, staleSeconds: -1 }), RangeError, "staleSeconds");
  assertThrows(() => new SiteCache({ store, browserSeconds: 0.5 }), RangeError, "browserSeconds");
  assertThrows(() => new SiteCache({ store, waitSeconds: -1 }), RangeError, "waitSeconds");
  assertThrows(() => new SiteCache({ store, maxBodyBytes: 0 }), RangeError, "maxBodyBytes");
  assertThrows(() => updateCache(store as never), TypeError, "without a cache");
  assertThrows(() => cacheFor(60, { cache: store as never }), TypeError, "must be a SiteCache");
});

Deno.test("context.cacheTag() refuses what is no tag", async () => {
  const problems: string[] = [];
  const site = siteOf(new MemoryCache(), (_request, context) => {
    const tries = [[""], [1 as never], ["x".repeat(201)], Array.from({ length: 51 }, (_, i) => `tag${i}`)];
    for (const tags of tries) {
      try {
        context.cacheTag(...tags);
      } catch (error) {
        problems.push((error as Error).name);
      }
    }
    return new Response("page");
  });
  await site.ask();
  assertEquals(problems, ["TypeError", "TypeError", "TypeError", "RangeError"]);
});

Deno.test("the site cache works through Deno.serve, with whole bodies from the second request on", async () => {
  const cache = new SiteCache({ store: new MemoryCache() });
  let made = 0;
  const app = pipeline().use(updateCache(cache)).use(fetchCache()).handle(() => new Response(`page ${++made}`));
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app);
  const url = `http://127.0.0.1:${server.addr.port}/`;
  const texts = await Promise.all(Array.from({ length: 20 }, async () => (await fetch(url)).text()));
  assertEquals(new Set(texts), new Set(["page 1"]));
  const response = await fetch(url);
  assertEquals([await response.text(), header(response, "Content-Length")], ["page 1", "6"]);
  const head = await fetch(url, { method: "HEAD" });
  assertEquals([await head.text(), header(head, "Content-Length")], ["", "6"]);
  assertMatch(header(head, "Age")!, /^[01]$/);
});

Deno.test("updateCache() and fetchCache() work around one view too", async () => {
  const cache = new SiteCache({ store: new MemoryCache() });
  let made = 0;
  const view = perView(updateCache(cache))(perView(fetchCache())(() => new Response(`page ${++made}`)));
  const app = pipeline().handle(view);
  for (let i = 0; i < 2; i++) assertEquals(await (await app(get())).text(), "page 1");
});
