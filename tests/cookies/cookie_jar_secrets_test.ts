import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Cookie } from "../../cookies/cookie.ts";
import { CookieJar } from "../../cookies/cookie_jar.ts";
import type { CookieEvent } from "../../cookies/cookie_jar_options.ts";
import { KeyRing } from "../../cookies/key_ring.ts";
import { Sealer } from "../../cookies/sealer.ts";
import { TimestampSigner } from "../../cookies/timestamp_signer.ts";
import { fakeKey, keys, time, vectors } from "./_vectors.ts";

const [name, name2] = vectors.set_signed_cookie as [string, string];
const cookieKeys = keys.withPrefix("django.http.cookies");
const oldKey = fakeKey("old");
const newKey = fakeKey("new");

Deno.test("CookieJar.setSigned() writes what Django's set_signed_cookie writes", () => {
  using _time = new FakeTime(time);
  const jar = new CookieJar(null, { keys });
  const bare = { secure: false, httpOnly: false };
  jar.setSigned("name", "hello", bare);
  jar.setSigned("name2", "hello", { salt: "extra", maxAge: 60, ...bare });
  // Django sets no SameSite by itself.
  assertEquals(written(jar), [
    name.replace("; Path=/", "; Path=/; SameSite=Lax"),
    name2.replace("; Path=/", "; Path=/; SameSite=Lax"),
  ]);
});

Deno.test("CookieJar.getSigned() reads what Django's set_signed_cookie writes", () => {
  const jar = new CookieJar(`${pair(name)}; ${pair(name2)}`, { keys });
  assertEquals(jar.getSigned("name"), "hello");
  assertEquals(jar.getSigned("name2", { salt: "extra" }), "hello");
});

Deno.test("CookieJar signs with the salt that Django has since 5.2.15", () => {
  const jar = new CookieJar(null, { keys });
  jar.setSigned("name", "hello", { salt: "extra" });
  assertEquals(new TimestampSigner(cookieKeys, { salt: vectors["cookie salt"] }).unsign(jar.get("name")!), "hello");
});

Deno.test("CookieJar.getSigned() answers undefined for another salt, another name, and what is not signed", () => {
  const signed = pair(name2).slice("name2=".length);
  const jar = new CookieJar(`name2=${signed}; other=${signed}; plain=hello; empty=`, { keys });
  assertEquals(jar.getSigned("name2", { salt: "extra" }), "hello");
  assertEquals(jar.getSigned("name2"), undefined);
  assertEquals(jar.getSigned("name2", { salt: "Extra" }), undefined);
  assertEquals(jar.getSigned("other", { salt: "extra" }), undefined);
  assertEquals(jar.getSigned("plain"), undefined);
  assertEquals(jar.getSigned("empty"), undefined);
  assertEquals(jar.getSigned("none"), undefined);
});

Deno.test("CookieJar.getSigned() takes an age up to maxAge", () => {
  using _time = new FakeTime(time + 10_000);
  const jar = new CookieJar(pair(name), { keys });
  assertEquals(jar.getSigned("name", { maxAge: 10 }), "hello");
  assertEquals(jar.getSigned("name", { maxAge: 9 }), undefined);
  assertThrows(() => jar.getSigned("name", { maxAge: NaN }), RangeError);
});

Deno.test("CookieJar.getSigned() takes the maxAge of a Cookie for the greatest age, unless another is given", () => {
  using _time = new FakeTime(time + 61_000);
  const jar = new CookieJar(pair(name), { keys });
  const cookie = new Cookie("name", { maxAge: 60 });
  assertEquals(jar.getSigned(cookie), undefined);
  assertEquals(jar.getSigned(cookie, { maxAge: 61 }), "hello");
  assertEquals(jar.getSigned("name"), "hello");
});

