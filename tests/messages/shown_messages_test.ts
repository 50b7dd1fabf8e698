// A message is shown when the visitor gets to see the page that read it, and only then.
import { assertEquals, assertRejects } from "@std/assert";
import { html, HttpError, perView, pipeline, redirect, routes, TemplateResponse } from "@nuages/web/middleware";
import {
  CookieMessages,
  type HasMessages,
  messages,
  SessionMessages,
  type TemplateMessages,
} from "@nuages/web/messages";
import { TestBrowser } from "../../testing/test_browser.ts";
import { lines, makeSite, namesOf, type Page, TEST_KEY } from "./_site.ts";

Deno.test("a page that fails with 500 has shown nothing", async () => {
  const browser = makeSite({}, {
    "/fails": async (_request, { messages }) => {
      await messages.read();
      throw new Error("after reading");
    },
  }).browser();
  await browser.get("/add?text=a");
  assertEquals((await browser.get("/fails")).status, 500);
  assertEquals(await browser.text("/show"), "a");
});

Deno.test("a template that fails halfway has shown nothing", async () => {
  const browser = makeSite({}, {
    "/fails": () =>
      new TemplateResponse(({ messages }: { messages: TemplateMessages }) => {
        assertEquals(lines(messages), "a");
        throw new Error("out of ink");
      }),
  }).browser();
  await browser.get("/add?text=a");
  assertEquals((await browser.get("/fails")).status, 500);
  assertEquals(await browser.text("/show"), "a");
});

Deno.test("an answer of 503 that the view makes itself has shown nothing", async () => {
  const browser = makeSite({}, {
    "/busy": async (_request, { messages }) => new Response(lines(await messages.read()), { status: 503 }),
  }).browser();
  await browser.get("/add?text=a");
  assertEquals(await browser.text("/busy"), "a");
  assertEquals(await browser.text("/show"), "a");
});

Deno.test("what a failing request adds is dropped, and an event says so", async () => {
  const site = makeSite({}, {
    "/fails": async (_request, { messages }) => {
      messages.success("Saved.");
      await messages.read();
      messages.success("Mailed.");
      throw new Error("the transaction was rolled back");
    },
  });
  const browser = site.browser();
  await browser.get("/add?text=a");
  const response = await browser.get("/fails");
  assertEquals(response.headers.getSetCookie(), []);
  assertEquals(await browser.text("/show"), "a");
  const event = site.events.find(({ name }) => name === "messages.dropped");
  assertEquals(event?.data, { count: 2, status: 500 });
  assertEquals(event?.message, "2 messages were dropped, as the request that added them failed with 500");
});

Deno.test("a failing request that only read reports no dropped message", async () => {
  const site = makeSite({}, {
    "/fails": async (_request, { messages }) => {
      await messages.read();
      throw new Error("after reading");
    },
  });
  const browser = site.browser();
  await browser.get("/add?text=a");
  await browser.get("/fails");
  assertEquals(namesOf(site.events), ["exception"]);
});

Deno.test("a view that reads and then throws 404 has shown nothing: the error page is another page", async () => {
  const browser = makeSite({}, {
    "/missing": async (_request, { messages }) => {
      await messages.read();
      messages.warning("b");
      throw new HttpError(404, "No such book");
    },
  }).browser();
  await browser.get("/add?text=a");
  assertEquals((await browser.get("/missing")).status, 404);
  assertEquals(await browser.text("/show"), "a\nb");
});

Deno.test("an error page of one's own shows messages, and they are shown", async () => {
  const browser = makeSite({
    errors: {
      404: async (_request, context) => {
        const { messages } = context as unknown as HasMessages;
        return new Response(`404: ${lines(await messages.read())}`, { status: 404 });
      },
    },
  }, {
    "/missing": async (_request, { messages }) => {
      await messages.read();
      throw new HttpError(404);
    },
  }).browser();
  await browser.get("/add?text=a");
  assertEquals(await browser.text("/missing"), "404: a");
  assertEquals(await browser.text("/show"), "");
});

Deno.test("a 4xx that a view answers with is a page: it shows messages", async () => {
  const browser = makeSite({}, {
    "/form": async (_request, { messages }) => new Response(lines(await messages.read()), { status: 422 }),
  }).browser();
  await browser.get("/add?text=a");
  assertEquals(await browser.text("/form"), "a");
  assertEquals(await browser.text("/show"), "");
});

Deno.test("a view that reads and then redirects has shown nothing", async () => {
  const browser = makeSite({}, {
    "/login": async (_request, { messages }) => {
      await messages.read();
      messages.info("b");
      return redirect("/show");
    },
  }).browser();
  await browser.get("/add?text=a");
  assertEquals(await (await browser.follow("/login")).text(), "a\nb");
  assertEquals(await browser.text("/show"), "");
});

Deno.test("an answer to HEAD shows nothing", async () => {
  const browser = makeSite().browser();
  await browser.get("/add?text=a");
  const head = await browser.fetch("/show", { method: "HEAD" });
  assertEquals([head.status, head.headers.getSetCookie()], [200, []]);
  assertEquals(await browser.text("/show"), "a");
});

