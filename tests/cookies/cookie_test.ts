import { assert, assertEquals, assertNotStrictEquals, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Cookie } from "../../cookies/cookie.ts";
import type { CookieAttributes } from "../../cookies/cookie_attributes.ts";
import { time } from "./_vectors.ts";

Deno.test("Cookie has the safe attributes unless others are said", () => {
  const cookie = new Cookie("k");
  assertEquals(cookie.name, "k");
  assertEquals(cookie.attributes, { path: "/", secure: true, httpOnly: true, sameSite: "Lax" });
  assertEquals(cookie.serialize("v"), "k=v; HttpOnly; Path=/; SameSite=Lax; Secure");
});

Deno.test("Cookie takes each weakening by its name", () => {
  const cookie = new Cookie("k", { httpOnly: false, secure: false, path: null, sameSite: "Strict" });
  assertEquals(cookie.serialize("v"), "k=v; SameSite=Strict");
});

Deno.test("Cookie takes undefined for something not said, in whatever way it came there", () => {
  const attributes = { secure: undefined, httpOnly: undefined, sameSite: undefined, path: undefined };
  const cookie = new Cookie("k", attributes as unknown as CookieAttributes);
  assertEquals(cookie.serialize("v"), "k=v; HttpOnly; Path=/; SameSite=Lax; Secure");
});

Deno.test("Cookie sets and deletes with the same attributes", () => {
  const cookie = new Cookie("k", { domain: "a.example", path: "/p", maxAge: 60, partitioned: true });
  assertEquals(
    cookie.serializeDeletion(),
    'k=""; Domain=a.example; expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Partitioned; Path=/p; ' +
      "SameSite=Lax; Secure",
  );
});

Deno.test("Cookie is refused when it is made, not when it is set", () => {
  assertThrows(() => new Cookie("k k"), TypeError);
  assertThrows(() => new Cookie("__Host-k", { secure: false }), TypeError);
  assertThrows(() => new Cookie("__Host-k", { path: "/p" }), TypeError);
  assertThrows(() => new Cookie("__Http-k", { httpOnly: false }), TypeError);
  assertThrows(() => new Cookie("k", { maxAge: NaN }), TypeError);
  assertThrows(() => new Cookie("k", { sameSite: "None", secure: false }), TypeError);
});

Deno.test("Cookie refuses a value that is too long, and one a header cannot carry", () => {
  const cookie = new Cookie("k");
  assertThrows(() => cookie.serialize("v".repeat(4096)), RangeError);
  assertThrows(() => cookie.serialize("☃"), TypeError);
});

Deno.test("Cookie can't be changed afterwards", () => {
  const given = { maxAge: 60, expires: undefined };
  const cookie = new Cookie("k", given as unknown as CookieAttributes);
  given.maxAge = 1;
  assertEquals(cookie.attributes.maxAge, 60);
  assert(Object.isFrozen(cookie.attributes));
});

Deno.test("Cookie keeps its own copy of expires", () => {
  using _time = new FakeTime(time);
  const expires = new Date(time + 60_000);
  const cookie = new Cookie("k", { expires });
  expires.setTime(0);
  assertEquals(cookie.attributes.expires?.getTime(), time + 60_000);
  assertEquals(cookie.serialize("v").includes("Max-Age=60;"), true);
});

// One Cookie serves all requests: what one of them does with the date must not reach the others.
Deno.test("Cookie gives its expires away as a copy", () => {
  using _time = new FakeTime(time);
  const cookie = new Cookie("k", { expires: new Date(time + 60_000) });
  cookie.attributes.expires?.setTime(NaN);
  assertEquals(cookie.attributes.expires?.getTime(), time + 60_000);
  assertEquals(cookie.serialize("v").includes("Max-Age=60;"), true);
  assertEquals(cookie.with({ path: "/p" }).attributes.expires?.getTime(), time + 60_000);
});

Deno.test("Cookie.with() answers another cookie and leaves this one", () => {
  const cookie = new Cookie("k", { maxAge: 60, path: "/p" });
  const longer = cookie.with({ maxAge: 120 });
  assertNotStrictEquals(longer, cookie);
  assertEquals(longer.attributes.maxAge, 120);
  assertEquals(longer.attributes.path, "/p");
  assertEquals(cookie.attributes.maxAge, 60);
});

Deno.test("Cookie.with() lets maxAge replace expires and the reverse", () => {
  using _time = new FakeTime(time);
  const dated = new Cookie("k", { expires: new Date(time + 60_000) });
  assertEquals(dated.with({ maxAge: 5 }).attributes.expires, undefined);
  assertEquals(dated.with({ path: "/p" }).attributes.expires?.getTime(), time + 60_000);
  const aged = new Cookie("k", { maxAge: 60 });
  assertEquals(aged.with({ expires: new Date(time) }).attributes.maxAge, undefined);
});

Deno.test("Cookie.with() checks the result", () => {
  assertThrows(() => new Cookie("__Host-k").with({ path: "/p" }), TypeError);
});
