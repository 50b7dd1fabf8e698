/** The layers around the session: outside, inside, around one view, nested; and what the debug page shows. */

import { chain, type Handler, HttpError, type Middleware, perView, pipeline, routes } from "@nuages/web/middleware";
import { CookieStore, type HasSession, MemoryStore, SessionInterrupted, sessions } from "@nuages/web/sessions";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { TestBrowser } from "../../testing/test_browser.ts";
import { CountingStore } from "./_counting_store.ts";
import { makeSite, setCookies, TEST_KEY } from "./_site.ts";

type Data = { n?: number; user?: string };

const add: Handler = async (_request, context) => {
  const session = await (context as typeof context & HasSession<Data>).session();
  return new Response(`${session.update("n", (n = 0) => n + 1)}`);
};

Deno.test("a layer outside that answers by itself: the session costs nothing", async () => {
  const store = new CountingStore(new MemoryStore());
  const closed: Middleware = () => () => new Response("closed", { status: 503 });
  const app = pipeline().use(closed).use(sessions({ store })).handle(add);
  const response = await app(new Request("http://localhost/"));

  assertEquals([response.status, store.calls, [...response.headers.keys()]], [503, [], ["content-type"]]);
});

Deno.test("a layer inside that throws: what is below 500 is written, what is above is not, as in Django", async () => {
  for (const [status, expected] of [[400, { n: 1 }], [404, { n: 1 }], [451, { n: 1 }], [500, {}], [503, {}]] as const) {
    const app = pipeline({ onEvent: () => {} })
      .use(sessions<Data>({ store: new MemoryStore() }))
      .use((next) => (request, context) => {
        return chain(next(request, context), (response) => {
          if (context.url.pathname === "/") return response;
          throw new HttpError(status, "refused on the way out");
        });
      })
      .handle(async (_request, context) => {
        const session = await context.session();
        if (context.url.pathname !== "/") session.set("n", 1);
        return Response.json(Object.fromEntries(session.entries()));
      });
    const browser = new TestBrowser(app);
    assertEquals((await browser.get("/change")).status, status);
    assertEquals([status, await browser.json("/")], [status, expected]);
  }
});

Deno.test("a layer inside that turns a failure into a page decides by the status of the page", async () => {
  const rescue: Middleware = (next) => (request, context) =>
    chain(next(request, context), (response) => response.status < 500 ? response : new Response("sorry"));
  const app = pipeline({ onEvent: () => {} })
    .use(sessions<Data>({ store: new MemoryStore() }))
    .use(rescue)
    .handle(async (_request, context) => {
      (await context.session()).set("n", 1);
      throw new Error("broken");
    });
  const response = await app(new Request("http://localhost/"));

  assertEquals([response.status, setCookies(response)], [200, ["sessionid"]]);
});

Deno.test("a view that breaks off because the visitor went away has changed nothing, unless it signed out", async () => {
  const store = new CountingStore(new MemoryStore());
  const leaving = new AbortController();
  const app = pipeline({ onEvent: () => {} }).use(sessions<Data>({ store })).handle(async (request, context) => {
    const session = await context.session();
    if (context.url.pathname === "/out") session.flush();
    session.set("n", 5);
    if (request.method === "POST") leaving.abort();
    request.signal.throwIfAborted();
    return new Response();
  });
  const browser = new TestBrowser(app);
  await browser.get("/");
  store.take();
  const left = await browser.post("/", {}, { signal: leaving.signal });

  assertEquals([left.status, store.take(), setCookies(left)], [499, ["read"], []]);
  assertEquals((await browser.post("/out", {}, { signal: leaving.signal })).status, 499);
  assertEquals(store.take(), ["read", "update", "delete"]);
});

