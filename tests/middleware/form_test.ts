/** Reading a body as a form, within limits. */

import { type Context, HttpError, pipeline, type PipelineOptions, routes } from "@nuages/web/middleware";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { assertLinear } from "../_growth.ts";

type Entries = [string, string][];

const TEXT = "application/x-www-form-urlencoded";

/** Reads a request's form as a view would, and gives its entries; files as "name (type, size)". */
async function read(request: Request, options: PipelineOptions = {}): Promise<Entries> {
  let result: Entries | undefined;
  let failure: unknown;
  const app = pipeline(options).handle(async (_request, context) => {
    try {
      result = entriesOf(await context.form());
    } catch (error) {
      failure = error;
    }
    return new Response();
  });
  await app(request);
  if (result === undefined) throw failure;
  return result;
}

function entriesOf(form: FormData): Entries {
  return [...form].map((
    [name, value],
  ) => [name, typeof value === "string" ? value : `${value.name} (${value.type}, ${value.size})`]);
}

async function statusOf(request: Request, options?: PipelineOptions): Promise<number> {
  return (await assertRejects(() => read(request, options), HttpError)).status;
}

function post(body: BodyInit, type?: string | null, headers: HeadersInit = {}): Request {
  const request = new Request("http://localhost/", { method: "POST", body, headers });
  if (type === null) request.headers.delete("Content-Type");
  else if (type !== undefined) request.headers.set("Content-Type", type);
  return request;
}

/** A body that comes in pieces and doesn't say how long it is; `pulled` counts the pieces that were asked for. */
function chunked(
  pieces: Iterable<string>,
): { body: ReadableStream<Uint8Array>; pulled: () => number; cancelled: () => boolean } {
  const iterator = pieces[Symbol.iterator]();
  let pulled = 0;
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const { done, value } = iterator.next();
      pulled++;
      if (done) controller.close();
      else controller.enqueue(new TextEncoder().encode(value));
    },
    cancel() {
      cancelled = true;
    },
  }, { highWaterMark: 0 });
  return { body, pulled: () => pulled, cancelled: () => cancelled };
}

function part(name: string, value: string, more = ""): string {
  return `--B\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${value}\r\n`;
}
const END = "--B--\r\n";
const MULTIPART = "multipart/form-data; boundary=B";

Deno.test("form() reads fields of a URL-encoded body", async () => {
  assertEquals(await read(post(new URLSearchParams({ a: "1", b: "é & ü" }))), [["a", "1"], ["b", "é & ü"]]);
  assertEquals(await read(post("a=1&a=2&&b=&c", TEXT)), [["a", "1"], ["a", "2"], ["b", ""], ["c", ""]]);
  assertEquals(await read(post("a=%ZZ&b=%FF&c=a+b%2B", `${TEXT}; charset=utf-8`)), [
    ["a", "%ZZ"],
    ["b", "\ufffd"],
    ["c", "a b+"],
  ]);
});

Deno.test("form() reads fields and files of a multipart body", async () => {
  const sent = new FormData();
  sent.append("title", "Emma & Co");
  sent.append("cover", new File(["pixels"], "c over.png", { type: "image/png" }));
  sent.append("cover", new File([], ""));
  assertEquals(await read(post(sent)), [
    ["title", "Emma & Co"],
    ["cover", "c over.png (image/png, 6)"],
    ["cover", " (application/octet-stream, 0)"],
  ]);
});

Deno.test("form() is empty for a request without a body", async () => {
  assertEquals(await read(new Request("http://localhost/")), []);
  assertEquals(await read(new Request("http://localhost/", { method: "POST" })), []);
  assertEquals(await read(post("", TEXT)), []);
  assertEquals(await read(post("", "application/json", { "Content-Length": "0" })), []);
  assertEquals(await read(post(chunked([]).body, null)), []);
  assertEquals(await read(post(chunked(["", ""]).body, null)), []);
  assertEquals(await read(post(chunked([]).body, MULTIPART)), []);
});

