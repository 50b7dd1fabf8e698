/** The three problems that every beginner has, diagnosed by name, from what the application says of itself. */

import { check, type CheckOptions, type CommonProblem } from "@nuages/web/check";
import { CookieMessages, messages, SessionMessages } from "@nuages/web/messages";
import { allowedHosts, type App, csrf, locale, pipeline, type PipelineOptions, security } from "@nuages/web/middleware";
import { MemoryStore, type SessionOptions, sessions } from "@nuages/web/sessions";
import { TestBrowser } from "@nuages/web/testing";
import { assert, assertEquals } from "@std/assert";
import { appOf } from "./_layers.ts";

const store = new MemoryStore();
const withCookie = (cookie: SessionOptions["cookie"]) => appOf([sessions({ store, cookie: cookie! })]);

/** The ids that are said to be behind a problem. */
function behind(problem: CommonProblem, app: App, options: CheckOptions = {}): string[] {
  return check(app, options).filter(({ problems = [] }) => problems.includes(problem)).map(({ id }) => id);
}

const STICK = "session doesn't stick";
const REFUSED = "CSRF 403";
const SHOWN = "message never or twice";

Deno.test("my session doesn't stick: the cookie is for a part of the site", async () => {
  const app = pipeline().use(sessions<{ n: number }>({ store, cookie: { path: "/shop/" } })).handle(
    async (_request, context) => {
      return new Response(String((await context.session()).update("n", (n = 0) => n + 1)));
    },
  );
  assertEquals(behind(STICK, app), ["session.cookie_path"]);
  assertEquals(behind(STICK, withCookie({ path: "/" })), []);

  // And that is what happens.
  const browser = new TestBrowser(app, { origin: "https://shop.example" });
  assertEquals([await browser.text("/shop/"), await browser.text("/shop/"), await browser.text("/")], ["1", "2", "1"]);
});

Deno.test("my session doesn't stick: the cookie is for a domain that the site isn't in", () => {
  const app = (domain: string, ...hosts: string[]) =>
    appOf([allowedHosts(hosts), sessions({ store, cookie: { domain } })]);
  assertEquals(behind(STICK, app("shop.example", "shop.example", "www.shop.example", ".shop.example")), []);
  assertEquals(behind(STICK, app("www.shop.example", "shop.example")), ["session.cookie_domain"]);
  assertEquals(behind(STICK, app("shop.example", "shop.example", "shop.test")), ["session.cookie_domain"]);
  const [finding] = check(app("shop.example", "shop.example", "shop.test"));
  assert(finding!.message.endsWith("where the site goes by shop.test."));
  assertEquals(behind(STICK, app("shop.example", "*")), []);
  assertEquals(behind(STICK, withCookie({ domain: "shop.example" })), []);
});

Deno.test("my session doesn't stick: SameSite=Strict, or None", () => {
  assertEquals(behind(STICK, withCookie({ sameSite: "Strict" })), ["session.cookie_strict"]);
  assertEquals(behind(STICK, withCookie({ sameSite: "None" })), ["session.cookie_none"]);
  assertEquals(behind(STICK, withCookie({ sameSite: "None", partitioned: true })), []);
  assertEquals(behind(STICK, withCookie({ sameSite: "Lax" })), []);
});

Deno.test("my session doesn't stick: two layers keep what is theirs in one cookie", () => {
  const name = "__Host-id";
  const app = appOf([sessions({ store, cookie: { name } }), csrf({ cookie: { name } })]);
  const [finding] = check(app);
  assertEquals([finding?.id, finding?.problems], ["cookies.clash", [STICK, REFUSED]]);
  const languages = locale({ languages: ["en"], cookie: { name: "__Host-sessionid" } });
  assertEquals(check(appOf([languages, sessions({ store })])).map(({ id }) => id), ["cookies.clash"]);
});

Deno.test("my session doesn't stick: it is over before the page is read, or two of them are there", () => {
  assertEquals(behind(STICK, appOf([sessions({ store, idleSeconds: 20 })])), ["session.short"]);
  assertEquals(check(appOf([sessions({ store, idleSeconds: 1_209_600_000 })])).map(({ id }) => id), ["session.long"]);
  assertEquals(behind(STICK, appOf(["sessions", "sessions"])), ["layers.twice"]);
});

