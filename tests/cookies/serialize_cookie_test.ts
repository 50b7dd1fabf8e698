import { assertEquals, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { CookieAttributes, SameSite } from "../../cookies/cookie_attributes.ts";
import { serializeCookie, serializeDeletion } from "../../cookies/serialize_cookie.ts";
import { time, vectors } from "./_vectors.ts";

const django = vectors.set_cookie;
const DAY = 24 * 60 * 60;

Deno.test("serializeCookie() quotes values as Django does", () => {
  assertEquals([serializeCookie("k", "v")], django["plain"]);
  assertEquals([serializeCookie("k", "")], django["empty"]);
  assertEquals([serializeCookie("k", "a b")], django["space"]);
  assertEquals([serializeCookie("k", 'a"b\\c')], django["quote"]);
  assertEquals([serializeCookie("k", "a;b,c")], django["semicolon,comma"]);
  assertEquals([serializeCookie("k", "a=b")], django["equals"]);
  assertEquals([serializeCookie("k", "a:b")], django["colon"]);
  assertEquals([serializeCookie("k", "é")], django["latin1"]);
  assertEquals([serializeCookie("k", "a\r\nb")], django["newline"]);
  assertEquals([serializeCookie("k", String(5))], django["int"]);
});

Deno.test("serializeCookie() writes all 256 characters so that a header can carry them", () => {
  const value = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join("");
  const line = serializeCookie("k", value);
  assertEquals(/^[\x20-\x7e]*$/.test(line), true);
  assertEquals(new Headers({ "set-cookie": line }).getSetCookie(), [line]);
});

Deno.test("serializeCookie() takes names as Django does", () => {
  assertEquals([serializeCookie("a:b", "v")], django["name colon"]);
  assertThrows(() => serializeCookie("k k", "v"), TypeError, 'Cannot write cookie "k k" as a name has only');
  assertThrows(
    () => serializeCookie("path", "v"),
    TypeError,
    'Cannot write cookie "path" as this is the name of an attribute',
  );
  assertThrows(() => serializeCookie("Expires", "v"), TypeError);
  assertThrows(() => serializeCookie("max-age", "v"), TypeError);
  assertThrows(() => serializeCookie("", "v"), TypeError);
});

Deno.test("serializeCookie() refuses names that a parser would read differently", () => {
  assertThrows(() => serializeCookie("a=b", "v"), TypeError);
  assertThrows(() => serializeCookie("a;b", "v"), TypeError);
  assertThrows(() => serializeCookie("a\r\nSet-Cookie: b", "v"), TypeError);
  assertThrows(() => serializeCookie("a\n", "v"), TypeError);
  assertThrows(() => serializeCookie("\u00a0a", "v"), TypeError);
  assertThrows(() => serializeCookie("é", "v"), TypeError);
  assertThrows(() => serializeCookie("a,b", "v"), TypeError);
  assertThrows(() => serializeCookie(undefined as unknown as string, "v"), TypeError);
});

Deno.test("serializeCookie() writes expires beside Max-Age as Django does", () => {
  using _time = new FakeTime(time);
  assertEquals([serializeCookie("k", "v", { maxAge: 10 })], django["max_age=10"]);
  assertEquals([serializeCookie("k", "v", { maxAge: 10.6 })], django["max_age=10.6"]);
  assertEquals([serializeCookie("k", "v", { maxAge: 0 })], django["max_age=0"]);
  assertEquals([serializeCookie("k", "v", { maxAge: -5 })], django["max_age=-5"]);
  assertEquals([serializeCookie("k", "v", { maxAge: 60 * 60 })], django["max_age=td"]);
});

// What Django 5.2.19 writes at this time: the fractions of clock and age are added before they are cut off.
Deno.test("serializeCookie() cuts fractions off where Django does", () => {
  using _time = new FakeTime(time + 700);
  assertEquals(
    serializeCookie("k", "v", { maxAge: 10.6 }),
    "k=v; expires=Tue, 14 Nov 2023 22:13:31 GMT; Max-Age=10; Path=/",
  );
  assertEquals(
    serializeCookie("k", "v", { maxAge: -5.5 }),
    "k=v; expires=Tue, 14 Nov 2023 22:13:15 GMT; Max-Age=-5; Path=/",
  );
});

Deno.test("serializeCookie() turns expires into both forms as Django does with a datetime", () => {
  using _time = new FakeTime(time);
  assertEquals([serializeCookie("k", "v", { expires: new Date(0) })], django["expires dt past"]);
  assertEquals(
    serializeCookie("k", "v", { expires: new Date(time + 10_000) }),
    "k=v; expires=Tue, 14 Nov 2023 22:13:30 GMT; Max-Age=10; Path=/",
  );
});

Deno.test("serializeCookie() rounds what is left until expires up", () => {
  using _time = new FakeTime(time + 400);
  assertEquals(
    serializeCookie("k", "v", { expires: new Date(time + 10_000) }),
    "k=v; expires=Tue, 14 Nov 2023 22:13:30 GMT; Max-Age=10; Path=/",
  );
});

Deno.test("serializeCookie() writes all attributes in Django's order", () => {
  using _time = new FakeTime(time);
  const attributes: CookieAttributes = {
    secure: true,
    sameSite: "lax",
    path: "/p",
    maxAge: 10,
    httpOnly: true,
    domain: "example.com",
  };
  assertEquals([serializeCookie("k", "v", attributes)], django["all"]);
});

Deno.test("serializeCookie() leaves an empty path and an empty domain out as Django does", () => {
  assertEquals([serializeCookie("k", "v", { path: null })], django["path None"]);
  assertEquals([serializeCookie("k", "v", { path: "" })], django["path ''"]);
  assertEquals(serializeCookie("k", "v", { domain: "" }), "k=v; Path=/");
});

Deno.test("serializeCookie() writes sameSite in the letter case it was given, as Django does", () => {
  assertEquals(serializeCookie("k", "v", { sameSite: "strict" }), "k=v; Path=/; SameSite=strict");
  assertEquals(
    serializeCookie("k", "v", { sameSite: "None", secure: true }),
    `${django["samesite None str"][0]}; Secure`,
  );
  assertEquals(
    serializeCookie("k", "v", { sameSite: "NoNe" as SameSite, secure: true }),
    `${django["samesite NoNe"][0]}; Secure`,
  );
});

Deno.test("serializeCookie() refuses other values of sameSite as Django does, and so nothing is injected", () => {
  const refused = 'Cannot write cookie "k" as "sameSite" must be "Lax", "Strict" or "None": received "bad"';
  assertThrows(() => serializeCookie("k", "v", { sameSite: "bad" as SameSite }), TypeError, refused);
  assertThrows(() => serializeCookie("k", "v", { sameSite: "Lax; Domain=evil" as SameSite }), TypeError);
  assertThrows(() => serializeCookie("k", "v", { sameSite: "Lax\n" as SameSite }), TypeError);
  assertThrows(() => serializeCookie("k", "v", { sameSite: "" as SameSite }), TypeError);
  assertThrows(() => serializeCookie("k", "v", { sameSite: true as unknown as SameSite }), TypeError);
  assertThrows(() => serializeCookie("k", "v", { sameSite: ["Lax"] as unknown as SameSite }), TypeError);
});

Deno.test("serializeCookie() refuses maxAge and expires together as Django does", () => {
  using _time = new FakeTime(time);
  assertThrows(
    () => serializeCookie("k", "v", { maxAge: 5, expires: new Date(time) }),
    TypeError,
    'Cannot write cookie "k" as "expires" and "maxAge" say the same: give one of them',
  );
});

Deno.test("serializeCookie() refuses a maxAge that is no number, as Django does", () => {
  assertThrows(
    () => serializeCookie("k", "v", { maxAge: "10" as unknown as number }),
    TypeError,
    "a number of seconds: received 10",
  );
  assertThrows(() => serializeCookie("k", "v", { maxAge: NaN }), TypeError);
  assertThrows(() => serializeCookie("k", "v", { maxAge: Infinity }), TypeError);
  assertThrows(() => serializeCookie("k", "v", { maxAge: null as unknown as number }), TypeError);
});

Deno.test("serializeCookie() writes Partitioned and Priority, which Django lacks", () => {
  assertEquals(
    serializeCookie("k", "v", { partitioned: true, secure: true, priority: "High" }),
    "k=v; Partitioned; Path=/; Priority=High; Secure",
  );
  assertThrows(
    () => serializeCookie("k", "v", { priority: "High; Domain=evil" as "High" }),
    TypeError,
    '"priority" must be',
  );
  assertThrows(() => serializeCookie("k", "v", { priority: "high" as "High" }), TypeError);
});

Deno.test("serializeCookie() does not change what it is given", () => {
  const attributes = Object.freeze({ maxAge: 10, path: null, sameSite: "Lax" as const });
  serializeCookie("k", "v", attributes);
  assertEquals(attributes, { maxAge: 10, path: null, sameSite: "Lax" });
});

// Django hands them on and the server fails when it writes the headers: the visitor gets a 500.
Deno.test("serializeCookie() differs from Django: characters above U+00FF are refused at once", () => {
  assertEquals(django["unicode"], ['k="☃"; Path=/']);
  assertThrows(
    () => serializeCookie("k", "☃"),
    TypeError,
    "characters above U+00FF, which a header cannot carry: encode it first",
  );
  assertThrows(
    () => serializeCookie("k", 5 as unknown as string),
    TypeError,
    "its value must be a string: received number",
  );
});

// Django writes a text as it stands, so that it can hold other attributes or lines.
Deno.test("serializeCookie() differs from Django: expires is a Date and nothing else", () => {
  assertEquals(django["expires str"], ["k=v; expires=Thu, 01 Jan 1970 00:00:00 GMT; Path=/"]);
  assertEquals(django["expires str + max_age"], ["k=v; expires=X; Max-Age=5; Path=/"]);
  const text = "Thu, 01 Jan 1970 00:00:00 GMT" as unknown as Date;
  assertThrows(() => serializeCookie("k", "v", { expires: text }), TypeError, '"expires" must be a valid Date');
  assertThrows(() => serializeCookie("k", "v", { expires: new Date(NaN) }), TypeError, "received Invalid Date");
  assertThrows(() => serializeCookie("k", "v", { expires: 0 as unknown as Date }), TypeError);
});

// Django writes domain and path as they stand: "a; Secure" adds an attribute, a line break a header.
Deno.test("serializeCookie() differs from Django: nothing can be injected through the domain", () => {
  assertEquals(django["domain inj"], ["k=v; Domain=a; Secure; Path=/"]);
  assertThrows(() => serializeCookie("k", "v", { domain: "a; Secure" }), TypeError, '"domain" has only letters');
  assertThrows(() => serializeCookie("k", "v", { domain: "a\r\nX: y" }), TypeError);
  assertThrows(() => serializeCookie("k", "v", { domain: "a\n" }), TypeError);
  assertThrows(() => serializeCookie("k", "v", { domain: "a b" }), TypeError);
  assertThrows(() => serializeCookie("k", "v", { domain: "a,b" }), TypeError);
  assertThrows(() => serializeCookie("k", "v", { domain: "localhost:8000" }), TypeError, "no port");
  assertThrows(() => serializeCookie("k", "v", { domain: "zürich.example" }), TypeError, "xn-- form");
  assertThrows(() => serializeCookie("k", "v", { domain: ["a"] as unknown as string }), TypeError);
  assertEquals(
    serializeCookie("k", "v", { domain: ".xn--zrich-kva.example" }),
    "k=v; Domain=.xn--zrich-kva.example; Path=/",
  );
});

Deno.test("serializeCookie() differs from Django: nothing can be injected through the path", () => {
  assertEquals(django["path inj"], ["k=v; Path=/\r\nX: y"]);
  assertThrows(() => serializeCookie("k", "v", { path: "/\r\nX: y" }), TypeError, '"path" begins with a slash');
  assertThrows(() => serializeCookie("k", "v", { path: "/; Secure" }), TypeError);
  assertThrows(() => serializeCookie("k", "v", { path: "/\n" }), TypeError);
  assertThrows(() => serializeCookie("k", "v", { path: "/\x7f" }), TypeError);
  assertThrows(() => serializeCookie("k", "v", { path: "/é" }), TypeError);
  assertThrows(() => serializeCookie("k", "v", { path: "admin/" }), TypeError);
  assertThrows(() => serializeCookie("k", "v", { path: ["/"] as unknown as string }), TypeError);
  assertEquals(serializeCookie("k", "v", { path: "/a b,c/%20" }), "k=v; Path=/a b,c/%20");
});

// Browsers drop such cookies without a word.
Deno.test("serializeCookie() differs from Django: the prefix of a name takes what browsers ask of it", () => {
  assertEquals(django["__Host- set"], ["__Host-k=v; Path=/"]);
  assertThrows(() => serializeCookie("__Host-k", "v"), TypeError, 'the prefix of its name takes "secure: true"');
  assertThrows(() => serializeCookie("__Host-k", "v", { secure: true, path: "/p" }), TypeError, `takes 'path: "/"'`);
  assertThrows(() => serializeCookie("__Host-k", "v", { secure: true, path: null }), TypeError);
  assertThrows(() => serializeCookie("__Host-k", "v", { secure: true, path: "" }), TypeError);
  assertThrows(() => serializeCookie("__Host-k", "v", { secure: true, domain: "a.example" }), TypeError, 'no "domain"');
  assertThrows(() => serializeCookie("__Secure-k", "v"), TypeError);
  assertThrows(() => serializeCookie("__Http-k", "v", { secure: true }), TypeError, '"httpOnly: true"');
  assertThrows(() => serializeCookie("__Http-k", "v", { httpOnly: true }), TypeError, '"secure: true"');
  assertThrows(() => serializeCookie("__Host-Http-k", "v", { secure: true }), TypeError, '"httpOnly: true"');
  assertThrows(() => serializeCookie("__Host-Http-k", "v", { secure: true, httpOnly: true, path: "/p" }), TypeError);
  assertThrows(() => serializeCookie("__Host-", "v", { secure: true }), TypeError, "no name after the prefix");
});

Deno.test("serializeCookie() writes names with a prefix when they have what it takes", () => {
  assertEquals(serializeCookie("__Host-k", "v", { secure: true }), "__Host-k=v; Path=/; Secure");
  assertEquals(
    serializeCookie("__Secure-k", "v", { secure: true, domain: "a.example", path: "/p" }),
    "__Secure-k=v; Domain=a.example; Path=/p; Secure",
  );
  assertEquals(
    serializeCookie("__Http-k", "v", { secure: true, httpOnly: true, path: "/p" }),
    "__Http-k=v; HttpOnly; Path=/p; Secure",
  );
  assertEquals(
    serializeCookie("__Host-Http-k", "v", { secure: true, httpOnly: true }),
    "__Host-Http-k=v; HttpOnly; Path=/; Secure",
  );
});

Deno.test("serializeCookie() sees a prefix in any letter case, as browsers do", () => {
  assertThrows(() => serializeCookie("__host-k", "v"), TypeError);
  assertThrows(() => serializeCookie("__SECURE-k", "v"), TypeError);
  assertThrows(() => serializeCookie("__hTTP-k", "v", { secure: true }), TypeError);
  assertThrows(() => serializeCookie("__HOST-HTTP-k", "v", { secure: true }), TypeError);
  assertThrows(() => serializeCookie("__host-k", "v", { secure: true, domain: "a.example" }), TypeError);
  assertThrows(() => serializeCookie("__host-k", "v", { secure: true, path: "/p" }), TypeError);
});

Deno.test("serializeCookie() does not take a name for one with a prefix that only begins alike", () => {
  assertEquals(serializeCookie("__Hostess", "v"), "__Hostess=v; Path=/");
  assertEquals(serializeCookie("_Host-k", "v"), "_Host-k=v; Path=/");
  assertEquals(serializeCookie("x__Host-k", "v"), "x__Host-k=v; Path=/");
});

Deno.test("serializeCookie() differs from Django: SameSite=None and Partitioned take secure", () => {
  assertThrows(
    () => serializeCookie("k", "v", { sameSite: "None" }),
    TypeError,
    '"sameSite: None" takes "secure: true"',
  );
  assertThrows(() => serializeCookie("k", "v", { sameSite: "none" }), TypeError);
  assertThrows(() => serializeCookie("k", "v", { partitioned: true }), TypeError, '"partitioned" takes "secure: true"');
});

Deno.test("serializeCookie() differs from Django: what browsers drop as too long is refused", () => {
  assertEquals(serializeCookie("k", "v".repeat(4095)).length, 4105);
  assertThrows(
    () => serializeCookie("k", "v".repeat(4096)),
    RangeError,
    "at most 4096 bytes together, beyond which browsers drop the cookie: received 4097",
  );
  // Counted as it is written: each é takes four bytes.
  assertThrows(() => serializeCookie("k", "é".repeat(1024)), RangeError, "received 4099");
  assertThrows(() => serializeCookie("k".repeat(4096), "v"), RangeError);
  assertThrows(
    () => serializeCookie("k", "v", { path: "/" + "p".repeat(1024) }),
    RangeError,
    '"path" must have at most 1024 bytes',
  );
  assertThrows(
    () => serializeCookie("k", "v", { domain: "d".repeat(1025) }),
    RangeError,
    '"domain" must have at most 1024 bytes',
  );
});

Deno.test("serializeCookie() differs from Django: what browsers cut at 400 days is refused", () => {
  using _time = new FakeTime(time);
  assertEquals(
    serializeCookie("k", "v", { maxAge: 400 * DAY }),
    "k=v; expires=Wed, 18 Dec 2024 22:13:20 GMT; Max-Age=34560000; Path=/",
  );
  assertEquals(
    serializeCookie("k", "v", { expires: new Date(time + 400 * DAY * 1000) }),
    "k=v; expires=Wed, 18 Dec 2024 22:13:20 GMT; Max-Age=34560000; Path=/",
  );
  assertThrows(
    () => serializeCookie("k", "v", { maxAge: 400 * DAY + 1 }),
    RangeError,
    "within 400 days (34560000 seconds)",
  );
  assertThrows(() => serializeCookie("k", "v", { maxAge: -1e300 }), RangeError);
  assertThrows(
    () => serializeCookie("k", "v", { expires: new Date(time + 400 * DAY * 1000 + 1) }),
    RangeError,
    "at most 400 days from now, which is where browsers cut it: received 2024-12-18T22:13:20.001Z",
  );
});

// In Django the attributes of an earlier set_cookie stay unless they are said again.
Deno.test("serializeCookie() differs from Django: nothing stays from an earlier call", () => {
  assertEquals(django["set twice keeps attrs"], ["k=w; HttpOnly; Max-Age=10; Path=/; SameSite=Lax; Secure"]);
  serializeCookie("k", "v", { maxAge: 10, secure: true, httpOnly: true, sameSite: "Lax" });
  assertEquals(serializeCookie("k", "w"), "k=w; Path=/");
});

Deno.test("serializeDeletion() writes what Django's delete_cookie writes", () => {
  assertEquals([serializeDeletion("k")], django["delete"]);
  assertEquals([serializeDeletion("k", { domain: "d.com", path: "/p", sameSite: "lax" })], django["delete args"]);
  assertEquals([serializeDeletion("k", { sameSite: "None" })], django["delete none"]);
  assertEquals([serializeDeletion("__Secure-k")], django["delete __Secure-"]);
  assertEquals([serializeDeletion("__Host-k")], django["delete __Host-"]);
  assertEquals([serializeDeletion("messages", { sameSite: "Lax" })], vectors["messages delete"]);
});

// Browsers see the prefix in any letter case and refuse Django's line, so that the cookie stays.
Deno.test("serializeDeletion() differs from Django: a prefix in lower case takes Secure too", () => {
  assertEquals(django["delete __secure- lower"], [
    '__secure-k=""; expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0; Path=/',
  ]);
  assertEquals(serializeDeletion("__secure-k"), `${django["delete __secure- lower"][0]}; Secure`);
});

Deno.test("serializeDeletion() keeps what says which cookie is meant, and adds what browsers ask for", () => {
  const end = "expires=Thu, 01 Jan 1970 00:00:00 GMT";
  assertEquals(serializeDeletion("k", { partitioned: true }), `k=""; ${end}; Max-Age=0; Partitioned; Path=/; Secure`);
  assertEquals(serializeDeletion("__Http-k"), `__Http-k=""; ${end}; HttpOnly; Max-Age=0; Path=/; Secure`);
  assertEquals(serializeDeletion("k", { maxAge: 60, httpOnly: true }), `k=""; ${end}; HttpOnly; Max-Age=0; Path=/`);
  assertThrows(() => serializeDeletion("__Host-k", { path: "/p" }), TypeError);
  assertThrows(() => serializeDeletion("k", { domain: "a; Secure" }), TypeError);
});
