/** Where csrf() finds the token: in a form's field, or in the header, whatever the body is. No Sec-Fetch-Site is sent here. */

import { csrf, pipeline } from "@nuages/web/middleware";
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { maskCsrfSecret } from "../../middleware/csrf_token.ts";
import { csrfSite, formWith, SECRET } from "./_csrf_site.ts";

const Origin = "https://shop.example";
const headers = { Origin };

Deno.test("csrf() takes the token of a URL-encoded form, and the view still gets the form", async () => {
  const { status, text } = await csrfSite()({ headers, body: formWith(maskCsrfSecret(SECRET), { item: "emma" }) });
  assertEquals([status, text], [200, `done: ${"csrfmiddlewaretoken=".length + 64 + "&item=emma".length}`]);
});

Deno.test("csrf() takes the token of a form with files", async () => {
  const form = new FormData();
  form.set("file", new File(["content"], "a.txt"));
  form.set("csrfmiddlewaretoken", maskCsrfSecret(SECRET));
  assertEquals((await csrfSite()({ headers, body: form })).status, 200);
});

Deno.test("csrf() takes no file for a token", async () => {
  const form = new FormData();
  form.set("csrfmiddlewaretoken", new File([SECRET], "token"));
  assertEquals((await csrfSite()({ headers, body: form })).reason, "CSRF token missing.");
  form.append("csrfmiddlewaretoken", SECRET);
  assertEquals((await csrfSite()({ headers, body: form })).status, 200);
});

Deno.test("csrf() takes the last of several tokens, as Django does", async () => {
  const body = (first: string, last: string) => `csrfmiddlewaretoken=${first}&csrfmiddlewaretoken=${last}`;
  const type = { ...headers, "Content-Type": "application/x-www-form-urlencoded" };
  const wrong = "w".repeat(32);
  assertEquals((await csrfSite()({ headers: type, body: body(wrong, SECRET) })).status, 200);
  assertEquals(
    (await csrfSite()({ headers: type, body: body(SECRET, wrong) })).reason,
    "CSRF token from POST incorrect.",
  );
});

Deno.test("csrf() takes the token of a PUT, PATCH or DELETE from the form too", async () => {
  for (const method of ["PUT", "PATCH", "DELETE"]) {
    assertEquals((await csrfSite()({ method, headers, body: formWith(SECRET) })).status, 200);
    assertEquals((await csrfSite()({ method, headers, body: formWith("") })).reason, "CSRF token missing.");
  }
});

Deno.test("csrf() takes the token of JSON from the header only", async () => {
  const json = { ...headers, "Content-Type": "application/json" };
  const body = JSON.stringify({ csrfmiddlewaretoken: SECRET });
  assertEquals((await csrfSite()({ headers: json, body })).reason, "CSRF token missing.");
  const sent = { headers: { ...json, "X-CSRFToken": maskCsrfSecret(SECRET) }, body };
  assertEquals((await csrfSite()(sent)).text, `done: ${body.length}`);
});

Deno.test("csrf() takes no token from the address", async () => {
  const url = `https://shop.example/?csrfmiddlewaretoken=${SECRET}&X-CSRFToken=${SECRET}`;
  assertEquals((await csrfSite()({ url, headers })).reason, "CSRF token missing.");
});

Deno.test("csrf() checks a body without Content-Type like any other (GHSA-2234-fmw7-43wr)", async () => {
  const bytes = new TextEncoder().encode(String(formWith(SECRET)));
  assertEquals((await csrfSite()({ headers, body: bytes })).reason, "CSRF token missing.");
  const evil = { "Sec-Fetch-Site": "cross-site", Origin: "https://evil.example" };
  assertEquals((await csrfSite()({ headers: evil, body: bytes })).status, 403);
  assertEquals((await csrfSite()({ headers: { ...headers, "Content-Type": "" }, body: bytes })).status, 403);
});

Deno.test("csrf() lets no Content-Type slip through, however it is written (GHSA-vm6g-8r4h-22x8)", async () => {
  const types = [
    "text/plain",
    "text/plain; application/json",
    "application/json; charset=utf-8",
    "application/json, application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded, application/json",
    "application/x-www-form-urlencodedx",
    "xapplication/x-www-form-urlencoded",
    "APPLICATION/JSON",
    "multipart/form-datax; boundary=b",
    "*/*",
    ";",
    "\t",
  ];
  for (const type of types) {
    const sent = { headers: { ...headers, "Content-Type": type }, body: String(formWith(SECRET)) };
    assertEquals((await csrfSite()(sent)).reason, "CSRF token missing.", type);
    const evil = { ...sent.headers, Origin: "https://evil.example" };
    assertEquals((await csrfSite()({ ...sent, headers: evil })).status, 403, type);
  }
});

