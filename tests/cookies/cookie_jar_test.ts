import { assertEquals, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Cookie } from "../../cookies/cookie.ts";
import { CookieJar } from "../../cookies/cookie_jar.ts";
import { assertLinear } from "../_growth.ts";
import { time } from "./_vectors.ts";

const END = "expires=Thu, 01 Jan 1970 00:00:00 GMT";

Deno.test("CookieJar.get() reads the cookies of the request", () => {
  const jar = new CookieJar('theme=dark; city="Z\\374rich"; empty=');
  assertEquals(jar.get("theme"), "dark");
  assertEquals(jar.get("city"), "Zürich");
  assertEquals(jar.get("empty"), "");
  assertEquals(jar.get("other"), undefined);
  assertEquals(jar.get(new Cookie("theme")), "dark");
});

Deno.test("CookieJar takes a request without cookies", () => {
  const jar = new CookieJar(null);
  assertEquals(jar.get("theme"), undefined);
  assertEquals(jar.names(), []);
});

Deno.test("CookieJar.has() tells an empty cookie from none", () => {
  const jar = new CookieJar("empty=");
  assertEquals(jar.has("empty"), true);
  assertEquals(jar.has("other"), false);
  assertEquals(jar.has(new Cookie("empty")), true);
});

Deno.test("CookieJar.set() writes a cookie with the safe attributes", () => {
  const jar = new CookieJar(null);
  jar.set("theme", "dark");
  assertEquals(written(jar), ["theme=dark; HttpOnly; Path=/; SameSite=Lax; Secure"]);
});

Deno.test("CookieJar.set() takes each weakening by its name", () => {
  const jar = new CookieJar(null);
  jar.set("theme", "dark", { httpOnly: false, secure: false, sameSite: "Strict", path: null });
  assertEquals(written(jar), ["theme=dark; SameSite=Strict"]);
});

Deno.test("CookieJar.set() takes the attributes of a Cookie, and those that differ this once", () => {
  using _time = new FakeTime(time);
  const theme = new Cookie("theme", { httpOnly: false, maxAge: 10 });
  const jar = new CookieJar(null);
  jar.set(theme, "dark");
  assertEquals(written(jar), [
    "theme=dark; expires=Tue, 14 Nov 2023 22:13:30 GMT; Max-Age=10; Path=/; SameSite=Lax; Secure",
  ]);
  jar.set(theme, "dark", { maxAge: 60 });
  assertEquals(written(jar), [
    "theme=dark; expires=Tue, 14 Nov 2023 22:14:20 GMT; Max-Age=60; Path=/; SameSite=Lax; Secure",
  ]);
  assertEquals(theme.attributes.maxAge, 10);
});

Deno.test("CookieJar.get() answers what was set earlier in the same request", () => {
  const jar = new CookieJar("theme=dark");
  jar.set("theme", "light");
  assertEquals(jar.get("theme"), "light");
  jar.delete("theme");
  assertEquals(jar.get("theme"), undefined);
  assertEquals(jar.has("theme"), false);
  jar.set("theme", "");
  assertEquals(jar.get("theme"), "");
});

Deno.test("CookieJar.names() lists what came, with what was set and without what was deleted", () => {
  const jar = new CookieJar("a=1; b=2");
  jar.set("c", "3");
  jar.delete("a");
  assertEquals(jar.names(), ["b", "c"]);
});

Deno.test("CookieJar.delete() by name writes what Django's delete_cookie writes", () => {
  const jar = new CookieJar("theme=dark");
  jar.delete("theme");
  assertEquals(written(jar), [`theme=""; ${END}; Max-Age=0; Path=/; SameSite=Lax`]);
  jar.delete("__Host-theme");
  assertEquals(written(jar), [`__Host-theme=""; ${END}; Max-Age=0; Path=/; SameSite=Lax; Secure`]);
  jar.delete("theme", { domain: "a.example", path: "/p" });
  assertEquals(written(jar), [`theme=""; Domain=a.example; ${END}; Max-Age=0; Path=/p; SameSite=Lax`]);
});

