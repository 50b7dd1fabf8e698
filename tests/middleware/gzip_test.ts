/** gzip(): compressed responses, for those who can read them. */

import {
  condition,
  conditionalGet,
  gzip,
  type GzipOptions,
  html,
  htmlResponse,
  NotFound,
  pipeline,
  redirect,
  routes,
} from "@nuages/web/middleware";
import {
  assert,
  assertEquals,
  assertGreater,
  assertInstanceOf,
  assertLess,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { deadline } from "@std/async/deadline";
import { delay } from "@std/async/delay";
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import { assertLinear } from "../_growth.ts";

const PAGE = "All happy families are alike; every unhappy family is unhappy in its own way. ".repeat(20);
const encode = (text: string) => new TextEncoder().encode(text);

function request(acceptEncoding?: string, method = "GET") {
  const headers = acceptEncoding === undefined ? {} : { "Accept-Encoding": acceptEncoding };
  return new Request("http://localhost/", { method, headers });
}

function site(view: (request: Request) => Response | Promise<Response>, options: GzipOptions = {}) {
  return pipeline().use(gzip(options)).handle(view);
}

const page = (init?: ResponseInit) => () => new Response(PAGE, init);
const codingOf = async (acceptEncoding?: string, options: GzipOptions = {}) =>
  (await site(page(), options)(request(acceptEncoding))).headers.get("Content-Encoding");

const READERS = { gzip: gunzipSync, br: brotliDecompressSync, zstd: zstdDecompressSync };

/** The text of a response, whatever it was compressed with. */
async function read(response: Response): Promise<string> {
  const bytes = await response.bytes();
  const coding = response.headers.get("Content-Encoding") as keyof typeof READERS | null;
  return new TextDecoder().decode(coding === null ? bytes : READERS[coding](bytes));
}

Deno.test("gzip() compresses a text with what the visitor accepts, and says so", async () => {
  const app = site(page());
  for (const coding of ["gzip", "br"]) {
    const response = await app(request(coding));
    assertEquals(response.headers.get("Content-Encoding"), coding);
    assertEquals(response.headers.get("Vary"), "Accept-Encoding");
    assertEquals(response.headers.get("Content-Type"), "text/plain;charset=UTF-8");
    const length = Number(response.headers.get("Content-Length"));
    assertLess(length, PAGE.length / 2);
    assertEquals((await response.clone().bytes()).length, length);
    assertEquals(await read(response), PAGE);
  }
});

Deno.test("gzip() reads Accept-Encoding as RFC 9110 says, where Django looks for the letters", async () => {
  const cases: [header: string | undefined, coding: string | null][] = [
    [undefined, null],
    ["", null],
    ["identity", null],
    ["deflate", null],
    ["gzip", "gzip"],
    ["GZIP", "gzip"],
    ["x-gzip", "gzip"],
    ["gzip;q=0", null],
    ["gzip;q=0.000", null],
    ["gzip ; q=0", null],
    ["gzip;Q=0.5", "gzip"],
    ["*", "br"],
    ["*;q=0", null],
    ["br;q=0, *", "gzip"],
    ["gzip, *;q=0", "gzip"],
    ["gzip, deflate, br, zstd", "br"],
    ["gzip;q=0.8, br;q=0.5", "gzip"],
    ["br;q=0.5, gzip;q=0.5", "br"],
    ["identity, gzip;q=0.5", null],
    ["identity;q=0.5, gzip;q=0.5", "gzip"],
    ["identity;q=0, deflate", null],
    ["gzip;q=2", null],
    ["gzip;q=x, br", "br"],
    ["gzip;level=9", null],
    ["notgzip, gzip-not", null],
    ["\t gzip \t,,", "gzip"],
  ];
  for (const [header, coding] of cases) assertEquals(await codingOf(header), coding, header);
});

Deno.test("gzip({ codings }) decides what is offered, and which is liked best", async () => {
  assertEquals(await codingOf("gzip, br", { codings: ["gzip", "br"] }), "gzip");
  assertEquals(await codingOf("br", { codings: ["gzip"] }), null);
  assertEquals(await codingOf("gzip, br, zstd", { codings: ["zstd", "br"] }), "zstd");
  assertEquals(await read(await site(page(), { codings: ["zstd"] })(request("zstd"))), PAGE);
});

Deno.test("gzip() reads a header that is meant to be slow in time in proportion to its length", async () => {
  const app = site(page());
  const headers = [
    (size: number) => ",".repeat(size),
    (size: number) => "gzip" + " ".repeat(size) + "x",
    (size: number) => "a;q=".repeat(size / 4),
    (size: number) => "\t,".repeat(size / 2),
  ];
  await assertLinear(60_000, headers, (header) => app(request(header)));
});

Deno.test("gzip() lets alone what is short, and by how much is an option", async () => {
  const text = (length: number) => () => new Response("a".repeat(length));
  const coding = async (length: number, options: GzipOptions = {}) => {
    const response = await site(text(length), options)(request("gzip"));
    assertEquals(await read(response), "a".repeat(length));
    return response.headers.get("Content-Encoding");
  };
  assertEquals([await coding(199), await coding(200)], [null, "gzip"]);
  assertEquals([await coding(999, { minBytes: 1000 }), await coding(0, { minBytes: 0 })], [null, null]);
});

Deno.test("gzip() keeps a text that compressing would make longer, and its ETag strong", async () => {
  const noise = Array.from(crypto.getRandomValues(new Uint8Array(300)), (byte) => String.fromCharCode(32 + byte % 95))
    .join("");
  const app = site(() => new Response(noise.slice(0, 210), { headers: { ETag: '"7"' } }));
  const response = await app(request("gzip"));
  assertEquals(response.headers.get("Content-Encoding"), null);
  assertEquals([response.headers.get("ETag"), response.headers.get("Vary")], ['"7"', "Accept-Encoding"]);
  assertEquals(await response.text(), noise.slice(0, 210));
});

Deno.test("gzip() lets alone what must not be changed, or is packed already", async () => {
  const cases: ResponseInit[] = [
    { headers: { "Content-Encoding": "br" } },
    { headers: { "Content-Encoding": "identity" } },
    { headers: { "Cache-Control": "public, No-Transform" } },
    { headers: { "Cache-Control": "no-transform" } },
    { headers: { "Content-Range": "bytes 0-9/10" } },
    { status: 206 },
    { headers: { "Content-Type": "image/png" } },
    { headers: { "Content-Type": "application/zip" } },
    { headers: { "Content-Type": "font/woff2" } },
    { headers: { "Content-Type": "video/mp4" } },
    { headers: { "Content-Type": "text/event-stream; charset=utf-8" } },
    { headers: { "Content-Type": "application/octet-stream" } },
  ];
  for (const init of cases) {
    const response = await site(page(init))(request("gzip, br"));
    assertEquals(response.headers.get("Content-Encoding"), new Headers(init.headers).get("Content-Encoding"));
    assertEquals(response.headers.get("Vary"), null, Deno.inspect(init));
    assertEquals(await response.text(), PAGE);
  }
  const untyped = await site(() => new Response(encode(PAGE)))(request("gzip"));
  assertEquals([untyped.headers.get("Content-Encoding"), await untyped.text()], [null, PAGE]);
});

Deno.test("gzip() sees headers in whatever form a view gives them (on-headers, CVE-2025-7339)", async () => {
  const forms: HeadersInit[] = [
    [["content-encoding", "br"], ["Content-Type", "text/html"]],
    { "CONTENT-ENCODING": "br", "Content-Type": "text/html" },
    new Headers({ "Content-Encoding": "br", "Content-Type": "text/html" }),
  ];
  for (const headers of forms) {
    const response = await site(page({ headers }))(request("gzip"));
    assertEquals([response.headers.get("Content-Encoding"), await response.text()], ["br", PAGE]);
  }
});

Deno.test("gzip() compresses every kind of text, and what else an option names", async () => {
  const types = [
    "text/html; charset=utf-8",
    "TEXT/CSS",
    "text/javascript",
    "application/json",
    "application/problem+json",
    "application/xhtml+xml",
    "image/svg+xml",
    "application/wasm",
    "application/manifest+json",
    "font/ttf",
  ];
  for (const type of types) {
    const response = await site(page({ headers: { "Content-Type": type } }))(request("gzip"));
    assertEquals(response.headers.get("Content-Encoding"), "gzip", type);
    assertEquals(await read(response), PAGE);
  }
  const own = site(page({ headers: { "Content-Type": "application/X-Chess-PGN; v=1" } }), {
    types: (type) => type === "application/x-chess-pgn",
  });
  assertEquals((await own(request("gzip"))).headers.get("Content-Encoding"), "gzip");
});

Deno.test("gzip() makes a strong ETag weak, and drops what is true of other bytes only", async () => {
  const headers = {
    ETag: '"a,b"',
    "Content-Length": String(PAGE.length),
    "Accept-Ranges": "bytes",
    "Content-Digest": "sha-256=:x:",
  };
  const response = await site(page({ headers }))(request("gzip"));
  assertEquals(response.headers.get("ETag"), 'W/"a,b"');
  assertEquals([response.headers.get("Accept-Ranges"), response.headers.get("Content-Digest")], [null, null]);
  assertLess(Number(response.headers.get("Content-Length")), PAGE.length);
  const weak = await site(page({ headers: { ETag: 'W/"7"' } }))(request("gzip"));
  assertEquals(weak.headers.get("ETag"), 'W/"7"');
});

Deno.test("gzip() says that it varies also to those who get it uncompressed", async () => {
  const app = site(page({ headers: { Vary: "Cookie", ETag: '"7"' } }));
  const response = await app(request());
  assertEquals([response.headers.get("Vary"), response.headers.get("ETag")], ["Cookie, Accept-Encoding", '"7"']);
});

Deno.test("gzip() answers HEAD with the head of GET, without compressing", async () => {
  const app = pipeline().use(gzip()).handle(routes({
    "/": () => new Response(PAGE, { headers: { ETag: '"7"' } }),
    "/short/": () => new Response("short"),
  }));
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app);
  const ask = (path: string, method: string) =>
    wire(
      server.addr.port,
      `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n`,
    );
  const [head, get] = [await ask("/", "HEAD"), await ask("/", "GET")];
  for (const line of ["content-encoding: gzip", 'etag: w/"7"', "vary: accept-encoding"]) {
    assert(head.toLowerCase().includes(line), head);
    assert(get.toLowerCase().includes(line), get);
  }
  assertEquals(/content-length/i.test(head), false, head);
  assert(head.endsWith("\r\n\r\n"));
  assert(/content-length: 5\r/i.test(await ask("/short/", "HEAD")));
});

