/** Signing in and out, and what becomes of the session. */

import { authentication, MemoryUsers } from "@nuages/web/auth";
import { csrf, pipeline, routes } from "@nuages/web/middleware";
import { MemoryStore, SessionDirectory, sessions } from "@nuages/web/sessions";
import { assert, assertEquals, assertMatch, assertNotEquals, assertThrows } from "@std/assert";
import { TestBrowser } from "../../testing/test_browser.ts";
import { adaWith, KEY, quick, readers, site } from "./_site.ts";

const ADA = { name: "ada", password: "difference" };
const BOB = { name: "bob", password: "boole's" };

async function signIn(browser: TestBrowser, who: Record<string, string> = ADA): Promise<number> {
  return (await browser.post("/accounts/login/", who)).status;
}

Deno.test("context.user() is nobody, then who has signed in, then nobody again", async () => {
  const browser = new TestBrowser(site().app);
  assertEquals(await browser.text("/"), "nobody");
  assertEquals(await signIn(browser), 303);
  assertEquals(await browser.text("/"), "ada");
  await browser.post("/accounts/logout/");
  assertEquals(await browser.text("/"), "nobody");
  assertEquals(browser.cookie("sessionid"), undefined);
});

Deno.test("authentication() costs nothing where nobody asks who the visitor is", async () => {
  const { app } = site();
  const browser = new TestBrowser(app);
  await signIn(browser);
  const response = await browser.get("/plain/");
  assertEquals([response.headers.get("Vary"), response.headers.get("Set-Cookie")], [null, null]);
});

Deno.test("context.user() of a visitor without a session asks no users, sets no cookie, and depends on the cookie", async () => {
  const users = readers();
  let asked = 0;
  const find = users.find.bind(users);
  users.find = (id) => (asked++, find(id));
  const { app } = site({ users });
  const response = await app(new Request("http://localhost/"));
  assertEquals([asked, response.headers.get("Set-Cookie"), response.headers.get("Vary")], [0, null, "Cookie"]);
});

Deno.test("context.user() asks the users once in a request", async () => {
  const users = readers();
  let asked = 0;
  const app = pipeline({ keys: [KEY] })
    .use(sessions({ store: new MemoryStore() }))
    .use(authentication({ users: { ...wrap(users), find: (id) => (asked++, users.find(id)) }, passwords: quick }))
    .handle(routes({
      "POST /": async (_request, context) => {
        await context.login(users.find("1")!.user);
        return new Response();
      },
      "GET /": async (_request, context) => {
        assertEquals(await context.user(), await context.user());
        return new Response((await context.user())?.name);
      },
    }));
  const browser = new TestBrowser(app);
  await browser.post("/");
  asked = 0;
  assertEquals(await browser.text("/"), "ada");
  assertEquals(asked, 1);
});

Deno.test("context.login() writes Django's keys into the session, and whose it is", async () => {
  const { app } = site();
  const browser = new TestBrowser(app);
  await signIn(browser);
  const keys = await browser.json("/keys/");
  assertEquals([keys._auth_user_id, keys._auth_user_backend], ["1", "django.contrib.auth.backends.ModelBackend"]);
  assertMatch(keys._auth_user_hash, /^[0-9a-f]{64}$/);
  assertEquals(await browser.json("/owner/"), "1");
});

Deno.test("context.login() gives the session a new id, and keeps what was in it while nobody was signed in", async () => {
  const browser = new TestBrowser(site().app);
  await browser.post("/cart/");
  const before = browser.cookie("sessionid")!.value;
  const thief = browser.copy();
  await signIn(browser);
  assertNotEquals(browser.cookie("sessionid")!.value, before);
  assertEquals((await browser.json("/keys/")).cart, "emma");
  assertEquals(await thief.text("/"), "nobody", "an id that somebody has planted is worth nothing");
});

Deno.test("context.login() ends the session of another user", async () => {
  const browser = new TestBrowser(site().app);
  await signIn(browser);
  await browser.post("/cart/");
  const adas = browser.copy();
  await signIn(browser, BOB);
  assertEquals(await browser.text("/"), "bob");
  assertEquals((await browser.json("/keys/")).cart, undefined);
  assertEquals(await adas.text("/"), "nobody");
});

Deno.test("context.login() ends a session that nobody is signed in to and that belongs to another user", async () => {
  const { users } = site();
  const app = pipeline({ keys: [KEY] })
    .use(sessions({ store: new MemoryStore() }))
    .use(authentication({ users }))
    .handle(routes({
      "POST /as/:owner/": async (_request, context) => {
        const session = await context.session();
        session.setOwner(context.params.owner);
        session.set("cart", "emma");
        return new Response();
      },
      "POST /login/": async (_request, context) => {
        await context.login(users.find("1")!.user);
        return new Response();
      },
      "GET /cart/": async (_request, context) => Response.json((await context.session()).get("cart") ?? null),
    }));
  const [others, own] = [new TestBrowser(app), new TestBrowser(app)];
  await others.post("/as/2/");
  await others.post("/login/");
  assertEquals(await others.json("/cart/"), null);
  await own.post("/as/1/");
  await own.post("/login/");
  assertEquals(await own.json("/cart/"), "emma");
});

