/** `Signer` and `TimestampSigner`, beside Django's. */

import { KeyRing, Signer, type SignerOptions, TimestampSigner } from "@nuages/web/cookies";
import { assertEquals } from "@std/assert";
import { agree } from "./_agreement.ts";
import { assertRefused, at } from "./_asserts.ts";
import { type Answer, djangoTest, FOREIGN_KEY, KEY, OLDER_KEY } from "./_django.ts";
import { ANY, type Random } from "./_random.ts";

const KEYS = new KeyRing([KEY, OLDER_KEY]);
const NOW = 1_800_000_000;

/** What is signed, and how. */
interface Signing extends SignerOptions {
  readonly value: string;
  readonly timed: boolean;
}

djangoTest("Signer and TimestampSigner", {
  "the two sign the same bytes": (django) =>
    agree({
      count: 2500,
      make: makeSigning,
      ask: (inputs) => django.all<string>("sign", inputs, { now: NOW }),
      check: (input, answer) => assertEquals(sign(input), answer.value),
    }),

  "each reads what the other has signed, with an older key too": (django) =>
    agree({
      count: 4000,
      make: (random) => ({ signing: makeSigning(random), rotated: random.chance(0.3) }),
      async ask(inputs) {
        const [keys, older] = [{ now: NOW }, { now: NOW, settings: { SECRET_KEY: OLDER_KEY } }];
        const signings = inputs.map(({ signing }) => signing);
        const [fresh, rotated] = [await django.all("sign", signings, keys), await django.all("sign", signings, older)];
        const texts = inputs.map(({ signing, rotated }) => ({
          ...signing,
          text: sign(signing, new KeyRing(rotated ? OLDER_KEY : KEY)),
        }));
        const read = await django.all<string>("unsign", texts, keys);
        return inputs.map((input, i) => ({ text: (input.rotated ? rotated : fresh)[i]!.value, read: read[i]!.value }));
      },
      check({ signing, rotated }, { text, read }) {
        assertEquals(read, signing.value);
        const result = verify(signing, text, NOW);
        assertEquals(result.ok && [result.value, result.rotated], [signing.value, rotated]);
      },
    }),

  "what was damaged, is too old or was signed with a foreign key, neither side reads": (django) =>
    agree({
      count: 2500,
      make(random) {
        const signing = makeSigning(random);
        const isForeign = random.chance(0.2);
        const text = sign(signing, isForeign ? new KeyRing(FOREIGN_KEY) : KEYS);
        const damaged = random.chance(0.6) ? random.damaged(text) : text;
        const more = signing.timed ? { max_age: random.pick([0, 9.5, 10, 10.5, 11, 3600]) } : {};
        return { ...signing, text: damaged, ...more };
      },
      ask: (inputs) => django.all<string>("unsign", inputs, { now: NOW + 10.5 }),
      check(input: Signing & { text: string; max_age?: number }, { value, error }) {
        const ours = verify(input, input.text, NOW + 10.5, input.max_age);
        if (error === undefined) assertEquals(ours.ok && ours.value, value);
        else assertRefused(ours, error, input.text, input.sep ?? ":");
      },
    }),

  "a separator is refused by both, or by neither": (django) =>
    agree({
      count: 1500,
      make: (random) => ({ sep: random.text(3, ANY) + random.pick(["", "", "\n", "A", "_", "=", "^", "."]) }),
      ask: (inputs) => django.all<string>("sign", inputs.map(({ sep }) => ({ sep, value: "v" }))),
      check({ sep }, { error }) {
        let refused = false;
        try {
          new Signer(KEYS, { sep });
        } catch {
          refused = true;
        }
        assertEquals(refused, error === "ValueError");
      },
    }),

  "what is no well-formed text is signed by neither": async (django) => {
    for (const [value, timed] of [["\ud800", false], ["a\udfffb", false], ["\ud800", true]] as const) {
      assertEquals((await django.all("sign", [{ value, timed }]))[0]!.error, "UnicodeEncodeError");
      assertEquals(refusal(() => sign({ value, timed })), "TypeError");
    }
  },

  "where we differ: what is stamped more than a minute in the future is refused": async (django) => {
    const text = sign({ value: "v", timed: true });
    const ask = (now: number) => django.all("unsign", [{ timed: true, text, max_age: 10 }], { now });
    for (const early of [0, 60, 61, 86_400]) assertEquals(await ask(NOW - early), [{ value: "v" }]);
    assertEquals(verify({ timed: true }, text, NOW - 60).ok, true);
    assertEquals(verify({ timed: true }, text, NOW - 61), { ok: false, reason: "from the future" });
  },

  "where we differ: what was signed without a time is malformed as a text with one, and an exception to Django": async (
    django,
  ) => {
    const salt = "shared";
    const cases: [value: string, error: string | undefined][] = [
      ["no time", "ValueError"],
      ["v:", "IndexError"],
      ["v:é", "ValueError"],
      ["v:1r 31eq", "ValueError"],
      // The epoch, as Django reads it.
      ["v:-", undefined],
    ];
    for (const [value, error] of cases) {
      const text = sign({ value, timed: false, salt });
      const [answer] = await django.all("unsign", [{ timed: true, text, salt, max_age: 2e9 }], { now: NOW }) as [
        Answer<string>,
      ];
      assertEquals(answer.error, error, value);
      assertEquals(verify({ timed: true, salt }, text, NOW), { ok: false, reason: "malformed" });
    }
  },
});

function makeSigning(random: Random): Signing {
  return {
    value: random.text(40) + (random.chance(0.1) ? random.pick([":", "::", ":1r31eq", ":-1"]) : ""),
    timed: random.chance(0.5),
    ...(random.chance(0.7) && { salt: random.text(12) }),
    ...(random.chance(0.3) && { sep: random.pick(["/", "::", ".", "|", "é", "☃", "😀", " ", "a.b", "\n."]) }),
    ...(random.chance(0.3) && { algorithm: random.pick(["sha1", "sha256", "sha384", "sha512"] as const) }),
  };
}

function sign({ value, timed, ...options }: Signing, keys = KEYS): string {
  return timed ? new TimestampSigner(keys, options).sign(value, { at: NOW }) : new Signer(keys, options).sign(value);
}

function verify(
  { timed, salt, sep, algorithm }: Omit<Signing, "value">,
  text: string,
  now: number,
  maxAge?: number,
): ReturnType<Signer["verify"]> {
  const options = { ...(salt && { salt }), ...(sep && { sep }), ...(algorithm && { algorithm }) };
  if (!timed) return new Signer(KEYS, options).verify(text);
  return at(now, () => new TimestampSigner(KEYS, options).verify(text, maxAge === undefined ? {} : { maxAge }));
}

function refusal(ask: () => unknown): string | undefined {
  try {
    ask();
  } catch (error) {
    return (error as Error).name;
  }
}
