/** What a programmer sees when something breaks, and what nobody must see. */

import { addHooks, HttpError, type Middleware, NotFound, pipeline } from "@nuages/web/middleware";
import { assert, assertEquals, assertFalse, assertStringIncludes } from "@std/assert";

const named = (name: string, broken = false): Middleware => (next) =>
  Object.defineProperty(
    ((request, context) => {
      if (broken) throw new RangeError("the till is empty");
      return next(request, context);
    }) as ReturnType<Middleware>,
    "name",
    { value: name },
  );

/** The page of an application that breaks, as text. */
async function pageFor(
  request: Request,
  error: unknown = new RangeError("the till is empty"),
  ...layers: Middleware[]
): Promise<string> {
  let base = pipeline({ debug: true, onEvent: () => {} });
  for (const layer of layers) base = base.use(layer);
  const response = await base.handle(() => {
    throw error;
  })(request);
  assertEquals(response.headers.get("Content-Type"), "text/html; charset=utf-8");
  return await response.text();
}

const request = (init?: RequestInit) => new Request("http://localhost/cart/?page=2", init);

Deno.test("the debug page shows the error, its stack, the request and the request's id", async () => {
  let id = "";
  const page = await pageFor(
    request({ method: "POST", headers: { "X-Shelf": "B7" } }),
    undefined,
    (next) => (request, context) => {
      id = context.requestId;
      return next(request, context);
    },
  );
  for (
    const text of [
      "RangeError",
      "the till is empty",
      "debug_page_test.ts",
      "POST",
      "/cart/?page=2",
      "x-shelf",
      "B7",
      id,
    ]
  ) assertStringIncludes(page, text);
  assertStringIncludes(page, "500 Internal Server Error");
  assertStringIncludes(page, "127.0.0.1 http://localhost");
});

Deno.test("the debug page shows the pipeline and the layer where it happened", async () => {
  const layers = async (...all: Middleware[]) =>
    [...(await pageFor(request(), undefined, ...all)).matchAll(/<li[^>]*>([^<]*)<\/li>/g)].map(([, text]) => text);
  assertEquals(await layers(named("security"), named("sessions")), ["security", "sessions", "view ← here"]);
  assertEquals(await layers(named("security"), named("sessions", true)), ["security", "sessions ← here", "view"]);
  assertEquals(await layers((next) => (request, context) => next(request, context)), ["anonymous", "view ← here"]);
});

Deno.test("the debug page tells layers of the same name apart", async () => {
  const page = await pageFor(request(), undefined, named("timing"), named("timing", true), named("timing"));
  assertEquals([...page.matchAll(/<li[^>]*>([^<]*)<\/li>/g)].map(([, text]) => text), [
    "timing",
    "timing ← here",
    "timing",
    "view",
  ]);
});

Deno.test("the debug page is only for those who asked for it", async () => {
  const app = pipeline({ onEvent: () => {} }).use(named("security")).handle(() => {
    throw new RangeError("the till is empty");
  });
  const page = await (await app(request())).text();
  for (const text of ["RangeError", "till", "security", "debug_page_test"]) assertFalse(page.includes(text), text);
});

Deno.test("the debug page shows no cookie, no authorisation and no token", async () => {
  const secrets = {
    Cookie: "sessionid=opensesame; theme=opensesame; opensesame; =opensesame",
    Authorization: "Bearer opensesame",
    "Proxy-Authorization": "Basic opensesame",
    "X-CSRFToken": "opensesame",
    "X-Api-Key": "opensesame",
    "X-Auth-Token": "opensesame",
    "X-Amz-Security-Token": "opensesame",
    "X-Hub-Signature-256": "opensesame",
    "X-Session-Id": "opensesame",
    "X-Client-Secret": "opensesame",
  };
  for (const accept of ["text/html", "application/json"]) {
    const app = pipeline({ debug: true, onEvent: () => {} }).handle((_request, context) => {
      assertEquals(context.cookies.get("sessionid"), "opensesame");
      throw new HttpError(503, "closed");
    });
    const text = await (await app(request({ headers: { ...secrets, Accept: accept } }))).text();
    assertFalse(text.includes("opensesame"));
  }
  const page = await pageFor(request({ headers: secrets }));
  assertStringIncludes(page, "sessionid=(hidden); theme=(hidden); (hidden); =(hidden)");
  assertStringIncludes(page, "<th>authorization</th>");
});

Deno.test("the debug page escapes whatever a visitor or a programmer wrote", async () => {
  const evil = `"'><script>alert(1)</script><img src=x onerror=alert(1)>&amp;`;
  const headers = new Headers({ "X-Evil": evil, "User-Agent": evil, Cookie: `${evil.replaceAll(";", "")}=1` });
  const facts: Middleware = (next) => (request, context) => {
    addHooks(context, { debugFacts: () => ({ [evil]: [evil] }) });
    return next(request, context);
  };
  class Evil extends Error {
    override name = evil;
  }
  for (const error of [new Error(evil), new Evil(evil), evil, { [evil]: evil }, new NotFound(evil)]) {
    const page = await pageFor(
      new Request(`http://localhost/${encodeURI(evil)}'?${evil}`, { headers }),
      error,
      named(evil),
      facts,
    );
    assertFalse(page.includes("<script"), page);
    assertFalse(page.includes("<img"));
    assertFalse(page.includes(`"'>`));
    assertStringIncludes(page, "&lt;script&gt;");
  }
});

Deno.test("the debug page escapes a path and a method that came over the wire as they are", async () => {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    pipeline({ debug: true, onEvent: () => {} }).handle(() => {
      throw new Error("broken");
    }),
  );
  const connection = await Deno.connect({ hostname: "127.0.0.1", port: server.addr.port });
  const wire = `GET /<script>"'&?<script> HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`;
  await connection.write(new TextEncoder().encode(wire));
  const answer = await new Response(connection.readable).text();
  assertStringIncludes(answer, "500 Internal Server Error");
  assertFalse(answer.includes("<script"));
  await server.shutdown();
});

Deno.test("the debug page shows what middleware tell, and survives what they can't", async () => {
  const telling: Middleware = (next) => (request, context) => {
    addHooks(context, { debugFacts: () => ({ "Session keys": ["cart", "theme"] }) });
    addHooks(context, {
      debugFacts: () => {
        throw new Error("no facts");
      },
    });
    return next(request, context);
  };
  const page = await pageFor(request(), undefined, telling);
  assertStringIncludes(page, "<h2>Session keys</h2>");
  assertStringIncludes(page, "<li>theme</li>");
  assertStringIncludes(page, "no facts");
});

Deno.test("the debug page is there for a request without a valid host too", async () => {
  const page = await pageFor(new Request("http://localhost/", { headers: { Host: "a b" } }));
  assertStringIncludes(page, "(The request names no valid host)");
});

Deno.test("the debug page shows the cause of an error", async () => {
  const page = await pageFor(request(), new Error("no cart", { cause: new TypeError("disk is full") }));
  assertStringIncludes(page, "disk is full");
});

Deno.test("with debug, problem details say what the error was", async () => {
  const app = pipeline({ debug: true, onEvent: () => {} }).handle(() => {
    throw new RangeError("the till is empty");
  });
  const problem = await (await app(request({ headers: { Accept: "application/json" } }))).json();
  assertEquals(problem.status, 500);
  assert(problem.debug.startsWith("RangeError: the till is empty\n    at "));
});
