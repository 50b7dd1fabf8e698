/** Stores that fail, at once or later, or answer what no store may answer. */

import { type AppEvent, pipeline } from "@nuages/web/middleware";
import { CookieStore, MemoryStore, sessions, type SessionStore, SessionStoreError } from "@nuages/web/sessions";
import { assertEquals, assertInstanceOf, assertLess, assertStringIncludes, assertThrows } from "@std/assert";
import { CountingStore, type Verb } from "./_counting_store.ts";
import { Gate, makeSite, type Page, setCookies, TEST_KEY } from "./_site.ts";

const PAGES: Record<string, Page> = {
  "/set": (session) => session.set("user", "Ada"),
  "/cycle": (session) => session.cycleKey(),
  "/out": (session) => session.flush(),
};

/** A site whose store does what it is told, a visitor who is signed in, and the same visitor with the state of now. */
async function prepare() {
  const store = new CountingStore(new MemoryStore());
  const site = makeSite({ store }, PAGES);
  const browser = site.browser();
  await browser.get("/set");
  return { store, site, browser };
}

const QUESTIONS: readonly (readonly [path: string, verb: Verb, words: string])[] = [
  ["/", "read", "read"],
  ["/set", "update", "write"],
  ["/cycle", "create", "create"],
  ["/cycle", "update", "write"],
  ["/out", "update", "delete"],
];

Deno.test("a store that rejects is a 503, and the cause is reported once", async () => {
  for (const [path, verb, words] of QUESTIONS) {
    const { store, site, browser } = await prepare();
    const cause = new Error("connection refused");
    store.before = (asked) => asked === verb ? Promise.reject(cause) : undefined;
    const response = await browser.get(path);
    const page = await response.text();

    assertEquals([path, response.status, setCookies(response)], [path, 503, []]);
    assertEquals([path, page.includes("refused"), page.includes(words)], [path, false, false]);
    assertEquals(site.events.map(({ name, error }) => [name, error]), [["exception", cause]]);
    store.before = () => {};
    assertEquals(await browser.json("/"), { user: "Ada" });
  }
});

Deno.test("a store that throws before it gives a promise is a 503 as well", async () => {
  for (const [path, verb] of QUESTIONS) {
    const { store, site, browser } = await prepare();
    store.before = (asked) => {
      if (asked === verb) throw new TypeError("not connected");
    };
    assertEquals([path, (await browser.get(path)).status, site.eventNames()], [path, 503, ["exception"]]);
  }
});

Deno.test("a store that throws what is no error is a 503, and what it threw is reported", async () => {
  for (const cause of [undefined, null, "a text", 0, { code: 7 }]) {
    const { store, site, browser } = await prepare();
    store.before = () => Promise.reject(cause);
    assertEquals([(await browser.get("/")).status, site.events.map(({ error }) => error)], [503, [cause]]);
  }
});

Deno.test("a store that fails to create leaves no cookie behind", async () => {
  const store = new CountingStore(new MemoryStore());
  store.before = () => Promise.reject(new Error("disk full"));
  const browser = makeSite({ store }, PAGES).browser();
  const response = await browser.get("/set");

  assertEquals([response.status, setCookies(response), browser.cookies.all()], [503, [], []]);
});

Deno.test("a store that can't keep what begins after flush() still ends what was before, cookie and all", async () => {
  const store = new CountingStore(new MemoryStore());
  const site = makeSite({ store }, {
    ...PAGES,
    "/over": (session) => {
      session.flush();
      session.set("note", "signed out");
    },
  });
  const browser = site.browser();
  await browser.get("/set");
  const copy = browser.copy();
  store.before = (verb) => verb === "create" ? Promise.reject(new Error("disk full")) : undefined;
  const response = await browser.get("/over");

  assertEquals([response.status, setCookies(response)], [503, ["-sessionid"]]);
  assertEquals([browser.cookies.all(), await copy.json("/")], [[], {}]);
});

Deno.test("a store that answers garbage is a 503, never an empty session and never a crash", async () => {
  const garbage: readonly (readonly [path: string, verb: Verb, answers: readonly unknown[]])[] = [
    ["/", "read", [
      null,
      0,
      "text",
      [],
      {},
      { data: undefined, expires: 9e15, version: "1" },
      { data: "no JSON", expires: 9e15, version: "1" },
      { data: "", expires: 9e15, version: "1" },
      { data: "null", expires: 9e15, version: "1" },
      { data: "[]", expires: 9e15, version: "1" },
      { data: "{}", expires: 9e15, version: "1" },
      { data: '{"c":"1","d":{}}', expires: 9e15, version: "1" },
      { data: '{"c":1,"d":[]}', expires: 9e15, version: "1" },
      { data: '{"c":1,"d":null}', expires: 9e15, version: "1" },
      { data: '{"c":1,"e":{},"d":{}}', expires: 9e15, version: "1" },
      { data: '{"c":1,"e":"soon","d":{}}', expires: 9e15, version: "1" },
      { data: '{"c":1,"d":{}}', version: "1" },
      { data: '{"c":1,"d":{}}', expires: NaN, version: "1" },
      { data: '{"c":1,"d":{}}', expires: 9e15 },
    ]],
    ["/set", "update", [undefined, null, true, {}, "written", { status: "ok" }]],
    ["/out", "update", [undefined, null, true, {}, "written", { status: "ok" }]],
  ];
  for (const [path, verb, answers] of garbage) {
    for (const answer of answers) {
      const { store, site, browser } = await prepare();
      store.answer = (asked, result) => asked === verb ? answer : result;
      const response = await browser.get(path);

      assertEquals([path, answer, response.status, setCookies(response)], [path, answer, 503, []]);
      assertEquals(site.eventNames(), ["exception"]);
    }
  }
});