Deno.test("form() refuses what is no form with 415, and says what is", async () => {
  for (
    const type of [
      "application/json",
      "text/plain",
      "text/plain; x=application/x-www-form-urlencoded",
      "multipart/mixed; boundary=B",
      "application/x-www-form-urlencodedx",
      "",
      "x",
      ";",
      "application/json, application/x-www-form-urlencoded",
      null,
    ]
  ) {
    const error = await assertRejects(() => read(post("a=1", type)), HttpError, undefined, String(type));
    assertEquals([error.status, error.headers.get("Accept-Post")], [415, `${TEXT}, multipart/form-data`]);
  }
});

Deno.test("form() takes the type in any case and with parameters", async () => {
  assertEquals(await read(post("a=1", "Application/X-WWW-Form-Urlencoded ; charset=UTF-8")), [["a", "1"]]);
  for (const type of ["Multipart/Form-Data; Boundary=B", 'multipart/form-data; charset=utf-8; boundary="B"']) {
    assertEquals(await read(post(part("a", "1") + END, type)), [["a", "1"]]);
  }
});

Deno.test("form() twice is the same form, and reads once", async () => {
  await pipeline().handle(async (request, context) => {
    const [first, second] = await Promise.all([context.form(), context.form()]);
    assertStrictEquals(first, second);
    assertStrictEquals(await context.form(), first);
    assertEquals(request.bodyUsed, false);
    return new Response();
  })(post("a=1", TEXT));
});

Deno.test("form() leaves the request's own body to be read", async () => {
  const after = async (body: BodyInit, type: string, use: (request: Request) => Promise<unknown>) => {
    let result: unknown;
    await pipeline().handle(async (request, context) => {
      await context.form();
      result = await use(request);
      return new Response();
    })(post(body, type));
    return result;
  };
  assertEquals(await after("a=1", TEXT, (request) => request.text()), "a=1");
  assertEquals(await after("a=1", TEXT, async (request) => entriesOf(await request.formData())), [["a", "1"]]);
  const multipart = part("a", "1") + END;
  assertEquals(await after(multipart, MULTIPART, async (request) => entriesOf(await request.formData())), [["a", "1"]]);
  assertEquals(await after(multipart, MULTIPART, (request) => request.clone().text()), multipart);
});

Deno.test("form() leaves everything that reads a body at work, and once only", async () => {
  const after = async (use: (request: Request) => unknown) => {
    const request = post("a=1&b=é", TEXT);
    await pipeline().handle(async (_request, context) => {
      await context.form();
      return new Response();
    })(request);
    return await use(request);
  };
  const text = "a=1&b=é";
  const decode = (bytes: BufferSource) => new TextDecoder().decode(bytes);
  assertEquals(await after((request) => request.text()), text);
  assertEquals(decode(await after((request) => request.bytes()) as Uint8Array<ArrayBuffer>), text);
  assertEquals(decode(await after((request) => request.arrayBuffer()) as ArrayBuffer), text);
  assertEquals(await (await after((request) => request.blob()) as Blob).text(), text);
  assertEquals(await after((request) => new Response(request.body).text()), text);
  assertEquals(await after((request) => request.clone().text()), text);
  assertEquals(await after((request) => request.clone().clone().text()), text);
  const form = await after((request) => request.clone().formData()) as FormData;
  assertEquals(entriesOf(form), [["a", "1"], ["b", "é"]]);
  assertEquals(await after(async (request) => [request.bodyUsed, await request.text(), request.bodyUsed]), [
    false,
    text,
    true,
  ]);
  await after(async (request) => {
    const clone = request.clone();
    assertEquals([clone.method, clone.url, clone.headers.get("Content-Type")], ["POST", "http://localhost/", TEXT]);
    assertEquals(await Promise.all([request.text(), clone.text()]), [text, text]);
    assertThrows(() => request.clone(), TypeError, "read already");
    await assertRejects(() => request.text(), TypeError);
  });
});

Deno.test("form() leaves a request that can be cloned, whatever its address and method", async () => {
  const app = pipeline().handle(async (request, context) => {
    await context.form();
    const clone = request.clone();
    return new Response([clone.method, clone.url, await clone.text(), await request.text()].join());
  });
  for (
    const [method, url] of [["POST", "http://a b/"], ["CONNECT", "http://x/"], ["get", "http://x/"], [
      "POST",
      "http://u:p@x/",
    ]]
  ) {
    const request = Object.defineProperties(post("a=1", TEXT), { method: { value: method }, url: { value: url } });
    assertEquals(await (await app(request)).text(), `${method},${url},a=1,a=1`);
  }
});

