/** A response whose page isn't made yet. */

import {
  addHooks,
  html,
  type Middleware,
  pipeline,
  type PipelineOptions,
  TemplateResponse,
} from "@nuages/web/middleware";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";

type Data = Record<string, unknown>;

async function answer(response: () => Response | Promise<Response>, options: PipelineOptions = {}) {
  const errors: unknown[] = [];
  const result = await pipeline({ onEvent: ({ error }) => errors.push(error), ...options }).handle(response)(
    new Request("http://localhost/books/"),
  );
  return {
    status: result.status,
    type: result.headers.get("Content-Type"),
    text: await result.text(),
    headers: result.headers,
    errors,
  };
}

Deno.test("TemplateResponse() is rendered by calling the template with data and context", async () => {
  const template = (data: Data, context: { url: URL }) => html`<p>${data.name} at ${context.url.pathname}</p>`;
  const { status, type, text } = await answer(() => new TemplateResponse(template, { name: "A&B" }));
  assertEquals([status, type, text], [200, "text/html; charset=utf-8", "<p>A&amp;B at /books/</p>"]);
});

Deno.test("TemplateResponse() is rendered by the pipeline's render, if there is one", async () => {
  const render = (template: string, data: Data, context: { url: URL }) =>
    `${template}: ${data.name} ${context.url.pathname}`;
  const { text } = await answer(() => new TemplateResponse("hello.html", { name: "Ada" }), { render });
  assertEquals(text, "hello.html: Ada /books/");
  const late = async (template: string) => await Promise.resolve(`late ${template}`);
  assertEquals((await answer(() => new TemplateResponse("x"), { render: late })).text, "late x");
});

Deno.test("TemplateResponse() is rendered wherever it comes from: a promise, a middleware", async () => {
  assertEquals((await answer(() => Promise.resolve(new TemplateResponse(() => "late")))).text, "late");
  const app = pipeline().use(() => () => new TemplateResponse(() => "from a middleware")).handle(() => new Response());
  assertEquals(await (await app(new Request("http://localhost/"))).text(), "from a middleware");
});

Deno.test("TemplateResponse() keeps status, headers and cookies", async () => {
  const headers = new Headers([["X-A", "b"], ["Set-Cookie", "a=1"], ["Set-Cookie", "b=2"], [
    "Content-Type",
    "image/svg+xml",
  ]]);
  const result = await answer(() => new TemplateResponse(() => "<svg/>", {}, { status: 201, headers }));
  assertEquals([result.status, result.type, result.headers.get("X-A")], [201, "image/svg+xml", "b"]);
  assertEquals(result.headers.getSetCookie(), ["a=1", "b=2"]);
});

Deno.test("TemplateResponse() may be bytes or a stream", async () => {
  assertEquals((await answer(() => new TemplateResponse(() => new TextEncoder().encode("bytes")))).text, "bytes");
  assertEquals(
    (await answer(() => new TemplateResponse(() => new TextEncoder().encode("buffer").buffer))).text,
    "buffer",
  );
  assertEquals((await answer(() => new TemplateResponse(() => new Blob(["stream"]).stream()))).text, "stream");
  assertEquals((await answer(() => new TemplateResponse(() => 7))).text, "7");
  assertEquals((await answer(() => new TemplateResponse(() => ""))).text, "");
});

Deno.test("TemplateResponse() whose template gives nothing is a 500 that says so", async () => {
  for (const nothing of [undefined, null]) {
    const { status, errors } = await answer(() => new TemplateResponse(() => nothing));
    assertEquals(status, 500);
    assertStringIncludes(String(errors), `the template gave ${nothing}: did it forget to return?`);
  }
});

Deno.test("TemplateResponse() with a name and no render says what to write", async () => {
  const { status, errors } = await answer(() => new TemplateResponse("hello.html"));
  assertEquals(status, 500);
  assertStringIncludes(String(errors), "pipeline({ render: (template, data) => … })");
  assertStringIncludes(String(errors), "hello.html");
});

Deno.test("TemplateResponse() has data of its own", () => {
  const [first, second] = [new TemplateResponse("a"), new TemplateResponse("a")];
  first.data.x = 1;
  assertEquals(second.data, {});
  assert(first instanceof Response);
  assertEquals([first.template, first.status, first.body], ["a", 200, null]);
});

Deno.test("TemplateResponse() keeps getters of its data lazy", async () => {
  let reads = 0;
  const data = {
    get costly() {
      reads++;
      return "dear";
    },
  };
  assertEquals((await answer(() => new TemplateResponse(() => "unread", data))).text, "unread");
  assertEquals(reads, 0);
  assertEquals((await answer(() => new TemplateResponse((data: Data) => `${data.costly}`, data))).text, "dear");
  assertEquals(reads, 1);
});

Deno.test("TemplateResponse() can be changed by a hook before it is rendered, headers too", async () => {
  const hooked: Middleware = (next) => (request, context) => {
    addHooks(context, {
      processTemplateResponse: (_request, _context, response) => {
        response.headers.set("X-Hook", "yes");
        response.data.name = "Grace";
        return response;
      },
    });
    return next(request, context);
  };
  const response = await pipeline().use(hooked).handle(() =>
    new TemplateResponse((data: Data) => `${data.name}`, { name: "Ada" })
  )(new Request("http://localhost/"));
  assertEquals([response.headers.get("X-Hook"), await response.text()], ["yes", "Grace"]);
});

Deno.test("TemplateResponse() compares its data with what the template takes", () => {
  interface Book {
    title: string;
    pages: number;
  }
  const template = ({ title, pages }: Book) => html`${title} ${pages}`;

  new TemplateResponse(template, { title: "Emma", pages: 474 });
  new TemplateResponse(template, { title: "Emma" }); // a context processor may know the rest
  // @ts-expect-error: a number is expected
  new TemplateResponse(template, { pages: "many" });
  // @ts-expect-error: no template takes this
  new TemplateResponse(template, { titel: "Emma" });
  // @ts-expect-error: a template is a function or a name
  new TemplateResponse(7);
  new TemplateResponse("book.html", { anything: true });
});

Deno.test("TemplateResponse() calls a template that is a function, also where names are rendered", async () => {
  const render = (name: string) => `rendered ${name}`;

  assertEquals((await answer(() => new TemplateResponse("a.html"), { render })).text, "rendered a.html");
  assertEquals((await answer(() => new TemplateResponse(() => "called"), { render })).text, "called");
});
