// What the compiler knows of messages. Each `@ts-expect-error` is a mistake that must not compile.
import { assertEquals } from "@std/assert";
import { type Context, contextProcessor, type Handler, pipeline, routes } from "@nuages/web/middleware";
import {
  CookieMessages,
  FallbackMessages,
  type HasMessages,
  messages,
  messagesProcessor,
  type MessageStorage,
  SessionMessages,
  successMessage,
} from "@nuages/web/messages";
import { MemoryStore, sessions } from "@nuages/web/sessions";

const keys = ["a key for tests only, never for visitors"];
const store = new MemoryStore();
const usesMessages: Handler<Context & HasMessages> = (_request, { messages }) => {
  messages.info("x");
  return new Response();
};

Deno.test("types: messages in the session need sessions() before them", () => {
  pipeline({ keys }).use(sessions({ store })).use(messages()).handle(usesMessages);
  pipeline({ keys }).use(sessions<{ cart: string[] }>({ store })).use(messages({ minLevel: 0 })).handle(usesMessages);
  pipeline().use(sessions({ store })).use(messages({ storage: new SessionMessages() })).handle(usesMessages);
  // @ts-expect-error put the middleware that adds "session" before this one
  pipeline({ keys }).use(messages());
  // @ts-expect-error put the middleware that adds "session" before this one
  pipeline({ keys }).use(messages({ storage: new FallbackMessages() }));
  // @ts-expect-error put the middleware that adds "session" before this one
  pipeline({ keys }).use(messages({ storage: new SessionMessages() })).use(sessions({ store }));
});

Deno.test("types: messages in the cookie need nothing before them", () => {
  pipeline({ keys }).use(messages({ storage: new CookieMessages() })).handle(usesMessages);
  pipeline({ keys }).use(messages({ storage: new CookieMessages(), header: "X-Messages" })).handle(usesMessages);
});

Deno.test("types: messages elsewhere need what their storage says", () => {
  const storage: MessageStorage<{ user: string }> = {
    open: ({ user }) => ({ load: () => ({ messages: [], complete: user === "", stale: false }), store: () => [] }),
  };
  pipeline().use<{ user: string }>((next) => next as never).use(messages({ storage })).handle(usesMessages);
  // @ts-expect-error put the middleware that adds "user" before this one
  pipeline().use(messages({ storage }));
});

Deno.test("types: a view, a context processor and successMessage() need messages() before them", () => {
  const app = pipeline({ keys }).use(messages({ storage: new CookieMessages() }));
  app.use(contextProcessor(messagesProcessor)).handle(routes({
    "GET /": usesMessages,
    "POST /:id/": successMessage(() => new Response(), (_request, context) => `${context.params.id} was saved.`),
  }));
  // @ts-expect-error the view needs messages
  pipeline().handle(usesMessages);
  // @ts-expect-error put the middleware that adds "messages" before this one
  pipeline().use(contextProcessor(messagesProcessor));
  // @ts-expect-error the view needs messages
  pipeline().handle(successMessage(() => new Response(), "Saved."));
});

Deno.test("types: a cookie is given to the storage or to messages(), not to both", () => {
  let thrown: unknown;
  try {
    // @ts-expect-error a storage knows its cookie
    messages({ storage: new CookieMessages(), cookie: { name: "messages" } });
  } catch (error) {
    thrown = error;
  }
  assertEquals(thrown instanceof TypeError, true);
});

Deno.test("types: a session with keys of its own is what views get behind messages()", () => {
  pipeline({ keys }).use(sessions<{ cart: string[] }>({ store })).use(messages()).handle(async (_request, context) => {
    const session = await context.session();
    const cart: string[] | undefined = session.get("cart");
    // @ts-expect-error there is no such key
    session.get("nope");
    return Response.json(cart ?? null);
  });
});
