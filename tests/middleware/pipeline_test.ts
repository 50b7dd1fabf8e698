/** Layers around a view. */

import {
  addHooks,
  type AppEvent,
  type AppInfo,
  chain,
  extend,
  type Handler,
  type Hooks,
  HttpError,
  type Middleware,
  pipeline,
  routes,
} from "@nuages/web/middleware";
import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { Hono } from "hono";
import { inSteps } from "../../middleware/steps.ts";

const get = (path = "/", headers: HeadersInit = {}) => new Request(`http://localhost${path}`, { headers });

const stamp = (name: string): Middleware => (next) => (request, context) =>
  chain(next(request, context), (response) => {
    response.headers.append("X-Stamp", name);
    return response;
  });

Deno.test("pipeline() builds its layers from the inside out, once", () => {
  const built: string[] = [];
  const layer = (name: string): Middleware => (next) => {
    built.push(name);
    return next;
  };
  const base = pipeline().use(layer("a")).use(layer("b"));
  assertEquals(built, []);
  const app = base.handle(() => new Response());
  assertEquals(built, ["b", "a"]);
  app(get());
  app(get());
  assertEquals(built, ["b", "a"]);
});

Deno.test("pipeline() tells each middleware what it was told", () => {
  const seen: (AppInfo | undefined)[] = [];
  const asking: Middleware = (next, app) => {
    seen.push(app);
    return next;
  };
  pipeline().use(asking).handle(() => new Response());
  pipeline({ debug: true, keys: ["k".repeat(8) + crypto.randomUUID()], proxies: { trust: ["::1"] } }).use(asking)
    .handle(() => new Response());
  assertEquals(seen.map((app) => [app?.debug, app?.keys !== undefined, app?.trustsProxies]), [
    [false, false, false],
    [true, true, true],
  ]);
});

Deno.test("pipeline() refuses to be built where a middleware refuses its place", () => {
  let message = "";
  const needsKeys: Middleware = (next, app) => {
    if (app?.keys === undefined) throw new TypeError("Cannot sign without keys: write pipeline({ keys: [...] })");
    return next;
  };
  try {
    pipeline().use(needsKeys).handle(() => new Response());
  } catch (error) {
    message = String(error);
  }
  assertEquals(message, "TypeError: Cannot sign without keys: write pipeline({ keys: [...] })");
});

Deno.test("pipeline() gives every layer the same request and context", async () => {
  const seen: unknown[] = [];
  const look: Middleware = (next) => (request, context) => {
    seen.push(request, context);
    return next(request, context);
  };
  const request = get();
  await pipeline().use(look).use(look).handle((request, context) => {
    seen.push(request, context);
    return new Response();
  })(request);
  assertStrictEquals(seen[0], request);
  assert(seen[0] === seen[2] && seen[2] === seen[4] && seen[1] === seen[3] && seen[3] === seen[5]);
});

Deno.test("pipeline() keeps the contexts of requests at the same time apart", async () => {
  const app = pipeline()
    .use<{ who: string }>((next) => async (request, context) => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
      return next(request, extend(context, { who: context.url.searchParams.get("who")! }));
    })
    .handle(async (_request, context) => {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
      return new Response(`${context.who} ${context.url.searchParams.get("who")}`);
    });
  const answers = await Promise.all(
    Array.from({ length: 50 }, async (_, i) => await (await app(get(`/?who=${i}`))).text()),
  );
  assertEquals(answers, Array.from({ length: 50 }, (_, i) => `${i} ${i}`));
});

Deno.test("a layer may pass on another request, and the view sees that one", async () => {
  const override: Middleware = (next) => (request, context) =>
    next(new Request(request, { method: "PUT", headers: { "X-Original": request.method } }), context);
  const app = pipeline().use(override).handle(routes({
    "PUT /": async (request) => new Response(`${request.headers.get("X-Original")} ${await request.text()}`),
  }));
  assertEquals(
    await (await app(new Request("http://localhost/", { method: "POST", body: "text" }))).text(),
    "POST text",
  );
});

Deno.test("a layer may call next twice, and answers with the second response", async () => {
  let calls = 0;
  const retry: Middleware = (next) => async (request, context) => {
    const first = await next(request, context);
    return first.status === 500 ? await next(request, context) : first;
  };
  const app = pipeline({ onEvent: () => {} }).use(stamp("outer")).use(retry).use(stamp("inner")).handle(() => {
    if (calls++ === 0) throw new Error("once");
    return new Response("twice");
  });
  const response = await app(get());
  assertEquals([await response.text(), response.headers.get("X-Stamp")], ["twice", "inner, outer"]);
});

