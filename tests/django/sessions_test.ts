/** What a session is kept as, in rows and in the cookie, beside Django's backends. */

import { dumps, KeyRing, loads } from "@nuages/web/cookies";
import { type AppEvent, pipeline } from "@nuages/web/middleware";
import { decodeDjangoSession, DjangoCookieStore, encodeDjangoSession, sessions } from "@nuages/web/sessions";
import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { agree } from "./_agreement.ts";
import { djangoTest, FOREIGN_KEY, KEY, OLDER_KEY } from "./_django.ts";
import type { Random } from "./_random.ts";

const KEYS = new KeyRing([KEY, OLDER_KEY]);
const NOW = 1_800_000_000;

/** What a session holds. */
type Data = Record<string, unknown>;

djangoTest("sessions in rows: encode() and decode()", {
  "what encodeDjangoSession() writes, Django decodes": (django) =>
    agree({
      count: 2000,
      make: (random) => ({ data: random.object(6) }),
      ask: (inputs) =>
        django.all<Data>("decode_session", inputs.map(({ data }) => ({ text: encodeDjangoSession(data, KEYS) }))),
      check: ({ data }, { value }) => assertSame(value, data),
    }),

  "what Django encodes, decodeDjangoSession() reads, with an older key too": (django) =>
    agree({
      count: 2000,
      make: (random) => ({ data: random.object(6) }),
      async ask(inputs) {
        const older = { settings: { SECRET_KEY: OLDER_KEY } };
        return [
          await django.all<string>("encode_session", inputs),
          await django.all<string>("encode_session", inputs, older),
        ]
          .reduce((fresh, rotated) => fresh.map((answer, i) => i % 3 === 0 ? rotated[i]! : answer));
      },
      check: ({ data }, { value: text }) => assertSame(decodeDjangoSession(text!, KEYS), data),
    }),

  "what was damaged or signed with a foreign key is empty to both": (django) =>
    agree({
      count: 1500,
      make(random) {
        const text = encodeDjangoSession(random.object(3), random.chance(0.2) ? new KeyRing(FOREIGN_KEY) : KEYS, {
          at: NOW,
        });
        return { text: random.chance(0.8) ? random.damaged(text) : text };
      },
      ask: (inputs) => django.all<Data>("decode_session", inputs, { now: NOW }),
      check: ({ text }, { value }) => assertSame(decodeDjangoSession(text, KEYS) ?? {}, value),
    }),

  "where we differ: numbers that no JSON has are no session here": async (django) => {
    const text = await django.one("encode_json", { json: '{"a": NaN}' });
    assertEquals(decodeDjangoSession(text, KEYS), undefined);
  },
});

