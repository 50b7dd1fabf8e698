// Messages for scripts: in a header of their own, or as an event of HTMX.
import { assert, assertEquals } from "@std/assert";
import { html, HttpError, redirect } from "@nuages/web/middleware";
import { CookieMessages } from "@nuages/web/messages";
import { BACKGROUND, lines, makeSite, NAVIGATION, type Page } from "./_site.ts";
import { randomText } from "./_storage_contract.ts";

const ASKS = { headers: { ...BACKGROUND.headers, "X-Messages": "1" } };
const HTMX = { headers: { ...BACKGROUND.headers, "HX-Request": "true" } };

Deno.test("a script that asks by the header gets the messages in it, and they count as shown", async () => {
  const browser = makeSite({ header: "X-Messages" }, {
    "/cart": (_request, { messages }) => {
      messages.success("☃ Emma is in your cart.", { data: { count: 1 } });
      return Response.json({});
    },
  }).browser();
  await browser.get("/add?text=waiting");
  const response = await browser.post("/cart", {}, ASKS);
  assertEquals(
    response.headers.get("X-Messages"),
    '[{"level":20,"levelTag":"info","tags":"info","text":"waiting"},' +
      '{"level":25,"levelTag":"success","tags":"success","text":"\\u2603 Emma is in your cart.","data":{"count":1}}]',
  );
  assertEquals(response.headers.get("Cache-Control"), "private, no-cache");
  assertEquals(await browser.text("/show", NAVIGATION), "");
});

Deno.test("a script that doesn't ask gets nothing, and the messages wait for a page", async () => {
  const browser = makeSite({ header: "X-Messages" }).browser();
  const response = await browser.get("/add?text=a", BACKGROUND);
  assertEquals(response.headers.get("X-Messages"), null);
  const other = await browser.get("/nowhere", BACKGROUND);
  assertEquals([other.headers.get("X-Messages"), other.headers.get("Vary")], [null, null]);
  assertEquals(await browser.text("/show", NAVIGATION), "a");
});

Deno.test("without the option nobody gets a header, whatever they ask", async () => {
  const browser = makeSite({}, { "/api": () => new Response("ok") }).browser();
  await browser.get("/add?text=a");
  const asked = await browser.get("/api", ASKS);
  assertEquals([asked.headers.get("X-Messages"), asked.headers.get("HX-Trigger")], [null, null]);
  assertEquals((await browser.get("/api", HTMX)).headers.get("HX-Trigger"), null);
  assertEquals(await browser.text("/show", NAVIGATION), "a");
});

Deno.test("a script that asks where no message waits gets no header", async () => {
  const browser = makeSite({ header: "X-Messages" }, { "/api": () => new Response("ok") }).browser();
  const response = await browser.get("/api", ASKS);
  assertEquals([response.headers.get("X-Messages"), response.headers.get("Cache-Control")], [null, null]);
  assertEquals(response.headers.getSetCookie(), []);
});

Deno.test("a redirect delivers nothing, as a script doesn't see it; the answer behind it does", async () => {
  const browser = makeSite({ header: "X-Messages" }, {
    "/save": (_request, { messages }) => {
      messages.success("Saved.");
      return redirect("/done");
    },
    "/done": () => Response.json({}),
  }).browser();
  const saved = await browser.post("/save", {}, ASKS);
  assertEquals(saved.headers.get("X-Messages"), null);
  const done = await browser.get("/done", ASKS);
  assertEquals(JSON.parse(done.headers.get("X-Messages")!)[0].text, "Saved.");
});

Deno.test("a failure delivers nothing, an answer without a body or a 4xx does", async () => {
  const browser = makeSite({ header: "X-Messages" }, {
    "/fails": () => {
      throw new HttpError(503);
    },
    "/none": () => new Response(null, { status: 204 }),
    "/invalid": () => {
      throw new HttpError(422);
    },
  }).browser();
  await browser.get("/add?text=a");
  assertEquals((await browser.get("/fails", ASKS)).headers.get("X-Messages"), null);
  assert((await browser.get("/none", ASKS)).headers.has("X-Messages"));
  await browser.get("/add?text=b");
  assert((await browser.get("/invalid", ASKS)).headers.has("X-Messages"));
  assertEquals(await browser.text("/show", NAVIGATION), "");
});