Deno.test("form() lets a view pass the request on with the body as bytes, and refuses loudly without", async () => {
  await pipeline().handle(async (request, context) => {
    await context.form();
    assertThrows(() => new Request(request), TypeError);
    const passed = new Request("http://localhost/there", { method: "POST", body: await request.bytes() });
    assertEquals(await passed.text(), "a=1");
    return new Response();
  })(post("a=1", TEXT));
});

Deno.test("form() leaves a body that is no form to be read, streamed too", async () => {
  const after = async (request: Request, use: (request: Request) => Promise<unknown>) => {
    let result: unknown;
    await pipeline().handle(async (_request, context) => {
      assertEquals((await assertRejects(() => context.form(), HttpError)).status, 415);
      result = await use(request);
      return new Response();
    })(request);
    return result;
  };
  assertEquals(await after(post('{"a":1}', "application/json"), (request) => request.json()), { a: 1 });
  assertEquals(await after(post("bytes", null), (request) => request.text()), "bytes");
  const { body, pulled } = chunked(["", "first ", "second ", "third"]);
  assertEquals(
    await after(post(body, null), async (request) => {
      assertEquals(pulled() <= 3, true);
      return await request.text();
    }),
    "first second third",
  );
  const left = chunked(Array(100).fill("x"));
  await after(post(left.body, null), (request) => request.body!.cancel());
  assertEquals([left.cancelled(), left.pulled() < 10], [true, true]);
});

Deno.test("form() after the body was read says what to do instead", async () => {
  for (
    const use of [
      (request: Request) => request.text(),
      (request: Request) => Promise.resolve(request.body!.getReader()),
    ]
  ) {
    const events: unknown[] = [];
    const app = pipeline({ onEvent: ({ error }) => events.push(error) }).handle(async (request, context) => {
      await use(request);
      return Response.json(entriesOf(await context.form()));
    });
    assertEquals((await app(post("a=1", TEXT))).status, 500);
    assertStringIncludes(String(events), "call context.form() before request.text()");
  }
});

Deno.test("form() refuses more bytes than maxTextBytes with 413, said or not", async () => {
  const form = { maxTextBytes: 10 };
  assertEquals(await read(post("a=12345678", TEXT), { form }), [["a", "12345678"]]);
  assertEquals(await statusOf(post("a=123456789", TEXT), { form }), 413);
  assertEquals(await statusOf(post("a=1", TEXT, { "Content-Length": "11" }), { form }), 413);
  assertEquals(await read(post(chunked(["a=1234", "5678"]).body, TEXT), { form }), [["a", "12345678"]]);
  assertEquals(await statusOf(post(chunked(["a=1234", "56789"]).body, TEXT), { form }), 413);
});

Deno.test("form() stops reading where the limit is, whatever else would come", async () => {
  function* endless() {
    while (true) yield "a".repeat(1000);
  }
  for (const type of [TEXT, MULTIPART]) {
    const { body, pulled } = chunked(endless());
    assertEquals(await statusOf(post(body, type), { form: { maxBytes: 5_000 } }), 413);
    assert(pulled() <= 8, String(pulled()));
  }
});

Deno.test("form() refuses more bytes than maxBytes with 413", async () => {
  const file = (size: number) => part("f", "x".repeat(size), '; filename="f"') + END;
  const fixed = file(0).length;
  const form = { maxBytes: fixed + 100, maxTextBytes: 10 };
  assertEquals(await read(post(file(100), MULTIPART), { form }), [["f", "f (application/octet-stream, 100)"]]);
  assertEquals(await statusOf(post(file(101), MULTIPART), { form }), 413);
  assertEquals(await statusOf(post(chunked([file(101)]).body, MULTIPART), { form }), 413);
  assertEquals(await statusOf(post("a=1", TEXT), { form: { maxBytes: 2 } }), 413);
});