Deno.test("a store that fails to clean up after a sign-out doesn't spoil it: what is left opens nothing", async () => {
  const { store, site, browser } = await prepare();
  const copy = browser.copy();
  store.before = (verb) => verb === "delete" ? Promise.reject(new Error("disk full")) : undefined;
  const response = await browser.get("/out");

  assertEquals([response.status, setCookies(response), site.events], [200, ["-sessionid"], []]);
  assertEquals([await copy.json("/"), copy.cookies.all()], [{}, []]);
});

Deno.test("a sign-out against writers without end deletes without asking", async () => {
  const { store, browser } = await prepare();
  const copy = browser.copy();
  store.answer = (verb, result) => verb === "update" ? { status: "conflict" } : result;
  // The word that a session has ended is refused as well, as if it had never been written.
  const update = store.update.bind(store);
  store.update = (key, record, version) => update(key, record, `not ${version}`);
  store.take();

  assertEquals([(await browser.get("/out")).status, store.take().at(-1)], [200, "delete"]);
  assertEquals(await copy.json("/"), {});
});

Deno.test("a store that gives no version for a new session is a 503", async () => {
  for (const answer of [null, true, 1, {}]) {
    const store = new CountingStore(new MemoryStore());
    store.answer = () => answer;
    const response = await makeSite({ store }, PAGES).browser().get("/set");

    assertEquals([response.status, setCookies(response)], [503, []]);
  }
});

Deno.test("a store that says every new id is taken is a 503 after five of them", async () => {
  const store = new CountingStore(new MemoryStore());
  store.answer = () => undefined;
  const site = makeSite({ store }, PAGES);

  assertEquals([(await site.browser().get("/set")).status, store.calls.length], [503, 5]);
  assertStringIncludes(String(site.events[0]?.error), "Every new id was taken already");
});

Deno.test("a store that gives out what has expired is not believed", async () => {
  const { store, browser } = await prepare();
  store.answer = (_verb, result) => ({ ...result, expires: Date.now() - 1 });

  assertEquals(await browser.json("/"), {});
});

Deno.test("a request that doesn't ask for the session is served while the store is down", async () => {
  const store = new CountingStore(new MemoryStore());
  store.before = () => Promise.reject(new Error("connection refused"));
  const app = pipeline().use(sessions({ store })).handle(() => new Response("hello"));
  const response = await app(
    new Request("http://localhost/", { headers: { Cookie: `sessionid=${"A".repeat(43)}` } }),
  );

  assertEquals([response.status, await response.text(), store.calls], [200, "hello", []]);
});

Deno.test("a visitor without a cookie is served while the store is down, until there is something to keep", async () => {
  const store = new CountingStore(new MemoryStore());
  store.before = () => Promise.reject(new Error("connection refused"));
  const browser = makeSite({ store }, PAGES).browser();

  assertEquals([(await browser.get("/")).status, (await browser.get("/set")).status], [200, 503]);
});

Deno.test("a view may catch what context.session() rejects with, and goes on without", async () => {
  const store = new CountingStore(new MemoryStore());
  const events: AppEvent[] = [];
  let caught: unknown;
  const app = pipeline({ onEvent: (event) => events.push(event) })
    .use(sessions({ store }))
    .handle(async (_request, context) => {
      const session = await context.session().catch((error) => void (caught = error));
      return new Response(session === undefined ? "as a stranger" : "as a friend");
    });
  const cause = new Error("connection refused");
  store.before = () => Promise.reject(cause);
  const response = await app(
    new Request("http://localhost/", { headers: { Cookie: `sessionid=${"A".repeat(43)}` } }),
  );

  assertEquals([response.status, await response.text(), setCookies(response)], [200, "as a stranger", []]);
  assertInstanceOf(caught, SessionStoreError);
  assertEquals([caught.status, caught.cause, caught.message], [503, cause, "The session store failed to read"]);
  // No exception, since the view has dealt with it; but whoever watches the site can hear of it.
  assertEquals(events.map(({ name, error }) => [name, error]), [["session.unavailable", caught]]);
});

Deno.test("the body of a response that can't be committed is cancelled, not left open", async () => {
  const { store } = await prepare();
  let cancelled = false;
  const browser = makeSite({ store }, {
    "/stream": (session) => {
      session.set("a", 1);
      return new Response(new ReadableStream({ cancel: () => void (cancelled = true) }));
    },
  }).browser();
  store.before = () => Promise.reject(new Error("disk full"));

  assertEquals([(await browser.get("/stream")).status, cancelled], [503, true]);
});

