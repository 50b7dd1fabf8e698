/** Errors become responses in the layer where they happen. */

import {
  type AppEvent,
  BadRequest,
  type ErrorHandlers,
  extend,
  Forbidden,
  html,
  HttpError,
  type Middleware,
  NotFound,
  pipeline,
  type PipelineOptions,
  security,
  TemplateResponse,
} from "@nuages/web/middleware";
import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { importArguments } from "../../tools/import_map.ts";
import { ROOT } from "../../tools/project.ts";
import { assertLinear } from "../_growth.ts";

const request = (accept?: string) =>
  new Request("http://localhost/books/?page=2", accept === undefined ? {} : { headers: { Accept: accept } });

/** An application whose view throws, and what it told its listener. */
function throwing(error: unknown, options: PipelineOptions = {}) {
  const events: AppEvent[] = [];
  const app = pipeline({ onEvent: (event) => events.push(event), ...options }).handle(() => {
    throw error;
  });
  return { app, events };
}

const stamp = (name: string): Middleware => (next) => async (request, context) => {
  const response = await next(request, context);
  response.headers.append("X-Layers", name);
  return response;
};

Deno.test("an error is a response for every layer outside the one where it happened", async () => {
  const at = async (broken: string) => {
    const layer = (name: string): Middleware => (next) => (request, context) => {
      if (name === broken) throw new Error("broken");
      return next(request, context);
    };
    const app = pipeline({ onEvent: () => {} })
      .use(stamp("a")).use(layer("1")).use(stamp("b")).use(layer("2")).use(stamp("c"))
      .handle(() => {
        if (broken === "view") throw new Error("broken");
        return new Response();
      });
    const response = await app(request());
    return [response.status, response.headers.get("X-Layers")];
  };
  assertEquals(await at("none"), [200, "c, b, a"]);
  assertEquals(await at("view"), [500, "c, b, a"]);
  assertEquals(await at("2"), [500, "b, a"]);
  assertEquals(await at("1"), [500, "a"]);
});

Deno.test("an error on the way out is a response for the layers outside", async () => {
  const late: Middleware = (next) => async (request, context) => {
    await next(request, context);
    throw new Forbidden("changed my mind");
  };
  const app = pipeline().use(stamp("a")).use(late).use(stamp("b")).handle(() => new Response());
  const response = await app(request());
  assertEquals([response.status, response.headers.get("X-Layers")], [403, "a"]);
});

Deno.test("next never throws, whether the view throws at once or later", async () => {
  const seen: number[] = [];
  const watching: Middleware = (next) => async (request, context) => {
    try {
      const response = await next(request, context);
      seen.push(response.status);
      return response;
    } catch {
      return new Response("unreachable", { status: 599 });
    }
  };
  await pipeline().use(watching).handle(() => {
    throw new NotFound();
  })(request());
  await pipeline().use(watching).handle(() => Promise.reject(new NotFound()))(request());
  assertEquals(seen, [404, 404]);
});

Deno.test("a view that throws at once is answered at once", () => {
  const { app } = throwing(new NotFound());
  assert(app(request()) instanceof Response);
});

Deno.test("HttpError() is its status, its headers and, for the visitor's own mistakes, its message", async () => {
  const { app, events } = throwing(new HttpError(429, "Not so fast", { headers: { "Retry-After": "10" } }));
  const response = await app(request());
  assertEquals([response.status, response.headers.get("Retry-After")], [429, "10"]);
  assertStringIncludes(await response.text(), "Not so fast");
  assertEquals(events, []);
});

Deno.test("HttpError() keeps every Set-Cookie of its headers", async () => {
  const headers = new Headers([["Set-Cookie", "a=1"], ["Set-Cookie", "b=2"], ["WWW-Authenticate", "Basic"]]);
  const response = await throwing(new HttpError(401, undefined, { headers })).app(request());
  assertEquals(response.headers.getSetCookie(), ["a=1", "b=2"]);
  assertEquals(response.headers.get("WWW-Authenticate"), "Basic");
});

