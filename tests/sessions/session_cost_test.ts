/** What a session costs: calls of the store, cookies, headers. What isn't touched costs nothing. */

import { pipeline } from "@nuages/web/middleware";
import { MemoryStore, sessions } from "@nuages/web/sessions";
import { assertEquals } from "@std/assert";
import { TestBrowser } from "../../testing/test_browser.ts";
import { CountingStore } from "./_counting_store.ts";
import { makeSite, type Page, setCookies } from "./_site.ts";

/** A visitor of a site with these pages, who has stored something already if `known`, and the store they are counted in. */
async function visitor(pages: Readonly<Record<string, Page>>, known = true) {
  const store = new CountingStore(new MemoryStore());
  const browser = makeSite({ store }, { "/begin": (session) => session.assign({ n: 1, list: [1] }), ...pages })
    .browser();
  if (known) await browser.get("/begin");
  store.take();
  return { store, browser };
}

Deno.test("a request that doesn't ask for the session costs nothing, with a cookie or without, and stays synchronous", () => {
  const store = new CountingStore(new MemoryStore());
  const app = pipeline().use(sessions({ store })).handle(() => new Response("hello"));
  for (const headers of [{}, { Cookie: `sessionid=${"A".repeat(43)}` }, { Cookie: "sessionid=garbage" }]) {
    const response = app(new Request("http://localhost/", { headers }));

    // Nobody awaited anything, so there is no promise.
    assertEquals(response instanceof Response, true);
    assertEquals([...(response as Response).headers.keys()], ["content-type"]);
    assertEquals(store.calls, []);
  }
});

Deno.test("a visitor without a session who only looks costs no call and gets no cookie", async () => {
  const { store, browser } = await visitor({}, false);
  const response = await browser.get("/");

  assertEquals([store.take(), setCookies(response)], [[], []]);
  assertEquals([response.headers.get("Vary"), response.headers.get("Cache-Control")], ["Cookie", null]);
});

Deno.test("a cookie that can't be an id costs no call", async () => {
  const { store, browser } = await visitor({}, false);
  await browser.get("/", { headers: { Cookie: "sessionid=short" } });

  assertEquals(store.take(), []);
});

Deno.test("a request that only reads is one read, however often it reads, and sets no cookie", async () => {
  const { store, browser } = await visitor({
    "/read": async (session, _request, context) => {
      const again = await context.session();
      session.get("n");
      session.get("list");
      again.entries();
      again.get("missing", []);
      return [again.isEmpty, again.has("n"), again.accessed, again.modified];
    },
  });
  const response = await browser.get("/read");

  assertEquals([await response.json(), store.take()], [[false, true, true, false], ["read"]]);
  assertEquals([setCookies(response), response.headers.get("Vary")], [[], "Cookie"]);
  assertEquals(response.headers.get("Cache-Control"), null);
});

Deno.test("a request that changes something is one read and one write, however much it changes", async () => {
  const { store, browser } = await visitor({
    "/change": (session) => {
      session.set("n", 2);
      session.update("n", (n) => n + 1);
      session.delete("list");
      session.assign({ a: 1, b: 2 });
      session.get("list", []);
    },
    "/in-place": (session) => session.set("list", [session.get("a")]),
  });
  const response = await browser.get("/change");

  assertEquals([store.take(), setCookies(response)], [["read", "update"], ["sessionid"]]);
  assertEquals([response.headers.get("Vary"), response.headers.get("Cache-Control")], ["Cookie", "private"]);
});

Deno.test("a new session is one write and no read", async () => {
  const { store, browser } = await visitor({}, false);
  await browser.get("/begin");

  assertEquals(store.take(), ["create"]);
});

Deno.test("a new id is one read and two writes, under the new id and under the old, with changes or without", async () => {
  const { store, browser } = await visitor({
    "/cycle": (session) => session.cycleKey(),
    "/sign-in": (session) => (session.cycleKey(), session.set("user", "Ada")),
  });
  await browser.get("/cycle");
  await browser.get("/sign-in");

  assertEquals(store.take(), ["read", "create", "update", "read", "create", "update"]);
});

Deno.test("signing out is one read, one write that nobody can undo, and one deletion", async () => {
  const { store, browser } = await visitor({ "/out": (session) => session.flush() });
  await browser.get("/out");

  assertEquals(store.take(), ["read", "update", "delete"]);
});