Deno.test("CookieJar.delete() of a Cookie names the same place as set()", () => {
  const cookie = new Cookie("k", { domain: "a.example", path: "/p", maxAge: 60 });
  const jar = new CookieJar(null);
  jar.delete(cookie);
  assertEquals(written(jar), [
    `k=""; Domain=a.example; ${END}; HttpOnly; Max-Age=0; Path=/p; SameSite=Lax; Secure`,
  ]);
});

Deno.test("CookieJar writes one line for each name, domain and path: the last", () => {
  const jar = new CookieJar(null);
  jar.set("a", "1");
  jar.set("b", "1");
  jar.set("a", "2");
  jar.set("a", "3", { path: "/p" });
  jar.set("a", "4", { domain: "a.example" });
  jar.set("a", "5", { domain: ".A.example" });
  jar.delete("b");
  assertEquals(written(jar), [
    "a=2; HttpOnly; Path=/; SameSite=Lax; Secure",
    `b=""; ${END}; Max-Age=0; Path=/; SameSite=Lax`,
    "a=3; HttpOnly; Path=/p; SameSite=Lax; Secure",
    "a=5; Domain=.A.example; HttpOnly; Path=/; SameSite=Lax; Secure",
  ]);
});

Deno.test("CookieJar keeps a cookie without a path apart from one for the whole site", () => {
  const jar = new CookieJar(null);
  jar.set("theme", "light", { path: null });
  jar.set("theme", "dark", { path: null });
  jar.delete("theme");
  jar.set("theme", "blue");
  assertEquals(jar.get("theme"), "blue");
  assertEquals(written(jar), [
    "theme=dark; HttpOnly; SameSite=Lax; Secure",
    "theme=blue; HttpOnly; Path=/; SameSite=Lax; Secure",
  ]);
});

Deno.test("CookieJar takes what is set after the lines were written, be it the second cookie or the same once more", () => {
  const jar = new CookieJar("theme=dark");
  jar.delete("theme");
  assertEquals(written(jar).length, 1);
  assertEquals([jar.changed, jar.has("theme"), jar.names()], [false, false, []]);
  jar.set("city", "Paris");
  assertEquals([jar.has("theme"), jar.names()], [false, ["city"]]);
  jar.set("theme", "light");
  assertEquals(written(jar).map((line) => line.split(";")[0]), ["city=Paris", "theme=light"]);
  assertEquals([jar.changed, jar.names()], [false, ["theme", "city"]]);
});

Deno.test("CookieJar deletes as many cookies as a header holds in time that grows with their number", async () => {
  const headerOf = (size: number) => Array.from({ length: size }, (_, index) => `c${index}=`).join("; ");
  await assertLinear(16_000, [headerOf], (header) => {
    const jar = new CookieJar(header);
    for (const name of jar.names()) jar.delete(name);
    assertEquals(jar.names(), []);
  });
});

// A browser keeps them apart, so that a site which moves to partitioned cookies deletes one and sets the other.
Deno.test("CookieJar writes a partitioned cookie beside one that is not", () => {
  const jar = new CookieJar(null);
  jar.delete("a");
  jar.set("a", "1", { partitioned: true });
  assertEquals(written(jar).length, 2);
});

Deno.test("CookieJar does not carry attributes over from an earlier set(), as Django does", () => {
  const jar = new CookieJar(null);
  jar.set("a", "1", { maxAge: 60, priority: "High" });
  jar.set("a", "2");
  assertEquals(written(jar), ["a=2; HttpOnly; Path=/; SameSite=Lax; Secure"]);
});

Deno.test("CookieJar.accessed says whether the response depends on a cookie of the request", () => {
  const jar = new CookieJar("a=1");
  jar.set("b", "1");
  jar.delete("c");
  assertEquals(jar.get("b"), "1");
  assertEquals(jar.get("c"), undefined);
  assertEquals(jar.accessed, false);
  // Also by one that is not there: with it the response might be another.
  assertEquals(jar.get("d"), undefined);
  assertEquals(jar.accessed, true);
});

