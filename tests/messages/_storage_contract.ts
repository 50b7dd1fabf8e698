import { assertEquals } from "@std/assert";
import { Html } from "@nuages/web/middleware";
import type { MessageStorage } from "@nuages/web/messages";
import { makeSite } from "./_site.ts";

/**
 * What every storage of messages must do, as tests.
 *
 * @param name The storage's name, in front of the tests' names.
 * @param make Makes one.
 * @param room How many bytes of text it takes at least.
 */
// deno-lint-ignore no-explicit-any -- a storage may need anything
export function testStorage(name: string, make: () => MessageStorage<any>, room: number): void {
  Deno.test(`${name} gives back messages in the order they were added, over several requests`, async () => {
    const browser = makeSite({ storage: make() }).browser();
    await browser.get("/add?text=a&text=b");
    await browser.get("/add?text=c");
    await browser.get("/add?text=d");
    assertEquals(await browser.text("/show"), "a\nb\nc\nd");
    assertEquals(await browser.text("/show"), "");
  });

  Deno.test(`${name} gives back every field as it was`, async () => {
    const browser = makeSite({ storage: make(), minLevel: -10 }, {
      "/set": (_request, { messages }) => {
        messages.add(-7, "below zero", { tags: "t" });
        messages.add(2 ** 40, new Html("<b>&amp;</b>"));
        messages.error("x", { tags: "one two", data: { deep: [{ er: null }] } });
        return new Response();
      },
      "/list": async (_request, { messages }) => {
        return Response.json((await messages.read()).map((message) => ({ ...message })));
      },
    }).browser();
    await browser.get("/set");
    assertEquals(await browser.json("/list"), [
      { level: -7, text: "below zero", safe: false, levelTag: "", extraTags: "t", tags: "t" },
      { level: 2 ** 40, text: "<b>&amp;</b>", safe: true, levelTag: "", extraTags: "", tags: "" },
      {
        level: 40,
        text: "x",
        safe: false,
        levelTag: "error",
        extraTags: "one two",
        tags: "one two error",
        data: { deep: [{ er: null }] },
      },
    ]);
  });

  Deno.test(`${name} gives back any text`, async () => {
    const texts = [
      "\0\u0001\u007f",
      "é ü ﷺ",
      "☃ 😀 👩‍👩‍👧",
      "\r\nSet-Cookie: a=b",
      '";,\\ =',
      "__messagesnotfinished__",
      "</script>",
      " ",
    ];
    const browser = makeSite({ storage: make() }, {
      "/set": (_request, { messages }) => {
        for (const text of texts) messages.info(text);
        return new Response();
      },
      "/list": async (_request, { messages }) => Response.json((await messages.read()).map(String)),
    }).browser();
    await browser.get("/set");
    assertEquals(await browser.json("/list"), texts);
  });

  Deno.test(`${name} takes ${room} bytes that can't be compressed`, async () => {
    const text = randomText(room);
    const browser = makeSite({ storage: make() }, {
      "/set": (_request, { messages }) => {
        messages.info(text);
        return new Response();
      },
    }).browser();
    await browser.get("/set");
    assertEquals(await browser.text("/show"), text);
  });

  Deno.test(`${name} keeps what is added while nothing is read, and writes nothing for who does neither`, async () => {
    const browser = makeSite({ storage: make() }, { "/plain": () => new Response() }).browser();
    await browser.get("/add?text=a");
    assertEquals((await browser.get("/plain")).headers.getSetCookie(), []);
    await browser.get("/add?text=a");
    assertEquals(await browser.text("/show"), "a\na");
  });

  Deno.test(`${name} keeps one visitor's messages from another`, async () => {
    const site = makeSite({ storage: make() });
    const [ada, grace] = [site.browser(), site.browser()];
    await ada.get("/add?text=for Ada");
    await grace.get("/add?text=for Grace");
    assertEquals(await ada.text("/show"), "for Ada");
    assertEquals(await grace.text("/show"), "for Grace");
  });
}

/** A text without any pattern, of as many bytes. */
export function randomText(bytes: number): string {
  const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  let text = "";
  while (text.length < bytes) {
    for (const byte of crypto.getRandomValues(new Uint8Array(1024))) text += letters[byte & 63];
  }
  return text.slice(0, bytes);
}
