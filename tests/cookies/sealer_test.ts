import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { KeyRing } from "../../cookies/key_ring.ts";
import { Sealer } from "../../cookies/sealer.ts";
import { fakeKey, keys, time, vectors } from "./_vectors.ts";

const sealer = new Sealer(keys, { purpose: "tests" });

Deno.test("Sealer.unseal() gives back what was sealed", () => {
  for (const text of ["", "hello", "é☃😀\0", "\ufeffmark", "x".repeat(100_000)]) {
    assertEquals(sealer.unseal(sealer.seal(text)), text);
  }
});

Deno.test("Sealer.seal() writes base64url without padding, 53 bytes beside the text", () => {
  assertEquals(/^[A-Za-z0-9_-]{71}$/.test(sealer.seal("")), true);
  assertEquals(sealer.seal("x".repeat(30)).length, Math.ceil((53 + 30) * 4 / 3));
});

// Computed by another implementation (Python's `cryptography`): HKDF of key and purpose, XAES-256-GCM with the nonce
// 00 01 … 17, the version and "letter" as what is bound. If this fails, what is sealed in browsers can't be opened any more.
Deno.test("Sealer.unseal() opens what another implementation of the format sealed", () => {
  using _time = new FakeTime(time);
  const drafts = new Sealer(new KeyRing(fakeKey("current")), { purpose: "draft" });
  const sealed = "AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxiZYf4-c296h_WzHlinPJeIQqK3Q2G35WZ8jYi1C0dyiY-WIyVsAcU";
  assertEquals(drafts.verify(sealed, { name: "letter" }), {
    ok: true,
    value: "Dear Ada ☃",
    rotated: false,
    signedAt: vectors.time,
    expiresAt: vectors.time + 3600,
  });
});

Deno.test("Sealer.seal() never writes the same twice, and nothing that can be read", () => {
  const [one, two] = [sealer.seal("hello hello hello"), sealer.seal("hello hello hello")];
  assertNotEquals(one, two);
  // Beyond the version they have no more in common than chance gives.
  assertNotEquals(one.slice(2, 34), two.slice(2, 34));
  assertNotEquals(one.slice(34), two.slice(34));
  assertEquals(atob(one.replaceAll("-", "+").replaceAll("_", "/")).includes("hello"), false);
});

Deno.test("Sealer.verify() says when and until when", () => {
  using _time = new FakeTime(time + 999);
  assertEquals(sealer.verify(sealer.seal("v")), { ok: true, value: "v", rotated: false, signedAt: vectors.time });
  assertEquals(sealer.verify(sealer.seal("v", { maxAge: 60.9 })), {
    ok: true,
    value: "v",
    rotated: false,
    signedAt: vectors.time,
    expiresAt: vectors.time + 60,
  });
});

Deno.test("Sealer.unseal() refuses what has ended, whatever the reader asks", () => {
  using clock = new FakeTime(time);
  const sealed = sealer.seal("v", { maxAge: 60 });
  clock.now = time + 59_999;
  assertEquals(sealer.unseal(sealed), "v");
  clock.now = time + 60_000;
  assertEquals(sealer.verify(sealed), { ok: false, reason: "expired" });
  assertEquals(sealer.unseal(sealed, { maxAge: 3600 }), undefined);
});

Deno.test("Sealer.unseal() takes an age up to maxAge", () => {
  using clock = new FakeTime(time);
  const sealed = sealer.seal("v");
  clock.now = time + 10_000;
  assertEquals(sealer.unseal(sealed, { maxAge: 10 }), "v");
  assertEquals(sealer.verify(sealed, { maxAge: 9 }), { ok: false, reason: "expired" });
  assertThrows(() => sealer.unseal(sealed, { maxAge: NaN }), RangeError);
});

Deno.test("Sealer.unseal() refuses what is from the future", () => {
  using _time = new FakeTime(time);
  assertEquals(sealer.unseal(sealer.seal("v", { at: vectors.time + 60 })), "v");
  assertEquals(sealer.verify(sealer.seal("v", { at: vectors.time + 61 })), { ok: false, reason: "from the future" });
});