Deno.test("CookieJar.accessed is true after has(), names() and a request without the header", () => {
  const asked = new CookieJar(null);
  asked.has("a");
  assertEquals(asked.accessed, true);
  const listed = new CookieJar("a=1");
  listed.names();
  assertEquals(listed.accessed, true);
});

Deno.test("CookieJar.changed says whether something is still to be written", () => {
  const jar = new CookieJar("a=1");
  assertEquals(jar.changed, false);
  jar.get("a");
  assertEquals(jar.changed, false);
  jar.set("a", "2");
  assertEquals(jar.changed, true);
  written(jar);
  assertEquals(jar.changed, false);
  jar.delete("a");
  assertEquals(jar.changed, true);
});

Deno.test("CookieJar.applyTo() writes each line once and keeps the lines that are there", () => {
  const jar = new CookieJar(null);
  const headers = new Headers({ "set-cookie": "theirs=1" });
  jar.set("a", "1");
  jar.applyTo(headers);
  jar.applyTo(headers);
  assertEquals(headers.getSetCookie(), ["theirs=1", "a=1; HttpOnly; Path=/; SameSite=Lax; Secure"]);
  jar.set("b", "1");
  jar.applyTo(headers);
  assertEquals(headers.getSetCookie().length, 3);
  assertEquals(jar.get("a"), "1");
});

Deno.test("CookieJar.close() makes setting an error, since the response has left, and reading goes on", () => {
  const jar = new CookieJar("a=1");
  jar.set("b", "1");
  assertEquals(written(jar).length, 1);
  jar.close();
  const text = 'Cannot write cookie "a" as the response has left: set cookies before it is returned';
  assertThrows(() => jar.set("a", "2"), Error, text);
  assertThrows(() => jar.delete("a"), Error, text);
  assertEquals(jar.get("a"), "1");
  assertEquals(jar.changed, false);
});

Deno.test("CookieJar.set() refuses what a browser would refuse, and leaves nothing behind", () => {
  const jar = new CookieJar(null);
  assertThrows(() => jar.set("k k", "v"), TypeError);
  assertThrows(() => jar.set("k", "☃"), TypeError, "characters above U+00FF");
  assertThrows(() => jar.set("k", "v".repeat(4096)), RangeError);
  assertThrows(() => jar.set("__Host-k", "v", { path: "/p" }), TypeError);
  assertThrows(() => jar.set("k", "v", { domain: "a; Secure" }), TypeError);
  assertThrows(() => jar.set("k", "v", { sameSite: "None", secure: false }), TypeError);
  assertThrows(() => jar.delete("__Host-k", { domain: "a.example" }), TypeError);
  assertEquals(jar.changed, false);
  assertEquals(jar.get("k"), undefined);
});

Deno.test("CookieJar keeps names such as __proto__ apart from the language", () => {
  const jar = new CookieJar("__proto__=1");
  assertEquals(jar.get("__proto__"), "1");
  assertEquals(jar.get("constructor"), undefined);
  assertEquals(jar.has("toString"), false);
  jar.set("constructor", "v");
  assertEquals(jar.get("constructor"), "v");
});

Deno.test("CookieJar.get() of a name with a prefix never takes the name without it, nor in another letter case", () => {
  const jar = new CookieJar("id=1; __host-id=2; __HOST-ID=3; \u00a0__Host-id=4; __Secure-id=5");
  assertEquals(jar.get("__Host-id"), undefined);
  assertEquals(jar.get(new Cookie("__Host-id")), undefined);
  assertEquals(jar.get("id"), "1");
});

function written(jar: CookieJar): string[] {
  const headers = new Headers();
  jar.applyTo(headers);
  return headers.getSetCookie();
}
