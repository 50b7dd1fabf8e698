/** The order of layers is checked by the compiler: what doesn't compile here is the feature. */

import {
  addHooks,
  chain,
  condition,
  type Context,
  extend,
  type Handler,
  type HasParams,
  type HasSignal,
  type Middleware,
  type Pipeline,
  pipeline,
  rateLimit,
  routes,
  timeout,
} from "@nuages/web/middleware";
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { Hono } from "hono";
import { importArguments } from "../../tools/import_map.ts";
import { ROOT } from "../../tools/project.ts";

interface Session<T> {
  get<K extends keyof T>(key: K): T[K] | undefined;
  set<K extends keyof T>(key: K, value: T[K]): void;
}
interface HasSession<T> {
  session(): Promise<Session<T>>;
}
interface HasMessages {
  readonly messages: { success(text: string): void };
}
interface HasUser {
  readonly user: { readonly name: string };
}

function sessions<T extends object>(): Middleware<unknown, HasSession<T>> {
  const data: Partial<T> = {};
  const session: Session<T> = {
    get: (key) => data[key],
    set: (key, value) => {
      data[key] = value;
    },
  };
  return (next) =>
    function sessions(request, context) {
      return next(request, extend(context, { session: () => Promise.resolve(session) }));
    };
}

// deno-lint-ignore no-explicit-any -- any session will do
function messages(): Middleware<HasSession<any>, HasMessages> {
  return (next) =>
    function messages(request, context) {
      return next(request, extend(context, { messages: { success: () => {} } }));
    };
}

// deno-lint-ignore no-explicit-any -- any session will do
function users(): Middleware<HasSession<any> & HasMessages, HasUser> {
  return (next) =>
    function users(request, context) {
      return next(request, extend(context, { user: { name: "Ada" } }));
    };
}

const timing: Middleware = (next) => (request, context) => next(request, context);
const request = (path = "/") => new Request(`http://localhost${path}`);

Deno.test("use() doesn't compile where what a middleware needs isn't there yet", () => {
  // @ts-expect-error messages need a session
  pipeline().use(messages());
  // @ts-expect-error the session comes too late
  pipeline().use(timing).use(messages()).use(sessions());
  // @ts-expect-error users need messages too
  pipeline().use(sessions()).use(users());
  // @ts-expect-error the messages come too late
  pipeline().use(sessions()).use(users()).use(messages());
});

Deno.test("use() compiles where everything a middleware needs is there", async () => {
  const app = pipeline().use(timing).use(sessions<{ n: number }>()).use(messages()).use(timing).use(users())
    .handle(async (_request, context) => {
      const session = await context.session();
      session.set("n", (session.get("n") ?? 0) + 1);
      context.messages.success("Saved.");
      return new Response(`${context.user.name} ${session.get("n")}`);
    });
  assertEquals(await (await app(request())).text(), "Ada 1");
});

Deno.test("use() doesn't compile where what the catalogue adds, or counts by, isn't there yet", () => {
  const slow: Middleware<HasSignal> = (next) => (request, context) => next(request, context);
  pipeline().use(timeout({ seconds: 1 })).use(slow);
  // @ts-expect-error the signal comes too late
  pipeline().use(slow).use(timeout({ seconds: 1 }));
  const perUser = rateLimit<HasUser>({ limit: 1, key: (_request, { user }) => user.name });
  pipeline().use(sessions()).use(messages()).use(users()).use(perUser);
  // @ts-expect-error there is nobody to count yet
  pipeline().use(perUser);
  const unchanged = condition<HasParams<{ id: string }>>({ etag: (_request, { params }) => params.id });
  pipeline().handle(routes({ "/books/:id/": unchanged(() => new Response()) }));
  // @ts-expect-error the path names no id
  pipeline().handle(routes({ "/books/": unchanged(() => new Response()) }));
});