Deno.test("gzip() lets alone what has no body", async () => {
  for (const response of [new Response(null, { status: 204 }), new Response(null, { status: 304 }), redirect("/")]) {
    const answer = await site(() => response)(request("gzip"));
    assertEquals([answer.headers.get("Content-Encoding"), answer.status], [null, response.status]);
  }
});

Deno.test("gzip() names on a 304 what it named on the page: Vary, and the tag that the visitor has", async () => {
  const app = pipeline().use(gzip()).use(conditionalGet()).handle(routes({
    "GET /": page({ headers: { "Cache-Control": "max-age=60" } }),
    "GET /condition/": condition({ etag: () => "7" })(page()),
  }));
  for (const path of ["/", "/condition/"]) {
    const ask = async (headers: HeadersInit) => {
      const response = await app(new Request(`http://localhost${path}`, { headers }));
      await response.body?.cancel();
      return [response.status, response.headers.get("Vary"), response.headers.get("ETag")];
    };
    const [, , strong] = await ask({});
    const [, , weak] = await ask({ "Accept-Encoding": "gzip" });
    assertEquals(weak, `W/${strong}`);
    // Otherwise a cache does not find the page that it is to go on using. (RFC 9111 §4.3.4, RFC 9110 §15.4.5.)
    for (const tag of [strong, weak]) {
      for (const encoding of ["gzip", "identity"]) {
        const headers = { "Accept-Encoding": encoding, "If-None-Match": tag as string };
        assertEquals(await ask(headers), [304, "Accept-Encoding", tag], `${path} ${tag} ${encoding}`);
      }
    }
    // Whoever has both is told of the one it would be sent.
    const both = `${strong}, ${weak}`;
    assertEquals(await ask({ "Accept-Encoding": "gzip", "If-None-Match": both }), [304, "Accept-Encoding", weak]);
    assertEquals(await ask({ "If-None-Match": both }), [304, "Accept-Encoding", strong]);
  }
});

