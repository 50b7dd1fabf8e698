/** `dumps()` and `loads()`, beside Django's `signing.dumps` and `signing.loads`. */

import {
  decodeObject,
  dumps,
  encodeObject,
  KeyRing,
  loads,
  Signer,
  TimestampSigner,
  verifyObject,
} from "@nuages/web/cookies";
import { assertEquals, assertThrows } from "@std/assert";
import { deflateSync } from "node:zlib";
import { agree } from "./_agreement.ts";
import { assertRefused, at } from "./_asserts.ts";
import { type Answer, djangoTest, FOREIGN_KEY, KEY, OLDER_KEY } from "./_django.ts";
import { LONE, type Random, WELL_FORMED } from "./_random.ts";

const KEYS = new KeyRing([KEY, OLDER_KEY]);
const NOW = 1_800_000_000;

/** A value that is signed. */
interface Signed {
  readonly value: unknown;
  readonly salt: string;
  readonly compress: boolean;
}

djangoTest("dumps() and loads()", {
  "what dumps() signs, Django's loads() reads": (django) =>
    agree({
      count: 4000,
      make: makeSigned,
      ask(inputs) {
        const items = inputs.map(({ value, salt, compress }) => ({
          text: dumps(value, KEYS, { salt, compress, at: NOW }),
          salt,
        }));
        return django.all("loads", items, { now: NOW + 1 });
      },
      check: ({ value }, answer) => assertEquals(answer.error, undefined) ?? assertSame(answer.value, value),
    }),

  "what Django's dumps() signs, loads() reads": (django) =>
    agree({
      count: 4000,
      make: makeSigned,
      ask: (inputs) => django.all<string>("dumps", inputs, { now: NOW }),
      check({ value, salt }, { value: text }) {
        assertSame(at(NOW, () => loads(text!, KEYS, { salt })), value);
      },
    }),

  "encodeObject() with a Signer is sign_object(), and the reverse": (django) =>
    agree({
      count: 1500,
      make: (random) => ({ ...makeSigned(random), timed: random.chance(0.3) }),
      async ask(inputs) {
        const signerOf = ({ salt, timed }: { salt: string; timed: boolean }) => {
          return timed ? new TimestampSigner(KEYS, { salt }) : new Signer(KEYS, { salt });
        };
        const theirs = await django.all<string>("sign_object", inputs);
        const ours = inputs.map(({ value, salt, compress, timed }) => ({
          ...{ salt, timed },
          text: signerOf({ salt, timed }).sign(encodeObject(value, { compress })),
        }));
        const read = await django.all("unsign_object", ours);
        return inputs.map((input, i) => [decodeObject(signerOf(input).unsign(theirs[i]!.value!)!), read[i]!.value]);
      },
      check({ value }, answers) {
        for (const answer of answers) assertSame(answer, value);
      },
    }),

  "the two write the same bytes, but for compressed ones and numbers that Python writes in its own way": (django) =>
    agree({
      count: 1500,
      make(random): Signed {
        const value = JSON.parse(JSON.stringify(makeSigned(random).value, (_key, part) => {
          return typeof part === "number" ? Math.trunc(part) % 2 ** 53 : part;
        }));
        return { value, salt: random.text(8), compress: false };
      },
      ask: (inputs) => django.all<string>("dumps", inputs, { now: NOW }),
      check: ({ value, salt }, answer) => assertEquals(dumps(value, KEYS, { salt, at: NOW }), answer.value),
    }),

  "what was damaged, is too old or was signed with a foreign key, neither side reads": (django) =>
    agree({
      count: 2000,
      make(random) {
        const { value, salt, compress } = makeSigned(random);
        const kind = random.pick(["damaged", "damaged", "old", "foreign", "rotated", "salt"] as const);
        const keys = new KeyRing({ foreign: FOREIGN_KEY, rotated: OLDER_KEY }[kind as string] ?? KEY);
        const text = dumps(value, keys, { salt: kind === "salt" ? `${salt}x` : salt, compress, at: NOW });
        const age = random.int(0, 100);
        return {
          text: kind === "damaged" ? random.damaged(text) : text,
          salt,
          max_age: kind === "old" ? age : 100,
          now: NOW + (kind === "old" ? random.int(0, 100) : 50),
        };
      },
      async ask(inputs) {
        // One clock for each question.
        const byTime = Map.groupBy(inputs.entries(), ([, { now }]) => now);
        const answers: unknown[] = [];
        for (const [now, group] of byTime) {
          const found = await django.all("loads", group.map(([, input]) => input), { now });
          for (const [i, [index]] of group.entries()) answers[index] = found[i];
        }
        return answers as Awaited<ReturnType<typeof django.all>>;
      },
      check({ text, salt, max_age: maxAge, now }, { value, error }) {
        const ours = at(now, () => verifyObject(text, KEYS, { salt, maxAge }));
        if (error === undefined) return assertSame(ours.ok ? ours.value : ours, value);
        assertRefused(ours, error, text, ":");
      },
    }),

  "what Django reads from JSON with numbers of Python's, it reads again from what we make of it": (django) =>
    agree({
      count: 1500,
      make: (random) => ({ json: pythonJson(random, 3), salt: "numbers", compress: random.chance(0.3) }),
      async ask(inputs) {
        const texts = await django.all<string>("rewrite", inputs, { now: NOW });
        const ours = texts.map(({ value: text }, i) => {
          const value = at(NOW, () => loads(text!, KEYS, { salt: "numbers" }));
          assertSame(value, JSON.parse(inputs[i]!.json));
          return { ...inputs[i], text: dumps(value, KEYS, { salt: "numbers", at: NOW }) };
        });
        return await django.all<boolean>("same_json", ours, { now: NOW });
      },
      check: (_input, answer) => assertEquals(answer, { value: true }),
    }),

  "where we differ: NaN and the infinities, which no JSON has": async (django) => {
    for (const json of ["NaN", "[Infinity]", '{"a":-Infinity}', "1e999"]) {
      const text = await django.one("rewrite", { json, salt: "s", compress: false }, { now: NOW });
      assertEquals(at(NOW, () => verifyObject(text, KEYS, { salt: "s" })), { ok: false, reason: "malformed" });
    }
    assertThrows(() => dumps(NaN, KEYS), TypeError, "NaN");
  },

  "where we differ: whole numbers beyond 2 to the 53rd, and the sign of zero": async (django) => {
    const huge = `1${"0".repeat(400)}`;
    for (const [json, read] of [["9007199254740993", 9007199254740992], [huge, Infinity], ["-0.0", -0]] as const) {
      const text = await django.one("rewrite", { json, salt: "s", compress: false }, { now: NOW });
      assertEquals(at(NOW, () => loads(text, KEYS, { salt: "s" })), read);
      assertEquals(await django.one("same_json", { text, json, salt: "s" }), true);
    }
    assertEquals(dumps(-0, KEYS, { at: NOW }), dumps(0, KEYS, { at: NOW }));
  },

  "where we differ: more than 500 levels are not written, and read": async (django) => {
    const json = "[".repeat(501) + "]".repeat(501);
    assertThrows(() => dumps(JSON.parse(json), KEYS), TypeError, "more than 500 levels");
    const text = await django.one("rewrite", { json, salt: "s", compress: true }, { now: NOW });
    assertSame(at(NOW, () => loads(text, KEYS, { salt: "s" })), JSON.parse(json));
  },

  "where we differ: what inflates to more than 4 MiB": async (django) => {
    const signer = new TimestampSigner(KEYS, { salt: "s" });
    for (const [bytes, isRead] of [[4 * 1024 * 1024, true], [4 * 1024 * 1024 + 1, false]] as const) {
      const value = "x".repeat(bytes - 2);
      const text = signer.sign(`.${deflateSync(`"${value}"`).toString("base64url")}`, { at: NOW });
      assertEquals((await django.one("loads", { text, salt: "s" }, { now: NOW })).length, value.length);
      assertEquals(at(NOW, () => verifyObject(text, KEYS, { salt: "s" })).ok, isRead);
    }
  },

  "where we differ: what is signed and nothing that dumps() writes is malformed, and an exception to Django or other letters":
    async (
      django,
    ) => {
      const cases: [payload: string, theirs: unknown, ours: unknown][] = [
        ["bm8", "JSONDecodeError", undefined],
        ["A", "Error", undefined],
        [".AAAA", "error", undefined],
        ["e!!!!30", {}, undefined],
        // UTF-8, as another program may write it, and as Django doesn't read it.
        ["IsOpIg", "Ã©", "é"],
      ];
      const signer = new TimestampSigner(KEYS, { salt: "s" });
      for (const [payload, theirs, ours] of cases) {
        const text = signer.sign(payload, { at: NOW });
        const [{ value, error }] = await django.all("loads", [{ text, salt: "s" }], { now: NOW }) as [Answer<unknown>];
        assertEquals(error ?? value, theirs, payload);
        assertEquals(at(NOW, () => loads(text, KEYS, { salt: "s" })), ours, payload);
      }
    },
});

