/** What TestBrowser sends: where from, with which form, and where it goes on to. */

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { TestBrowser } from "../../testing/test_browser.ts";

/** A browser whose application answers with some headers of the request, as `name=value`, one a line. */
function echoing(names: string[], options = {}): TestBrowser {
  return new TestBrowser(({ headers }) => {
    return new Response(
      names.filter((name) => headers.has(name)).map((name) => `${name}=${headers.get(name)}`).join("\n"),
    );
  }, { origin: "https://shop.example", ...options });
}

Deno.test("TestBrowser asks for a page in HTML, and for data in anything", async () => {
  const browser = echoing(["accept"]);

  assertEquals((await browser.text("/")).slice(0, 16), "accept=text/html");
  assertEquals(await browser.text("/", { navigation: false }), "accept=*/*");
});

Deno.test("TestBrowser sends what a test says in place of what a browser would", async () => {
  const browser = echoing(["accept", "origin", "sec-fetch-site", "cookie"]);
  const headers = { Accept: "text/plain", Origin: "null", "Sec-Fetch-Site": "cross-site", Cookie: "a=1" };

  assertEquals(
    await (await browser.post("/", {}, { headers })).text(),
    "accept=text/plain\norigin=null\nsec-fetch-site=cross-site\ncookie=a=1",
  );
});

