/** Sessions that a real Django and this library share, in each database. */

import { KeyRing } from "@nuages/web/cookies";
import { pipeline, routes } from "@nuages/web/middleware";
import { decodeDjangoSession, DjangoSessionStore, sessions } from "@nuages/web/sessions";
import { TestBrowser } from "@nuages/web/testing";
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { SqlClient } from "../../sessions/sql_client.ts";
import { type Beside, KEY, testBeside } from "../auth/_django_beside.ts";

/** A site on Django's table: each path does one thing to the session. */
function site(client: SqlClient, options: { timeZone?: string; keys?: string[] } = {}): TestBrowser {
  const { timeZone, keys = [KEY] } = options;
  const store = new DjangoSessionStore(client, timeZone === undefined ? {} : { timeZone });
  // deno-lint-ignore no-explicit-any -- whatever a test puts in
  const app = pipeline({ keys }).use(sessions<Record<string, any>>({ store })).handle(routes({
    "GET /": async (_request, context) => Response.json(Object.fromEntries((await context.session()).entries())),
    "GET /age/": async (_request, context) => {
      const { seconds, browserClose } = (await context.session()).expiry;
      return Response.json({ seconds, browserClose });
    },
    "POST /": async (request, context) => {
      const { expiry, date, ...values } = await request.json();
      const session = await context.session();
      session.assign(values);
      if (expiry !== undefined) session.setExpiry(expiry);
      if (date !== undefined) session.setExpiry(new Date(date));
      return new Response();
    },
    "POST /add/": async (_request, context) => {
      const session = await context.session();
      session.update("count", (count = 0) => count + 1);
      return new Response();
    },
    "POST /cycle/": async (_request, context) => {
      (await context.session()).cycleKey();
      return new Response();
    },
    "POST /flush/": async (_request, context) => {
      (await context.session()).flush();
      return new Response();
    },
  }));
  return new TestBrowser(app);
}

/** A browser that has Django's cookie. */
function browserOf(client: SqlClient, id: string, options?: Parameters<typeof site>[1]): TestBrowser {
  const browser = site(client, options);
  const url = new URL("http://localhost/");
  browser.cookies.receive(`sessionid=${id}; Path=/`, { url, from: undefined, safeNavigation: true });
  return browser;
}

async function json(browser: TestBrowser, path = "/"): Promise<unknown> {
  return await (await browser.get(path)).json();
}

async function post(browser: TestBrowser, path: string, body: unknown = {}): Promise<number> {
  const response = await browser.post(path, JSON.stringify(body));
  await response.body?.cancel();
  return response.status;
}

/** As `datetime.isoformat()` writes it. */
function pythonTime(time: number, fraction = ""): string {
  return `${new Date(time).toISOString().slice(0, 19)}${fraction}+00:00`;
}

function idOf(browser: TestBrowser): string {
  return browser.cookies.all().find(({ name }) => name === "sessionid")?.value ?? "";
}

testBeside("either reads what the other has written, whatever it holds", async (database) => {
  await using beside = await database.start();
  const { django, client } = beside;
  const data = {
    cart: ["emma"],
    deep: { a: [1, null, true, { "é": "☃ 🙂 \u0000" }] },
    "__proto__": 1,
    "": "x".repeat(5000),
  };

  const id = await django.ask({ do: "save", data });
  const browser = browserOf(client, id);
  assertEquals(await json(browser), JSON.parse(JSON.stringify(data)));

  assertEquals(await post(browser, "/", { more: ["persuasion"] }), 200);
  assertEquals(idOf(browser), id);
  assertEquals((await django.ask({ do: "load", id })).data, {
    ...JSON.parse(JSON.stringify(data)),
    more: ["persuasion"],
  });

  const ours = site(client);
  await post(ours, "/", { cart: ["sanditon"] });
  assertMatch(idOf(ours), /^[a-z0-9]{32}$/);
  const found = await django.ask({ do: "load", id: idOf(ours) });
  assertEquals([found.data, found.key], [{ cart: ["sanditon"] }, idOf(ours)]);
  assert(Math.abs(found.left - 1_209_600) <= 2, `${found.left} seconds`);
});

