/** The site cache among the other layers, in Django's order. */

import {
  common,
  conditionalGet,
  contentSecurityPolicy,
  csrf,
  fetchCache,
  gzip,
  locale,
  MemoryCache,
  pipeline,
  routes,
  security,
  SiteCache,
  updateCache,
} from "@nuages/web/middleware";
import { messages } from "@nuages/web/messages";
import { MemoryStore, sessions } from "@nuages/web/sessions";
import { assertEquals, assertNotEquals } from "@std/assert";

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
