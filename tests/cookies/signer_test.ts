import { assertEquals, assertThrows } from "@std/assert";
import { KeyRing } from "../../cookies/key_ring.ts";
import { Sealer } from "../../cookies/sealer.ts";
import { loads } from "../../cookies/signed_objects.ts";
import { Signer } from "../../cookies/signer.ts";
import { TimestampSigner } from "../../cookies/timestamp_signer.ts";
import { fakeKey, keys, vectors } from "./_vectors.ts";

Deno.test("Signer.sign() writes what Django writes", () => {
  const signer = new Signer(keys);
  for (const [value, signed] of Object.entries(vectors["Signer.sign"])) assertEquals(signer.sign(value), signed);
});

Deno.test("Signer.unsign() reads what Django writes", () => {
  const signer = new Signer(keys);
  for (const [value, signed] of Object.entries(vectors["Signer.sign"])) assertEquals(signer.unsign(signed), value);
});

Deno.test("Signer has Django's default salt", () => {
  assertEquals(new Signer(keys, { salt: vectors["Signer.salt"] }).sign("hello"), new Signer(keys).sign("hello"));
});

Deno.test("Signer takes an empty salt for the default, as Django does", () => {
  assertEquals(new Signer(keys, { salt: "" }).sign("hello"), new Signer(keys).sign("hello"));
});

Deno.test("Signer takes another salt, separator and algorithm", () => {
  const signer = new Signer(keys, { sep: "/", salt: "x", algorithm: "sha512" });
  const signed = vectors["Signer(sep='/',salt='x',sha512)"];
  assertEquals(signer.sign("hello"), signed);
  assertEquals(signer.unsign(signed), "hello");
});

Deno.test("Signer.unsign() takes the last separator for its own", () => {
  const signer = new Signer(keys);
  assertEquals(signer.unsign(signer.sign("a:b:")), "a:b:");
  assertEquals(signer.unsign(signer.sign(":")), ":");
});

Deno.test("Signer takes separators of several characters, also where they overlap the value", () => {
  for (const sep of ["::", ":-:", ":a", "a:", "-:-", "☃", ".", "\n:"]) {
    const signer = new Signer(keys, { sep });
    for (const value of ["", "v", sep, sep + sep, ":", "a", "-", ":-", "a:a"]) {
      assertEquals(signer.unsign(signer.sign(value)), value, JSON.stringify([sep, value]));
    }
  }
});

Deno.test("Signer refuses a separator that could be part of a signature, by Django's rule", () => {
  for (const sep of ["", "-", "_", "=", "a", "Z9", "aB-_=", "[", "\\", "]", "^", "`"]) {
    assertThrows(
      () => new Signer(keys, { sep }),
      TypeError,
      'Cannot create Signer as "sep" must have a character other',
    );
  }
});

Deno.test("Signer.verify() says why a text is refused", () => {
  const signer = new Signer(keys);
  assertEquals(signer.verify("no separator"), { ok: false, reason: "malformed" });
  assertEquals(signer.verify(""), { ok: false, reason: "malformed" });
  assertEquals(signer.verify("hello:"), { ok: false, reason: "bad signature" });
  assertEquals(signer.verify(":"), { ok: false, reason: "bad signature" });
  assertEquals(signer.verify("hello:AAAA"), { ok: false, reason: "bad signature" });
  assertEquals(signer.verify(undefined as unknown as string), { ok: false, reason: "malformed" });
  assertEquals(signer.verify(42 as unknown as string), { ok: false, reason: "malformed" });
  assertEquals(signer.verify(["a:b"] as unknown as string), { ok: false, reason: "malformed" });
});

Deno.test("Signer.unsign() refuses a separator too many or too few", () => {
  const signer = new Signer(keys);
  const [value, signature] = signer.sign("hello").split(":") as [string, string];
  assertEquals(signer.unsign(`${value}::${signature}`), undefined);
  assertEquals(signer.unsign(`:${value}:${signature}`), undefined);
  assertEquals(signer.unsign(`${value}:${signature}:`), undefined);
  assertEquals(signer.unsign(`${value}${signature}`), undefined);
});

Deno.test("Signer.unsign() takes the signature exactly as it is written", () => {
  const signer = new Signer(keys);
  const signed = signer.sign("hello");
  assertEquals(signer.unsign(signed + "="), undefined);
  assertEquals(signer.unsign(signed + " "), undefined);
  assertEquals(signer.unsign(signed + "\n"), undefined);
  assertEquals(signer.unsign(signed.slice(0, -1)), undefined);
  assertEquals(signer.unsign(signed.replaceAll("-", "+").replaceAll("_", "/") + "="), undefined);
});

