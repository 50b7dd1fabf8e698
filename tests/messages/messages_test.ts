import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Html, html, pipeline, redirect } from "@nuages/web/middleware";
import { CookieMessages, type Message, messageLevels, messages, SessionMessages } from "@nuages/web/messages";
import { lines, makeSite, type PageContext } from "./_site.ts";

Deno.test("messages() shows a message once, on the page behind a redirect", async () => {
  const browser = makeSite({}, {
    "/save": (_request, context) => {
      context.messages.success("Saved.");
      return redirect("/show");
    },
  }).browser();
  const page = await browser.follow("/save", { method: "POST" });
  assertEquals(await page.text(), "Saved.");
  assertEquals(await browser.text("/show"), "");
});

Deno.test("messages survive as many redirects as there are", async () => {
  const browser = makeSite({}, {
    "/1": (_request, context) => {
      context.messages.info("one");
      return redirect("/2");
    },
    "/2": () => redirect("/3"),
    "/3": (_request, context) => {
      context.messages.info("three");
      return redirect("/show");
    },
  }).browser();
  assertEquals(await (await browser.follow("/1")).text(), "one\nthree");
});

Deno.test("messages cost nothing where nobody reads or adds: no cookie is read or written", async () => {
  const browser = makeSite({}, { "/plain": () => new Response("plain") }).browser();
  await browser.get("/add?text=waiting");
  const before = browser.cookie("messages");
  const response = await browser.get("/plain");
  assertEquals([response.headers.get("Vary"), response.headers.getSetCookie()], [null, []]);
  assertEquals(response.headers.get("Cache-Control"), null);
  assertEquals(browser.cookie("messages"), before);
});

Deno.test("messages leave a synchronous view synchronous", () => {
  const app = pipeline({ keys: [crypto.randomUUID()] })
    .use(messages({ storage: new CookieMessages() }))
    .handle((_request, context) => {
      context.messages.info("hello");
      return new Response("hello");
    });
  const response = app(new Request("http://localhost/"));
  assertEquals(response instanceof Response, true);
});

Deno.test("reading where no message waits writes nothing, but the answer depended on the cookie", async () => {
  const response = await makeSite().browser().get("/show");
  assertEquals([response.headers.get("Vary"), response.headers.getSetCookie()], ["Cookie", []]);
});

Deno.test("a page that shows a message tells caches so, unless nothing may be stored anyway", async () => {
  const browser = makeSite({}, {
    "/cached": async (_request, context) => {
      const text = lines(await context.messages.read());
      return new Response(text, { headers: { "Cache-Control": "max-age=600" } });
    },
    "/unstored": async (_request, context) => {
      const text = lines(await context.messages.read());
      return new Response(text, { headers: { "Cache-Control": "no-store" } });
    },
  }).browser();
  assertEquals((await browser.get("/cached")).headers.get("Cache-Control"), "max-age=600");
  await browser.get("/add?text=a");
  assertEquals((await browser.get("/cached")).headers.get("Cache-Control"), "private, no-cache");
  await browser.get("/add?text=a");
  assertEquals((await browser.get("/unstored")).headers.get("Cache-Control"), "no-store");
});

Deno.test("messages have Django's levels and tags", async () => {
  const shown = await show({ minLevel: 0 }, (context) => {
    context.messages.debug("d");
    context.messages.info("i");
    context.messages.success("s");
    context.messages.warning("w");
    context.messages.error("e");
  });
  assertEquals(shown.map(({ level, levelTag, tags }) => [level, levelTag, tags]), [
    [10, "debug", "debug"],
    [20, "info", "info"],
    [25, "success", "success"],
    [30, "warning", "warning"],
    [40, "error", "error"],
  ]);
  assertEquals({ ...messageLevels }, { debug: 10, info: 20, success: 25, warning: 30, error: 40 });
});

