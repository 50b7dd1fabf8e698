/** What a view says to caches: the results are those of Django's patch_cache_control() and never_cache(), but for what is named. */

import {
  type CacheControl,
  cacheControl,
  cacheFor,
  conditionalGet,
  gzip,
  type Handler,
  MemoryCache,
  neverCache,
  perView,
  pipeline,
  routes,
  SiteCache,
  updateCache,
} from "@nuages/web/middleware";
import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";

async function headersOf(view: Handler): Promise<Headers> {
  return (await pipeline().handle(view)(new Request("http://localhost/"))).headers;
}

const says = (header: string | undefined): Handler => () =>
  new Response("page", { headers: header === undefined ? {} : { "Cache-Control": header } });

Deno.test("cacheControl() adds to what the view says, and takes the place of what contradicts", async () => {
  const cases: [header: string | undefined, directives: CacheControl, result: string][] = [
    [undefined, { private: true }, "private"],
    ["", { private: true }, "private"],
    ["private", { private: true }, "private"],
    ["private", { public: true }, "public"],
    ["public", { private: true }, "private"],
    ["public", { public: true }, "public"],
    ["must-revalidate, max-age=60, private", { public: true }, "must-revalidate, max-age=60, public"],
    ["must-revalidate, max-age=60, public", { private: true }, "must-revalidate, max-age=60, private"],
    ["must-revalidate, max-age=60", { public: true }, "must-revalidate, max-age=60, public"],
    ["max-age=60", { maxAge: 100 }, "max-age=60"],
    ["max-age=60", { maxAge: 10 }, "max-age=10"],
    ["max-age=unknown", { maxAge: 10 }, "max-age=10"],
    [
      'no-cache="Set-Cookie, X-Own", max-age=5',
      { noTransform: true },
      'no-cache="Set-Cookie, X-Own", max-age=5, no-transform',
    ],
    ['no-cache="Set-Cookie"', { noCache: true }, "no-cache"],
    [" MAX-AGE=60 , ,Private", { maxAge: 30, public: true }, "max-age=30, public"],
    [
      "x-own=1",
      { sMaxage: 5, staleWhileRevalidate: 6, staleIfError: 7 },
      "x-own=1, s-maxage=5, stale-while-revalidate=6, stale-if-error=7",
    ],
    [undefined, { maxAge: 0, noStore: false, immutable: true }, "max-age=0, immutable"],
  ];
  for (const [header, directives, result] of cases) {
    const headers = await headersOf(cacheControl(directives)(says(header)));
    assertEquals([header, headers.get("Cache-Control")], [header, result]);
  }
});

Deno.test("neverCache() sends Django's headers", async () => {
  using _time = new FakeTime("2026-03-01T12:00:00Z");
  const headers = await headersOf(neverCache(says("max-age=60, public")));
  assertEquals(headers.get("Cache-Control"), "max-age=0, no-cache, no-store, must-revalidate, private");
  assertEquals(headers.get("Expires"), "Sun, 01 Mar 2026 12:00:00 GMT");
});

Deno.test("cacheControl() is what the site cache goes by, inside cacheFor() and around it", async () => {
  let made = 0;
  const view = () => new Response(String(++made));
  const cache = new SiteCache({ store: new MemoryCache() });
  const app = pipeline({ onEvent: () => {} }).use(updateCache(cache)).handle(routes({
    "/never/": cacheFor(60)(neverCache(view)),
    "/long/": cacheFor(60)(cacheControl({ maxAge: 600 })(view)),
    "/browser/": cacheControl({ maxAge: 5 })(cacheFor(60)(view)),
  }));
  const ask = async (path: string) => {
    const response = await app(new Request(`http://localhost${path}`));
    const text = await response.text();
    await cache.settled();
    return [text, response.headers.get("Cache-Control")];
  };
  const never = "max-age=0, no-cache, no-store, must-revalidate, private";
  assertEquals([await ask("/never/"), await ask("/never/")], [["1", never], ["2", never]]);
  assertEquals([await ask("/long/"), await ask("/long/")], [["3", "max-age=60"], ["3", "max-age=60"]]);
  assertEquals([await ask("/browser/"), await ask("/browser/")], [["4", "max-age=5"], ["4", "max-age=5"]]);
});

Deno.test("cacheControl() refuses what can't be meant, and stays synchronous", () => {
  assertThrows(() => cacheControl({}), TypeError, "without a directive");
  assertThrows(() => cacheControl({ private: true, public: true }), TypeError, "both private and public");
  for (const maxAge of [-1, 1.5, NaN, "60"]) {
    assertThrows(
      () => cacheControl({ maxAge: maxAge as number }),
      RangeError,
      "maxAge must be a whole number of seconds",
    );
  }
  assertThrows(
    () => cacheControl({ noStore: "yes" as unknown as boolean }),
    TypeError,
    "noStore must be true or false",
  );
  assertThrows(() => cacheControl({ "max-age": 1 } as CacheControl), TypeError, 'no directive "max-age"');
  const app = pipeline().handle(neverCache(cacheControl({ maxAge: 1 })(() => new Response("page"))));
  assertInstanceOf(app(new Request("http://localhost/")), Response);
});

Deno.test("gzip() and conditionalGet() around one view are Django's gzip_page and conditional_page", async () => {
  const page = () => new Response("All happy families are alike. ".repeat(50));
  const app = pipeline().handle(routes({
    "/": page,
    "/gzip/": perView(gzip())(page),
    "/conditional/": perView(conditionalGet())(page),
  }));
  const ask = async (path: string, headers: HeadersInit) => {
    const response = await app(new Request(`http://localhost${path}`, { headers }));
    await response.body?.cancel();
    return response;
  };
  const codings = ["/", "/gzip/"].map(async (path) =>
    (await ask(path, { "Accept-Encoding": "gzip" })).headers.get("Content-Encoding")
  );
  assertEquals(await Promise.all(codings), [null, "gzip"]);
  const etag = (await ask("/conditional/", {})).headers.get("ETag")!;
  assertEquals((await ask("/conditional/", { "If-None-Match": etag })).status, 304);
  assertEquals((await ask("/", {})).headers.get("ETag"), null);
});