Deno.test("TestBrowser says nothing of sites over plain http, nor if it is an old one", async () => {
  const names = ["sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "sec-fetch-user"];

  assertEquals(await echoing(names, { origin: "http://shop.example" }).text("/"), "");
  assertEquals(await echoing(names, { fetchMetadata: false }).text("/"), "");
  assertEquals((await echoing(names).text("/")).split("\n").length, 4);
});

Deno.test("TestBrowser names no page to plain http that came over https", async () => {
  const browser = echoing(["referer"]);

  assertEquals(
    await browser.text("/", { from: "https://shop.example/cart?a=1" }),
    "referer=https://shop.example/cart?a=1",
  );
  assertEquals(await browser.text("http://shop.example/"), "");
  assertEquals(await browser.text("/", { from: null }), "");
});

/** A site that sends on from `/303` and its kind to `/there`, which says what came. */
const sendingOn = async (request: Request) => {
  const { pathname } = new URL(request.url);
  const status = Number(pathname.slice(1));
  if (status) return new Response(null, { status, headers: { Location: "/there" } });
  return new Response(`${request.method} ${request.headers.get("Content-Type")} ${await request.text()}`);
};

Deno.test("TestBrowser sends a form on as browsers do: as it is for 307 and 308, as a GET for 301, 302 and 303", async () => {
  const browser = new TestBrowser(sendingOn);
  const visit = {
    method: "POST",
    body: new URLSearchParams({ a: "1" }),
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
  };
  for (const status of [301, 302, 303]) {
    assertEquals(await (await browser.follow(`/${status}`, visit)).text(), "GET null ");
  }
  for (const status of [307, 308]) {
    assertEquals(
      await (await browser.follow(`/${status}`, visit)).text(),
      "POST application/x-www-form-urlencoded a=1",
    );
  }
  const put = await browser.follow("/302", { method: "PUT", body: "x", headers: { "Content-Type": "text/plain" } });
  assertEquals(await put.text(), "PUT text/plain x");
});

Deno.test("TestBrowser goes on only where it is sent, and gives up after 20 times", async () => {
  const browser = new TestBrowser(sendingOn);
  assertEquals((await browser.follow("/304")).status, 304);
  assertEquals((await new TestBrowser(() => new Response(null, { status: 302 })).follow("/")).status, 302);

  const circling = new TestBrowser(() => new Response(null, { status: 302, headers: { Location: "/" } }));
  await assertRejects(() => circling.follow("/"), Error, "Cannot follow / as it is sent on more than 20 times");
});

const PAGE = `<!doctype html>
<!-- <form method="post" id="old"><input name="old" value="1"></form> -->
<form action="/search"><input name="q" value="a &amp; b"></form>
<form method="POST" action="/cart/?from=&quot;list&quot;" id=add>
  <input type="hidden" name="csrfmiddlewaretoken" value="a token">
  <input type=checkbox name=gift checked> <input type="checkbox" name="wrapped" value="yes">
  <input type="radio" name="size" value="s"><input type="radio" name="size" value="m" checked>
  <input name="off" value="1" disabled><input type="file" name="photo"><input type="submit" name="go" value="Go">
  <textarea name="note">
&lt;none&gt;</textarea>
  <select name="colour"><option>red<option value="g" selected>green</option></select>
  <select name="kind"><option value="">any</option><option>x</option></select>
  <button name="more" value="1">More</button>
</form>
<form method="post" name="upload" enctype="multipart/form-data"><input name="title"></form>
<script>document.write('<form method="post" id="written">')</script>`;

/** A site with that page, which answers a form with what was in it. */
const asking = async (request: Request) => {
  const { pathname, search } = new URL(request.url);
  if (request.method === "GET" && pathname !== "/search") {
    return new Response(pathname === "/empty" ? "" : PAGE, { headers: { "Content-Type": "text/html" } });
  }
  const fields = request.method === "GET" ? [] : [...(await request.formData()).entries()];
  return Response.json({
    path: pathname + search,
    referer: request.headers.get("Referer"),
    fields: Object.fromEntries(fields),
  });
};

Deno.test("TestBrowser.submit() sends a form with all that its page has filled in", async () => {
  const browser = new TestBrowser(asking);
  const answer = await browser.submit("/list", { note: "for Ada", wrapped: "yes", more: "1" });

  assertEquals(await answer.json(), {
    path: "/cart/?from=%22list%22",
    referer: "http://localhost/list",
    fields: {
      csrfmiddlewaretoken: "a token",
      gift: "on",
      wrapped: "yes",
      size: "m",
      note: "for Ada",
      colour: "g",
      kind: "",
      more: "1",
    },
  });
});

Deno.test("TestBrowser.submit() takes the form that is named by its id, its name or where it goes", async () => {
  const browser = new TestBrowser(asking);

  assertEquals((await (await browser.submit("/list", {}, { form: "add" })).json()).fields.note, "<none>");
  assertEquals(await (await browser.submit("/list", { title: "é" }, { form: "upload" })).json(), {
    path: "/list",
    referer: "http://localhost/list",
    fields: { title: "é" },
  });
  assertEquals((await (await browser.submit("/list", { q: "c" }, { form: "/search" })).json()).path, "/search?q=c");
});

Deno.test("TestBrowser.form() shows a form before anybody fills it in", async () => {
  const { fields, names, method, action, page } = await new TestBrowser(asking).form("/list", { form: "/search" });

  assertEquals(
    { fields, names, method, action, page },
    {
      fields: { q: "a & b" },
      names: ["q"],
      method: "GET",
      action: "http://localhost/search",
      page: "http://localhost/list",
    },
  );
});

Deno.test("TestBrowser.submit() refuses what a visitor couldn't do, and says why", async () => {
  const browser = new TestBrowser(asking);

  await assertRejects(
    () => browser.submit("/list", { nonsense: "1" }, { form: "upload" }),
    Error,
    'Cannot fill in "nonsense" on /list as the form has title',
  );
  for (const form of ["old", "written", "elsewhere"]) {
    await assertRejects(
      () => browser.submit("/list", {}, { form }),
      Error,
      `Cannot find the form "${form}" on /list: received 200 with 3 forms`,
    );
  }
  await assertRejects(
    () => browser.submit("/empty"),
    Error,
    "Cannot find a form that is sent by POST on /empty: received 200 with 0 forms",
  );
});

Deno.test("TestBrowser.copy() is the same browser in other hands", async () => {
  const browser = new TestBrowser(() => new Response("", { headers: { "Set-Cookie": "a=1; Secure" } }), {
    trustsLoopback: true,
  });
  await browser.get("/");
  const copy = browser.copy();
  browser.cookies.adopt([]);
  await copy.get("/");

  assertEquals([browser.cookie("a")?.value, copy.cookie("a")?.value, copy.cookies.refusals], [undefined, "1", []]);
});

Deno.test("TestBrowser refuses an origin that is no address", () => {
  assertThrows(
    () => new TestBrowser(() => new Response(), { origin: "shop.example" }),
    TypeError,
    "Cannot open TestBrowser as origin must be an address like https://example.com: received shop.example",
  );
});
