/** csrf() believes the browser first, then Origin or Referer, then the token. */

import { csrf } from "@nuages/web/middleware";
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { csrfSite, formWith, SECRET } from "./_csrf_site.ts";

const OWN = "https://shop.example";
const TRUSTED = "https://pay.example";
const EVIL = "https://evil.example";

/** The statuses of a request without a token and of one with it, by what the browser says of them. */
async function statuses(method: string, site: string | undefined, origin: string | undefined, requireToken = false) {
  const send = csrfSite({ trustedOrigins: [TRUSTED], requireToken });
  const headers = { ...(site && { "Sec-Fetch-Site": site }), ...(origin && { Origin: origin }) };
  const bare = await send({ method, headers });
  const proven = await send({ method, headers: { ...headers, "X-CSRFToken": SECRET } });
  return [bare.status, proven.status];
}

Deno.test("csrf() lets every safe method pass, wherever it comes from", async () => {
  for (const method of ["GET", "HEAD", "OPTIONS"]) {
    for (const site of [undefined, "same-origin", "same-site", "cross-site", "none", "garbage"]) {
      for (const origin of [undefined, OWN, TRUSTED, EVIL, "null"]) {
        assertEquals(await statuses(method, site, origin, true), [200, 200], `${method} ${site} ${origin}`);
      }
    }
  }
});

Deno.test("csrf() checks every other method, also those nobody has heard of", async () => {
  for (const method of ["POST", "PUT", "PATCH", "DELETE", "patch", "PROPFIND", "MERGE", "X", "GET1", "get-all"]) {
    assertEquals(await statuses(method, "same-origin", OWN), [200, 200], method);
    assertEquals(await statuses(method, "same-origin", undefined), [200, 200], method);
    assertEquals(await statuses(method, "none", undefined), [200, 200], method);
    assertEquals(await statuses(method, "cross-site", EVIL), [403, 403], method);
    assertEquals(await statuses(method, "cross-site", undefined), [403, 403], method);
    assertEquals(await statuses(method, "cross-site", "null"), [403, 403], method);
    assertEquals(await statuses(method, "cross-site", OWN), [403, 403], method);
    assertEquals(await statuses(method, "same-site", "https://blog.shop.example"), [403, 403], method);
    assertEquals(await statuses(method, "same-site", undefined), [403, 403], method);
    assertEquals(await statuses(method, "cross-site", TRUSTED), [403, 200], method);
    assertEquals(await statuses(method, "same-site", TRUSTED), [403, 200], method);
    // A browser that says nothing, or nothing sensible, has to prove itself.
    for (const nothing of [undefined, "garbage", "Same-Origin", "same-origin, cross-site", "same-origin;x", " "]) {
      assertEquals(await statuses(method, nothing, OWN), [403, 200], `${method} ${nothing}`);
      assertEquals(await statuses(method, nothing, TRUSTED), [403, 200], `${method} ${nothing}`);
      assertEquals(await statuses(method, nothing, EVIL), [403, 403], `${method} ${nothing}`);
      assertEquals(await statuses(method, nothing, "null"), [403, 403], `${method} ${nothing}`);
      assertEquals(await statuses(method, nothing, undefined), [403, 403], `${method} ${nothing}`);
    }
  }
});

Deno.test("csrf({ requireToken: true }) demands the token even if the browser vouches for the request", async () => {
  assertEquals(await statuses("POST", "same-origin", OWN, true), [403, 200]);
  assertEquals(await statuses("POST", "same-origin", undefined, true), [403, 200]);
  assertEquals(await statuses("POST", "none", undefined, true), [403, 200]);
  assertEquals(await statuses("POST", "cross-site", EVIL, true), [403, 403]);
  assertEquals(await statuses("POST", "same-site", undefined, true), [403, 403]);
  assertEquals(await statuses("POST", undefined, OWN, true), [403, 200]);
});

Deno.test("csrf() believes two Sec-Fetch-Site headers no more than none", async () => {
  const send = csrfSite();
  const headers = new Headers({ Origin: EVIL });
  headers.append("Sec-Fetch-Site", "same-origin");
  headers.append("Sec-Fetch-Site", "same-origin");
  const { status, reason } = await send({ headers: Object.fromEntries(headers) });
  assertEquals(status, 403);
  assertEquals(reason, `Origin checking failed - ${EVIL} does not match any trusted origins.`);
});