Deno.test("my session doesn't stick: the memory of one process, or a proxy that nobody trusts, where visitors are", () => {
  const deploy = { deploy: true };
  const app = (options: PipelineOptions) => appOf([sessions({ store }), csrf(), messages()], options);
  const trusted = { proxies: { trust: ["10.0.0.0/8"] } };
  assertEquals(behind(STICK, app(trusted), deploy), ["session.memory_store"]);
  const untrusted = pipeline({ keys: [crypto.randomUUID()] }).use(sessions({ store })).use(csrf()).use(messages())
    .handle(() => new Response());
  for (const problem of [STICK, REFUSED, SHOWN] as const) {
    assertEquals(behind(problem, untrusted, deploy), ["session.memory_store", "proxies.none"]);
  }
  assertEquals(check(untrusted), []);
  const redirecting = pipeline().use(security({ sslRedirect: true })).handle(() => new Response());
  const [note] = check(redirecting, deploy).filter(({ id }) => id === "proxies.none");
  assert(note!.message.endsWith("and sslRedirect never ends."));
});

Deno.test("proxies that are everybody are an error", () => {
  for (const trust of [["0.0.0.0/0"], ["10.0.0.7", "::/0"]]) {
    assertEquals(check(appOf([], { proxies: { trust } })).map(({ id, level }) => [id, level]), [[
      "proxies.everybody",
      "error",
    ]]);
  }
});

Deno.test("CSRF 403: the page hides where its form comes from", async () => {
  const app = pipeline().use(security({ referrerPolicy: "no-referrer" })).use(csrf())
    .handle((_request, context) => new Response(context.csrfToken()));
  assertEquals(behind(REFUSED, app), ["csrf.referrer_policy"]);
  assertEquals(behind(REFUSED, appOf([security({ referrerPolicy: ["no-referrer", "same-origin"] }), csrf()])), []);
  assertEquals(behind(REFUSED, appOf([security({ referrerPolicy: "no-referrer" })])), []);

  // And that is what happens in a browser that doesn't say Sec-Fetch-Site.
  const browser = new TestBrowser(app, { origin: "https://shop.example", fetchMetadata: false });
  const token = await browser.text("/");
  const send = (headers: Record<string, string>) => browser.post("/", { csrfmiddlewaretoken: token }, { headers });
  assertEquals((await send({ Origin: "null" })).status, 403);
  assertEquals((await send({})).status, 200);
});

Deno.test("CSRF 403: the cookie isn't sent back, or two csrf() check", () => {
  assertEquals(behind(REFUSED, appOf([csrf({ cookie: { path: "/forms/" } })])), ["csrf.cookie_path"]);
  assertEquals(behind(REFUSED, appOf([csrf({ cookie: { sameSite: "None" } })])), ["csrf.cookie_none"]);
  assertEquals(behind(REFUSED, appOf([csrf({ cookie: { sameSite: "Strict" } })])), []);
  assertEquals(behind(REFUSED, appOf(["csrf", "csrf"])), ["layers.twice"]);
  const hosts = allowedHosts(["shop.example"]);
  assertEquals(behind(REFUSED, appOf([hosts, csrf({ cookie: { domain: "shop.test" } })])), ["csrf.cookie_domain"]);
});

Deno.test("CSRF 403: an origin is trusted that no browser sends", () => {
  const ids = (origin: string) => behind(REFUSED, appOf([csrf({ trustedOrigins: [origin] })]), { deploy: true });
  assertEquals(ids("http://app.example"), ["csrf.trusted_http"]);
  assertEquals(ids("https://app.example"), []);
  assertEquals(ids("http://localhost:5173"), []);
});

Deno.test("my message is never shown, or twice: its cookie isn't sent back, or two keep it", () => {
  const inCookie = (options: ConstructorParameters<typeof CookieMessages>[0]) =>
    behind(SHOWN, appOf([messages({ storage: new CookieMessages(options) })]));
  assertEquals(inCookie({ path: "/profile/" }), ["messages.cookie_path"]);
  assertEquals(inCookie({ sameSite: "Strict" }), ["messages.cookie_strict"]);
  assertEquals(inCookie({}), []);
  assertEquals(behind(SHOWN, appOf(["sessions", messages({ cookie: { path: "/profile/" } })])), [
    "messages.cookie_path",
  ]);
  assertEquals(behind(SHOWN, appOf(["sessions", messages({ storage: new SessionMessages() })])), []);
  assertEquals(behind(SHOWN, appOf(["sessions", "messages", "messages"])), ["layers.twice"]);
});

Deno.test("my message is never shown: its level is dropped", () => {
  const ids = (minLevel: number) => behind(SHOWN, appOf(["sessions", messages({ minLevel })]));
  assertEquals(ids(30), ["messages.min_level"]);
  assertEquals([...ids(10), ...ids(20), ...ids(25)], []);
});
