/** Sessions in Django's cookie, as this library keeps them; beside a live Django they are in tests/django/sessions_test.ts. */

import { dumps, KeyRing, TimestampSigner, verifyObject } from "@nuages/web/cookies";
import { type AppEvent, type Context, pipeline } from "@nuages/web/middleware";
import {
  CookieStore,
  DjangoCookieStore,
  type HasSession,
  RecordTooLargeError,
  type SessionOptions,
  sessions,
} from "@nuages/web/sessions";
import { assertEquals, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import vectors from "../vectors/django-vectors.json" with { type: "json" };

const [KEY, OLDER] = [
  "a key for tests only, never for visitors: 0123456789",
  "an older key for tests only: 9876543210",
];
const SALT = "django.contrib.sessions.backends.signed_cookies";
const NOW = 1_800_000_000;

type Data = Record<string, unknown>;
type View = (context: Context & HasSession<Data>) => unknown;

/** Answers a request with a cookie; `value` is what the cookie says then, if it is set. */
async function visit(view: View, cookie?: string, options: Partial<SessionOptions> & { keys?: string[] } = {}) {
  const { keys = [KEY], ...others } = options;
  const events: AppEvent[] = [];
  const app = pipeline({ keys, onEvent: (event) => void events.push(event) })
    .use(sessions<Data>({ store: new DjangoCookieStore(), ...others }))
    .handle(async (_request, context) => Response.json(await view(context) ?? null));
  const headers: HeadersInit = cookie === undefined ? {} : { Cookie: `sessionid=${cookie}` };
  const response = await app(new Request("https://shop.example/", { headers }));
  const [line] = response.headers.getSetCookie();
  return {
    response,
    line,
    value: line?.split(/[=;]/)[1] ?? "",
    events,
    body: response.ok ? await response.json() : undefined,
  };
}

const add = (data: Data): View => async (context) => (await context.session()).assign(data);
const show: View = async (context) => Object.fromEntries((await context.session()).entries());

function signed(data: Data, { key = KEY, at = NOW } = {}): string {
  return dumps(data, new KeyRing(key), { salt: SALT, compress: true, at });
}

function read(value: string, key = KEY) {
  return verifyObject<Data>(value, new KeyRing(key), { salt: SALT });
}

Deno.test("DjangoCookieStore sets Django's cookie with our attributes, once something is stored", async () => {
  using _time = new FakeTime(NOW * 1000);
  assertEquals((await visit(show)).line, undefined);
  const { line, value } = await visit(add({ cart: ["emma"] }));

  assertEquals(
    line!.replace(value, "VALUE"),
    "sessionid=VALUE; expires=Fri, 29 Jan 2027 08:00:00 GMT; HttpOnly; Max-Age=1209600; Path=/; SameSite=Lax; Secure",
  );
  assertEquals(value, signed({ cart: ["emma"] }));
  assertEquals((await visit(show, value)).body, { cart: ["emma"] });
});

Deno.test("DjangoCookieStore reads and writes what Django has written", async () => {
  using _time = new FakeTime(vectors.time * 1000);
  const keys = [vectors.SECRET_KEY];
  const short = vectors["signed_cookies session_key {a:1,user:bob}"];
  assertEquals((await visit(show, short, { keys })).body, { a: 1, user: "bob" });
  assertEquals((await visit(add({ a: 1, user: "bob" }), undefined, { keys })).value, short);
  const { body } = await visit(show, vectors["signed_cookies session_key {k:x*200}"], { keys });
  assertEquals(body, { k: "x".repeat(200) });
});

Deno.test("DjangoCookieStore writes nothing for a session that is only read, and a later time once a good part is gone", async () => {
  const value = signed({ a: 1 });
  using time = new FakeTime((NOW + 99) * 1000);
  assertEquals((await visit(show, value, { idleSeconds: 1000 })).line, undefined);
  time.tick(2000);
  const renewed = await visit(show, value, { idleSeconds: 1000 });
  assertEquals(read(renewed.value), { ok: true, value: { a: 1 }, rotated: false, signedAt: NOW + 101 });
});

Deno.test("DjangoCookieStore leaves numbers of Python's as they are, until the value they are in is changed", async () => {
  using _time = new FakeTime(NOW * 1000);
  const json = (value: string) =>
    new TextDecoder().decode(Uint8Array.from(atob(value.split(":")[0]!), (c) => c.charCodeAt(0)));
  const payload = btoa('{"price":1.0,"big":12345678901234567890}').replaceAll("=", "");
  const theirs = new TimestampSigner(new KeyRing(KEY), { salt: SALT }).sign(payload);

  const { value } = await visit(add({ a: 1 }), theirs);
  assertEquals(json(value), '{"price":1.0,"big":12345678901234567890,"a":1}');
});

Deno.test("DjangoCookieStore ends a session when Django does, and when it was told", async () => {
  const cases: [data: Data, seconds: number][] = [
    [{ a: 1 }, 1000],
    [{ a: 1, _session_expiry: 10 }, 10],
    [{ a: 1, _session_expiry: 5000 }, 5000],
    [{ a: 1, _session_expiry: 0 }, 1000],
    [{ a: 1, _session_expiry: new Date((NOW + 20) * 1000).toISOString().replace("Z", "000+00:00") }, 20],
  ];
  for (const [data, seconds] of cases) {
    using time = new FakeTime((NOW + seconds) * 1000);
    assertEquals((await visit(show, signed(data), { idleSeconds: 1000 })).body, { a: 1 });
    time.tick(1);
    assertEquals((await visit(show, signed(data), { idleSeconds: 1000 })).body, {});
  }
});

Deno.test("DjangoCookieStore keeps what a session is told of its end where Django looks for it", async () => {
  using _time = new FakeTime(NOW * 1000);
  const told = async (when: number | Date) => {
    const { line, value } = await visit(async (context) => {
      const session = await context.session();
      session.set("a", 1);
      session.setExpiry(when);
    });
    const found = read(value);
    return [found.ok && found.value["_session_expiry"], /Max-Age=(\d+)/.exec(line!)?.[1]];
  };

  assertEquals(await told(300), [300, "300"]);
  assertEquals(await told(0), [0, undefined]);
  assertEquals(await told(new Date((NOW + 60) * 1000)), ["2027-01-15T08:01:00+00:00", "60"]);
});

Deno.test("DjangoCookieStore signs with the first key what an older one has signed, and for no longer", async () => {
  using _time = new FakeTime((NOW + 50) * 1000);
  const theirs = signed({ a: 1 }, { key: OLDER });
  const { value, body } = await visit(show, theirs, { keys: [KEY, OLDER], idleSeconds: 1000 });

  assertEquals(body, { a: 1 });
  assertEquals(read(value), { ok: true, value: { a: 1 }, rotated: false, signedAt: NOW });
  const changed = await visit(add({ b: 2 }), theirs, { keys: [KEY, OLDER], idleSeconds: 1000 });
  assertEquals(read(changed.value), { ok: true, value: { a: 1, b: 2 }, rotated: false, signedAt: NOW + 50 });
});

Deno.test("DjangoCookieStore makes the browser forget a session that ends, and keeps one that gets a new id", async () => {
  using _time = new FakeTime((NOW + 5) * 1000);
  const flushed = await visit(async (context) => (await context.session()).flush(), signed({ a: 1 }));
  assertEquals(
    flushed.line,
    'sessionid=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Path=/; SameSite=Lax; Secure',
  );
  const cycled = await visit(async (context) => (await context.session()).cycleKey(), signed({ a: 1 }));
  assertEquals(read(cycled.value), { ok: true, value: { a: 1 }, rotated: false, signedAt: NOW + 5 });
  // As in Django, what is empty is still a session.
  const cleared = await visit(async (context) => (await context.session()).clear(), signed({ a: 1 }));
  assertEquals(read(cleared.value), { ok: true, value: {}, rotated: false, signedAt: NOW + 5 });
});

Deno.test("DjangoCookieStore refuses what it can't have signed: no session, an event, and the cookie goes", async () => {
  using _time = new FakeTime(NOW * 1000);
  const bad: [cookie: string, reason: string][] = [
    ["", "malformed"],
    ["nonsense", "malformed"],
    [signed({ a: 1 }) + "x", "bad signature"],
    [signed({ a: 1 }, { key: OLDER }), "bad signature"],
    [signed({ a: 1 }, { at: NOW + 61 }), "from the future"],
    [dumps([1], new KeyRing(KEY), { salt: SALT }), "malformed"],
    [dumps({ a: 1 }, new KeyRing(KEY), { salt: "django.contrib.sessions.SessionStore" }), "bad signature"],
  ];
  for (const [cookie, reason] of bad) {
    const { body, line, events } = await visit(show, cookie);
    assertEquals(body, {});
    assertEquals(line?.startsWith('sessionid=""; '), true, cookie);
    assertEquals(events.map(({ name, message }) => [name, message]), [
      ["cookie.bad_signature", `Cookie "sessionid" was refused: ${reason}`],
    ]);
  }
  // Too old is nothing to tell.
  assertEquals((await visit(show, signed({ a: 1 }, { at: NOW - 1001 }), { idleSeconds: 1000 })).events, []);
});

Deno.test("DjangoCookieStore belongs to the user who has signed in, and refuses another owner", async () => {
  using _time = new FakeTime(NOW * 1000);
  const { body } = await visit(async (context) => (await context.session()).owner, signed({ _auth_user_id: "7" }));
  assertEquals(body, "7");
  const { response, events } = await visit(
    async (context) => (await context.session()).setOwner("8"),
    signed({ a: 1 }),
  );
  assertEquals([response.status, (events[0]?.error as Error).message], [
    500,
    "Cannot set the session's owner as Django's sessions belong to the user who has signed in: use login() of authentication(), or store the name in the session",
  ]);
});

Deno.test("DjangoCookieStore says when a session doesn't fit into a cookie", async () => {
  const text = Array.from({ length: 200 }, () => crypto.randomUUID()).join("");
  const { response, events } = await visit(add({ text }));
  const error = events.find(({ error }) => error instanceof RecordTooLargeError)?.error as RecordTooLargeError;
  assertEquals([response.status, error.limit], [500, 4096 - "sessionid".length]);
});

Deno.test("DjangoCookieStore takes keys of its own, as Django's may not be the site's", async () => {
  const store = new DjangoCookieStore({ keys: [OLDER] });
  const { value } = await visit(add({ a: 1 }), undefined, { store });
  assertEquals(read(value, OLDER).ok, true);
});

Deno.test("DjangoCookieStore goes by the clock on the wall where Django does", async () => {
  using _time = new FakeTime(NOW * 1000);
  const store = new DjangoCookieStore({ timeZone: "Europe/Paris" });
  const { value } = await visit(
    async (context) => {
      const session = await context.session();
      session.set("a", 1);
      session.setExpiry(new Date((NOW + 60) * 1000));
    },
    undefined,
    { store },
  );
  const found = read(value);
  assertEquals(found.ok && found.value["_session_expiry"], "2027-01-15T09:01:00");
  const { body } = await visit(async (context) => (await context.session()).expiry.seconds, value, { store });
  assertEquals(body, 60);
});

Deno.test("sessions() refuses with a DjangoCookieStore what Django's cookie can't do", () => {
  const store = new DjangoCookieStore();
  const cases: [options: Partial<SessionOptions>, message: string][] = [
    [
      { absoluteSeconds: 10 },
      "Cannot create sessions with absoluteSeconds in a DjangoCookieStore as Django doesn't keep",
    ],
    [{ rotateSeconds: 10 }, "Cannot create sessions with rotateSeconds in a DjangoCookieStore as Django doesn't keep"],
    [{ encrypt: true }, "Cannot encrypt sessions in a DjangoCookieStore as Django could not read them"],
  ];
  for (const [options, message] of cases) assertThrows(() => sessions({ store, ...options }), TypeError, message);
  assertThrows(() => new DjangoCookieStore({ keys: "short" }), RangeError, "Cannot create KeyRing");
  assertThrows(
    () => new DjangoCookieStore({ timeZone: "Nowhere" }),
    TypeError,
    "Cannot create DjangoCookieStore as timeZone must be",
  );
  assertThrows(
    () => pipeline().use(sessions({ store })).handle(() => new Response()),
    TypeError,
    "Cannot use DjangoCookieStore as there are no keys",
  );
});

Deno.test("what a CookieStore has sealed is no session of a DjangoCookieStore, nor the reverse", async () => {
  const sealed = await visit(add({ a: 1 }), undefined, { store: new CookieStore(), cookie: { name: "sessionid" } });
  assertEquals((await visit(show, sealed.value)).body, {});
  const theirs = await visit(add({ a: 1 }));
  const options = { store: new CookieStore(), cookie: { name: "sessionid" } };
  assertEquals((await visit(show, theirs.value, options)).body, {});
});
