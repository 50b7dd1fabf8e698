// What the compiler knows of users. Each `@ts-expect-error` is a mistake that must not compile.
import {
  authentication,
  type HasSignedInUser,
  type HasUser,
  loginNotRequired,
  loginRequired,
  MemoryUsers,
  permissionRequired,
  persistentRemoteUser,
  remoteUser,
  type User,
  userPassesTest,
  userProcessor,
} from "@nuages/web/auth";
import { type Context, contextProcessor, csrfExempt, type Handler, pipeline, routes } from "@nuages/web/middleware";
import { MemoryStore, sessions } from "@nuages/web/sessions";
import { KEY } from "./_site.ts";

interface Reader extends User {
  readonly mail: string;
}

const keys = [KEY];
const proxies = { trust: ["127.0.0.1"] };
const store = new MemoryStore();
const users = new MemoryUsers<Reader>();
/** A source as somebody writes it, whose methods ask for less than they get. */
const own = {
  find: (id: string) => users.find(id),
  findByName: (name: string) => users.findByName(name),
  hasPermissions: (user: { readonly id: string }, permissions: readonly string[]) => user.id === permissions[0],
};
const asksUser: Handler<Context & HasUser<Reader>> = () => new Response();
const knowsUser: Handler<Context & HasSignedInUser<Reader>> = () => new Response();

Deno.test("types: authentication() needs sessions() before it, and what needs a user needs authentication() before it", () => {
  const base = pipeline({ keys, proxies }).use(sessions<{ cart: string[] }>({ store })).use(authentication({ users }));
  base.use(loginRequired()).use(loginRequired({ loginUrl: "/x/" })).handle(asksUser);
  base.use(remoteUser()).use(persistentRemoteUser()).use(contextProcessor(userProcessor)).handle(asksUser);
  base.use(remoteUser<Reader>({ create: (name) => ({ id: name, name, mail: "" }) })).handle(asksUser);
  // @ts-expect-error put the middleware that adds "session" before this one
  pipeline({ keys }).use(authentication({ users }));
  // @ts-expect-error put the middleware that adds "session" before this one
  pipeline({ keys }).use(authentication({ users })).use(sessions({ store }));
  // @ts-expect-error put the middleware that adds "user" before this one
  pipeline().use(loginRequired());
  // @ts-expect-error put the middleware that adds "user" before this one
  pipeline().use(sessions({ store })).use(remoteUser()).use(authentication({ users }));
  // @ts-expect-error put the middleware that adds "user" before this one
  pipeline().use(contextProcessor(userProcessor));
});

Deno.test("types: views know their user by the type that the source gives", () => {
  const base = pipeline({ keys }).use(sessions<{ cart: string[] }>({ store })).use(authentication({ users: own }));
  base.handle(async (_request, context) => {
    const user = await context.user();
    user satisfies Reader | undefined;
    // @ts-expect-error nobody may be signed in
    user.mail;
    // @ts-expect-error one view further in knows
    context.signedInUser;
    return new Response(user?.mail);
  });
  // @ts-expect-error these users have no mail
  pipeline({ keys }).use(sessions({ store })).use(authentication({ users: new MemoryUsers() })).handle(asksUser);
});

Deno.test("types: a guarded view keeps what it knows, and learns who is signed in", () => {
  const base = pipeline({ keys }).use(sessions<{ cart: string[] }>({ store })).use(authentication({ users: own }));
  base.handle(routes({
    "GET /a/:id/": loginRequired(async (_request, context) => {
      context.signedInUser.mail satisfies string;
      context.params.id satisfies string;
      (await context.session()).get("cart") satisfies string[] | undefined;
      return new Response();
    }),
    "GET /b/:id/": permissionRequired("x")((_request, { params }) => new Response(params.id)),
    "GET /c/:id/": userPassesTest<Reader>(({ mail }) => mail === "")((_request, { params }) => new Response(params.id)),
    "GET /d/:id/": loginNotRequired((_request, { params }) => new Response(params.id)),
    "GET /e/": loginRequired(asksUser),
    "GET /f/": csrfExempt(loginRequired(knowsUser)),
    "GET /g/": permissionRequired(["x", "y"])(loginRequired(knowsUser)),
    "GET /h/": loginRequired(() => new Response(), { loginUrl: "/x/" }),
    "GET /i/": permissionRequired("x")(asksUser),
  }));
});

Deno.test("types: a guarded view needs authentication(), with such users", () => {
  // @ts-expect-error nobody says who the visitor is
  pipeline().handle(routes({ "/": loginRequired(() => new Response()) }));
  // @ts-expect-error nobody says who the visitor is
  pipeline().handle(permissionRequired("x")(() => new Response()));
  const base = pipeline({ keys }).use(sessions({ store })).use(authentication({ users: new MemoryUsers() }));
  // @ts-expect-error these users have no mail
  base.handle(loginRequired(knowsUser));
  // @ts-expect-error these users have no mail
  base.handle(userPassesTest<Reader>(() => true)(() => new Response()));
});