Deno.test("form() counts the text of a multipart body in bytes, names too, files not", async () => {
  const form = { maxTextBytes: 8 };
  assertEquals((await read(post(part("ab", "éüö") + END, MULTIPART), { form })).length, 1);
  assertEquals(await statusOf(post(part("abc", "éüö") + END, MULTIPART), { form }), 413);
  assertEquals(await statusOf(post(part("é", "é") + part("a", "1234") + END, MULTIPART), { form }), 413);
  assertEquals((await read(post(part("f", "123456789", '; filename="f"') + END, MULTIPART), { form })).length, 1);
});

Deno.test("form() refuses more fields than maxFields with 413", async () => {
  const form = { maxFields: 3 };
  assertEquals((await read(post("a&b&c", TEXT), { form })).length, 3);
  assertEquals((await read(post("&a&&b&c&&&", TEXT), { form })).length, 3);
  assertEquals(await statusOf(post("a&b&c&d", TEXT), { form }), 413);
  assertEquals((await read(post(part("a", "").repeat(3) + END, MULTIPART), { form })).length, 3);
  assertEquals(await statusOf(post(part("a", "").repeat(4) + END, MULTIPART), { form }), 413);
});

Deno.test("form() refuses more files than maxFiles with 413", async () => {
  const form = { maxFiles: 2 };
  const file = part("f", "", '; filename="f"');
  assertEquals((await read(post(file.repeat(2) + part("a", "1") + END, MULTIPART), { form })).length, 3);
  assertEquals(await statusOf(post(file.repeat(3) + END, MULTIPART), { form }), 413);
  assertEquals(await statusOf(post(file + END, MULTIPART), { form: { maxFiles: 0 } }), 413);
});

Deno.test("form() has Django's limits by default", async () => {
  assertEquals((await read(post("a&".repeat(1_000), TEXT))).length, 1_000);
  assertEquals(await statusOf(post("a&".repeat(1_001), TEXT)), 413);
  assertEquals((await read(post(`a=${"x".repeat(2_621_438)}`, TEXT))).length, 1);
  assertEquals(await statusOf(post(`a=${"x".repeat(2_621_439)}`, TEXT)), 413);
  const file = part("f", "", '; filename="f"');
  assertEquals((await read(post(file.repeat(100) + END, MULTIPART))).length, 100);
  assertEquals(await statusOf(post(file.repeat(101) + END, MULTIPART)), 413);
});

Deno.test("form() refuses a million of anything before it parses them", async () => {
  assertEquals(await statusOf(post("a&".repeat(1_000_000), TEXT)), 413);
  assertEquals(await read(post("&".repeat(1_000_000), TEXT)), []);
  assertEquals(await statusOf(post(part("a", "").repeat(150_000) + END, MULTIPART)), 413);
  for (const piece of ["--B", "--B\r\n", "\r\n--B ", "\r\n", "-", "\r\n--B\t"]) {
    const status = await statusOf(post(piece.repeat(Math.floor(9_000_000 / piece.length)), MULTIPART));
    assert(status === 400 || status === 413, piece);
  }
});

Deno.test("form() takes time in proportion to the body, however it is built", async () => {
  const texts = [(size: number) => "a&".repeat(size / 2), (size: number) => "&".repeat(size)];
  const refusedOrNot = (request: Request) => read(request).catch((error) => assertInstanceOf(error, HttpError));
  await assertLinear(1_000_000, texts, (text) => refusedOrNot(post(text, TEXT)));
  const pieces = ["--B", "--B\r\n", "\r\n--B ", "\r\n", "-", "\r\n--B\t", part("a", "")];
  const bodies = pieces.map((piece) => (size: number) => piece.repeat(size / piece.length) + END);
  await assertLinear(1_000_000, bodies, (body) => refusedOrNot(post(body, MULTIPART)));
});

Deno.test("form() refuses a multipart body that was cut off with 400, so that no field is lost", async () => {
  const whole = part("a", "1") + part("f", "file", '; filename="f.txt"') + END;
  assertEquals((await read(post(whole, MULTIPART))).length, 2);
  assertEquals((await read(post(whole.slice(0, -2), MULTIPART))).length, 2);
  for (let length = 1; length < whole.length - 2; length++) {
    assertEquals(await statusOf(post(whole.slice(0, length), MULTIPART)), 400, whole.slice(0, length));
  }
});

