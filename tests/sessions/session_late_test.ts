/** A session that is used late: not awaited, after the response has left, or in its body. */

import { pipeline } from "@nuages/web/middleware";
import { MemoryStore, type Session, sessions } from "@nuages/web/sessions";
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { TestBrowser } from "../../testing/test_browser.ts";
import { CountingStore } from "./_counting_store.ts";
import { Gate, makeSite } from "./_site.ts";

type Data = { n?: number; list?: number[] };

const LATE = "Cannot change the session as the response has left and nothing would be stored: " +
  "change it before the view answers";

/** A response whose body does something when it is read, which is after it has left. */
function streaming(body: () => Promise<string>): Response {
  return new Response(
    new ReadableStream<Uint8Array>({
      async pull(controller) {
        controller.enqueue(new TextEncoder().encode(await body()));
        controller.close();
      },
    }, { highWaterMark: 0 }),
  );
}

/** What an action throws, as a text. */
async function thrown(action: () => unknown): Promise<string> {
  try {
    await action();
    return "nothing";
  } catch (error) {
    return (error as Error).message;
  }
}

Deno.test("every verb that changes a session throws once the response has left, and the others go on", async () => {
  let held: Session<Data> | undefined;
  const browser = makeSite({}, {
    "/set": (session) => {
      session.assign({ n: 1, list: [1] });
      held = session;
    },
  }).browser();
  await browser.get("/set");
  const session = held!;

  for (
    const change of [
      () => session.set("n", 2),
      () => session.set("n", undefined as never),
      () => session.update("n", () => 2),
      () => session.assign({ n: 2 }),
      () => session.assign({}),
      () => session.setDefault("missing" as "n", 2),
      () => session.delete("n"),
      () => session.delete("missing" as "n"),
      () => session.pop("n"),
      () => session.clear(),
      () => session.flush(),
      () => session.cycleKey(),
      () => session.setExpiry(60),
      () => session.setExpiry(undefined),
      () => session.setTestCookie(),
      () => session.deleteTestCookie(),
    ]
  ) assertThrows(change, Error, LATE, String(change));
  assertEquals([session.get("n"), session.has("n"), session.keys(), session.isEmpty], [1, true, ["n", "list"], false]);
  assertEquals([session.setDefault("n", 5), session.testCookieWorked()], [1, false]);
  assertEquals(await browser.json("/"), { n: 1, list: [1] });
});

Deno.test("a body that changes the session while it is sent gets an error that says why", async () => {
  const browser = makeSite({}, {
    "/": (session) => {
      session.set("n", 1);
      return streaming(() => thrown(() => session.set("n", 2)));
    },
    "/n": (session) => session.get("n"),
  }).browser();

  assertEquals([await browser.text("/"), await browser.json("/n")], [LATE, 1]);
});

Deno.test("a session that is asked for when the response has left can be read, not changed", async () => {
  const store = new CountingStore(new MemoryStore());
  const app = pipeline()
    .use(sessions<Data>({ store }))
    .handle(async (_request, context) => {
      if (context.url.pathname === "/late") {
        return streaming(async () => {
          const session = await context.session();
          return `${session.get("n")}, ${await thrown(() => session.set("n", 2))}`;
        });
      }
      (await context.session()).set("n", 1);
      return new Response();
    });
  const browser = new TestBrowser(app);
  await browser.get("/");
  store.take();
  const response = await browser.get("/late");

  assertEquals([response.headers.get("Vary"), await response.text()], [null, `1, ${LATE}`]);
  assertEquals(store.take(), ["read"]);
});

Deno.test("a session that is still being read when the view answers is waited for, and what it is changed to counts", async () => {
  const gate = new Gate();
  const store = new CountingStore(new MemoryStore());
  const app = pipeline()
    .use(sessions<Data>({ store }))
    .handle((_request, context) => {
      void context.session().then((session) => session.update("n", (n = 0) => n + 1));
      return new Response("at once");
    });
  const browser = new TestBrowser(app);
  await browser.get("/");
  store.before = (verb) => verb === "read" ? gate.pass() : undefined;
  const response = browser.get("/");
  await gate.reached;
  gate.open();
  await response;

  assertEquals(store.take(), ["create", "read", "update"]);
});

Deno.test("a session that was asked for and not awaited costs what it costs, and nothing is written", async () => {
  const store = new CountingStore(new MemoryStore());
  const app = pipeline()
    .use(sessions<Data>({ store }))
    .handle(async (request, context) => {
      const asked = context.session();
      if (request.method === "POST") (await asked).set("n", 1);
      return new Response();
    });
  const browser = new TestBrowser(app);
  await browser.post("/");
  const response = await browser.get("/");

  assertEquals([store.take(), response.headers.getSetCookie()], [["create", "read"], []]);
});

Deno.test("a session that is asked for early and awaited late doesn't bring the server down when the store fails", async () => {
  const store = new CountingStore(new MemoryStore());
  const gate = new Gate();
  const app = pipeline({ onEvent: () => {} })
    .use(sessions<Data>({ store }))
    .handle(async (_request, context) => {
      const early = context.session();
      await gate.pass();
      return Response.json((await early).keys());
    });
  store.before = () => Promise.reject(new Error("connection refused"));
  const browser = new TestBrowser(app);
  const response = browser.get("/", { headers: { Cookie: `sessionid=${"A".repeat(43)}` } });
  await gate.reached;
  // Long enough for an unhandled rejection to be noticed, which would end the process.
  await new Promise((resolve) => setTimeout(resolve, 5));
  gate.open();

  assertEquals((await response).status, 503);
});

Deno.test("everybody who asks during a request gets the same session", async () => {
  let same: boolean | undefined;
  const app = pipeline()
    .use(sessions<Data>({ store: new MemoryStore() }))
    .handle(async (_request, context) => {
      const [a, b] = await Promise.all([context.session(), context.session()]);
      same = a === b && a === await context.session();
      return new Response();
    });
  await app(new Request("http://localhost/"));

  assert(same);
});

Deno.test("a session that could not be read can't be read by asking again in the same request", async () => {
  const store = new CountingStore(new MemoryStore());
  store.before = () => Promise.reject(new Error("connection refused"));
  const app = pipeline()
    .use(sessions<Data>({ store }))
    .handle(async (_request, context) => {
      const first = await assertRejects(() => context.session());
      assertEquals(await assertRejects(() => context.session()), first);
      return new Response("went on without");
    });
  const response = await app(
    new Request("http://localhost/", { headers: { Cookie: `sessionid=${"A".repeat(43)}` } }),
  );

  assertEquals([await response.text(), store.take()], ["went on without", ["read"]]);
});
