/** probe() asks for pages, and sees what only they show. */

import { probe } from "@nuages/web/check";
import {
  allowedHosts,
  type App,
  contentSecurityPolicy,
  type Context,
  csrf,
  type HasCspNonce,
  type HasCsrf,
  type Html,
  html,
  htmlResponse,
  pipeline,
  security,
} from "@nuages/web/middleware";
import { CookieMessages, type HasMessages, messages } from "@nuages/web/messages";
import { CookieStore, MemoryStore, sessions, type SessionStore } from "@nuages/web/sessions";
import { assertEquals, assertRejects } from "@std/assert";

type PageContext = Context & HasCsrf & HasCspNonce;

/** A site of one page. */
function site(
  page: (context: PageContext) => Html,
  headers: HeadersInit = {},
  options: Parameters<typeof csrf>[0] = {},
): App {
  return pipeline().use(security()).use(contentSecurityPolicy()).use(csrf(options))
    .handle((_request, context) => htmlResponse(page(context), { headers }));
}

const idsOf = async (app: App, paths = ["/"]) => (await probe(app, paths)).map(({ id, level }) => `${id} ${level}`);

Deno.test("probe() finds nothing wrong with a page that is right", async () => {
  const app = site((context) =>
    html`
      <script nonce="${context.cspNonce}">run()</script>
      <script type="application/json">{}</script>
      <form method="post">${context.csrfField()}</form>
      <form><input name="q"></form>
      <!-- <form method="post"></form> -->
    `
  );
  assertEquals(await idsOf(app), []);
});

Deno.test("probe() finds forms without a token", async () => {
  const form = html`<form method="POST" action="/buy/"><button>Buy</button></form>`;
  assertEquals(await idsOf(site(() => form)), ["csrf.form_without_token warning"]);
  assertEquals(await idsOf(site(() => form, {}, { requireToken: true })), ["csrf.form_without_token error"]);
  const elsewhere = html`<form method="post" action="https://pay.example/"><button>Pay</button></form>`;
  assertEquals(await idsOf(site(() => elsewhere)), []);
  const unprotected = pipeline().handle(() => htmlResponse(form));
  assertEquals(await idsOf(unprotected), []);
});

Deno.test("probe() finds scripts that the page's policy keeps from running", async () => {
  const blocked = "csp.script_without_nonce warning";
  assertEquals(await idsOf(site(() => html`<script>run()</script>`)), [blocked]);
  assertEquals(await idsOf(site(() => html`<script src="/shop.js"></script>`)), [blocked]);
  assertEquals(
    await idsOf(site((context) =>
      html`
        <script nonce="${context.cspNonce}"></script>
        <script src="/a.js"></script>
      `
    )),
    [
      blocked,
    ],
  );
  const own = (policy: string) =>
    pipeline().handle(() =>
      htmlResponse(html`<script>run()</script>`, { headers: { "Content-Security-Policy": policy } })
    );
  assertEquals(await idsOf(own("script-src 'unsafe-inline'")), []);
  assertEquals(await idsOf(own("default-src 'self'")), [blocked]);
  assertEquals(await idsOf(own("img-src 'self'")), []);
  // Whose hash it is, a browser says.
  assertEquals(await idsOf(own("script-src 'sha256-abc='")), []);
});

Deno.test("probe() finds pages of one visitor that caches may show to others", async () => {
  const form = (context: PageContext) => html`<form method="post">${context.csrfField()}</form>`;
  for (const control of ["public", "max-age=600", "s-maxage=60, max-age=0"]) {
    assertEquals(await idsOf(site(form, { "Cache-Control": control })), ["csrf.token_cached error"], control);
  }
  for (const control of ["private, max-age=600", "no-store", "no-cache", "max-age=0"]) {
    assertEquals(await idsOf(site(form, { "Cache-Control": control })), [], control);
  }
  const cookie = pipeline().handle(() =>
    new Response("hello", { headers: { "Cache-Control": "public", "Set-Cookie": "a=1; Secure" } })
  );
  assertEquals(await idsOf(cookie), ["cache.personal_page error"]);
});