Deno.test("an error page of one's own learns of a session that was ended, and may read what it was", async () => {
  const store = new MemoryStore();
  const app = pipeline({
    errors: {
      400: async (_request, context, error) => {
        if (!(error instanceof SessionInterrupted)) return new Response("bad", { status: 400 });
        const session = await (context as typeof context & HasSession<Data>).session();
        return new Response(`please sign in again, ${session.get("user")}`, { status: 400 });
      },
    },
  }).use(sessions<Data>({ store })).handle(async (_request, context) => {
    const session = await context.session();
    if (context.url.pathname === "/begin") session.set("user", "Ada");
    else {
      await browser.get("/out-in-another-tab", { headers: { "X-Flush": "yes" } });
      session.set("n", 1);
    }
    return new Response();
  });
  const other = pipeline().use(sessions<Data>({ store })).handle(async (_request, context) => {
    (await context.session()).flush();
    return new Response();
  });
  const browser = new TestBrowser((request) => request.headers.has("X-Flush") ? other(request) : app(request));
  await browser.get("/begin");
  const response = await browser.get("/slow");

  assertEquals([response.status, await response.text()], [400, "please sign in again, Ada"]);
});

Deno.test("a layer outside that fails afterwards can't take back what is written, as in Django", async () => {
  const store = new MemoryStore();
  const failing: Middleware = (next) => (request, context) =>
    chain(next(request, context), (response) => {
      if (context.url.pathname === "/fail") throw new Error("too late");
      return response;
    });
  const app = pipeline({ onEvent: () => {} }).use(failing).use(sessions<Data>({ store })).handle(add);
  const browser = new TestBrowser(app);
  const failed = await browser.get("/fail");

  assertEquals([failed.status, setCookies(failed)], [500, ["sessionid"]]);
  assertEquals(await browser.text("/"), "2");
});

Deno.test("a layer inside uses the same session as the view, before it and after it", async () => {
  const store = new CountingStore(new MemoryStore());
  const app = pipeline()
    .use(sessions<{ trace: string[] }>({ store }))
    .use((next) => async (request, context) => {
      (await context.session()).update("trace", () => ["before"]);
      const response = await next(request, context);
      (await context.session()).update("trace", (trace = []) => [...trace, "after"]);
      return response;
    })
    .handle(async (_request, context) => {
      const session = await context.session();
      session.update("trace", (trace = []) => [...trace, "view"]);
      return new Response();
    });
  await app(new Request("http://localhost/"));

  assertEquals(store.calls, ["create"]);
});

Deno.test("a layer outside that calls next once more: the view begins with what was written, and may write", async () => {
  const again: Middleware = (next) => async (request, context) => {
    const response = await next(request, context);
    return response.status === 200 ? await next(request, context) : response;
  };
  const retry: Middleware = (next) => async (request, context) => {
    const response = await next(request, context);
    return response.status === 503 ? await next(request, context) : response;
  };
  let calls = 0;
  const failing: Handler = async (request, context) => {
    const session = await (context as typeof context & HasSession<Data>).session();
    if (calls++ % 2 === 0) {
      session.set("n", 100);
      throw new HttpError(503, "at the first attempt");
    }
    return add(request, context);
  };
  const late: Handler = (request, context) => {
    if (calls++ % 2 === 0) throw new HttpError(503, "before anybody asked for the session");
    return add(request, context);
  };
  const between: Middleware = (next) => (request, context) => next(request, context);
  for (const store of [new MemoryStore(), new CookieStore()]) {
    for (const [outside, view, step] of [[again, add, 2], [retry, failing, 1], [retry, late, 1]] as const) {
      for (const layer of [outside, (next: Handler) => outside(between(next))]) {
        const app = pipeline({ onEvent: () => {}, keys: [TEST_KEY] }).use(layer as Middleware).use(
          sessions({ store }),
        ).handle(view);
        const browser = new TestBrowser(app);
        const answers = [await (await browser.get("/")).text(), await (await browser.get("/")).text()];
        assertEquals(answers, [`${step}`, `${2 * step}`]);
      }
    }
  }
});

