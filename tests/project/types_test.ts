/** What the compiler knows of recommended(): the session's keys, the user, what was left out, and the order of what is added. */

import { type HasUser, MemoryUsers, type User } from "@nuages/web/auth";
import {
  csrf,
  loginRequired,
  MemoryCache,
  MemoryStore,
  messages,
  pipeline,
  rateLimit,
  recommended,
  type RecommendedContext,
  routes,
  SiteCache,
  timeout,
} from "@nuages/web";
import type { Context, Handler, Middleware } from "@nuages/web/middleware";
import type { HasSession } from "@nuages/web/sessions";
import { assertEquals } from "@std/assert";

interface Shop {
  cart: string[];
}
interface Member extends User {
  readonly points: number;
}

const must = () => ({ keys: [crypto.randomUUID()], store: new MemoryStore() });

Deno.test("recommended() types the session, and a view that uses another key does not compile", () => {
  recommended<Shop>(must()).handle(routes({
    "GET /": async (_request, context) => {
      const session = await context.session();
      const cart: string[] | undefined = session.get("cart");
      // @ts-expect-error -- there is no such key
      session.get("kart");
      return new Response(`${cart} ${context.cspNonce} ${context.csrfToken()} ${context.messages}`);
    },
  }));
  recommended(must()).handle(async (_request, context) => {
    const anything: unknown = (await context.session()).get("whatever");
    return new Response(String(anything));
  });
});

Deno.test("recommended() knows a user where there are users, and of which type", () => {
  const users = new MemoryUsers<Member>();
  recommended<Shop, Member>({ ...must(), users }).handle(async (_request, context) => {
    const points: number | undefined = (await context.user())?.points;
    return new Response(String(points));
  });
  recommended({ ...must(), users }).handle(routes({
    "GET /": loginRequired((_request, context) => new Response(context.signedInUser.name)),
    "GET /points/": async (_request, context) => new Response(String((await context.user())?.points)),
  }));
  // @ts-expect-error -- without users there is none
  recommended(must()).handle(async (_request, context) => new Response((await context.user())?.name));
});

Deno.test("recommended() leaves out of the type what is left out of the layers, and only that", () => {
  recommended<Shop, "csrf" | "messages">({ ...must(), csrf: false, messages: false }).handle((_request, context) => {
    // @ts-expect-error -- there is no csrf()
    void context.csrfToken;
    // @ts-expect-error -- there are no messages
    void context.messages;
    return new Response(context.cspNonce);
  });
  recommended<Shop, Member, "contentSecurityPolicy">({
    ...must(),
    users: new MemoryUsers<Member>(),
    contentSecurityPolicy: false,
  }).handle((_request, context) => {
    // @ts-expect-error -- there is no policy
    void context.cspNonce;
    void context.user;
    return new Response(context.csrfToken());
  });
  // @ts-expect-error -- what adds to the context is left out in the type, too
  recommended<Shop>({ ...must(), csrf: false });
  // @ts-expect-error -- what the type says has to be done
  recommended<Shop, "csrf">(must());
});

Deno.test("the language and the cache are in the type of recommended() where they are asked for by name", () => {
  const cache = new SiteCache({ store: new MemoryCache() });
  const locale = { languages: ["en", "de"] };
  recommended<Shop, "cache" | "locale">({ ...must(), cache, locale }).handle((_request, context) => {
    context.cacheTag("home");
    return new Response(context.language);
  });
  recommended<Shop, Member, "locale" | "csrf">({
    ...must(),
    users: new MemoryUsers<Member>(),
    locale,
    csrf: false,
  }).handle((_request, context) => {
    // @ts-expect-error -- there is no csrf()
    void context.csrfToken;
    return new Response(context.language);
  });
  recommended<Shop>({ ...must(), cache, locale }).handle((_request, context) => {
    // @ts-expect-error -- the type was not told
    void context.language;
    // @ts-expect-error -- nor of this
    void context.cacheTag;
    return new Response();
  });
  // @ts-expect-error -- what the type says has to be there
  recommended<Shop, "locale">(must());
});

Deno.test("what is added to recommended() is checked like everywhere", () => {
  const needsCart = (): Middleware<HasSession<Shop>> => (next) => next;
  recommended<Shop>(must()).use(needsCart());
  // @ts-expect-error -- the session has no cart
  recommended<{ other: number }>(must()).use(needsCart());
  recommended<Shop, "csrf">({ ...must(), csrf: false }).use(csrf({ storage: "session" }));
  recommended<Shop>(must()).use<{ tenant: string }>((next) => (request, context) =>
    next(request, Object.assign(context, { tenant: "paris" }))
  ).handle((_request, context) => new Response(context.tenant));
  // @ts-expect-error -- and outside of it there is no session
  pipeline().use(messages()).use(needsCart());
});

Deno.test("what belongs outside of sessions can't need one", () => {
  recommended({ ...must(), outside: [timeout({ seconds: 1 }), rateLimit({ limit: 10 }), (next) => next] });
  // @ts-expect-error -- there is no session yet
  recommended({ ...must(), outside: [messages()] });
});

Deno.test("a view's context can be written down", async () => {
  const view: Handler<RecommendedContext<Shop> & HasUser<Member>> = async (_request, context) =>
    new Response(String((await context.session()).get("cart", []).length));
  const plain = (_request: Request, context: Context) => new Response(context.url.pathname);
  const app = recommended<Shop, Member>({ ...must(), users: new MemoryUsers<Member>() }).handle(
    routes({ "/": view, "/plain/": plain }),
  );

  assertEquals(await (await app(new Request("http://localhost/"))).text(), "0");
});
