/** allowedHosts(): the site answers for the hosts it has, with Django's rules. */

import { allowedHosts, type AppEvent, pipeline, type PipelineOptions, requestId } from "@nuages/web/middleware";
import { assertEquals, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";

function site(hosts: string[], options: PipelineOptions = {}) {
  const events: AppEvent[] = [];
  const app = pipeline({ onEvent: (event) => events.push(event), ...options })
    .use(allowedHosts(hosts))
    .handle(() => new Response("hello"));
  return { app, events, status: async (host: string) => (await app(new Request(`http://${host}/`))).status };
}

Deno.test("allowedHosts() allows a host alone, whatever its case, port and final dot", async () => {
  const { status } = site(["Example.com"]);
  for (const host of ["example.com", "EXAMPLE.com", "example.com:80", "example.com:8000", "example.com."]) {
    assertEquals(await status(host), 200, host);
  }
  for (
    const host of [
      "www.example.com",
      "example.com.evil.example",
      "evilexample.com",
      "example.co",
      "com",
      "example.com..",
      "example.com..evil.example",
      "127.0.0.1",
      "localhost",
    ]
  ) assertEquals(await status(host), 400, host);
});

Deno.test("allowedHosts() allows with a dot in front a host and all below it", async () => {
  const { status } = site([".example.com"]);
  for (const host of ["example.com", "a.example.com", "a.b.example.com:8443", "A.EXAMPLE.COM.", "example.com."]) {
    assertEquals(await status(host), 200, host);
  }
  for (const host of ["evilexample.com", "example.com.evil.example", "com", "xample.com"]) {
    assertEquals(await status(host), 400, host);
  }
});

Deno.test("allowedHosts() allows addresses as they are written in any form", async () => {
  const { status } = site(["[2001:DB8::1]", "192.0.2.7"]);
  for (const host of ["[2001:db8::1]", "[2001:db8:0:0::1]:8000", "192.0.2.7", "192.0.2.7:8000"]) {
    assertEquals(await status(host), 200, host);
  }
  for (const host of ["[2001:db8::2]", "[::1]", "192.0.2.70", "192.0.2.8"]) assertEquals(await status(host), 400, host);
});

Deno.test('allowedHosts(["*"]) allows every valid host', async () => {
  const { status } = site(["*"]);
  assertEquals(await status("anything.example"), 200);
  assertEquals(await status("a!b"), 400);
});

Deno.test("allowedHosts() finds a name with letters of its own in the form browsers send", async () => {
  const { status } = site(["bücher.example"]);
  assertEquals(await status("bücher.example"), 200);
  assertEquals(await status("xn--bcher-kva.example"), 200);
});

Deno.test("allowedHosts() says in an event which host was refused and what to add", async () => {
  const { app, events } = site(["example.com"]);
  const response = await app(new Request("http://shop.example:8000/cart/"));
  assertEquals(response.status, 400);
  assertEquals(events.map(({ name, data }) => [name, data]), [["host.rejected", { host: "shop.example:8000" }]]);
  assertStringIncludes(events[0]!.message, 'add "shop.example" to allowedHosts([...])');
  const page = await response.text();
  assertStringIncludes(page, "does not go by the name");
  assertEquals(page.includes("shop.example"), false, "the page doesn't repeat what somebody made up");
});

Deno.test("allowedHosts() reports a malformed host without believing it", async () => {
  const { app, events } = site(["example.com"]);
  const request = new Request("http://a!b/", { headers: { Host: `a!b"${"x".repeat(1000)}` } });
  assertEquals((await app(request)).status, 400);
  assertEquals(events.map(({ name }) => name), ["host.rejected"]);
  assertEquals((events[0]!.data!.host as string).length, 255);
});

Deno.test("allowedHosts() goes by the host a trusted proxy was asked for, and by nobody else's word", async () => {
  const request = (forwarded: string) =>
    new Request("http://10.0.0.5:8000/", { headers: { "X-Forwarded-Host": forwarded, "X-Forwarded-Proto": "https" } });
  const trusting = site(["example.com"], { proxies: { trust: ["127.0.0.1"], host: true } });
  assertEquals((await trusting.app(request("example.com"))).status, 200);
  assertEquals((await trusting.app(request("evil.example"))).status, 400);
  const direct = site(["example.com"]);
  assertEquals((await direct.app(request("example.com"))).status, 400);
});

Deno.test("allowedHosts() allows the names of this machine with debug: true only", async () => {
  const debugging = site(["example.com"], { debug: true });
  const serious = site(["example.com"]);
  for (const host of ["localhost:8000", "shop.localhost", "127.0.0.1:8000", "[::1]", "localhost."]) {
    assertEquals([await debugging.status(host), await serious.status(host)], [200, 400], host);
  }
  for (const host of ["evil.example", "localhost.evil.example", "127.0.0.2", "evillocalhost", "0.0.0.0"]) {
    assertEquals(await debugging.status(host), 400, host);
  }
});

Deno.test("allowedHosts() refuses an empty list", () => {
  assertThrows(() => allowedHosts([]), TypeError, 'such as allowedHosts(["example.com"])');
  assertThrows(
    () => allowedHosts("example.com" as never),
    TypeError,
    `must be a list, such as ["example.com"]: received "example.com"`,
  );
});

Deno.test("allowedHosts() refuses entries that would never match, or match too much", () => {
  const entries = [
    "",
    ".",
    "..",
    "..example.com",
    "https://example.com",
    "example.com/",
    "example.com:8000",
    "*.example.com",
    "**",
    "* ",
    "user@example.com",
    "a b",
    "::1",
    "[::1",
    "[::1]:8000",
    "[example.com]",
    "example.com?",
    "example\\com",
    "example%2ecom",
    "example.com..",
  ];
  for (const entry of entries) {
    assertThrows(() => allowedHosts([entry]), TypeError, 'write "example.com"', entry);
  }
  assertThrows(() => allowedHosts([undefined as never]), TypeError, "as it is no host");
});

Deno.test("allowedHosts() stays synchronous where nothing is awaited", () => {
  const { app } = site(["example.com"]);
  assertInstanceOf(app(new Request("http://example.com/")), Response);
  assertInstanceOf(app(new Request("http://evil.example/")), Response);
});

Deno.test("allowedHosts() lets requestId() outside name its refusals", async () => {
  const ids: string[] = [];
  const app = pipeline({ onEvent: (event) => ids.push(event.requestId) })
    .use(requestId())
    .use(allowedHosts(["example.com"]))
    .handle(() => new Response("hello"));
  const response = await app(new Request("http://evil.example/"));
  assertEquals([response.headers.get("X-Request-Id")], ids);
});

Deno.test("allowedHosts() holds through Deno.serve, whatever stands in the request line and the Host header", async () => {
  const { app } = site(["example.com"]);
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app);
  const ask = async (head: string) => {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: server.addr.port });
    await connection.write(new TextEncoder().encode(`${head}\r\nConnection: close\r\n\r\n`));
    let answer = "";
    for await (const chunk of connection.readable) answer += new TextDecoder().decode(chunk);
    return answer.slice(9, 12);
  };
  assertEquals(await ask("GET / HTTP/1.1\r\nHost: example.com"), "200");
  assertEquals(await ask("GET / HTTP/1.1\r\nHost: EXAMPLE.com:80"), "200");
  assertEquals(await ask("GET / HTTP/1.1\r\nHost: evil.example"), "400");
  assertEquals(await ask("GET / HTTP/1.1\r\nHost: example.com@evil.example"), "400");
  assertEquals(await ask("GET / HTTP/1.1\r\nHost: evil.example#example.com"), "400");
  assertEquals(await ask("GET / HTTP/1.1\r\nHost: example.com, evil.example"), "400");
  assertEquals(await ask("GET / HTTP/1.1\r\nHost: "), "400");
  assertEquals(await ask("GET / HTTP/1.0"), "400");
  assertEquals(await ask("GET http://evil.example/ HTTP/1.1\r\nHost: evil.example"), "400");
});