Deno.test("use() doesn't compile where something of that name has another type", () => {
  const needsTitle: Middleware<{ readonly title: string }> = (next) => (request, context) => next(request, context);
  pipeline().use<{ title: string }>((next) => (request, context) => next(request, extend(context, { title: "Emma" })))
    .use(needsTitle);
  pipeline().use<{ title: number }>((next) => (request, context) => next(request, extend(context, { title: 1 })))
    // @ts-expect-error the title is a number
    .use(needsTitle);
});

Deno.test("use() takes a middleware that needs what every context has", async () => {
  const needsUrl: Middleware<Pick<Context, "url">> = (next) => (request, context) => next(request, context);
  const app = pipeline().use(needsUrl).handle((_request, context) => new Response(context.url.pathname));
  assertEquals(await (await app(request("/here"))).text(), "/here");
});

Deno.test("handle() doesn't compile where the view needs what no layer adds", () => {
  const cart: Handler<Context & HasSession<{ cart: string[] }>> = async (_request, context) =>
    Response.json((await context.session()).get("cart") ?? []);
  pipeline().use(sessions<{ cart: string[] }>()).handle(cart);
  // @ts-expect-error there is no session
  pipeline().handle(cart);
  // @ts-expect-error the session holds a theme, not a cart
  pipeline().use(sessions<{ theme: string }>()).handle(cart);
});

Deno.test("handle() knows the context without a type being written", () => {
  pipeline().use(sessions<{ cart: string[] }>()).handle(async (request, context) => {
    request satisfies Request;
    context.url satisfies URL;
    const session = await context.session();
    session.get("cart") satisfies string[] | undefined;
    // @ts-expect-error the session has no such key
    session.get("basket");
    // @ts-expect-error a cart is a list
    session.set("cart", "Emma");
    // @ts-expect-error nobody added messages
    context.messages;
    return new Response();
  });
});

Deno.test("handle() refuses a view that answers with something else", () => {
  // @ts-expect-error a text is no response
  pipeline().handle(() => "hello");
  // @ts-expect-error neither is nothing
  pipeline().handle(() => {});
  // @ts-expect-error nor a promise of nothing
  pipeline().handle(async () => {});
});

Deno.test("use() infers an inline middleware without a type being written", async () => {
  const said: string[] = [];
  const app = pipeline()
    .use((next) => (request, context) => {
      request satisfies Request;
      context.url satisfies URL;
      // @ts-expect-error the session comes later
      context.session;
      return next(request, context);
    })
    .use(sessions<{ n: number }>())
    .use((next) => async (request, context) => {
      (await context.session()).get("n") satisfies number | undefined;
      const response = await next(request, context);
      response.headers.set("X-Inline", "yes");
      return response;
    })
    .use((next) =>
      function named(request, context) {
        addHooks(context, { processView: (_request, { url }) => void said.push(url.pathname) });
        return chain(next(request, context), (response) => response);
      }
    )
    .handle(() => new Response());
  const response = await app(request("/x"));
  assertEquals([response.headers.get("X-Inline"), said], ["yes", ["/x"]]);
});

Deno.test("use() is told in brackets what an inline middleware adds", async () => {
  const app = pipeline()
    .use<{ user: string }>((next) => (request, context) => next(request, extend(context, { user: "Ada" })))
    .use((next) => (request, context) => {
      context.user satisfies string;
      return next(request, context);
    })
    .handle((_request, context) => new Response(context.user));
  assertEquals(await (await app(request())).text(), "Ada");
  pipeline()
    // @ts-expect-error it says it adds a user, and doesn't
    .use<{ user: string }>((next) => (request, context) => next(request, context));
});

Deno.test("routes() knows the parameters of each path by name, and the context", async () => {
  const app = pipeline().use(sessions<{ last: string }>()).handle(routes({
    "POST /cart/:book/:copies/": async (_request, context) => {
      context.params.book satisfies string;
      (await context.session()).set("last", context.params.book);
      // @ts-expect-error the path names no author
      context.params.author;
      // @ts-expect-error the session has no such key
      (await context.session()).get("first");
      // @ts-expect-error nobody added a user
      context.user;
      return new Response(`${context.params.copies} × ${context.params.book}`);
    },
    "/about/": (_request, context) => {
      // @ts-expect-error a literal path has no parameters
      context.params.book;
      return new Response("about");
    },
  }));
  assertEquals(await (await app(new Request(request("/cart/emma/2/"), { method: "POST" }))).text(), "2 × emma");
});

