import { assert, assertEquals, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { deflateSync } from "node:zlib";
import { KeyRing } from "../../cookies/key_ring.ts";
import { decodeObject, dumps, encodeObject, loads, verifyObject } from "../../cookies/signed_objects.ts";
import { Signer } from "../../cookies/signer.ts";
import { TimestampSigner } from "../../cookies/timestamp_signer.ts";
import { fakeKey, keys, time, vectors } from "./_vectors.ts";

const object = { a: 1, b: [1, 2, null, true], c: "☃", d: 1.5 };
const range = Array.from({ length: 19 }, (_, index) => index + 1);

Deno.test("dumps() writes what Django writes", () => {
  using _time = new FakeTime(time);
  assertEquals(dumps("hello", keys), vectors.dumps.hello);
  assertEquals(dumps(object, keys), vectors.dumps.obj);
  assertEquals(dumps("ab", keys, { compress: true }), vectors.dumps["no-gain compress"]);
});

Deno.test("loads() reads what Django writes", () => {
  assertEquals(loads(vectors.dumps.hello, keys), "hello");
  assertEquals(loads(vectors.dumps.obj, keys), object);
  assertEquals(loads(vectors.dumps["range compress"], keys), range);
  assertEquals(loads(vectors.dumps["no-gain compress"], keys), "ab");
});

// The bytes of zlib may differ from CPython's: the signature covers the text, whatever stream it is.
Deno.test("dumps() compresses what gets shorter, and loads() reads it", () => {
  const text = dumps(range, keys, { compress: true });
  assert(text.startsWith("."));
  assert(text.length < dumps(range, keys).length);
  assertEquals(loads(text, keys), range);
});

Deno.test("encodeObject() compresses only what gets shorter by more than the dot in front, as Django does", () => {
  const value = "abcdefghijklmnopqrstuvwxxxxxxxxxxx";
  assertEquals(deflateSync(JSON.stringify(value)).length, JSON.stringify(value).length - 1);
  assertEquals(encodeObject(value, { compress: true }), encodeObject(value));
  assert(encodeObject(value + "xx", { compress: true }).startsWith("."));
});

Deno.test("dumps() and loads() serve Django's sessions in the database", () => {
  using _time = new FakeTime(time);
  const salt = vectors["db key_salt"];
  assertEquals(salt, vectors["file key_salt"]);
  assertEquals(salt, vectors["cached_db key_salt"]);
  assertEquals(dumps({ a: 1, user: "bob" }, keys, { salt, compress: true }), vectors["db encode {a:1,user:bob}"]);
  assertEquals(dumps({}, keys, { salt, compress: true }), vectors["db encode {}"]);
  assertEquals(dumps({ a: 1 }, keys, { salt, compress: true }), vectors["file encode {a:1}"]);
  assertEquals(loads(vectors["db encode {k:x*200}"], keys, { salt }), { k: "x".repeat(200) });
});

Deno.test("dumps() and loads() serve Django's sessions in signed cookies", () => {
  using _time = new FakeTime(time);
  const salt = "django.contrib.sessions.backends.signed_cookies";
  const text = vectors["signed_cookies session_key {a:1,user:bob}"];
  assertEquals(dumps({ a: 1, user: "bob" }, keys, { salt, compress: true }), text);
  assertEquals(loads(vectors["signed_cookies session_key {k:x*200}"], keys, { salt, maxAge: 60 }), {
    k: "x".repeat(200),
  });
});

Deno.test("dumps() and loads() serve Django's messages cookie", () => {
  using _time = new FakeTime(time);
  const cookieKeys = keys.withPrefix("django.http.cookies");
  const salt = "django.contrib.messages";
  assertEquals(loads(vectors["messages cookie"], cookieKeys, { salt }), [
    ["__json_message", 0, 20, "hello"],
    ["__json_message", 1, 40, "<b>x</b>", "a b"],
    ["__json_message", 0, 25, "☃", ""],
  ]);
  assertEquals(dumps([], cookieKeys, { salt, compress: true }), vectors["messages cookie empty"]);
});

Deno.test("encodeObject() with a Signer is Django's sign_object", () => {
  const signer = new Signer(keys);
  assertEquals(signer.sign(encodeObject({ message: "hello" })), vectors["sign_object Signer"]);
  assertEquals(decodeObject(signer.unsign(vectors["sign_object Signer"])!), { message: "hello" });
});

Deno.test("loads() gives back what JSON carries", () => {
  const values = [null, true, "", "\0\ud800😀", 0, -1.5, 2 ** 53, [], {}, [[[]]], { "": { "a b": [null] } }];
  for (const value of values) {
    assertEquals(loads(dumps(value, keys), keys), value);
    assertEquals(loads(dumps(value, keys, { compress: true }), keys), value);
  }
});

Deno.test("loads() takes an age up to maxAge", () => {
  using clock = new FakeTime(time);
  const text = dumps("v", keys);
  clock.now = time + 10_000;
  assertEquals(loads(text, keys, { maxAge: 10 }), "v");
  assertEquals(loads(text, keys, { maxAge: 9 }), undefined);
  assertThrows(() => loads(text, keys, { maxAge: NaN }), RangeError);
});

Deno.test("dumps() stamps with another time if asked", () => {
  const result = verifyObject(dumps("v", keys, { at: 1_600_000_000 }), keys);
  assertEquals(result, { ok: true, value: "v", rotated: false, signedAt: 1_600_000_000 });
});

Deno.test("verifyObject() says why a text is refused, and whether an old key signed it", () => {
  const [old, current] = [fakeKey("old"), fakeKey("current")];
  const text = dumps("v", new KeyRing(old));
  const result = verifyObject(text, new KeyRing([current, old]));
  assertEquals(result.ok && result.rotated, true);
  assertEquals(verifyObject(text, new KeyRing(current)), { ok: false, reason: "bad signature" });
  assertEquals(verifyObject("", keys), { ok: false, reason: "malformed" });
  assertEquals(verifyObject(dumps("v", keys, { at: 0 }), keys, { maxAge: 1 }), { ok: false, reason: "expired" });
});

Deno.test("loads() refuses what was written with another salt", () => {
  const text = dumps("v", keys, { salt: "a" });
  assertEquals(loads(text, keys, { salt: "b" }), undefined);
  assertEquals(loads(text, keys), undefined);
});

Deno.test("loads() refuses a genuine signature over what is not JSON", () => {
  const signer = new TimestampSigner(keys, { salt: "django.core.signing" });
  const sign = (bytes: string) =>
    signer.sign(btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""));
  assertEquals(loads(sign('"v"'), keys), "v");
  assertEquals(verifyObject(sign("{"), keys), { ok: false, reason: "malformed" });
  assertEquals(loads(sign("NaN"), keys), undefined);
  assertEquals(loads(sign('"\xff"'), keys), undefined);
  assertEquals(loads(signer.sign(""), keys), undefined);
  assertEquals(loads(signer.sign("."), keys), undefined);
  assertEquals(loads(signer.sign(".AAAA"), keys), undefined);
  assertEquals(loads(signer.sign("***"), keys), undefined);
});

