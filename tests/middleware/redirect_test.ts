/** Sending the visitor elsewhere, but not off the site. */

import { HttpError, localPath, pipeline, redirect } from "@nuages/web/middleware";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";

/** What a browser makes of a Location header in the answer to a page of the shop. */
function follow(response: Response): URL {
  return new URL(response.headers.get("Location")!, "https://shop.example/at/here?x");
}

/** Targets that a browser takes for another site, or for no page at all. */
const ELSEWHERE = [
  "http://evil.example",
  "https://evil.example/",
  "HTTPS://evil.example",
  "//evil.example",
  "///evil.example",
  "////evil.example",
  "/\\evil.example",
  "\\/evil.example",
  "\\\\evil.example",
  "\\evil.example",
  "/\\/evil.example",
  "/path\\..\\..\\evil",
  "http:evil.example",
  "http:/evil.example",
  "http:\\\\evil.example",
  "https:evil.example",
  "https:///evil.example",
  "javascript:alert(1)",
  "JavaScript:alert(1)",
  "javascript://shop.example/%0aalert(1)",
  "data:text/html,x",
  "vbscript:x",
  "mailto:a@b",
  "blob:https://shop.example/1",
  "evil:path",
  "x:/y",
  "/\t/evil.example",
  "/\n/evil.example",
  "/\r/evil.example",
  "\t//evil.example",
  "java\tscript:alert(1)",
  "java\nscript:alert(1)",
  "\u0000//evil.example",
  "\u0001javascript:alert(1)",
  "\u001fjavascript:alert(1)",
  " //evil.example",
  "  https://evil.example",
  "\u00a0//evil.example",
  "\ufeff//evil.example",
  "\u2028//evil.example",
  "/..//evil.example",
  "/.//evil.example",
  "/a/..//evil.example",
  "/%2e%2e//evil.example",
  "/./%2e//evil.example",
  "..//../..//evil.example",
  "..//evil.example",
  ".//evil.example",
  "a/..//evil.example",
  "/cart/\r\nSet-Cookie: a=1",
  "/cart/\nX: y",
  "/cart/\u0000",
  "/cart/\u007f",
  "http://shop.example@evil.example/",
  "http://[::1]/",
  "http://evil.example:80:80/",
  "https://shop.example/",
];

Deno.test("localPath() refuses whatever leads elsewhere", () => {
  for (const target of ELSEWHERE) assertEquals(localPath(target), undefined, JSON.stringify(target));
});

Deno.test("localPath() refuses what is no text", () => {
  for (
    const value of [undefined, null, "", 7, {}, [], ["/cart/"], new URL("https://shop.example/"), new File([], "/")]
  ) {
    assertEquals(localPath(value), undefined);
  }
});

Deno.test("localPath() takes paths, queries and fragments of this site", () => {
  const targets = [
    "/",
    "/cart/",
    "/cart/?page=2&next=https://evil.example/",
    "/cart/?next=//evil.example",
    "/a:b",
    "/a//b",
    "?page=2",
    "?next=javascript:x",
    "#part",
    "#//evil.example",
    "cart",
    "./cart",
    "../cart",
    "cart/a:b",
    "./javascript:x",
    "/@evil.example",
    "/evil.example",
    "/.evil.example",
    "/%2f/evil.example",
    "/%5cevil.example",
    "/%09/evil.example",
    "/%00",
    "/%ZZ",
  ];
  for (const target of targets) {
    assertEquals(localPath(target), target);
    assertEquals(new URL(localPath(target)!, "https://shop.example/at/here").origin, "https://shop.example");
  }
});

Deno.test("localPath() encodes what a header can't carry, and nothing twice", () => {
  assertEquals(localPath("/café/?q=ü b#é"), "/caf%C3%A9/?q=%C3%BC%20b#%C3%A9");
  assertEquals(localPath("/caf%C3%A9/%20"), "/caf%C3%A9/%20");
  assertEquals(localPath("/\u{1f600}"), "/%F0%9F%98%80");
  assertEquals(localPath("/\ud800x"), "/%EF%BF%BDx");
  assertEquals(localPath("/\u0080\u009f"), "/%C2%80%C2%9F");
  assertEquals(localPath("/\u200b/evil.example"), "/%E2%80%8B/evil.example");
  assertEquals(localPath("/\uff0fevil.example"), "/%EF%BC%8Fevil.example");
  assertEquals(localPath("\u200b//evil.example"), "%E2%80%8B//evil.example");
});

