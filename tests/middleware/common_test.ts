/** common(): one address for each page. */

import {
  allowedHosts,
  common,
  type CommonOptions,
  type Handler,
  noAppendSlash,
  NotFound,
  pipeline,
  type PipelineOptions,
  routes,
  security,
} from "@nuages/web/middleware";
import { assert, assertEquals, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";
import { delay } from "@std/async/delay";

const hello = () => new Response("hello");
const table = routes({
  "/about/": hello,
  "GET /books/:id/": hello,
  "POST /cart/": async (request) => new Response(await request.text()),
  "/plain": hello,
  "/both": hello,
  "/both/": hello,
  "/gone/": () => {
    throw new NotFound();
  },
  "/kept/": noAppendSlash(hello),
  "/shop/*": routes({ "/shop/emma/": hello, "/shop/kept/": noAppendSlash(hello) }),
  "/any/*/": hello,
  "/%2Fevil.example/": hello,
});

const site = (options: CommonOptions = { appendSlash: table }, view: Handler = table) =>
  pipeline().use(common(options)).handle(view);

async function ask(path: string, method = "GET", app = site()) {
  const { status, headers } = await app(new Request(`http://localhost${path}`, { method }));
  return [status, headers.get("Location")];
}

Deno.test("common({ appendSlash }) sends visitors to the address with the slash, if there is one", async () => {
  assertEquals(await ask("/about"), [301, "/about/"]);
  assertEquals(await ask("/about?page=2&x=%20"), [301, "/about/?page=2&x=%20"]);
  assertEquals(await ask("/books/7"), [301, "/books/7/"]);
  assertEquals(await ask("/books/%C3%A9"), [301, "/books/%C3%A9/"]);
  for (const path of ["/about/", "/plain", "/both", "/both/"]) assertEquals(await ask(path), [200, null], path);
  for (const path of ["/nowhere", "/nowhere/", "/about//", "/gone/", "/plain/"]) {
    assertEquals(await ask(path), [404, null], path);
  }
});

Deno.test("common({ appendSlash }) keeps method and body: 301 for GET and HEAD, 308 for all else", async () => {
  assertEquals(await ask("/about", "HEAD"), [301, "/about/"]);
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    assertEquals(await ask("/cart", method), [308, "/cart/"], method);
  }
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, site());
  const response = await fetch(`http://127.0.0.1:${server.addr.port}/cart`, { method: "POST", body: "emma" });
  assertEquals([response.status, response.redirected, await response.text()], [200, true, "emma"]);
});

Deno.test("common({ appendSlash }) doesn't ask about a page that is there, but says itself that there is nothing", async () => {
  const own = routes({ "/x": () => new Response("none", { status: 404 }), "/x/": hello });
  assertEquals(await ask("/x", "GET", site({ appendSlash: own }, own)), [404, null]);
});

Deno.test("common({ appendSlash }) leaves views that are marked, and looks into tables within tables", async () => {
  assertEquals(await ask("/kept"), [404, null]);
  assertEquals(await ask("/kept/"), [200, null]);
  assertEquals(await ask("/shop/emma"), [301, "/shop/emma/"]);
  assertEquals(await ask("/shop/kept"), [404, null]);
  assertEquals(await ask("/shop/nowhere"), [404, null]);
});

Deno.test("common({ appendSlash }) sends nobody to another site", async () => {
  const anything = site({ appendSlash: (path) => path.endsWith("/") }, () => {
    throw new NotFound();
  });
  const cases: [path: string, location: string][] = [
    ["//evil.example", "/%2Fevil.example/"],
    ["///evil.example", "/%2F/evil.example/"],
    ["/\\evil.example", "/%2Fevil.example/"],
    ["/..//evil.example", "/%2Fevil.example/"],
    ["/.//evil.example?next=//evil.example", "/%2Fevil.example/?next=//evil.example"],
    ["/%2Fevil.example", "/%2Fevil.example/"],
    ["/\t/evil.example", "/%2Fevil.example/"],
  ];
  for (const [path, location] of cases) {
    assertEquals(await ask(path, "GET", anything), [301, location], path);
    assertEquals(new URL(location, "https://good.example/at/").host, "good.example");
  }
  // Over the wire, where nobody tidies the address up before it is sent.
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, anything);
  for (
    const path of ["//evil.example", "/\\evil.example", "//evil.example/%2e%2e", "http://evil.example//evil.example"]
  ) {
    const answer = await wire(server.addr.port, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
    const location = /^location: (.*)\r$/im.exec(answer)?.[1];
    if (location !== undefined) assertEquals(new URL(location, "https://good.example/").host, "good.example", path);
  }
});

Deno.test("common({ appendSlash }) asks a function where there is another router", async () => {
  const asked: string[] = [];
  const app = site({
    appendSlash(path) {
      asked.push(path);
      return path === "/a%20b/";
    },
  }, (request) => new Response("?", { status: new URL(request.url).pathname === "/there" ? 200 : 404 }));
  assertEquals(await ask("/a%20b?q=1", "GET", app), [301, "/a%20b/?q=1"]);
  assertEquals(await ask("/b", "GET", app), [404, null]);
  assertEquals(await ask("/there", "GET", app), [200, null]);
  assertEquals(asked, ["/a%20b", "/a%20b/", "/b", "/b/"]);
  const events: string[] = [];
  const listening = pipeline({ onEvent: ({ error }) => events.push(String(error)) })
    .use(common({ appendSlash: (() => Promise.resolve(true)) as never }))
    .handle(() => new Response("", { status: 404 }));
  assertEquals((await listening(new Request("http://localhost/x"))).status, 500);
  assertStringIncludes(events[0]!, "must answer true or false");
});

