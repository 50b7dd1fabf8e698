/** Messages in the cookie and in the session, beside Django's storages. */

import { CookieMessages, messages, SessionMessages, type StoredMessage } from "@nuages/web/messages";
import { type Context, pipeline } from "@nuages/web/middleware";
import { type HasSession, MemoryStore, sessions } from "@nuages/web/sessions";
import { assert, assertEquals } from "@std/assert";
import { agree } from "./_agreement.ts";
import { djangoTest, KEY, OLDER_KEY } from "./_django.ts";
import { ANY, type Random } from "./_random.ts";

/** A message as Django's oracle has it. */
interface Fields {
  readonly level: number;
  readonly text: string;
  readonly tags: string | null;
  readonly safe: boolean;
}

djangoTest("messages in the cookie", {
  "what Django has stored, we load": (django) =>
    agree({
      count: 1500,
      make: (random) => ({
        messages: [makeFields(random), ...random.list(3, () => makeFields(random))],
        unfinished: random.chance(0.2),
      }),
      async ask(inputs) {
        const cookies = await django.all<string>("messages_cookie", inputs);
        return await oneByOne(cookies, ({ value }) => load(value!));
      },
      check: ({ messages, unfinished }, answer) =>
        assertEquals(answer, { messages: messages.map(toStored), complete: !unfinished, stale: false }),
    }),

  "what we have stored, Django loads": (django) =>
    agree({
      count: 1500,
      make: (random) => ({ messages: [makeFields(random), ...random.list(3, () => makeFields(random))] }),
      async ask(inputs) {
        const items = await oneByOne(inputs, async ({ messages }) => ({ text: (await store(messages)).value }));
        return await django.all<Fields[]>("read_messages_cookie", items);
      },
      check: ({ messages }, { value }) => assertEquals(value, messages),
    }),

  "what was signed with an older key, both load; what was damaged, neither": (django) =>
    agree({
      count: 1500,
      make: (random) => ({
        messages: [makeFields(random)],
        isOurs: random.chance(0.5),
        kind: random.pick(["older", "damaged", "damaged"] as const),
      }),
      async ask(inputs) {
        const settings = { SECRET_KEY: OLDER_KEY };
        const theirs = [
          await django.all("messages_cookie", inputs),
          await django.all("messages_cookie", inputs, { settings }),
        ];
        const texts = await oneByOne(inputs, async ({ messages, isOurs, kind }, i) => {
          const isOlder = kind === "older";
          const text = isOurs
            ? (await store(messages, isOlder ? OLDER_KEY : KEY)).value
            : theirs[Number(isOlder)]![i]!.value;
          return { text: isOlder ? text : text.replace(/.(?=.{7}$)/, (letter: string) => letter === "A" ? "B" : "A") };
        });
        const read = await django.all<Fields[] | null>("read_messages_cookie", texts);
        return await oneByOne(texts, async ({ text }, i) => [(await load(text)).messages, read[i]!.value] as const);
      },
      check({ messages, kind }, [ours, theirs]) {
        assertEquals(ours, kind === "older" ? messages.map(toStored) : []);
        assertEquals(theirs, kind === "older" ? messages : null);
      },
    }),

  "of what doesn't fit, each keeps as many, and Django knows that there is more": (django) =>
    agree({
      count: 250,
      make: (random) => ({
        // What can hardly be compressed, since the two don't compress the same.
        messages: Array.from({ length: random.int(2, 12) }, () => ({
          ...{ level: 20, tags: "", safe: false },
          text: random.word(900, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"),
        })),
        oldest: true,
      }),
      async ask(inputs) {
        const theirs = await django.all<number>("store_messages", inputs);
        const ours = await oneByOne(inputs, ({ messages }) => store(messages));
        const read = await django.all<(Fields | string)[]>(
          "read_messages_cookie",
          ours.map(({ value: text }) => ({ text })),
        );
        return inputs.map((_, i) => ({ theirs: theirs[i]!.value!, ours: ours[i]!.dropped, read: read[i]!.value! }));
      },
      check({ messages }, { theirs, ours, read }) {
        assert(Math.abs(theirs - ours) <= 1, `Django drops ${theirs}, we drop ${ours}`);
        assertEquals(read, [...messages.slice(ours), ...(ours > 0 ? ["__messagesnotfinished__"] : [])]);
      },
    }),
});

djangoTest("messages in the session", {
  "the two write the same text, and each reads it": (django) =>
    agree({
      count: 2000,
      make: (random) => ({ messages: [makeFields(random), ...random.list(3, () => makeFields(random))] }),
      async ask(inputs) {
        const theirs = await django.all<string>("messages_session", inputs);
        const ours = await oneByOne(inputs, ({ messages }, i) => storeAndLoad(messages, theirs[i]!.value!));
        const read = await django.all<Fields[]>("read_messages_session", ours.map(({ text }) => ({ text })));
        return inputs.map((_, i) => ({ ...ours[i]!, theirs: theirs[i]!.value, read: read[i]!.value }));
      },
      check({ messages }, { text, loaded, theirs, read }) {
        assertEquals(text, theirs);
        assertEquals(read, messages);
        assertEquals(loaded, messages.map(toStored));
      },
    }),
});

const DJANGOS = new CookieMessages({ name: "messages", secure: false });
const LONG = new CookieMessages({ name: "messages", secure: false, maxBytes: 4000 });

function makeFields(random: Random): Fields {
  return {
    level: random.pick([10, 20, 25, 30, 40, random.int(-5, 100)]),
    text: random.text(25, ANY) || "text",
    tags: random.pick([null, "", "a b", random.text(10, ANY)]),
    safe: random.chance(0.3),
  };
}

function toStored({ level, text, tags, safe }: Fields): StoredMessage {
  return { level, text, extraTags: tags ?? undefined, safe };
}

async function load(cookie: string) {
  const [, loaded] = await visit((context) => DJANGOS.open(context).load(), KEY, { Cookie: `messages=${cookie}` });
  return loaded;
}

/** What the cookie says then, and how many didn't fit; with room for all of them if they are few. */
async function store(fields: readonly Fields[], key = KEY): Promise<{ value: string; dropped: number }> {
  const [response, dropped] = await visit(async (context, response) => {
    const open = (fields.every(({ tags }) => tags === "") && fields.length > 1 ? DJANGOS : LONG).open(context);
    await open.load();
    return (await open.store(fields.map(toStored), response)).length;
  }, key);
  return { value: response.headers.getSetCookie()[0]!.split(/[=;]/)[1]!, dropped };
}

async function storeAndLoad(fields: readonly Fields[], theirs: string) {
  const [, result] = await visit(async (context) => {
    const session = await context.session();
    const open = new SessionMessages().open(context);
    await open.load();
    await open.store(fields.map(toStored), new Response());
    const text = session.get("_messages");
    session.set("_messages", theirs);
    return { text, loaded: (await new SessionMessages().open(context).load()).messages };
  });
  return result;
}

type View<T> = (context: Context & HasSession<Record<string, unknown>>, response: Response) => T | Promise<T>;

async function visit<T>(view: View<T>, key = KEY, headers: HeadersInit = {}): Promise<[Response, T]> {
  let result: T;
  const app = pipeline({ keys: key === KEY ? [KEY, OLDER_KEY] : [key] })
    .use(sessions({ store: new MemoryStore() }))
    .use(messages())
    .handle(async (_request, context) => {
      const response = new Response();
      result = await view(context, response);
      return response;
    });
  const response = await app(new Request("http://localhost/", { headers }));
  assertEquals(response.status, 200);
  return [response, result!];
}

async function oneByOne<I, O>(inputs: readonly I[], ask: (input: I, index: number) => Promise<O>): Promise<O[]> {
  const answers: O[] = [];
  for (const [index, input] of inputs.entries()) answers.push(await ask(input, index));
  return answers;
}
