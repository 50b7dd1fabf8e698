/** A table of views. */

import { type App, type Handler, HttpError, markView, perView, pipeline, routes } from "@nuages/web/middleware";
import { assert, assertEquals, assertFalse, assertStringIncludes, assertThrows } from "@std/assert";
import { assertLinear } from "../_growth.ts";

const say = (text: string): Handler => () => new Response(text);
const params: Handler = (_request, context) =>
  Response.json({ ...(context as unknown as { params: Record<string, string> }).params });

/** Asks an application and gives status and text, as "200 home". */
async function ask(app: App, what: string): Promise<string> {
  const [method, path] = what.includes(" ") ? what.split(" ") as [string, string] : ["GET", what];
  const response = await app(new Request(`http://localhost${path}`, { method }));
  return `${response.status} ${response.status >= 400 ? "" : await response.text()}`.trim();
}
const appOf = (table: Record<string, Handler>): App => pipeline().handle(routes(table));

Deno.test("routes() finds literal paths, exactly as they are written", async () => {
  const app = appOf({
    "/": say("home"),
    "GET /books/": say("books"),
    "/books": say("no slash"),
    "/Books/": say("upper"),
  });
  assertEquals(await ask(app, "/"), "200 home");
  assertEquals(await ask(app, "/?page=2"), "200 home");
  assertEquals(await ask(app, "/books/"), "200 books");
  assertEquals(await ask(app, "/books"), "200 no slash");
  assertEquals(await ask(app, "/Books/"), "200 upper");
  for (const path of ["/BOOKS/", "/books//", "//books/", "/books/1", "//", "/books/%20"]) {
    assertEquals(await ask(app, path), "404", path);
  }
});

Deno.test("routes() finds patterns, and gives their parts percent-decoded", async () => {
  const app = appOf({
    "/books/:id/": params,
    "/by/:year(\\d{4})/:month?/": params,
    "/files/*": params,
    "/all/:path+": params,
    "/:lang{-:region}?/about/": params,
  });
  const found = async (path: string) => {
    const answer = await ask(app, path);
    return answer.startsWith("200") ? JSON.parse(answer.slice(4)) : answer;
  };
  assertEquals(await found("/books/7/"), { id: "7" });
  assertEquals(await found("/books/caf%C3%A9%20%26%2Fx/"), { id: "café &/x" });
  assertEquals(await found("/books/100%25/"), { id: "100%" });
  assertEquals(await found("/books/%2525/"), { id: "%25" });
  assertEquals(await found("/books/a+b/"), { id: "a+b" });
  assertEquals(await found("/by/2026/11/"), { year: "2026", month: "11" });
  assertEquals(await found("/by/20261/11/"), "404");
  assertEquals(await found("/files/a/b.txt"), { 0: "a/b.txt" });
  assertEquals(await found("/all/a/b/c"), { path: "a/b/c" });
  assertEquals(await found("/de-AT/about/"), { lang: "de", region: "AT" });
  assertEquals(await found("/de/about/"), { lang: "de" });
  assertEquals(await found("/books//"), "404");
});

Deno.test("routes() prefers literal paths, then the first pattern", async () => {
  const app = appOf({
    "/books/:id": say("first"),
    "/books/:slug([a-z]+)": say("never"),
    "/*": say("rest"),
    "/books/new": say("literal"),
  });
  assertEquals(await ask(app, "/books/new"), "200 literal");
  assertEquals(await ask(app, "/books/emma"), "200 first");
  assertEquals(await ask(app, "/books/emma/x"), "200 rest");
  assertEquals(await ask(app, "/"), "200 rest");
});

Deno.test("routes() goes on to a pattern if the literal path has no view for the method", async () => {
  const app = appOf({ "GET /books/new": say("form"), "POST /books/:id": params, "DELETE /books/*": say("deleted") });
  assertEquals(await ask(app, "GET /books/new"), "200 form");
  assertEquals(await ask(app, "POST /books/new"), '200 {"id":"new"}');
  assertEquals(await ask(app, "DELETE /books/new"), "200 deleted");
});

