/** What proxies say is believed only of proxies we were told to trust, and only as far as they wrote it. */

import { type Client, HttpError, pipeline, type ProxyOptions } from "@nuages/web/middleware";
import { assert, assertEquals, assertFalse, assertRejects, assertThrows } from "@std/assert";
import { assertLinear } from "../_growth.ts";

interface Asked {
  /** Where the connection comes from. */
  peer?: string;
  url?: string;
}

async function clientOf(
  proxies: ProxyOptions,
  headers: HeadersInit,
  asked: Asked = {},
): Promise<Omit<Client, "proxied"> & { readonly url: URL }> {
  const { peer = "10.0.0.1", url = "http://internal:8000/cart/?page=2" } = asked;
  const remoteAddr: Deno.Addr = peer === "unix"
    ? { transport: "unix", path: "/run/web.sock" }
    : { transport: "tcp", hostname: peer, port: 50_000 };
  let seen: { client: Client; url: URL } | undefined;
  let failure: unknown;
  await pipeline({ proxies }).handle((_request, context) => {
    try {
      seen = { client: context.client, url: context.url };
    } catch (error) {
      failure = error;
    }
    return new Response();
  })(new Request(url, { headers }), { remoteAddr, completed: Promise.resolve() });
  if (seen === undefined) throw failure;
  const { client, url: address } = seen;
  const { scheme, secure, host, origin, loopback } = client;
  return { address: client.address, scheme, secure, host, origin, loopback, url: address };
}

const one: ProxyOptions = { trust: ["10.0.0.1"], host: true };

Deno.test("a trusted proxy says address, scheme and host", async () => {
  const headers = {
    "X-Forwarded-For": "203.0.113.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "shop.example",
  };
  const { address, scheme, secure, host, origin, loopback, url } = await clientOf(one, headers);
  assertEquals({ address, scheme, secure, host, origin, loopback, href: url.href }, {
    address: "203.0.113.7",
    scheme: "https",
    secure: true,
    host: "shop.example",
    origin: "https://shop.example",
    loopback: false,
    href: "https://shop.example/cart/?page=2",
  });
});

Deno.test("a trusted proxy that says nothing leaves what the connection says", async () => {
  const { address, secure, host, loopback } = await clientOf(one, {});
  assertEquals([address, secure, host, loopback], ["10.0.0.1", false, "internal:8000", false]);
});

Deno.test("a trusted proxy on this machine makes nobody a developer", async () => {
  const local: ProxyOptions = { trust: ["127.0.0.1", "::1"] };
  for (const peer of ["127.0.0.1", "::1"]) {
    const { loopback } = await clientOf(local, {}, { peer, url: "http://localhost/" });
    assertFalse(loopback);
  }
});

Deno.test("anybody else is not believed", async () => {
  const headers = {
    "X-Forwarded-For": "198.51.100.1",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
    Forwarded: "for=198.51.100.1;proto=https;host=evil.example",
  };
  for (const peer of ["203.0.113.7", "10.0.0.2", "110.0.0.1", "::1", "unix", "", "x", "fe80::1%eth0"]) {
    const { address, secure, host } = await clientOf(one, headers, { peer });
    assertEquals([address, secure, host], [peer === "unix" ? "" : peer, false, "internal:8000"], peer);
  }
});

Deno.test("X-Forwarded-Host is believed only if the proxies set it: others pass on what visitors made up", async () => {
  const headers = {
    "X-Forwarded-For": "203.0.113.7",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
  };
  const asked = { url: "http://shop.example/" };
  const { address, origin } = await clientOf({ trust: ["10.0.0.1"] }, headers, asked);
  assertEquals([address, origin], ["203.0.113.7", "https://shop.example"]);
  assertEquals((await clientOf({ trust: ["10.0.0.1"], host: true }, headers, asked)).origin, "https://evil.example");
  const broken = { ...headers, "X-Forwarded-Host": "a b" };
  assertEquals((await clientOf({ trust: ["10.0.0.1"] }, broken, asked)).host, "shop.example");
});