Deno.test("csrf() doesn't ask for the cookie of a request the browser vouches for, so nothing varies on it", async () => {
  const send = csrfSite();
  const { status, headers } = await send({ headers: { "Sec-Fetch-Site": "same-origin" }, cookie: null });
  assertEquals([status, headers.get("Vary"), headers.get("Set-Cookie")], [200, null, null]);
});

Deno.test("csrf() refuses the null origin even if somebody would trust it", async () => {
  assertThrows(() => csrf({ trustedOrigins: ["null"] }), TypeError, 'write "https://example.com"');
  const { status, reason, hint } = await csrfSite()({ headers: { Origin: "null" }, body: formWith(SECRET) });
  assertEquals([status, reason], [403, "Origin checking failed - null does not match any trusted origins."]);
  assertStringIncludes(hint!, "Referrer-Policy: no-referrer");
});

Deno.test("csrf() tells a trusted origin by its scheme too (CVE-2025-24358, CVE-2025-47909)", async () => {
  const send = csrfSite({ trustedOrigins: ["https://pay.example", "https://*.partner.example"] });
  const status = async (Origin: string) => (await send({ headers: { Origin }, body: formWith(SECRET) })).status;
  assertEquals(await status("https://pay.example"), 200);
  assertEquals(await status("http://pay.example"), 403);
  assertEquals(await status("https://a.partner.example"), 200);
  assertEquals(await status("http://a.partner.example"), 403);
  assertEquals(await status("http://shop.example"), 403);
});

Deno.test("csrf() refuses over https a Referer without encryption, be its host trusted or our own (CVE-2025-24358)", async () => {
  const send = csrfSite({ trustedOrigins: ["https://pay.example"] });
  for (const Referer of ["http://shop.example/", "http://pay.example/"]) {
    const { status, reason } = await send({ headers: { Referer }, body: formWith(SECRET) });
    assertEquals([status, reason], [403, "Referer checking failed - Referer is insecure while host is secure."]);
  }
});

Deno.test("csrf() takes no origin for a trusted one because it looks like it", async () => {
  const send = csrfSite({ trustedOrigins: ["https://pay.example", "https://*.wild.example"] });
  const hostile = [
    "https://pay.example.evil.example",
    "https://evil.example/https://pay.example",
    "https://pay.example@evil.example",
    "https://evil.example#.wild.example",
    "https://evil.example?.wild.example",
    "https://evil.example/.wild.example",
    "https://evil.example\\.wild.example",
    "https://evil.example:80@a.wild.example",
    "https://evilwild.example",
    "https://wild.example.evil.example",
    "https://a.wild.example:8443",
    "https://pay.example:8443",
    "https://pay.example/",
    "https://pay.example ,https://evil.example",
    "https://*.wild.example",
    "https://PAY.example",
    "//pay.example",
    "pay.example",
    "https:pay.example",
    "https:///pay.example",
    "",
  ];
  for (const Origin of hostile) {
    const { status } = await send({ headers: { Origin }, body: formWith(SECRET) });
    assertEquals(status, 403, Origin);
    const fetched = await send({ headers: { Origin, "Sec-Fetch-Site": "cross-site" }, body: formWith(SECRET) });
    assertEquals(fetched.status, 403, Origin);
  }
  const double = new Headers({ Origin: "https://pay.example" });
  double.append("Origin", EVIL);
  assertEquals((await send({ headers: Object.fromEntries(double), body: formWith(SECRET) })).status, 403);
});

Deno.test("csrf() takes no Referer for its own because it looks like it", async () => {
  const send = csrfSite({ trustedOrigins: ["https://*.wild.example"] });
  const status = async (Referer: string) => (await send({ headers: { Referer }, body: formWith(SECRET) })).status;
  assertEquals(await status("https://shop.example/any/page?next=https://evil.example"), 200);
  assertEquals(await status("https://shop.example"), 200);
  assertEquals(await status("https://a.wild.example/x"), 200);
  for (
    const referer of [
      "https://shop.example.evil.example/",
      "https://shop.example:8443/",
      "https://shop.example@evil.example/",
      "https://evil.example/shop.example",
      "https://evil.example\\.wild.example/",
      "https://evil.example/.wild.example",
      "https:shop.example",
      "//shop.example/",
      "shop.example",
      "javascript://shop.example/",
      "/",
      "about:blank",
    ]
  ) assertEquals(await status(referer), 403, referer);
});

