/** Events: what happened inside, for whoever listens. What goes to standard error is in errors_test.ts. */

import { type AppEvent, extend, pipeline } from "@nuages/web/middleware";
import { assertEquals, assertMatch, assertStrictEquals } from "@std/assert";

Deno.test("emit() tells the listener, with the request's method, path and id", async () => {
  const events: AppEvent[] = [];
  const error = new Error("why");
  let id = "";
  const app = pipeline({ onEvent: (event) => events.push(event) }).handle((_request, context) => {
    id = context.requestId;
    context.emit({ name: "cart.full", message: "The cart is full", error, data: { items: 100 } });
    return new Response();
  });
  await app(new Request("http://localhost/c%20art/?token=secret", { method: "POST" }));
  assertEquals(events, [{
    name: "cart.full",
    message: "The cart is full",
    error,
    data: { items: 100 },
    method: "POST",
    path: "/c%20art/",
    requestId: id,
  }]);
});

Deno.test("emit() can't pass off another request's method, path or id", async () => {
  const events: AppEvent[] = [];
  const app = pipeline({ onEvent: (event) => events.push(event) }).handle((_request, context) => {
    const forged = { name: "x", message: "x", method: "DELETE", path: "/etc", requestId: "1" };
    context.emit(forged);
    return new Response();
  });
  await app(new Request("http://localhost/"));
  assertEquals([events[0]!.method, events[0]!.path], ["GET", "/"]);
  assertMatch(events[0]!.requestId, /^[0-9a-f-]{36}$/);
});

Deno.test("emit() has an empty path for an address that is none", async () => {
  const events: AppEvent[] = [];
  const app = pipeline({ onEvent: (event) => events.push(event) }).handle((_request, context) => {
    context.emit({ name: "x", message: "x" });
    return new Response();
  });
  await app(Object.defineProperty(new Request("http://localhost/"), "url", { value: "http://a b/" }));
  assertEquals(events[0]!.path, "");
});

Deno.test("emit() of a request that is over tells the listener what is still known, and doesn't throw", async () => {
  const told = Promise.withResolvers<AppEvent>();
  const app = pipeline({ onEvent: told.resolve }).handle((_request, context) => {
    const later = () => context.emit({ name: "late", message: "Too late" });
    context.completed.then(() => setTimeout(later, 20));
    return new Response("ok");
  });
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app);
  const response = await fetch(`http://127.0.0.1:${server.addr.port}/cart/`);
  await response.text();
  const { name, path } = await told.promise;
  assertEquals([name, path], ["late", ""]);
});

Deno.test("requestId is one random id for each request", async () => {
  const ids: string[] = [];
  const app = pipeline().handle((_request, context) => {
    ids.push(context.requestId, context.requestId);
    return new Response();
  });
  await app(new Request("http://localhost/", { headers: { "X-Request-Id": "mine" } }));
  await app(new Request("http://localhost/"));
  assertEquals([ids[0] === ids[1], ids[2] === ids[3], ids[0] === ids[2]], [true, true, false]);
  assertMatch(ids[0]!, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

Deno.test("requestId that a middleware puts there is the one of events and error pages", async () => {
  const events: AppEvent[] = [];
  const app = pipeline({ onEvent: (event) => events.push(event) })
    .use((next) => (request, context) => next(request, extend(context, { requestId: "from-the-proxy" })))
    .handle(() => {
      throw new Error("broken");
    });
  const response = await app(new Request("http://localhost/", { headers: { Accept: "application/json" } }));
  assertEquals((await response.json()).requestId, "from-the-proxy");
  assertEquals(events[0]!.requestId, "from-the-proxy");
});

Deno.test("a listener gets the error itself, whatever was thrown", async () => {
  const thrown = { odd: true };
  let seen: unknown;
  const app = pipeline({ onEvent: ({ error }) => void (seen = error) }).handle(() => {
    throw thrown;
  });
  await app(new Request("http://localhost/"));
  assertStrictEquals(seen, thrown);
});

Deno.test("events of the cookies reach the listener without their values", async () => {
  const events: AppEvent[] = [];
  const app = pipeline({ keys: [crypto.randomUUID() + crypto.randomUUID()], onEvent: (event) => events.push(event) })
    .handle((_request, context) => new Response(context.cookies.getSigned("user") ?? "nobody"));
  const request = new Request("http://localhost/", { headers: { Cookie: "user=ada:1abcde:forged" } });
  assertEquals(await (await app(request)).text(), "nobody");
  assertEquals(events.map(({ name, data }) => [name, data]), [["cookie.bad_signature", { cookie: "user" }]]);
  assertEquals(JSON.stringify(events).includes("forged"), false);
});