Deno.test("a message's tags are its own, then its level's", async () => {
  const [message] = await show({}, (context) => context.messages.info("hello", { tags: "cart big" }));
  assertEquals([message!.extraTags, message!.levelTag, message!.tags], ["cart big", "info", "cart big info"]);
});

Deno.test("a level of the site's own is any whole number, with a tag or without", async () => {
  const shown = await show({ tags: { 35: "alert" } }, (context) => {
    context.messages.add(35, "alert");
    context.messages.add(99, "none", { tags: "own" });
    context.messages.add(98, "nothing at all");
  });
  assertEquals(shown.map(({ level, tags }) => [level, tags]), [[35, "alert"], [99, "own"], [98, ""]]);
});

Deno.test("the tags option goes over the usual tags and leaves the others", async () => {
  const shown = await show({ tags: { 40: "danger", 20: "" } }, (context) => {
    context.messages.error("e");
    context.messages.info("i");
    context.messages.warning("w");
  });
  assertEquals(shown.map(({ tags }) => tags), ["danger", "", "warning"]);
});

Deno.test("a message below the lowest level is dropped: info by default, minLevel otherwise", async () => {
  const add = ({ messages }: PageContext) => {
    messages.debug("d");
    messages.info("i");
    messages.error("e");
  };
  assertEquals(lines(await show({}, add)), "i\ne");
  assertEquals(lines(await show({ minLevel: messageLevels.warning }, add)), "e");
});

Deno.test("context.messages.level is the lowest level of this request, and of no other", async () => {
  const site = makeSite({}, {
    "/quiet": (_request, { messages }) => {
      assertEquals(messages.level, 20);
      messages.level = messageLevels.error;
      messages.warning("not kept");
      messages.error("kept");
      messages.level = 20;
      messages.info("kept too");
      return new Response();
    },
  });
  const browser = site.browser();
  await browser.get("/quiet");
  await browser.get("/add?text=next");
  assertEquals(await browser.text("/show"), "kept\nkept too\nnext");
});

Deno.test("a message without text is dropped", async () => {
  const shown = await show({}, (context) => {
    context.messages.info("");
    context.messages.info(new Html(""));
    context.messages.info(" ");
  });
  assertEquals(lines(shown), " ");
});

Deno.test("reading marks all messages as shown, even if the page stops halfway", async () => {
  const browser = makeSite({}, {
    "/first": async (_request, context) => {
      for (const message of await context.messages.read()) return new Response(message.text);
      return new Response("none");
    },
  }).browser();
  await browser.get("/add?text=a&text=b");
  assertEquals(await browser.text("/first"), "a");
  assertEquals(await browser.text("/show"), "");
});

Deno.test("peek() and size() mark nothing as shown", async () => {
  const browser = makeSite({}, {
    "/peek": async (_request, { messages }) => {
      messages.info("new");
      return new Response(`${await messages.size()}: ${lines(await messages.peek())}`);
    },
  }).browser();
  await browser.get("/add?text=old");
  assertEquals(await browser.text("/peek"), "2: old\nnew");
  assertEquals(await browser.text("/show"), "old\nnew");
});

Deno.test("what is added after reading is kept", async () => {
  const browser = makeSite({}, {
    "/both": async (_request, { messages }) => {
      messages.info("before");
      const shown = lines(await messages.read());
      messages.info("after");
      return new Response(shown);
    },
  }).browser();
  assertEquals(await browser.text("/both"), "before");
  assertEquals(await browser.text("/show"), "after");
  assertEquals(await browser.text("/show"), "");
});

Deno.test("as many new messages as there were old ones take their place", async () => {
  const browser = makeSite({}, {
    "/swap": async (_request, { messages }) => {
      const shown = lines(await messages.read());
      messages.info("new");
      return new Response(shown);
    },
  }).browser();
  await browser.get("/add?text=old");
  assertEquals(await browser.text("/swap"), "old");
  assertEquals(await browser.text("/show"), "new");
});

