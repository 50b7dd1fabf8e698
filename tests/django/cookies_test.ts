/** Signed cookies, `Set-Cookie` lines and `Cookie` headers, beside Django's. */

import {
  CookieJar,
  KeyRing,
  parseCookies,
  serializeCookie,
  serializeDeletion,
  TimestampSigner,
} from "@nuages/web/cookies";
import type { CookieAttributes, SameSite } from "@nuages/web/cookies";
import { assertEquals } from "@std/assert";
import { agree } from "./_agreement.ts";
import { at } from "./_asserts.ts";
import { djangoTest, FOREIGN_KEY, KEY, OLDER_KEY } from "./_django.ts";
import { CONTROLS, LATIN_1, PRINTABLE, type Random } from "./_random.ts";

const KEYS = new KeyRing([KEY, OLDER_KEY]);
const NOW = 1_800_000_000;

/** A cookie that is signed. */
interface SignedCookie {
  readonly name: string;
  readonly value: string;
  readonly salt: string;
}

djangoTest("signed cookies", {
  "the two set the same bytes": (django) =>
    agree({
      count: 1500,
      make: makeSignedCookie,
      ask: (inputs) => django.all<string>("set_signed_cookie", inputs, { now: NOW }),
      check: (input, { value }) => assertEquals(pairOf(setSigned(input)), pairOf(value!)),
    }),

  "each reads what the other has set, with an older key too, and from before the salts of today": (django) =>
    agree({
      count: 2500,
      make: (random) => ({
        cookie: makeSignedCookie(random),
        isOlder: random.chance(0.3),
        isLegacy: random.chance(0.3),
      }),
      async ask(inputs) {
        const cookies = inputs.map(({ cookie }) => cookie);
        const older = { now: NOW, settings: { SECRET_KEY: OLDER_KEY } };
        const [fresh, rotated, legacy] = [
          await django.all<string>("set_signed_cookie", cookies, { now: NOW }),
          await django.all<string>("set_signed_cookie", cookies, older),
          await django.all<string>("set_legacy_cookie", cookies, { now: NOW }),
        ];
        const items = inputs.map(({ cookie, isOlder, isLegacy }) => ({
          ...cookie,
          header: pairOf(isLegacy ? setLegacy(cookie) : setSigned(cookie, isOlder ? OLDER_KEY : KEY)),
        }));
        const settings = { SIGNED_COOKIE_LEGACY_SALT_FALLBACK: true };
        const read = await django.all<string>("get_signed_cookie", items, { now: NOW, settings });
        return inputs.map(({ isOlder, isLegacy }, i) => ({
          line: (isLegacy ? legacy : isOlder ? rotated : fresh)[i]!.value!,
          read: read[i]!.value,
        }));
      },
      check({ cookie: { name, value, salt }, isLegacy }, { line, read }) {
        assertEquals(read, value);
        const jar = new CookieJar(pairOf(line), { keys: KEYS });
        assertEquals(at(NOW, () => jar.getSigned(name, { salt, legacySalt: isLegacy })), value);
        if (isLegacy) assertEquals(at(NOW, () => jar.getSigned(name, { salt })), undefined);
      },
    }),

  "what was damaged, renamed, is too old or was signed with a foreign key or another salt, neither side reads": (
    django,
  ) =>
    agree({
      count: 2000,
      make(random) {
        const cookie = makeSignedCookie(random);
        const kind = random.pick(["damaged", "damaged", "name", "salt", "foreign", "age", "legacy"] as const);
        const pair = pairOf(
          kind === "legacy" ? setLegacy(cookie) : setSigned(cookie, kind === "foreign" ? FOREIGN_KEY : KEY),
        );
        const value = pair.slice(cookie.name.length + 1);
        const name = kind === "name"
          ? `${cookie.name}${random.pick(["2", "x", cookie.salt[0] ?? "y"])}`.replace(/[^!-~]|[",;\\=]/g, "z")
          : cookie.name;
        const damaged = kind === "damaged" ? random.damaged(value).replaceAll(/[^ -~]/g, "é") : value;
        const salt = kind === "salt" ? `${cookie.salt}x` : cookie.salt;
        return {
          name,
          salt,
          header: `${name}=${damaged}`,
          max_age: random.pick([1, 9, 10, 11, 3600]),
          legacy: random.chance(0.5),
        };
      },
      async ask(inputs) {
        const ask = (isLenient: boolean) => {
          const settings = { SIGNED_COOKIE_LEGACY_SALT_FALLBACK: isLenient };
          return django.all<string>("get_signed_cookie", inputs, { now: NOW + 10.5, settings });
        };
        const [strict, lenient] = [await ask(false), await ask(true)];
        return inputs.map(({ legacy }, i) => (legacy ? lenient : strict)[i]!);
      },
      check({ name, salt, header, max_age: maxAge, legacy: legacySalt }, { value, error }) {
        const jar = new CookieJar(header, { keys: KEYS });
        assertEquals(at(NOW + 10.5, () => jar.getSigned(name, { salt, maxAge, legacySalt })), value);
        if (error === undefined) return;
        assertEquals(["BadSignature", "SignatureExpired", "KeyError"].includes(error), true, error);
      },
    }),

  "where we differ: Django 5.2 reads cookies with the salts from before by itself, we do when told to": async (
    django,
  ) => {
    const cookie = { name: "a", value: "v", salt: "bc" };
    const header = pairOf(setLegacy(cookie));
    const jar = new CookieJar(header, { keys: KEYS });
    assertEquals(await django.one("get_signed_cookie", { ...cookie, header }, { now: NOW }), "v");
    assertEquals(at(NOW, () => jar.getSigned("a", { salt: "bc" })), undefined);
    assertEquals(at(NOW, () => jar.getSigned("a", { salt: "bc", legacySalt: true })), "v");
  },
});

/** A cookie as it is set. Django's names of the attributes are in lower case. */
interface Plain {
  readonly name: string;
  readonly value: string;
  readonly attributes: Omit<CookieAttributes, "expires"> & { readonly expires?: number };
}

djangoTest("Set-Cookie and Cookie", {
  "serializeCookie() and set_cookie() write the same bytes": (django) =>
    agree({
      count: 3000,
      make: (random) => makePlain(random, random.chance(0.2)),
      // A whole second is where Django adds one too many to a date: there is no such second in life.
      ask: (inputs) => django.all<string>("set_cookie", inputs.map(asked), { now: NOW + 0.5 }),
      check({ name, value, attributes: { expires, ...others } }, { value: line, error, message }) {
        // Pythons from 2026 on refuse what they wrote in octal digits before.
        if (error === "CookieError" && /\p{Cc}/u.test(value)) return;
        const attributes = expires === undefined ? others : { ...others, expires: new Date(expires * 1000) };
        assertEquals(at(NOW + 0.5, () => serializeCookie(name, value, attributes)), line, message);
      },
    }),

  "serializeDeletion() and delete_cookie() write the same bytes": (django) =>
    agree({
      count: 1000,
      make(random) {
        const { name, attributes: { domain, path = "/", sameSite } } = makePlain(random);
        const prefix = random.pick(["", "", "__Host-", "__Secure-"]);
        const bound = prefix === "__Host-" ? { path: "/" } : { ...(domain && { domain }), path };
        return { name: prefix + name, attributes: { ...bound, ...(sameSite && { sameSite }) } };
      },
      ask: (inputs) => django.all<string>("delete_cookie", inputs.map((input) => asked({ value: "", ...input }))),
      check: ({ name, attributes }, { value }) => assertEquals(serializeDeletion(name, attributes), value),
    }),

  "each reads what the other has set": (django) =>
    agree({
      count: 2000,
      make: (random) => random.list(4, () => ({ ...makePlain(random), attributes: {} })),
      async ask(inputs) {
        const set = await django.all<string>("set_cookie", inputs.flat().map(asked));
        const read = await django.all(
          "cookies",
          inputs.map((list) => ({
            header: list.map(({ name, value }) => pairOf(serializeCookie(name, value))).join("; "),
          })),
        );
        let from = 0;
        return inputs.map((_, i) => {
          const own = set.slice(from, from += inputs[i]!.length);
          return { header: own.map(({ value }) => pairOf(value!)).join("; "), read: read[i]!.value };
        });
      },
      check(list, { header, read }) {
        const expected = sorted(list.map(({ name, value }) => [name, value]));
        assertEquals(sorted(Object.entries(read)), expected);
        assertEquals(sorted(parseCookies(header)), expected);
      },
    }),

  "the two read the same in any header, but for what Unicode calls white space: that is a letter like any other": (
    django,
  ) =>
    agree({
      count: 6000,
      make: (random) => ({ header: makeHeader(random) }),
      ask: (inputs) =>
        django.all("cookies", inputs.map(({ header }) => ({ header: header.replace(BLANKS, toLetter) }))),
      check({ header }, { value }) {
        const theirs = Object.entries(value).map((pair) => pair.map((text) => String(text).replace(LETTERS, toBlank)));
        assertEquals(sorted(parseCookies(header)), sorted(theirs as [string, string][]));
      },
    }),

  "where we differ: what browsers refuse or cut, we don't write": async (django) => {
    const cases: [name: string, options: Record<string, unknown>, attributes: CookieAttributes][] = [
      ["__Host-x", {}, {}],
      ["__Secure-x", {}, {}],
      ["x", { samesite: "None" }, { sameSite: "None" }],
      ["x", { domain: "a; Secure" }, { domain: "a; Secure" }],
      ["x", { path: "/;x" }, { path: "/;x" }],
      ["x", { path: "no-slash" }, { path: "no-slash" }],
      ["x", { max_age: 34_560_001 }, { maxAge: 34_560_001 }],
    ];
    for (const [name, options, attributes] of cases) {
      const [answer] = await django.all("set_cookie", [{ name, value: "v", options }]);
      assertEquals(answer!.error, undefined, name);
      assertEquals(refuses(() => serializeCookie(name, "v", attributes)), true, JSON.stringify([name, options]));
    }
    for (const value of ["v".repeat(4096), "☃"]) {
      assertEquals((await django.all("set_cookie", [{ name: "x", value, options: {} }]))[0]!.error, undefined);
      assertEquals(refuses(() => serializeCookie("x", value)), true);
    }
  },

  "where we differ: a date on the second, and what was set before": async (django) => {
    const line = "x=v; expires=Fri, 15 Jan 2027 08:01:00 GMT; Max-Age=60; Path=/";
    const expires = NOW + 60;
    const late = line.replace("08:01:00", "08:01:01").replace("60", "61");
    assertEquals(await django.one("set_cookie", { name: "x", value: "v", options: { expires } }, { now: NOW }), late);
    assertEquals(at(NOW, () => serializeCookie("x", "v", { expires: new Date(expires * 1000) })), line);

    const options = [{ httponly: true, samesite: "Lax" }, { secure: true }];
    const twice = await django.one("set_cookie_twice", { options });
    assertEquals(twice, "x=v; HttpOnly; Path=/; SameSite=Lax; Secure");
    const jar = new CookieJar(null);
    jar.set("x", "v", { sameSite: "Strict" });
    jar.set("x", "v", { httpOnly: false });
    const headers = new Headers();
    jar.applyTo(headers);
    assertEquals(headers.getSetCookie(), ["x=v; Path=/; SameSite=Lax; Secure"]);
  },

  "names are refused by both, or by neither": (django) =>
    agree({
      count: 1000,
      make: (random) => ({ name: makeName(random) + random.pick(["", "", "é", " ", ",", "[", "/", "@", "\n", ":"]) }),
      ask: (inputs) => django.all("set_cookie", inputs.map(({ name }) => ({ name, value: "v", options: {} }))),
      check: ({ name }, { error }) => assertEquals(refuses(() => serializeCookie(name, "v")), error === "CookieError"),
    }),
});

const TOKEN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~:";
/** What Python's `strip()` takes away, and RFC 6265 doesn't. */
// deno-lint-ignore no-control-regex -- it is about them
const BLANKS = /[\x0b\x0c\x1c-\x1f\x85\xa0]/g;
const LETTERS = /[\ue000-\ue0ff]/g;
const toLetter = (blank: string) => String.fromCharCode(0xe000 + blank.charCodeAt(0));
const toBlank = (letter: string) => String.fromCharCode(letter.charCodeAt(0) - 0xe000);

function makeName(random: Random): string {
  // Names of attributes are refused, and a prefix takes attributes.
  return random.word(12, TOKEN).replace(/^__/, "_").replace(RESERVED, "x");
}

const RESERVED = /^(comment|domain|expires|httponly|max-age|path|samesite|secure|version|partitioned)$/i;

function makeSignedCookie(random: Random): SignedCookie {
  return { name: makeName(random), value: random.text(30, [PRINTABLE, PRINTABLE, LATIN_1]), salt: random.text(10) };
}

function makePlain(random: Random, hasControls = false): Plain {
  const value = random.text(30, [PRINTABLE, PRINTABLE, LATIN_1, ...(hasControls ? [CONTROLS] : [])]);
  const lifetime = random.pick([
    {},
    { maxAge: random.int(-100, 34_560_000) },
    { maxAge: random.int(-1000, 1_000_000) / 8 },
    { expires: NOW + random.int(-1_000_000, 34_560_000) },
  ]);
  const sameSite = random.pick<SameSite | undefined>([undefined, "Lax", "lax", "Strict", "strict", "None", "none"]);
  const secure = sameSite?.toLowerCase() === "none" || random.chance(0.5);
  return {
    name: makeName(random),
    value,
    attributes: {
      ...lifetime,
      ...(random.chance(0.3) && { domain: `${random.word(6, "abc-")}.example` }),
      ...(random.chance(0.4) && { path: random.pick(["/", "/a", "/a b/", "/%C3%A9/", "", null]) }),
      ...(secure && { secure }),
      ...(random.chance(0.5) && { httpOnly: true }),
      ...(sameSite && { sameSite }),
    },
  };
}

function makeHeader(random: Random): string {
  const pieces = random.list(12, () =>
    random.pick([
      () => random.pick([";", "; ", "=", '"', "\\", ",", " ", "\t", '="', '";', '\\"', "\\\\"]),
      () => `\\${random.word(3, "01234567")}`,
      () => random.pick(["\x0b", "\x0c", "\x1c", "\x1f", "\x85", "\xa0"]),
      () => random.word(5, TOKEN),
      () => random.text(6, [PRINTABLE, LATIN_1, [0x01, 0x08], [0x7f, 0x7f]]),
      () => random.pick(["a=1", "a=2; ", "__proto__=x;", "__Host-id=1", '"a"="b"', 'q="\\303\\251"']),
    ])());
  return pieces.join("");
}

/** What Django is asked to set. */
function asked({ name, value, attributes }: Plain): object {
  const { maxAge, expires, domain, path, secure, httpOnly, sameSite } = attributes;
  const options = {
    ...(maxAge !== undefined && { max_age: maxAge }),
    ...(expires !== undefined && { expires }),
    ...(domain !== undefined && { domain }),
    ...(path !== undefined && { path }),
    ...(secure && { secure }),
    ...(httpOnly && { httponly: httpOnly }),
    ...(sameSite && { samesite: sameSite }),
  };
  return { name, value, options };
}

function setSigned({ name, value, salt }: SignedCookie, key = KEY): string {
  const jar = new CookieJar(null, { keys: new KeyRing(key) });
  at(NOW, () => jar.setSigned(name, value, { salt }));
  const headers = new Headers();
  jar.applyTo(headers);
  return headers.get("Set-Cookie")!;
}

/** As Django before 5.2.15 did. */
function setLegacy({ name, value, salt }: SignedCookie): string {
  const keys = KEYS.withPrefix("django.http.cookies");
  return serializeCookie(name, new TimestampSigner(keys, { salt: name + salt }).sign(value, { at: NOW }));
}

/** What the browser sends back. */
function pairOf(line: string): string {
  return line.split(/; (?:HttpOnly|Path)/)[0]!;
}

function sorted(pairs: Iterable<readonly [string, string]>): string {
  return JSON.stringify([...new Map(pairs)].sort(([one], [other]) => one < other ? -1 : 1));
}

function refuses(ask: () => unknown): boolean {
  try {
    ask();
    return false;
  } catch {
    return true;
  }
}