Deno.test("csrf() without encryption asks for no Referer, only for the token", async () => {
  const send = csrfSite({ cookie: { name: "csrftoken", secure: false } });
  const url = "http://shop.example/";
  const cookie = `csrftoken=${SECRET}`;
  assertEquals((await send({ url, cookie, body: formWith(SECRET) })).status, 200);
  assertEquals((await send({ url, cookie })).reason, "CSRF token missing.");
});

Deno.test("csrf({ cookie: { domain } }) takes a Referer from the cookie's domain, as Django does", async () => {
  const send = csrfSite({ cookie: { name: "csrftoken", domain: ".shop.example" } });
  const status = async (Referer: string, url = "https://www.shop.example/") => {
    return (await send({ url, headers: { Referer }, cookie: `csrftoken=${SECRET}`, body: formWith(SECRET) })).status;
  };
  assertEquals(await status("https://blog.shop.example/"), 200);
  assertEquals(await status("https://www.shop.example/"), 200);
  assertEquals(await status("https://evilshop.example/"), 403);
  assertEquals(await status("https://blog.shop.example:8443/"), 403);
  assertEquals(await status("https://blog.shop.example:8443/", "https://www.shop.example:8443/"), 200);
});

Deno.test("csrf() knows its own origin behind a trusted proxy only", async () => {
  const proxied = csrfSite({}, { proxies: { trust: ["127.0.0.1"], host: true } });
  const forgetful = csrfSite({}, { proxies: { trust: ["127.0.0.1"] } });
  const direct = csrfSite();
  const sent = {
    url: "http://10.0.0.5:8000/",
    headers: {
      Host: "10.0.0.5:8000",
      "X-Forwarded-Proto": "https",
      "X-Forwarded-Host": "shop.example",
      Origin: OWN,
    },
    body: formWith(SECRET),
  };
  assertEquals((await proxied(sent)).status, 200);
  assertStringIncludes((await forgetful(sent)).hint!, "pipeline({ proxies: { trust: [...], host: true } })");
  const refused = await direct(sent);
  assertEquals(refused.reason, `Origin checking failed - ${OWN} does not match any trusted origins.`);
  assertStringIncludes(refused.hint!, "http://10.0.0.5:8000");
  assertStringIncludes(refused.hint!, "pipeline({ proxies: { trust: [...] } })");
});

Deno.test("csrf() refuses trusted origins that no browser would ever send, and says what to write", () => {
  const refused: [string, string][] = [
    ["pay.example", 'write "https://example.com"'],
    ["//pay.example", 'write "https://example.com"'],
    ["*", 'write "https://example.com"'],
    ["https://*", 'write "https://example.com"'],
    ["https://*pay.example", 'write "https://example.com"'],
    ["https://a.*.example", 'write "https://example.com"'],
    ["https://.pay.example", 'write "https://example.com"'],
    ["https://pay.example/", 'write "https://example.com"'],
    ["https://pay.example/form", 'write "https://example.com"'],
    ["https://user@pay.example", 'write "https://example.com"'],
    ["https://pay.example:99999", 'write "https://example.com"'],
    [" https://pay.example", 'write "https://example.com"'],
    ["https://", 'write "https://example.com"'],
    ["", 'write "https://example.com"'],
    ["https://PAY.example", 'write "https://pay.example"'],
    ["HTTPS://pay.example", 'write "https://pay.example"'],
    ["https://pay.example:443", 'write "https://pay.example"'],
    ["https://*.Pay.example:443", 'write "https://*.pay.example"'],
    ["https://bücher.example", 'write "https://xn--bcher-kva.example"'],
  ];
  for (const [origin, remedy] of refused) {
    assertThrows(() => csrf({ trustedOrigins: [origin] }), TypeError, remedy, origin);
  }
  assertThrows(() => csrf({ trustedOrigins: "https://pay.example" as never }), TypeError, "must be a list");
  assertThrows(
    () => csrf({ trustedOrigins: [new URL("https://pay.example") as never] }),
    TypeError,
    "scheme and a host",
  );
  csrf({ trustedOrigins: ["https://pay.example:8443", "http://[::1]:8000", "capacitor://localhost", "https://*.a.b"] });
});

Deno.test("csrf() trusts the origin of an app shell that has a scheme of its own", async () => {
  const send = csrfSite({ trustedOrigins: ["capacitor://localhost"] });
  const headers = { Origin: "capacitor://localhost", "Sec-Fetch-Site": "cross-site" };
  assertEquals((await send({ headers, body: formWith(SECRET) })).status, 200);
  assertEquals((await send({ headers })).reason, "CSRF token missing.");
});