// Joined without their lengths, name "a" with salt "bc" and name "ab" with salt "c" share one signature (CVE-2026-6873).
// A copied cookie knows no `expires`, and the browser's clock proves nothing.
Deno.test("CookieJar.getSigned() takes the expires of a Cookie for the end, unless a maxAge is given", () => {
  using clock = new FakeTime(time);
  const offer = new Cookie("offer", { expires: new Date(time + 60_000) });
  const before = new CookieJar(null, { keys });
  before.setSigned(offer, "half price");
  const cookie = pair(written(before)[0]!);
  clock.now = time + 59_999;
  assertEquals(new CookieJar(cookie, { keys }).getSigned(offer), "half price");
  clock.now = time + 60_000;
  const events: CookieEvent[] = [];
  const jar = new CookieJar(cookie, { keys, onEvent: (event) => events.push(event) });
  assertEquals(jar.getSigned(offer), undefined);
  assertEquals(events, []);
  assertEquals(jar.getSigned(offer, { maxAge: 3600 }), "half price");
  assertEquals(jar.getSigned("offer"), "half price");
});

Deno.test("CookieJar.setSigned() takes texts only", () => {
  const jar = new CookieJar(null, { keys });
  for (const value of [undefined, null, 42, ["v"]] as unknown as string[]) {
    assertThrows(() => jar.setSigned("a", value), TypeError, "must be a text");
  }
  assertEquals(jar.changed, false);
});

Deno.test("CookieJar.getSigned() keeps name and salt apart", () => {
  const jar = new CookieJar(null, { keys });
  jar.setSigned("a", "admin", { salt: "bc" });
  const signed = jar.get("a")!;
  const attacked = new CookieJar(`ab=${signed}; abc=${signed}`, { keys });
  assertEquals(attacked.getSigned("ab", { salt: "c" }), undefined);
  assertEquals(attacked.getSigned("abc"), undefined);
  // Neither can a salt be written that contains a length and passes for another.
  jar.setSigned("b", "admin", { salt: "0:" });
  assertEquals(new CookieJar(`x=${jar.get("b")}`, { keys }).getSigned("x", { salt: "" }), undefined);
});

Deno.test("CookieJar counts the salt in code points, as Python does", () => {
  const jar = new CookieJar(null, { keys });
  jar.setSigned("k", "v", { salt: "😀" });
  const signer = new TimestampSigner(cookieKeys, { salt: "django.http.cookies.v2:1:😀k" });
  assertEquals(signer.unsign(jar.get("k")!), "v");
});

Deno.test("CookieJar.getSigned() reads the salt of Django before 5.2.15 only when asked", () => {
  using _time = new FakeTime(time);
  const legacy = new TimestampSigner(cookieKeys, { salt: "nameextra" }).sign("hello");
  const jar = new CookieJar(`name=${legacy}; ${pair(name2)}`, { keys });
  assertEquals(jar.getSigned("name", { salt: "extra" }), undefined);
  assertEquals(jar.getSigned("name", { salt: "extra", legacySalt: true }), "hello");
  assertEquals(jar.getSigned("name", { salt: "other", legacySalt: true }), undefined);
  assertEquals(jar.getSigned("name2", { salt: "extra", legacySalt: true }), "hello");
});

Deno.test("CookieJar.setSigned() and getSigned() work within one request", () => {
  const jar = new CookieJar("user=forged", { keys });
  jar.setSigned("user", "ada");
  assertEquals(jar.getSigned("user"), "ada");
  jar.delete("user");
  assertEquals(jar.getSigned("user"), undefined);
});

Deno.test("CookieJar.setSigned() carries values that need quoting through a browser", () => {
  const jar = new CookieJar(null, { keys });
  jar.setSigned("k", 'a b;c,"é"\r\n');
  assertEquals(new CookieJar(pair(written(jar)[0]!), { keys }).getSigned("k"), 'a b;c,"é"\r\n');
});

Deno.test("CookieJar.setSealed() and getSealed() carry JSON that nobody else can read", () => {
  const value = { user: "ada", rôles: ["☃", null, 1.5] };
  const jar = new CookieJar(null, { keys });
  jar.setSealed("k", value);
  const line = written(jar)[0]!;
  assertEquals(/^k=[A-Za-z0-9_-]+; HttpOnly; Path=\/; SameSite=Lax; Secure$/.test(line), true);
  assertEquals(new CookieJar(pair(line), { keys }).getSealed<typeof value>("k"), value);
  assertEquals(jar.getSealed("k"), value);
});

