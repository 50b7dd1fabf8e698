// Nothing that a visitor can send makes a reader throw, and nothing verifies but what was signed. The inputs are drawn
// from a seed, so that a failure can be repeated.
import { assert, assertEquals } from "@std/assert";
import { decodeBase62 } from "../../cookies/base62.ts";
import { Cookie } from "../../cookies/cookie.ts";
import { CookieJar } from "../../cookies/cookie_jar.ts";
import { KeyRing } from "../../cookies/key_ring.ts";
import { parseCookies } from "../../cookies/parse_cookies.ts";
import { Sealer } from "../../cookies/sealer.ts";
import { decodeObject, dumps, loads, verifyObject } from "../../cookies/signed_objects.ts";
import { Signer } from "../../cookies/signer.ts";
import { TimestampSigner } from "../../cookies/timestamp_signer.ts";
import { fakeKey } from "./_vectors.ts";

const INPUTS = 200_000;
const keys = new KeyRing(fakeKey("current"));
const twoKeys = new KeyRing([fakeKey("current"), fakeKey("old")]);
const signer = new Signer(keys);
const timestampSigner = new TimestampSigner(twoKeys);
const sealer = new Sealer(keys, { purpose: "tests" });
const signedCookie = new Cookie("__Host-s");
const sealedCookie = new Cookie("e");

Deno.test("no reader throws, and no mutant verifies, over 200 000 seeded inputs", () => {
  const random = generator(20260801);
  const genuine = genuineTexts();
  const known = new Set(genuine);
  const seen = { verified: 0, mutants: 0 };
  for (let round = 0; round < INPUTS; round++) {
    const input = round % 4 === 0 ? randomText(random) : mutant(random, genuine);
    if (!known.has(input)) seen.mutants++;
    const description = `round ${round}: ${JSON.stringify(input)}`;
    try {
      if (readAll(input, known, description)) seen.verified++;
    } catch (error) {
      throw new Error(`A reader threw in ${description}`, { cause: error });
    }
  }
  // Mutation leaves a genuine text as it is now and then: the readers were not simply refusing everything.
  assert(seen.verified > 100, `verified ${seen.verified}`);
  assert(seen.mutants > INPUTS * 0.9, `mutants ${seen.mutants}`);
});

Deno.test("the genuine texts behind the mutants verify", () => {
  for (const text of genuineTexts()) assert(readAll(text, new Set([text]), text), text);
});

Deno.test("readers take what is not even a text for malformed", () => {
  for (const input of [undefined, null, 1, {}, [], ["a:b:c"], Symbol("s"), () => 1] as unknown as string[]) {
    assertEquals(signer.verify(input), { ok: false, reason: "malformed" });
    assertEquals(timestampSigner.verify(input), { ok: false, reason: "malformed" });
    assertEquals(verifyObject(input, keys), { ok: false, reason: "malformed" });
    assertEquals(sealer.verify(input), { ok: false, reason: "malformed" });
  }
});

Deno.test("readers take headers of 64 KiB of anything", () => {
  const random = generator(7);
  const alphabets = ["a", ":", ";", "=", '"', "\\", "\xff", "A:", "=;", '"\\0', "é☃", "\ud800"];
  for (const alphabet of alphabets) {
    const input = Array.from({ length: 65_536 }, () => alphabet[Math.floor(random() * alphabet.length)]).join("");
    assertEquals(readAll(input, new Set(), alphabet), false);
  }
});