Deno.test("a session that only a layer touches counts, and a view that throws beside it doesn't", async () => {
  const app = pipeline({ onEvent: () => {} })
    .use(sessions<Data>({ store: new MemoryStore() }))
    .use((next) => async (request, context) => {
      (await context.session()).set("n", 1);
      return await next(request, context);
    })
    .handle((request) => {
      if (request.method === "POST") throw new Error("broken");
      return new Response();
    });

  assertEquals(setCookies(await new TestBrowser(app).get("/")), ["sessionid"]);
  assertEquals(setCookies(await new TestBrowser(app).post("/")), []);
});

Deno.test("the 404 and 405 of a table of routes leave the session alone", async () => {
  const store = new CountingStore(new MemoryStore());
  const app = pipeline().use(sessions({ store })).handle(routes({ "GET /": add }));
  const browser = new TestBrowser(app);
  await browser.get("/");
  store.take();

  assertEquals([(await browser.get("/nowhere")).status, (await browser.post("/")).status, store.take()], [
    404,
    405,
    [],
  ]);
});

Deno.test("perView(sessions(…)) gives one view a session, and the others none", async () => {
  const store = new CountingStore(new MemoryStore());
  const app = pipeline().handle(routes({
    "/": perView(sessions<Data>({ store }))(add),
    "/plain/": (_request, context) => new Response(String("session" in context)),
  }));
  const browser = new TestBrowser(app);

  assertEquals([await browser.text("/"), await browser.text("/"), await browser.text("/plain/")], ["1", "2", "false"]);
  assertEquals(store.calls, ["create", "read", "update"]);
});

Deno.test("perView(sessions(…)) with a CookieStore takes the keys of the pipeline it finds itself in", async () => {
  const view = perView(sessions<Data>({ store: new CookieStore() }))(add);
  const browser = new TestBrowser(pipeline({ keys: [TEST_KEY] }).handle(view));
  assertEquals([await browser.text("/"), await browser.text("/")], ["1", "2"]);

  const other = new TestBrowser(pipeline({ keys: ["another key for tests only, made up"] }).handle(view));
  other.cookies.adopt(browser.cookies.all());
  assertEquals(await other.text("/"), "1");
  const errors: unknown[] = [];
  const keyless = pipeline({ onEvent: ({ error }) => errors.push(error) }).handle(view);
  assertEquals((await keyless(new Request("http://localhost/"))).status, 500);
  assertStringIncludes(String(errors[0]), "pass pipeline({ keys: [...] })");
});

Deno.test("one middleware in two pipelines keeps the keys of each apart", async () => {
  const layer = sessions<Data>({ store: new CookieStore() });
  const [a, b] = [TEST_KEY, "another key for tests only, made up"].map((key) => {
    return new TestBrowser(pipeline({ keys: [key] }).use(layer).handle(add));
  }) as [TestBrowser, TestBrowser];
  await a.get("/");
  b.cookies.adopt(a.cookies.all());

  assertEquals([await a.text("/"), await b.text("/")], ["2", "1"]);
});

Deno.test("two sessions() in one pipeline: the inner one is the view's, the outer one costs nothing", async () => {
  const [outer, inner] = [new CountingStore(new MemoryStore()), new CountingStore(new MemoryStore())];
  const app = pipeline().use(sessions({ store: outer })).use(sessions<Data>({ store: inner })).handle(add);
  const browser = new TestBrowser(app);

  assertEquals([await browser.text("/"), await browser.text("/")], ["1", "2"]);
  assertEquals([outer.calls, inner.calls], [[], ["create", "read", "update"]]);
});

Deno.test("a pipeline inside a pipeline shares a session by its store and cookie", async () => {
  const store = new MemoryStore();
  const inner = pipeline().use(sessions<Data>({ store })).handle(async (_request, context) => {
    const session = await context.session();
    session.set("user", "Ada");
    return Response.json(session.update("n", (n = 0) => n + 10));
  });
  const app = pipeline().use(sessions<Data>({ store })).handle(async (request, context) => {
    const session = await context.session();
    if (context.url.pathname === "/") return Response.json(Object.fromEntries(session.entries()));
    session.update("n", (n = 0) => n + 1);
    return context.url.pathname === "/inner" ? await inner(request, context) : new Response();
  });
  const browser = new TestBrowser(app);
  await browser.get("/begin");
  const response = await browser.get("/inner");

  assertEquals([await response.json(), new Set(setCookies(response))], [11, new Set(["sessionid"])]);
  assertEquals(await browser.json("/"), { n: 12, user: "Ada" });
});