Deno.test("proxies are trusted by address and by range, of IPv4 and IPv6", async () => {
  const believed = async (trust: string, peer: string) =>
    (await clientOf({ trust: [trust] }, { "X-Forwarded-For": "203.0.113.7" }, { peer })).address === "203.0.113.7";
  const yes = [
    ["10.0.0.1", "10.0.0.1"],
    ["10.0.0.1", "::ffff:10.0.0.1"],
    ["::ffff:10.0.0.1", "10.0.0.1"],
    ["10.0.0.0/8", "10.255.255.255"],
    ["10.9.9.9/8", "10.0.0.1"],
    ["10.0.0.0/30", "10.0.0.3"],
    ["10.0.0.1/32", "10.0.0.1"],
    ["0.0.0.0/0", "198.51.100.1"],
    ["::1", "::1"],
    ["fd00::/8", "fd12:3456::1"],
    ["2001:DB8::/32", "2001:db8:0:1::1"],
    ["2001:db8::1/128", "2001:db8::1"],
    ["unix", "unix"],
  ];
  const no = [
    ["10.0.0.1", "10.0.0.2"],
    ["10.0.0.1", "::ffff:10.0.0.2"],
    ["10.0.0.0/30", "10.0.0.4"],
    ["0.0.0.0/0", "::1"],
    ["fd00::/8", "fe00::1"],
    ["fd00::/8", "10.0.0.1"],
    ["::1", "127.0.0.1"],
    ["unix", "127.0.0.1"],
    ["127.0.0.1", "unix"],
  ];
  for (const [trust, peer] of yes) assert(await believed(trust!, peer!), `${trust} ${peer}`);
  for (const [trust, peer] of no) assertFalse(await believed(trust!, peer!), `${trust} ${peer}`);
});

Deno.test("what stands further left than the proxies wrote is not believed", async () => {
  const headers = {
    "X-Forwarded-For": "127.0.0.1, 10.0.0.1, 198.51.100.1, 203.0.113.7",
    "X-Forwarded-Proto": "https, http",
    "X-Forwarded-Host": "evil.example, shop.example",
  };
  const { address, secure, host } = await clientOf(one, headers);
  assertEquals([address, secure, host], ["203.0.113.7", false, "shop.example"]);
});

Deno.test("a spoofed header and the proxy's own are read as one list, however they are sent", async () => {
  const headers = new Headers([["X-Forwarded-For", "127.0.0.1"], ["X-Forwarded-For", "203.0.113.7"]]);
  assertEquals((await clientOf(one, headers)).address, "203.0.113.7");
});

Deno.test("hops: the chain is followed through trusted proxies only", async () => {
  const trust = ["10.0.0.0/8"];
  const chain = "192.0.2.66, 203.0.113.7, 10.0.0.3, 10.0.0.2";
  const address = async (hops: number, list = chain) =>
    (await clientOf({ trust, hops }, { "X-Forwarded-For": list })).address;
  assertEquals(await address(1), "10.0.0.2");
  assertEquals(await address(2), "10.0.0.3");
  assertEquals(await address(3), "203.0.113.7");
  assertEquals(await address(4), "203.0.113.7");
  assertEquals(await address(99), "203.0.113.7");
});

Deno.test("hops: a visitor who goes round the outer proxy can't speak in its name", async () => {
  const proxies: ProxyOptions = { trust: ["10.0.0.1", "10.0.0.2"], hops: 2, host: true };
  const spoofed = {
    "X-Forwarded-For": "198.51.100.1, 203.0.113.7",
    "X-Forwarded-Proto": "https, http",
    "X-Forwarded-Host": "evil.example, shop.example",
  };
  const { address, secure, host } = await clientOf(proxies, spoofed);
  assertEquals([address, secure, host], ["203.0.113.7", false, "shop.example"]);
});

Deno.test("hops: scheme and host are those the outermost trusted proxy was asked with", async () => {
  const proxies: ProxyOptions = { trust: ["10.0.0.1", "10.0.0.2"], hops: 2, host: true };
  const appended = {
    "X-Forwarded-For": "192.0.2.66, 203.0.113.7, 10.0.0.2",
    "X-Forwarded-Proto": "gopher, https, http",
    "X-Forwarded-Host": "evil.example, shop.example, inner:8080",
  };
  assertEquals((await clientOf(proxies, appended)).origin, "https://shop.example");
  const setOnce = {
    "X-Forwarded-For": "203.0.113.7, 10.0.0.2",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "shop.example",
  };
  assertEquals((await clientOf(proxies, setOnce)).origin, "https://shop.example");
});

