/** What check() says of wrong orders is what happens: each is tried with real requests. */

import {
  accessLog,
  allowedHosts,
  bodyLimit,
  brokenLinks,
  common,
  conditionalGet,
  contentSecurityPolicy,
  cors,
  fetchCache,
  gzip,
  locale,
  MemoryCache,
  methodOverride,
  pipeline,
  rateLimit,
  routes,
  security,
  SiteCache,
  updateCache,
} from "@nuages/web/middleware";
import { MemoryStore, sessions } from "@nuages/web/sessions";
import { assert, assertEquals, assertNotEquals } from "@std/assert";

const PAGE = "All happy families are alike. ".repeat(50);
const get = (headers: Record<string, string> = {}, path = "/") =>
  new Request(`https://shop.example${path}`, { headers });
const newCache = () => new SiteCache({ store: new MemoryCache() });

Deno.test("order.security: what sessions() answers inside of security() has its headers, and outside has none", async () => {
  const store = new MemoryStore();
  store.create = () => Promise.reject(new Error("no room"));
  const write = async (
    _request: Request,
    context: { session(): Promise<{ set(key: string, value: unknown): void }> },
  ) => {
    (await context.session()).set("a", 1);
    return new Response("written");
  };
  const onEvent = () => {};
  const wrong = await pipeline({ onEvent }).use(sessions({ store })).use(security()).handle(write as never)(get());
  const right = await pipeline({ onEvent }).use(security()).use(sessions({ store })).handle(write as never)(get());

  assertEquals([wrong.status, wrong.headers.get("X-Frame-Options")], [503, null]);
  assertEquals([right.status, right.headers.get("X-Frame-Options")], [503, "DENY"]);
});

Deno.test("order.content_security_policy: the refusals of a limit outside of it have no policy", async () => {
  const view = () => new Response("hello");
  const wrong = pipeline().use(rateLimit({ limit: 1 })).use(contentSecurityPolicy()).handle(view);
  const right = pipeline().use(contentSecurityPolicy()).use(rateLimit({ limit: 1 })).handle(view);
  for (const app of [wrong, right]) await app(get());

  assertEquals((await wrong(get())).headers.has("Content-Security-Policy"), false);
  assertEquals((await right(get())).headers.has("Content-Security-Policy"), true);
});

Deno.test("order.content_security_policy: an error page that asks for the nonce gets none, or fails, outside of it", async () => {
  const nonces: unknown[] = [];
  const page = (_request: Request, context: unknown) => {
    nonces.push((context as { cspNonce?: string }).cspNonce);
    return new Response("sorry", { status: 429 });
  };
  const view = () => new Response("hello");
  const options = { errors: { 429: page, 503: page }, onEvent() {} };
  const limited = pipeline(options).use(rateLimit({ limit: 1 })).use(contentSecurityPolicy()).handle(view);
  for (let i = 0; i < 2; i++) await limited(get());
  assertEquals(nonces, [undefined]);

  const store = new MemoryStore();
  store.create = () => Promise.reject(new Error("no room"));
  const failing = pipeline(options).use(sessions({ store })).use(contentSecurityPolicy()).handle(
    async (_request, context) => {
      (await context.session()).set("a", 1);
      return new Response("hello");
    },
  );
  // The policy has left, so that a nonce comes too late: the page of the 503 throws, and makes a 500 of it.
  assertEquals((await failing(get())).status, 500);
  assertEquals(nonces, [undefined]);

  const right = pipeline(options).use(contentSecurityPolicy()).use(rateLimit({ limit: 1 })).handle(view);
  for (let i = 0; i < 2; i++) await right(get());
  assertEquals([nonces.length, typeof nonces[1]], [2, "string"]);
});

