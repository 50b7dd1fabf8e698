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
