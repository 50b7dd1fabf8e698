/** What DjangoSessionStore does with rows that nobody has asked a Django about. */

import { KeyRing } from "@nuages/web/cookies";
import {
  decodeDjangoSession,
  DjangoSessionStore,
  encodeDjangoSession,
  sessions,
  type SqlClient,
  type SqliteClient,
  sqliteClient,
} from "@nuages/web/sessions";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import vectors from "../vectors/django-vectors.json" with { type: "json" };
import { makeDjangoTable } from "./_django_table.ts";
import { makeSite, setCookies, TEST_KEY } from "./_site.ts";

const KEYS = new KeyRing(TEST_KEY);
const ID = "abcdefghijklmnopqrstuvwxyz012345";
const COOKIE = { headers: { Cookie: `sessionid=${ID}` } };

async function openTable(): Promise<SqliteClient> {
  const client = sqliteClient(":memory:");
  await makeDjangoTable(client, "django_session");
  return client;
}

function put(client: SqliteClient, text: string, expires = "2100-01-01 00:00:00"): void {
  client.query("INSERT INTO django_session VALUES (?, ?, ?)", [ID, text, expires]);
}

function textsIn(client: SqliteClient): string[] {
  return client.query("SELECT session_data FROM django_session", []).map((row) => String(row.session_data));
}

Deno.test("encodeDjangoSession() writes what Django has written, and decodeDjangoSession() reads it", () => {
  const keys = new KeyRing(vectors.SECRET_KEY);
  for (
    const [name, data] of [
      ["db encode {a:1,user:bob}", { a: 1, user: "bob" }],
      ["db encode {}", {}],
      ["file encode {a:1}", { a: 1 }],
    ] as const
  ) {
    assertEquals(encodeDjangoSession(data, keys, { at: vectors.time }), vectors[name]);
    assertEquals(decodeDjangoSession(vectors[name], keys), data);
  }
  assertEquals(decodeDjangoSession(vectors["db encode {k:x*200}"], keys), { k: "x".repeat(200) });
});

Deno.test("decodeDjangoSession() gives nothing for what was tampered with, signed for another use, or no session", () => {
  const text = encodeDjangoSession({ a: 1 }, KEYS);
  assertEquals(decodeDjangoSession(text.replace(/^./, "f"), KEYS), undefined);
  assertEquals(decodeDjangoSession(text, new KeyRing("another key for tests only, never for visitors")), undefined);
  assertEquals(decodeDjangoSession(encodeDjangoSession([] as never, KEYS), KEYS), undefined);
  assertEquals(decodeDjangoSession("", KEYS), undefined);
});

Deno.test("DjangoSessionStore has Django's cookie, id and columns", async () => {
  using client = await openTable();
  const site = makeSite({ store: new DjangoSessionStore(client), keys: [TEST_KEY] }, {
    "/set": (session) => session.set("a", 1),
  });
  const response = await site.app(new Request("https://shop.example/set"));
  const [row] = client.query("SELECT * FROM django_session", []);

  const lines = response.headers.getSetCookie();
  assertEquals(lines.length, 1);
  assertEquals(lines[0]!.startsWith(`sessionid=${row!.session_key}; `), true, lines[0]);
  assertEquals(["Secure", "HttpOnly", "SameSite=Lax"].every((word) => lines[0]!.includes(word)), true, lines[0]);
  assertEquals(/^[a-z0-9]{32}$/.test(String(row!.session_key)), true);
  assertEquals(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{6})?$/.test(String(row!.expire_date)), true);
  assertEquals(decodeDjangoSession(String(row!.session_data), KEYS), { a: 1 });
});

Deno.test("a session that another key has signed counts as empty, and its row and cookie stay until it is changed", async () => {
  using client = await openTable();
  const text = encodeDjangoSession({ a: 1 }, new KeyRing("another key for tests only, never for visitors"));
  put(client, text);
  const site = makeSite({ store: new DjangoSessionStore(client) }, { "/set": (session) => session.set("b", 2) });

  const response = await site.browser().get("/", COOKIE);
  assertEquals([await response.json(), setCookies(response)], [{}, []]);
  assertEquals([textsIn(client), site.eventNames()], [[text], ["session.unreadable"]]);
  await site.browser().get("/set", COOKIE);
  assertEquals(decodeDjangoSession(textsIn(client)[0]!, KEYS), { b: 2 });
});

Deno.test("a session that is signed and no JSON is a 503, and stays as it is", async () => {
  using client = await openTable();
  const text = encodeDjangoSession([1] as never, KEYS);
  put(client, text);
  const site = makeSite({ store: new DjangoSessionStore(client) });
  const response = await site.browser().get("/", COOKIE);
  await response.body?.cancel();

  assertEquals([response.status, setCookies(response), textsIn(client)], [503, [], [text]]);
});