/** Gives an input to every reader; answers whether one of them took it. */
function readAll(input: string, known: ReadonlySet<string>, description: string): boolean {
  let taken = false;
  const took = (result: unknown, text: string | undefined = input) => {
    if (result === undefined) return;
    assert(text !== undefined && known.has(text), `A text was taken that nobody signed: ${description}`);
    taken = true;
  };
  took(signer.unsign(input));
  took(timestampSigner.unsign(input, { maxAge: 3600 }));
  took(loads(input, keys));
  took(sealer.unseal(input, { name: "name" }));
  decodeObject(input);
  decodeBase62(input);
  for (const [name, value] of parseCookies(input)) assert(typeof name === "string" && typeof value === "string");
  const header = `__Host-s=${input}; e=${input}`;
  const jar = new CookieJar(header, { keys: twoKeys });
  const received = parseCookies(header);
  took(jar.getSigned(signedCookie), received.get("__Host-s"));
  took(jar.getSealed(sealedCookie), received.get("e"));
  jar.applyTo(new Headers());
  return taken;
}

function genuineTexts(): string[] {
  const old = new KeyRing(fakeKey("old"));
  const [jar, oldJar] = [new CookieJar(null, { keys }), new CookieJar(null, { keys: old })];
  for (const each of [jar, oldJar]) {
    each.setSigned(signedCookie, "ada");
    each.setSealed(sealedCookie, { user: "ada" });
  }
  return [
    signer.sign("hello"),
    signer.sign(""),
    signer.sign("a:b"),
    timestampSigner.sign("hello"),
    new TimestampSigner(old).sign("é"),
    dumps({ a: [1, "☃"] }, keys),
    dumps("x".repeat(200), keys, { compress: true }),
    sealer.seal("hello", { name: "name" }),
    sealer.seal("", { name: "name", maxAge: 3600 }),
    jar.get("__Host-s")!,
    jar.get("e")!,
    oldJar.get("__Host-s")!,
    oldJar.get("e")!,
  ];
}

const ALPHABETS = [
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
  "abc:;=,. \t\"'\\%/&?#[]{}()<>@!$*+|~^`_-0123456789",
  "\0\x01\x07\b\t\n\v\f\r\x1b\x1f\x7f\x80\x85\xa0\xad\xff\u2028\ufeff\ufffd\uffff",
  "é☃ıſK\u0301\u200d\ud83d\ude00\ud800\udfff",
  ":",
];

function randomText(random: () => number): string {
  const alphabet = ALPHABETS[Math.floor(random() * ALPHABETS.length)]!;
  const length = Math.floor(random() * random() * 120);
  let text = "";
  for (let index = 0; index < length; index++) text += anyOf(random, alphabet);
  return text;
}

function mutant(random: () => number, genuine: readonly string[]): string {
  let text = genuine[Math.floor(random() * genuine.length)]!;
  for (let count = Math.floor(random() * 3); count >= 0; count--) {
    const at = Math.floor(random() * (text.length + 1));
    const [before, after] = [text.slice(0, at), text.slice(at)];
    switch (Math.floor(random() * 10)) {
      case 0: // one bit
        text = before + String.fromCharCode(text.charCodeAt(at) ^ (1 << Math.floor(random() * 8))) + after.slice(1);
        break;
      case 1: // one character for another
        text = before + anyOf(random, ALPHABETS[Math.floor(random() * ALPHABETS.length)]!) + after.slice(1);
        break;
      case 2: // one character more
        text = before + anyOf(random, ALPHABETS[Math.floor(random() * ALPHABETS.length)]!) + after;
        break;
      case 3: // one character less
        text = before + after.slice(1);
        break;
      case 4: // cut off
        text = before;
        break;
      case 5: // the beginning of one, the end of another
        text = before + genuine[Math.floor(random() * genuine.length)]!.slice(at);
        break;
      case 6: // one behind another
        text = text + anyOf(random, ":.;= ") + genuine[Math.floor(random() * genuine.length)]!;
        break;
      case 7: // other letter case
        text = before + after.toUpperCase();
        break;
      case 8: // quoted, as a browser sends it back
        text = `"${text}"`;
        break;
      case 9: // padded
        text = anyOf(random, " \t=\u00a0\ufeff") + text + anyOf(random, " \t=\u00a0\n");
        break;
    }
  }
  return text;
}

function anyOf(random: () => number, text: string): string {
  return text[Math.floor(random() * text.length)]!;
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
