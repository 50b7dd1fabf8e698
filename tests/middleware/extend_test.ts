/** Adding to the context. */

import { type Context, extend, pipeline } from "@nuages/web/middleware";
import { assert, assertEquals, assertFalse, assertStrictEquals } from "@std/assert";

/** Gives a pipeline's context to a function. */
async function withContext(use: (context: Context) => void): Promise<void> {
  let failure: unknown;
  await pipeline().handle((_request, context) => {
    try {
      use(context);
    } catch (error) {
      failure = error;
    }
    return new Response();
  })(new Request("http://localhost/path"));
  if (failure !== undefined) throw failure;
}

Deno.test("extend() gives the same context back, with what was added", async () => {
  await withContext((context) => {
    const extended = extend(context, { user: "Ada", tags: ["a"] });
    assertStrictEquals(extended as Context, context);
    assertEquals([extended.user, extended.tags, extended.url.pathname], ["Ada", ["a"], "/path"]);
  });
});

Deno.test("extend() keeps getters lazy", async () => {
  await withContext((context) => {
    let reads = 0;
    const extended = extend(context, {
      get user() {
        reads++;
        return "Ada";
      },
    });
    assertEquals(reads, 0);
    const further = extend(extended, { role: "editor" });
    assertEquals(reads, 0);
    assertEquals([further.user, further.user, reads], ["Ada", "Ada", 2]);
  });
});

Deno.test("extend() gives getters the context as this", async () => {
  await withContext((context) => {
    const extended = extend(context, {
      get place(): string {
        return (this as unknown as Context).url.pathname;
      },
    });
    assertEquals(extended.place, "/path");
  });
});

Deno.test("extend() keeps methods, setters, symbols and what can't be listed", async () => {
  const key = Symbol("key");
  await withContext((context) => {
    let stored = "";
    const more = {
      greet: (name: string) => `Hello ${name}`,
      get last(): string {
        return stored;
      },
      set last(name: string) {
        stored = name;
      },
      set only(name: string) {
        stored = `only ${name}`;
      },
      [key]: 1,
    };
    Object.defineProperty(more, "hidden", { value: "x", enumerable: false });
    const extended = extend(context, more as typeof more & { readonly hidden: string });
    extended.last = "Ada";
    assertEquals([extended.greet(extended.last), stored, extended[key], extended.hidden], ["Hello Ada", "Ada", 1, "x"]);
    assertFalse(Object.keys(extended).includes("hidden"));
    extended.only = "Grace";
    assertEquals(stored, "only Grace");
  });
});

Deno.test("extend() replaces what was added before, and what the context has", async () => {
  await withContext((context) => {
    const first = extend(context, {
      user: "Ada",
      get lazy() {
        return 1;
      },
    });
    const second = extend(first, { user: "Grace", lazy: 2, requestId: "r-1" });
    assertEquals([second.user, second.lazy, second.requestId], ["Grace", 2, "r-1"]);
    const third = extend(second, Object.freeze({ user: "Edsger" }));
    assertEquals(extend(third, { user: "Barbara" }).user, "Barbara");
  });
});

Deno.test("extend() adds nothing to other requests", async () => {
  await withContext((context) => void extend(context, { user: "Ada" }));
  await withContext((context) => assertFalse("user" in context));
});

Deno.test("extend() adds a name that objects have too without harm", async () => {
  await withContext((context) => {
    const extended = extend(context, JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}'));
    assertEquals(Object.hasOwn(extended, "__proto__"), true);
    assertEquals((extended as { polluted?: boolean }).polluted, undefined);
    assert(extended.url instanceof URL);
  });
});

Deno.test("a context that is spread is refused loudly, with the remedy", async () => {
  const errors: string[] = [];
  const app = pipeline({ onEvent: ({ error }) => errors.push(String(error)) })
    .use<{ user: string }>((next) => (request, context) => next(request, { ...context, user: "Ada" }))
    .handle((_request, context) => new Response(context.user));
  assertEquals((await app(new Request("http://localhost/"))).status, 500);
  assertEquals(errors, [
    'TypeError: The layer outside "view" must pass on the context it was given: add to it with extend(context, { … }), not by spreading it',
  ]);
});

Deno.test("extend() of what is no context of a pipeline is the layer's own affair", () => {
  const other = { url: new URL("http://localhost/") } as Context;
  assertEquals(extend(other, { user: "Ada" }).user, "Ada");
});
