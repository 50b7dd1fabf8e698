/** The hooks around the view run in Django's order: every trace of `reference` behaviour, with views that answer at once and later. */

import {
  addHooks,
  chain,
  contextProcessor,
  type Handler,
  hasMark,
  type Hooks,
  HttpError,
  markView,
  type Middleware,
  NotFound,
  perView,
  pipeline,
  redirect,
  routes,
  TemplateResponse,
} from "@nuages/web/middleware";
import { assert, assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";

const request = (path = "/") => new Request(`http://localhost${path}`);

/** A layer that writes down when it is entered and left, and its hooks. `late` makes each hook answer with a promise. */
function traced(name: string, trace: string[], answers: Hooks = {}, late = false): Middleware {
  const when = <T>(value: T): T | Promise<T> => late ? Promise.resolve(value) : value;
  const hooks: Hooks = {
    processView: (request, context, view) => {
      trace.push(`${name}.pv`);
      return when(answers.processView?.(request, context, view)) as Response | undefined;
    },
    processException: (request, context, error) => {
      trace.push(`${name}.pe`);
      return when(answers.processException?.(request, context, error)) as Response | undefined;
    },
    processTemplateResponse: (request, context, response) => {
      trace.push(`${name}.ptr`);
      return when(answers.processTemplateResponse?.(request, context, response) ?? response) as TemplateResponse;
    },
  };
  return (next) => {
    const layer: Handler = (request, context) => {
      trace.push(`${name}>`);
      addHooks(context, hooks);
      return chain(next(request, context), (response) => {
        trace.push(response.status === 200 ? `<${name}` : `<${name}${response.status}`);
        return response;
      });
    };
    return Object.defineProperty(layer, "name", { value: name });
  };
}

/** Runs stack A, B, C around a view, at once and with promises everywhere, and gives the trace, which must be the same. */
async function traceOf(
  view: (trace: string[]) => Response,
  answers: { readonly A?: Hooks; readonly B?: Hooks; readonly C?: Hooks } = {},
): Promise<string> {
  const traces = [];
  for (const late of [false, true]) {
    const trace: string[] = [];
    const app = pipeline({ onEvent: () => {} })
      .use(traced("A", trace, answers.A, late))
      .use(traced("B", trace, answers.B, late))
      .use(traced("C", trace, answers.C, late))
      .handle(late ? async () => await Promise.resolve(view(trace)) : () => view(trace));
    const response = app(request());
    assertEquals(response instanceof Promise, late);
    await response;
    traces.push(trace.join(" "));
  }
  assertEquals(traces[1], traces[0]);
  return traces[0]!;
}

function page(trace: string[], text = "page"): TemplateResponse {
  return new TemplateResponse(() => {
    trace.push("render");
    return text;
  });
}

function broken(trace: string[]): never {
  trace.push("view");
  throw new Error("broken");
}

Deno.test("hooks: a template passes all of them, from the outside in and back out", async () => {
  assertEquals(
    await traceOf((trace) => {
      trace.push("view");
      return page(trace);
    }),
    "A> B> C> A.pv B.pv C.pv view C.ptr B.ptr A.ptr render <C <B <A",
  );
});

Deno.test("hooks: a plain response passes no template hook", async () => {
  assertEquals(
    await traceOf((trace) => {
      trace.push("view");
      return new Response();
    }),
    "A> B> C> A.pv B.pv C.pv view <C <B <A",
  );
});

Deno.test("hooks: a view that throws asks processException from the inside out, then is a 500 for all layers", async () => {
  assertEquals(await traceOf(broken), "A> B> C> A.pv B.pv C.pv view C.pe B.pe A.pe <C500 <B500 <A500");
});

Deno.test("hooks: the first processException that answers ends the matter", async () => {
  const B: Hooks = { processException: () => new Response("sorry") };
  assertEquals(await traceOf(broken, { B }), "A> B> C> A.pv B.pv C.pv view C.pe B.pe <C <B <A");
});

Deno.test("hooks: a template from processException passes the template hooks", async () => {
  let made: string[] = [];
  const B: Hooks = { processException: () => page(made) };
  const trace = await traceOf((trace) => broken(made = trace), { B });
  assertEquals(trace, "A> B> C> A.pv B.pv C.pv view C.pe B.pe C.ptr B.ptr A.ptr render <C <B <A");
});

Deno.test("hooks: a processException that throws is a 500, and asks no other", async () => {
  const B: Hooks = {
    processException: () => {
      throw new Error("worse");
    },
  };
  assertEquals(await traceOf(broken, { B }), "A> B> C> A.pv B.pv C.pv view C.pe B.pe <C500 <B500 <A500");
});

Deno.test("hooks: a processView that answers with a template skips the view, not the template hooks", async () => {
  let made: string[] = [];
  const A: Hooks = { processView: () => undefined };
  const B: Hooks = { processView: () => page(made) };
  const traces = [];
  for (const late of [false, true]) {
    const trace: string[] = made = [];
    const app = pipeline().use(traced("A", trace, A, late)).use(traced("B", trace, B, late)).use(traced("C", trace))
      .handle(() => broken(trace));
    await app(request());
    traces.push(trace.join(" "));
  }
  const expected = "A> B> C> A.pv B.pv C.ptr B.ptr A.ptr render <C <B <A";
  assertEquals(traces, [expected, expected]);
});

Deno.test("hooks: a processView that answers with a response skips the view", async () => {
  const B: Hooks = { processView: () => new Response("instead") };
  assertEquals(await traceOf(broken, { B }), "A> B> C> A.pv B.pv <C <B <A");
});

Deno.test("hooks: a processView that throws is a 500 at the innermost layer, and no processException", async () => {
  const B: Hooks = {
    processView: () => {
      throw new Error("broken hook");
    },
  };
  assertEquals(await traceOf(broken, { B }), "A> B> C> A.pv B.pv <C500 <B500 <A500");
});

Deno.test("hooks: a processView that throws an HttpError answers with its status, and no processException", async () => {
  const B: Hooks = {
    processView: () => {
      throw new HttpError(403);
    },
  };
  assertEquals(await traceOf(broken, { B }), "A> B> C> A.pv B.pv <C403 <B403 <A403");
});

Deno.test("hooks: a layer that answers itself lets only those outside see the response", async () => {
  const trace: string[] = [];
  const stop: Middleware = () => () => {
    trace.push("B!");
    return new Response("short");
  };
  const app = pipeline().use(traced("A", trace)).use(stop).use(traced("C", trace)).handle(() => broken(trace));
  assertEquals(await (await app(request())).text(), "short");
  assertEquals(trace.join(" "), "A> B! <A");
});

Deno.test("hooks: an exception of a middleware is a 500 for the layers outside, and no processException", async () => {
  const trace: string[] = [];
  const throwing: Middleware = () => () => broken(trace);
  const app = pipeline({ onEvent: () => {} }).use(traced("A", trace)).use(throwing).use(traced("C", trace))
    .handle(() => new Response());
  assertEquals((await app(request())).status, 500);
  assertEquals(trace.join(" "), "A> view <A500");
});

Deno.test("hooks: an exception of a middleware on the way out is no processException either", async () => {
  const trace: string[] = [];
  const throwing: Middleware = (next) => (request, context) => chain(next(request, context), () => broken(trace));
  const app = pipeline({ onEvent: () => {} }).use(traced("A", trace)).use(throwing).use(traced("C", trace))
    .handle(() => new Response());
  assertEquals((await app(request())).status, 500);
  assertEquals(trace.join(" "), "A> C> A.pv C.pv <C view <A500");
});

Deno.test("hooks: a 404 that a view throws goes through processException", async () => {
  const gone = (trace: string[]): never => {
    trace.push("view");
    throw new NotFound("No such book");
  };
  assertEquals(await traceOf(gone), "A> B> C> A.pv B.pv C.pv view C.pe B.pe A.pe <C404 <B404 <A404");
  const A: Hooks = {
    processException: (_request, _context, error) =>
      error instanceof NotFound ? new Response(error.message) : undefined,
  };
  assertEquals(await traceOf(gone, { A }), "A> B> C> A.pv B.pv C.pv view C.pe B.pe A.pe <C <B <A");
});

Deno.test("hooks: the 404 and 405 of a table ask no hook", async () => {
  for (const [path, status] of [["/nowhere", 404], ["/books/", 405], ["/books/%ZZ", 400]] as const) {
    const trace: string[] = [];
    const app = pipeline().use(traced("A", trace)).use(traced("B", trace))
      .handle(routes({ "POST /books/": () => new Response(), "GET /books/:id": () => new Response() }));
    assertEquals((await app(request(path))).status, status);
    assertEquals(trace.join(" "), `A> B> <B${status} <A${status}`);
  }
});

Deno.test("hooks: the view of a table is the view that processView gets, under its name and with its marks", async () => {
  const seen: unknown[] = [];
  const look: Middleware = (next) => (request, context) => {
    addHooks(context, {
      processView: (_request, { url }, view) => {
        seen.push([url.pathname, view.name, hasMark(view, "csrf.exempt")]);
      },
    });
    return next(request, context);
  };
  const book = () => new Response("book");
  const app = pipeline().use(look).handle(routes({
    "/books/:id": book,
    "/hooks/": markView(function webhook() {
      return new Response();
    }, "csrf.exempt"),
  }));
  await app(request("/books/1"));
  await app(request("/hooks/"));
  assertEquals(seen, [["/books/1", "book", false], ["/hooks/", "webhook", true]]);
});

Deno.test("hooks: processView can read the parameters of the route", async () => {
  const look: Middleware = (next) => (request, context) => {
    addHooks(context, {
      processView: (_request, context) => new Response((context as unknown as { params: { id: string } }).params.id),
    });
    return next(request, context);
  };
  const app = pipeline().use(look).handle(routes({ "/books/:id": () => new Response("view") }));
  assertEquals(await (await app(request("/books/7"))).text(), "7");
});

Deno.test("hooks: a view that answers with nothing is a 500, and no processException", async () => {
  // deno-lint-ignore no-explicit-any -- what a program without types does
  for (const nothing of [undefined, null, "text", 7, {}] as any[]) {
    assertEquals(await traceOf(() => nothing), "A> B> C> A.pv B.pv C.pv <C500 <B500 <A500");
  }
});

Deno.test("hooks: the message for a view that answers with nothing names the view", async () => {
  const errors: unknown[] = [];
  const app = pipeline({ onEvent: ({ error }) => errors.push(error) })
    // deno-lint-ignore no-explicit-any -- what a program without types does
    .handle(function bookPage() {} as any);
  assertEquals((await app(request())).status, 500);
  assertStringIncludes(String(errors), 'The view "bookPage" must answer with a Response: received undefined');
});

Deno.test("hooks: a template that throws goes through processException", async () => {
  const failing = (trace: string[]) =>
    new TemplateResponse(() => {
      trace.push("render");
      throw new Error("broken template");
    });
  assertEquals(
    await traceOf(failing),
    "A> B> C> A.pv B.pv C.pv C.ptr B.ptr A.ptr render C.pe B.pe A.pe <C500 <B500 <A500",
  );
  const B: Hooks = { processException: () => new Response("plain page") };
  assertEquals(
    await traceOf(failing, { B }),
    "A> B> C> A.pv B.pv C.pv C.ptr B.ptr A.ptr render C.pe B.pe <C <B <A",
  );
});

Deno.test("hooks: a template that rejects goes through processException", async () => {
  const trace: string[] = [];
  const app = pipeline()
    .use(traced("A", trace, { processException: () => new Response("plain page") }))
    .handle(() => new TemplateResponse(() => Promise.reject(new Error("broken template"))));
  assertEquals(await (await app(request())).text(), "plain page");
  assertEquals(trace.join(" "), "A> A.pv A.ptr A.pe <A");
});

Deno.test("hooks: a context processor that throws goes through processException", async () => {
  const trace: string[] = [];
  const app = pipeline()
    .use(traced("A", trace, { processException: () => new Response("plain page") }))
    .use(contextProcessor(() => {
      throw new Error("no data");
    }))
    .handle(() => page(trace));
  assertEquals(await (await app(request())).text(), "plain page");
  assertEquals(trace.join(" "), "A> A.pv A.ptr A.pe <A");
});

Deno.test("hooks: a template that fails is rendered from processException's template without the template hooks", async () => {
  const trace: string[] = [];
  const app = pipeline()
    .use(traced("A", trace, { processException: () => page(trace, "other") }))
    .handle(() => new TemplateResponse(() => broken(trace)));
  assertEquals(await (await app(request())).text(), "other");
  assertEquals(trace.join(" "), "A> A.pv A.ptr view A.pe render <A");
});

Deno.test("hooks: processTemplateResponse can change the data, the template, or put another response", async () => {
  const change = (hook: Hooks["processTemplateResponse"]) => {
    const app = pipeline()
      .use(traced("A", [], { processTemplateResponse: hook! }))
      .handle(() => new TemplateResponse((data: Record<string, unknown>) => `${data.title}`, { title: "Emma" }));
    return Promise.resolve(app(request())).then((response) => response.text());
  };
  assertEquals(
    await change((_request, _context, response) => {
      response.data.title = "Persuasion";
      return response;
    }),
    "Persuasion",
  );
  assertEquals(
    await change((_request, _context, response) => {
      response.template = () => "another template";
      return response;
    }),
    "another template",
  );
  assertEquals(await change(() => new TemplateResponse(() => "another response")), "another response");
  assertEquals(await change(() => redirect("/") as TemplateResponse), "");
});

Deno.test("hooks: a processTemplateResponse that forgets to give the response back is a 500 that says so", async () => {
  const errors: unknown[] = [];
  const forgetful: Middleware = (next) => (request, context) => {
    // deno-lint-ignore no-explicit-any -- what a program without types does
    addHooks(context, { processTemplateResponse: (() => {}) as any });
    return next(request, context);
  };
  const app = pipeline({ onEvent: ({ error }) => errors.push(error) }).use(forgetful).handle(() => page([]));
  assertEquals((await app(request())).status, 500);
  assertStringIncludes(String(errors), "A processTemplateResponse hook must give a response back");
});

Deno.test("hooks: a processView that answers with something else is a 500 that names the hook", async () => {
  for (const late of [false, true]) {
    const errors: unknown[] = [];
    const odd: Middleware = (next) => (request, context) => {
      // deno-lint-ignore no-explicit-any -- what a program without types does
      addHooks(context, { processView: (() => late ? Promise.resolve(true) : true) as any });
      return next(request, context);
    };
    const app = pipeline({ onEvent: ({ error }) => errors.push(error) }).use(odd).handle(() => new Response());
    assertEquals((await app(request())).status, 500);
    assertStringIncludes(
      String(errors),
      "A processView hook must answer with a Response, or nothing: received boolean",
    );
  }
});

Deno.test("hooks: of one layer count for the requests that reach it", async () => {
  const trace: string[] = [];
  const sometimes: Middleware = (next) => (request, context) => {
    if (context.url.pathname === "/with") addHooks(context, { processView: () => void trace.push("pv") });
    return next(request, context);
  };
  const app = pipeline().use(sometimes).handle(() => new Response());
  await app(request("/with"));
  await app(request("/without"));
  assertEquals(trace, ["pv"]);
});

Deno.test("hooks: survive a middleware that is wrapped by another function", async () => {
  const trace: string[] = [];
  const wrapped: Middleware = (next) => {
    const inner = traced("csrf", trace)(next);
    return (request, context) => inner(request, context);
  };
  await pipeline().use(wrapped).handle(() => new Response())(request());
  assertEquals(trace.join(" "), "csrf> csrf.pv <csrf");
});

Deno.test("hooks: a middleware without any costs nothing asynchronous", () => {
  const plain: Middleware = (next) => (request, context) => next(request, context);
  assertInstanceOf(pipeline().use(plain).use(plain).handle(() => new Response())(request()), Response);
});

Deno.test("addHooks() refuses when the view is running, and names perView", async () => {
  const errors: unknown[] = [];
  const late = traced("csrf", []);
  const app = pipeline({ onEvent: ({ error }) => errors.push(error) })
    .handle((request, context) => late(() => new Response("unchecked"))(request, context));
  assertEquals((await app(request())).status, 500);
  assertStringIncludes(String(errors), "Cannot add hooks as the view is running");
  assertStringIncludes(String(errors), "perView(middleware)(view)");
});

Deno.test("addHooks() refuses on a view of a table that a middleware wraps by hand", async () => {
  const late = traced("csrf", []);
  const app = pipeline({ onEvent: () => {} })
    .handle(routes({ "/": (request, context) => late(() => new Response("unchecked"))(request, context) }));
  assertEquals((await app(request())).status, 500);
});

Deno.test("addHooks() refuses after the view has run", async () => {
  const errors: unknown[] = [];
  const tooLate: Middleware = (next) => async (request, context) => {
    const response = await next(request, context);
    addHooks(context, { processView: () => new Response() });
    return response;
  };
  const app = pipeline({ onEvent: ({ error }) => errors.push(error) }).use(tooLate).handle(() => new Response());
  assertEquals((await app(request())).status, 500);
  assertStringIncludes(String(errors), "Cannot add hooks");
});

Deno.test("addHooks() refuses a context that is no pipeline's", async () => {
  const errors: unknown[] = [];
  const copying: Middleware = (next) => (request, context) => {
    addHooks({ ...context }, {});
    return next(request, context);
  };
  const app = pipeline({ onEvent: ({ error }) => errors.push(error) }).use(copying).handle(() => new Response());
  assertEquals((await app(request())).status, 500);
  assertStringIncludes(String(errors), "Cannot add hooks as this is no pipeline's context");
});

Deno.test("perView() runs the hooks of its middleware around one view, inside those of the pipeline", async () => {
  const trace: string[] = [];
  const view = perView(traced("P", trace))(() => {
    trace.push("view");
    return page(trace);
  });
  const app = pipeline().use(traced("A", trace)).use(traced("B", trace))
    .handle(routes({ "/": view, "/plain": () => new Response() }));
  await app(request());
  assertEquals(trace.join(" "), "A> B> A.pv B.pv P> P.pv view P.ptr B.ptr A.ptr render <P <B <A");
  trace.length = 0;
  await app(request("/plain"));
  assertEquals(trace.join(" "), "A> B> A.pv B.pv <B <A");
});

Deno.test("perView() offers an exception of its view to its own hooks first, and to each hook once", async () => {
  const trace: string[] = [];
  const view = perView(traced("P", trace))(perView(traced("Q", trace))(() => broken(trace)));
  const app = pipeline({ onEvent: () => {} }).use(traced("A", trace)).use(traced("B", trace)).handle(view);
  assertEquals((await app(request())).status, 500);
  assertEquals(trace.join(" "), "A> B> A.pv B.pv P> P.pv Q> Q.pv view Q.pe P.pe B.pe A.pe <B500 <A500");
});

Deno.test("perView() lets its own hooks answer for its view", async () => {
  const trace: string[] = [];
  const view = perView(traced("P", trace, { processException: () => new Response("sorry") }))(() => broken(trace));
  const app = pipeline().use(traced("A", trace)).handle(view);
  assertEquals(await (await app(request())).text(), "sorry");
  assertEquals(trace.join(" "), "A> A.pv P> P.pv view P.pe <P <A");
});

Deno.test("perView() leaves no hooks for the template of an outer processException", async () => {
  const trace: string[] = [];
  const view = perView(traced("P", trace))(() => broken(trace));
  const app = pipeline().use(traced("A", trace, { processException: () => page(trace) })).handle(view);
  await app(request());
  assertEquals(trace.join(" "), "A> A.pv P> P.pv view P.pe A.pe A.ptr render <A");
});

Deno.test("perView() can stop before its view, and with a template", async () => {
  const trace: string[] = [];
  const view = perView(traced("P", trace, { processView: () => page(trace) }))(() => broken(trace));
  const app = pipeline().use(traced("A", trace)).handle(view);
  assertEquals(await (await app(request())).text(), "page");
  assertEquals(trace.join(" "), "A> A.pv P> P.pv P.ptr A.ptr render <P <A");
});

Deno.test("perView() works where the pipeline has no hooks at all, at once and later", async () => {
  for (const late of [false, true]) {
    const trace: string[] = [];
    const view: Handler = late ? async () => await Promise.resolve(page(trace)) : () => page(trace);
    const response = pipeline().handle(perView(traced("P", trace, {}, late))(view))(request());
    assertEquals(response instanceof Promise, late);
    assertEquals(await (await response).text(), "page");
    assertEquals(trace.join(" "), "P> P.pv P.ptr render <P");
  }
});

Deno.test("perView() around a table leaves the table's 404 to the hooks' layers as a status", async () => {
  const trace: string[] = [];
  const table = routes({ "/books/": () => new Response("books") });
  const app = pipeline().use(traced("A", trace)).handle(perView(traced("P", trace))(table));
  assertEquals(await (await app(request("/books/"))).text(), "books");
  assert(trace.join(" ").includes("P.pv"));
  assertEquals((await app(request("/nowhere"))).status, 404);
});