Deno.test("HttpError() doesn't show its message from status 500 on, or where it is told not to", async () => {
  const text = async (error: HttpError) => await (await throwing(error).app(request())).text();
  assertFalse((await text(new HttpError(503, "database 10.0.0.7 is away"))).includes("10.0.0.7"));
  assertStringIncludes(await text(new HttpError(503, "Back at noon", { expose: true })), "Back at noon");
  assertFalse((await text(new HttpError(400, "token 123 is old", { expose: false }))).includes("123"));
  assertFalse((await text(new HttpError(404))).includes("<p>"));
});

Deno.test("HttpError() refuses a status that is no error", () => {
  for (const status of [200, 399, 600, 404.5, NaN, -1]) {
    assertThrows(() => new HttpError(status), RangeError, `its status must be 400 to 599: received ${status}`);
  }
  assertThrows(() => new HttpError(400, "x", { headers: { "bad name": "x" } }), TypeError);
});

Deno.test("BadRequest(), Forbidden() and NotFound() are their status and know their cause", () => {
  const cause = new Error("why");
  const errors = [new BadRequest("a", { cause }), new Forbidden("b", { cause }), new NotFound("c", { cause })];
  assertEquals(errors.map((error) => [error.name, error.status, error.message, error.cause]), [
    ["BadRequest", 400, "a", cause],
    ["Forbidden", 403, "b", cause],
    ["NotFound", 404, "c", cause],
  ]);
  assert(errors.every((error) => error instanceof HttpError && error instanceof Error));
  assertEquals([new NotFound().message, new HttpError(418).message, new HttpError(599).message], [
    "Not Found",
    "I'm a teapot",
    "Error",
  ]);
});