djangoTest("sessions in the cookie: signed_cookies", {
  "what DjangoCookieStore has set, Django loads": (django) =>
    agree({
      count: 1500,
      make: (random) => ({ data: makeData(random) }),
      async ask(inputs) {
        const texts = await oneByOne(inputs, async ({ data }) => ({ text: valueOf(await visit("", { store: data })) }));
        return await django.all<{ data: Data; refused: boolean }>("load_session", texts);
      },
      check({ data }, { value }) {
        assertSame(value!.data, data);
        assertEquals(value!.refused, false);
      },
    }),

  "what Django has set, DjangoCookieStore loads, and Django loads what becomes of it": (django) =>
    agree({
      count: 1500,
      make: (random) => ({ data: makeData(random), expiry: random.pick([0, 60, 86_400]) }),
      async ask(inputs) {
        const theirs = await django.all<string>("save_session", inputs);
        const read = await oneByOne(theirs, async ({ value }) => await load(value!));
        const texts = await oneByOne(theirs, async ({ value }) => ({
          text: valueOf(await visit(value!, { store: { added: 1.5 } })),
        }));
        const changed = await django.all<{ data: Data }>("load_session", texts);
        return inputs.map((_, i) => [read[i], changed[i]!.value!.data] as const);
      },
      check({ data, expiry }, [read, changed]) {
        assertSame(read, data);
        assertSame(changed, { ...data, _session_expiry: expiry, added: 1.5 }, "moved");
      },
    }),

  "what was damaged, is too old or was signed with a foreign key, neither side loads": (django) =>
    agree({
      count: 1500,
      make(random) {
        const keys = new KeyRing(random.pick([KEY, KEY, KEY, OLDER_KEY, FOREIGN_KEY]));
        const text = dumps({ a: random.text(5) }, keys, { salt: SALT, compress: true, at: NOW - random.int(90, 110) });
        return { text: random.chance(0.4) ? random.damaged(text).replaceAll(/[^!-~]|[;"\\,]/g, "x") : text };
      },
      async ask(inputs) {
        const asking = { now: NOW, settings: { SESSION_COOKIE_AGE: 100 } };
        const theirs = await django.all<{ data: Data; refused: boolean }>("load_session", inputs, asking);
        using _time = new FakeTime(NOW * 1000);
        const ours = await oneByOne(inputs, ({ text }) => load(text, { age: 100 }));
        return inputs.map((_, i) => [ours[i], theirs[i]!.value!.data] as const);
      },
      check: (_input, [ours, theirs]) => assertSame(ours, theirs),
    }),

  "a date that a session is to end at is the same instant on both sides": async (django) => {
    const end = Math.floor(Date.now() / 1000) + 500;
    const theirs = await django.one("save_session", { data: { a: 1 }, date: end });
    assertEquals((await (await visit(theirs)).json()).end, new Date(end * 1000).toISOString());
    const ours = valueOf(await visit("", { store: { a: 1 }, end: new Date(end * 1000) }));
    assertEquals(await django.one("session_expiry", { text: ours }), end);
    // The date is written as Python writes it.
    const written = (text: string) => loads(text, KEYS, { salt: SALT });
    assertEquals(written(ours), written(theirs));
  },

  "where we differ: what a session was told of its end holds, and to Django only the browser minds it": async (
    django,
  ) => {
    const settings = { SESSION_COOKIE_AGE: 100 };
    for (const [expiry, age, ours, theirs] of [[10, 50, {}, { a: 1 }], [1000, 500, { a: 1 }, {}]] as const) {
      const text = dumps({ a: 1, _session_expiry: expiry }, KEYS, { salt: SALT, at: NOW - age });
      const { data } = await django.one("load_session", { text }, { now: NOW, settings });
      assertSame(data, "a" in theirs ? { ...theirs, _session_expiry: expiry } : {});
      using _time = new FakeTime(NOW * 1000);
      assertEquals(await load(text, { age: 100 }), ours);
    }
  },

  "where we differ: a cookie that is no good is taken away, and Django sets an empty session": async (django) => {
    const events: AppEvent[] = [];
    const response = await visit("forged:1r31eq:AAAA", { events });
    assertEquals(response.headers.getSetCookie().map((line) => line.split(";")[0]), ['sessionid=""']);
    assertEquals(events.map(({ name }) => name), ["cookie.bad_signature"]);
    assertEquals(await django.one("load_session", { text: "forged:1r31eq:AAAA" }), { data: {}, refused: true });
  },

  "where we differ: a time in the future, and numbers that no JSON has": async (django) => {
    const text = dumps({ a: 1 }, KEYS, { salt: SALT, at: NOW + 61 });
    assertEquals((await django.one("load_session", { text }, { now: NOW })).data, { a: 1 });
    const odd = await django.one("save_json_session", { json: '{"a": Infinity}' }, { now: NOW });
    using _time = new FakeTime(NOW * 1000);
    assertEquals([await load(text), await load(odd)], [{}, {}]);
  },

  "where we differ: a session beyond what a cookie takes is an error, and Django sends it": async (django) => {
    const text = Array.from({ length: 600 }, () => crypto.randomUUID()).join("");
    assertEquals((await visit("", { store: { text } })).status, 500);
    const value = await django.one("save_session", { data: { text } });
    assertEquals(value.length > 4096, true);
  },
});

const SALT = "django.contrib.sessions.backends.signed_cookies";

/** Small enough for a cookie. */
function makeData(random: Random): Data {
  const data = random.object(4, 2);
  return Object.keys(data).length === 0 || JSON.stringify(data).length > 800 || "_session_expiry" in data
    ? { small: random.json(0) }
    : data;
}

/** How a site is visited. */
interface Visit {
  /** What is stored. */
  readonly store?: Data;
  /** When the session is to end. */
  readonly end?: Date;
  /** Django's `SESSION_COOKIE_AGE`, in seconds. */
  readonly age?: number;
  /** Where events go. */
  readonly events?: AppEvent[];
}

/** Visits a site with sessions in Django's cookie: it shows what is in the session, and when that ends. */
async function visit(cookie: string, { store, end, age = 1_209_600, events = [] }: Visit = {}): Promise<Response> {
  const app = pipeline({ keys: [KEY, OLDER_KEY], onEvent: (event) => void events.push(event) })
    .use(sessions({ store: new DjangoCookieStore(), idleSeconds: age }))
    .handle(async (_request, context) => {
      const session = await context.session();
      if (store !== undefined) session.assign(store);
      if (end !== undefined) session.setExpiry(end);
      return Response.json({ data: Object.fromEntries(session.entries()), end: session.expiry.at });
    });
  return await app(new Request("https://shop.example/", { headers: { Cookie: `sessionid=${cookie}` } }));
}

async function load(cookie: string, options: Visit = {}): Promise<Data> {
  return (await (await visit(cookie, options)).json()).data;
}

function valueOf(response: Response): string {
  return response.headers.getSetCookie()[0]!.split(/[=;]/)[1]!;
}

/** Compares as JSON; where members may have moved, their order doesn't count. */
function assertSame(actual: unknown, expected: unknown, order: "same" | "moved" = "same"): void {
  const ordered = (value: unknown) => order === "same" ? value : Object.entries(value as object).sort(byKey);
  assertEquals(JSON.stringify(ordered(actual)), JSON.stringify(ordered(expected)));
}

function byKey([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : 1;
}

async function oneByOne<I, O>(inputs: readonly I[], ask: (input: I) => Promise<O>): Promise<O[]> {
  const answers: O[] = [];
  for (const input of inputs) answers.push(await ask(input));
  return answers;
}
