/** The site cache among the other layers, in Django's order. */

import {
  type AppEvent,
  cacheFor,
  common,
  conditionalGet,
  contentSecurityPolicy,
  contextProcessor,
  csrf,
  extend,
  fetchCache,
  gzip,
  locale,
  MemoryCache,
  pipeline,
  rateLimit,
  routes,
  security,
  serverTiming,
  SiteCache,
  TemplateResponse,
  updateCache,
} from "@nuages/web/middleware";
import { messages } from "@nuages/web/messages";
import { MemoryStore, sessions } from "@nuages/web/sessions";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";

function stack() {
  const cache = new SiteCache({ store: new MemoryCache() });
  let made = 0;
  const table = routes({
    "GET /": () => new Response(`page ${++made} `.repeat(200), { headers: { "Content-Type": "text/html" } }),
    "GET /cart/": async (_request, context) => {
      const session = await (context as unknown as { session(): Promise<{ get(key: string): unknown }> }).session();
      return new Response(`cart ${++made} ${session.get("cart")}`);
    },
    "GET /form/": (_request, context) => {
      return new Response(`form ${++made} ${(context as unknown as { csrfToken(): string }).csrfToken()}`);
    },
  });
  const app = pipeline({ keys: ["a secret key of these tests, and of nothing else"], onEvent() {} })
    .use(security())
    .use(updateCache(cache))
    .use(gzip())
    .use(sessions<{ cart: string }>({ store: new MemoryStore() }))
    .use(conditionalGet())
    .use(locale({ languages: ["en", "de"] }))
    .use(common({ appendSlash: table }))
    .use(csrf())
    .use(messages())
    .use(fetchCache())
    .use(contentSecurityPolicy())
    .handle(table);
  const ask = async (path: string, headers: HeadersInit = {}) => {
    const response = await app(new Request(`https://shop.example${path}`, { headers }));
    const body = new Uint8Array(await response.arrayBuffer());
    await cache.settled();
    return { response, body, status: response.status };
  };
  return { ask, made: () => made };
}

async function unpacked(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).text();
}

Deno.test("a page is kept compressed, once for each coding, and shown with the same headers", async () => {
  const { ask, made } = stack();
  const first = await ask("/", { "Accept-Encoding": "gzip" });
  const second = await ask("/", { "Accept-Encoding": "gzip" });
  assertEquals(made(), 1);
  assertEquals(second.body, first.body, "padding and all");
  assertEquals((await unpacked(second.body)).slice(0, 7), "page 1 ");
  const differing = [...first.response.headers].filter(([name, value]) => second.response.headers.get(name) !== value);
  assertEquals(differing, []);
  assertEquals(second.response.headers.get("Content-Encoding"), "gzip");
  const plain = await ask("/");
  assertEquals([plain.response.headers.get("Content-Encoding"), made()], [null, 2]);
});

Deno.test("a kept page answers with 304 to whoever has it", async () => {
  const { ask, made } = stack();
  const etag = (await ask("/")).response.headers.get("ETag");
  assertNotEquals(etag, null);
  for (let i = 0; i < 2; i++) {
    const { status, response } = await ask("/", { "If-None-Match": etag! });
    assertEquals([status, response.headers.get("Cache-Control"), made()], [304, "max-age=600", 1]);
  }
});

Deno.test("a page that isn't kept yet answers with a 304 that says for how long it is good, as the page would", async () => {
  const { ask } = stack();
  const etag = (await stack().ask("/")).response.headers.get("ETag")!;
  const { status, response } = await ask("/", { "If-None-Match": etag });
  assertEquals([status, response.headers.get("Cache-Control")], [304, "max-age=600"]);
  assert(response.headers.has("Expires"));
});

Deno.test("pages with a session or a token are made for each visitor, and errors and redirects too", async () => {
  const { ask, made } = stack();
  for (const path of ["/cart/", "/form/"]) {
    const before = made();
    for (let i = 0; i < 2; i++) assertEquals((await ask(path)).status, 200);
    assertEquals(made(), before + 2, path);
  }
  for (let i = 0; i < 2; i++) {
    assertEquals((await ask("/cart")).status, 301);
    assertEquals((await ask("/nothing/")).status, 404);
  }
});

Deno.test("a page that is made again in the background has what the layers outside give, for the site and for a view", async () => {
  using time = new FakeTime("2026-03-01T12:00:00Z");
  const cache = new SiteCache({ store: new MemoryCache(), seconds: 60, staleSeconds: 600 });
  const events: AppEvent[] = [];
  let made = 0;
  const view = () =>
    new TemplateResponse(({ outside, inside, languages }: Record<string, unknown>, context) => {
      const { params, own, language, timing } = context as unknown as Record<string, unknown>;
      return JSON.stringify({
        outside,
        inside,
        languages,
        made: ++made,
        params,
        own,
        here: context.url.href,
        language,
        timing: typeof timing,
      });
    });
  const base = pipeline({ onEvent: (event) => events.push(event) })
    .use(serverTiming({ show: () => true }))
    .use(contextProcessor(() => ({ outside: true })))
    .use<{ own: string }>((next) => (request, context) => next(request, extend(context, { own: "mine" })))
    .use(updateCache(cache))
    .use(contextProcessor(() => ({ inside: true })))
    .use(csrf())
    .use(locale({ languages: ["en", "de"] }));
  const apps = [
    base.use(fetchCache()).handle(routes({ "/books/:id/": view })),
    base.handle(routes({ "/books/:id/": cacheFor(60)(view) })),
  ];
  for (const app of apps) {
    made = 0;
    await cache.clear();
    const ask = async () => {
      const response = await app(
        new Request("https://shop.example/books/7/?a=1", { headers: { "Accept-Language": "de" } }),
      );
      const text = await response.text();
      await cache.settled();
      return JSON.parse(text);
    };
    const page = {
      ...{
        outside: true,
        inside: true,
        language: "de",
        languages: ["en", "de"],
        made: 1,
        params: { id: "7" },
        own: "mine",
      },
      ...{ here: "https://shop.example/books/7/?a=1", timing: "object" },
    };
    assertEquals(await ask(), page);
    time.tick(61_000);
    assertEquals(await ask(), page, "stale");
    assertEquals(await ask(), { ...page, made: 2 });
    assertEquals(events, []);
  }
});

Deno.test("updateCache() outside of rateLimit() keeps no visitor's limit with the page", async () => {
  const app = pipeline()
    .use(updateCache(new SiteCache({ store: new MemoryCache() })))
    .use(rateLimit({ limit: 9 }))
    .use(fetchCache())
    .handle(() => new Response("hello"));
  const ask = async () => {
    const response = await app(new Request("https://shop.example/"));
    await response.text();
    return [response.headers.get("RateLimit"), response.headers.get("RateLimit-Policy")];
  };

  assertEquals(await ask(), ['"default";r=8;t=60', '"default";q=9;w=60']);
  assertEquals(await ask(), ['"default";r=7;t=60', '"default";q=9;w=60']);
});