Deno.test("routes() knows optional parameters, groups, wildcards and modifiers", () => {
  pipeline().handle(routes({
    "GET /a/:id?": (_request, { params }) => {
      params.id satisfies string | undefined;
      // @ts-expect-error it may be absent
      params.id satisfies string;
      return new Response();
    },
    "GET /b/:year(\\d{4})/:month(\\d+)/": (_request, { params }) => {
      params.year satisfies string | undefined;
      return new Response();
    },
    "GET /c/:id(\\d+)/edit": (_request, { params }) => {
      params.id satisfies string;
      // @ts-expect-error the pattern's letters are no name
      params.d;
      return new Response();
    },
    "GET /d/:path+": (_request, { params }) => {
      params.path satisfies string;
      return new Response();
    },
    "GET /e/:path*": (_request, { params }) => {
      // @ts-expect-error it may be absent
      params.path satisfies string;
      return new Response();
    },
    "GET /f/*": (_request, { params }) => {
      params[0] satisfies string;
      return new Response();
    },
    "GET /g/:first-:second.:third": (_request, { params }) => {
      (params.first + params.second + params.third) satisfies string;
      return new Response();
    },
    "GET /h/:id/:rest*/:last": (_request, { params }) => {
      params.id satisfies string;
      params.last satisfies string;
      // @ts-expect-error it may be absent
      params.rest satisfies string;
      return new Response();
    },
    "GET /i{/:page}?": (_request, { params }) => {
      // @ts-expect-error what stands in braces may be absent
      params.page satisfies string;
      return new Response();
    },
  }));
});

Deno.test("routes() can be made from a table whose paths the compiler doesn't know", async () => {
  const table: Record<string, Handler> = { "/a": () => new Response("a") };
  const app = pipeline().handle(routes(table));
  assertEquals(await (await app(request("/a"))).text(), "a");
});

Deno.test("routes() takes views that were written elsewhere with the context they need", () => {
  const book: Handler<Context & { readonly params: { readonly id: string } }> = (_request, context) =>
    new Response(context.params.id);
  const plain = (_request: Request, _info: Deno.ServeHandlerInfo) => new Response();
  const cart: Handler<Context & HasSession<{ cart: string[] }>> = () => new Response();
  pipeline().use(sessions<{ cart: string[] }>()).handle(
    routes({ "GET /books/:id/": book, "GET /plain/": plain, "GET /cart/": cart }),
  );
  // @ts-expect-error the path has no id
  pipeline().handle(routes({ "GET /books/:name/": book }));
  // @ts-expect-error there is no session
  pipeline().handle(routes({ "GET /cart/": cart }));
});

Deno.test("handle() takes what Deno.serve takes, and other people's routers", async () => {
  const view = (request: Request, info: Deno.ServeHandlerInfo): Response =>
    new Response(`${request.method} ${info.remoteAddr.transport}`);
  const asynchronous = async (request: Request, info: Deno.ServeHandlerInfo): Promise<Response> => {
    await info.completed;
    return new Response(await request.text());
  };
  const serveHandler: Deno.ServeHandler = view;
  const hono = new Hono().get("/hono", (c) => c.text("from hono"));

  assertEquals(await (await pipeline().handle(view)(request())).text(), "GET tcp");
  pipeline().handle(asynchronous);
  pipeline().handle(serveHandler);
  assertEquals(await (await pipeline().handle(hono.fetch)(request("/hono"))).text(), "from hono");
  assertEquals(await (await pipeline().handle(pipeline().handle(view))(request())).text(), "GET tcp");
});