Deno.test("an empty item keeps its place, so that what stands before it doesn't move up", async () => {
  const headers = {
    "X-Forwarded-For": "198.51.100.1, ",
    "X-Forwarded-Proto": "https,",
    "X-Forwarded-Host": "evil.example, ,",
  };
  const { address, secure, host } = await clientOf(one, headers);
  assertEquals([address, secure, host], ["10.0.0.1", false, "internal:8000"]);
});

Deno.test("addresses come with ports and brackets, and in one form", async () => {
  const address = async (text: string) => (await clientOf(one, { "X-Forwarded-For": text })).address;
  assertEquals(await address("203.0.113.7:4711"), "203.0.113.7");
  assertEquals(await address("[2001:db8::1]:4711"), "2001:db8::1");
  assertEquals(await address("[2001:db8::1]"), "2001:db8::1");
  assertEquals(await address("2001:DB8:0:0::1"), "2001:db8::1");
  assertEquals(await address("::ffff:203.0.113.7"), "203.0.113.7");
  assertEquals(await address("[::FFFF:cb00:7107]:80"), "203.0.113.7");
  assertEquals(await address("  203.0.113.7  "), "203.0.113.7");
});

Deno.test("what is no address leaves the proxy's", async () => {
  for (
    const text of [
      "unknown",
      "_hidden",
      "unix:",
      "",
      "203.0.113",
      "203.0.113.07",
      "203.0.113.256",
      "0x7f.1",
      "2130706433",
      "203.0.113.7:port",
      "[203.0.113.7",
      "203.0.113.7]",
      "fe80::1%eth0",
      "[fe80::1%25eth0]",
      "2001:db8::1:4711:1:1:1:1:1:1",
      "<script>",
      "203.0.113.7 evil",
      "::ffff:203.0.113.7.8",
      "1".repeat(5000),
      "[".repeat(5000),
    ]
  ) {
    assertEquals((await clientOf(one, { "X-Forwarded-For": text })).address, "10.0.0.1", text);
    assertEquals(
      (await clientOf({ ...one, headers: "forwarded" }, { Forwarded: `for="${text}"` })).address,
      "10.0.0.1",
    );
  }
});

Deno.test("the scheme is http or https, however it is written, or the connection's", async () => {
  const scheme = async (text: string, url?: string) =>
    (await clientOf(one, { "X-Forwarded-Proto": text }, url === undefined ? {} : { url })).scheme;
  assertEquals(await scheme("HTTPS"), "https");
  assertEquals(await scheme("wss"), "https");
  assertEquals(await scheme("ws"), "http");
  assertEquals(await scheme("http", "https://internal/"), "http");
  for (const text of ["", "ftp", "javascript", "https:", "https://", "on", "https;x"]) {
    assertEquals(await scheme(text), "http", text);
    assertEquals(await scheme(text, "https://internal/"), "https", text);
  }
});

Deno.test("a forwarded host that is none is a 400", async () => {
  for (
    const host of [
      "a b",
      "x/y",
      "user@host",
      "x?",
      "x#",
      "a;b",
      "[",
      "x:99999",
      "evil\\.example",
      "caf%C3%A9",
      '"x"',
      "http://x",
    ]
  ) {
    await assertRejects(() => clientOf(one, { "X-Forwarded-Host": host }), HttpError, "no valid host", host);
  }
  const error = await assertRejects(() => clientOf(one, { "X-Forwarded-Host": "a b" }), HttpError);
  assertEquals(error.status, 400);
});

Deno.test("a forwarded host has its port, but for the scheme's own", async () => {
  const origin = async (host: string, proto: string) =>
    (await clientOf(one, { "X-Forwarded-Host": host, "X-Forwarded-Proto": proto })).origin;
  assertEquals(await origin("Shop.Example:443", "https"), "https://shop.example");
  assertEquals(await origin("shop.example:8443", "https"), "https://shop.example:8443");
  assertEquals(await origin("[2001:db8::1]:80", "http"), "http://[2001:db8::1]");
});

Deno.test("a path like a host stays a path behind a proxy", async () => {
  const { url } = await clientOf(one, { "X-Forwarded-Host": "shop.example" }, {
    url: "http://internal//evil.example/%ZZ?a=//b",
  });
  assertEquals(url.href, "http://shop.example//evil.example/%ZZ?a=//b");
});

