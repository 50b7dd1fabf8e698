/** Who asks, and how, as far as the connection itself says. */

import { type Client, type Context, HttpError, pipeline } from "@nuages/web/middleware";
import { assert, assertEquals, assertFalse, assertRejects, assertStrictEquals } from "@std/assert";

const from = (hostname: string): Deno.ServeHandlerInfo => ({
  remoteAddr: { transport: "tcp", hostname, port: 50_000 },
  completed: Promise.resolve(),
});

/** What a view reads of its context. */
async function read<T>(request: Request, pick: (context: Context) => T, info?: Deno.ServeHandlerInfo): Promise<T> {
  let result: { value: T } | { error: unknown } = { error: "the view was not called" };
  await pipeline().handle((_request, context) => {
    try {
      result = { value: pick(context) };
    } catch (error) {
      result = { error };
    }
    return new Response();
  })(request, info);
  if ("error" in result) throw result.error;
  return (result as { value: T }).value;
}

const client = (request: Request, info?: Deno.ServeHandlerInfo): Promise<Client> =>
  read(request, (context) => context.client, info);

/** A request as Deno.serve makes it of what came over the wire: its address is put together without looking. */
function wired(host: string | null, path = "/", scheme = "http:"): Request {
  const request = new Request("http://localhost/");
  if (host !== null && host !== "") request.headers.set("Host", host);
  return Object.defineProperty(request, "url", { value: `${scheme}//${host || "localhost:8000"}${path}` });
}

Deno.test("client is the connection's address, and the request's scheme and host", async () => {
  const { address, scheme, secure, host, origin } = await client(
    new Request("https://Shop.Example:8443/cart/"),
    from("203.0.113.7"),
  );
  assertEquals({ address, scheme, secure, host, origin }, {
    address: "203.0.113.7",
    scheme: "https",
    secure: true,
    host: "shop.example:8443",
    origin: "https://shop.example:8443",
  });
});

Deno.test("client.host leaves out the scheme's own port", async () => {
  assertEquals((await client(new Request("http://shop.example:80/"))).host, "shop.example");
  assertEquals((await client(new Request("https://shop.example:443/"))).origin, "https://shop.example");
  assertEquals((await client(new Request("http://shop.example:443/"))).host, "shop.example:443");
});

Deno.test("client.address is IPv4 where IPv4 was mapped into IPv6, and IPv6 in its short form", async () => {
  const address = async (hostname: string) => (await client(new Request("http://localhost/"), from(hostname))).address;
  assertEquals(await address("::ffff:203.0.113.7"), "203.0.113.7");
  assertEquals(await address("::ffff:cb00:7107"), "203.0.113.7");
  assertEquals(await address("2001:db8::1"), "2001:db8::1");
});

Deno.test("client.address is empty behind a Unix socket", async () => {
  const info = { remoteAddr: { transport: "unix", path: "/run/web.sock" }, completed: Promise.resolve() } as const;
  assertEquals((await client(new Request("http://localhost/"), info)).address, "");
  assertFalse((await client(new Request("http://localhost/"), info)).loopback);
});

Deno.test("client of an application that is called directly is this machine", async () => {
  const { address, loopback } = await client(new Request("http://localhost/"));
  assertEquals([address, loopback], ["127.0.0.1", true]);
  const addr = await read(new Request("http://localhost/"), (context) => context.remoteAddr);
  assertEquals(addr, { transport: "tcp", hostname: "127.0.0.1", port: 0 });
});

Deno.test("client believes no forwarding header without being told to", async () => {
  const headers = {
    "X-Forwarded-For": "198.51.100.1",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
    Forwarded: "for=198.51.100.1;proto=https;host=evil.example",
    "X-Real-IP": "198.51.100.1",
  };
  for (const peer of ["127.0.0.1", "203.0.113.7", "10.0.0.1"]) {
    const { address, secure, host } = await client(new Request("http://shop.example/", { headers }), from(peer));
    assertEquals([address, secure, host], [peer, false, "shop.example"]);
  }
});

Deno.test("client.loopback is plain http from this machine to a name of this machine, and nothing else", async () => {
  const loopback = async (url: string, peer: string, headers: HeadersInit = {}) =>
    (await client(new Request(url, { headers }), from(peer))).loopback;
  for (
    const url of [
      "http://localhost:8000/",
      "http://shop.localhost/",
      "http://127.0.0.1/",
      "http://127.8.9.10:81/",
      "http://[::1]:8000/",
      "http://2130706433/",
    ]
  ) {
    assert(await loopback(url, "127.0.0.1"), url);
    assert(await loopback(url, "::1"), url);
    assert(await loopback(url, "::ffff:127.0.0.1"), url);
    assertFalse(await loopback(url, "203.0.113.7"), url);
    assertFalse(await loopback(url, "10.0.0.1"), url);
    assertFalse(await loopback(url.replace("http:", "https:"), "127.0.0.1"), url);
  }
  for (
    const url of [
      "http://shop.example/",
      "http://127.0.0.1.evil.example/",
      "http://127.evil.example/",
      "http://localhost.evil.example/",
      "http://notlocalhost/",
      "http://[::2]/",
      "http://10.0.0.1/",
    ]
  ) assertFalse(await loopback(url, "127.0.0.1"), url);
  assertFalse(await loopback("http://localhost/", "127.evil"));
});