Deno.test("gzip() compresses error pages of the layers inside", async () => {
  const app = site(() => {
    throw new NotFound("No such book. ".repeat(50));
  });
  const response = await app(request("gzip"));
  assertEquals([response.status, response.headers.get("Content-Encoding")], [404, "gzip"]);
  assert((await read(response)).includes("No such book."));
});

Deno.test("gzip() against BREACH: the length of the same page differs from one time to the next", async () => {
  for (const coding of ["gzip", "br", "zstd"] as const) {
    const app = site(page(), { codings: [coding] });
    const lengths = new Set<number>();
    for (let i = 0; i < 60; i++) {
      const response = await app(request(coding));
      assertEquals(await read(response.clone()), PAGE);
      lengths.add((await response.bytes()).length);
    }
    // Sixty draws of a hundred: fewer than twenty different ones don't happen.
    assertGreater(lengths.size, 20, coding);
    assertLess(Math.max(...lengths) - Math.min(...lengths), 110);
  }
});

Deno.test("gzip() against BREACH: a stream's length differs too", async () => {
  for (const coding of ["gzip", "br", "zstd"] as const) {
    const app = site(
      () => new Response(pieces(["one ", "two ", "three"]), { headers: { "Content-Type": "text/plain" } }),
      { codings: [coding] },
    );
    const lengths = new Set<number>();
    for (let i = 0; i < 40; i++) {
      const response = await app(request(coding));
      assertEquals(await read(response.clone()), "one two three");
      lengths.add((await response.bytes()).length);
    }
    assertGreater(lengths.size, 12, coding);
  }
});