Deno.test("common({ appendSlash }) lets go of the page that isn't sent", async () => {
  const cancelled = Promise.withResolvers<void>();
  const app = site({ appendSlash: (path) => path.endsWith("/") }, () => {
    const body = new ReadableStream({ cancel: () => cancelled.resolve() }, { highWaterMark: 0 });
    return new Response(body, { status: 404 });
  });
  assertEquals(await ask("/x", "GET", app), [301, "/x/"]);
  await cancelled.promise;
});

Deno.test("common({ prependWww }) sends visitors to the host with www, and to the slash on the way", async () => {
  const app = site({ prependWww: true, appendSlash: table });
  const location = async (address: string, method = "GET", from = app) => {
    const { status, headers } = await from(new Request(address, { method }));
    return [status, headers.get("Location")];
  };
  assertEquals(await location("https://example.com/about/?a=1"), [301, "https://www.example.com/about/?a=1"]);
  assertEquals(await location("http://example.com:8000/about"), [301, "http://www.example.com:8000/about/"]);
  assertEquals(await location("https://example.com/cart", "POST"), [308, "https://www.example.com/cart/"]);
  assertEquals(await location("https://example.com//evil.example/"), [301, "https://www.example.com//evil.example/"]);
  assertEquals(await location("https://WWW.example.com/about/"), [200, null]);
  for (const address of ["http://localhost/about/", "https://192.0.2.7/about/", "https://[2001:db8::1]/about/"]) {
    assertEquals(await location(address), [200, null], address);
  }
  const checked = pipeline().use(allowedHosts([".example.com"])).use(common({ prependWww: true })).handle(hello);
  assertEquals(await location("https://evil.example/", "GET", checked), [400, null]);
});

Deno.test("common({ disallowedUserAgents }) turns programs away, every time", async () => {
  const app = site({ disallowedUserAgents: [/badbot/gi, /^evil/y] }, hello);
  const status = async (program?: string) =>
    (await app(new Request("http://localhost/", program === undefined ? {} : { headers: { "User-Agent": program } })))
      .status;
  for (let i = 0; i < 4; i++) assertEquals(await status("Mozilla/5.0 (BadBot/1.0)"), 403);
  assertEquals([await status("evil/1.0"), await status("not evil/1.0"), await status("Mozilla/5.0")], [403, 200, 200]);
  assertEquals(await status(), 200);
});

Deno.test("common() inside security(): refusals and redirects have the headers too, where Django's have none", async () => {
  const app = pipeline().use(security()).use(common({ appendSlash: table, disallowedUserAgents: [/badbot/] })).handle(
    table,
  );
  const refused = await app(new Request("http://localhost/", { headers: { "User-Agent": "badbot" } }));
  for (const response of [refused, await app(new Request("http://localhost/about"))]) {
    assertEquals(response.headers.get("X-Frame-Options"), "DENY");
  }
});

Deno.test("a Content-Length is sent by Deno.serve with every text, through every layer, and for HEAD too", async () => {
  const options: PipelineOptions = { keys: ["not a secret: 32 letters for a test."] };
  const app = pipeline(options).use(security()).use(common({ appendSlash: table })).handle(routes({
    "/": (_request, context) => {
      context.cookies.set("a", "1", { secure: false });
      return new Response("hello");
    },
    "/empty": () => new Response(null),
    "/stream": () =>
      new Response(ReadableStream.from((async function* () {
        await delay(1);
        yield new TextEncoder().encode("hello");
      })())),
    "/missing": () => {
      throw new NotFound();
    },
  }));
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app);
  const length = async (path: string, method = "GET") => {
    const answer = await wire(
      server.addr.port,
      `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
    return /^content-length: (\d+)\r$/im.exec(answer)?.[1];
  };
  assertEquals([await length("/"), await length("/", "HEAD"), await length("/empty")], ["5", "5", "0"]);
  assertEquals([await length("/stream"), await length("/stream", "HEAD")], [undefined, undefined]);
  assert(Number(await length("/missing")) > 100);
  assertEquals(await length("/missing", "HEAD"), await length("/missing"));
});

Deno.test("common() refuses options that can't be meant", () => {
  assertThrows(() => common({}), TypeError, "give one of them");
  assertThrows(() => common(undefined as never), TypeError, "give one of them");
  assertThrows(() => common({ appendSlash: true as never }), TypeError, "must be a table of routes or a function");
  assertThrows(() => common({ prependWww: "false" as never }), TypeError, "prependWww must be true or false");
  assertThrows(() => common({ disallowedUserAgents: ["bot"] as never }), TypeError, "list of regular expressions");
  assertThrows(() => common({ disallowedUserAgents: /bot/ as never }), TypeError, "list of regular expressions");
});

Deno.test("common() stays synchronous where nothing is awaited", () => {
  const app = site({ appendSlash: table, prependWww: true, disallowedUserAgents: [/badbot/] }, hello);
  assertInstanceOf(app(new Request("http://localhost/")), Response);
});

async function wire(port: number, text: string): Promise<string> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(text));
  return await new Response(connection.readable).text();
}
