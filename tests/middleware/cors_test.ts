/** cors(): which other sites' scripts may read what. */

import { cors, type CorsOptions, csrf, NotFound, perView, pipeline, redirect, routes } from "@nuages/web/middleware";
import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { assertLinear } from "../_growth.ts";

const APP = "https://app.example";

function site(options: CorsOptions) {
  let calls = 0;
  const app = pipeline({ onEvent() {} }).use(cors(options)).handle(routes({
    "/": () => {
      calls++;
      return new Response("hello");
    },
    "/missing": () => {
      throw new NotFound();
    },
    "/broken": () => {
      throw new Error("broken");
    },
    "/away": () => redirect("/"),
    "/own": () => new Response("", { headers: { "Access-Control-Allow-Origin": "https://own.example" } }),
    "/varied": () => new Response("", { headers: { Vary: "Accept" } }),
  }));
  const ask = async (origin: string | undefined, path = "/", method = "GET", more: HeadersInit = {}) => {
    const headers = new Headers(more);
    if (origin !== undefined) headers.set("Origin", origin);
    return await app(new Request(`https://api.example${path}`, { method, headers }));
  };
  const allowed = async (origin: string | undefined, path = "/") =>
    (await ask(origin, path)).headers.get("Access-Control-Allow-Origin");
  const preflight = (origin: string, method = "PUT", more: HeadersInit = {}) =>
    ask(origin, "/", "OPTIONS", { "Access-Control-Request-Method": method, ...more });
  return { app, ask, allowed, preflight, calls: () => calls };
}

Deno.test("cors() lets scripts of listed origins read, and no others", async () => {
  const { allowed } = site({ origins: [APP, "http://localhost:3000", "https://*.team.example"] });
  const cases: [origin: string | undefined, isAllowed: boolean][] = [
    [APP, true],
    ["http://localhost:3000", true],
    ["https://team.example", true],
    ["https://a.b.team.example", true],
    [undefined, false],
    ["", false],
    ["null", false],
    ["http://app.example", false],
    ["https://app.example:8443", false],
    ["https://APP.example", false],
    ["https://app.example.evil.example", false],
    ["https://evilapp.example", false],
    ["https://evil.example/https://app.example", false],
    ["https://evilteam.example", false],
    ["https://evil.example#.team.example", false],
    ["https://evil.example\\.team.example", false],
    ["https://app.example, https://evil.example", false],
    ["http://localhost:3001", false],
    ["*", false],
  ];
  for (const [origin, isAllowed] of cases) {
    assertEquals(await allowed(origin), isAllowed ? origin! : null, origin);
  }
});

Deno.test("cors() says what it depends on, also where nobody asked", async () => {
  const listed = site({ origins: [APP] });
  for (const origin of [undefined, APP, "https://evil.example"]) {
    assertEquals((await listed.ask(origin)).headers.get("Vary"), "Origin");
  }
  assertEquals((await listed.ask(APP, "/varied")).headers.get("Vary"), "Accept, Origin");
  assertEquals((await site({ origins: "*" }).ask(APP)).headers.get("Vary"), null);
});

Deno.test("cors() puts its headers on errors and redirects too", async () => {
  const { ask } = site({ origins: [APP] });
  for (const [path, status] of [["/missing", 404], ["/broken", 500], ["/away", 303], ["/nowhere", 404]] as const) {
    const response = await ask(APP, path);
    assertEquals([response.status, response.headers.get("Access-Control-Allow-Origin")], [status, APP]);
  }
});

Deno.test("cors() leaves a response alone that says itself who may read it", async () => {
  const response = await site({ origins: [APP], credentials: true }).ask(APP, "/own");
  assertEquals(response.headers.get("Access-Control-Allow-Origin"), "https://own.example");
  assertEquals(response.headers.get("Access-Control-Allow-Credentials"), null);
});

