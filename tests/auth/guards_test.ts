/** Who may see which view, and where the others are sent. */

import {
  authentication,
  loginNotRequired,
  loginRequired,
  MemoryUsers,
  permissionRequired,
  userPassesTest,
  userProcessor,
} from "@nuages/web/auth";
import {
  addHooks,
  contextProcessor,
  csrfExempt,
  hasMark,
  html,
  pipeline,
  type PipelineOptions,
  routes,
  TemplateResponse,
} from "@nuages/web/middleware";
import { MemoryStore, sessions } from "@nuages/web/sessions";
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { TestBrowser } from "../../testing/test_browser.ts";
import { KEY, quick, type Reader, readers, site } from "./_site.ts";

function base(options: PipelineOptions = {}, loginUrl = "/accounts/login/") {
  return pipeline({ keys: [KEY], onEvent: () => {}, ...options })
    .use(sessions({ store: new MemoryStore() }))
    .use(authentication({ users: readers(), passwords: quick, loginUrl }));
}

const entrance = base().use(loginRequired()).handle(routes({
  "GET /": (_request, context) => new Response(context.url.pathname),
  "GET /about/": loginNotRequired(() => new Response("about")),
  "POST /as/:name/": loginNotRequired(async (_request, context) => {
    await context.login(readers().findByName(context.params.name)!.user);
    return new Response();
  }),
}));

Deno.test("loginRequired() sends visitors to sign in, lets users in, and everybody where it says so", async () => {
  const browser = new TestBrowser(entrance);
  const response = await browser.get("/");
  assertEquals([response.status, response.headers.get("Location")], [302, "/accounts/login/?next=/"]);
  assertEquals(await browser.text("/about/"), "about");
  assertEquals((await browser.get("/nowhere/")).status, 404);
  await browser.post("/as/ada/");
  assertEquals(await browser.text("/"), "/");
});

Deno.test("loginRequired() doesn't read the session of a view for everybody", async () => {
  const response = await new TestBrowser(entrance).get("/about/");
  assertEquals(response.headers.get("Vary"), null);
});

Deno.test("loginRequired(view) sends visitors to sign in, and tells the view who is signed in", async () => {
  const browser = new TestBrowser(site().app);
  assertEquals((await browser.get("/mine/")).headers.get("Location"), "/accounts/login/?next=/mine/");
  const next = "/mine/";
  const signedIn = await browser.post("/accounts/login/?next=/mine/", { name: "ada", password: "difference" });
  assertEquals(signedIn.headers.get("Location"), next);
  assertEquals(await browser.text(next), "ada@example.com");
});

Deno.test("the way back is the whole address within the site, written as Django writes it", async () => {
  const app = base({}, "/in/?theme=dark&next=x#form").handle(routes({
    "/*": loginRequired(() => new Response()),
    "/sso/": loginRequired(() => new Response(), { loginUrl: "https://sso.example/in?a=b" }),
    "/own/": loginRequired(() => new Response(), { loginUrl: "https://shop.example/in/" }),
  }));
  const target = async (path: string) =>
    (await app(new Request(`https://shop.example${path}`))).headers.get("Location");
  assertEquals(await target("/a/b/"), "/in/?theme=dark&next=/a/b/#form");
  assertEquals(
    await target("/a/?q=x y&r=é'(!*)&s=a+b"),
    "/in/?theme=dark&next=/a/%3Fq%3Dx%2520y%26r%3D%25C3%25A9%2527%28%21%2A%29%26s%3Da%2Bb#form",
  );
  assertEquals(await target("//evil.example/"), "/in/?theme=dark&next=//evil.example/#form");
  assertEquals(await target("/sso/"), "https://sso.example/in?a=b&next=https%3A//shop.example/sso/");
  assertEquals(await target("/own/"), "https://shop.example/in/?next=/own/");
});

Deno.test("nobody is sent away from this site after signing in, whatever the way back says", async () => {
  const { app } = site({ limits: false });
  for (
    const next of [
      "//evil.example/",
      "https://evil.example/",
      "/\\evil.example",
      "javascript:alert(1)",
      "\t//evil.example",
      "",
    ]
  ) {
    const browser = new TestBrowser(app);
    const ada = { name: "ada", password: "difference" };
    const query = await browser.post(`/accounts/login/?next=${encodeURIComponent(next)}`, ada);
    assertEquals([query.status, query.headers.get("Location")], [303, "/"], next);
    const field = await browser.post("/accounts/login/?next=/mine/", { ...ada, next });
    assertEquals(field.headers.get("Location"), "/", next);
  }
});

Deno.test("a page for signing in that needs signing in is an error that says what to do", async () => {
  const app = base({ debug: true }).use(loginRequired()).handle(routes({ "/accounts/login/": () => new Response() }));
  const response = await app(
    new Request("http://localhost/accounts/login/", { headers: { Accept: "application/json" } }),
  );
  assertEquals(response.status, 500);
  assertMatch(await response.text(), /write loginNotRequired\(view\)/);
});

Deno.test("loginRequired({ answer }) answers programs otherwise", async () => {
  const answer = () => new Response("sign in first", { status: 401, headers: { "WWW-Authenticate": "Session" } });
  const app = base().use(loginRequired({ answer })).handle(() => new Response());
  assertEquals((await app(new Request("http://localhost/"))).status, 401);
  const one = base().handle(loginRequired(() => new Response(), { answer }));
  assertEquals((await one(new Request("http://localhost/"))).status, 401);
});

