// What Django 6.2 wrote is read exactly, and what is written is what Django writes. See tests/vectors/.
import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { decodeObject, dumps, KeyRing } from "@nuages/web/cookies";
import { type Context, Html, pipeline } from "@nuages/web/middleware";
import { CookieMessages, messages, SessionMessages, type StoredMessage } from "@nuages/web/messages";
import { type HasSession, MemoryStore, sessions } from "@nuages/web/sessions";
import vectors from "../vectors/django-vectors.json" with { type: "json" };
import { makeSite } from "./_site.ts";

const KEYS = [vectors.SECRET_KEY];
const MESSAGES: StoredMessage[] = [
  { level: 20, text: "hello", extraTags: undefined, safe: false },
  { level: 40, text: "<b>x</b>", extraTags: "a b", safe: true },
  { level: 25, text: "☃", extraTags: "", safe: false },
];
const DJANGO = new CookieMessages({ name: "messages", secure: false });

Deno.test("Django's messages cookie is read exactly", async () => {
  using _time = new FakeTime(vectors.time * 1000);
  const headers = { Cookie: `messages=${vectors["messages cookie"]}` };
  const loaded = await inContext(headers, (context) => DJANGO.open(context).load());
  assertEquals(loaded, { messages: MESSAGES, complete: true, stale: false });
});

Deno.test("Django's messages cookie without messages is read", async () => {
  using _time = new FakeTime(vectors.time * 1000);
  const headers = { Cookie: `messages=${vectors["messages cookie empty"]}` };
  const loaded = await inContext(headers, (context) => DJANGO.open(context).load());
  assertEquals(loaded, { messages: [], complete: true, stale: false });
});

Deno.test("the messages cookie has Django's payload, letter for letter before it is compressed", async () => {
  using _time = new FakeTime(vectors.time * 1000);
  const [value] = await stored(MESSAGES);
  const [payload, stamp] = value!.split(":");
  const [djangoPayload, djangoStamp] = vectors["messages cookie"].split(":");
  assertEquals(inflated(payload!), inflated(djangoPayload!));
  assertEquals(
    inflated(payload!),
    '[["__json_message",0,20,"hello"],["__json_message",1,40,"<b>x</b>","a b"],["__json_message",0,25,"\\u2603",""]]',
  );
  assertEquals(stamp, djangoStamp);
});

Deno.test("the messages cookie is Django's, byte for byte, where nothing is compressed", async () => {
  using _time = new FakeTime(vectors.time * 1000);
  const [value, attributes] = await stored([{ level: 20, text: "hi", extraTags: "", safe: false }]);
  // The payload of django-scenarios.txt, "msg get /msg".
  assertEquals(value!.split(":")[0], "W1siX19qc29uX21lc3NhZ2UiLDAsMjAsImhpIiwiIl1d");
  const keys = new KeyRing(vectors.SECRET_KEY).withPrefix("django.http.cookies");
  assertEquals(value, dumps([["__json_message", 0, 20, "hi", ""]], keys, { salt: "django.contrib.messages" }));
  assertEquals(attributes, vectors["messages Set-Cookie"][0]!.replace(/^[^;]*; /, ""));
});

Deno.test("the messages cookie is deleted as Django does, but that its attributes are those it was set with", async () => {
  using _time = new FakeTime(vectors.time * 1000);
  const headers = { Cookie: `messages=${vectors["messages cookie"]}` };
  const site = makeSite({ keys: KEYS, cookie: { name: "messages", secure: false } });
  const response = await site.app(new Request("http://localhost/show", { headers }));
  assertEquals(await response.text(), "hello\n<b>x</b>\n☃");
  // One cookie is one object here: what sets it and what deletes it can't differ, HttpOnly included.
  assertEquals(
    response.headers.getSetCookie().map((line) => line.replace("; HttpOnly", "")),
    vectors["messages delete"],
  );
});

Deno.test("context.messages writes what Django's functions write", async () => {
  using _time = new FakeTime(vectors.time * 1000);
  const site = makeSite({ keys: KEYS, cookie: { name: "messages", secure: false } }, {
    "/": (_request, { messages }) => {
      messages.info("hello");
      messages.error(new Html("<b>x</b>"), { tags: "a b" });
      messages.success("☃");
      return new Response();
    },
  });
  const response = await site.app(new Request("http://localhost/"));
  const value = response.headers.getSetCookie()[0]!.split(/[=;]/)[1]!;
  assertEquals(decodeObject(value.split(":")[0]!), [
    ["__json_message", 0, 20, "hello", ""],
    ["__json_message", 1, 40, "<b>x</b>", "a b"],
    ["__json_message", 0, 25, "☃", ""],
  ]);
});