Deno.test("what is added and read in one request leaves no trace", async () => {
  const browser = makeSite({}, {
    "/now": async (_request, { messages }) => {
      messages.info("now");
      return new Response(lines(await messages.read()));
    },
  }).browser();
  const response = await browser.get("/now");
  assertEquals(await response.text(), "now");
  assertEquals(response.headers.getSetCookie(), []);
});

Deno.test("reading again in one request gives all again, and what was added in between", async () => {
  const browser = makeSite({}, {
    "/twice": async (_request, { messages }) => {
      const first = lines(await messages.read());
      messages.info("b");
      return new Response(`${first} / ${lines(await messages.read())}`);
    },
  }).browser();
  await browser.get("/add?text=a");
  assertEquals(await browser.text("/twice"), "a / a\nb");
  assertEquals(await browser.text("/show"), "");
});

Deno.test("keep() takes back that messages were read", async () => {
  const browser = makeSite({}, {
    "/keep": async (_request, { messages }) => {
      const shown = lines(await messages.read());
      messages.info("b");
      messages.keep();
      return new Response(shown);
    },
  }).browser();
  await browser.get("/add?text=a");
  assertEquals(await browser.text("/keep"), "a");
  assertEquals(await browser.text("/show"), "a\nb");
});

Deno.test("unread messages stay in front of those added later", async () => {
  const browser = makeSite().browser();
  await browser.get("/add?text=a&text=b");
  await browser.get("/add?text=c");
  assertEquals(await browser.text("/show"), "a\nb\nc");
});

Deno.test("two equal messages are two", async () => {
  const browser = makeSite().browser();
  await browser.get("/add?text=a&text=a");
  assertEquals(await browser.text("/show"), "a\na");
});

Deno.test("a message as a string is its text, and its markup is escaped", async () => {
  const [message] = await show({}, (context) => context.messages.info("<b>Tea</b> & 'cake'"));
  assertEquals([String(message), message!.safe], ["<b>Tea</b> & 'cake'", false]);
  assertEquals(String(message!.html), "&lt;b&gt;Tea&lt;/b&gt; &amp; &#39;cake&#39;");
  assertEquals(String(html`<p>${message}</p>`), "<p>&lt;b&gt;Tea&lt;/b&gt; &amp; &#39;cake&#39;</p>");
});

Deno.test("a message added as markup stays markup", async () => {
  const [message] = await show({}, (context) => context.messages.info(html`<b>${"Tea & cake"}</b>`));
  assertEquals([message!.text, message!.safe], ["<b>Tea &amp; cake</b>", true]);
  assertEquals(String(html`<p>${message!.html}</p>`), "<p><b>Tea &amp; cake</b></p>");
});

Deno.test("a message carries data to the page that shows it", async () => {
  const data = { undo: "/cart/undo/7", names: ["Zoë", "☃"], n: 1.5, none: null };
  const [with_, tagged, without] = await show({}, ({ messages }) => {
    messages.success("Removed.", { data });
    messages.success("Removed.", { data: false, tags: "cart" });
    messages.success("Removed.");
  });
  assertEquals([with_!.data, with_!.tags], [data, "success"]);
  assertEquals([tagged!.data, tagged!.tags, tagged!.extraTags], [false, "cart success", "cart"]);
  assertEquals(without!.data, undefined);
});

Deno.test("a message as JSON is what a script needs", async () => {
  const list = await show({}, ({ messages }) => {
    messages.info("a");
    messages.error(html`<b>b</b>`, { tags: "big", data: [1] });
  });
  assertEquals(JSON.parse(JSON.stringify(list)), [
    { level: 20, levelTag: "info", tags: "info", text: "a" },
    { level: 40, levelTag: "error", tags: "big error", text: "<b>b</b>", safe: true, data: [1] },
  ]);
});

Deno.test("half a surrogate pair becomes a replacement character, so that Django can encode the page", async () => {
  const [message] = await show({}, ({ messages }) => messages.info("cut \ud83d", { tags: "\udc00" }));
  assertEquals([message!.text, message!.extraTags], ["cut \ufffd", "\ufffd"]);
});