Deno.test("CookieJar.getSealed() answers undefined for another name, another ring, and what is not sealed", () => {
  const jar = new CookieJar(null, { keys });
  jar.setSealed("k", 1);
  const sealed = jar.get("k");
  const attacked = new CookieJar(`other=${sealed}; plain=1; k=${sealed}`, { keys });
  assertEquals(attacked.getSealed("other"), undefined);
  assertEquals(attacked.getSealed("plain"), undefined);
  assertEquals(attacked.getSealed("none"), undefined);
  assertEquals(new CookieJar(`k=${sealed}`, { keys: new KeyRing(fakeKey("b")) }).getSealed("k"), undefined);
  assertEquals(attacked.getSealed("k"), 1);
});

Deno.test("CookieJar.getSealed() ends with the cookie's maxAge or expires, whatever the browser does", () => {
  using clock = new FakeTime(time);
  const jar = new CookieJar(null, { keys });
  jar.setSealed("a", 1, { maxAge: 60 });
  jar.setSealed(new Cookie("b", { maxAge: 60 }), 1);
  jar.setSealed("c", 1, { expires: new Date(time + 60_000) });
  jar.setSealed("d", 1);
  clock.now = time + 59_000;
  assertEquals([jar.getSealed("a"), jar.getSealed("b"), jar.getSealed("c"), jar.getSealed("d")], [1, 1, 1, 1]);
  assertEquals(jar.getSealed("d", { maxAge: 58 }), undefined);
  clock.now = time + 60_000;
  assertEquals([jar.getSealed("a"), jar.getSealed("b"), jar.getSealed("c")], [undefined, undefined, undefined]);
  assertEquals(jar.getSealed("d"), 1);
});

Deno.test("CookieJar.setSealed() refuses what JSON can't carry, and what is too long for a cookie", () => {
  const jar = new CookieJar(null, { keys });
  assertThrows(
    () => jar.setSealed("k", { at: new Date(0) }),
    TypeError,
    'Cannot write the value of cookie "k".at as JSON',
  );
  assertThrows(() => jar.setSealed("k", undefined), TypeError);
  assertThrows(() => jar.setSealed("k", "x".repeat(4000)), RangeError, "at most 4096 bytes");
});

Deno.test("CookieJar asks for keys where they are needed, and says where to give them", () => {
  const jar = new CookieJar("k=v");
  const text = 'Cannot sign or seal cookie "k" as there are no keys: give them with pipeline({ keys: [...] })';
  assertThrows(() => jar.getSigned("k"), TypeError, text);
  assertThrows(() => jar.setSigned("k", "v"), TypeError, text);
  assertThrows(() => jar.getSealed("k"), TypeError, text);
  assertThrows(() => jar.setSealed("k", "v"), TypeError, text);
  // A cookie that is not there is no reason to stay silent: the mistake would be found by the first visitor who has one.
  assertThrows(() => jar.getSigned("none"), TypeError);
});

Deno.test("CookieJar sets again under the first key what an old key signed, with its time and for the rest of its life", () => {
  using clock = new FakeTime(time);
  const user = new Cookie("user", { maxAge: 600 });
  const before = new CookieJar(null, { keys: new KeyRing(oldKey) });
  before.setSigned(user, "ada", { salt: "s" });
  const cookie = pair(written(before)[0]!);
  clock.now = time + 100_500;

  const events: CookieEvent[] = [];
  const jar = new CookieJar(cookie, { keys: new KeyRing([newKey, oldKey]), onEvent: (event) => events.push(event) });
  assertEquals(jar.getSigned(user, { salt: "s" }), "ada");
  assertEquals(events, [{
    name: "cookie.reissued",
    cookie: "user",
    message: 'Cookie "user" was made anew with the first key',
  }]);
  const [line] = written(jar) as [string];
  assertEquals(line.includes("; Max-Age=500; "), true);
  assertNotEquals(pair(line), cookie);

  const after = new CookieJar(pair(line), { keys: new KeyRing(newKey) });
  assertEquals(after.getSigned("user", { salt: "s" }), "ada");
  assertEquals(after.getSigned("user", { salt: "s", maxAge: 100 }), undefined);
  assertEquals(after.getSigned("user", { salt: "s", maxAge: 101 }), "ada");
});