Deno.test("Django's messages in the session are read exactly", async () => {
  const loaded = await inContext({}, async (context) => {
    (await context.session()).set("_messages", vectors["messages session json"]);
    return new SessionMessages().open(context).load();
  });
  assertEquals(loaded, { messages: MESSAGES, complete: true, stale: false });
});

Deno.test("messages in the session are Django's text, byte for byte", async () => {
  const text = await inContext({}, async (context) => {
    const open = new SessionMessages().open(context);
    await open.load();
    assertEquals(await open.store(MESSAGES, new Response()), []);
    return (await context.session()).get("_messages");
  });
  assertEquals(text, vectors["messages session json"]);
});

Deno.test("what Django might have put into a list besides messages is passed over", async () => {
  const keys = new KeyRing(vectors.SECRET_KEY).withPrefix("django.http.cookies");
  const list = [
    "text",
    null,
    7,
    {},
    [],
    ["__json_message"],
    ["__json_message", 0, "20", "level is a text"],
    ["__json_message", 0, 20, 7],
    ["__json_message", 0, 20, ""],
    ["__json_message", 0, 20, "good", null],
    ["other", 0, 20, "x"],
  ];
  const headers = { Cookie: `messages=${dumps(list, keys, { salt: "django.contrib.messages" })}` };
  const { messages } = await inContext(headers, (context) => DJANGO.open(context).load());
  assertEquals(messages, [{ level: 20, text: "good", extraTags: undefined, safe: false }]);
});

Deno.test("a message's data is one more tag to Django, in characters that a class attribute takes", async () => {
  const site = makeSite({ keys: KEYS, cookie: { name: "messages", secure: false } }, {
    "/": (_request, { messages }) => {
      messages.info("a", { tags: "cart", data: { undo: "/cart/undo/é/" } });
      return new Response();
    },
  });
  const response = await site.app(new Request("http://localhost/"));
  const value = response.headers.getSetCookie()[0]!.split(/[=;]/)[1]!;
  const [[, , , , tags]] = decodeObject(value.split(":")[0]!) as [[string, number, number, string, string]];
  assertEquals(/^cart data:[\w.-]+$/.test(tags), true);
});

Deno.test("a tag of Django's that only looks like data stays a tag", async () => {
  const shown = await inSite(["__json_message", 0, 20, "a", "big data:mining"]);
  assertEquals([shown[0].tags, shown[0].data], ["big data:mining info", undefined]);
});

// deno-lint-ignore no-explicit-any -- JSON
async function inSite(fields: unknown): Promise<any> {
  const keys = new KeyRing(vectors.SECRET_KEY).withPrefix("django.http.cookies");
  const headers = { Cookie: `messages=${dumps([fields], keys, { salt: "django.contrib.messages" })}` };
  const site = makeSite({ keys: KEYS, cookie: { name: "messages", secure: false } }, {
    "/": async (_request, { messages }) => Response.json(await messages.read()),
  });
  return await (await site.app(new Request("http://localhost/", { headers }))).json();
}

/** What `Set-Cookie` says of these messages: the value, and the attributes. */
async function stored(list: readonly StoredMessage[]): Promise<[string | undefined, string]> {
  const response = await run({}, async (context, response) => {
    const open = DJANGO.open(context);
    await open.load();
    assertEquals(await open.store(list, response), []);
  });
  const [pair, ...attributes] = response.headers.getSetCookie()[0]!.split("; ");
  return [pair!.slice("messages=".length), attributes.join("; ")];
}

type StorageContext = Context & HasSession<Record<string, unknown>>;

async function inContext<T>(headers: HeadersInit, ask: (context: StorageContext) => T | Promise<T>): Promise<T> {
  let answer: T | undefined;
  await run(headers, async (context) => {
    answer = await ask(context);
  });
  return answer!;
}

async function run(
  headers: HeadersInit,
  view: (context: StorageContext, response: Response) => Promise<void>,
): Promise<Response> {
  const app = pipeline({ keys: KEYS, debug: true })
    .use(sessions({ store: new MemoryStore() }))
    .use(messages())
    .handle(async (_request, context) => {
      const response = new Response("done");
      await view(context, response);
      return response;
    });
  const response = await app(new Request("http://localhost/", { headers }));
  assertEquals(response.status, 200);
  return response;
}

function inflated(payload: string): string {
  return JSON.stringify(decodeObject(payload)).replace(/[^ -~]/g, (unit) => {
    return "\\u" + unit.charCodeAt(0).toString(16).padStart(4, "0");
  });
}