Deno.test("decodeObject() takes base64url exactly as it is written", () => {
  assertEquals(decodeObject("IkEi"), "A");
  assertEquals(decodeObject("IkEi\n"), undefined);
  assertEquals(decodeObject(" IkEi"), undefined);
  assertEquals(decodeObject("e30"), {});
  assertEquals(decodeObject("e30="), undefined);
  assertEquals(decodeObject("e31"), undefined);
  assertEquals(decodeObject("e3+"), undefined);
});

Deno.test("decodeObject() refuses what inflates to more than 4 MiB", () => {
  const bomb = deflateSync(new TextEncoder().encode(`"${"x".repeat(50_000_000)}"`));
  assert(bomb.length < 100_000);
  assertEquals(decodeObject("." + bomb.toString("base64url")), undefined);
});

Deno.test("encodeObject() leaves uncompressed what decodeObject() would refuse to inflate", () => {
  const long = "x".repeat(4 * 1024 * 1024);
  const text = encodeObject(long, { compress: true });
  assertEquals(text.startsWith("."), false);
  assertEquals(decodeObject(text), long);
  const fitting = encodeObject(long.slice(2), { compress: true });
  assertEquals(fitting.startsWith("."), true);
  assertEquals(decodeObject(fitting), long.slice(2));
});

Deno.test("dumps() refuses what JSON can't carry", () => {
  assertThrows(() => dumps(undefined, keys), TypeError, "Cannot write value as JSON");
  assertThrows(() => dumps({ at: new Date(0) }, keys), TypeError, "value.at");
});
