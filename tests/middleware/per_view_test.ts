/** A middleware around a single view; its hooks are in hooks_test.ts. */

import {
  addHooks,
  chain,
  type Context,
  extend,
  type Handler,
  type Middleware,
  perView,
  pipeline,
  routes,
  TemplateResponse,
} from "@nuages/web/middleware";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";

const get = (path: string, init?: RequestInit) => new Request(`http://localhost${path}`, init);

const stamp = (name: string): Middleware => (next) => (request, context) =>
  chain(next(request, context), (response) => {
    response.headers.append("X-Stamp", name);
    return response;
  });

Deno.test("perView() acts on its view and on no other", async () => {
  const app = pipeline().handle(
    routes({ "/a": perView(stamp("a"))(() => new Response()), "/b": () => new Response() }),
  );
  assertEquals((await app(get("/a"))).headers.get("X-Stamp"), "a");
  assertEquals((await app(get("/b"))).headers.get("X-Stamp"), null);
});

Deno.test("perView() can be stacked, outermost first", async () => {
  const app = pipeline().use(stamp("pipeline")).handle(
    perView(stamp("outer"))(perView(stamp("inner"))(() => new Response())),
  );
  assertEquals((await app(get("/"))).headers.get("X-Stamp"), "inner, outer, pipeline");
});

Deno.test("perView() sets its middleware up once for each view", async () => {
  let made = 0;
  const counting: Middleware = (next) => {
    made++;
    return (request, context) => next(request, context);
  };
  const decorate = perView(counting);
  const [first, second] = [decorate(() => new Response("1")), decorate(() => new Response("2"))];
  const app = pipeline().handle(routes({ "/1": first, "/2": second }));
  for (const path of ["/1", "/2", "/1", "/2"]) await app(get(path));
  assertEquals(made, 2);
});

Deno.test("perView() gives its view what the middleware adds, and wants what it needs", async () => {
  const users: Middleware<unknown, { readonly user: string }> = (next) => (request, context) =>
    next(request, extend(context, { user: "Ada" }));
  const roles: Middleware<{ readonly user: string }, { readonly role: string }> = (next) => (request, context) =>
    next(request, extend(context, { role: `editor ${context.user}` }));
  const view: Handler<Context & { readonly user: string; readonly role: string }> = (_request, context) => {
    return new Response(context.role);
  };
  const decorated = perView(users)(perView(roles)(view));
  assertEquals(await (await pipeline().handle(decorated)(get("/"))).text(), "editor Ada");
  // @ts-expect-error nobody says who the user is
  pipeline().handle(perView(roles)(view));
});

Deno.test("perView() knows the context of the place where its view stands", async () => {
  const users: Middleware<unknown, { readonly user: string }> = (next) => (request, context) =>
    next(request, extend(context, { user: "Ada" }));
  const base = pipeline().use<{ shop: string }>((next) => (request, context) =>
    next(request, extend(context, { shop: "Nuages" }))
  );
  const direct = base.handle(perView(users)((_request, context) => new Response(context.user + context.shop)));
  assertEquals(await (await direct(get("/"))).text(), "AdaNuages");
  const table = base.handle(routes({
    "/:id": perView(users)(async (_request, { user, shop, params }) => {
      // @ts-expect-error the path has no name
      params.name;
      return await Promise.resolve(new Response(user + shop + params.id));
    }),
  }));
  assertEquals(await (await table(get("/7"))).text(), "AdaNuages7");
  pipeline().handle(
    perView(users)((_request, context) => {
      // @ts-expect-error there is no shop
      return new Response(context.shop);
    }),
  );
});

Deno.test("perView() leaves a view of its own type the needs that the middleware doesn't meet", async () => {
  const users: Middleware<unknown, { readonly user: string }> = (next) => (request, context) =>
    next(request, extend(context, { user: "Ada" }));
  const view: Handler<Context & { readonly user: string; readonly shop: string }> = (_request, context) =>
    new Response(context.user + context.shop);
  const decorated = perView(users)(view);
  const base = pipeline().use<{ shop: string }>((next) => (request, context) =>
    next(request, extend(context, { shop: "Nuages" }))
  );
  assertEquals(await (await base.handle(decorated)(get("/"))).text(), "AdaNuages");
  assertEquals(await (await base.handle(perView(users)(view))(get("/"))).text(), "AdaNuages");
  // @ts-expect-error there is no shop
  pipeline().handle(decorated);
  const odd: Handler<Context & { readonly user: number }> = () => new Response();
  // @ts-expect-error the user is no number
  perView(users)(odd);
});