Deno.test("context.login() of the same user again keeps the session, under a new id", async () => {
  const browser = new TestBrowser(site().app);
  await signIn(browser);
  await browser.post("/cart/");
  const before = browser.cookie("sessionid")!.value;
  await signIn(browser);
  assertEquals((await browser.json("/keys/")).cart, "emma");
  assertNotEquals(browser.cookie("sessionid")!.value, before);
});

Deno.test("context.login() makes the tokens of csrf() anew", async () => {
  const browser = new TestBrowser(site().app, { fetchMetadata: false });
  const token = await browser.text("/token/");
  assertEquals(await signIn(browser, { ...ADA, csrfmiddlewaretoken: token }), 303);
  assertEquals((await browser.post("/cart/", { csrfmiddlewaretoken: token })).status, 403);
  assertEquals((await browser.post("/cart/", { csrfmiddlewaretoken: await browser.text("/token/") })).status, 200);
});

Deno.test("context.login() makes tokens anew that are kept in the session, also where another user's session ends", async () => {
  const users = readers();
  const app = pipeline({ keys: [KEY] })
    .use(sessions({ store: new MemoryStore() }))
    .use(csrf({ storage: "session" }))
    .use(authentication({ users }))
    .handle(routes({
      "GET /": async (_request, context) => new Response(await context.csrfToken()),
      "POST /:id/": async (_request, context) => {
        await context.login(users.find(context.params.id)!.user);
        return new Response(await context.csrfToken());
      },
    }));
  const browser = new TestBrowser(app, { fetchMetadata: false });
  const post = (id: string, csrfmiddlewaretoken: string) => browser.post(`/${id}/`, { csrfmiddlewaretoken });
  const before = await browser.text("/");
  const adas = await (await post("1", before)).text();
  assertEquals((await post("2", before)).status, 403);
  const bobs = await (await post("2", adas)).text();
  assertEquals((await post("2", adas)).status, 403);
  assertEquals((await post("2", bobs)).status, 200);
});

Deno.test("a user's sessions are listed, and can be ended, by the user's id", async () => {
  const { app, store } = site();
  const [laptop, phone] = [new TestBrowser(app), new TestBrowser(app)];
  await signIn(laptop);
  await signIn(phone);
  const directory = new SessionDirectory(store);
  assertEquals((await directory.listSessions("1")).length, 2);
  await directory.revokeAll("1");
  assertEquals([await laptop.text("/"), await phone.text("/")], ["nobody", "nobody"]);
});

Deno.test("a new password ends all sessions but the one that asked to stay", async () => {
  const { app, events } = site();
  const [laptop, phone] = [new TestBrowser(app), new TestBrowser(app)];
  await signIn(laptop);
  await signIn(phone);
  const before = laptop.cookie("sessionid")!.value;
  const changed = await laptop.post("/accounts/password/", { password: "analytical", stay: "yes" });
  assertEquals(await changed.text(), "ada");
  assertNotEquals(laptop.cookie("sessionid")!.value, before);
  assertEquals(await laptop.text("/"), "ada");
  assertEquals(await phone.text("/"), "nobody");
  assertEquals(phone.cookie("sessionid"), undefined);
  assertEquals(events.filter(({ name }) => name === "auth.session_ended").length, 1);
  assertEquals(await signIn(phone), 422);
  assertEquals(await signIn(phone, { name: "ada", password: "analytical" }), 303);
});

Deno.test("a new password ends this session too if nobody says otherwise", async () => {
  const browser = new TestBrowser(site().app);
  await signIn(browser);
  await browser.post("/accounts/password/", { password: "analytical" });
  assertEquals(await browser.text("/"), "nobody");
});

Deno.test("a password that was changed between checking and signing in ends the session that the old one began", async () => {
  const users = readers();
  const app = pipeline({ keys: [KEY] })
    .use(sessions({ store: new MemoryStore() }))
    .use(authentication({ users, passwords: quick }))
    .handle(routes({
      "POST /": async (_request, context) => {
        const user = (await context.authenticate(ADA))!;
        adaWith(users, { password: await quick.hash("analytical") });
        await context.login(user);
        return new Response();
      },
      "GET /": async (_request, context) => new Response((await context.user())?.name ?? "nobody"),
    }));
  const browser = new TestBrowser(app);
  await browser.post("/");
  assertEquals(await browser.text("/"), "nobody");
});

Deno.test("who may not sign in any more, or is gone, is nobody in the sessions there are", async () => {
  const { app, users } = site();
  const browser = new TestBrowser(app);
  await signIn(browser);
  adaWith(users, { active: false });
  assertEquals(await browser.text("/"), "nobody");
  adaWith(users, { active: true });
  assertEquals(await browser.text("/"), "ada");
  users.delete("1");
  assertEquals(await browser.text("/"), "nobody");
});