Deno.test("Sealer.unseal() refuses another name", () => {
  const sealed = sealer.seal("v", { name: "user" });
  assertEquals(sealer.unseal(sealed, { name: "user" }), "v");
  assertEquals(sealer.verify(sealed, { name: "role" }), { ok: false, reason: "bad signature" });
  assertEquals(sealer.unseal(sealed, { name: "User" }), undefined);
  assertEquals(sealer.unseal(sealed), undefined);
});

Deno.test("Sealer.unseal() refuses another purpose", () => {
  const sealed = sealer.seal("v");
  assertEquals(new Sealer(keys, { purpose: "other" }).unseal(sealed), undefined);
  assertEquals(new Sealer(keys.withPrefix("p"), { purpose: "tests" }).unseal(sealed), undefined);
});

Deno.test("Sealer opens with every key of the ring, and seals with the first", () => {
  const [old, current] = [fakeKey("old"), fakeKey("current")];
  const sealed = new Sealer(new KeyRing(old), { purpose: "tests" }).seal("v");
  const both = new Sealer(new KeyRing([current, old]), { purpose: "tests" });
  const result = both.verify(sealed);
  assertEquals(result.ok && result.rotated, true);
  assertEquals(new Sealer(new KeyRing(current), { purpose: "tests" }).unseal(sealed), undefined);
  assertEquals(new Sealer(new KeyRing(current), { purpose: "tests" }).unseal(both.seal("v")), "v");
});

Deno.test("Sealer.unseal() refuses every text that differs by a single bit", () => {
  const sealed = sealer.seal("hello");
  for (let index = 0; index < sealed.length; index++) {
    for (let bit = 0; bit < 16; bit++) {
      const unit = String.fromCharCode(sealed.charCodeAt(index) ^ (1 << bit));
      assertEquals(sealer.unseal(sealed.slice(0, index) + unit + sealed.slice(index + 1)), undefined);
    }
  }
});

// 53 bytes leave two bits of the last character without meaning, and a decoder passes over much.
Deno.test("Sealer.unseal() takes the text exactly as it is written", () => {
  const sealed = sealer.seal("");
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  for (let spare = 1; spare < 4; spare++) {
    const last = alphabet[alphabet.indexOf(sealed.at(-1)!) ^ spare];
    assertEquals(sealer.unseal(sealed.slice(0, -1) + last), undefined);
  }
  assertEquals(sealer.unseal(sealed + "="), undefined);
  assertEquals(sealer.unseal(sealed + "\n"), undefined);
  assertEquals(sealer.unseal(" " + sealed), undefined);
  assertEquals(sealer.unseal(sealed.slice(0, 10) + "\n" + sealed.slice(10)), undefined);
});

Deno.test("Sealer.verify() says that what has not the form is malformed", () => {
  for (const text of ["", "A", "AQ", "***", "AQAA".repeat(13), "AgAA".repeat(30), "☃".repeat(80)]) {
    assertEquals(sealer.verify(text), { ok: false, reason: "malformed" }, text);
  }
  assertEquals(sealer.verify(undefined as unknown as string), { ok: false, reason: "malformed" });
  assertEquals(sealer.verify("AQAA".repeat(30)), { ok: false, reason: "bad signature" });
});

Deno.test("Sealer refuses texts and names that UTF-8 would change", () => {
  assertThrows(
    () => sealer.seal("\ud800"),
    TypeError,
    "Cannot seal as the text must be a text without lone surrogates",
  );
  assertThrows(() => sealer.seal("v", { name: "\ud800" }), TypeError, "the name must be");
  assertThrows(() => sealer.unseal("v", { name: "\ud800" }), TypeError);
  assertThrows(() => sealer.seal(5 as unknown as string), TypeError);
});

Deno.test("Sealer refuses times that are none", () => {
  assertThrows(() => sealer.seal("v", { maxAge: NaN }), RangeError, '"maxAge" must be a number of seconds in reach');
  assertThrows(() => sealer.seal("v", { maxAge: Infinity }), RangeError);
  assertThrows(() => sealer.seal("v", { at: -1 }), RangeError, '"at"');
  assertThrows(() => sealer.seal("v", { at: 1.5 }), RangeError);
});

Deno.test("Sealer refuses to be made without a purpose, or with an impossible clock skew", () => {
  assertThrows(() => new Sealer(keys, { purpose: "" }), TypeError, '"purpose" must say what is sealed');
  assertThrows(() => new Sealer(keys, { purpose: "a", clockSkew: NaN }), RangeError);
});