Deno.test("a value that became unstorable after it was set is a 500, and nothing is written", async () => {
  const { store, browser } = await prepare();
  const site = makeSite({ store }, {
    "/spoil": (session) => {
      const value: Record<string, unknown> = {};
      session.assign({ user: "Grace", value });
      value.when = new Date();
    },
    "/spoil-in-place": (session) => session.get("list").push(() => {}),
    "/list": (session) => session.set("list", [1]),
  });
  const visitor = site.browser();
  visitor.cookies.adopt(browser.cookies.all());
  await visitor.get("/list");

  assertEquals([(await visitor.get("/spoil")).status, (await visitor.get("/spoil-in-place")).status], [500, 500]);
  assertStringIncludes(String(site.events[0]?.error), 'Cannot keep "value.when" in the session as it is a Date');
  assertStringIncludes(String(site.events[1]?.error), 'Cannot keep "list[1]" in the session as it is a function');
  assertEquals(await visitor.json("/"), { user: "Ada", list: [1] });
});

Deno.test("a session that others change without end is a 503 and an event, within seconds", async () => {
  const { store, site, browser } = await prepare();
  store.answer = (verb, result) => verb === "update" ? { status: "conflict" } : result;
  const begin = performance.now();
  const response = await browser.get("/set");
  await response.body?.cancel();

  assertEquals([response.status, response.headers.get("Retry-After")], [503, "1"]);
  assertEquals([setCookies(response), site.eventNames()], [[], ["session.conflict"]]);
  assertLess(performance.now() - begin, 30_000);
  store.answer = (_verb, result) => result;
  assertEquals(await browser.json("/"), { user: "Ada" });
});

Deno.test("a store that fails while a conflict is resolved is a 503, and nothing is half done", async () => {
  const gate = new Gate();
  const store = new CountingStore(new MemoryStore());
  const site = makeSite({ store }, {
    "/slow": async (session) => {
      session.assign({ a: 1, b: 2 });
      await gate.pass();
    },
    "/fast": (session) => session.set("c", 3),
  });
  const browser = site.browser();
  await browser.get("/fast");
  const slow = browser.get("/slow");
  await gate.reached;
  await browser.get("/fast");
  store.before = (verb) => verb === "read" ? Promise.reject(new Error("connection lost")) : undefined;
  gate.open();
  assertEquals([(await slow).status, site.eventNames()], [503, ["exception"]]);

  store.before = () => {};
  assertEquals(await browser.json("/"), { c: 3 });
});

Deno.test("sessions() refuses at construction what is no store", () => {
  const make = (store: unknown) => () => sessions({ store: store as SessionStore });
  for (const store of [undefined, null, "memory", 5]) assertThrows(make(store), TypeError, "without a store");
  assertThrows(make({}), TypeError, "has no read(): pass new MemoryStore(), or one that lasts");
  assertThrows(make(MemoryStore), TypeError, "pass new MemoryStore()");
  assertThrows(make({ read() {}, create() {}, update() {}, delete() {} }), TypeError, "has no list()");
  assertThrows(
    make({ read() {}, create() {}, update() {}, delete() {}, list() {} }),
    TypeError,
    "has no clearExpired()",
  );
});

Deno.test("sessions() refuses at construction times that are none", () => {
  const store = new MemoryStore();
  for (const idleSeconds of [0, -1, NaN, Infinity, Number.MAX_SAFE_INTEGER, "60" as never]) {
    assertThrows(
      () => sessions({ store, idleSeconds }),
      RangeError,
      "idleSeconds must be a number of seconds above 0, and at most 3153600000 (100 years)",
    );
  }
  assertThrows(() => sessions({ store, absoluteSeconds: 0 }), RangeError, "absoluteSeconds");
  for (const renewAfter of [-0.1, 1.1, NaN]) {
    assertThrows(() => sessions({ store, renewAfter }), RangeError, "renewAfter must be from 0 to 1");
  }
});

Deno.test("sessions in a cookie without keys are refused at construction", () => {
  const layers = pipeline().use(sessions({ store: new CookieStore() }));

  assertThrows(() => layers.handle(() => new Response()), TypeError, "pass pipeline({ keys: [...] })");
  pipeline({ keys: [TEST_KEY] }).use(sessions({ store: new CookieStore() })).handle(() => new Response());
  pipeline().use(sessions({ store: new CookieStore({ keys: [TEST_KEY] }) })).handle(() => new Response());
});

Deno.test("a session too large for its store is a 500 that says so to the programmer, and what was stored stays", async () => {
  const site = makeSite({ store: new CookieStore() }, {
    "/set": (session) => session.set("a", 1),
    "/large": (session) => session.set("a", "x".repeat(20_000)),
  });
  const browser = site.browser();
  await browser.get("/set");

  assertEquals([(await browser.get("/large")).status, await browser.json("/")], [500, { a: 1 }]);
  assertStringIncludes(String(site.events[0]?.error), "Cannot keep session in cookies as it must have at most");
});