const standard: ProxyOptions = { ...one, headers: "forwarded" };

Deno.test("Forwarded: the nearest element is believed, in RFC 7239's spelling", async () => {
  const read = async (value: string) => {
    const { address, scheme, host } = await clientOf(standard, { Forwarded: value });
    return [address, scheme, host];
  };
  const expected = ["203.0.113.7", "https", "shop.example"];
  assertEquals(await read("for=203.0.113.7;proto=https;host=shop.example"), expected);
  assertEquals(await read('For="203.0.113.7:4711"; PROTO="https" ;Host="shop.example"'), expected);
  assertEquals(await read("by=10.0.0.1;host=shop.example;for=203.0.113.7;proto=HTTPS;ext=1"), expected);
  assertEquals(await read(" ;;for=203.0.113.7; ;proto=https;host=shop.example; "), expected);
  assertEquals(await read('for="203.0.113.7";proto=https;host="shop\\.example"'), expected);
  assertEquals(
    await read("for=192.0.2.66;host=evil.example;proto=http, for=203.0.113.7;proto=https;host=shop.example"),
    expected,
  );
  assertEquals((await read('for="[2001:db8::1]:4711"'))[0], "2001:db8::1");
  assertEquals((await read('for="[2001:db8::1]"'))[0], "2001:db8::1");
  assertEquals((await read('for="_SEVKISEK"'))[0], "10.0.0.1");
});

Deno.test("Forwarded: what the nearest element doesn't say is not taken from those further left", async () => {
  const { address, scheme, host } = await clientOf(standard, {
    Forwarded: "for=198.51.100.1;proto=https;host=evil.example, for=203.0.113.7",
  });
  assertEquals([address, scheme, host], ["203.0.113.7", "http", "internal:8000"]);
  const silent = await clientOf(standard, { Forwarded: "for=198.51.100.1;proto=https;host=evil.example, by=10.0.0.1" });
  assertEquals([silent.address, silent.scheme, silent.host], ["10.0.0.1", "http", "internal:8000"]);
});

Deno.test("Forwarded: a quotation mark that a visitor leaves open swallows nothing of the proxy's", async () => {
  const written = [
    'for="[2001:db8::7]:4711";proto=https;host="shop.example"',
    "for=203.0.113.7;proto=https;host=shop.example",
    'for="203.0.113.7:80";proto=https;host=shop.example;by="_a\\"b\\\\"',
  ];
  const openings = [
    'for=198.51.100.1;host=evil.example;x="',
    'for=198.51.100.1;host=evil.example;x="\\',
    'for=198.51.100.1;host=evil.example;x="a\\"',
    '"',
    '\\"',
    '"""',
    'for="198.51.100.1',
    "for=198.51.100.1;host=evil.example;",
    'x="a, for=198.51.100.1',
  ];
  for (const own of written) {
    for (const opening of openings) {
      for (const comma of [",", ", "]) {
        const { address, origin } = await clientOf(standard, { Forwarded: opening + comma + own });
        assert(address === "2001:db8::7" || address === "203.0.113.7", `${opening} ${address}`);
        assertEquals(origin, "https://shop.example");
      }
    }
  }
});

Deno.test("Forwarded: hops are followed element by element", async () => {
  const proxies: ProxyOptions = { trust: ["10.0.0.0/8"], hops: 2, headers: "forwarded" };
  const { address, origin } = await clientOf(proxies, {
    Forwarded:
      'for=192.0.2.66;host=evil.example, for="203.0.113.7";proto=https;host=shop.example, for=10.0.0.2;proto=http;host=inner',
  });
  assertEquals([address, origin], ["203.0.113.7", "https://shop.example"]);
  const silent = await clientOf(proxies, {
    Forwarded: "for=192.0.2.66;host=evil.example;proto=https, for=203.0.113.7, for=10.0.0.2;proto=http;host=inner",
  });
  assertEquals([silent.address, silent.origin], ["203.0.113.7", "http://internal:8000"]);
});