Deno.test("routes() prefers a view for the method to one for all", async () => {
  const app = appOf({ "/a": say("any"), "POST /a": say("post"), "HEAD /a": say("") });
  assertEquals(await ask(app, "GET /a"), "200 any");
  assertEquals(await ask(app, "POST /a"), "200 post");
  assertEquals(await ask(app, "OPTIONS /a"), "200 any");
  assertEquals(await ask(app, "PURGE /a"), "200 any");
});

Deno.test("routes() answers 405 with every method that is allowed", async () => {
  const app = appOf({ "GET /a/b": say("get"), "POST /a/:id": say("post"), "DELETE /*": say("delete") });
  const allow = async (method: string, path: string) => {
    const response = await app(new Request(`http://localhost${path}`, { method }));
    return [response.status, response.headers.get("Allow")];
  };
  assertEquals(await allow("PUT", "/a/b"), [405, "DELETE, GET, HEAD, OPTIONS, POST"]);
  assertEquals(await allow("PUT", "/a/c"), [405, "DELETE, OPTIONS, POST"]);
  assertEquals(await allow("HEAD", "/a/c"), [405, "DELETE, OPTIONS, POST"]);
  assertEquals(await allow("GET", "/x"), [405, "DELETE, OPTIONS"]);
  assertEquals(await allow("CONSTRUCTOR", "/x"), [405, "DELETE, OPTIONS"]);
});

Deno.test("routes() takes methods as they are, in capitals", async () => {
  const app = appOf({ "GET /a": say("get") });
  const request = Object.defineProperty(new Request("http://localhost/a"), "method", { value: "get" });
  assertEquals((await app(request)).status, 405);
});

Deno.test("routes() answers HEAD with the view for GET", async () => {
  const app = appOf({ "GET /a": (request) => new Response("body", { headers: { "X-Method": request.method } }) });
  const response = await app(new Request("http://localhost/a", { method: "HEAD" }));
  assertEquals([response.status, response.headers.get("X-Method")], [200, "HEAD"]);
});

Deno.test("routes() answers OPTIONS with what is allowed", async () => {
  const app = appOf({ "GET /a": say("get"), "POST /a": say("post"), "GET /b": say("b"), "OPTIONS /b": say("own") });
  const response = await app(new Request("http://localhost/a", { method: "OPTIONS" }));
  assertEquals([response.status, response.headers.get("Allow"), response.body], [
    204,
    "GET, HEAD, OPTIONS, POST",
    null,
  ]);
  response.headers.set("X-Writable", "yes");
  assertEquals(await ask(app, "OPTIONS /b"), "200 own");
  assertEquals(await ask(app, "OPTIONS /c"), "404");
});

Deno.test("routes() answers 400 to a part that isn't percent-encoded UTF-8", async () => {
  const app = appOf({ "/books/:id/": params, "/plain/": say("plain") });
  for (const part of ["%ZZ", "%", "%E9", "%C3%28", "%ff", "a%", "%u0041"]) {
    assertEquals(await ask(app, `/books/${part}/`), "400", part);
    assertEquals(await ask(app, `/plain/${part}/`), "404", part);
  }
  assertEquals(await ask(app, "/books/%00/"), '200 {"id":"\\u0000"}');
});

Deno.test("routes() gives parameters that are nothing but the path's", async () => {
  const app = appOf({
    "/p/:__proto__/:constructor/": (_request, context) => {
      const { params } = context as unknown as { params: Record<string, string> };
      return Response.json([
        params["__proto__"],
        params["constructor"],
        typeof params["toString"],
        Object.keys(params),
      ]);
    },
    "/literal": (_request, context) => {
      const { params } = context as unknown as { params: Record<string, string> };
      return Response.json([params["constructor"] ?? "none", params["__proto__"] ?? "none", Object.keys(params)]);
    },
  });
  assertEquals(await ask(app, "/p/a/b/"), '200 ["a","b","undefined",["__proto__","constructor"]]');
  assertEquals(await ask(app, "/literal"), '200 ["none","none",[]]');
  assertEquals((Object.prototype as { a?: unknown }).a, undefined);
});