function makeSigned(random: Random): Signed {
  const salt = random.text(12);
  const compress = random.chance(0.5);
  if (random.chance(0.02)) return { value: nested(random), salt, compress };
  // What is worth compressing.
  if (compress && random.chance(0.3)) {
    const part = random.json(1);
    return { value: Array.from({ length: random.int(1, 40) }, () => part), salt, compress };
  }
  return { value: random.json(), salt, compress };
}

/** As deep as it may be. */
function nested(random: Random): unknown {
  let value = random.json(0);
  const isList = random.chance(0.5);
  for (let depth = random.int(50, 499); depth > 0; depth--) value = isList ? [value] : { a: value };
  return value;
}

/** JSON as Python writes it, with whole numbers that are exact here and floats in Python's spelling. */
function pythonJson(random: Random, depth: number): string {
  if (depth > 0 && random.chance(0.6)) return `[${random.list(4, () => pythonJson(random, depth - 1)).join(", ")}]`;
  return random.pick([
    () => `${random.int(-99, 99)}.0`,
    () => `${random.int(1, 9)}e+${random.int(16, 99)}`,
    () => `${random.int(1, 9)}.5e-0${random.int(5, 9)}`,
    () => String(random.int(-(2 ** 53), 2 ** 53)),
    () => JSON.stringify(random.text(6, [...WELL_FORMED, LONE])),
    () => "-0.0",
  ])();
}

/** Compares as JSON, which tells no -0 from 0. */
function assertSame(actual: unknown, expected: unknown): void {
  assertEquals(JSON.stringify(actual), JSON.stringify(expected));
}
