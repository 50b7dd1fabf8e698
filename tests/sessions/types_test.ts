/** What the compiler knows of a session. Lines under `@ts-expect-error` must not compile: checking this file is the test. */

import { type Context, extend, type Handler, type Middleware, pipeline, routes } from "@nuages/web/middleware";
import {
  CookieStore,
  type HasSession,
  MemoryStore,
  type Session,
  SessionDirectory,
  type SessionExpiry,
  type SessionInfo,
  sessions,
} from "@nuages/web/sessions";
import { assertEquals } from "@std/assert";

const store = new MemoryStore();

type Shop = {
  theme: "light" | "dark";
  visits: number;
  cart: string[];
  user?: { name: string };
  note: string | null;
};

interface ShopInterface {
  theme: "light" | "dark";
  visits: number;
}

/** Compiles only if the two types are the same. */
function same<A, B>(..._proof: [A] extends [B] ? [B] extends [A] ? [] : ["different"] : ["different"]): void {}

/** Never called: what stands in it is for the compiler. */
function compiled(..._functions: ((...args: never[]) => unknown)[]): void {}

Deno.test("get() gives the type of the key, or undefined, and unknown keys don't compile", () => {
  compiled((session: Session<Shop>) => {
    const [theme, visits, cart, user, note] = [
      session.get("theme"),
      session.get("visits"),
      session.get("cart"),
      session.get("user"),
      session.get("note"),
    ];
    same<typeof theme, "light" | "dark" | undefined>();
    same<typeof visits, number | undefined>();
    same<typeof cart, string[] | undefined>();
    same<typeof user, { name: string } | undefined>();
    same<typeof note, string | null | undefined>();
    // @ts-expect-error -- there is no such key
    session.get("nope");
    // @ts-expect-error -- there is no such key
    session.has("nope");
    // @ts-expect-error -- there is no such key
    session.delete("nope");
    // @ts-expect-error -- it may be missing
    session.get("visits").toFixed();
    // @ts-expect-error -- a key is a text
    session.get(5);
  });
});

Deno.test("get() with a fallback has no undefined left, but null where null is a value", () => {
  compiled((session: Session<Shop>) => {
    const [theme, cart, user, note] = [
      session.get("theme", "light"),
      session.get("cart", []),
      session.get("user", { name: "nobody" }),
      session.get("note", ""),
    ];
    same<typeof theme, "light" | "dark">();
    same<typeof cart, string[]>();
    same<typeof user, { name: string }>();
    same<typeof note, string | null>();
    session.get("note", null);
    // @ts-expect-error -- not one of the themes
    session.get("theme", "blue");
    // @ts-expect-error -- not a list of texts
    session.get("cart", [1]);
    // @ts-expect-error -- that is no fallback
    session.get("visits", undefined);
  });
});

Deno.test("a null that was stored is what get() and setDefault() answer, as their types say", async () => {
  let seen: unknown;
  const app = pipeline()
    .use(sessions<Shop>({ store: new MemoryStore() }))
    .handle(async (_request, context) => {
      const session = await context.session();
      session.set("note", null);
      seen = [session.get("note", "fallback"), session.setDefault("note", "default"), session.has("note")];
      return new Response();
    });
  await app(new Request("http://localhost/"));

  assertEquals(seen, [null, null, true]);
});

Deno.test("set(), assign() and setDefault() take the type of the key", () => {
  compiled((session: Session<Shop>) => {
    session.set("theme", "dark");
    session.set("user", { name: "Ada" });
    session.set("user", undefined);
    session.assign({ visits: 1, cart: ["book"] });
    const visits = session.setDefault("visits", 0);
    same<typeof visits, number>();
    session.setDefault("cart", []).push("book");
    // @ts-expect-error -- not one of the themes
    session.set("theme", "blue");
    // @ts-expect-error -- there is no such key
    session.set("nope", 1);
    // @ts-expect-error -- not a number
    session.assign({ visits: "1" });
    // @ts-expect-error -- there is no such key
    session.assign({ nope: 1 });
    // @ts-expect-error -- that is no default
    session.setDefault("user", undefined);
  });
});

Deno.test("update() gives its function the value or undefined, and answers with the type of the key", () => {
  compiled((session: Session<Shop>) => {
    const visits = session.update("visits", (visits = 0) => visits + 1);
    same<typeof visits, number>();
    session.update("cart", (cart = []) => [...cart, "book"]);
    session.update("theme", (theme) => theme === "dark" ? "light" : "dark");
    session.update("user", () => undefined);
    // @ts-expect-error -- it may be missing
    session.update("visits", (visits) => visits + 1);
    // @ts-expect-error -- not a list of texts
    session.update("cart", (cart = []) => [...cart, 1]);
    // @ts-expect-error -- an async function answers a promise
    session.update("visits", async () => await 1);
  });
});

Deno.test("keys(), values() and entries() know the keys and what they hold", () => {
  compiled((session: Session<ShopInterface>) => {
    const [keys, values, entries, popped, expiry] = [
      session.keys(),
      session.values(),
      session.entries(),
      session.pop("theme"),
      session.expiry,
    ];
    same<typeof keys, ("theme" | "visits")[]>();
    same<typeof values, ("light" | "dark" | number)[]>();
    same<typeof entries, ["theme" | "visits", "light" | "dark" | number][]>();
    same<typeof popped, "light" | "dark" | undefined>();
    same<typeof expiry, SessionExpiry>();
    // @ts-expect-error -- it is said by changing something
    session.modified = true;
  });
});