Deno.test("an error page is HTML or problem details, as Accept says", async () => {
  const { app } = throwing(new NotFound("No such book"));
  const type = async (accept?: string) => (await app(request(accept))).headers.get("Content-Type");
  const page = "text/html; charset=utf-8";
  const problem = "application/problem+json";
  assertEquals(await type(), page);
  assertEquals(await type("*/*"), page);
  assertEquals(await type("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), page);
  assertEquals(await type("application/json"), problem);
  assertEquals(await type("application/problem+json"), problem);
  assertEquals(await type("APPLICATION/JSON"), problem);
  assertEquals(await type("text/html;q=0.4, application/json"), problem);
  assertEquals(await type("application/json;q=0.4, text/html"), page);
  assertEquals(await type("application/*"), problem);
  assertEquals(await type("text/html;q=0, */*"), problem);
  assertEquals(await type("application/json;charset=utf-8"), problem);
  assertEquals(await type("application/vnd.api+json"), problem);
  assertEquals(await type("image/png"), page);
});

Deno.test("an error page says that it depends on Accept, and isn't sniffed", async () => {
  const response = await throwing(new HttpError(403, "no", { headers: { Vary: "Cookie" } })).app(request());
  assertEquals(response.headers.get("Vary"), "Cookie, Accept");
  assertEquals(response.headers.get("X-Content-Type-Options"), "nosniff");
});

Deno.test("problem details are those of RFC 9457", async () => {
  const { app } = throwing(new HttpError(404, "No such book"));
  const problem = await (await app(request("application/json"))).json();
  assertMatch(problem.requestId, /^[0-9a-f-]{36}$/);
  assertEquals(problem, { title: "Not Found", status: 404, detail: "No such book", requestId: problem.requestId });
  const silent = await (await throwing(new Error("password 123")).app(request("application/json"))).json();
  assertEquals(silent, { title: "Internal Server Error", status: 500, requestId: silent.requestId });
});

Deno.test("an error page survives any Accept header, in time in proportion to its length", async () => {
  const { app } = throwing(new NotFound());
  for (const accept of ["", ";;;,,,", "a/b;q=abc", "application/json;q=2", "text/html;q=-1", "*"]) {
    assertEquals((await app(request(accept))).status, 404);
  }
  const long = [
    (size: number) => ", ".repeat(size / 2),
    (size: number) => "a/b;" + "x=y;".repeat(size / 4),
    (size: number) => "application/json," + "a/b,".repeat(size / 4),
    (size: number) => '"'.repeat(size),
    (size: number) => 'a/b;x="' + "\\".repeat(size),
    (size: number) => "text/html" + " ".repeat(size) + ";q=1",
    (size: number) => "a/b; q=" + "0".repeat(size),
  ];
  await assertLinear(64_000, long, async (accept) => assertEquals((await app(request(accept))).status, 404));
});

Deno.test("an error page escapes what the message says", async () => {
  const { app } = throwing(new BadRequest(`<script>alert("1")</script>`));
  const text = await (await app(request())).text();
  assertFalse(text.includes("<script>"));
  assertStringIncludes(text, "&lt;script&gt;");
});

Deno.test("a 500 shows nothing of the error, and the request's id that the report has", async () => {
  const { app, events } = throwing(new Error("password 123"));
  const text = await (await app(request())).text();
  assertFalse(text.includes("123"));
  assertEquals(events.length, 1);
  assertStringIncludes(text, events[0]!.requestId);
});

Deno.test("errors: handlers answer by status, and default for the rest", async () => {
  const errors: ErrorHandlers = {
    404: (request, _context, error) => new Response(`${request.method} ${error.message}`, { status: error.status }),
    default: async (_request, context, error) => {
      await Promise.resolve();
      return Response.json({ path: context.url.pathname }, { status: error.status });
    },
  };
  const missing = await throwing(new NotFound("gone"), { errors }).app(request());
  assertEquals([missing.status, await missing.text()], [404, "GET gone"]);
  const refused = await throwing(new Forbidden(), { errors }).app(request());
  assertEquals([refused.status, await refused.json()], [403, { path: "/books/" }]);
});

Deno.test("errors: the handler for 500 finds what was thrown in the cause", async () => {
  const thrown = new RangeError("too far");
  let seen: unknown;
  const { app, events } = throwing(thrown, {
    errors: {
      500: (_request, _context, error) => {
        seen = error.cause;
        return new Response("sorry", { status: 500 });
      },
    },
  });
  assertEquals(await (await app(request())).text(), "sorry");
  assert(seen === thrown);
  assertEquals(events.map(({ name, error }) => [name, error]), [["exception", thrown]]);
});

Deno.test("errors: a handler may answer with a template, which gets its data and is rendered", async () => {
  const template = (data: Record<string, unknown>) => html`<h1>${data.title} for ${data.user}</h1>`;
  const { app } = throwing(new NotFound("<gone>"), {
    errors: {
      404: (_request, _context, error) =>
        new TemplateResponse(template, { title: error.message, user: "Ada" }, { status: 404 }),
    },
  });
  const response = await app(request());
  assertEquals([response.status, await response.text()], [404, "<h1>&lt;gone&gt; for Ada</h1>"]);
  assertEquals(response.headers.get("Content-Type"), "text/html; charset=utf-8");
});

Deno.test("errors: a handler may redirect, and layers outside can still add headers", async () => {
  const app = pipeline({ errors: { 403: () => Response.redirect("http://localhost/login/") } })
    .use(stamp("a"))
    .handle(() => {
      throw new Forbidden();
    });
  const response = await app(request());
  assertEquals([response.status, response.headers.get("X-Layers")], [302, "a"]);
});

Deno.test("errors: a handler sees what the layers outside the error have added", async () => {
  const app = pipeline({
    errors: {
      404: (_request, context) => new Response(String((context as unknown as { user?: string }).user), { status: 404 }),
    },
  })
    .use<{ user: string }>((next) => (request, context) => next(request, extend(context, { user: "Ada" })))
    .handle(() => {
      throw new NotFound();
    });
  assertEquals(await (await app(request())).text(), "Ada");
});

Deno.test("errors: a handler that answers undefined leaves the error to the standard page", async () => {
  for (const nothing of [() => undefined, () => Promise.resolve(undefined)]) {
    const { app, events } = throwing(new NotFound("No such book"), { errors: { default: nothing } });
    const response = await app(request("application/json"));

    assertEquals([response.status, (await response.json()).detail], [404, "No such book"]);
    assertEquals(events, []);
  }
});

Deno.test("errors: with debug an exception is on the debug page, an HttpError with its handler", async () => {
  const errors = { default: () => new Response("ours", { status: 404 }) };
  const broken = throwing(new Error("a bug"), { errors, debug: true });
  const missing = throwing(new NotFound(), { errors, debug: true });

  assertStringIncludes(await (await broken.app(request())).text(), "a bug");
  assertEquals(await (await missing.app(request())).text(), "ours");
});

Deno.test("errors: a handler that throws, rejects or answers with nothing still ends in a 500", async () => {
  // deno-lint-ignore no-explicit-any -- what a program without types does
  const broken: [string, any][] = [
    ["throws", () => {
      throw new Error("handler");
    }],
    ["rejects", () => Promise.reject(new Error("handler"))],
    ["promise of null", () => Promise.resolve(null)],
    ["text", () => "sorry"],
    ["throws an HttpError", () => {
      throw new NotFound();
    }],
    ["Response.error()", () => Response.error()],
    ["a response that was read", async () => {
      const response = new Response("x");
      await response.text();
      return response;
    }],
    ["a template that throws", () =>
      new TemplateResponse(() => {
        throw new Error("template");
      })],
  ];
  for (const [what, handler] of broken) {
    const { app, events } = throwing(new NotFound(), { errors: { default: handler } });
    const response = await app(request());
    assertEquals(response.status, 500, what);
    assertStringIncludes(await response.text(), "Internal Server Error");
    assertEquals(events.map(({ message }) => message), ["Unexpected exception in the error handler for 404"], what);
  }
});

Deno.test("errors: a handler for something that is no error is refused at construction", () => {
  // deno-lint-ignore no-explicit-any -- what a program without types does
  const make = (errors: any) => () => pipeline({ errors });
  assertThrows(make({ 200: () => new Response() }), TypeError, 'Cannot handle errors "200"');
  assertThrows(make({ notFound: () => new Response() }), TypeError, 'Cannot handle errors "notFound"');
  assertThrows(make({ 404: "gone" }), TypeError, "Cannot handle errors 404 with a handler that is string");
});

Deno.test("pipeline() refuses options that can't be meant", () => {
  // deno-lint-ignore no-explicit-any -- what a program without types does
  const make = (options: any) => () => pipeline(options);
  assertThrows(make({ onEvent: "log" }), TypeError, "onEvent");
  assertThrows(make({ render: "eta" }), TypeError, "render");
  assertThrows(make({ debug: "false" }), TypeError, "debug must be true or false: received string");
  assertThrows(make({ keys: ["short"] }), Error);
  assertThrows(make({ form: { maxBytes: -1 } }), RangeError, "maxBytes");
  // deno-lint-ignore no-explicit-any -- what a program without types does
  const base = pipeline() as any;
  assertThrows(() => base.use(undefined), TypeError, "Cannot use a middleware that is undefined");
  assertThrows(() => base.use({}), TypeError, "Cannot use a middleware that is object");
  assertThrows(() => base.handle({ fetch() {} }), TypeError, "Cannot handle requests with a view that is object");
  assertThrows(() => base.use(() => undefined).handle(() => new Response()), TypeError, "must return a handler");
  assertThrows(
    () => base.use(function csrf() {}).handle(() => new Response()),
    TypeError,
    '"csrf" must return a handler',
  );
});

Deno.test("an unexpected exception is told to onEvent once, with the layer, method, path and request id", async () => {
  const error = new Error("boom");
  const events: AppEvent[] = [];
  const app = pipeline({ onEvent: (event) => events.push(event) })
    .use(stamp("a"))
    .use(() =>
      function cart() {
        throw error;
      }
    )
    .handle(() => new Response());
  await app(new Request("http://localhost/b%20c/?token=secret", { method: "DELETE" }));
  assertEquals(events, [{
    name: "exception",
    message: "Unexpected exception in cart",
    error,
    data: { layer: "cart" },
    method: "DELETE",
    path: "/b%20c/",
    requestId: events[0]!.requestId,
  }]);
});

Deno.test("an HttpError is no unexpected exception, unless it is a 5xx with a cause", async () => {
  const told = async (error: HttpError) => {
    const { app, events } = throwing(error);
    await app(request());
    return events.map(({ error }) => error);
  };
  const cause = new Error("why");
  assertEquals(await told(new HttpError(404, "x", { cause })), []);
  assertEquals(await told(new HttpError(503)), []);
  assertEquals(await told(new HttpError(503, "x", { cause })), [cause]);
});

/** Things that were thrown in anger. None may get past the last layer. */
function hostileThings(): [string, unknown][] {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const fail = (): never => {
    throw new Error("hostile");
  };
  const lying = new NotFound();
  Object.defineProperty(lying, "status", { value: 99 });
  const headless = new NotFound();
  Object.defineProperty(headless, "headers", { get: fail });
  const nameless = new Error("x");
  Object.defineProperty(nameless, "name", { get: fail });
  Object.defineProperty(nameless, "stack", { get: fail });
  const speechless = new Error("x");
  Object.defineProperty(speechless, "message", { value: Object.create(null) });
  const exposed = new NotFound("x");
  Object.defineProperty(exposed, "message", { get: fail });
  return [
    ["null", null],
    ["undefined", undefined],
    ["a text", "text"],
    ["a symbol", Symbol("s")],
    ["a big integer", 1n],
    ["an object without a prototype", Object.create(null)],
    ["an object that can't be made a text", { toString: fail, [Symbol.toPrimitive]: fail }],
    ["an object that can't be inspected", { [Symbol.for("Deno.customInspect")]: fail }],
    ["an object that can't be inspected by Node's rules", { [Symbol.for("nodejs.util.inspect.custom")]: fail }],
    ["an error without a name", nameless],
    ["an error whose message is no text", speechless],
    ["a proxy that was revoked", proxy],
    ["a proxy that throws", new Proxy({}, { get: fail, getPrototypeOf: fail, has: fail, ownKeys: fail })],
    ["an HttpError with a status that is none", lying],
    ["an HttpError without headers", headless],
    ["an HttpError whose message can't be read", exposed],
    ["a response", new Response("thrown")],
    ["a promise", Promise.resolve(1)],
    ["a function", fail],
    ["an HttpError that was never constructed", Object.create(HttpError.prototype)],
  ];
}

Deno.test("whatever is thrown is a response and reported, with and without debug, as HTML and as JSON", async () => {
  for (const debug of [false, true]) {
    for (const accept of ["text/html", "application/json"]) {
      for (const [what, thing] of hostileThings()) {
        const { app, events } = throwing(thing, { debug });
        const response = await app(request(accept));
        assert(response.status >= 400, what);
        assert((await response.text()).length > 0, what);
        assert(response.status === 404 || events.length >= 1, what);
        // The bare last resort is for errors that can't even be turned into a page.
        const bare = response.headers.get("Content-Type") === "text/plain; charset=utf-8";
        assertEquals(
          bare,
          what.startsWith("an HttpError") && !what.endsWith("none") && !what.endsWith("constructed"),
          what,
        );
      }
    }
  }
});

Deno.test("whatever is thrown later is a response too, and whatever a middleware throws", async () => {
  for (const [what, thing] of hostileThings()) {
    const rejecting = pipeline({ debug: true, onEvent: () => {} }).handle(() => Promise.reject(thing));
    assert((await rejecting(request())).status >= 400, what);
    const middleware = pipeline({ debug: true, onEvent: () => {} }).use(() => () => {
      throw thing;
    }).handle(() => new Response());
    assert((await middleware(request())).status >= 400, what);
  }
});

Deno.test("an application answers whatever its layers answer with", async () => {
  class Treacherous extends Response {
    #reads = 0;
    override get headers(): Headers {
      if (this.#reads++ > 0) throw new Error("no more headers");
      return super.headers;
    }
  }
  const read = async () => {
    const response = new Response("x");
    await response.text();
    return response;
  };
  const answers: [string, () => unknown][] = [
    ["undefined", () => undefined],
    ["null", () => null],
    ["a text", () => "text"],
    ["an object like a response", () => ({ status: 200, headers: new Headers() })],
    ["a promise of undefined", () => Promise.resolve()],
    ["Response.error()", () => Response.error()],
    ["a response that was read", read],
    ["a response with treacherous headers", () => new Treacherous("x")],
    ["a template that is none", () => new TemplateResponse(7 as unknown as string)],
    ["a template without a page", () => new TemplateResponse(() => undefined)],
    ["a template with a page that can't be made a text", () => new TemplateResponse(() => Object.create(null))],
  ];
  for (const [what, answer] of answers) {
    for (const cookies of [false, true]) {
      const app = pipeline({ onEvent: () => {} }).use((next) => (request, context) => {
        if (cookies) context.cookies.set("a", "1");
        return next(request, context);
        // deno-lint-ignore no-explicit-any -- what a program without types does
      }).handle(answer as any);
      const response = await app(request());
      assert(response.status === 500 || what.includes("treacherous"), what);
      const layer = pipeline({ onEvent: () => {} })
        // deno-lint-ignore no-explicit-any -- what a program without types does
        .use(() => answer as any)
        .handle(() => new Response());
      assert((await layer(request())) instanceof Response, what);
    }
  }
});

Deno.test("a response that two requests share is a 500 that says so, before it carries cookies from one to the other", async () => {
  const shared = new Response("shared");
  const events: AppEvent[] = [];
  const app = pipeline({ onEvent: (event) => events.push(event) }).handle((_request, context) => {
    context.cookies.set("who", context.url.pathname.slice(1));
    return shared;
  });
  const first = await app(new Request("http://localhost/ada"));
  assertEquals([await first.text(), first.headers.getSetCookie().length], ["shared", 1]);
  const second = await app(new Request("http://localhost/grace"));
  assertEquals([second.status, second.headers.getSetCookie().join().includes("ada")], [500, false]);
  assertStringIncludes(
    String(events[0]!.error),
    "answered with another request's response: make a new response each time",
  );
});

Deno.test("a middleware that nobody called is a 500 that says so", async () => {
  const events: AppEvent[] = [];
  // deno-lint-ignore no-explicit-any -- what the compiler refuses
  const app = pipeline({ onEvent: (event) => events.push(event) }).use(security as any).handle(() => new Response());
  assertEquals((await app(request())).status, 500);
  assertStringIncludes(
    String(events[0]!.error),
    'The layer "security" must answer with a Response: received function, so call the middleware, as in use(security())',
  );
});

Deno.test("a response whose body a layer has read is a 500 that says so", async () => {
  const events: AppEvent[] = [];
  const app = pipeline({ onEvent: (event) => events.push(event) }).use((next) => async (request, context) => {
    const response = await next(request, context);
    await response.text();
    return response;
  }).handle(() => new Response("once"));
  assertEquals((await app(request())).status, 500);
  assertStringIncludes(String(events[0]!.error), "Cannot send the response as its body was read already");
});

Deno.test("a layer that passes on no context, or no request, is a 500 that names the layer inside", async () => {
  const told = async (pass: (context: unknown) => unknown) => {
    const events: AppEvent[] = [];
    const app = pipeline({ onEvent: (event) => events.push(event) })
      // deno-lint-ignore no-explicit-any -- what a program without types does
      .use((next) => (request, context) => next(request, pass(context) as any))
      .handle(function home() {
        return new Response();
      });
    assertEquals((await app(request())).status, 500);
    return String(events[0]!.error);
  };
  for (
    const pass of [
      () => undefined,
      () => null,
      () => "context",
      (context: unknown) => ({ ...context as object }),
      (context: unknown) => Object.create(context as object),
      (context: unknown) => new Proxy(context as object, {}),
    ]
  ) {
    const message = await told(pass);
    assertStringIncludes(message, 'The layer outside "view" must pass on the context it was given');
    assertStringIncludes(message, "extend(context, { … })");
  }
  const events: AppEvent[] = [];
  const app = pipeline({ onEvent: (event) => events.push(event) })
    // deno-lint-ignore no-explicit-any -- what a program without types does
    .use((next) => (_request, context) => next(undefined as any, context))
    .handle((request) => new Response(request.method));
  assertEquals((await app(request())).status, 500);
});

Deno.test("a context that was broken by a layer still ends in a response, and in a report", async () => {
  const events: AppEvent[] = [];
  const app = pipeline({ debug: true, onEvent: (event) => events.push(event) })
    .use((next) => (request, context) =>
      next(
        request,
        extend(context, {
          get requestId(): string {
            throw new Error("no id");
          },
          get client(): never {
            throw new Error("no client");
          },
          emit: () => {
            throw new Error("no events");
          },
        }),
      )
    )
    .handle(() => {
      throw new Error("view");
    });
  for (const accept of ["text/html", "application/json"]) {
    events.length = 0;
    const response = await app(request(accept));
    assertEquals(response.status, 500);
    assertEquals((events[0]!.error as Error).message, "view");
  }
});

Deno.test("what middleware add can't break what the kernel keeps", async () => {
  const names = ["hooks", "hooksFrom", "viewRuns", "writable", "run", "finish", "addHooks", "app", "completed", "form"];
  const app = pipeline({ debug: true })
    .use((next) => (request, context) => {
      context.cookies.set("a", "1");
      return next(request, extend(context, Object.fromEntries(names.map((name) => [name, "mine"]))));
    })
    .handle((_request, context) => new TemplateResponse(() => (context as unknown as { hooks: string }).hooks));
  const response = await app(request());
  assertEquals([response.status, await response.text()], [200, "mine"]);
  assertEquals(response.headers.getSetCookie().length, 1);
});

Deno.test("a listener that throws or rejects doesn't disturb the answer, and both errors go to standard error", async () => {
  for (
    const listener of [
      "() => { throw new Error('listener') }",
      "async () => { await 0; throw new Error('listener') }",
    ]
  ) {
    const { stdout, stderr, code } = await run(`
      const app = pipeline({ onEvent: ${listener} }).handle(() => { throw new Error("view") });
      const response = await app(new Request("http://localhost/x"));
      await new Promise((resolve) => setTimeout(resolve, 20));
      console.log(response.status);
    `);
    assertEquals([stdout.trim(), code], ["500", 0]);
    assertEquals(stderr.match(/Error: listener/g)?.length, 1);
    assertEquals(stderr.match(/Error: view/g)?.length, 1);
    assertStringIncludes(stderr, "The onEvent listener threw");
  }
});

Deno.test("without a listener an exception goes to standard error once, with method, path and request id", async () => {
  const { stdout, stderr } = await run(`
    const app = pipeline()
      .use((next) => (request, context) => next(request, context))
      .handle(() => { throw new Error("boom") });
    const response = await app(new Request("http://localhost/a%0Ab/?secret=1", { method: "POST" }));
    console.log(/request <code>([^<]+)/.exec(await response.text())[1]);
  `);
  const id = stdout.trim();
  assertEquals(stderr.match(/boom/g)?.length, 1);
  assertStringIncludes(stderr, `Unexpected exception in view: POST /a%0Ab/ (request ${id})\nError: boom\n    at `);
  assertFalse(stderr.includes("secret"));
});

Deno.test("without a listener nothing else is written", async () => {
  const { stdout, stderr } = await run(`
    const app = pipeline().handle((_request, context) => {
      context.emit({ name: "csrf.rejected", message: "no token" });
      throw new NotFound();
    });
    console.log((await app(new Request("http://localhost/"))).status);
  `);
  assertEquals([stdout.trim(), stderr], ["404", ""]);
});

Deno.test("a report carries no escape sequences that a terminal would obey", async () => {
  const { stderr } = await run(`
    const app = pipeline().handle(() => { throw new Error("\\x1b[2J\\x9b1m\\x07 gone\\r") });
    await app(new Request("http://localhost/"));
  `);
  assertStringIncludes(stderr, String.raw`\x1b[2J\x9b1m\x07 gone\x0d`);
  // deno-lint-ignore no-control-regex
  assertFalse(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/.test(stderr));
});

Deno.test("a report survives what was thrown, and a standard error that is closed", async () => {
  const { stdout, stderr, code } = await run(`
    const app = pipeline().handle((request) => {
      throw request.method === "GET" ? { [Symbol.for("Deno.customInspect")]() { throw 1 } } : new Error("closed");
    });
    console.log((await app(new Request("http://localhost/"))).status);
    Deno.stderr.close();
    console.log((await app(new Request("http://localhost/", { method: "POST" }))).status);
  `);
  assertEquals([stdout.trim(), code], ["500\n500", 0]);
  assertStringIncludes(stderr, "Thrown: (a value that throws when it is looked at)");
  assertEquals(stderr.match(/Unexpected exception/g)?.length, 1);
});

/** Runs a program that begins with the kernel in reach. */
async function run(program: string): Promise<{ stdout: string; stderr: string; code: number }> {
  const folder = await Deno.makeTempDir();
  try {
    const text = `import { pipeline, NotFound } from "@nuages/web/middleware";\nvoid NotFound;\n${program}`;
    await Deno.writeTextFile(`${folder}/program.js`, text);
    const { stdout, stderr, code } = await new Deno.Command(Deno.execPath(), {
      args: ["run", `--config=${ROOT}deno.json`, ...importArguments(), `${folder}/program.js`],
      env: { NO_COLOR: "1" },
    }).output();
    const decoder = new TextDecoder();
    return { stdout: decoder.decode(stdout), stderr: decoder.decode(stderr), code };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
