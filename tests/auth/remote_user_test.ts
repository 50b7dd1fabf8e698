/** Users whom a proxy names, and visitors who name themselves. */

import {
  authentication,
  type MemoryUsers,
  persistentRemoteUser,
  remoteUser,
  type RemoteUserOptions,
} from "@nuages/web/auth";
import { type AppEvent, type Middleware, pipeline, routes } from "@nuages/web/middleware";
import { MemoryStore, sessions } from "@nuages/web/sessions";
import { assertEquals, assertThrows } from "@std/assert";
import { KEY, quick, type Reader, readers } from "./_site.ts";

const PROXY = "10.0.0.7";

/** A visitor's browser, behind the proxy or around it. */
function visitorOf(
  named: typeof remoteUser,
  options: RemoteUserOptions<Reader> = {},
  users: MemoryUsers<Reader> = readers(),
) {
  const events: AppEvent[] = [];
  const app = pipeline({ keys: [KEY], proxies: { trust: [PROXY] }, onEvent: (event) => events.push(event) })
    .use(sessions({ store: new MemoryStore() }))
    .use(authentication<Reader>({ users, passwords: quick }))
    .use(named<Reader>(options))
    .handle(routes({
      "GET /": async (_request, context) => {
        const session = await context.session();
        const who = (await context.user())?.name ?? "nobody";
        return new Response(`${who} ${session.get("cart") ?? "-"}`);
      },
      "POST /cart/": async (_request, context) => {
        (await context.session()).set("cart", "emma");
        return new Response();
      },
      "POST /login/:id/": async (_request, context) => {
        await context.login(users.find(context.params.id)!.user);
        return new Response();
      },
    }));
  let cookie = "";
  async function ask(
    name: string | undefined,
    method = "GET",
    path = "/",
    { from = PROXY, header = "Remote-User" } = {},
  ) {
    const headers = new Headers({ Cookie: cookie });
    if (name !== undefined) headers.set(header, name);
    const response = await app(new Request(`https://shop.example${path}`, { method, headers }), {
      remoteAddr: { transport: "tcp", hostname: from, port: 50_000 },
      completed: Promise.resolve(),
    });
    for (const line of response.headers.getSetCookie()) cookie = /Max-Age=0/.test(line) ? "" : line.split(";")[0]!;
    return await response.text();
  }
  return { ask, events };
}

Deno.test("remoteUser() signs in whom the proxy names, and out whom it names no more", async () => {
  const { ask } = visitorOf(remoteUser);
  assertEquals(await ask("ada"), "ada -");
  await ask("ada", "POST", "/cart/");
  assertEquals(await ask("ada"), "ada emma");
  assertEquals(await ask(undefined), "nobody -");
  assertEquals(await ask("ada"), "ada -", "the session had ended");
  assertEquals(await ask(" "), "nobody -", "an empty header names nobody");
});

Deno.test("persistentRemoteUser() keeps whom the proxy has named once", async () => {
  const { ask } = visitorOf(persistentRemoteUser);
  await ask("ada", "POST", "/cart/");
  assertEquals(await ask(undefined), "ada emma");
  assertEquals(await ask("bob"), "bob -");
  assertEquals(await ask(undefined), "bob -");
});

Deno.test("remoteUser() gives somebody else another session, though the view doesn't ask who it is", async () => {
  const { ask } = visitorOf(remoteUser);
  await ask("ada", "POST", "/cart/");
  await ask("bob", "POST", "/login/2/");
  assertEquals(await ask("bob"), "bob -");
});

Deno.test("remoteUser() believes no visitor, and says so", async () => {
  const { ask, events } = visitorOf(remoteUser);
  assertEquals(await ask("ada", "GET", "/", { from: "203.0.113.1" }), "nobody -");
  assertEquals(events.map(({ name }) => name), ["auth.untrusted_header"]);
  assertEquals(await ask("ada", "GET", "/", { header: "X-Remote-User" }), "nobody -");
  assertEquals(await ask("ada"), "ada -");
  assertEquals(await ask("ada", "GET", "/", { from: "203.0.113.1" }), "nobody -", "nor a session without the proxy");
});

Deno.test("remoteUser() leaves who has signed in with a password alone where the proxy names nobody", async () => {
  const { ask } = visitorOf(remoteUser);
  await ask(undefined, "POST", "/login/1/");
  assertEquals(await ask(undefined), "ada -");
  assertEquals(await ask("bob"), "bob -");
  assertEquals(await ask(undefined), "nobody -");
});

Deno.test("remoteUser() signs in nobody whom the users don't know or who may not sign in, and ends the session of who was named before", async () => {
  const { ask } = visitorOf(remoteUser);
  await ask("ada");
  assertEquals(await ask("eve"), "nobody -");
  await ask("ada");
  assertEquals(await ask("cid"), "nobody -");
});

Deno.test("remoteUser({ clean, create }) makes a name of the header, and an account of a new name", async () => {
  const users = readers();
  const made: string[] = [];
  const { ask } = visitorOf(remoteUser, {
    header: "X-Forwarded-Email",
    clean: (value) => value.split("@")[0]!,
    create(name) {
      made.push(name);
      const user: Reader = { id: "9", name, mail: "" };
      users.put({ user });
      return user;
    },
  }, users);
  const header = "X-Forwarded-Email";
  assertEquals(await ask("eve@shop.example", "GET", "/", { header }), "eve -");
  assertEquals(await ask("eve@shop.example", "GET", "/", { header }), "eve -");
  assertEquals(await ask("ada@shop.example", "GET", "/", { header }), "ada -");
  assertEquals(made, ["eve"]);
});

Deno.test("remoteUser() is refused where no proxy is trusted, or the header is none", () => {
  const base = (middleware: typeof remoteUser) =>
    pipeline({ keys: [KEY] }).use(sessions({ store: new MemoryStore() })).use(authentication({ users: readers() }))
      .use(middleware<Reader>() as Middleware).handle(() => new Response());
  assertThrows(() => base(remoteUser), TypeError, "Cannot create remoteUser as the pipeline trusts no proxy");
  assertThrows(() => base(persistentRemoteUser), TypeError, "Cannot create persistentRemoteUser as the pipeline");
  assertThrows(() => remoteUser({ header: "Remote User" }), TypeError, "header must be the name of a header");
  assertThrows(() => remoteUser({ header: "REMOTE_USER" }), TypeError, 'without "_"');
  assertThrows(() => remoteUser({ create: true as never }), TypeError, "create must be a function");
});