testBeside("numbers that JavaScript would write in another way stay as Python has written them", async (database) => {
  await using beside = await database.start();
  const { django, client } = beside;
  // As text on the way, since they would not survive it.
  const answer = await beside.request("POST", "/session/", "", {
    data: '{"big": 12345678901234567890, "whole": 1.0, "small": 1e-07, "list": [1.0, "a\\"}{,"], "text": "1.0"}',
  });
  const id = answer.cookies.sessionid!;
  const browser = browserOf(client, id);
  await post(browser, "/", { text: "2.0" });
  const [row] = await client.query("SELECT session_data FROM django_session", []) as { session_data: string }[];
  assertEquals(decodeDjangoSession(row!.session_data, new KeyRing(KEY))!.text, "2.0");

  const body = (await beside.request("GET", "/session/", `sessionid=${id}`)).body;
  assert(body.includes('"big": 12345678901234567890') && body.includes('"whole": 1.0'), body);
  assert(body.includes('"small": 1e-07') && body.includes("[1.0,"), body);
  await django.ask({ do: "delete", id });
});

testBeside("when a session ends is what either has said, and both agree", async (database) => {
  await using beside = await database.start();
  const { django, client } = beside;
  const near = (actual: number, wanted: number) => assert(Math.abs(actual - wanted) <= 3, `${actual}, not ${wanted}`);

  const theirs = await django.ask({ do: "save", data: { a: 1 }, expiry: 300 });
  near((await json(browserOf(client, theirs), "/age/") as { seconds: number }).seconds, 300);

  const ours = site(client);
  await post(ours, "/", { a: 1, expiry: 600 });
  const found = await django.ask({ do: "load", id: idOf(ours) });
  near(found.age, 600);
  near(found.left, 600);
  assertEquals(found.data, { a: 1, _session_expiry: 600 });

  // Python leaves the fraction out where it is nothing.
  const inAnHour = Math.floor(Date.now() / 1000) * 1000 + 3_600_000;
  for (
    const [time, iso] of [[inAnHour, pythonTime(inAnHour)], [inAnHour + 250, pythonTime(inAnHour, ".250000")]] as const
  ) {
    await post(ours, "/", { date: new Date(time).toISOString() });
    const dated = await django.ask({ do: "load", id: idOf(ours) });
    near(dated.age, 3600);
    near(dated.left, 3600);

    const theirDate = await django.ask({ do: "save", data: { a: 1 }, date: iso });
    near((await json(browserOf(client, theirDate), "/age/") as { seconds: number }).seconds, 3600);
    await post(browserOf(client, theirDate), "/", { a: 2 });
    assertEquals((await django.ask({ do: "load", id: theirDate })).data, { a: 2, _session_expiry: iso });
  }

  const browserLong = await django.ask({ do: "save", data: { a: 1 }, expiry: 0 });
  assertEquals((await json(browserOf(client, browserLong), "/age/") as { browserClose: boolean }).browserClose, true);
});

testBeside("a clock on the wall (USE_TZ = False) is read and written as such", async (database) => {
  const timeZone = "America/New_York";
  await using beside = await database.start({ settings: { USE_TZ: false, TIME_ZONE: timeZone } });
  const { django, client } = beside;
  const near = (actual: number, wanted: number) => assert(Math.abs(actual - wanted) <= 3, `${actual}, not ${wanted}`);

  const theirs = await django.ask({ do: "save", data: { a: 1 }, expiry: 300 });
  near((await json(browserOf(client, theirs, { timeZone }), "/age/") as { seconds: number }).seconds, 300);

  const ours = site(client, { timeZone });
  await post(ours, "/", { a: 1, date: new Date(Date.now() + 600_000).toISOString() });
  const found = await django.ask({ do: "load", id: idOf(ours) });
  near(found.left, 600);
  near(found.age, 600);
});

testBeside("a session that either has ended is ended on both sides", async (database) => {
  await using beside = await database.start();
  const { django, client } = beside;

  const id = await django.ask({ do: "save", data: { a: 1 } });
  const browser = browserOf(client, id);
  await post(browser, "/flush/");
  assertEquals(idOf(browser), "");
  assertEquals(JSON.parse((await beside.request("GET", "/session/", `sessionid=${id}`)).body), {});

  const ours = site(client);
  await post(ours, "/", { a: 1 });
  await beside.request("POST", "/logout/", `sessionid=${idOf(ours)}`);
  assertEquals(await json(ours), {});
  assertEquals(idOf(ours), "");

  const cycled = await django.ask({ do: "save", data: { a: 1 } });
  const moved = browserOf(client, cycled);
  await post(moved, "/cycle/");
  assert(idOf(moved) !== cycled);
  assertEquals((await django.ask({ do: "load", id: idOf(moved) })).data, { a: 1 });
  assertEquals(await json(browserOf(client, cycled)), {});
});