Deno.test("Forwarded: a header takes time in proportion to its length, however it is built", async () => {
  const headers = [
    (size: number) => `for=192.0.2.1;${" ".repeat(size)}x`,
    (size: number) => `for=192.0.2.1${"\t".repeat(size)}x`,
    (size: number) => `x${" ".repeat(size)}=`,
    (size: number) => "a".repeat(size),
    (size: number) => ";".repeat(size),
    (size: number) => ",".repeat(size),
    (size: number) => `for="${"\\a".repeat(size / 2)}`,
    (size: number) => `for=${'\\"'.repeat(size / 2)}`,
    (size: number) => `${"\\".repeat(size)}"`,
    (size: number) => "a=b;".repeat(size / 4),
  ];
  await assertLinear(100_000, headers, async (header) => {
    const { address } = await clientOf({ ...one, headers: "forwarded", hops: 3 }, { Forwarded: `x, ${header}` });
    assertEquals(address, "10.0.0.1");
  });
});

Deno.test("Forwarded: a malformed element says nothing", async () => {
  for (
    const value of [
      "for=203.0.113.7 evil",
      "for",
      "=",
      "for==203.0.113.7",
      'for="203.0.113.7',
      'for="203.0.113.7"x',
      "for=198.51.100.1;for=203.0.113.7",
      "for=203.0.113.7;host=a;host=b",
      "for =203.0.113.7",
      'for=203"0"113',
      "\u00ff\u00fe",
    ]
  ) {
    const { address, host } = await clientOf(standard, { Forwarded: value });
    assertEquals([address, host], ["10.0.0.1", "internal:8000"], value);
  }
});

Deno.test("only the kind of header that the proxies write is read", async () => {
  const headers = { "X-Forwarded-For": "198.51.100.1", Forwarded: "for=203.0.113.7" };
  assertEquals((await clientOf(standard, headers)).address, "203.0.113.7");
  assertEquals((await clientOf(one, headers)).address, "198.51.100.1");
});

Deno.test("headers of 64 KiB take time in proportion to their length, whatever is in them", async () => {
  const pieces = [
    ",",
    '"',
    "\\",
    '\\"',
    "for=",
    "for=1,",
    "for=1;",
    ";",
    " ",
    "=",
    'for="\\',
    'a="b",',
    "[",
    "1.",
    ":",
    "\t",
    'x="\\"";',
  ];
  for (const piece of pieces) {
    const header = (size: number) => piece.repeat(Math.ceil(size / piece.length)).trim();
    await assertLinear(65_536, [header], async (value) => {
      for (const hops of [1, 3, 1_000_000]) {
        await clientOf({ ...standard, hops }, { Forwarded: value });
        await clientOf({ ...one, hops }, { "X-Forwarded-For": value, "X-Forwarded-Proto": value });
        await clientOf({ ...standard, hops }, { Forwarded: `${value}x` });
      }
    });
  }
  const ips = (size: number) => "10.0.0.1,".repeat(size / 9);
  await assertLinear(63_000, [ips], (value) => clientOf({ ...one, hops: 1_000_000 }, { "X-Forwarded-For": value }));
});

Deno.test("pipeline() refuses proxies that can't be meant, and says what to write", () => {
  // deno-lint-ignore no-explicit-any -- what a program without types does
  const make = (proxies: any) => () => pipeline({ proxies });
  assertThrows(make({}), TypeError, 'none is named: pass their addresses, such as trust: ["127.0.0.1"]');
  assertThrows(make({ trust: [] }), TypeError, "none is named");
  assertThrows(make({ trust: "10.0.0.1" }), TypeError, "none is named");
  assertThrows(make(true), TypeError);
  for (
    const entry of [
      "localhost",
      "10.0.0",
      "10.0.0.1/33",
      "::1/129",
      "10.0.0.1/-1",
      "10.0.0.1/",
      "10.0.0.0/8/8",
      "*",
      "",
      " 10.0.0.1",
      "10.0.0.1:80",
      "[::1]",
      "0x7f.1",
      "fe80::1%eth0",
      null,
      7,
    ]
  ) {
    assertThrows(make({ trust: [entry] }), TypeError, "neither an address nor a CIDR range", String(entry));
  }
  for (const hops of [0, -1, 1.5, NaN, Infinity, "2"]) {
    assertThrows(make({ trust: ["::1"], hops }), RangeError, "hops must be a whole number from 1");
  }
  assertThrows(make({ trust: ["::1"], host: "shop.example" }), TypeError, "host must be true or false");
  assertThrows(make({ trust: ["::1"], headers: "x-real-ip" }), TypeError, 'must be "x-forwarded" or "forwarded"');
});