Deno.test("form() refuses a malformed multipart body with 400", async () => {
  const bodies: [string, string][] = [
    ["garbage", MULTIPART],
    [part("a", "1") + END, "multipart/form-data"],
    [part("a", "1") + END, "multipart/form-data; boundary="],
    [part("a", "1") + END, 'multipart/form-data; boundary=""'],
    [part("a", "1") + END, "multipart/form-data; boundary=C"],
    [(part("a", "1") + END).replaceAll("\r\n", "\n"), MULTIPART],
    ["--B\r\nContent-Disposition: form-data\r\n\r\nx\r\n" + END, MULTIPART],
    ["--B\r\nX: y\r\n\r\nx\r\n" + END, MULTIPART],
    ["--B\r\nContent-Disposition: form-data; name=a\r\nx\r\n" + END, MULTIPART],
    ["--B\r\n" + "\r".repeat(100_000), MULTIPART],
    ["--B\r\n" + "X: y\r\n".repeat(100_000) + END, MULTIPART],
    ["\0".repeat(1000), MULTIPART],
  ];
  for (const [body, type] of bodies) assertEquals(await statusOf(post(body, type)), 400, body.slice(0, 50));
});

Deno.test("form() takes what looks like a boundary within a value for the value", async () => {
  for (const value of ["x--By", "x\r\n--Bxx\r\ny", "x\n--B\nx", "x\r--B--", "x\r\n --B\r\nx"]) {
    assertEquals(await read(post(part("a", value) + END, MULTIPART)), [["a", value]], value);
  }
});

Deno.test("form() refuses a boundary on a line of its own within a value, as nobody can tell what was meant", async () => {
  for (const value of ["--B", "x\r\n--B", "x\r\n--B\r\ny", "x\r\n--B \t\r\ny"]) {
    assertEquals(await statusOf(post(part("a", value) + END, MULTIPART)), 400, value);
  }
});

Deno.test("form() takes a preamble and an epilogue", async () => {
  assertEquals(await read(post(`preamble\r\n${part("a", "1")}${END}epilogue ${part("b", "2")}`, MULTIPART)), [[
    "a",
    "1",
  ]]);
});

Deno.test("form() keeps field names that objects have too", async () => {
  assertEquals(await read(post("__proto__=1&constructor=2&toString=3", TEXT)), [
    ["__proto__", "1"],
    ["constructor", "2"],
    ["toString", "3"],
  ]);
});

Deno.test("form() answers 400 if the body ends before its time", async () => {
  const broken = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.error(new Error("connection reset"));
    },
  });
  const events: unknown[] = [];
  const app = pipeline({ onEvent: (event) => events.push(event) }).handle(async (_request, context) => {
    return Response.json(entriesOf(await context.form()));
  });
  assertEquals([(await app(post(broken, TEXT))).status, events.length], [400, 0]);
});

Deno.test("form() that failed fails again the same way", async () => {
  await pipeline().handle(async (_request, context) => {
    const first = await assertRejects(() => context.form(), HttpError);
    assertStrictEquals(await assertRejects(() => context.form(), HttpError), first);
    return new Response();
  })(post("{}", "application/json"));
});

Deno.test("pipeline() refuses form limits that are no numbers", () => {
  for (const name of ["maxBytes", "maxTextBytes", "maxFields", "maxFiles"]) {
    for (const value of [-1, 1.5, NaN, Infinity, "10", null]) {
      // deno-lint-ignore no-explicit-any -- what a program without types does
      const form = { [name]: value } as any;
      assertThrows(() => pipeline({ form }), RangeError, `Cannot use form limit ${name}`, String(value));
    }
  }
  // deno-lint-ignore no-explicit-any -- what a program without types does
  assertThrows(() => pipeline({ form: { maxSize: 1 } as any }), TypeError, "maxSize");
  pipeline({ form: { maxBytes: 0, maxFiles: 0 } });
});

Deno.test("pipeline() takes a form limit that is undefined for its default", async () => {
  // deno-lint-ignore no-explicit-any -- what a program without exactOptionalPropertyTypes does
  const form = { maxBytes: undefined, maxTextBytes: 10 } as any;
  assertEquals(await read(post("a=1", TEXT), { form }), [["a", "1"]]);
});