Deno.test("gzip({ maxRandomBytes: 0 }) adds nothing, and as much as it says otherwise", async () => {
  const length = async (maxRandomBytes: number, coding: string) =>
    (await (await site(page(), { maxRandomBytes })(request(coding))).bytes()).length;
  for (const coding of ["gzip", "br"]) {
    const lengths = await Promise.all(Array.from({ length: 20 }, () => length(0, coding)));
    assertEquals(new Set(lengths).size, 1);
    const padded = await Promise.all(Array.from({ length: 200 }, () => length(256, coding)));
    assertLess(Math.max(...padded), lengths[0]! + 260);
    assertGreater(Math.max(...padded), lengths[0]! + 128);
  }
});

Deno.test("gzip() sends a stream piece by piece: the first can be read before the second is made", async () => {
  for (const coding of ["gzip", "br", "zstd"] as const) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const app = site(() =>
      new Response(
        new ReadableStream({
          async start(controller) {
            controller.enqueue(encode("first"));
            await promise;
            controller.enqueue(encode(""));
            controller.enqueue(encode("second"));
            controller.close();
          },
        }),
        { headers: { "Content-Type": "text/html", "Content-Length": "1000" } },
      ), { codings: [coding] });
    await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app);
    // Browsers and fetch() unpack as it comes; zstd isn't known to fetch, so its bytes are looked at.
    const response = await deadline(
      fetch(`http://127.0.0.1:${server.addr.port}/`, { headers: { "Accept-Encoding": coding } }),
      30_000,
    );
    assertEquals(response.headers.get("Content-Length"), null);
    const reader = response.body!.getReader();
    const first = await deadline(reader.read(), 30_000);
    if (coding !== "zstd") assertEquals(new TextDecoder().decode(first.value), "first");
    assertGreater(first.value!.length, 0);
    resolve();
    let rest = "";
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      rest += new TextDecoder().decode(piece.value);
    }
    if (coding !== "zstd") assertEquals(rest, "second");
  }
});

Deno.test("gzip() reads a stream only as fast as the visitor does, and cancels it when they leave", async () => {
  let made = 0;
  const cancelled = Promise.withResolvers<unknown>();
  const app = site(() =>
    new Response(
      new ReadableStream({
        pull(controller) {
          made++;
          controller.enqueue(encode("x".repeat(1000)));
        },
        cancel: (reason) => cancelled.resolve(reason),
      }, { highWaterMark: 0 }),
      { headers: { "Content-Type": "text/plain" } },
    )
  );
  const response = await app(request("br"));
  await delay(20);
  assertLess(made, 4);
  const reader = response.body!.getReader();
  await reader.read();
  await delay(20);
  assertLess(made, 6);
  await reader.cancel("enough");
  assertEquals(await cancelled.promise, "enough");
});