Deno.test("CookieJar sets again under the first key what an old key sealed, with its times", () => {
  using clock = new FakeTime(time);
  const cart = new Cookie("cart", { maxAge: 600 });
  const before = new CookieJar(null, { keys: new KeyRing(oldKey) });
  before.setSealed(cart, ["book"]);
  clock.now = time + 100_000;
  const jar = new CookieJar(pair(written(before)[0]!), { keys: new KeyRing([newKey, oldKey]) });
  assertEquals(jar.getSealed(cart), ["book"]);
  const [line] = written(jar) as [string];
  assertEquals(line.includes("; Max-Age=500; "), true);

  clock.now = time + 599_000;
  const after = new CookieJar(pair(line), { keys: new KeyRing(newKey) });
  assertEquals(after.getSealed(cart), ["book"]);
  clock.now = time + 600_000;
  assertEquals(after.getSealed(cart), undefined);
});

Deno.test("CookieJar sets again what was sealed with another maxAge than that of its Cookie for the rest of that", () => {
  using clock = new FakeTime(time);
  const cart = new Cookie("cart", { maxAge: 600 });
  const before = new CookieJar(null, { keys: new KeyRing(oldKey) });
  before.setSealed(cart, ["book"], { maxAge: 60 });
  clock.now = time + 20_000;
  const jar = new CookieJar(pair(written(before)[0]!), { keys: new KeyRing([newKey, oldKey]) });
  assertEquals(jar.getSealed(cart), ["book"]);
  assertEquals(written(jar)[0]!.includes("; Max-Age=40; "), true);
});

Deno.test("CookieJar keeps the time of sealing of what it sets again, also of what has no end", () => {
  using clock = new FakeTime(time);
  const note = new Cookie("note");
  const before = new CookieJar(null, { keys: new KeyRing(oldKey) });
  before.setSealed(note, "hello");
  clock.now = time + 100_000;
  const jar = new CookieJar(pair(written(before)[0]!), { keys: new KeyRing([newKey, oldKey]) });
  assertEquals(jar.getSealed(note), "hello");
  const after = new CookieJar(pair(written(jar)[0]!), { keys: new KeyRing(newKey) });
  assertEquals(after.getSealed(note, { maxAge: 99 }), undefined);
  assertEquals(after.getSealed(note, { maxAge: 100 }), "hello");
});

Deno.test("CookieJar sets nothing again that is read twice, was made with the first key, or is known by its name only", () => {
  const session = new Cookie("a");
  const before = new CookieJar(null, { keys: new KeyRing(oldKey) });
  before.setSigned(session, "1");
  const cookie = pair(written(before)[0]!);

  const twice = new CookieJar(cookie, { keys: new KeyRing([newKey, oldKey]) });
  assertEquals([twice.getSigned(session), twice.getSigned(session)], ["1", "1"]);
  assertEquals(written(twice).length, 1);
  assertEquals(twice.getSigned(session), "1");
  assertEquals(written(twice).length, 0);

  const current = new CookieJar(cookie, { keys: new KeyRing([oldKey, newKey]) });
  assertEquals(current.getSigned(session), "1");
  assertEquals(current.changed, false);

  const closed = new CookieJar(cookie, { keys: new KeyRing([newKey, oldKey]) });
  closed.close();
  assertEquals(closed.getSigned(session), "1");
  assertEquals(closed.changed, false);

  const byName = new CookieJar(cookie, { keys: new KeyRing([newKey, oldKey]) });
  assertEquals(byName.getSigned("a"), "1");
  assertEquals(byName.changed, false);
});