// 32 bytes leave two bits of the 43rd character without meaning: a decoder takes four texts for the same bytes.
Deno.test("Signer.unsign() refuses the three other texts that decode to the same signature", () => {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const signer = new Signer(keys);
  const signed = signer.sign("hello");
  const last = alphabet.indexOf(signed.at(-1)!);
  let same = 0;
  for (let spare = 1; spare < 4; spare++) {
    const twin = signed.slice(0, -1) + alphabet[last ^ spare];
    if (atobUrl(twin.split(":")[1]!) === atobUrl(signed.split(":")[1]!)) same++;
    assertEquals(signer.unsign(twin), undefined);
  }
  assertEquals(same, 3);
});

Deno.test("Signer.unsign() refuses every text that differs by a single bit", () => {
  const signer = new Signer(keys);
  const signed = signer.sign("hello ☃ é");
  for (let index = 0; index < signed.length; index++) {
    for (let bit = 0; bit < 16; bit++) {
      const unit = String.fromCharCode(signed.charCodeAt(index) ^ (1 << bit));
      assertEquals(signer.unsign(signed.slice(0, index) + unit + signed.slice(index + 1)), undefined);
    }
  }
});

Deno.test("Signer.unsign() refuses a signature in look-alike characters of the same length", () => {
  const signer = new Signer(keys);
  const signed = signer.sign("hello");
  const wide = signed.replace(/[A-Za-z]$|[0-9]$/, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0));
  assertEquals(signer.unsign(wide), undefined);
  // The unit 0x0141 has the low byte of "A".
  assertEquals(
    signer.unsign(signed.slice(0, -1) + String.fromCharCode(0x100 + signed.charCodeAt(signed.length - 1))),
    undefined,
  );
});

Deno.test("Signer.unsign() reads what every key of the ring signed, and says whether it was an old one", () => {
  const [old, current] = [fakeKey("old"), fakeKey("current")];
  const signed = new Signer(new KeyRing(old)).sign("v");
  assertEquals(new Signer(new KeyRing([current, old])).verify(signed), { ok: true, value: "v", rotated: true });
  assertEquals(new Signer(new KeyRing([old, current])).verify(signed), { ok: true, value: "v", rotated: false });
  assertEquals(new Signer(new KeyRing(current)).unsign(signed), undefined);
});

Deno.test("Signer.sign() signs with the first key", () => {
  const [old, current] = [fakeKey("old"), fakeKey("current")];
  const signed = new Signer(new KeyRing([current, old])).sign("v");
  assertEquals(new Signer(new KeyRing(current)).unsign(signed), "v");
  assertEquals(new Signer(new KeyRing(old)).unsign(signed), undefined);
});

Deno.test("Signer.unsign() refuses what was signed with another salt", () => {
  const signed = new Signer(keys, { salt: "a" }).sign("v");
  assertEquals(new Signer(keys, { salt: "b" }).unsign(signed), undefined);
  assertEquals(new Signer(keys, { salt: "" }).unsign(signed), undefined);
});

// UTF-8 has no form for a lone surrogate: every one becomes U+FFFD, so that one signature would hold for many texts.
Deno.test("Signer refuses texts with lone surrogates, which UTF-8 would bring together", () => {
  const signer = new Signer(keys);
  assertThrows(
    () => signer.sign("\ud800"),
    TypeError,
    "Cannot sign the value as it must be a text without lone surrogates",
  );
  const signature = signer.sign("\ufffd").slice(2);
  assertEquals(signer.unsign(`\ufffd:${signature}`), "\ufffd");
  assertEquals(signer.verify(`\ud800:${signature}`), { ok: false, reason: "malformed" });
});

Deno.test("Signer does not bring differently composed letters together", () => {
  const signer = new Signer(keys);
  const signed = signer.sign("caf\u00e9");
  assertEquals(signer.unsign(signed.normalize("NFD")), undefined);
});

Deno.test("Signer and Sealer take a KeyRing, and say so to whoever passes the keys themselves", () => {
  for (
    const [given, received] of [["a".repeat(40), "string"], [["a"], "object"], [undefined, "undefined"], [null, "null"]]
  ) {
    const refused = `as keys must be a KeyRing, such as new KeyRing(keys): received ${received}`;
    const ring = given as unknown as KeyRing;
    assertThrows(() => new Signer(ring), TypeError, `Cannot create Signer ${refused}`);
    assertThrows(() => new TimestampSigner(ring), TypeError, `Cannot create Signer ${refused}`);
    assertThrows(() => loads("", ring), TypeError, `Cannot create Signer ${refused}`);
    assertThrows(() => new Sealer(ring, { purpose: "draft" }), TypeError, `Cannot create Sealer ${refused}`);
  }
});

Deno.test("Signer.sign() takes texts only", () => {
  assertThrows(() => new Signer(keys).sign(5 as unknown as string), TypeError);
  assertThrows(() => new Signer(keys).sign(undefined as unknown as string), TypeError);
});

function atobUrl(text: string): string {
  return atob(text.replaceAll("-", "+").replaceAll("_", "/"));
}