Deno.test("cors() answers a preflight itself, with what was set, whatever is asked", async () => {
  const { preflight, calls } = site({
    origins: [APP],
    methods: ["GET", "PUT"],
    headers: ["Content-Type", "X-CSRFToken"],
    exposeHeaders: ["X-Total"],
    maxAge: 7200,
  });
  const response = await preflight(APP, "DELETE", { "Access-Control-Request-Headers": "x-anything" });
  assertEquals([response.status, response.body, calls()], [204, null, 0]);
  assertEquals(Object.fromEntries(response.headers), {
    "access-control-allow-headers": "Content-Type, X-CSRFToken",
    "access-control-allow-methods": "GET, PUT",
    "access-control-allow-origin": APP,
    "access-control-max-age": "7200",
    "vary": "Origin",
  });
});

Deno.test("cors() answers a preflight of others with nothing that allows", async () => {
  const response = await site({ origins: [APP], credentials: true }).preflight("https://evil.example");
  assertEquals([response.status, Object.fromEntries(response.headers)], [204, { vary: "Origin" }]);
});

Deno.test("cors() takes only a preflight for one: other OPTIONS are the view's", async () => {
  const { ask } = site({ origins: [APP] });
  const options = await ask(APP, "/", "OPTIONS");
  assertEquals([options.status, await options.text()], [200, "hello"]);
  const without = await ask(undefined, "/", "OPTIONS", { "Access-Control-Request-Method": "PUT" });
  assertEquals(without.status, 200);
});

Deno.test("cors({ exposeHeaders }) names what scripts may read, on answers and to those allowed only", async () => {
  const { ask } = site({ origins: [APP], exposeHeaders: ["X-Total", "ETag"] });
  assertEquals((await ask(APP)).headers.get("Access-Control-Expose-Headers"), "X-Total, ETag");
  assertEquals((await ask("https://evil.example")).headers.get("Access-Control-Expose-Headers"), null);
});

Deno.test('cors({ origins: "*" }) lets everybody read, without credentials', async () => {
  const { ask, preflight } = site({ origins: "*", headers: ["*"] });
  for (const origin of [APP, "null", "https://evil.example"]) {
    const { headers } = await ask(origin);
    assertEquals(headers.get("Access-Control-Allow-Origin"), "*");
    assertEquals(headers.get("Access-Control-Allow-Credentials"), null);
  }
  assertEquals((await preflight(APP)).headers.get("Access-Control-Allow-Headers"), "*");
});

Deno.test('cors({ origins: "*" }) says so to everybody: a kept answer is good for a script of another site too', async () => {
  const { ask } = site({ origins: "*", exposeHeaders: ["ETag"] });
  // Nobody asked with an Origin, as when the address was typed in; nothing in Vary keeps a cache from using it again.
  for (const path of ["/", "/missing", "/away"]) {
    const { headers } = await ask(undefined, path);
    assertEquals(headers.get("Access-Control-Allow-Origin"), "*");
    assertEquals(headers.get("Access-Control-Expose-Headers"), "ETag");
  }
  assertEquals((await ask(undefined, "/own")).headers.get("Access-Control-Allow-Origin"), "https://own.example");
});

Deno.test("cors({ credentials }) is for origins that are named; everybody's with credentials is refused (CVE-2026-54290)", async () => {
  const { ask } = site({ origins: [APP], credentials: true });
  assertEquals((await ask(APP)).headers.get("Access-Control-Allow-Credentials"), "true");
  const evil = await ask("https://evil.example");
  assertEquals(evil.headers.get("Access-Control-Allow-Credentials"), null);
  assertEquals(evil.headers.get("Access-Control-Allow-Origin"), null);
  assertThrows(() => cors({ origins: "*", credentials: true }), TypeError, "every site could read what a visitor sees");
  assertThrows(() => cors({ origins: ["*"], credentials: true }), TypeError, "Cannot trust origin");
  for (const list of ["headers", "methods", "exposeHeaders"]) {
    assertThrows(() => cors({ origins: [APP], credentials: true, [list]: ["*"] }), TypeError, "write the names");
  }
});