Deno.test("probe() comes with a message, and sees whether it is shown once", async () => {
  const showing = messages({ storage: new CookieMessages() });
  const list = async (context: Context & HasMessages) => htmlResponse(html`<p>${await context.messages.read()}</p>`);
  const keys = [crypto.randomUUID()];
  const shown = pipeline({ keys }).use(showing).handle((_request, context) => list(context));
  assertEquals(await idsOf(shown), []);
  const silent = pipeline({ keys }).use(showing).handle(() => htmlResponse(html`<p>Nothing.</p>`));
  assertEquals(await idsOf(silent), ["messages.not_shown info"]);
  const dropping = pipeline({ keys })
    .use((next) => async (request, context) => {
      const response = await next(request, context);
      response.headers.delete("Set-Cookie");
      return response;
    })
    .use(showing).handle((_request, context) => list(context));
  assertEquals(await idsOf(dropping), ["messages.shown_again error"]);
  const inBoth = pipeline({ keys }).use(sessions({ store: new MemoryStore() })).use(messages())
    .handle((_request, context) => list(context));
  assertEquals(await idsOf(inBoth), []);
  // What is no page shows none.
  assertEquals(await idsOf(pipeline({ keys }).use(showing).handle(() => Response.json({}))), []);
});

/** A store that forgets. */
function forgetful(): SessionStore {
  const store = new MemoryStore();
  store.read = () => undefined;
  return store;
}

Deno.test("probe() finds a session that isn't there any more the second time", async () => {
  const counting = (store: SessionStore | CookieStore) =>
    pipeline({ keys: [crypto.randomUUID()] }).use(sessions<{ n: number }>({ store })).handle(
      async (_request, context) => {
        return new Response(String((await context.session()).update("n", (n = 0) => n + 1)));
      },
    );
  assertEquals(await idsOf(counting(forgetful())), ["session.lost error"]);
  assertEquals(await idsOf(counting(new MemoryStore())), []);
  // It changes with what is in it.
  assertEquals(await idsOf(counting(new CookieStore())), []);
});

Deno.test("probe() finds cookies that browsers refuse, and tells nobody what is in them", async () => {
  const secret = "a-secret-value";
  const app = pipeline().use(allowedHosts(["shop.example"]))
    .handle(() => new Response("hello", { headers: { "Set-Cookie": `id=${secret}; Domain=other.example` } }));
  const [finding, ...others] = await probe(app, ["/"]);

  assertEquals([finding?.id, others], ["cookies.refused", []]);
  assertEquals(JSON.stringify(finding).includes(secret), false);
  assertEquals(finding!.message.startsWith("Browsers refuse the cookie id of /: "), true);
});

Deno.test("probe() finds that plain http keeps no session, where the site isn't on this machine", async () => {
  const app = pipeline().use(sessions<{ n: number }>({ store: new MemoryStore() })).handle(
    async (_request, context) => {
      return new Response(String((await context.session()).update("n", (n = 0) => n + 1)));
    },
  );
  const found = async (origin: string) => (await probe(app, ["/"], { origin })).map(({ id }) => id);

  assertEquals(await found("http://shop.example"), ["cookies.refused"]);
  assertEquals(await found("https://shop.example"), []);
  assertEquals(await found("http://localhost:8000"), []);
});

Deno.test("probe() finds pages that fail, and asks by GET only", async () => {
  const asked: string[] = [];
  const app = pipeline({ onEvent() {} }).use(allowedHosts([".shop.example"])).handle(({ method, url }) => {
    asked.push(`${method} ${url}`);
    if (url.endsWith("/broken/")) throw new Error("broken");
    return new Response("hello");
  });
  assertEquals(await idsOf(app, ["/", "/broken/"]), ["probe.failed error"]);
  assertEquals(new Set(asked), new Set(["GET https://shop.example/", "GET https://shop.example/broken/"]));
});

Deno.test("probe() refuses what is no application", async () => {
  await assertRejects(
    () => probe((() => new Response()) as never, ["/"]),
    TypeError,
    "pass what pipeline().handle() returned",
  );
});