Deno.test("csrf() reads a form whatever its Content-Type says besides", async () => {
  const types = [
    "application/x-www-form-urlencoded; charset=utf-8",
    "Application/X-WWW-Form-Urlencoded",
    " application/x-www-form-urlencoded ;x",
  ];
  for (const type of types) {
    const sent = { headers: { ...headers, "Content-Type": type }, body: String(formWith(SECRET)) };
    assertEquals((await csrfSite()(sent)).status, 200, type);
  }
});

Deno.test("csrf() answers 413 for a form beyond the limits: it isn't one without a token", async () => {
  const send = csrfSite({}, { form: { maxFields: 3 } });
  const body = formWith(SECRET, { a: "1", b: "2", c: "3" });
  const { status, events } = await send({ headers, body });
  assertEquals([status, events], [413, []]);
  const large = csrfSite({}, { form: { maxTextBytes: 100 } });
  assertEquals((await large({ headers, body: formWith(SECRET, { a: "x".repeat(100) }) })).status, 413);
});

Deno.test("csrf() answers 400 for a form that can't be read", async () => {
  const noBoundary = { ...headers, "Content-Type": "multipart/form-data" };
  assertEquals((await csrfSite()({ headers: noBoundary, body: "x" })).status, 400);
  const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("connection lost")) });
  const type = { ...headers, "Content-Type": "application/x-www-form-urlencoded" };
  assertEquals((await csrfSite()({ headers: type, body: broken })).status, 400);
});

Deno.test("csrf() doesn't read a body the browser vouches for, be it a form or not", async () => {
  const vouched = { ...headers, "Sec-Fetch-Site": "same-origin" };
  const send = csrfSite({}, { form: { maxBytes: 10 } });
  assertEquals((await send({ headers: vouched, body: formWith("x".repeat(1000)) })).status, 200);
});

Deno.test("csrf() gives one form to itself and the view", async () => {
  let same = false;
  const app = pipeline().use(csrf()).handle(async (request, context) => {
    const form = await context.form();
    same = form === await context.form() && (await request.formData()).get("item") === form.get("item");
    return new Response(String(form.get("item")));
  });
  const response = await app(
    new Request("https://shop.example/", {
      method: "POST",
      headers: { Origin, Cookie: `__Host-csrftoken=${SECRET}` },
      body: formWith(SECRET, { item: "emma" }),
    }),
  );
  assertEquals([await response.text(), same], ["emma", true]);
});

Deno.test("csrf() takes the token from the header it is told, and names it in the reason as Django does", async () => {
  const send = csrfSite({ headerName: "X-XSRF-TOKEN" });
  assertEquals((await send({ headers: { Origin, "X-XSRF-Token": SECRET } })).status, 200);
  assertEquals((await send({ headers: { Origin, "X-CSRFToken": SECRET } })).reason, "CSRF token missing.");
  assertEquals(
    (await send({ headers: { Origin, "X-XSRF-Token": "" } })).reason,
    "CSRF token from the 'X-Xsrf-Token' HTTP header has incorrect length.",
  );
  for (const name of ["", "X CSRF", "X-CSRF:", "é"]) {
    assertThrows(() => csrf({ headerName: name }), TypeError, "headerName must be letters, digits and dashes");
  }
});

Deno.test("csrf() refuses tokens that look like one", async () => {
  const send = csrfSite();
  const reason = async (token: string) => (await send({ headers, body: formWith(token) })).reason;
  assertEquals(await reason("s".repeat(31)), "CSRF token from POST has incorrect length.");
  assertEquals(await reason("s".repeat(33)), "CSRF token from POST has incorrect length.");
  assertEquals(await reason("s".repeat(31) + "\0"), "CSRF token from POST has invalid characters.");
  assertEquals(await reason("ｓ".repeat(32)), "CSRF token from POST has invalid characters.");
  assertEquals(await reason("S".repeat(32)), "CSRF token from POST incorrect.");
  assertEquals(await reason(` ${SECRET}`), "CSRF token from POST has incorrect length.");
  const flipped = maskCsrfSecret(SECRET).replace(/.$/, (last) => last === "a" ? "b" : "a");
  assertEquals(await reason(flipped), "CSRF token from POST incorrect.");
});

Deno.test("csrf() names the usual cause of a missing token", async () => {
  const { hint } = await csrfSite()({ headers });
  assertStringIncludes(hint!, "csrfField()");
});
