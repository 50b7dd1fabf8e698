import { assert, assertEquals, assertFalse } from "@std/assert";
import { html, TemplateResponse } from "@nuages/web/middleware";
import { isPageRequest, type TemplateMessages } from "@nuages/web/messages";
import { BACKGROUND, lines, makeSite, NAVIGATION } from "./_site.ts";

Deno.test("isPageRequest() knows a navigation", () => {
  assert(isPageRequest(request(NAVIGATION.headers)));
  assert(isPageRequest(request({ "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate" })));
});

Deno.test("isPageRequest() knows a page in a frame", () => {
  assert(isPageRequest(request({ "Sec-Fetch-Dest": "iframe" })));
  assert(isPageRequest(request({ "Sec-Fetch-Dest": "frame" })));
  assert(isPageRequest(request({ "Sec-Fetch-Dest": "fencedframe" })));
  assert(isPageRequest(request({ "Sec-Fetch-Dest": "embed" })));
  assert(isPageRequest(request({ "Sec-Fetch-Dest": "object" })));
});

Deno.test("isPageRequest() takes a client that doesn't say what it asks for as one for a page", () => {
  assert(isPageRequest(request({})));
  assert(isPageRequest(request({ Accept: "*/*" })));
});

Deno.test("isPageRequest() knows fetch, XMLHttpRequest, EventSource and sendBeacon in the background", () => {
  assertFalse(isPageRequest(request(BACKGROUND.headers)));
  assertFalse(isPageRequest(request({ "Sec-Fetch-Dest": "empty" })));
  assertFalse(isPageRequest(request({ "Sec-Fetch-Dest": "empty", "X-Requested-With": "XMLHttpRequest" })));
  assertFalse(isPageRequest(request({ "Sec-Fetch-Dest": "empty", Accept: "application/json" })));
  assertFalse(isPageRequest(request({ "Sec-Fetch-Dest": "empty", Accept: "text/event-stream" })));
  assertFalse(isPageRequest(request({ "Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "no-cors", Accept: "*/*" })));
});

Deno.test("isPageRequest() knows what a page is made of: images, styles, scripts, sockets", () => {
  assertFalse(isPageRequest(request({ "Sec-Fetch-Dest": "image", Accept: "image/*,*/*" })));
  assertFalse(isPageRequest(request({ "Sec-Fetch-Dest": "style", Accept: "text/css,*/*" })));
  assertFalse(isPageRequest(request({ "Sec-Fetch-Dest": "script", Accept: "text/html" })));
  assertFalse(isPageRequest(request({ "Sec-Fetch-Dest": "websocket" })));
  assertFalse(isPageRequest(request({ "Sec-Fetch-Dest": "serviceworker" })));
  assertFalse(isPageRequest(request({ "Sec-Fetch-Dest": "of the future" })));
});

Deno.test("isPageRequest() counts a fetch whose answer is put into the page: HTMX, Turbo, a passing service worker", () => {
  assert(isPageRequest(request({ "Sec-Fetch-Dest": "empty", "HX-Request": "true", Accept: "*/*" })));
  assert(isPageRequest(request({ "Sec-Fetch-Dest": "empty", Accept: "text/html, application/xhtml+xml" })));
  assert(isPageRequest(request({ ...NAVIGATION.headers, "Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "same-origin" })));
  assertFalse(isPageRequest(request({ "Sec-Fetch-Dest": "empty", "HX-Request": "false" })));
  assertFalse(isPageRequest(request({ "Sec-Fetch-Dest": "empty", Accept: "text/htmlx" })));
});

Deno.test("isPageRequest() knows what is fetched in advance, by each browser's and library's word for it", () => {
  assertFalse(isPageRequest(request({ ...NAVIGATION.headers, "Sec-Purpose": "prefetch" })));
  assertFalse(isPageRequest(request({ ...NAVIGATION.headers, "Sec-Purpose": "prefetch;prerender" })));
  assertFalse(isPageRequest(request({ ...NAVIGATION.headers, "Sec-Purpose": "prefetch;anonymous-client-ip" })));
  assertFalse(isPageRequest(request({ ...NAVIGATION.headers, Purpose: "prefetch" })));
  assertFalse(isPageRequest(request({ ...NAVIGATION.headers, Purpose: "Prefetch" })));
  assertFalse(isPageRequest(request({ ...NAVIGATION.headers, "X-Purpose": "preview" })));
  assertFalse(isPageRequest(request({ ...NAVIGATION.headers, "X-Moz": "prefetch" })));
  assertFalse(isPageRequest(request({ "X-Sec-Purpose": "prefetch", Accept: "text/html" })));
  assertFalse(isPageRequest(request({ "HX-Request": "true", "HX-Preloaded": "true" })));
  assertFalse(isPageRequest(request({ "Sec-Purpose": "prefetch" })));
  assert(isPageRequest(request({ ...NAVIGATION.headers, Purpose: "other" })));
});

Deno.test("a prefetch has no messages to show, and leaves them for the page that is opened", async () => {
  const browser = makeSite().browser();
  await browser.get("/add?text=a");
  const headers = { ...NAVIGATION.headers, "Sec-Purpose": "prefetch;prerender" };
  const response = await browser.get("/show", { headers });
  assertEquals([await response.text(), response.headers.getSetCookie()], ["", []]);
  assertEquals(await browser.text("/show", NAVIGATION), "a");
  assertEquals(await browser.text("/show", NAVIGATION), "");
});

Deno.test("a fetch in the background has no messages to show, and leaves them", async () => {
  const browser = makeSite().browser();
  await browser.get("/add?text=a");
  assertEquals(await browser.text("/show", BACKGROUND), "");
  assertEquals(await browser.text("/show", NAVIGATION), "a");
});

Deno.test("a fetch in the background adds messages for the next page", async () => {
  const browser = makeSite().browser();
  await browser.get("/add?text=a", BACKGROUND);
  assertEquals(await browser.text("/show", NAVIGATION), "a");
});

Deno.test("what a prefetch adds is for the next page too", async () => {
  const browser = makeSite().browser();
  await browser.get("/add?text=a", { headers: { "Sec-Purpose": "prefetch" } });
  assertEquals(await browser.text("/show", NAVIGATION), "a");
});

Deno.test("read({ background: true }) hands messages to a script, but not to a prefetch", async () => {
  const browser = makeSite({}, {
    "/api": async (_request, { messages }) => Response.json(await messages.read({ background: true })),
  }).browser();
  await browser.get("/add?text=a");
  assertEquals(await browser.json("/api", { headers: { ...BACKGROUND.headers, Purpose: "prefetch" } }), []);
  const [message] = await browser.json("/api", BACKGROUND);
  assertEquals(message.text, "a");
  assertEquals(await browser.json("/api", BACKGROUND), []);
});

Deno.test("peek() and size() answer whatever the request is for", async () => {
  const browser = makeSite({}, {
    "/badge": async (_request, { messages }) => Response.json([await messages.size(), lines(await messages.peek())]),
  }).browser();
  await browser.get("/add?text=a");
  assertEquals(await browser.json("/badge", BACKGROUND), [1, "a"]);
  assertEquals(await browser.json("/badge", { headers: { Purpose: "prefetch" } }), [1, "a"]);
});

Deno.test("a template rendered for the background has none to show, not even a number", async () => {
  const browser = makeSite({}, {
    "/layout": () =>
      new TemplateResponse(({ messages }: { messages: TemplateMessages }) => {
        return html`${messages.length}:${messages.map(({ text }) => text)}:${[...messages].length}`;
      }),
  }).browser();
  await browser.get("/add?text=a");
  assertEquals(await browser.text("/layout", BACKGROUND), "0::0");
  assertEquals(await browser.text("/layout", NAVIGATION), "1:a:1");
});

Deno.test("isPage decides which requests are for a page, but for a prefetch", async () => {
  const isPage = (request: Request) => request.headers.has("X-Partial");
  const browser = makeSite({ isPage }).browser();
  await browser.get("/add?text=a");
  assertEquals(await browser.text("/show", NAVIGATION), "");
  const partial = { ...BACKGROUND.headers, "X-Partial": "1" };
  assertEquals(await browser.text("/show", { headers: { ...partial, Purpose: "prefetch" } }), "");
  assertEquals(await browser.text("/show", { headers: partial }), "a");
});

function request(headers: Record<string, string>): Request {
  return new Request("https://example.com/", { headers });
}
