/** Markup that escapes. */

import { Html, html, htmlResponse } from "@nuages/web/middleware";
import { assert, assertEquals, assertThrows } from "@std/assert";

Deno.test("html escapes what is put in", () => {
  assertEquals(
    String(html`<p>${`<script>alert("1" & '2')</script>`}</p>`),
    "<p>&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;</p>",
  );
  assertEquals(String(html`<a title="${`" onclick="x`}">`), '<a title="&quot; onclick=&quot;x">');
  assertEquals(String(html`<a title='${`' onclick='x`}'>`), "<a title='&#39; onclick=&#39;x'>");
  assertEquals(String(html`${"&lt;"}`), "&amp;lt;");
});

Deno.test("html leaves what is written in the template", () => {
  assertEquals(String(html`<b>"x" & 'y'</b>`), `<b>"x" & 'y'</b>`);
  assertEquals(String(html``), "");
  assertEquals(String(html`a${1}${2}b`), "a12b");
});

Deno.test("html puts markup in as it is, and lists piece by piece", () => {
  const items = ["<a>", html`<b>b</b>`, ["<c>", [html`<i>d</i>`]], 5];
  assertEquals(String(html`<ul>${items}</ul>`), "<ul>&lt;a&gt;<b>b</b>&lt;c&gt;<i>d</i>5</ul>");
  assertEquals(String(html`${html`${html`${"<"}`}`}`), "&lt;");
  assertEquals(String(html`${new Html("<hr>")}`), "<hr>");
});

Deno.test("html leaves nothing for what isn't there, and keeps zero and the empty text", () => {
  assertEquals(String(html`[${undefined}${null}${false}${""}${[]}]`), "[]");
  assertEquals(String(html`[${0}${-0}${NaN}${0n}]`), "[00NaN0]");
  assertEquals(String(html`[${true}]`), "[true]");
});

Deno.test("html escapes whatever a value makes of itself", () => {
  assertEquals(String(html`${{ toString: () => "<x>" }}`), "&lt;x&gt;");
  assertEquals(String(html`${new URL("http://localhost/?a=1&b='")}`), "http://localhost/?a=1&amp;b=%27");
  assertEquals(String(html`${Symbol("<x>")}`), "Symbol(&lt;x&gt;)");
  assertEquals(String(html`${"\0\ud800<"}`), "\0\ud800&lt;");
});

Deno.test("html isn't fooled by an object that looks like markup", () => {
  const fake = { toString: () => "<script>", constructor: Html };
  assertEquals(String(html`${fake}`), "&lt;script&gt;");
  assertEquals(
    String(html`${JSON.parse('{"toString":"x","length":1,"0":"<script>"}') && ["<script>"]}`),
    "&lt;script&gt;",
  );
});

Deno.test("html refuses a promise, which would be shown as [object Promise]", () => {
  assertThrows(() => html`${Promise.resolve("x")}`, TypeError, "Cannot put a promise into html: await it first");
  assertThrows(() => html`${[Promise.resolve("x")]}`, TypeError, "await it first");
});

Deno.test("Html() is its text, and nothing else can be read or changed", () => {
  const markup = html`<p>x</p>`;
  assert(markup instanceof Html);
  assertEquals([markup.toString(), `${markup}`, Object.keys(markup).length], ["<p>x</p>", "<p>x</p>", 0]);
});

Deno.test("htmlResponse() says that it is HTML in UTF-8", async () => {
  const response = htmlResponse(html`<p>${"é<"}</p>`, { status: 201, headers: { "X-A": "b" } });
  assertEquals([response.status, response.headers.get("X-A")], [201, "b"]);
  assertEquals(response.headers.get("Content-Type"), "text/html; charset=utf-8");
  assertEquals(await response.text(), "<p>é&lt;</p>");
  assertEquals(await htmlResponse("<p>a text is markup</p>").text(), "<p>a text is markup</p>");
});

Deno.test("htmlResponse() keeps a type that it is given, in whatever form", () => {
  const type = "application/xhtml+xml";
  for (
    const headers of [
      { "content-type": type },
      [["CONTENT-TYPE", type]] as [string, string][],
      new Headers({ "Content-Type": type }),
    ]
  ) {
    assertEquals(htmlResponse("", { headers }).headers.get("Content-Type"), type);
  }
});
