import { assertEquals, assertThrows } from "@std/assert";
import { BadRequest, hasMark, html, markView, redirect, TemplateResponse } from "@nuages/web/middleware";
import { type MessagesData, successMessage } from "@nuages/web/messages";
import { lines, makeSite, type Page } from "./_site.ts";

Deno.test("successMessage() says so when the view redirects", async () => {
  const browser = makeSite({}, { "/save": successMessage(() => redirect("/show"), "Saved.") }).browser();
  assertEquals(await (await browser.follow("/save")).text(), "Saved.");
});

Deno.test("successMessage() says so when the view answers with 200, 201 or 204", async () => {
  assertEquals(await saidBy(() => new Response("ok")), "Saved.");
  assertEquals(await saidBy(() => new Response("made", { status: 201 })), "Saved.");
  assertEquals(await saidBy(() => new Response(null, { status: 204 })), "Saved.");
});

Deno.test("successMessage() says nothing when the view fails, refuses, shows the form again or has nothing new", async () => {
  assertEquals(await saidBy(() => new Response("again", { status: 422 })), "");
  assertEquals(await saidBy(() => new Response("gone", { status: 404 })), "");
  assertEquals(await saidBy(() => new Response("down", { status: 500 })), "");
  assertEquals(await saidBy(() => new Response(null, { status: 304 })), "");
  assertEquals(
    await saidBy(() => {
      throw new BadRequest();
    }),
    "",
  );
});

Deno.test("successMessage() waits for a view and for a text that take their time", async () => {
  const view = () => Promise.resolve(new Response("ok"));
  const browser = makeSite({}, {
    "/save": successMessage(view, (request, context) => {
      return Promise.resolve(`${request.method} ${context.url.searchParams.get("book")} was saved.`);
    }),
  }).browser();
  await browser.get("/save?book=Emma");
  assertEquals(await browser.text("/show"), "GET Emma was saved.");
});

Deno.test("successMessage() takes markup, and says nothing for an empty text", async () => {
  const list: Page = async (_request, { messages }) => {
    return Response.json((await messages.read()).map(({ text, safe }) => [text, safe]));
  };
  const browser = makeSite({}, {
    "/markup": successMessage(() => new Response(), html`<b>Saved</b>`),
    "/silent": successMessage(() => new Response(), () => ""),
    "/list": list,
  }).browser();
  await browser.get("/markup");
  await browser.get("/silent");
  assertEquals(await browser.json("/list"), [["<b>Saved</b>", true]]);
});

Deno.test("successMessage() comes in time for the view's own template", async () => {
  const page = ({ messages }: MessagesData) => lines(messages);
  const browser = makeSite({}, { "/save": successMessage(() => new TemplateResponse(page), "Saved.") }).browser();
  assertEquals(await browser.text("/save"), "Saved.");
  assertEquals(await browser.text("/show"), "");
});

Deno.test("successMessage() keeps the view's name, marks and swiftness", () => {
  const view = markView(function saveBook() {
    return new Response();
  }, "csrf.exempt");
  const wrapped = successMessage(view, "Saved.");
  assertEquals([wrapped.name, hasMark(wrapped, "csrf.exempt")], ["saveBook", true]);
  const said: string[] = [];
  const context = { messages: { success: (text: string) => said.push(text) } };
  assertEquals(wrapped(new Request("http://localhost/"), context as never) instanceof Response, true);
  assertEquals(said, ["Saved."]);
});

Deno.test("successMessage() refuses what is no view", () => {
  assertThrows(() => successMessage("view" as never, "Saved."), TypeError, "a view that is string: pass a function");
});

async function saidBy(view: Page): Promise<string> {
  const browser = makeSite({}, { "/save": successMessage(view, "Saved.") }).browser();
  await browser.get("/save");
  return await browser.text("/show");
}