Deno.test("client.loopback is not somebody behind a proxy on this machine that nobody mentioned", async () => {
  for (const name of ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded", "X-Real-IP", "Via"]) {
    const request = new Request("http://localhost/", { headers: { [name]: "x" } });
    assertFalse((await client(request, from("127.0.0.1"))).loopback, name);
  }
});

Deno.test("url is the address that was asked for, parsed once", async () => {
  const request = new Request("http://shop.example/a%20b/?q=%C3%A9#part");
  const [first, second] = await read(request, (context) => [context.url, context.url]);
  assertStrictEquals(first, second);
  assertEquals([first!.pathname, first!.search], ["/a%20b/", "?q=%C3%A9"]);
});

Deno.test("url refuses a host that is none, with a 400", async () => {
  const hosts = [
    "a b",
    "[",
    "[::1",
    "[::zz]",
    "user@host",
    "user:pass@host",
    "x/y",
    "x/admin",
    "x?y",
    "x#y",
    "x\\y",
    "x:y",
    "x:",
    "x:99999",
    "x:123456",
    "x:80:80",
    "a,b",
    "a;b",
    "a%41",
    "<x>",
    "{x}",
    "a'b",
    'a"b',
    "x\tz",
    "caf\u00e9.example",
    "1.2.3.4.5",
    "256.256.256.256",
    "xn--a",
  ];
  for (const host of hosts) {
    for (const path of ["/", "/admin/"]) {
      const error = await assertRejects(
        () => read(wired(host, path), (context) => context.url),
        HttpError,
        "no valid host",
        host,
      );
      assertEquals(error.status, 400);
    }
    await assertRejects(() => read(wired(host), (context) => context.client.host), HttpError);
    await assertRejects(() => read(wired(host), (context) => context.client.origin), HttpError);
    const response = await pipeline().handle((_request, context) => new Response(context.url.href))(wired(host));
    assertEquals(response.status, 400, host);
  }
});

Deno.test("url takes a whole address in the request line, but only of the web, and without a user", async () => {
  const asked = (url: string, host: string) => {
    const request = new Request("http://localhost/", { headers: { Host: host } });
    return read(Object.defineProperty(request, "url", { value: url }), (context) => context.url.href);
  };
  assertEquals(await asked("http://abs.example:81/p?q", "x"), "http://abs.example:81/p?q");
  for (
    const url of [
      "ftp://h/",
      "file:///etc/passwd",
      "data:text/html,x",
      "http://u:p@h/",
      "javascript:alert(1)",
      "*",
      "",
      "http:///x",
      "http:x",
      "//x/y",
      "x:80",
    ]
  ) {
    await assertRejects(() => asked(url, "x"), HttpError, undefined, url);
  }
  await assertRejects(() => asked("http://abs.example/", "a b"), HttpError);
});

Deno.test("url takes the address of a request on a Unix socket, if it names a host", async () => {
  assertEquals((await read(wired("inner", "/a?b", "http+unix:"), (context) => context.url)).href, "http://inner/a?b");
  assertEquals((await client(wired("inner", "/", "http+unix:"))).scheme, "http");
  assertEquals((await client(wired("inner", "/", "https+vsock:"))).origin, "https://inner");
  await assertRejects(() => read(wired("%2Frun%2Fweb%2Esock", "/", "http+unix:"), (context) => context.url), HttpError);
});

Deno.test("url copes with any path", async () => {
  const path = (text: string) => read(wired("x", text), (context) => context.url.pathname);
  assertEquals(await path("//evil.example/%ZZ"), "//evil.example/%ZZ");
  assertEquals(await path("/a/../b"), "/b");
  assertEquals(await path("/a\\b"), "/a/b");
  assertEquals(await path("/" + "a".repeat(60_000)), "/" + "a".repeat(60_000));
  assertEquals(await path("/%00%ff"), "/%00%ff");
  assertEquals(await path("/*"), "/*");
});

Deno.test("client can be read where the host is none, but for the host", async () => {
  const { address, scheme, secure } = await client(wired("a b"), from("203.0.113.7"));
  assertEquals([address, scheme, secure], ["203.0.113.7", "http", false]);
});

Deno.test("client says https and http as its url does", async () => {
  for (const scheme of ["http:", "https:", "HTTPS:", "Http:"]) {
    const [protocol, own] = await read(
      wired("x", "/", scheme),
      (context) => [context.url.protocol, context.client.scheme],
    );
    assertEquals(`${own}:`, protocol);
  }
});

Deno.test("nothing of the context is computed before it is asked for", async () => {
  const request = new Request("http://localhost/", { headers: { Cookie: "a=1" } });
  let reads = 0;
  const watched = new Proxy(request, {
    get(target, key) {
      reads++;
      const value = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  const response = await pipeline({ proxies: { trust: ["127.0.0.1"] } })
    .use((next) => (request, context) => next(request, context))
    .handle(() => new Response("hello"))(watched);
  assertEquals([response.status, reads], [200, 0]);
});