Deno.test("routes() finds literal paths with other characters however a client encodes them", async () => {
  const app = appOf({
    "/café/": say("café"),
    "/a%20b/": say("space"),
    "/100%25/": say("percent"),
    "/é/:id": params,
    "/%c3%a4/": say("ä"),
  });
  assertEquals(await ask(app, "/café/"), "200 café");
  assertEquals(await ask(app, "/caf%C3%A9/"), "200 café");
  assertEquals(await ask(app, "/caf%c3%a9/"), "200 café");
  assertEquals(await ask(app, "/%C3%A4/"), "200 ä");
  assertEquals(await ask(app, "/%c3%A4/"), "200 ä");
  assertEquals(await ask(app, "/100%25/"), "200 percent");
  assertEquals(await ask(app, "/%c3%a9/x%2fy"), '200 {"id":"x/y"}');
});

Deno.test("routes() doesn't find a path by another spelling, which a check of the path would miss", async () => {
  const app = appOf({ "/admin/": say("admin"), "/admin/:id": say("one") });
  for (const path of ["/%61dmin/", "/adm%69n/x", "/%2Fadmin/", "//admin/", "/admin%2F", "/admin%2fx", "/admin;x/"]) {
    assertEquals(await ask(app, path), "404", path);
  }
  assertEquals(await ask(app, "/x/../admin/"), "200 admin");
  assertEquals(await ask(app, "/x/%2e%2E/admin/"), "200 admin");
  assertEquals(await ask(app, "/admin\\x"), "200 one");
});

Deno.test("routes() keeps its head with long and slashed paths", async () => {
  const app = appOf({ "/a/:b/:c": params, "/:x*/end": say("end"), "/lit": say("lit") });
  const missing = [
    (size: number) => "/".repeat(size),
    (size: number) => "/a".repeat(size / 2),
    (size: number) => `/a/${"x".repeat(size)}`,
    (size: number) => `/${"%41".repeat(size / 3)}`,
  ];
  await assertLinear(50_000, missing, async (path) => assertEquals(await ask(app, path), "404"));
  const found = (size: number) => `/${"a/".repeat(size / 2)}end`;
  await assertLinear(50_000, [found], async (path) => assertEquals(await ask(app, path), "200 end"));
});

Deno.test("routes() can hold tables, whose views have the parameters of both", async () => {
  const inner = routes({ "GET /shops/:shop/books/:book": params, "POST /shops/:shop/": say("post") });
  const app = pipeline().handle(routes({ "/shops/:name/*": inner, "/": say("home") }));
  assertEquals(await ask(app, "/shops/emma/books/7"), '200 {"0":"books/7","name":"emma","shop":"emma","book":"7"}');
  assertEquals(await ask(app, "PUT /shops/emma/"), "405");
  assertEquals(await ask(app, "OPTIONS /shops/emma/"), "204");
  assertEquals(await ask(app, "/shops/emma/x"), "404");
});

Deno.test("routes() works behind what is no pipeline's view", async () => {
  const table = routes({ "/books/:id": params });
  const app = pipeline().handle((request, context) => table(request, context));
  assertEquals(await ask(app, "/books/7"), '200 {"id":"7"}');
  assertEquals(await ask(app, "/nowhere"), "404");
  const wrapped = pipeline().handle(perView((next) => (request, context) => next(request, context))(table));
  assertEquals(await ask(wrapped, "/books/7"), '200 {"id":"7"}');
});

Deno.test("resolve() says which view a request would get, with its parameters", async () => {
  const book = say("book");
  const table = routes({ "GET /books/:id": book });
  await pipeline().handle((_request, context) => {
    const route = table.resolve(new Request("http://localhost/"), context);
    assert(route.view === book);
    assertEquals({ ...route.params }, { id: "7" });
    return new Response();
  })(new Request("http://localhost/books/7"));
  await pipeline().handle((request, context) => {
    const error = assertThrows(() => table.resolve(request, context), HttpError);
    assertEquals([error.status, error.headers.get("Allow")], [405, "GET, HEAD, OPTIONS"]);
    return new Response();
  })(new Request("http://localhost/books/7", { method: "POST" }));
});