Deno.test("a 304 shows nothing, nor does a 204 or an answer without a body", async () => {
  const answer = (status: number): Page => async (_request, { messages }) => {
    await messages.read();
    return new Response(null, { status });
  };
  const browser = makeSite({}, { "/304": answer(304), "/204": answer(204), "/none": answer(200) }).browser();
  await browser.get("/add?text=a");
  assertEquals((await browser.get("/304")).status, 304);
  assertEquals((await browser.get("/204")).status, 204);
  assertEquals((await browser.get("/none")).status, 200);
  assertEquals(await browser.text("/show"), "a");
});

Deno.test("an answer that makes HTMX go to another page shows nothing", async () => {
  const answer = (header: string): Page => async (_request, { messages }) => {
    return new Response(lines(await messages.read()), { headers: { [header]: "/show" } });
  };
  const browser = makeSite({}, {
    "/redirect": answer("HX-Redirect"),
    "/location": answer("HX-Location"),
    "/refresh": answer("HX-Refresh"),
  }).browser();
  await browser.get("/add?text=a");
  const headers = { "HX-Request": "true" };
  assertEquals(await browser.text("/redirect", { headers }), "a");
  assertEquals(await browser.text("/location", { headers }), "a");
  assertEquals(await browser.text("/refresh", { headers }), "a");
  assertEquals(await browser.text("/show"), "a");
});

Deno.test("a page that streams has shown what it read before the response left", async () => {
  const encoder = new TextEncoder();
  const browser = makeSite({}, {
    "/stream": async (_request, { messages }) => {
      const texts = lines(await messages.read());
      return new Response(ReadableStream.from(texts.split("").map((letter) => encoder.encode(letter))));
    },
  }).browser();
  await browser.get("/add?text=streamed");
  assertEquals(await browser.text("/stream"), "streamed");
  assertEquals(await browser.text("/show"), "");
});

Deno.test("a stream that reads messages while it is sent breaks, rather than show them again and again", async () => {
  const browser = makeSite({}, {
    "/stream": (_request, { messages }) => {
      async function* body(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
        yield new TextEncoder().encode("begin ");
        yield new TextEncoder().encode(lines(await messages.read()));
      }
      return new Response(ReadableStream.from(body()));
    },
  }).browser();
  await browser.get("/add?text=a");
  const response = await browser.get("/stream");
  await assertRejects(() => response.text(), Error, "Cannot read messages as the response has left");
  assertEquals(await browser.text("/show"), "a");
});

Deno.test("a reading that was begun before the view answered counts, wherever messages are kept", async () => {
  const pages: Record<string, Page> = {
    "/stream": (_request, { messages }) => {
      const reading = messages.read();
      async function* body(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
        yield new TextEncoder().encode(lines(await reading));
      }
      return new Response(ReadableStream.from(body()));
    },
  };
  const withCookie = makeSite({ storage: new CookieMessages() }, pages).browser();
  await withCookie.get("/add?text=a");
  assertEquals(await withCookie.text("/stream"), "a");
  assertEquals(await withCookie.text("/show"), "");
  const withSession = makeSite({ storage: new SessionMessages() }, pages).browser();
  await withSession.get("/add?text=a");
  assertEquals(await withSession.text("/stream"), "a");
  assertEquals(await withSession.text("/show"), "");
});

Deno.test("a template that streams and goes through messages while it is sent breaks as well", async () => {
  const browser = makeSite({}, {
    "/stream": () =>
      new TemplateResponse(({ messages }: { messages: TemplateMessages }) => {
        async function* body(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
          await Promise.resolve();
          yield new TextEncoder().encode(lines(messages));
        }
        return ReadableStream.from(body());
      }),
  }).browser();
  await browser.get("/add?text=a");
  const response = await browser.get("/stream");
  await assertRejects(() => response.text(), Error, "Cannot read messages as the response has left");
});

Deno.test("messages() around a single view reads and keeps as around all", async () => {
  const app = pipeline({ keys: [TEST_KEY] }).handle(routes({
    "/add": perView(messages({ storage: new CookieMessages() }))((_request, { messages }) => {
      messages.info("a");
      return Response.redirect("http://localhost/show");
    }),
    "/fails": perView(messages({ storage: new CookieMessages() }))(async (_request, { messages }) => {
      await messages.read();
      throw new HttpError(404);
    }),
    "/show": perView(messages({ storage: new CookieMessages() }))(async (_request, { messages }) => {
      return new Response(lines(await messages.read()));
    }),
  }));
  const browser = new TestBrowser(app);
  await browser.get("/add");
  assertEquals((await browser.get("/fails")).status, 404);
  assertEquals(await browser.text("/show"), "a");
  assertEquals(await browser.text("/show"), "");
});

Deno.test("messages() around a single view says where the keys belong", async () => {
  const errors: unknown[] = [];
  const app = pipeline({ onEvent: ({ error }) => errors.push(error) }).handle(
    perView(messages({ storage: new CookieMessages() }))(async (_request, { messages }) => {
      return new Response(String(html`${await messages.read()}`));
    }),
  );
  assertEquals((await app(new Request("http://localhost/"))).status, 500);
  assertEquals(String(errors[0]).includes("give them with pipeline({ keys: [...] })"), true);
});