Deno.test("CookieJar sets nothing again that has reached its end", () => {
  using clock = new FakeTime(time);
  const before = new CookieJar(null, { keys: new KeyRing(oldKey) });
  const aged = new Cookie("a", { maxAge: 10 });
  const dated = new Cookie("b", { expires: new Date(time + 10_000) });
  before.setSigned(aged, "1");
  before.setSigned(dated, "1");
  const cookies = written(before).map(pair).join("; ");
  clock.now = time + 10_000;
  const jar = new CookieJar(cookies, { keys: new KeyRing([newKey, oldKey]) });
  assertEquals(jar.getSigned(aged, { maxAge: 60 }), "1");
  assertEquals(jar.getSigned(dated, { maxAge: 60 }), "1");
  assertEquals(jar.changed, false);
});

// Django writes cookies of any length, and a client that is no browser keeps them.
Deno.test("CookieJar reads what an old key signed and is too long to be set again, and leaves it as it is", () => {
  const salt = "django.http.cookies.v2:0:a";
  const old = new TimestampSigner(new KeyRing(oldKey).withPrefix("django.http.cookies"), { salt });
  for (const value of ["v".repeat(5000), "\xe9".repeat(1200)]) {
    const events: CookieEvent[] = [];
    const jar = new CookieJar(`a=${old.sign(value)}`, {
      keys: new KeyRing([newKey, oldKey]),
      onEvent: (event) => events.push(event),
    });
    assertEquals(jar.getSigned(new Cookie("a")), value);
    assertEquals(jar.changed, false);
    assertEquals(events, []);
  }
});

// The clock of the machine that set the cookie may be ahead, so that more than 400 days seem left.
Deno.test("CookieJar sets again what was set by a machine whose clock is ahead", () => {
  using _time = new FakeTime(time);
  const longest = new Cookie("a", { maxAge: 400 * 24 * 60 * 60 });
  const salt = "django.http.cookies.v2:0:a";
  const ahead = new TimestampSigner(new KeyRing(oldKey).withPrefix("django.http.cookies"), { salt });
  const jar = new CookieJar(`a=${ahead.sign("1", { at: vectors.time + 30 })}`, { keys: new KeyRing([newKey, oldKey]) });
  assertEquals(jar.getSigned(longest), "1");
  assertEquals(written(jar)[0]!.includes("; Max-Age=34560000; "), true);
});

Deno.test("CookieJar reports forged cookies with the reason and without the value, and old ones not", () => {
  using _time = new FakeTime(time);
  const events: CookieEvent[] = [];
  const signer = new TimestampSigner(cookieKeys, { salt: "django.http.cookies.v2:0:future" });
  const future = signer.sign("v", { at: vectors.time + 3600 });
  const sealed = new Sealer(keys, { purpose: "another" }).seal("secret");
  const old = new TimestampSigner(cookieKeys, { salt: "django.http.cookies.v2:0:old" }).sign("v", { at: 0 });
  const jar = new CookieJar(`plain=v; forged=v:1r31eq:AAAA; future=${future}; sealed=${sealed}; old=${old}`, {
    keys,
    onEvent: (event) => events.push(event),
  });
  assertEquals(jar.getSigned("plain"), undefined);
  assertEquals(jar.getSigned("forged"), undefined);
  assertEquals(jar.getSigned("future"), undefined);
  assertEquals(jar.getSealed("sealed"), undefined);
  assertEquals(jar.getSigned("old", { maxAge: 60 }), undefined);
  assertEquals(jar.getSigned("old", { maxAge: 60, legacySalt: true }), undefined);
  assertEquals(jar.getSigned("none"), undefined);
  assertEquals(events, [
    { name: "cookie.bad_signature", cookie: "plain", message: 'Cookie "plain" was refused: malformed' },
    { name: "cookie.bad_signature", cookie: "forged", message: 'Cookie "forged" was refused: bad signature' },
    { name: "cookie.bad_signature", cookie: "future", message: 'Cookie "future" was refused: from the future' },
    { name: "cookie.bad_signature", cookie: "sealed", message: 'Cookie "sealed" was refused: bad signature' },
  ]);
});

function written(jar: CookieJar): string[] {
  const headers = new Headers();
  jar.applyTo(headers);
  return headers.getSetCookie();
}

function pair(line: string): string {
  return line.split("; ")[0]!;
}
