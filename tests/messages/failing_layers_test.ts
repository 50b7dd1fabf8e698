// A layer outside messages() may fail when the page is made already, as sessions() does when the store is down. Then nobody has seen the page.
import { assertEquals } from "@std/assert";
import { type ErrorHandlers, html, HttpError, pipeline, redirect, TemplateResponse } from "@nuages/web/middleware";
import {
  CookieMessages,
  type HasMessages,
  type Message,
  messages,
  type MessagesData,
  type MessageStorage,
  SessionMessages,
} from "@nuages/web/messages";
import { MemoryStore } from "@nuages/web/sessions";
import { TestBrowser } from "../../testing/test_browser.ts";
import { lines, makeSite, namesOf, type Page, type SiteOptions, TEST_KEY } from "./_site.ts";

/** A store that can be read and, when it is told so, not written. */
class Flaky extends MemoryStore {
  isDown = false;

  override create(...args: Parameters<MemoryStore["create"]>): ReturnType<MemoryStore["create"]> {
    return this.isDown ? Promise.reject(new Error("disk full")) : super.create(...args);
  }

  override update(...args: Parameters<MemoryStore["update"]>): ReturnType<MemoryStore["update"]> {
    return this.isDown ? Promise.reject(new Error("disk full")) : super.update(...args);
  }
}

const PAGES: Readonly<Record<string, Page>> = {
  "/cart": async (_request, context) => {
    (await context.session()).set("cart", ["Emma"]);
    context.messages.success("Emma is in your cart.");
    return redirect("/show");
  },
  "/shows-and-writes": async (_request, context) => {
    (await context.session()).set("seen", 1);
    return new Response(lines(await context.messages.read()));
  },
};

for (const [name, options] of Object.entries(storages())) {
  Deno.test(`${name}: a session that couldn't be written tells of no success`, async () => {
    const store = new Flaky();
    const browser = makeSite({ ...options(), store }, PAGES).browser();
    store.isDown = true;
    assertEquals((await browser.post("/cart")).status, 503);
    store.isDown = false;
    assertEquals(await browser.text("/show"), "");
    assertEquals(await (await browser.follow("/cart")).text(), "Emma is in your cart.");
  });

  Deno.test(`${name}: messages on a page that is thrown away were not shown`, async () => {
    const store = new Flaky();
    const browser = makeSite({ ...options(), store }, PAGES).browser();
    await browser.get("/add?text=a&text=b");
    store.isDown = true;
    assertEquals((await browser.get("/shows-and-writes")).status, 503);
    store.isDown = false;
    assertEquals(await browser.text("/shows-and-writes"), "a\nb");
    assertEquals(await browser.text("/show"), "");
  });
}

Deno.test("a session that was ended meanwhile tells of no success", async () => {
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const browser = makeSite({}, {
    "/login": async (_request, context) => {
      (await context.session()).set("user", "ada");
      return new Response();
    },
    "/logout": async (_request, context) => {
      (await context.session()).flush();
      return new Response();
    },
    "/save": async (_request, context) => {
      (await context.session()).set("name", "Ada");
      context.messages.success("Saved.");
      reached.resolve();
      await gate.promise;
      return redirect("/show");
    },
  }).browser();
  await browser.get("/login");
  const saving = browser.post("/save");
  await reached.promise;
  await browser.get("/logout");
  gate.resolve();
  assertEquals((await saving).status, 400);
  assertEquals(await browser.text("/show"), "");
});

Deno.test("a layer outside that throws or answers instead leaves the messages as they were", async () => {
  const app = pipeline({ keys: [TEST_KEY] })
    .use((next) => async (request, context) => {
      const response = await next(request, context);
      if (context.url.searchParams.has("throw")) throw new HttpError(422);
      return context.url.searchParams.has("instead") ? new Response("instead") : response;
    })
    .use(messages({ storage: new CookieMessages() }))
    .handle(async (_request, context) => {
      if (context.url.pathname === "/add") context.messages.info("a");
      return new Response(context.url.pathname === "/add" ? "added" : lines(await context.messages.read()));
    });
  const browser = new TestBrowser(app);
  assertEquals((await browser.get("/add?throw")).status, 422);
  assertEquals(await browser.text("/show"), "");
  await browser.get("/add");
  assertEquals((await browser.get("/show?throw")).status, 422);
  assertEquals(await browser.text("/show?instead"), "instead");
  assertEquals(await browser.text("/show"), "a");
  assertEquals(await browser.text("/show"), "");
});

Deno.test("the error page of a layer outside may have the layout with its messages, and keeps its status", async () => {
  const layout = ({ messages }: MessagesData) =>
    String(html`${messages.length}: ${messages.map((message) => html`<p>${message}</p>`)}`);
  const store = new Flaky();
  const site = makeSite({
    store,
    errors: { 503: (_request, _context, { status }) => new TemplateResponse(layout, {}, { status }) },
  }, PAGES);
  const browser = site.browser();
  await browser.get("/add?text=a");
  store.isDown = true;
  const response = await browser.post("/cart");
  assertEquals([response.status, await response.text()], [503, "0: "]);
  assertEquals(namesOf(site.events), ["exception"]);
  assertEquals(await browser.text("/show"), "a");
});

Deno.test("the error page of a layer outside may read messages: there are none to show", async () => {
  const store = new Flaky();
  const errors: ErrorHandlers = {
    default: async (_request, context, { status }) => {
      const { messages } = context as unknown as HasMessages;
      return new Response(`${status}: ${lines(await messages.read())}`, { status });
    },
  };
  const site = makeSite({ store, errors }, PAGES);
  const browser = site.browser();
  await browser.get("/add?text=a");
  store.isDown = true;
  const response = await browser.post("/cart");
  assertEquals([response.status, await response.text()], [503, "503: "]);
  assertEquals(namesOf(site.events), ["exception"]);
  assertEquals(await browser.text("/show"), "a");
});

Deno.test("a view that doesn't wait for messages brings nothing down when they can't be read", async () => {
  // What nobody handles ends the process, and this test with it.
  const asks: ((messages: HasMessages["messages"]) => Promise<Message[] | number> | unknown)[] = [
    (messages) => messages.read(),
    (messages) => messages.peek(),
    (messages) => messages.size(),
    (messages) => messages.forTemplate(),
  ];
  const down: MessageStorage = {
    open: () => ({ load: () => Promise.reject(new Error("connection refused")), store: () => [] }),
  };
  for (const ask of asks) {
    const browser = makeSite({ storage: down }, {
      "/hasty": (_request, { messages }) => {
        ask(messages);
        return new Response("hasty");
      },
      "/late": async (_request, { messages }) => {
        const reading = ask(messages);
        await new Promise((resolve) => setTimeout(resolve, 1));
        return new Response(`${await reading}`);
      },
    }).browser();
    assertEquals(await browser.text("/hasty"), "hasty");
    assertEquals((await browser.get("/late")).status, 500);
  }
});

function storages(): Readonly<Record<string, () => SiteOptions>> {
  return {
    CookieMessages: () => ({ storage: new CookieMessages() }),
    SessionMessages: () => ({ storage: new SessionMessages() }),
    FallbackMessages: () => ({}),
    "FallbackMessages, full": () => ({ cookie: { maxBytes: 256 } }),
  };
}