Deno.test("matches() says whether a path has a view, for any method or one", () => {
  const table = routes({ "GET /books/": say(""), "POST /books/:id/": say(""), "/any": say(""), "/café/": say("") });
  assert(table.matches("/books/"));
  assertFalse(table.matches("/books"));
  assert(table.matches("/books/7/"));
  assert(table.matches("/books/", "HEAD"));
  assertFalse(table.matches("/books/", "POST"));
  assertFalse(table.matches("/books/7/", "GET"));
  assert(table.matches("/any", "PATCH"));
  assert(table.matches("/caf%c3%a9/"));
  for (const path of ["", "books/", "//", "http://localhost/books/", "/books/?x", "/books/#x", "\0", "/%ZZ"]) {
    assertFalse(table.matches(path), path);
  }
});

Deno.test("matches() counts a path that can't be decoded", () => {
  assert(routes({ "/books/:id/": say("") }).matches("/books/%ZZ/"));
});

Deno.test("routes() refuses a malformed key, and says how one is written", () => {
  const bad = [
    "",
    "books",
    "GET",
    "GET books",
    "get /books",
    "GET  /books",
    " /books",
    "/books ",
    "GET /a b c",
    "GET/books",
    "GET POST /",
    "http://x/",
    "/a\tb",
    "/a\n",
  ];
  for (const key of bad) {
    assertThrows(() => routes({ [key]: say("") }), TypeError, 'write "GET /books/:id/" or "/books/:id/"', key);
  }
  for (const key of ["/search?q=1", "/a:", "/:1", "/(", "/a+", "/{", "/:id(\\d", "/:a/:a"]) {
    assertThrows(() => routes({ [key]: say("") }), TypeError, "is no URLPattern", key);
  }
  for (const key of ["/a#b", "/:id#b", "GET /#"]) {
    assertThrows(() => routes({ [key]: say("") }), TypeError, "#", key);
  }
});

Deno.test("routes() refuses keys that mean the same", () => {
  const refused = (table: Record<string, Handler>) =>
    assertThrows(() => routes(table), TypeError, "stands for the same as another key");
  refused({ "/café/": say(""), "/caf%C3%A9/": say("") });
  refused({ "/caf%c3%a9/": say(""), "/caf%C3%A9/": say("") });
  refused({ "GET /a/../b": say(""), "GET /b": say("") });
  refused({ "/books/:id": say(""), "/books/:slug": say("") });
  refused({ "GET /é/:id(\\d+)": say(""), "GET /%C3%A9/:n(\\d+)": say("") });
  routes({ "GET /a": say(""), "POST /a": say(""), "/a": say("") });
  routes({ "GET /:id": say(""), "POST /:slug": say("") });
  routes({ "/:id(\\d+)": say(""), "/:slug": say("") });
  routes({ "/:id(a(?:bc|d))": say(""), "/:id(a(?:ef|d))": say("") });
  routes({ "/\\:a": say(""), "/\\:b": say("") });
});

Deno.test("routes() refuses a view that is none", () => {
  for (const view of [undefined, null, "page", {}]) {
    // deno-lint-ignore no-explicit-any -- what a program without types does
    assertThrows(() => routes({ "GET /a": view as any }), TypeError, 'the view of "GET /a" is no function');
  }
});

Deno.test("routes() takes a path that begins with two slashes for a path", async () => {
  const app = appOf({ "//evil.example/": say("odd") });
  assertEquals(await ask(app, "//evil.example/"), "200 odd");
  assertEquals(await ask(app, "/"), "404");
});

Deno.test("routes() leaves a marked view's name for messages", async () => {
  const errors: unknown[] = [];
  const app = pipeline({ onEvent: ({ error }) => errors.push(error) }).handle(routes({
    // deno-lint-ignore no-explicit-any -- what a program without types does
    "/": markView(function cartPage() {} as any, "audit.skip"),
  }));
  assertEquals(await ask(app, "/"), "500");
  assertStringIncludes(String(errors), 'The view "cartPage" must answer');
});