Deno.test("loginRequired({ exempt }) lets requests in by their address, for routers of other people", async () => {
  const exempt = (_request: Request, { url }: { url: URL }) => url.pathname === "/about/";
  const app = base().use(loginRequired({ exempt })).handle(() => new Response());
  const status = async (path: string) => (await app(new Request(`http://localhost${path}`))).status;
  assertEquals([await status("/about/"), await status("/")], [200, 302]);
  const careless = base().use(loginRequired({ exempt: (() => Promise.resolve(false)) as never })).handle(() =>
    new Response()
  );
  assertEquals((await careless(new Request("http://localhost/"))).status, 500, "a promise isn't a yes");
});

Deno.test("permissionRequired() sends visitors to sign in, refuses users who lack a permission, and lets the others in", async () => {
  const app = base().handle(routes({
    "POST /as/:name/": async (_request, context) => {
      await context.login(readers().findByName(context.params.name)!.user);
      return new Response();
    },
    "/add/": permissionRequired("shop.add_book")(() => new Response("add")),
    "/both/": permissionRequired(["shop.add_book", "shop.sell_book"])(() => new Response("both")),
    "/burn/": permissionRequired(["shop.add_book", "shop.burn_book"])(() => new Response("burn")),
    "/quiet/": permissionRequired("shop.add_book", { forbid: true })(() => new Response("quiet")),
    "/elsewhere/": permissionRequired("shop.add_book", { loginUrl: "/staff/" })(() => new Response("elsewhere")),
  }));
  const statuses = async (browser: TestBrowser) =>
    await Promise.all(["add", "both", "burn", "quiet"].map(async (path) => (await browser.get(`/${path}/`)).status));
  const [nobody, ada, bob] = [new TestBrowser(app), new TestBrowser(app), new TestBrowser(app)];
  await ada.post("/as/ada/");
  await bob.post("/as/bob/");
  assertEquals(await statuses(nobody), [302, 302, 302, 403]);
  assertEquals(await statuses(bob), [403, 403, 403, 403]);
  assertEquals(await statuses(ada), [200, 200, 403, 200]);
  assertEquals((await nobody.get("/elsewhere/")).headers.get("Location"), "/staff/?next=/elsewhere/");
});

Deno.test("permissionRequired() is an error where the users have no permissions, and never lets anybody in", async () => {
  const users = { find: () => undefined, findByName: () => undefined };
  const app = pipeline({ keys: [KEY], onEvent: () => {} })
    .use(sessions({ store: new MemoryStore() })).use(authentication({ users }))
    .handle(permissionRequired("x")(() => new Response("in")));
  assertEquals((await app(new Request("http://localhost/"))).status, 500);
});

Deno.test("userPassesTest() lets in who passes, and a test that answers no boolean lets in nobody", async () => {
  const app = base().handle(routes({
    "POST /as/:name/": async (_request, context) => {
      await context.login(readers().findByName(context.params.name)!.user);
      return new Response();
    },
    "/a/": userPassesTest<Reader>(({ name }) => name.startsWith("a"))(() => new Response("a")),
    "/odd/": userPassesTest<Reader>(() => "yes" as never)(() => new Response("odd")),
  }));
  const [nobody, ada, bob] = [new TestBrowser(app), new TestBrowser(app), new TestBrowser(app)];
  await ada.post("/as/ada/");
  await bob.post("/as/bob/");
  const statuses = [nobody, ada, bob].map(async (browser) => (await browser.get("/a/")).status);
  assertEquals(await Promise.all(statuses), [302, 200, 403]);
  assertEquals((await ada.get("/odd/")).status, 500);
});

Deno.test("guards keep the marks and the name of a view", () => {
  function about(): Response {
    return new Response();
  }
  const views = [loginRequired(csrfExempt(about)), permissionRequired("x")(csrfExempt(about))];
  for (const view of views) {
    assert(hasMark(view, "csrf.exempt"));
    assertEquals(view.name, "about");
  }
});

Deno.test("a hook further out sees the redirect, as it is the answer of the view", async () => {
  const app = base().use((next) => (request, context) => {
    addHooks(context, { processException: () => new Response("never") });
    return next(request, context);
  }).handle(loginRequired(() => new Response()));
  assertEquals((await app(new Request("http://localhost/"))).status, 302);
});

Deno.test("userProcessor gives templates the user", async () => {
  // deno-lint-ignore no-explicit-any -- what a template is given
  const page = ({ user }: any) => html`${user?.name ?? "nobody"}`;
  const app = base().use(contextProcessor(userProcessor)).handle(routes({
    "GET /": () => new TemplateResponse(page),
    "POST /": async (_request, context) => {
      await context.login(readers().find("1")!.user);
      return new TemplateResponse(page);
    },
  }));
  const browser = new TestBrowser(app);
  assertEquals(await browser.text("/"), "nobody");
  assertEquals(await (await browser.post("/")).text(), "ada");
});

Deno.test("guards refuse what they can't use, and say what to do", () => {
  assertThrows(() => loginRequired({ loginUrl: "in" }), TypeError, "loginUrl must be a path");
  assertThrows(() => loginRequired({ exempt: true as never }), TypeError, "exempt must be a function");
  assertThrows(() => loginRequired({ answer: 401 as never }), TypeError, "answer must be a function");
  assertThrows(() => permissionRequired([]), TypeError, "one permission or more");
  assertThrows(() => permissionRequired("x", { forbid: "yes" as never }), TypeError, "forbid must be true or false");
  assertThrows(() => userPassesTest("x" as never), TypeError, "the test must be a function");
  assertThrows(
    () => new MemoryUsers([{ user: { id: "1", name: "a" } }, { user: { id: "2", name: "a" } }]),
    TypeError,
    "two users",
  );
});