Deno.test("sessions<T>() takes a type alias and an interface, and without T any key with unknown values", () => {
  pipeline().use(sessions<Shop>({ store })).handle(async (_request, context) => {
    same<typeof context, Context & HasSession<Shop>>();
    return Response.json((await context.session()).get("cart", []));
  });
  pipeline().use(sessions<ShopInterface>({ store })).handle(async (_request, context) => {
    return new Response((await context.session()).get("theme", "light"));
  });
  pipeline().use(sessions({ store })).handle(async (_request, context) => {
    const session = await context.session();
    session.set("anything", { at: 1 });
    const value = session.get("anything");
    same<typeof value, unknown>();
    return new Response();
  });
});

Deno.test("sessions() wants a store, and knows its options", () => {
  compiled(() => {
    // @ts-expect-error -- there is no store
    sessions();
    // @ts-expect-error -- there is no store
    sessions({});
    // @ts-expect-error -- that is no store
    sessions({ store: new Map() });
    // @ts-expect-error -- there is no such option
    sessions({ store, maxAge: 5 });
    // @ts-expect-error -- the session says how long its cookie lives
    sessions({ store, cookie: { maxAge: 5 } });
    // @ts-expect-error -- a session is an object of keys
    sessions<string>({ store });
  });
});

Deno.test("an owner is a text or nobody, and what is said of a session are texts", () => {
  compiled((session: Session<Shop>) => {
    const owner = session.owner;
    same<typeof owner, string | undefined>();
    session.setOwner("ada");
    session.setOwner(undefined);
    session.setOwner("ada", { label: "laptop", address: "" });
    // @ts-expect-error -- a number is no name: String(user.id)
    session.setOwner(5);
    // @ts-expect-error -- nobody is undefined
    session.setOwner(null);
    // @ts-expect-error -- it must be said who
    session.setOwner();
    // @ts-expect-error -- there is no such option
    session.setOwner("ada", { browser: "Firefox" });
    // @ts-expect-error -- it is said by setOwner()
    session.owner = "ada";
  });
});

Deno.test("SessionDirectory takes a store and sessions of any keys, and no CookieStore", () => {
  compiled(async (session: Session<Shop>, other: Session<{ points: number }>, untyped: Session) => {
    const directory = new SessionDirectory(store, { keys: ["k"] });
    const list = await directory.listSessions("ada", { current: session });
    same<typeof list, SessionInfo[]>();
    const [ended, one] = [await directory.revokeOthers("ada", other), await directory.revokeSession("ada", "handle")];
    same<typeof ended, number>();
    same<typeof one, boolean>();
    await directory.revokeAll("ada");
    await directory.revokeOthers("ada", untyped);
    await new CookieStore({ revocations: store }).revokeOthers("ada", session);
    // @ts-expect-error -- nobody lists what is in cookies
    new SessionDirectory(new CookieStore());
    // @ts-expect-error -- it must be said which one is spared
    directory.revokeOthers("ada");
    // @ts-expect-error -- a handle is no session
    directory.revokeOthers("ada", "handle");
    // @ts-expect-error -- revocations are kept in a store
    new CookieStore({ revocations: true });
  });
});

Deno.test("sessions() knows how to rotate, to encrypt, and what to do without a store", () => {
  compiled(() => {
    sessions({ store, rotateSeconds: 3600, rotateGraceSeconds: 5, storeSeconds: 2, whenUnavailable: "empty" });
    sessions({ store, encrypt: true });
    sessions({ store, encrypt: { keys: ["k"], readPlain: true } });
    // @ts-expect-error -- one of the two
    sessions({ store, whenUnavailable: "ignore" });
    // @ts-expect-error -- there is no such option
    sessions({ store, encrypt: { key: "k" } });
  });
});

Deno.test("a view typed for this session fits, alone and in a table, one for another doesn't", () => {
  const ours: Handler<Context & HasSession<Shop>> = () => new Response();
  const other: Handler<Context & HasSession<{ visits: string }>> = () => new Response();
  const foreign: Handler<Context & HasSession<{ points: number }>> = () => new Response();
  const plain = (_request: Request) => new Response();
  const app = pipeline().use(sessions<Shop>({ store }));

  app.handle(ours);
  app.handle(plain);
  app.handle(routes({ "/": ours, "/plain/": plain }));
  compiled(() => {
    // @ts-expect-error -- visits is a number here
    app.handle(other);
    // @ts-expect-error -- there is no such key here
    app.handle(foreign);
    // @ts-expect-error -- there is no such key here
    app.handle(routes({ "/": foreign }));
    // @ts-expect-error -- there is no session at all
    pipeline().handle(ours);
  });
});

Deno.test("a library's middleware that works with any session fits every one, behind sessions() only", () => {
  // deno-lint-ignore no-explicit-any -- that is how such a middleware says it
  const visits: Middleware<HasSession<any>, { visits: () => Promise<number> }> = (next) => (request, context) => {
    return next(request, extend(context, { visits: async () => (await context.session()).get("visits", 0) }));
  };

  pipeline().use(sessions<Shop>({ store })).use(visits).handle(async (_request, context) => {
    same<keyof HasSession & keyof typeof context, "session">();
    const session = await context.session();
    same<typeof session, Session<Shop>>();
    return Response.json(await context.visits());
  });
  pipeline().use(sessions<{ other: string }>({ store })).use(visits).handle(() => new Response());
  compiled(() => {
    // @ts-expect-error -- put the middleware that adds "session" before this one
    pipeline().use(visits);
  });
});

Deno.test("a middleware that needs certain keys fits a session that has them", () => {
  const greeter: Middleware<HasSession<Shop>, { greeting: string }> = (next) => (request, context) =>
    next(request, extend(context, { greeting: "hello" }));

  pipeline().use(sessions<Shop>({ store })).use(greeter).handle((_request, { greeting }) => new Response(greeting));
  compiled(() => {
    // @ts-expect-error -- this session has other keys
    pipeline().use(sessions<{ points: number }>({ store })).use(greeter);
  });
});
