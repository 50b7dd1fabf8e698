/** Data for every template. */

import {
  addHooks,
  contextProcessor,
  extend,
  type Middleware,
  perView,
  pipeline,
  TemplateResponse,
} from "@nuages/web/middleware";
import { assertEquals } from "@std/assert";

type Data = Record<string, unknown>;

const request = () => new Request("http://localhost/books/", { headers: { Cookie: "theme=dark" } });
const show = (data: Data) => JSON.stringify(data);
const page = (data: Data = {}) => () => new TemplateResponse(show, data);

Deno.test("contextProcessor() gives every template its data", async () => {
  const app = pipeline()
    .use(contextProcessor((request, context) => ({ method: request.method, theme: context.cookies.get("theme") })))
    .handle(page({ title: "Emma" }));
  assertEquals(await (await app(request())).json(), { method: "GET", theme: "dark", title: "Emma" });
});

Deno.test("contextProcessor() data gives way to a later one's, and to the view's own", async () => {
  const app = pipeline()
    .use(contextProcessor(() => ({ a: "first", b: "first", c: "first" })))
    .use(contextProcessor(async () => await Promise.resolve({ b: "second", c: "second" })))
    .use(contextProcessor(() => ({ d: "third" })))
    .handle(page({ c: "view" }));
  assertEquals(await (await app(request())).json(), { a: "first", b: "second", c: "view", d: "third" });
});

Deno.test("contextProcessor() runs only when a template is rendered, and once", async () => {
  let runs = 0;
  const counting = contextProcessor(() => ({ runs: ++runs }));
  await pipeline().use(counting).handle(() => new Response())(request());
  assertEquals(runs, 0);
  await pipeline().use(counting).handle(page())(request());
  assertEquals(runs, 1);
});

Deno.test("contextProcessor() sees what the layers before have put on the context", async () => {
  const users: Middleware<unknown, { readonly user: string }> = (next) => (request, context) =>
    next(request, extend(context, { user: "Ada" }));
  const user = contextProcessor<{ readonly user: string }>((_request, { user }) => ({ user }));
  const app = pipeline().use(users).use(user).handle(page());
  assertEquals(await (await app(request())).json(), { user: "Ada" });
  // @ts-expect-error nobody says who the user is
  pipeline().use(user);
});

Deno.test("contextProcessor() getters stay lazy: a template that doesn't use them costs nothing", async () => {
  let tokens = 0;
  const csrf = contextProcessor((_request, context) => ({
    get token() {
      tokens++;
      context.cookies.set("csrftoken", "x");
      return "t";
    },
  }));
  const ask = async (template: (data: Data) => string) => {
    const response = await pipeline().use(csrf).handle(() => new TemplateResponse(template, { a: 1 }))(request());
    return [await response.text(), tokens, response.headers.getSetCookie().length];
  };
  assertEquals(await ask(() => "without"), ["without", 0, 0]);
  assertEquals(await ask((data) => `with ${data.token}`), ["with t", 1, 1]);
});

Deno.test("contextProcessor() data may be overwritten by the template, frozen or not", async () => {
  const app = pipeline().use(contextProcessor(() => Object.freeze({ a: 1 }))).use(contextProcessor(() => ({ a: 2 })))
    .handle(page(Object.freeze({ a: 3 })));
  assertEquals(await (await app(request())).json(), { a: 3 });
});

Deno.test("contextProcessor() may have nothing to say", async () => {
  for (const nothing of [undefined, null, Promise.resolve()]) {
    // deno-lint-ignore no-explicit-any -- what a program without types does
    const app = pipeline().use(contextProcessor(() => nothing as any)).handle(page({ a: 1 }));
    assertEquals(await (await app(request())).json(), { a: 1 });
  }
});

Deno.test("contextProcessor() data named like what objects have does no harm", async () => {
  const app = pipeline().use(contextProcessor(() => JSON.parse('{"__proto__": {"polluted": 1}, "constructor": "c"}')))
    .handle(() => new TemplateResponse((data: Data) => JSON.stringify([data.polluted ?? null, data.constructor])));
  assertEquals(await (await app(request())).json(), [null, "c"]);
});

Deno.test("contextProcessor() can belong to one view", async () => {
  const view = perView(contextProcessor(() => ({ only: "here" })))(page());
  assertEquals(await (await pipeline().handle(view)(request())).json(), { only: "here" });
});

Deno.test("contextProcessor() data of hooks and processors come in the order of the layers", async () => {
  const hooked: Middleware = (next) => (request, context) => {
    addHooks(context, { templateData: () => ({ a: "hook", b: "hook" }) });
    return next(request, context);
  };
  const app = pipeline().use(contextProcessor(() => ({ a: "before" }))).use(hooked).use(
    contextProcessor(() => ({ b: "after" })),
  )
    .handle(page());
  assertEquals(await (await app(request())).json(), { a: "hook", b: "after" });
});

Deno.test("contextProcessor() data reach the template of an error handler", async () => {
  const app = pipeline({
    onEvent: () => {},
    errors: { 500: () => new TemplateResponse(show, {}, { status: 500 }) },
  }).use(contextProcessor(() => ({ theme: "dark" }))).handle(() => {
    throw new Error("broken");
  });
  assertEquals(await (await app(request())).json(), { theme: "dark" });
});