testBeside("what has expired is gone, and cleared by either", async (database) => {
  await using beside = await database.start();
  const { django, client } = beside;
  const count = async () =>
    Number((await client.query("SELECT COUNT(*) AS n FROM django_session", []) as { n: number }[])[0]!.n);

  const expired = await django.ask({ do: "save", data: { a: 1 }, expiry: -10 });
  assertEquals(await json(browserOf(client, expired)), {});
  const living = await django.ask({ do: "save", data: { a: 1 } });
  assertEquals(await new DjangoSessionStore(client).clearExpired(), 1);
  assertEquals(await count(), 1);
  assertEquals((await django.ask({ do: "load", id: living })).key, living);

  const ours = site(client);
  await post(ours, "/", { a: 1, date: new Date(Date.now() + 1000).toISOString() });
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await django.ask({ do: "clear" });
  assertEquals(await count(), 1);
});

testBeside("no change is lost between requests of this library, on two connections", async (database) => {
  await using beside = await database.start();
  const { django, client, other } = beside;
  const id = await django.ask({ do: "save", data: { count: 0 } });
  const browsers = [client, other].map((each) => browserOf(each, id));
  await Promise.all(Array.from({ length: 24 }, (_, index) => post(browsers[index % 2]!, "/add/")));

  assertEquals((await django.ask({ do: "load", id })).data, { count: 24 });
});

testBeside("a request that changes a session which the other side ends meanwhile answers 400", async (database) => {
  await using beside = await database.start();
  const { django, client } = beside;
  const id = await django.ask({ do: "save", data: { a: 1 } });
  const app = pipeline({ keys: [KEY] })
    .use(sessions({ store: new DjangoSessionStore(client) }))
    .handle(async (_request, context) => {
      const session = await context.session();
      await django.ask({ do: "delete", id });
      session.set("a", 2);
      return new Response();
    });
  const response = await app(new Request("http://localhost/", { headers: { Cookie: `sessionid=${id}` } }));
  await response.body?.cancel();

  assertEquals(response.status, 400);
  assertEquals(await rowsOf(beside), 0);
});

testBeside("who signs in with Django while a request here changes the session stays signed in", async (database) => {
  await using beside = await database.start();
  const { django, client } = beside;
  await django.ask({ do: "user", name: "ada", password: "plainly-a-test", more: {} });
  const id = await django.ask({ do: "save", data: { cart: ["emma"] } });
  let signedIn = "";
  const app = pipeline({ keys: [KEY] })
    .use(sessions({ store: new DjangoSessionStore(client) }))
    .handle(async (_request, context) => {
      const session = await context.session();
      const form = { name: "ada", password: "plainly-a-test" };
      signedIn = (await beside.request("POST", "/login/", `sessionid=${id}`, form)).cookies.sessionid!;
      session.set("a", 2);
      return new Response();
    });
  const response = await app(new Request("http://localhost/", { headers: { Cookie: `sessionid=${id}` } }));
  await response.body?.cancel();

  assertMatch(signedIn, /^[a-z0-9]{32}$/);
  // The browser has the new cookie by now, and this answer comes after it.
  assertEquals([response.status, response.headers.getSetCookie()], [400, []]);
  const { body } = await beside.request("GET", "/whoami/", `sessionid=${signedIn}`);
  assertEquals([body, await json(browserOf(client, id))], ["ada", {}]);
});

testBeside("a key of yesterday is read, and what it has signed is signed by today's", async (database) => {
  const today = "the key of today, for tests only, never for visitors";
  await using beside = await database.start({ key: today, fallbacks: [KEY] });
  const { django, client } = beside;
  const browser = site(client);
  await post(browser, "/", { a: 1 });
  assertEquals((await django.ask({ do: "load", id: idOf(browser) })).data, { a: 1 });

  const renewed = browserOf(client, idOf(browser), { keys: [today, KEY] });
  assertEquals(await json(renewed), { a: 1 });
  const [row] = await client.query("SELECT session_data FROM django_session", []) as { session_data: string }[];
  assertEquals(decodeDjangoSession(row!.session_data, new KeyRing(today)), { a: 1 });
});

async function rowsOf({ client }: Beside): Promise<number> {
  return (await client.query("SELECT session_key FROM django_session", []) as unknown[]).length;
}
