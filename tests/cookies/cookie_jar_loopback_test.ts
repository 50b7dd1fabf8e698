import { assertEquals, assertThrows } from "@std/assert";
import { Cookie } from "../../cookies/cookie.ts";
import { CookieJar } from "../../cookies/cookie_jar.ts";
import type { CookieEvent } from "../../cookies/cookie_jar_options.ts";
import { KeyRing } from "../../cookies/key_ring.ts";
import { fakeKey, keys } from "./_vectors.ts";

const END = "expires=Thu, 01 Jan 1970 00:00:00 GMT";
const loopback = () => true;

Deno.test("CookieJar leaves Secure and the prefix off on a loopback address, since Safari refuses them there", () => {
  const jar = new CookieJar(null, { loopback });
  jar.set("a", "1");
  jar.set("__Host-b", "1");
  jar.set("__Secure-c", "1");
  jar.set("__Http-d", "1");
  jar.set("__Host-Http-e", "1");
  jar.set("__host-f", "1");
  assertEquals(written(jar), [
    "a=1; HttpOnly; Path=/; SameSite=Lax",
    "b=1; HttpOnly; Path=/; SameSite=Lax",
    "c=1; HttpOnly; Path=/; SameSite=Lax",
    "d=1; HttpOnly; Path=/; SameSite=Lax",
    "e=1; HttpOnly; Path=/; SameSite=Lax",
    "f=1; HttpOnly; Path=/; SameSite=Lax",
  ]);
});

Deno.test("CookieJar leaves off what takes Secure on a loopback address", () => {
  const jar = new CookieJar(null, { loopback });
  jar.set("a", "1", { sameSite: "None", partitioned: true, domain: "localhost", path: "/p" });
  jar.set("b", "1", { sameSite: "Strict", secure: false });
  assertEquals(written(jar), [
    "a=1; Domain=localhost; HttpOnly; Path=/p; SameSite=Lax",
    "b=1; HttpOnly; Path=/; SameSite=Strict",
  ]);
});

Deno.test("CookieJar takes a prefix off as often as it is there, since what is left must not have one", () => {
  const jar = new CookieJar(null, { loopback });
  jar.set("__Secure-__Host-a", "1");
  assertEquals(written(jar), ["a=1; HttpOnly; Path=/; SameSite=Lax"]);
});

Deno.test("CookieJar deletes on a loopback address what it set there", () => {
  const jar = new CookieJar(null, { loopback });
  jar.delete("__Host-a");
  jar.delete(new Cookie("__Host-b"));
  jar.delete("c", { sameSite: "None" });
  assertEquals(written(jar), [
    `a=""; ${END}; Max-Age=0; Path=/; SameSite=Lax`,
    `b=""; ${END}; HttpOnly; Max-Age=0; Path=/; SameSite=Lax`,
    `c=""; ${END}; Max-Age=0; Path=/; SameSite=Lax`,
  ]);
});

// What is left of a name is on the wire only; it is the whole name that is checked.
Deno.test("CookieJar deletes on a loopback address a cookie whose name without the prefix is that of an attribute", () => {
  const jar = new CookieJar(null, { loopback });
  jar.set("__Host-path", "1");
  jar.delete("__Host-path");
  jar.delete(new Cookie("__Secure-version"));
  assertEquals(written(jar), [
    `path=""; ${END}; Max-Age=0; Path=/; SameSite=Lax`,
    `version=""; ${END}; HttpOnly; Max-Age=0; Path=/; SameSite=Lax`,
  ]);
});

Deno.test("CookieJar.delete() refuses on a loopback address what it refuses elsewhere", () => {
  for (const options of [{ loopback }, {}]) {
    const jar = new CookieJar(null, options);
    assertThrows(() => jar.delete("__Host-a", { path: "/p" }), TypeError, `'path: "/"' and no "domain"`);
    assertThrows(() => jar.delete("__Host-a", { domain: "localhost" }), TypeError, `'path: "/"' and no "domain"`);
    assertThrows(() => jar.delete("__Host-"), TypeError, "no name after the prefix");
    assertEquals(jar.changed, false);
  }
});

Deno.test("CookieJar reads on a loopback address what it set there", () => {
  const jar = new CookieJar("a=1; b=2", { loopback });
  assertEquals(jar.get("__Host-a"), "1");
  assertEquals(jar.get(new Cookie("__Secure-b")), "2");
  assertEquals(jar.has("__Host-c"), false);
  jar.set("__Host-c", "3");
  assertEquals(jar.get("__Host-c"), "3");
  assertEquals(jar.names(), ["a", "b", "c"]);
});

Deno.test("CookieJar signs and seals for the name with its prefix on a loopback address too", () => {
  const ring = new KeyRing(fakeKey("a"));
  const first = new CookieJar(null, { loopback, keys: ring });
  first.setSigned("__Host-a", "1");
  first.setSealed("__Host-b", [2]);
  const cookies = written(first).map((line) => line.split("; ")[0]).join("; ");
  const second = new CookieJar(cookies, { loopback, keys: ring });
  assertEquals(second.getSigned("__Host-a"), "1");
  assertEquals(second.getSealed("__Host-b"), [2]);
  assertEquals(second.getSigned("a"), undefined);
});

Deno.test("CookieJar keeps Secure and the prefix wherever the address is not a loopback one", () => {
  const jar = new CookieJar("a=spoofed", { loopback: () => false });
  assertEquals(jar.get("__Host-a"), undefined);
  jar.set("__Host-a", "1");
  assertEquals(written(jar), ["__Host-a=1; HttpOnly; Path=/; SameSite=Lax; Secure"]);
});

Deno.test("CookieJar asks about the address only when it matters", () => {
  let asked = 0;
  const jar = new CookieJar("a=1", { loopback: () => ++asked > 0 });
  jar.get("a");
  jar.set("b", "1", { secure: false });
  jar.delete("c");
  assertEquals(asked, 0);
});

Deno.test("CookieJar reports once that a Secure cookie is set over plain http elsewhere", () => {
  const events: CookieEvent[] = [];
  const jar = new CookieJar(null, { secure: () => false, onEvent: (event) => events.push(event) });
  jar.set("a", "1", { secure: false });
  jar.delete("a");
  assertEquals(events, []);
  jar.set("b", "1");
  jar.set("c", "1");
  assertEquals(events, [{
    name: "cookie.insecure_transport",
    cookie: "b",
    message: 'Cookie "b" is Secure and the request came over plain http, where browsers drop it',
  }]);
  // It is set all the same: the one who knows the way from here to the browser is not the jar.
  assertEquals(written(jar).at(-1), "c=1; HttpOnly; Path=/; SameSite=Lax; Secure");
});

Deno.test("CookieJar reports nothing over https, nor on a loopback address", () => {
  const events: CookieEvent[] = [];
  const onEvent = (event: CookieEvent) => events.push(event);
  new CookieJar(null, { keys, secure: () => true, onEvent }).set("a", "1");
  new CookieJar(null, { keys, secure: () => false, loopback, onEvent }).set("a", "1");
  new CookieJar(null, { keys, onEvent }).set("a", "1");
  assertEquals(events, []);
});

function written(jar: CookieJar): string[] {
  const headers = new Headers();
  jar.applyTo(headers);
  return headers.getSetCookie();
}