Deno.test("order.access_log: what allowedHosts() refuses outside of it is not in the log", async () => {
  const lines: string[] = [];
  const log = () => accessLog({ write: (line) => lines.push(line) });
  const view = () => new Response("hello");
  await (await pipeline().use(allowedHosts(["a.example"])).use(log()).handle(view)(get())).text();
  assertEquals(lines.length, 0);
  await (await pipeline().use(log()).use(allowedHosts(["a.example"])).handle(view)(get())).text();
  assertEquals(lines.length, 1);
});

Deno.test("order.security: what allowedHosts() refuses outside of it has no security headers", async () => {
  const view = () => new Response("hello");
  const [hosts, headers] = [allowedHosts(["a.example"]), security()];
  const wrong = await pipeline().use(hosts).use(headers).handle(view)(get());
  const right = await pipeline().use(headers).use(hosts).handle(view)(get());
  assertEquals([wrong.status, wrong.headers.has("X-Frame-Options")], [400, false]);
  assertEquals([right.status, right.headers.has("X-Frame-Options")], [400, true]);
});

Deno.test("order.allowed_hosts: a redirect outside of it leads where the visitor says", async () => {
  const request = () => new Request("http://evil.example/");
  const info = {
    remoteAddr: { transport: "tcp", hostname: "192.0.2.1", port: 1 },
    completed: Promise.resolve(),
  } as const;
  const [hosts, https] = [allowedHosts(["shop.example"]), security({ sslRedirect: true })];
  const wrong = await pipeline().use(https).use(hosts).handle(() => new Response())(request(), info);
  const right = await pipeline().use(hosts).use(https).handle(() => new Response())(request(), info);

  assertEquals([wrong.status, wrong.headers.get("Location")], [301, "https://evil.example/"]);
  assertEquals(right.status, 400);
});

Deno.test("order.update_cache: a page that is kept before it is compressed is compressed for each visitor", async () => {
  const kept = async (app: (request: Request) => Response | Promise<Response>) => {
    const bodies: string[] = [];
    for (let i = 0; i < 4; i++) bodies.push((await (await app(get({ "Accept-Encoding": "gzip" }))).bytes()).toBase64());
    return new Set(bodies).size === 1;
  };
  const view = () => new Response(PAGE);
  assertEquals(await kept(pipeline().use(gzip()).use(updateCache(newCache())).use(fetchCache()).handle(view)), false);
  assertEquals(await kept(pipeline().use(updateCache(newCache())).use(gzip()).use(fetchCache()).handle(view)), true);
});

Deno.test("order.gzip: a tag made of compressed bytes is never the same twice", async () => {
  const again = async (app: (request: Request) => Response | Promise<Response>) => {
    const statuses: number[] = [];
    for (let i = 0; i < 3; i++) {
      const tag = (await app(get({ "Accept-Encoding": "gzip" }))).headers.get("ETag")!;
      statuses.push((await app(get({ "Accept-Encoding": "gzip", "If-None-Match": tag }))).status);
    }
    return statuses;
  };
  const view = () => new Response(PAGE);
  assertNotEquals(await again(pipeline().use(conditionalGet()).use(gzip()).handle(view)), [304, 304, 304]);
  assertEquals(await again(pipeline().use(gzip()).use(conditionalGet()).handle(view)), [304, 304, 304]);
});

Deno.test("order.locale: inside of fetchCache() a page is kept for every header, and not for every language", async () => {
  const made = async (
    cached: (view: (language: string) => Response) => (request: Request) => Response | Promise<Response>,
  ) => {
    let count = 0;
    const app = cached((language) => new Response(`${language} ${++count}`));
    for (const language of ["en", "en-GB", "en;q=0.9", "de"]) {
      await (await app(get({ "Accept-Language": language }))).text();
    }
    return count;
  };
  const languages = locale({ languages: ["en", "de"] });
  const wrong = await made((view) =>
    pipeline().use(updateCache(newCache())).use(fetchCache()).use(languages).handle((_, { language }) => view(language))
  );
  const right = await made((view) =>
    pipeline().use(updateCache(newCache())).use(languages).use(fetchCache()).handle((_, { language }) => view(language))
  );

  assertEquals([wrong, right], [4, 2]);
});