Deno.test("a new key in front of the old one signs nobody out, also when the old one has gone", async () => {
  const [older, newer] = [KEY, "another key for tests only, never for visitors"];
  const [store, users] = [new MemoryStore(), readers()];
  const withKeys = (...keys: string[]) =>
    pipeline({ keys }).use(sessions({ store })).use(authentication({ users, passwords: quick })).handle(routes({
      "POST /": async (_request, context) => {
        await context.login(users.find("1")!.user);
        return new Response();
      },
      "GET /": async (_request, context) => new Response((await context.user())?.name ?? "nobody"),
    }));
  let app = withKeys(older);
  const browser = new TestBrowser((request, info) => app(request, info));
  await browser.post("/");
  app = withKeys(newer, older);
  const before = browser.cookie("sessionid")!.value;
  assertEquals(await browser.text("/"), "ada");
  assertEquals(browser.cookie("sessionid")!.value, before, "requests at the same time go on");
  app = withKeys(newer);
  assertEquals(await browser.text("/"), "ada");
  app = withKeys(older);
  assertEquals(await browser.text("/"), "nobody");
});

Deno.test("a session that something else has signed in is believed only if its backend is named", async () => {
  const [store, users] = [new MemoryStore(), readers()];
  const withBackends = (...backends: string[]) =>
    pipeline({ keys: [KEY] }).use(sessions({ store })).use(authentication({ users, backends })).handle(routes({
      "POST /": async (_request, context) => {
        await context.login(users.find("1")!.user);
        return new Response();
      },
      "GET /": async (_request, context) => new Response((await context.user())?.name ?? "nobody"),
    }));
  let app = withBackends("shop.auth.MailBackend");
  const browser = new TestBrowser((request, info) => app(request, info));
  await browser.post("/");
  assertEquals(await browser.text("/"), "ada");
  app = withBackends("django.contrib.auth.backends.ModelBackend");
  assertEquals(await browser.text("/"), "nobody");
  app = withBackends("django.contrib.auth.backends.ModelBackend", "shop.auth.MailBackend");
  assertEquals(await browser.text("/"), "ada");
});

Deno.test("context.login() of somebody who may not sign in is a 403, of somebody nobody knows an error", async () => {
  const users = readers();
  const app = pipeline({ keys: [KEY], onEvent: () => {} })
    .use(sessions({ store: new MemoryStore() }))
    .use(authentication({ users }))
    .handle(routes({
      "POST /:id/": async (_request, context) => {
        await context.login({ id: context.params.id, name: "x", mail: "x" });
        return new Response();
      },
    }));
  const status = async (id: string) => (await app(new Request(`http://localhost/${id}/`, { method: "POST" }))).status;
  assertEquals([await status("1"), await status("3"), await status("9")], [200, 403, 500]);
});

Deno.test("events tell who signed in and out, and never what was typed in", async () => {
  const { app, events } = site();
  const browser = new TestBrowser(app);
  await signIn(browser, { name: "my password by mistake", password: "x" });
  await signIn(browser, { name: "ada", password: "wrong" });
  await signIn(browser);
  await browser.post("/accounts/logout/");
  assertEquals(events.map(({ name, data }) => [name, data?.user]), [
    ["auth.failed", undefined],
    ["auth.failed", "1"],
    ["auth.signed_in", "1"],
    ["auth.signed_out", "1"],
  ]);
  assert(!JSON.stringify(events).includes("mistake"));
});

Deno.test("authentication() refuses what it can't use, and says what to do", () => {
  const users = new MemoryUsers();
  const message = (action: () => unknown) => assertThrows(action, Error).message;
  assertMatch(message(() => authentication({} as never)), /users must be an object with find\(\) and findByName\(\)/);
  assertMatch(message(() => authentication({ users, passwords: {} as never })), /passwords must be an object/);
  assertMatch(message(() => authentication({ users, loginUrl: "login" })), /loginUrl must be a path/);
  assertMatch(message(() => authentication({ users, loginUrl: "//evil.example/" })), /loginUrl must be a path/);
  assertMatch(message(() => authentication({ users, backends: [] })), /backends must be a list/);
  assertMatch(
    message(() => authentication({ users, limits: { perName: 0 } })),
    /limits\.perName must be a whole number/,
  );
  assertMatch(message(() => authentication({ users, limits: true as never })), /limits must be an object or false/);
  const withoutKeys = pipeline().use(sessions({ store: new MemoryStore() })).use(authentication({ users }));
  assertMatch(message(() => withoutKeys.handle(() => new Response())), /there are no keys/);
});

function wrap(users: ReturnType<typeof readers>) {
  return {
    findByName: (name: string) => users.findByName(name),
    find: (id: string) => users.find(id),
  };
}
