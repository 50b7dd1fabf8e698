/** The Vary header. */

import { vary } from "@nuages/web/middleware";
import { assertEquals } from "@std/assert";

/** The header after some names were added to what it was. */
function varied(before: string | null, ...names: string[]): string | null {
  const headers = new Headers(before === null ? {} : { Vary: before });
  vary(headers, ...names);
  return headers.get("Vary");
}

Deno.test("vary() names what isn't named yet, in order", () => {
  assertEquals(varied(null, "Cookie"), "Cookie");
  assertEquals(varied(null, "Accept", "Cookie"), "Accept, Cookie");
  assertEquals(varied("Accept", "Cookie"), "Accept, Cookie");
  assertEquals(varied("Accept, Accept-Language", "Cookie", "Origin"), "Accept, Accept-Language, Cookie, Origin");
});

Deno.test("vary() names nothing twice, in whatever case", () => {
  assertEquals(varied("Accept", "accept", "ACCEPT"), "Accept");
  assertEquals(varied("accept,COOKIE", "Cookie", "Accept"), "accept, COOKIE");
  assertEquals(varied(null, "Cookie", "cookie", "Cookie"), "Cookie");
});

Deno.test("vary() makes of * all there is", () => {
  assertEquals(varied("*", "Cookie"), "*");
  assertEquals(varied("Accept, *", "Cookie"), "*");
  assertEquals(varied("Accept", "*"), "*");
  assertEquals(varied(null, "Cookie", "*"), "*");
});

Deno.test("vary() tidies what was written carelessly", () => {
  assertEquals(varied(" Accept ,, Cookie,", "Origin"), "Accept, Cookie, Origin");
  assertEquals(varied("", "Cookie"), "Cookie");
});

Deno.test("vary() without names leaves the header as it is", () => {
  assertEquals(varied(null), null);
  assertEquals(varied("Accept"), "Accept");
});

Deno.test("vary() joins several Vary headers", () => {
  const headers = new Headers([["Vary", "Accept"], ["Vary", "Origin"]]);
  vary(headers, "Cookie", "origin");
  assertEquals(headers.get("Vary"), "Accept, Origin, Cookie");
});