Deno.test("an application is what Deno.serve and deno serve want", () => {
  const app = pipeline().handle(() => new Response());
  app satisfies Deno.ServeHandler;
  app satisfies Deno.ServeDefaultExport;
  ({ fetch: app.fetch }) satisfies Deno.ServeDefaultExport;
  ({ fetch: app, onListen: () => {} }) satisfies Deno.ServeDefaultExport;
  assert(app.fetch === app);
  assertEquals(typeof Deno.serve, "function");
});

Deno.test("use() leaves the pipeline as it was, so two applications share a base", async () => {
  const base = pipeline().use<{ who: string }>((next) => (request, context) => {
    return next(request, extend(context, { who: "base" }));
  });
  const shop = base.use<{ shop: string }>((next) => (request, context) => {
    return next(request, extend(context, { shop: `${context.who}+shop` }));
  });
  const admin = base.use<{ admin: string }>((next) => (request, context) => {
    return next(request, extend(context, { admin: `${context.who}+admin` }));
  });
  const shopApp = shop.handle((_request, context) => {
    // @ts-expect-error that is in the other application
    assertEquals(context.admin, undefined);
    return new Response(context.shop);
  });
  const adminApp = admin.handle((_request, context) => new Response(context.admin));
  const baseApp = base.handle((_request, context) => new Response(Object.keys(context).join()));
  assertEquals(await (await shopApp(request())).text(), "base+shop");
  assertEquals(await (await adminApp(request())).text(), "base+admin");
  assertEquals(await (await baseApp(request())).text(), "who");
  assert(Object.isFrozen(base));
});

Deno.test("a function can ask for a pipeline with certain layers", async () => {
  function finish(base: Pipeline<Context & { readonly who: string }>) {
    return base.handle((_request, context) => new Response(context.who));
  }
  const base = pipeline().use<{ who: string }>((next) => (request, context) => {
    return next(request, extend(context, { who: "me" }));
  });
  assertEquals(await (await finish(base)(request())).text(), "me");
  // @ts-expect-error nobody says who
  finish(pipeline());
});

Deno.test("the compiler's message says which middleware is missing", async () => {
  const message = await complaints(`
    import { type Middleware, pipeline } from "@nuages/web/middleware";
    declare function messages(): Middleware<{ session(): Promise<string> }, { messages: string[] }>;
    pipeline().use(messages());
  `);
  assertStringIncludes(message, String.raw`put the middleware that adds \"session\" before this one`);
  assertMatch(message, /program\.ts:3:16/);
});

Deno.test("the compiler's message names everything that is missing", async () => {
  const message = await complaints(`
    import { type Middleware, pipeline } from "@nuages/web/middleware";
    declare const audit: Middleware<{ readonly user: string; readonly session: string; readonly url: URL }>;
    declare const sessions: Middleware<unknown, { readonly session: string }>;
    pipeline().use(sessions).use(audit);
    pipeline().use(audit);
  `);
  assertStringIncludes(message, String.raw`put the middleware that adds \"user\" before this one`);
  assertStringIncludes(message, String.raw`put the middleware that adds \"session\" before this one`);
  assertEquals(message.includes('"url'), false);
});

Deno.test("the compiler's message says so where a name is there with another type", async () => {
  const message = await complaints(`
    import { type Middleware, pipeline } from "@nuages/web/middleware";
    declare const titles: Middleware<unknown, { readonly title: number }>;
    declare const audit: Middleware<{ readonly title: string }>;
    pipeline().use(titles).use(audit);
  `);
  assertStringIncludes(message, String.raw`what \"title\" is before this middleware has another type than it needs`);
});

/** What `deno check` says of a program that must not compile. */
async function complaints(program: string): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/program.ts`, program.trim().replaceAll(/^ {4}/gm, "") + "\nexport {};\n");
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["check", `--config=${ROOT}deno.json`, ...importArguments(), `${folder}/program.ts`],
      env: { NO_COLOR: "1" },
    }).output();
    assertEquals(success, false);
    return new TextDecoder().decode(stderr);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