Deno.test("what is set and taken back in a new session leaves nothing", async () => {
  const { store, browser } = await visitor({
    "/delete": (session) => (session.set("a", 1), session.delete("a")),
    "/pop": (session) => (session.set("a", 1), session.pop("a")),
    "/undefined": (session) => (session.set("a", 1), session.set("a", undefined)),
    "/clear": (session) => (session.set("a", 1), session.clear()),
    "/flush": (session) => (session.set("a", 1), session.flush()),
    "/update": (session) => session.update("a", () => undefined) ?? null,
    "/clear-nothing": (session) => session.clear(),
    "/flush-nothing": (session) => session.flush(),
    "/cycle-nothing": (session) => session.cycleKey(),
    "/expire-nothing": (session) => session.setExpiry(60),
  }, false);
  for (
    const path of "delete pop undefined clear flush update clear-nothing flush-nothing cycle-nothing expire-nothing"
      .split(" ")
  ) {
    const response = await browser.get(`/${path}`);
    assertEquals([path, response.status, store.take(), setCookies(response)], [path, 200, [], []]);
  }
});

Deno.test("what changes nothing is not written", async () => {
  const { store, browser } = await visitor({
    "/": (session) => {
      session.delete("missing");
      session.pop("missing");
      session.setDefault("n", 5);
      session.set("missing", undefined);
      session.assign({});
      session.setExpiry(undefined);
      session.get("list").push(2);
      session.get("list").pop();
      return session.modified;
    },
  });

  assertEquals([await browser.json("/"), store.take()], [false, ["read"]]);
});

Deno.test("setting what is there already is a change, as in Django", async () => {
  const { store, browser } = await visitor({ "/": (session) => (session.set("n", 1), session.modified) });

  assertEquals([await browser.json("/"), store.take()], [true, ["read", "update"]]);
});

Deno.test("a response of 500 or more writes nothing, one of 4xx does", async () => {
  const { store, browser } = await visitor({
    "/500": (session) => (session.set("n", 500), new Response("", { status: 500 })),
    "/503": (session) => (session.cycleKey(), new Response("", { status: 503 })),
    "/throw": (session) => {
      session.set("n", 500);
      throw new Error("broken");
    },
    "/404": (session) => (session.set("n", 404), new Response("", { status: 404 })),
  });
  for (const path of ["/500", "/503", "/throw"]) {
    const response = await browser.get(path);
    assertEquals([path, store.take(), setCookies(response)], [path, ["read"], []]);
    assertEquals(response.headers.get("Vary")?.includes("Cookie"), true);
    await response.body?.cancel();
  }
  assertEquals([setCookies(await browser.get("/404")), store.take()], [["sessionid"], ["read", "update"]]);
  assertEquals(await browser.json("/"), { n: 404, list: [1] });
});

Deno.test("flush() counts whatever the status: who signed out stays signed out", async () => {
  for (const status of [500, 503]) {
    const { store, browser } = await visitor({
      "/out": (session) => {
        session.flush();
        session.set("left", "behind");
        return new Response("", { status });
      },
    });
    const copy = browser.copy();
    const response = await browser.get("/out");

    assertEquals([store.take(), setCookies(response)], [["read", "update", "delete"], ["-sessionid"]]);
    assertEquals([await copy.json("/"), browser.cookies.all()], [{}, []]);
  }
});

Deno.test("a response that sets a cookie is kept out of shared caches, unless the view says what to do", async () => {
  const { browser } = await visitor({
    "/own": (session) => (session.set("n", 2), new Response("", { headers: { "Cache-Control": "no-store" } })),
  });

  assertEquals((await browser.get("/own")).headers.get("Cache-Control"), "no-store");
});

Deno.test("Vary keeps what the view has said", async () => {
  const { browser } = await visitor({
    "/": () => new Response("", { headers: { Vary: "Accept-Language" } }),
    "/cookie": () => new Response("", { headers: { Vary: "cookie" } }),
    "/all": () => new Response("", { headers: { Vary: "*" } }),
  });
  const varies = async (path: string) => (await browser.get(path)).headers.get("Vary");

  assertEquals([await varies("/"), await varies("/cookie"), await varies("/all")], [
    "Accept-Language, Cookie",
    "cookie",
    "*",
  ]);
});

Deno.test("a response whose headers can't be written gets its cookie all the same", async () => {
  const app = pipeline()
    .use(sessions<{ n: number }>({ store: new MemoryStore() }))
    .handle(async (_request, context) => {
      (await context.session()).set("n", 1);
      return Response.redirect("http://localhost/elsewhere");
    });
  const response = await new TestBrowser(app).get("/");

  assertEquals([response.status, setCookies(response)], [302, ["sessionid"]]);
});

Deno.test("a request of a crawler that never sends cookies back costs nothing either, a thousand times", async () => {
  const { store, browser } = await visitor({}, false);
  for (let i = 0; i < 1000; i++) await browser.text("/");

  assertEquals(store.take(), []);
});