Deno.test("gzip() hands the error of a stream on", async () => {
  const app = site(() => {
    let made = 0;
    return new Response(
      new ReadableStream({
        pull(controller) {
          if (made++ === 0) controller.enqueue(encode("first"));
          else controller.error(new Error("the disk is gone"));
        },
      }),
      { headers: { "Content-Type": "text/plain" } },
    );
  });
  await assertRejects(async () => await (await app(request("gzip"))).bytes(), Error, "the disk is gone");
});

Deno.test("gzip() compresses a large text in slices, and keeps all of it", async () => {
  const large = PAGE.repeat(1500);
  const app = site(() => htmlResponse(html`${large}`));
  for (const coding of ["gzip", "br"]) {
    const response = await app(request(coding));
    assertEquals(response.headers.get("Content-Length"), null);
    assertEquals((await read(response)).length, large.length);
  }
});

Deno.test("gzip() is read by Deno's own fetch, and an empty stream too", async () => {
  const app = pipeline().use(gzip()).handle(routes({
    "/": () => new Response(PAGE),
    "/empty": () => new Response(pieces([]), { headers: { "Content-Type": "text/plain" } }),
  }));
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app);
  for (const coding of ["gzip", "br"]) {
    const headers = { "Accept-Encoding": coding };
    assertEquals(await (await fetch(`http://127.0.0.1:${server.addr.port}/`, { headers })).text(), PAGE);
    assertEquals(await (await fetch(`http://127.0.0.1:${server.addr.port}/empty`, { headers })).text(), "");
  }
});

Deno.test("gzip() is not compressed again by Deno.serve({ automaticCompression: true })", async () => {
  const options = { hostname: "127.0.0.1", port: 0, onListen() {}, automaticCompression: true };
  await using server = Deno.serve(options, site(page({ headers: { ETag: '"7"' } })));
  const ask = (coding: string) =>
    fetch(`http://127.0.0.1:${server.addr.port}/`, { headers: { "Accept-Encoding": coding } });
  const response = await ask("gzip");
  assertEquals(await response.text(), PAGE);
  assertEquals(response.headers.get("ETag"), 'W/"7"');
  assertEquals(response.headers.get("Vary"), "Accept-Encoding");
});

Deno.test("gzip() refuses options that can't be meant", () => {
  assertThrows(() => gzip({ codings: [] }), TypeError, "codings must be a list");
  assertThrows(() => gzip({ codings: ["deflate" as never] }), TypeError, 'received "deflate"');
  assertThrows(() => gzip({ codings: "gzip" as never }), TypeError, 'received "gzip"');
  assertThrows(() => gzip({ minBytes: -1 }), RangeError, "minBytes must be a whole number of bytes from 0");
  assertThrows(() => gzip({ level: 10 }), RangeError, "level must be a whole number from 0 to 9");
  assertThrows(() => gzip({ quality: 1.5 }), RangeError, "quality must be");
  assertThrows(() => gzip({ maxRandomBytes: 257 }), RangeError, "from 0 to 256");
  assertThrows(() => gzip({ types: ["text/html"] as never }), TypeError, "types must be a function");
});

Deno.test("gzip() stays synchronous, and leaves the body alone, where nothing is compressed", () => {
  assertInstanceOf(site(page())(request()), Response);
  assertInstanceOf(site(page({ headers: { "Content-Type": "image/png" } }))(request("gzip")), Response);
});

function pieces(texts: string[]): ReadableStream {
  return ReadableStream.from((async function* () {
    for (const text of texts) {
      await delay(1);
      yield encode(text);
    }
  })());
}

/** Sends bytes and gives whatever comes back until the connection is closed. */
async function wire(port: number, text: string): Promise<string> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(encode(text));
  return new TextDecoder("latin1").decode(await new Response(connection.readable).arrayBuffer());
}
