import { type AppEvent, pipeline, redirect } from "@nuages/web/middleware";
import { assertEquals, assertStringIncludes } from "@std/assert";

Deno.test("a response that a view answers with twice is refused, lest one visitor gets another's cookies", async () => {
  const shared = redirect("/cart/");
  const events: AppEvent[] = [];
  const app = pipeline({ onEvent: (event) => events.push(event) }).handle((request, context) => {
    context.cookies.set("user", new URL(request.url).pathname.slice(1));
    return shared;
  });

  const first = await app(new Request("http://localhost/ada"));
  const second = await app(new Request("http://localhost/mallory"));

  assertEquals(first.headers.getSetCookie().map((line) => line.split(";")[0]), ["user=ada"]);
  assertEquals(second.status, 500);
  assertEquals(second.headers.getSetCookie().map((line) => line.split(";")[0]), ["user=mallory"]);
  assertStringIncludes(String(events[0]?.error), "make a new response each time");
});

Deno.test("a response shared by views that answer at once never carries the other's headers unnoticed", async () => {
  const shared = new Response(null, { status: 204 });
  const app = pipeline({ onEvent: () => {} }).use((next) => async (request, context) => {
    const response = await next(request, context);
    response.headers.append("X-For", new URL(request.url).pathname);
    return response;
  }).handle(() => shared);

  const answers = await Promise.all(["/a", "/b", "/c"].map((path) => app(new Request(`http://localhost${path}`))));

  assertEquals(answers.map(({ status }) => status), [204, 500, 500]);
});

Deno.test("a response shared by two visitors of a server is refused in whatever order they are answered", async () => {
  const shared = redirect("/cart/");
  const began = Promise.withResolvers<void>();
  const fastIsOut = Promise.withResolvers<void>();
  const app = pipeline({ onEvent: () => {} }).handle(async (request, context) => {
    const name = new URL(request.url).pathname.slice(1);
    context.cookies.set("user", name);
    if (name === "slow") await fastIsOut.promise;
    return shared;
  });
  const users = (response: Response) => response.headers.getSetCookie().map((line) => line.split(";")[0]);
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request, info) => {
    if (request.url.endsWith("/slow")) began.resolve();
    return app(request, info);
  });
  const ask = (name: string) => fetch(`http://127.0.0.1:${server.addr.port}/${name}`, { redirect: "manual" });

  const waiting = ask("slow");
  await began.promise;
  const fast = await ask("fast");
  fastIsOut.resolve();
  const slow = await waiting;
  await Promise.all([fast.body?.cancel(), slow.body?.cancel()]);

  assertEquals([fast.status, users(fast)], [303, ["user=fast"]]);
  assertEquals([slow.status, users(slow)], [500, ["user=slow"]]);
});

Deno.test("a pipeline within a pipeline passes its response on", async () => {
  const inner = pipeline().handle((_request, context) => {
    context.cookies.set("inner", "1");
    return new Response("inside");
  });
  const outer = pipeline().handle((request, context) => {
    context.cookies.set("outer", "1");
    return inner(new Request(request.url));
  });

  const response = await outer(new Request("http://localhost/"));

  assertEquals([response.status, await response.text()], [200, "inside"]);
  assertEquals(response.headers.getSetCookie().length, 2);
});

Deno.test("an error handler may answer with the same response each time", async () => {
  const sorry = new Response(null, { status: 503 });
  const app = pipeline({ onEvent: () => {}, errors: { default: () => sorry } }).handle(() => {
    throw new Error("broken");
  });

  assertEquals((await app(new Request("http://localhost/"))).status, 503);
  assertEquals((await app(new Request("http://localhost/"))).status, 503);
});

Deno.test("a pipeline within a pipeline on a server passes its response on, told of the connection or not", async () => {
  const inner = pipeline().handle((_request, context) => {
    context.cookies.set("inner", "1");
    return new Response("inside");
  });
  const connection = ({ remoteAddr, completed }: Deno.ServeHandlerInfo) => ({ remoteAddr, completed });
  const ways: ((request: Request, info: Deno.ServeHandlerInfo) => Response | Promise<Response>)[] = [
    (request, info) => inner(request, info),
    (request) => inner(request),
    (request, info) => inner(request, connection(info)),
    (request) => inner(new Request(request.url)),
    (request, info) => inner(new Request(request.url), info),
  ];
  for (const [at, way] of ways.entries()) {
    await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, pipeline().handle(way));
    const response = await fetch(`http://127.0.0.1:${server.addr.port}/`);
    assertEquals([at, response.status, await response.text()], [at, 200, "inside"]);
    assertEquals(response.headers.getSetCookie().length, 1);
  }
});