Deno.test("a prefetch gets nothing, even if it asks", async () => {
  const browser = makeSite({ header: "X-Messages", htmxEvent: "messages" }, { "/api": () => new Response("ok") })
    .browser();
  await browser.get("/add?text=a");
  const early = { headers: { ...ASKS.headers, ...HTMX.headers, "Sec-Purpose": "prefetch" } };
  const response = await browser.get("/api", early);
  assertEquals([response.headers.get("X-Messages"), response.headers.get("HX-Trigger")], [null, null]);
  assertEquals(await browser.text("/show", NAVIGATION), "a");
});

Deno.test("what the answer itself has shown is not delivered again, what was added after is", async () => {
  const browser = makeSite({ header: "X-Messages" }, {
    "/api": async (_request, { messages }) => {
      const shown = lines(await messages.read({ background: true }));
      messages.info("after");
      return new Response(shown);
    },
  }).browser();
  await browser.get("/add?text=a");
  const response = await browser.get("/api", ASKS);
  assertEquals(await response.text(), "a");
  assertEquals(JSON.parse(response.headers.get("X-Messages")!).map(({ text }: { text: string }) => text), ["after"]);
  assertEquals(await browser.text("/show", NAVIGATION), "");
});

Deno.test("the header stays within 4000 bytes of ASCII: what doesn't fit waits, oldest first", async () => {
  const texts = Array.from({ length: 12 }, (_, number) => `${number}${randomText(700)}é`);
  const browser = makeSite({ header: "X-Messages" }, { "/many": addAll(texts), "/api": () => new Response() })
    .browser();
  const first = (await browser.get("/many", ASKS)).headers.get("X-Messages")!;
  assert(first.length <= 4_000 && /^[ -~]*$/.test(first), String(first.length));
  const second = (await browser.get("/api", ASKS)).headers.get("X-Messages")!;
  const delivered = [...JSON.parse(first), ...JSON.parse(second)].map(({ text }) => text);
  assertEquals(delivered, texts.slice(0, delivered.length));
  assertEquals(delivered.length, 10);
  assertEquals(await browser.text("/show", NAVIGATION), texts.slice(10).join("\n"));
});

Deno.test("a message too long for any header waits for a page, and doesn't keep back those behind it", async () => {
  const long = randomText(5_000);
  const browser = makeSite({ header: "X-Messages" }, { "/both": addAll([long, "short"]) }).browser();
  const response = await browser.get("/both", ASKS);
  assertEquals(JSON.parse(response.headers.get("X-Messages")!).map(({ text }: { text: string }) => text), ["short"]);
  assertEquals(await browser.text("/show", NAVIGATION), long);
});

Deno.test("a header never brings a message before an older one that waits for the next header", async () => {
  const texts = [randomText(3_000), randomText(2_000), "short"];
  const browser = makeSite({ header: "X-Messages" }, { "/many": addAll(texts), "/api": () => new Response() })
    .browser();
  const textsIn = (response: Response) =>
    JSON.parse(response.headers.get("X-Messages")!).map(({ text }: { text: string }) => text);
  assertEquals(textsIn(await browser.get("/many", ASKS)), texts.slice(0, 1));
  assertEquals(textsIn(await browser.get("/api", ASKS)), texts.slice(1));
});

Deno.test("a message can't write another header", async () => {
  const browser = makeSite({ header: "X-Messages" }, { "/x": addAll(["a\r\nSet-Cookie: evil=1\r\n\r\n<script>"]) })
    .browser();
  const response = await browser.get("/x", ASKS);
  assertEquals(JSON.parse(response.headers.get("X-Messages")!)[0].text, "a\r\nSet-Cookie: evil=1\r\n\r\n<script>");
  assert(!response.headers.get("X-Messages")!.includes("\n"));
});

