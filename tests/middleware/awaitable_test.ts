/** What is synchronous stays so. */

import {
  addHooks,
  chain,
  contextProcessor,
  html,
  type Middleware,
  NotFound,
  perView,
  pipeline,
  routes,
  TemplateResponse,
} from "@nuages/web/middleware";
import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";

const request = new Request("http://localhost/");

const stamp: Middleware = (next) => (request, context) =>
  chain(next(request, context), (response) => {
    response.headers.append("X-Stamp", "1");
    return response;
  });

const hooked: Middleware = (next) => {
  const hooks = { processView: () => undefined, processException: () => undefined };
  return (request, context) => {
    addHooks(context, hooks);
    return next(request, context);
  };
};

Deno.test("chain() goes on at once with a value, and later with a promise", async () => {
  assertEquals(chain(2, (n) => n + 1), 3);
  const later = chain(Promise.resolve(2), (n) => n + 1);
  assertInstanceOf(later, Promise);
  assertEquals(await later, 3);
  assertEquals(await chain(2, (n) => Promise.resolve(n + 1)), 3);
});

Deno.test("chain() throws and rejects as what it goes on with", async () => {
  const fail = (): never => {
    throw new RangeError("no");
  };
  assertThrows(() => chain(1, fail), RangeError);
  await assertRejects(async () => await chain(Promise.resolve(1), fail), RangeError);
  await assertRejects(async () => await chain(Promise.reject(new RangeError("no")), () => 1), RangeError);
});

Deno.test("chain() takes an object with then for a value, as it is no promise", () => {
  const odd = { then: () => {} };
  // deno-lint-ignore no-explicit-any -- what a program without types does
  assert(chain(odd as any, (value) => value) === odd);
});

Deno.test("a synchronous view through synchronous layers is a response, not a promise", () => {
  const app = pipeline().use(stamp).use(hooked).use(stamp).handle(() => new Response("x"));
  const response = app(request);
  assertInstanceOf(response, Response);
  assertEquals(response.headers.get("X-Stamp"), "1, 1");
});

Deno.test("so is one of a table, a redirect, a template, an error, and one with cookies", () => {
  const app = pipeline().use(stamp).use(contextProcessor(() => ({ name: "Ada" }))).handle(routes({
    "/": () => new Response(),
    "/redirect": () => Response.redirect("http://localhost/"),
    "/template": () => new TemplateResponse((data: Record<string, unknown>) => html`${data.name}`),
    "/error": () => {
      throw new NotFound();
    },
    "/cookies": (_request, context) => {
      context.cookies.set("a", context.cookies.get("b") ?? "1");
      return new Response();
    },
    "/view": perView(stamp)(() => new Response()),
  }));
  for (const path of ["/", "/redirect", "/template", "/error", "/cookies", "/view", "/nowhere"]) {
    assertInstanceOf(app(new Request(`http://localhost${path}`)), Response, path);
  }
});

Deno.test("one layer that awaits makes it a promise, and changes nothing else", async () => {
  const awaiting: Middleware = (next) => async (request, context) => await next(request, context);
  const app = pipeline().use(stamp).use(awaiting).use(stamp).handle(() => new Response("x"));
  const response = app(request);
  assertInstanceOf(response, Promise);
  assertEquals((await response).headers.get("X-Stamp"), "1, 1");
});