Deno.test("a layer that calls next twice leaves the hooks of those inside as they are, each there once", async () => {
  let calls = 0;
  const retry: Middleware = (next) => async (request, context) => {
    const first = await next(request, context);
    return first.status === 503 ? await next(request, context) : first;
  };
  const asked: string[] = [];
  const watching = (name: string): Hooks => ({ processView: () => void asked.push(name) });
  const [outer, plain, stepped] = ["outer", "plain", "stepped"].map(watching);
  const hooked = (hooks: Hooks): Middleware => (next) => (request, context) => {
    addHooks(context, hooks);
    return next(request, context);
  };
  const inStep: Middleware = (next) =>
    inSteps(next, { name: "inStep", hooks: stepped!, leave: (response) => response });
  const app = pipeline({ onEvent: () => {} }).use(hooked(outer!)).use(retry).use(hooked(plain!)).use(inStep).handle(
    () => {
      asked.push("view");
      if (calls++ === 0) throw new HttpError(503, "once");
      return new Response("twice");
    },
  );
  const response = await app(get());
  assertEquals([response.status, await response.text()], [200, "twice"]);
  const once = ["outer", "plain", "stepped", "view"];
  assertEquals(asked, [...once, ...once]);
});

Deno.test("a layer may answer with a response it has kept", async () => {
  let kept: Response | undefined;
  const caching: Middleware = (next) => async (request, context) => {
    kept ??= await next(request, context);
    return kept.clone();
  };
  const app = pipeline().use(stamp("outer")).use(caching).handle(() => fetch("data:text/plain,fetched"));
  for (let i = 0; i < 2; i++) {
    const response = await app(get());
    assertEquals([await response.text(), response.headers.get("X-Stamp")], ["fetched", "outer"]);
  }
});

Deno.test("a response whose headers can't be written is copied once, with all it has", async () => {
  const fetched = await fetch("data:text/plain;charset=utf-8,text");
  let inner: Response | undefined;
  const app = pipeline().use(stamp("a")).use((next) => async (request, context) => {
    inner = await next(request, context);
    return inner;
  }).handle(() => fetched);
  const response = await app(get());
  assert(response !== fetched && response === inner);
  assertEquals([response.headers.get("Content-Type"), await response.text()], ["text/plain;charset=utf-8", "text"]);
});

Deno.test("a response whose headers can be written stays the view's own", async () => {
  const own = new Response("own");
  assertStrictEquals(await pipeline().use(stamp("a")).use(stamp("b")).handle(() => own)(get()), own);
});

Deno.test("a response depends on cookies where one was read, and only there", async () => {
  const app = pipeline().handle(routes({
    "/none": () => new Response(),
    "/read": (_request, context) => new Response(context.cookies.get("theme") ?? "none"),
    "/set": (_request, context) => {
      context.cookies.set("theme", "dark");
      return new Response();
    },
    "/vary": (_request, context) => {
      context.cookies.has("theme");
      return new Response(null, { headers: { Vary: "Accept, cookie" } });
    },
  }));
  const answer = async (path: string) => {
    const { headers } = await app(get(path, { Cookie: "theme=light" }));
    return [headers.get("Vary"), headers.getSetCookie().length, headers.get("Cache-Control")];
  };
  assertEquals(await answer("/none"), [null, 0, null]);
  assertEquals(await answer("/read"), ["Cookie", 0, null]);
  assertEquals(await answer("/set"), [null, 1, "private"]);
  assertEquals(await answer("/vary"), ["Accept, cookie", 0, null]);
});

Deno.test("a response that sets a cookie keeps the Cache-Control it has", async () => {
  const app = pipeline().handle((_request, context) => {
    context.cookies.set("theme", "dark");
    return new Response(null, { headers: { "Cache-Control": "no-store" } });
  });
  assertEquals((await app(get())).headers.get("Cache-Control"), "no-store");
});

Deno.test("cookies that were set reach the visitor with an error too, and from any layer", async () => {
  const app = pipeline({ onEvent: () => {} }).use((next) => async (request, context) => {
    context.cookies.set("before", "1");
    const response = await next(request, context);
    context.cookies.set("after", "1");
    return response;
  }).handle((_request, context) => {
    context.cookies.set("view", "1");
    throw new Error("broken");
  });
  const response = await app(get());
  assertEquals([response.status, response.headers.getSetCookie().length], [500, 3]);
});

Deno.test("an application can be the view of another, and both see the connection", async () => {
  const info = {
    remoteAddr: { transport: "tcp", hostname: "203.0.113.7", port: 1 },
    completed: Promise.resolve(),
  } as const;
  const inner = pipeline().use(stamp("inner")).handle((_request, context) => {
    context.cookies.set("inner", "1");
    return new Response(`${context.client.address} ${context.url.pathname}`);
  });
  const outer = pipeline().use(stamp("outer")).use((next) => (request, context) => {
    context.cookies.set("outer", "1");
    return next(request, context);
  }).handle(routes({ "/inner/*": inner }));
  const response = await outer(get("/inner/x"), info);
  assertEquals([await response.text(), response.headers.get("X-Stamp")], ["203.0.113.7 /inner/x", "inner, outer"]);
  assertEquals(response.headers.getSetCookie().map((cookie) => cookie.split("=")[0]), ["inner", "outer"]);
  assertEquals((await outer(get("/nowhere"), info)).status, 404);
});