Deno.test("HTMX gets the messages as an event", async () => {
  const browser = makeSite({ htmxEvent: "messages" }, { "/part": addAll(["é"]) }).browser();
  const response = await browser.get("/part", HTMX);
  assertEquals(
    response.headers.get("HX-Trigger"),
    '{"messages":[{"level":20,"levelTag":"info","tags":"info","text":"\\u00e9"}]}',
  );
  assertEquals(await browser.text("/show", NAVIGATION), "");
});

Deno.test("HTMX gets no event for what its markup shows already", async () => {
  const browser = makeSite({ htmxEvent: "messages" }, {
    "/part": async (_request, { messages }) => {
      messages.info("a");
      return new Response(String(html`${(await messages.read()).map((message) => html`<p>${message}</p>`)}`));
    },
  }).browser();
  const response = await browser.get("/part", HTMX);
  assertEquals([await response.text(), response.headers.get("HX-Trigger")], ["<p>a</p>", null]);
});

Deno.test("HTMX that goes to another page gets the messages there", async () => {
  const browser = makeSite({ htmxEvent: "messages" }, {
    "/save": (_request, { messages }) => {
      messages.info("Saved.");
      return new Response("", { headers: { "HX-Redirect": "/show" } });
    },
  }).browser();
  const response = await browser.post("/save", {}, HTMX);
  assertEquals(response.headers.get("HX-Trigger"), null);
  assertEquals(await browser.text("/show", NAVIGATION), "Saved.");
});

Deno.test("the events that a view raises by itself stay beside the messages", async () => {
  const triggered = async (trigger: string) => {
    const browser = makeSite({ htmxEvent: "messages" }, {
      "/part": (_request, { messages }) => {
        messages.info("m");
        return new Response("", { headers: { "HX-Trigger": trigger } });
      },
    }).browser();
    const header = (await browser.get("/part", HTMX)).headers.get("HX-Trigger")!;
    return [header, await browser.text("/show", NAVIGATION)];
  };
  const list = '"messages":[{"level":20,"levelTag":"info","tags":"info","text":"m"}]';
  assertEquals(await triggered("cart:changed"), [`{"cart:changed":null,${list}}`, ""]);
  assertEquals(await triggered("a, b"), [`{"a":null,"b":null,${list}}`, ""]);
  assertEquals(await triggered('{"a":{"x":"\xe9"}}'), [`{"a":{"x":"\\u00e9"},${list}}`, ""]);
  assertEquals(await triggered(" "), [`{${list}}`, ""]);
  // Where adding ours would take something away, the messages wait instead.
  assertEquals(await triggered('{"messages":1}'), ['{"messages":1}', "m"]);
  assertEquals(await triggered("messages"), ["messages", "m"]);
  assertEquals(await triggered("{broken"), ["{broken", "m"]);
});

Deno.test("an event named as what every object has is delivered like any other", async () => {
  const browser = makeSite({ htmxEvent: "constructor" }, {
    "/part": (_request, { messages }) => {
      messages.info("a");
      return new Response("", { headers: { "HX-Trigger": '{"other":{}}' } });
    },
  }).browser();
  const trigger = (await browser.get("/part", HTMX)).headers.get("HX-Trigger")!;
  assertEquals(JSON.parse(trigger).constructor[0].text, "a");
  assertEquals(await browser.text("/show", NAVIGATION), "");
});

Deno.test("delivery works with the cookie alone, and leaves it when something waits on", async () => {
  const storage = new CookieMessages({ maxBytes: 4081 });
  const texts = Array.from({ length: 6 }, () => randomText(700));
  const browser = makeSite({ storage, header: "X-Messages" }, { "/many": addAll(texts) }).browser();
  await browser.get("/many", ASKS);
  assertEquals(await browser.text("/show", NAVIGATION), texts[5]);
  assertEquals(browser.cookie("messages"), undefined);
});

function addAll(texts: readonly string[]): Page {
  return (_request, { messages }) => {
    for (const text of texts) messages.info(text);
    return new Response("");
  };
}
