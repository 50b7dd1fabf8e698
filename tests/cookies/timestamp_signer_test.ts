import { assertEquals, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { KeyRing } from "../../cookies/key_ring.ts";
import { Signer } from "../../cookies/signer.ts";
import { TimestampSigner } from "../../cookies/timestamp_signer.ts";
import { fakeKey, keys, time, vectors } from "./_vectors.ts";

const salt = vectors["TimestampSigner.salt"];

Deno.test("TimestampSigner.sign() writes what Django writes", () => {
  using _time = new FakeTime(time);
  const signer = new TimestampSigner(keys);
  for (const [value, signed] of Object.entries(vectors["TimestampSigner.sign"])) {
    assertEquals(signer.sign(value), signed);
  }
});

Deno.test("TimestampSigner.unsign() reads what Django writes", () => {
  const signer = new TimestampSigner(keys);
  for (const [value, signed] of Object.entries(vectors["TimestampSigner.sign"])) {
    assertEquals(signer.unsign(signed), value);
  }
});

Deno.test("TimestampSigner has Django's default salt, also for an empty one", () => {
  using _time = new FakeTime(time);
  assertEquals(new TimestampSigner(keys, { salt }).sign("hello"), new TimestampSigner(keys).sign("hello"));
  assertEquals(new TimestampSigner(keys, { salt: "" }).sign("hello"), new TimestampSigner(keys).sign("hello"));
});

Deno.test("TimestampSigner writes and reads what Django's get_cookie_signer does", () => {
  using _time = new FakeTime(time);
  const { salt, sign } = vectors.get_cookie_signer;
  const signer = new TimestampSigner(keys.withPrefix("django.http.cookies"), { salt });
  assertEquals(signer.sign("hello"), sign);
  assertEquals(signer.unsign(sign), "hello");
});

Deno.test("TimestampSigner.verify() says when it was signed, in seconds", () => {
  using _time = new FakeTime(time + 999);
  const signer = new TimestampSigner(keys);
  assertEquals(signer.verify(signer.sign("v")), { ok: true, value: "v", rotated: false, signedAt: 1_700_000_000 });
});

Deno.test("TimestampSigner.sign() stamps with another time if asked", () => {
  using _time = new FakeTime(time);
  const signer = new TimestampSigner(keys);
  const result = signer.verify(signer.sign("v", { at: 1_600_000_000 }));
  assertEquals(result.ok && result.signedAt, 1_600_000_000);
  assertThrows(() => signer.sign("v", { at: 1.5 }), RangeError);
  assertThrows(() => signer.sign("v", { at: NaN }), RangeError);
});

Deno.test("TimestampSigner.sign() takes texts only", () => {
  const signer = new TimestampSigner(keys);
  for (const value of [undefined, null, 42, {}, ["v"], "\ud800"] as unknown as string[]) {
    assertThrows(() => signer.sign(value), TypeError, "must be a text without lone surrogates");
  }
});

Deno.test("TimestampSigner.unsign() takes an age up to maxAge, counted with fractions as Django does", () => {
  using clock = new FakeTime(time);
  const signer = new TimestampSigner(keys);
  const signed = signer.sign("v");
  clock.now = time + 10_000;
  assertEquals(signer.unsign(signed, { maxAge: 10 }), "v");
  clock.now = time + 10_001;
  assertEquals(signer.verify(signed, { maxAge: 10 }), { ok: false, reason: "expired" });
  assertEquals(signer.unsign(signed, { maxAge: 10.5 }), "v");
  assertEquals(signer.unsign(signed), "v");
  assertEquals(signer.unsign(signed, { maxAge: 0 }), undefined);
  assertEquals(signer.unsign(signed, { maxAge: -1 }), undefined);
});

// Django takes it: with a key that leaked once, a signature could be made that never expires.
Deno.test("TimestampSigner differs from Django: a stamp from the future is refused", () => {
  using clock = new FakeTime(time);
  const signer = new TimestampSigner(keys);
  const signed = signer.sign("v", { at: vectors.time + 61 });
  assertEquals(signer.verify(signed), { ok: false, reason: "from the future" });
  assertEquals(signer.unsign(signed, { maxAge: 3600 }), undefined);
  clock.now = time + 1000;
  assertEquals(signer.unsign(signed), "v");
  assertEquals(signer.unsign(signed, { maxAge: 0 }), "v");
});

Deno.test("TimestampSigner takes another clock skew", () => {
  using _time = new FakeTime(time);
  const signed = new TimestampSigner(keys).sign("v", { at: vectors.time + 10 });
  assertEquals(new TimestampSigner(keys, { clockSkew: 9 }).unsign(signed), undefined);
  assertEquals(new TimestampSigner(keys, { clockSkew: 10 }).unsign(signed), "v");
  assertEquals(new TimestampSigner(keys, { clockSkew: Infinity }).unsign(signed), "v");
  assertThrows(
    () => new TimestampSigner(keys, { clockSkew: -1 }),
    RangeError,
    '"clockSkew" must be >= 0 seconds: received -1',
  );
  assertThrows(() => new TimestampSigner(keys, { clockSkew: NaN }), RangeError);
});

// Django raises a ValueError that nobody expects.
Deno.test("TimestampSigner differs from Django: a genuine signature over a malformed time is refused like any other", () => {
  const signer = new TimestampSigner(keys);
  const plain = new Signer(keys, { salt });
  assertEquals(signer.verify(plain.sign("v")), { ok: false, reason: "malformed" });
  assertEquals(signer.verify(plain.sign("v:")), { ok: false, reason: "malformed" });
  assertEquals(signer.verify(plain.sign("v:*")), { ok: false, reason: "malformed" });
  assertEquals(signer.verify(plain.sign("v:-")), { ok: false, reason: "malformed" });
  assertEquals(signer.verify(plain.sign("v:zzzzzzzzzzzz")), { ok: false, reason: "malformed" });
  assertEquals(signer.verify(""), { ok: false, reason: "malformed" });
});

Deno.test("TimestampSigner.verify() says that a forged text is forged, not that it is too old", () => {
  using _time = new FakeTime(time);
  const signer = new TimestampSigner(keys);
  const [value, , signature] = signer.sign("v").split(":");
  assertEquals(signer.verify(`${value}:0:${signature}`, { maxAge: 1 }), { ok: false, reason: "bad signature" });
});

Deno.test("TimestampSigner reads old times, before 1970 too", () => {
  const signer = new TimestampSigner(keys);
  assertEquals(signer.unsign(signer.sign("v", { at: -1 })), "v");
  assertEquals(signer.unsign(signer.sign("v", { at: -1 }), { maxAge: 10 }), undefined);
});

// An age is never greater than NaN, so that NaN would let everything pass.
Deno.test("TimestampSigner.unsign() refuses a maxAge that is not a finite number", () => {
  const signer = new TimestampSigner(keys);
  const signed = signer.sign("v");
  assertThrows(
    () => signer.unsign(signed, { maxAge: NaN }),
    RangeError,
    '"maxAge" must be a finite number of seconds: received NaN',
  );
  assertThrows(() => signer.unsign(signed, { maxAge: Infinity }), RangeError);
  assertThrows(() => signer.unsign(signed, { maxAge: "10" as unknown as number }), RangeError);
});

Deno.test("TimestampSigner says whether an old key signed", () => {
  using _time = new FakeTime(time);
  const [old, current] = [fakeKey("old"), fakeKey("current")];
  const signed = new TimestampSigner(new KeyRing(old)).sign("v");
  const result = new TimestampSigner(new KeyRing([current, old])).verify(signed);
  assertEquals(result, { ok: true, value: "v", rotated: true, signedAt: vectors.time });
});

// The last text is what Django 5.2.19 wrote with the key and at the time of the vectors.
Deno.test("TimestampSigner takes a text with separators in it", () => {
  using _time = new FakeTime(time);
  const signer = new TimestampSigner(keys);
  for (const value of ["a:b", ":", "::1r31eq:", "a:1r31eq:b"]) assertEquals(signer.unsign(signer.sign(value)), value);
  assertEquals(signer.sign("a:b:c"), "a:b:c:1r31eq:m_9WjXulLT1mt_8OCE1nSZt0ywtvFds5MobWtIXNWug");
});

Deno.test("TimestampSigner takes another separator, between all three parts", () => {
  using _time = new FakeTime(time);
  const signer = new TimestampSigner(keys, { sep: "." });
  const signed = signer.sign("a:b");
  assertEquals(signed.startsWith("a:b.1r31eq."), true);
  assertEquals(signer.unsign(signed), "a:b");
  assertThrows(() => new TimestampSigner(keys, { sep: "-" }), TypeError);
});

Deno.test("TimestampSigner.unsign() refuses every text that differs by a single bit", () => {
  const signer = new TimestampSigner(keys);
  const signed = signer.sign("hello");
  for (let index = 0; index < signed.length; index++) {
    for (let bit = 0; bit < 16; bit++) {
      const unit = String.fromCharCode(signed.charCodeAt(index) ^ (1 << bit));
      assertEquals(signer.unsign(signed.slice(0, index) + unit + signed.slice(index + 1)), undefined);
    }
  }
});

// "v:1r31eq" signed by a Signer must not pass for "v" signed at that time, nor the reverse.
Deno.test("TimestampSigner and Signer do not read each other's texts by default", () => {
  using _time = new FakeTime(time);
  assertEquals(new TimestampSigner(keys).unsign(new Signer(keys).sign("v:1r31eq")), undefined);
  assertEquals(new Signer(keys).unsign(new TimestampSigner(keys).sign("v")), undefined);
});
