/** What a view says of itself. */

import { addHooks, hasMark, markView, type Middleware, perView, pipeline, routes } from "@nuages/web/middleware";
import { assert, assertEquals, assertFalse } from "@std/assert";

Deno.test("markView() marks another function, and leaves the view as it was", () => {
  const view = () => new Response("x");
  const marked = markView(view, "csrf.exempt");
  assert(hasMark(marked, "csrf.exempt"));
  assertFalse(hasMark(view, "csrf.exempt"));
  assertFalse(hasMark(marked, "login.exempt"));
});

Deno.test("markView() keeps the marks there were", () => {
  const once = markView(() => new Response(), "a");
  const twice = markView(markView(once, "b"), "c");
  assertEquals(["a", "b", "c", "d"].map((mark) => hasMark(twice, mark)), [true, true, true, false]);
  assertEquals(["a", "b"].map((mark) => hasMark(once, mark)), [true, false]);
});

Deno.test("markView() keeps the view's name and answer", async () => {
  function cartPage() {
    return new Response("cart");
  }
  const marked = markView(cartPage, "a");
  assertEquals(marked.name, "cartPage");
  assertEquals(await (await pipeline().handle(marked)(new Request("http://localhost/"))).text(), "cart");
});

Deno.test("markView() says nothing to who lists the function's properties", () => {
  assertEquals(Object.keys(markView(() => new Response(), "a")), []);
});

Deno.test("hasMark() finds no mark by a name that objects have", () => {
  for (const mark of ["constructor", "__proto__", "toString", "size", ""]) {
    assertFalse(hasMark(() => new Response(), mark));
    assertFalse(hasMark(markView(() => new Response(), "a"), mark));
  }
});

Deno.test("hasMark() sees what another copy of this module in the program has marked", () => {
  const view = Object.assign(() => new Response(), { [Symbol.for("nuages.marks")]: new Set(["csrf.exempt"]) });
  assert(hasMark(view, "csrf.exempt"));
});

Deno.test("perView() keeps the view's marks and name, and a mark may stand outside or inside", () => {
  const plain: Middleware = (next) => (request, context) => next(request, context);
  function cartPage() {
    return new Response();
  }
  for (const view of [perView(plain)(markView(cartPage, "a")), markView(perView(plain)(cartPage), "a")]) {
    assertEquals([view.name, hasMark(view, "a")], ["cartPage", true]);
  }
});

Deno.test("a marked table calls the views within, and passes on no mark to them", async () => {
  const seen: string[] = [];
  const look: Middleware = (next) => (request, context) => {
    addHooks(context, {
      processView: (_request, _context, view) => void seen.push(`${view.name} ${hasMark(view, "a")}`),
    });
    return next(request, context);
  };
  const table = routes({
    "/": function home() {
      return new Response("home");
    },
  });
  const answer = await pipeline().use(look).handle(markView(table, "a"))(new Request("http://localhost/"));
  assertEquals([await answer.text(), seen], ["home", ["routes true"]]);
});