Deno.test("messages refuse what is no message, saying what to pass", async () => {
  await show({}, ({ messages }) => {
    const add = messages.add.bind(messages) as (...args: unknown[]) => void;
    assertThrows(() => add(20, undefined), TypeError, "text must be a string or Html: received undefined");
    assertThrows(() => add(20, 7), TypeError, "text must be a string or Html: received 7");
    assertThrows(() => add("20", "x"), RangeError, 'a level must be a whole number: received "20"');
    assertThrows(() => add(20.5, "x"), RangeError, "a level must be a whole number: received 20.5");
    assertThrows(() => add(20, "x", { tags: ["a"] }), TypeError, "tags must be a string");
    assertThrows(() => add(20, "x", { tags: "a data:b" }), TypeError, 'begins with "data:"');
    assertThrows(() => add(20, "x", { tags: "a\tdata:b" }), TypeError, 'begins with "data:"');
    assertThrows(
      () => add(20, "x", { data: new Date(0) }),
      TypeError,
      "JSON cannot carry it: received an instance of Date",
    );
    assertThrows(() => messages.level = NaN, RangeError, "a level must be a whole number: received NaN");
    assertEquals(messages.level, 20);
  });
});

Deno.test("messages can't be added or read once the response has left", async () => {
  let late: PageContext["messages"] | undefined;
  const browser = makeSite({}, {
    "/late": (_request, context) => {
      late = context.messages;
      return new Response("gone");
    },
  }).browser();
  await browser.get("/late");
  assertThrows(() => late!.info("x"), Error, "Cannot add a message as the response has left");
  await assertRejects(() => late!.read(), Error, "Cannot read messages as the response has left");
});

Deno.test("messages() refuses a pipeline without keys where messages are signed, when it is built", () => {
  const message = "give them with pipeline({ keys: [...] })";
  const cookie = pipeline().use(messages({ storage: new CookieMessages() }));
  assertThrows(() => cookie.handle(() => new Response()), TypeError, message);
  const fallback = pipeline().use((messages as () => ReturnType<typeof messages<unknown>>)());
  assertThrows(() => fallback.handle(() => new Response()), TypeError, message);
});

Deno.test("messages in the session need no keys", async () => {
  const browser = makeSite({ storage: new SessionMessages() }).browser();
  assertEquals(await (await browser.follow("/add?text=a")).text(), "a");
});

Deno.test("messages() refuses options it can't use", () => {
  const make = messages as (options: unknown) => unknown;
  assertThrows(() => make({ minLevel: 1.5 }), RangeError, "whole number: received 1.5");
  assertThrows(() => make({ tags: { 20: 7 } }), TypeError, "tags must map whole numbers to texts: received 20: 7");
  assertThrows(() => make({ tags: { info: "i" } }), TypeError, 'received info: "i"');
  assertThrows(() => make({ header: "X Messages" }), TypeError, 'such as "X-Messages": received "X Messages"');
  assertThrows(() => make({ htmxEvent: "" }), TypeError, 'such as "messages": received ""');
  assertThrows(() => make({ storage: "cookie" }), TypeError, "pass new CookieMessages()");
  assertThrows(() => make({ storage: null }), TypeError, "storage that is null");
  assertThrows(
    () => make({ storage: new CookieMessages(), cookie: { name: "messages" } }),
    TypeError,
    "give it to the storage, as in new CookieMessages({ name })",
  );
});

/** What the page after this one shows. */
async function show(
  options: Parameters<typeof makeSite>[0],
  add: (context: PageContext) => void,
): Promise<Message[]> {
  let shown: Message[] = [];
  const browser = makeSite(options, {
    "/": (_request, context) => {
      add(context);
      return new Response();
    },
    "/list": async (_request, context) => {
      shown = await context.messages.read();
      return new Response("shown");
    },
  }).browser();
  assertEquals((await browser.get("/")).status, 200);
  await browser.get("/list");
  return shown;
}