Deno.test("localPath() never answers what a browser takes elsewhere", () => {
  const pieces = [
    "/",
    "\\",
    ":",
    "@",
    "?",
    "#",
    ".",
    "..",
    "%2f",
    "%5c",
    "%2e",
    "\t",
    "\n",
    "\r",
    " ",
    "\u0000",
    "\u00a0",
    "\ufeff",
    "\u200b",
    "http",
    "https:",
    "javascript:",
    "evil.example",
    "é",
    "\ud800",
    "a",
    "//",
    "[",
    "]",
    "%",
  ];
  let seed = 42;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor(seed / 65_536) % below;
  };
  for (let i = 0; i < 50_000; i++) {
    let target = "";
    for (let n = 1 + random(7); n > 0; n--) target += pieces[random(pieces.length)];
    const taken = localPath(target);
    if (taken === undefined) continue;
    assert(/^[\x21-\x7e]+$/.test(taken), JSON.stringify(target));
    for (const base of ["https://shop.example/", "https://shop.example/at/here?x", "https://shop.example//a//b/"]) {
      const url = new URL(taken, base);
      assertEquals(url.origin, "https://shop.example", JSON.stringify(target));
    }
    assert(!new URL(taken, "https://shop.example/").pathname.startsWith("//"), JSON.stringify(target));
  }
});

Deno.test("redirect() answers 303 with the target, and headers that can be written", () => {
  const response = redirect("/cart/?page=2");
  assertEquals([response.status, response.headers.get("Location"), response.body], [303, "/cart/?page=2", null]);
  response.headers.set("X-Writable", "yes");
  assertEquals(follow(redirect("?page=2")).href, "https://shop.example/at/here?page=2");
  assertEquals(follow(redirect("../café/")).href, "https://shop.example/caf%C3%A9/");
});

Deno.test("redirect() takes the status that is asked for, if it is one of a redirect", () => {
  for (const status of [301, 302, 303, 307, 308] as const) assertEquals(redirect("/", { status }).status, status);
  for (const status of [200, 300, 304, 305, 306, 399, 404, NaN, "303"]) {
    assertThrows(
      () => redirect("/", { status: status as 301 }),
      RangeError,
      "the status must be 301, 302, 303, 307 or 308",
    );
  }
});

Deno.test("redirect() to another site is a 400 that tells the programmer, not the visitor, what to write", async () => {
  for (const target of ELSEWHERE) {
    const error = assertThrows(() => redirect(target), HttpError, "external: true", JSON.stringify(target));
    assertEquals([error.status, error.expose], [400, false]);
  }
  const app = pipeline().handle((_request, context) => redirect(context.url.searchParams.get("next") ?? "/"));
  const response = await app(new Request("http://localhost/?next=//evil.example/"));
  assertEquals([response.status, response.headers.get("Location")], [400, null]);
  assert(!(await response.text()).includes("evil"));
});

Deno.test("redirect() leads to another site if that is meant", () => {
  const to = (target: string | URL) => redirect(target, { external: true }).headers.get("Location");
  assertEquals(to("https://pay.example/café?a=b c"), "https://pay.example/caf%C3%A9?a=b%20c");
  assertEquals(to(new URL("https://pay.example")), "https://pay.example/");
  assertEquals(to("http://user@pay.example/"), "http://user@pay.example/");
  assertEquals(to("https://bücher.example/"), "https://xn--bcher-kva.example/");
  assertEquals(to("/cart/"), "/cart/");
});

Deno.test("redirect() leads to web addresses only, even if another site is meant", () => {
  for (
    const target of [
      "javascript:alert(1)",
      "data:text/html,x",
      "file:///etc/passwd",
      "//evil.example",
      "/\\evil.example",
      "ftp://x/",
      "https://a\r\nX: y",
      "https://a\tb/",
      " https://a/",
      "https://",
      "",
    ]
  ) {
    const error = assertThrows(() => redirect(target, { external: true }), HttpError, undefined, target);
    assertEquals(error.status, 400);
    assertStringIncludes(error.message, "is not a web address");
  }
});
