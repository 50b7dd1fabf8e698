import { assertEquals } from "@std/assert";
import { html, TemplateResponse } from "@nuages/web/middleware";
import type { MessagesData } from "@nuages/web/messages";
import { lines, makeSite, NAVIGATION } from "./_site.ts";

Deno.test("messagesProcessor() gives templates the messages, and going through them shows them", async () => {
  const page = ({ messages }: MessagesData) =>
    html`${messages.length}:${messages.map(({ text, tags }, index) => html`<p class="${tags}">${index} ${text}</p>`)}`;
  const browser = makeSite({}, { "/page": () => new TemplateResponse(page) }).browser();
  await browser.get("/add?text=a&text=<b>");
  assertEquals(await browser.text("/page"), '2:<p class="info">0 a</p><p class="info">1 &lt;b&gt;</p>');
  assertEquals(await browser.text("/page"), "0:");
});

Deno.test("messagesProcessor() leaves the messages to the next page if the template doesn't show them", async () => {
  const browser = makeSite({}, {
    "/bare": () => new TemplateResponse(() => "bare"),
    "/counts": () => new TemplateResponse(({ messages }: MessagesData) => `${messages.length} for you`),
  }).browser();
  await browser.get("/add?text=a");
  const bare = await browser.get("/bare");
  assertEquals([await bare.text(), bare.headers.get("Vary"), bare.headers.getSetCookie()], ["bare", "Cookie", []]);
  assertEquals(await browser.text("/counts"), "1 for you");
  assertEquals(await browser.text("/show", NAVIGATION), "a");
});

Deno.test("messagesProcessor() gives what the view itself has added, and for a loop as well", async () => {
  const page = ({ messages }: MessagesData) => {
    const texts: string[] = [];
    for (const { text } of messages) texts.push(text);
    return texts.join();
  };
  const browser = makeSite({}, {
    "/page": (_request, { messages }) => {
      messages.info("now");
      return new TemplateResponse(page);
    },
  }).browser();
  const response = await browser.get("/page");
  assertEquals([await response.text(), response.headers.getSetCookie()], ["now", []]);
});

Deno.test("messagesProcessor() gives the same twice to a template with two places for messages", async () => {
  const page = ({ messages }: MessagesData) => `${lines(messages)}/${lines(messages)}`;
  const browser = makeSite({}, { "/page": () => new TemplateResponse(page) }).browser();
  await browser.get("/add?text=a");
  assertEquals(await browser.text("/page"), "a/a");
  assertEquals(await browser.text("/page"), "/");
});

Deno.test("messagesProcessor() gives the levels by name", async () => {
  const page = ({ messages, messageLevels }: MessagesData) =>
    messages.map(({ level, text }) => (level >= messageLevels.error ? `! ${text}` : text)).join();
  const browser = makeSite({}, {
    "/page": (_request, { messages }) => {
      messages.info("a");
      messages.error("b");
      return new TemplateResponse(page);
    },
  }).browser();
  assertEquals(await browser.text("/page"), "a,! b");
});

Deno.test("messagesProcessor() isn't asked for a page that is no template", async () => {
  const browser = makeSite({}, { "/plain": () => new Response("plain") }).browser();
  assertEquals((await browser.get("/plain")).headers.get("Vary"), null);
});