/** Serves an application that answers with the form's entries, and stops when the callback is done. */
async function serving(
  use: (address: string, port: number) => Promise<void>,
  options: PipelineOptions = {},
): Promise<void> {
  const view = async (_request: Request, context: Context) => Response.json(entriesOf(await context.form()));
  const app = pipeline({ form: { maxTextBytes: 100_000, maxBytes: 200_000 }, ...options }).handle(
    routes({
      "/form": view,
      "/none": () => new Response("unread"),
      "/text": async (request, context) => {
        await context.form();
        return new Response(await request.text());
      },
    }),
  );
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, app);
  const { port } = server.addr;
  await use(`http://127.0.0.1:${port}`, port);
  await server.shutdown();
}

Deno.test("form() through a server: fields, files, nothing, JSON", async () => {
  await serving(async (address) => {
    const ask = async (init: RequestInit, path = "/form") => {
      const response = await fetch(address + path, { method: "POST", ...init });
      return [response.status, await response.text()];
    };
    assertEquals(await ask({ body: new URLSearchParams({ a: "1" }) }), [200, '[["a","1"]]']);
    const form = new FormData();
    form.append("f", new File(["x".repeat(150_000)], "big.txt", { type: "text/plain" }));
    assertEquals(await ask({ body: form }), [200, '[["f","big.txt (text/plain, 150000)"]]']);
    assertEquals(await ask({}), [200, "[]"]);
    assertEquals(await ask({ method: "PUT" }), [200, "[]"]);
    assertEquals((await ask({ body: "{}", headers: { "Content-Type": "application/json" } }))[0], 415);
    assertEquals((await ask({ body: new Uint8Array([1]) }))[0], 415);
    assertEquals(await ask({ body: new URLSearchParams({ a: "1" }) }, "/text"), [200, "a=1"]);
    assertEquals(await ask({ body: new URLSearchParams({ a: "1" }) }, "/none"), [200, "unread"]);
  });
});

Deno.test("form() through a server: too much is a 413, with a length and without, and the server goes on", async () => {
  await serving(async (address) => {
    const status = async (body: BodyInit, type: string) => {
      const response = await fetch(`${address}/form`, { method: "POST", body, headers: { "Content-Type": type } });
      await response.body?.cancel();
      return response.status;
    };
    for (let i = 0; i < 3; i++) {
      assertEquals(await status("a=" + "x".repeat(300_000), TEXT), 413);
      assertEquals(await status(chunked(Array(30).fill("x".repeat(10_000))).body, TEXT), 413);
      assertEquals(await status(chunked(Array(30).fill("x".repeat(10_000))).body, MULTIPART), 413);
      assertEquals(await status("a=1", TEXT), 200);
    }
  });
});

Deno.test("form() through a server: a POST with Content-Length: 0, with no length, and with an empty chunk", async () => {
  await serving(async (_address, port) => {
    const heads = ["Content-Length: 0\r\n\r\n", "\r\n", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"];
    const types = ["", `Content-Type: ${TEXT}\r\n`, `Content-Type: ${MULTIPART}\r\n`];
    for (const head of heads) {
      for (const type of types) {
        const connection = await Deno.connect({ hostname: "127.0.0.1", port });
        const wire = `POST /form HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${type}${head}`;
        await connection.write(new TextEncoder().encode(wire));
        const answer = await new Response(connection.readable).text();
        assertStringIncludes(answer, "HTTP/1.1 200 OK");
        assert(answer.endsWith("[]"));
      }
    }
  });
});

Deno.test("form() through a server: a visitor who leaves in the middle of the body is no exception", async () => {
  const events: string[] = [];
  await serving(async (address, port) => {
    for (const head of ["Content-Length: 1000", "Transfer-Encoding: chunked"]) {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      const wire = `POST /form HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${TEXT}\r\n${head}\r\n\r\n3\r\na=1\r\n`;
      await connection.write(new TextEncoder().encode(wire));
      connection.close();
    }
    assertEquals(await (await fetch(`${address}/none`)).text(), "unread");
  }, { onEvent: ({ name }) => events.push(name) });
  assertEquals(events.includes("exception"), false);
});