Deno.test("perView() lets its middleware write the headers of any response", async () => {
  const upstream = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, () => new Response("fetched"));
  const app = pipeline().handle(routes({
    "/redirect": perView(stamp("a"))(() => Response.redirect("http://localhost/")),
    "/fetched": perView(stamp("a"))(() => fetch(`http://127.0.0.1:${upstream.addr.port}`)),
  }));
  assertEquals((await app(get("/redirect"))).headers.get("X-Stamp"), "a");
  const fetched = await app(get("/fetched"));
  assertEquals([fetched.headers.get("X-Stamp"), await fetched.text()], ["a", "fetched"]);
  await upstream.shutdown();
});

Deno.test("perView() passes an exception on to the layers outside", async () => {
  const seen: unknown[] = [];
  const watching: Middleware = (next) => async (request, context) => {
    try {
      return await next(request, context);
    } catch (error) {
      seen.push(error);
      throw error;
    }
  };
  const error = new Error("broken");
  const app = pipeline({ onEvent: () => {} }).use(stamp("pipeline")).handle(
    perView(watching)(() => {
      throw error;
    }),
  );
  const response = await app(get("/"));
  assertEquals([response.status, response.headers.get("X-Stamp")], [500, "pipeline"]);
  assert(seen[0] === error);
});

Deno.test("perView() lets its middleware answer instead of the view", async () => {
  const closed: Middleware = () => () => new Response("closed", { status: 503 });
  const app = pipeline().handle(perView(closed)(() => new Response("open")));
  assertEquals([(await app(get("/"))).status], [503]);
});

Deno.test("perView() lets its middleware call the view again", async () => {
  let calls = 0;
  const retry: Middleware = (next) => async (request, context) => {
    try {
      return await next(request, context);
    } catch {
      return await next(request, context);
    }
  };
  const flaky = perView(stamp("inner"))(() => {
    if (calls++ === 0) throw new Error("once");
    return new Response("twice");
  });
  const response = await pipeline().handle(perView(retry)(flaky))(get("/"));
  assertEquals([await response.text(), calls, response.headers.get("X-Stamp")], ["twice", 2, "inner"]);
});

Deno.test("perView() asks its hooks once for each call of the view", async () => {
  const trace: string[] = [];
  const tracing: Middleware = (next) => (request, context) => {
    addHooks(context, {
      processView: () => void trace.push("pv"),
      processTemplateResponse: (_request, _context, response) => {
        trace.push("ptr");
        return response;
      },
    });
    return next(request, context);
  };
  const twice: Middleware = (next) => async (request, context) => {
    await next(request, context);
    return await next(request, context);
  };
  const view = perView(twice)(perView(tracing)(() => new TemplateResponse(() => "page")));
  assertEquals(await (await pipeline().handle(view)(get("/"))).text(), "page");
  assertEquals(trace.join(" "), "pv ptr pv ptr");
});

Deno.test("perView() works in a view that another calls", async () => {
  const inner = perView(stamp("inner"))(() => new Response("inner"));
  const app = pipeline().handle((request, context) => inner(request, context));
  assertEquals((await app(get("/"))).headers.get("X-Stamp"), "inner");
});

Deno.test("perView() of a view that answers with nothing says which", async () => {
  const errors: unknown[] = [];
  const app = pipeline({ onEvent: ({ error }) => errors.push(error) }).handle(
    // deno-lint-ignore no-explicit-any -- what a program without types does
    perView(stamp("a"))(function cartPage() {} as any),
  );
  assertEquals((await app(get("/"))).status, 500);
  assertStringIncludes(String(errors), 'The view "cartPage" must answer with a Response');
});

Deno.test("perView() refuses a context that is a copy, with the remedy", async () => {
  const errors: unknown[] = [];
  const view = perView(stamp("a"))(() => new Response());
  const app = pipeline({ onEvent: ({ error }) => errors.push(error) }).handle((request, context) =>
    view(request, { ...context })
  );
  assertEquals((await app(get("/"))).status, 500);
  assertStringIncludes(String(errors), "add to it with extend(context, { … }), not by spreading it");
});
