/** docs/recommended.md shows what recommended() expands to: the same layers, and the same answers. */

import {
  type App,
  type HasUser,
  html,
  htmlResponse,
  HttpError,
  loginRequired,
  MemoryStore,
  MemoryUsers,
  recommended,
  type RecommendedContext,
  redirect,
  routes,
} from "@nuages/web";
import { TestBrowser } from "@nuages/web/testing";
import { assert, assertEquals } from "@std/assert";
import { expanded } from "./_expansion.ts";

const page = await Deno.readTextFile(new URL("../../docs/recommended.md", import.meta.url));

Deno.test("docs/recommended.md shows tests/project/_expansion.ts, which the compiler checks", async () => {
  const program = await Deno.readTextFile(new URL("_expansion.ts", import.meta.url));
  const [, shown] = /^```ts ignore\n(.*?)^```$/ms.exec(page) ?? [];

  assertEquals(shown, program.slice(program.indexOf("import")));
});

Deno.test("the links of docs/recommended.md lead somewhere", async () => {
  const targets = [...page.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, target]) => target!);

  assert(targets.length > 0);
  for (const target of targets) await Deno.stat(new URL(`../../docs/${target}`, import.meta.url));
});

type ShopContext = RecommendedContext<{ cart: string[] }> & HasUser;

function table() {
  return routes<ShopContext, string>({
    "GET /": () => htmlResponse(html`<h1>${"Shop ".repeat(100)}</h1>`),
    "GET /cart/": async (_request, context) => {
      const session = await context.session();
      const texts = (await context.messages.read()).map(({ text }) => text);
      return htmlResponse(html`
        <p>${texts}</p>
        <p>${session.get("cart", [])}</p>
        <script nonce="${context.cspNonce}"></script>
      `);
    },
    "POST /cart/": async (_request, context) => {
      const session = await context.session();
      session.update("cart", (cart = []) => [...cart, "Emma"]);
      context.messages.success("Saved.");
      return redirect("/cart/");
    },
    "GET /form/": (_request, context) => htmlResponse(html`<form method="post">${context.csrfField()}</form>`),
    "GET /account/": loginRequired(() => new Response("account")),
    "GET /throws/": () => {
      throw new HttpError(500);
    },
    "GET /stream/": () => new Response(ReadableStream.from([new TextEncoder().encode("a".repeat(300))])),
  });
}

/** What each of these answers, one after the other in one browser; what is random is masked. */
async function answers(app: App): Promise<unknown[]> {
  const browser = new TestBrowser(app, { origin: "https://shop.example" });
  const seen: unknown[] = [];
  for (const [method, path, headers = {}] of REQUESTS) {
    const response = await browser.fetch(path, { method, headers, redirect: "manual" });
    const { status } = response;
    // Padding against BREACH has another length each time.
    const body = response.headers.has("Content-Encoding") ? "compressed" : await response.text();
    if (body === "compressed") await response.body?.cancel();
    const sent = [...response.headers].filter(([name]) => body !== "compressed" || name !== "content-length");
    seen.push(JSON.parse(mask(JSON.stringify({ method, path, status, sent, body }))));
  }
  return seen;
}

const REQUESTS: readonly [method: string, path: string, headers?: Record<string, string>][] = [
  ["GET", "/"],
  ["GET", "/", { "Accept-Encoding": "br, gzip" }],
  ["HEAD", "/"],
  ["OPTIONS", "/cart/"],
  ["GET", "/cart/"],
  ["POST", "/cart/", { "Sec-Fetch-Site": "same-origin" }],
  ["GET", "/cart/"],
  ["POST", "/cart/", { "Sec-Fetch-Site": "cross-site" }],
  ["POST", "/cart/", { "Content-Length": "99999999" }],
  ["GET", "/cart"],
  ["POST", "/cart"],
  ["GET", "/form/"],
  ["GET", "/account/"],
  ["GET", "/nowhere/"],
  ["DELETE", "/cart/"],
  ["GET", "/throws/"],
  ["GET", "/stream/", { "Accept-Encoding": "gzip" }],
  ["GET", "https://evil.example/"],
];

function mask(text: string): string {
  return text
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "UUID")
    .replace(/nonce-[\w-]{22}/g, "nonce-N")
    .replace(/nonce=\\"[\w-]{22}/g, 'nonce=\\"N')
    .replace(/__Host-sessionid=[\w-]{43}/g, "__Host-sessionid=ID")
    .replace(/__Host-csrftoken=\w{32}/g, "__Host-csrftoken=T")
    .replace(/value=\\"\w{64}/g, 'value=\\"T')
    .replace(/(__Host-messages=\w+):[\w-]+:[\w-]+/g, "$1:TIME:SIGNATURE")
    .replace(/expires=[A-Z][^;]*GMT/g, "expires=DATE");
}

Deno.test("what docs/recommended.md shows answers as the call does", async () => {
  const keys = ["a secret key of these tests, and of nothing else"];
  const hosts = ["shop.example"];
  const users = new MemoryUsers();
  const quiet = { onEvent() {} };
  const called = recommended<{ cart: string[] }>({ keys, store: new MemoryStore(), users, hosts, ...quiet }).handle(
    table(),
  );
  const written = expanded(keys, new MemoryStore(), users, hosts, table());

  const seen = await answers(called);
  assertEquals(seen, await answers(written));
  // And they did what they were asked.
  const statuses = (seen as { status: number }[]).map(({ status }) => status);
  assertEquals(statuses, [200, 200, 200, 204, 200, 303, 200, 403, 413, 301, 308, 200, 302, 404, 405, 500, 200, 400]);
});