Deno.test("a router of other people finds its own 404, and the layers add to it", async () => {
  const hono = new Hono().get("/hono", (c) => c.text("from hono", 200, { "X-Hono": "yes" }));
  const app = pipeline().use(stamp("a")).handle(hono.fetch);
  const found = await app(get("/hono"));
  assertEquals([await found.text(), found.headers.get("X-Hono"), found.headers.get("X-Stamp")], [
    "from hono",
    "yes",
    "a",
  ]);
  const missing = await app(get("/missing"));
  assertEquals([missing.status, missing.headers.get("X-Stamp")], [404, "a"]);
});

Deno.test("an application can be mounted in a router of other people", async () => {
  const app = pipeline().use(stamp("a")).handle((_request, context) => new Response(context.url.pathname));
  const hono = new Hono().all("/shop/*", (c) => app(c.req.raw));
  const response = await hono.request("http://localhost/shop/cart/");
  assertEquals([await response.text(), response.headers.get("X-Stamp")], ["/shop/cart/", "a"]);
});

Deno.test("an application can be mounted in a router that is the view of another", async () => {
  const inner = pipeline().use(stamp("inner")).handle(() => new Response("inner"));
  const app = pipeline().use(stamp("outer")).handle(new Hono().all("/shop/*", (c) => inner(c.req.raw)).fetch);
  const response = await app(get("/shop/"));
  assertEquals([await response.text(), response.headers.get("X-Stamp")], ["inner", "inner, outer"]);
});

/** Numbers that look random and are the same every time. */
function seeded(seed: number): (below: number) => number {
  return (below) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor(seed / 65_536) % below;
  };
}

Deno.test("an application answers, whatever its layers do, in any combination", async () => {
  const fail = (): never => {
    throw new Error("layer");
  };
  // deno-lint-ignore no-explicit-any -- what programs without types do
  const layers: ((next: any) => any)[] = [
    (next) => next,
    (next) => (request: Request, context: unknown) => next(request, context),
    (next) => async (request: Request, context: unknown) => await next(request, context),
    () => fail,
    () => () => Promise.reject(null),
    () => () => undefined,
    () => () => Promise.resolve(7),
    () => () => Response.error(),
    () => () => new Response(null, { status: 204 }),
    () => () => Response.redirect("http://localhost/"),
    (next) => async (request: Request, context: unknown) => {
      await next(request, context);
      return await Promise.reject(undefined);
    },
    (next) => async (request: Request, context: unknown) => {
      const response = await next(request, context);
      await response.text();
      return response;
    },
    (next) => async (request: Request, context: unknown) => {
      await next(request, context);
      return await next(request, context);
    },
    (next) => (request: Request, context: unknown) =>
      Promise.all([next(request, context), next(request, context)]).then(([, b]) => b),
    (next) => (request: Request, context: object) => next(request, { ...context }),
    (next) => (request: Request) => next(request),
    (next) => (_request: Request, context: unknown) => next(undefined, context),
    (next) => (request: Request, context: object) =>
      next(request, Object.assign(context, { emit: fail, requestId: 7 })),
    (next) => async (request: Request, context: { form(): unknown }) => {
      await context.form();
      return next(request, context);
    },
    (next) => (request: Request, context: { cookies: { set(name: string, value: string): void } }) => {
      context.cookies.set("a", "\n");
      return next(request, context);
    },
    (next) => (request: Request, context: { cookies: { set(name: string, value: string): void } }) => {
      context.cookies.set("a", "1");
      return next(request, context);
    },
    (next) => async (request: Request, context: unknown) => {
      const response = await next(request, context);
      return new Response(response.body, { status: 200, headers: { "Content-Length": "7" } });
    },
    (next) => (request: Request, context: unknown) =>
      chain(next(request, context), (response: Response) => {
        response.headers.set("X", "\u0100");
        return response;
      }),
  ];
  const random = seeded(7);
  const events: AppEvent[] = [];
  for (let i = 0; i < 1_500; i++) {
    let base = pipeline({ debug: i % 2 === 0, onEvent: (event) => events.push(event) });
    for (let n = random(5); n > 0; n--) base = base.use(layers[random(layers.length)] as Middleware);
    const view = layers[random(layers.length)]!(() => new Response("view")) as Handler;
    const method = ["GET", "POST", "HEAD"][random(3)]!;
    const request = new Request("http://localhost/", { method, ...(method === "POST" ? { body: "a=1" } : {}) });
    const response = await base.handle(view)(request);
    assertInstanceOf(response, Response);
    assert(response.status >= 200 && response.status < 600);
    await response.text();
  }
  assert(events.length > 500);
});