Deno.test("order.fetch_cache: inside of it common(), conditionalGet() and rateLimit() have no say about kept pages", async () => {
  const view = () => new Response(PAGE);
  const bots = common({ disallowedUserAgents: [/bot/] });
  const [wrong, right] = [
    pipeline().use(updateCache(newCache())).use(fetchCache()).use(bots).handle(view),
    pipeline().use(updateCache(newCache())).use(bots).use(fetchCache()).handle(view),
  ];
  for (const app of [wrong, right]) await (await app(get())).text();
  assertEquals((await wrong(get({ "User-Agent": "bot" }))).status, 200);
  assertEquals((await right(get({ "User-Agent": "bot" }))).status, 403);

  const untagged = pipeline().use(updateCache(newCache())).use(fetchCache()).use(conditionalGet()).handle(view);
  const tag = (await untagged(get())).headers.get("ETag")!;
  await (await untagged(get())).text();
  assertEquals((await untagged(get({ "If-None-Match": tag }))).status, 200);

  const limited = pipeline().use(updateCache(newCache())).use(fetchCache()).use(rateLimit({ limit: 1 })).handle(view);
  for (let i = 0; i < 3; i++) assertEquals((await limited(get())).status, 200);
});

Deno.test('cors({ origins: "*" }) inside of fetchCache() is no mistake: kept pages can be read by all', async () => {
  const view = () => new Response("hello");
  const shared = pipeline().use(updateCache(newCache())).use(fetchCache()).use(cors({ origins: "*" })).handle(view);
  await (await shared(get())).text();
  assertEquals((await shared(get({ Origin: "https://app.example" }))).headers.get("Access-Control-Allow-Origin"), "*");
});

Deno.test("order.body_limit: a form is read before its size counts", async () => {
  const form = new URLSearchParams({ _method: "delete", text: "a".repeat(5000) });
  const post = () => new Request("https://shop.example/", { method: "POST", body: form });
  const read: number[] = [];
  const observed = (request: Request): Request => {
    const { body } = request;
    const counting = body!.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform: (piece, to) => (read.push(piece.length), to.enqueue(piece)),
      }),
    );
    return new Request(request, { body: counting });
  };
  const view = () => new Response("done");
  const right = await pipeline().use(bodyLimit({ maxBytes: 1000 })).use(methodOverride()).handle(view)(
    observed(post()),
  );
  assertEquals(right.status, 413);
  const wrong = await pipeline().use(methodOverride()).use(bodyLimit({ maxBytes: 1000 })).handle(view)(
    observed(post()),
  );
  assertNotEquals(wrong.status, 413);
  assert(read.some((length) => length > 1000));
});

Deno.test("order.cors: scripts can read the refusals of a limit inside of it, and none outside", async () => {
  const view = () => new Response("hello");
  const [limit, origins] = [() => rateLimit({ limit: 1 }), cors({ origins: ["https://app.example"] })];
  const asked = get({ Origin: "https://app.example" });
  const wrong = pipeline().use(limit()).use(origins).handle(view);
  const right = pipeline().use(origins).use(limit()).handle(view);
  for (const app of [wrong, right]) await app(get());

  assertEquals((await wrong(asked)).headers.get("Access-Control-Allow-Origin"), null);
  assertEquals((await right(asked)).headers.get("Access-Control-Allow-Origin"), "https://app.example");
});

Deno.test("order.broken_links: links are reported that common() finds a page for", async () => {
  const found: string[] = [];
  const links = brokenLinks({ report: ({ url }) => void found.push(url) });
  const table = routes({ "GET /about/": () => new Response("about") });
  const slash = common({ appendSlash: table });
  const linked = get({ Referer: "https://news.example/" }, "/about");
  await pipeline().use(links).use(slash).handle(table)(linked);
  assertEquals(found, []);
  await pipeline().use(slash).use(links).handle(table)(linked);
  assertEquals(found, ["/about"]);
});