Deno.test("the debug page shows the keys of the session, never its values", async () => {
  const site = makeSite({ debug: true }, {
    "/set": (session) => session.assign({ user: "ada@secret.example", "<b>key</b>": "hidden" }),
    "/break": () => {
      throw new Error("broken");
    },
    "/spoil": (session) => session.set("card", { number: "4111-1111", valid: new Date() }),
  });
  const browser = site.browser();
  await browser.get("/set");
  const id = browser.cookie("sessionid")!.value;
  const page = await browser.text("/break", { headers: { Accept: "text/html" } });
  assertStringIncludes(page, "Session keys");
  assertStringIncludes(page, "<li>user</li>");
  assertStringIncludes(page, "&lt;b&gt;key&lt;/b&gt;");
  const spoilt = await browser.text("/spoil", { headers: { Accept: "text/html" } });

  for (const secret of ["ada@secret", "hidden<", id, "4111"]) {
    assert(!page.includes(secret) && !spoilt.includes(secret), `the debug page shows ${secret}`);
  }
});

Deno.test("the debug page says where the session was not read, and doesn't read it", async () => {
  const store = new CountingStore(new MemoryStore());
  const app = pipeline({ debug: true, onEvent: () => {} }).use(sessions({ store })).handle(() => {
    throw new Error("broken");
  });
  const headers = { Cookie: `sessionid=${"A".repeat(43)}`, Accept: "text/html" };
  const page = await (await app(new Request("http://localhost/", { headers }))).text();

  assertStringIncludes(page, "(the session was not read)");
  assertEquals(store.calls, []);
});

Deno.test("without debug the error page shows nothing of the session", async () => {
  const browser = makeSite({}, {
    "/break": (session) => {
      session.set("user", "ada@secret.example");
      throw new Error("broken");
    },
  }).browser();
  const page = await browser.text("/break", { headers: { Accept: "text/html" } });

  assertEquals(["Session keys", "user", "secret", "broken"].filter((word) => page.includes(word)), []);
});

Deno.test("HEAD, an upgrade to a WebSocket and a stream get the cookie before their body begins", async () => {
  const app = pipeline()
    .use(sessions<Data>({ store: new MemoryStore() }))
    .handle(async (request, context) => {
      (await context.session()).update("n", (n = 0) => n + 1);
      if (request.headers.get("Upgrade") === "websocket") {
        const { socket, response } = Deno.upgradeWebSocket(request);
        socket.onopen = () => socket.close();
        return response;
      }
      return new Response(ReadableStream.from([new Uint8Array(3), new Uint8Array(4)]));
    });
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, app);
  const address = `http://127.0.0.1:${server.addr.port}/`;
  const head = await fetch(address, { method: "HEAD" });
  const stream = await fetch(address);
  assertEquals((await stream.bytes()).length, 7);
  assertEquals([setCookies(head), setCookies(stream)], [["sessionid"], ["sessionid"]]);

  const connection = await Deno.connect({ hostname: "127.0.0.1", port: server.addr.port });
  const lines = [
    "GET / HTTP/1.1",
    `Host: 127.0.0.1:${server.addr.port}`,
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  ];
  await connection.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n`));
  let answer = "";
  const decoder = new TextDecoderStream();
  for await (const text of connection.readable.pipeThrough(decoder)) {
    answer += text;
    if (answer.includes("\r\n\r\n")) break;
  }
  assert(/^HTTP\/1\.1 101/.test(answer) && /\r\nset-cookie: sessionid=/i.test(answer), answer);
});