Deno.test("an owner who is not the user would be gone with the next request, and is an error", async () => {
  using client = await openTable();
  const site = makeSite({ store: new DjangoSessionStore(client) }, {
    "/own": (session) => session.setOwner("ada"),
    "/sign-in": (session) => (session.set("_auth_user_id", "7"), session.setOwner("7")),
    "/owner": (session) => session.owner,
  });
  const browser = site.browser();
  assertEquals((await browser.get("/own")).status, 500);
  assertEquals((await browser.get("/sign-in")).status, 200);
  assertEquals(await browser.json("/owner"), "7");
});

Deno.test("a new id takes along what another request has written meanwhile, and leaves no row behind", async () => {
  using client = await openTable();
  put(client, encodeDjangoSession({ a: 1 }, KEYS));
  const site = makeSite({ store: new DjangoSessionStore(client) }, {
    "/cycle": async (session) => {
      await site.browser().get("/add", COOKIE);
      session.cycleKey();
    },
    "/add": (session) => session.set("b", 2),
  });
  assertEquals((await site.browser().get("/cycle", COOKIE)).status, 200);

  assertEquals(textsIn(client).map((text) => decodeDjangoSession(text, KEYS)), [{ a: 1, b: 2 }]);
  assertEquals(client.query("SELECT 1 FROM django_session WHERE session_key = ?", [ID]), []);
});

Deno.test("a sign-out that was under way while the session got a new id ends it under that, too", async () => {
  using client = await openTable();
  put(client, encodeDjangoSession({ a: 1 }, KEYS));
  const site = makeSite({ store: new DjangoSessionStore(client) }, {
    "/out": async (session) => {
      await (await site.browser().get("/cycle", COOKIE)).body?.cancel();
      session.flush();
    },
    "/cycle": (session) => session.cycleKey(),
  });
  assertEquals((await site.browser().get("/out", COOKIE)).status, 200);
  assertEquals(textsIn(client), []);
});

Deno.test("a database that fails is a 503, and a missing table says who makes it", async () => {
  using empty = sqliteClient(":memory:");
  const site = makeSite({ store: new DjangoSessionStore(empty) });
  const response = await site.browser().get("/", COOKIE);
  await response.body?.cancel();
  assertEquals(response.status, 503);
  await assertRejects(() => new DjangoSessionStore(empty).clearExpired(), Error, "manage.py migrate sessions");
});

Deno.test("DjangoSessionStore and sessions() refuse what can't be, and say what to do", async () => {
  using client = await openTable();
  const store = new DjangoSessionStore(client);
  assertThrows(
    () => new DjangoSessionStore({} as SqlClient),
    TypeError,
    "Cannot create DjangoSessionStore as its client's",
  );
  assertThrows(
    () => new DjangoSessionStore(client, { table: "a b" }),
    TypeError,
    "Cannot create DjangoSessionStore as table",
  );
  assertThrows(() => new DjangoSessionStore(client, { timeZone: "Mars" }), TypeError, 'such as "Europe/Paris"');
  assertThrows(() => new DjangoSessionStore(client, { keys: "short" }), RangeError, "at least 32 bytes");
  assertThrows(() => sessions({ store, absoluteSeconds: 60 }), TypeError, "absoluteSeconds in a DjangoSessionStore");
  assertThrows(() => sessions({ store, rotateSeconds: 60 }), TypeError, "rotateSeconds in a DjangoSessionStore");
  assertThrows(() => sessions({ store, encrypt: true }), TypeError, "Cannot encrypt sessions in a DjangoSessionStore");
});

Deno.test("a clock on the wall: summer, winter, and the hour that is there twice", async () => {
  using client = await openTable();
  const time = (instant: string) => {
    const store = new DjangoSessionStore(client, { timeZone: "Europe/Paris" });
    const site = makeSite({ store }, {
      "/set": (session) => (session.set("a", 1), session.setExpiry(new Date(instant))),
      "/expiry": (session) => session.expiry.at.toISOString(),
    });
    return site.browser();
  };
  for (
    const [instant, column] of [
      ["2090-07-01T10:00:00.250Z", "2090-07-01 12:00:00.250000"],
      ["2090-12-01T10:00:00.000Z", "2090-12-01 11:00:00"],
      // Clocks are put back on 2090-10-29 at 01:00 UTC: of the two, the later one is taken.
      ["2090-10-29T01:30:00.000Z", "2090-10-29 02:30:00"],
    ]
  ) {
    client.query("DELETE FROM django_session", []);
    const browser = time(instant!);
    await browser.get("/set");
    const [row] = client.query("SELECT expire_date FROM django_session", []);
    assertEquals([row!.expire_date, await browser.json("/expiry")], [column, instant]);
  }
});