Deno.test("cors() asks a function for origins that come and go, but never about null", async () => {
  const asked: string[] = [];
  const options: CorsOptions = {
    credentials: true,
    origins(origin, context) {
      asked.push(`${origin} for ${context.url.host}`);
      return Promise.resolve(origin === APP);
    },
  };
  const { allowed, preflight } = site(options);
  assertEquals([await allowed(APP), await allowed("https://evil.example"), await allowed("null")], [APP, null, null]);
  assertEquals(asked, [`${APP} for api.example`, "https://evil.example for api.example"]);
  assertEquals((await preflight(APP)).headers.get("Access-Control-Allow-Origin"), APP);
  const always = site({ origins: () => true, credentials: true });
  assertEquals(await always.allowed("null"), null);
});

Deno.test("cors() takes no answer for a yes that isn't one", async () => {
  for (const answer of ["true", 1, {}, undefined, null, Promise.resolve("yes")]) {
    const { ask } = site({ origins: () => answer as never });
    const response = await ask(APP);
    assertEquals([response.status, response.headers.get("Access-Control-Allow-Origin")], [500, null]);
  }
});

Deno.test("cors() isn't slowed down by headers that are meant to (CVE-2026-69207)", async () => {
  const { ask, preflight } = site({ origins: [APP, "https://*.team.example"], headers: ["X-A"] });
  const texts = [
    (size: number) => " ".repeat(size) + "x",
    (size: number) => "a,".repeat(size / 2),
    (size: number) => ", ".repeat(size / 2),
    (size: number) => "\t".repeat(size) + ",",
  ];
  await assertLinear(60_000, texts, (text) => preflight(APP, "PUT", { "Access-Control-Request-Headers": text }));
  await assertLinear(60_000, texts, (text) => ask(`https://${text.trim()}.team.example`));
  const origins = [
    (size: number) => "https://" + "a.".repeat(size / 2) + "team.example!",
    (size: number) => "a".repeat(size) + "://x",
  ];
  await assertLinear(60_000, origins, (origin) => ask(origin));
});

Deno.test("cors() outside csrf(): a refusal can be read by the script that was refused", async () => {
  const app = pipeline().use(cors({ origins: [APP], credentials: true })).use(csrf()).handle(() => new Response());
  const headers = { Origin: APP, "Sec-Fetch-Site": "cross-site" };
  const response = await app(new Request("https://api.example/", { method: "POST", headers }));
  assertEquals([response.status, response.headers.get("Access-Control-Allow-Origin")], [403, APP]);
});

Deno.test("cors() around one view", async () => {
  const open = perView(cors({ origins: "*" }));
  const app = pipeline().handle(routes({ "/open": open(() => new Response()), "/closed": () => new Response() }));
  const header = async (path: string) =>
    (await app(new Request(`https://api.example${path}`, { headers: { Origin: APP } }))).headers
      .get("Access-Control-Allow-Origin");
  assertEquals([await header("/open"), await header("/closed")], ["*", null]);
});

Deno.test("cors() refuses options that can't be meant", () => {
  assertThrows(() => cors(undefined as never), TypeError, "origins must be a list of origins");
  assertThrows(() => cors({ origins: [] }), TypeError, "origins must be a list of origins");
  for (
    const origin of [
      "null",
      "*",
      "app.example",
      "https://app.example/",
      "https://APP.example",
      "https://app.example:443",
    ]
  ) {
    assertThrows(() => cors({ origins: [origin] }), TypeError, "Cannot trust origin");
  }
  assertThrows(() => cors({ origins: [APP], methods: ["GET, PUT"] }), TypeError, "methods must be a list of names");
  assertThrows(() => cors({ origins: [APP], headers: ["X-A\r\nSet-Cookie: a"] }), TypeError, "headers must be");
  assertThrows(() => cors({ origins: [APP], exposeHeaders: "ETag" as never }), TypeError, "exposeHeaders must be");
  assertThrows(() => cors({ origins: [APP], maxAge: -1 }), RangeError, "maxAge must be a whole number of seconds");
  assertThrows(() => cors({ origins: [APP], credentials: "true" as never }), TypeError, "credentials must be");
});

Deno.test("cors() stays synchronous where nothing is awaited", () => {
  const { app } = site({ origins: [APP] });
  const request = new Request("https://api.example/", { headers: { Origin: APP } });
  assertInstanceOf(app(request), Response);
});
