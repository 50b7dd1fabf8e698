/** security(): the headers of a security review, on every response, and the way to https. */

import {
  allowedHosts,
  type AppEvent,
  HttpError,
  type Middleware,
  pipeline,
  type PipelineOptions,
  redirect,
  routes,
  security,
  type SecurityOptions,
} from "@nuages/web/middleware";
import { assertEquals, assertFalse, assertInstanceOf, assertStringIncludes, assertThrows } from "@std/assert";

const site = (options: SecurityOptions = {}, pipelineOptions: PipelineOptions = {}) =>
  pipeline(pipelineOptions).use(security(options)).handle(() => new Response("hello"));

const names = ["X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy"];
const defaults = ["DENY", "nosniff", "same-origin", "same-origin"];
const headersOf = (response: Response) => names.map((name) => response.headers.get(name));
const https = (path = "/") => new Request(`https://shop.example${path}`);
const http = (path = "/", init: RequestInit = {}) => new Request(`http://shop.example${path}`, init);

Deno.test("security() sends Django's defaults, and no HSTS unless told", async () => {
  const response = await site()(https());
  assertEquals(headersOf(response), defaults);
  assertFalse(response.headers.has("Strict-Transport-Security"));
});

Deno.test("security() sends the headers on errors, redirects and fetched responses too", async () => {
  await using upstream = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => new Response("upstream"));
  const app = pipeline({ onEvent() {} }).use(security()).handle(routes({
    "/missing": () => {
      throw new HttpError(404);
    },
    "/broken": () => {
      throw new Error("broken");
    },
    "/own-redirect": () => redirect("/"),
    "/redirect": () => Response.redirect("https://shop.example/", 302),
    "/fetched": () => fetch(`http://127.0.0.1:${upstream.addr.port}/`),
  }));
  const statuses: number[] = [];
  for (const path of ["/missing", "/broken", "/own-redirect", "/redirect", "/fetched", "/nowhere", "/%ZZ"]) {
    const response = await app(https(path));
    assertEquals(headersOf(response), defaults, path);
    statuses.push(response.status);
    await response.body?.cancel();
  }
  assertEquals(statuses, [404, 500, 303, 302, 200, 404, 404]);
});

Deno.test("security() leaves a header alone that the view has set", async () => {
  const own = {
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "own",
    "Referrer-Policy": "origin",
    "Cross-Origin-Opener-Policy": "unsafe-none",
    "Strict-Transport-Security": "max-age=0",
  };
  const app = pipeline().use(security({ hstsSeconds: 60 })).handle(() => new Response("hello", { headers: own }));
  const response = await app(https());
  for (const [name, value] of Object.entries(own)) assertEquals(response.headers.get(name), value);
});

Deno.test("security() sends what it is told, and nothing for false", async () => {
  const response = await site({
    frameOptions: "SAMEORIGIN",
    nosniff: false,
    referrerPolicy: ["no-referrer", "strict-origin-when-cross-origin"],
    crossOriginOpenerPolicy: "same-origin-allow-popups",
  })(https());
  assertEquals(headersOf(response), [
    "SAMEORIGIN",
    null,
    "no-referrer,strict-origin-when-cross-origin",
    "same-origin-allow-popups",
  ]);
  const nothing = {
    frameOptions: false,
    nosniff: false,
    referrerPolicy: false,
    crossOriginOpenerPolicy: false,
  } as const;
  assertEquals(headersOf(await site(nothing)(https())), [null, null, null, null]);
});

Deno.test("security() isolates the site's pages and what they load, if it is told to", async () => {
  const sent = async (options: SecurityOptions) => {
    const { headers } = await site(options)(https());
    const isolation = ["Cross-Origin-Embedder-Policy", "Cross-Origin-Resource-Policy", "Origin-Agent-Cluster"];
    return isolation.map((name) => headers.get(name));
  };
  assertEquals(await sent({}), [null, null, null]);
  assertEquals(
    await sent({
      crossOriginEmbedderPolicy: "require-corp",
      crossOriginResourcePolicy: "same-origin",
      originAgentCluster: true,
    }),
    ["require-corp", "same-origin", "?1"],
  );
  assertEquals(await sent({ crossOriginEmbedderPolicy: "credentialless", crossOriginResourcePolicy: false }), [
    "credentialless",
    null,
    null,
  ]);
});

Deno.test("security() sends HSTS over https only", async () => {
  const app = site({ hstsSeconds: 31_536_000, hstsIncludeSubdomains: true, hstsPreload: true });
  assertEquals(
    (await app(https())).headers.get("Strict-Transport-Security"),
    "max-age=31536000; includeSubDomains; preload",
  );
  assertFalse((await app(http())).headers.has("Strict-Transport-Security"));
  const short = site({ hstsSeconds: 3600, hstsIncludeSubdomains: true });
  assertEquals((await short(https())).headers.get("Strict-Transport-Security"), "max-age=3600; includeSubDomains");
});

Deno.test("security() believes X-Forwarded-Proto of a trusted proxy only", async () => {
  const request = () => http("/", { headers: { "X-Forwarded-Proto": "https" } });
  const trusting = site({ hstsSeconds: 60 }, { proxies: { trust: ["127.0.0.1"] } });
  assertEquals((await trusting(request())).headers.get("Strict-Transport-Security"), "max-age=60");
  assertFalse((await site({ hstsSeconds: 60 })(request())).headers.has("Strict-Transport-Security"));
});

Deno.test("security({ sslRedirect }) sends http to the same address with https", async () => {
  const app = site({ sslRedirect: true });
  const location = async (url: string) => {
    const response = await app(new Request(url));
    assertEquals(response.status, 301);
    assertEquals(headersOf(response), defaults, "the redirect has the headers too");
    return response.headers.get("Location");
  };
  assertEquals(await location("http://shop.example/"), "https://shop.example/");
  assertEquals(await location("http://shop.example/a%20b/?q=1&r=%2F#x"), "https://shop.example/a%20b/?q=1&r=%2F");
  assertEquals(await location("http://shop.example:8000/a"), "https://shop.example:8000/a");
  assertEquals(await location("http://[2001:db8::1]/a"), "https://[2001:db8::1]/a");
  assertEquals((await app(https())).status, 200);
});

Deno.test("security({ sslRedirect }) keeps method and body of anything but GET and HEAD (308)", async () => {
  const app = site({ sslRedirect: true });
  for (const [method, status] of [["GET", 301], ["HEAD", 301], ["POST", 308], ["PUT", 308], ["DELETE", 308]] as const) {
    assertEquals((await app(http("/", { method }))).status, status, method);
  }
});

Deno.test("security({ sslRedirect }) never leads to another site", async () => {
  const app = site({ sslRedirect: true });
  const paths = [
    "//evil.example",
    "//evil.example/%2e%2e",
    "/\\evil.example",
    "/@evil.example",
    "/%0d%0aSet-Cookie:a=b",
  ];
  for (const path of paths) {
    const response = await app(http(path));
    const location = response.headers.get("Location")!;
    assertEquals(new URL(location).host, "shop.example", path);
    assertFalse(response.headers.has("Set-Cookie"));
  }
  const toHost = site({ sslRedirect: true, sslHost: "secure.shop.example" });
  const location = (await toHost(http("//evil.example/x?next=//evil.example"))).headers.get("Location");
  assertEquals(location, "https://secure.shop.example//evil.example/x?next=//evil.example");
});

Deno.test("security({ sslHost }) redirects to that host whatever host was asked for", async () => {
  const app = site({ sslRedirect: true, sslHost: "secure.shop.example:8443" });
  assertEquals(
    (await app(new Request("http://evil.example:80/a"))).headers.get("Location"),
    "https://secure.shop.example:8443/a",
  );
});

Deno.test("security({ sslRedirect }) after allowedHosts() redirects to no host but the site's", async () => {
  const app = pipeline({ onEvent() {} }).use(allowedHosts(["shop.example"])).use(security({ sslRedirect: true }))
    .handle(() => new Response("hello"));
  assertEquals((await app(new Request("http://evil.example/"))).status, 400);
  assertEquals((await app(http())).headers.get("Location"), "https://shop.example/");
});

Deno.test("security({ sslRedirectExempt }) leaves paths on http, each time", async () => {
  const app = site({ sslRedirect: true, sslRedirectExempt: [/^\/health$/g, /^\/\.well-known\//y] });
  for (let i = 0; i < 3; i++) assertEquals((await app(http("/health"))).status, 200);
  for (let i = 0; i < 3; i++) assertEquals((await app(http("/.well-known/acme-challenge/x"))).status, 200);
  assertEquals((await app(http("/health/x"))).status, 301);
  assertEquals((await app(http("/admin?/health"))).status, 301, "the query doesn't count");
});

Deno.test("security({ sslRedirect }) leaves a developer on this machine alone", async () => {
  const app = site({ sslRedirect: true });
  assertEquals((await app(new Request("http://localhost:8000/"))).status, 200);
  const proxied = new Request("http://localhost:8000/", { headers: { "X-Forwarded-For": "203.0.113.9" } });
  assertEquals((await app(proxied)).status, 301);
});

Deno.test("security({ sslRedirect }) answers a malformed host with 400, headers and all", async () => {
  const response = await site({ sslRedirect: true }, { onEvent() {} })(new Request("http://a!b/"));
  assertEquals([response.status, ...headersOf(response)], [400, ...defaults]);
});

Deno.test("security({ sslRedirect }) names the usual cause of a redirect that never ends", async () => {
  const events: AppEvent[] = [];
  const app = site({ sslRedirect: true }, { onEvent: (event) => events.push(event) });
  await app(http("/", { headers: { "X-Forwarded-Proto": "https" } }));
  await app(http("/", { headers: { Forwarded: 'for="203.0.113.9";proto=https' } }));
  assertEquals(events.map(({ name }) => name), ["security.untrusted_proxy", "security.untrusted_proxy"]);
  assertStringIncludes(events[0]!.message, "pipeline({ proxies: { trust: [...] } })");
  events.length = 0;
  await app(http());
  const trusting = site({ sslRedirect: true }, {
    proxies: { trust: ["127.0.0.1"] },
    onEvent: (event) => events.push(event),
  });
  assertEquals((await trusting(http("/", { headers: { "X-Forwarded-Proto": "https, http" } }))).status, 301);
  assertEquals(events, []);
});

Deno.test("security() refuses policies that browsers don't know", () => {
  const refused: [SecurityOptions | Record<string, unknown>, string][] = [
    [{ referrerPolicy: "same_origin" }, '"same-origin"'],
    [{ referrerPolicy: "" }, "referrerPolicy"],
    [{ referrerPolicy: [] }, "at least one"],
    [{ referrerPolicy: ["origin", "none"] }, 'received "none"'],
    [{ referrerPolicy: "origin, same-origin" }, "referrerPolicy"],
    [{ referrerPolicy: null }, "referrerPolicy"],
    [{ frameOptions: "deny" }, '"DENY", "SAMEORIGIN" or false'],
    [{ frameOptions: "ALLOW-FROM https://a.example" }, "frameOptions"],
    [{ frameOptions: true }, "frameOptions"],
    [{ crossOriginOpenerPolicy: "same_origin" }, "crossOriginOpenerPolicy"],
    [{ crossOriginEmbedderPolicy: true }, '"require-corp", "credentialless", "unsafe-none" or false'],
    [{ crossOriginResourcePolicy: "none" }, '"same-origin", "same-site", "cross-origin" or false'],
    [{ originAgentCluster: "?1" }, "originAgentCluster must be true or false"],
    [{ nosniff: "no" }, "nosniff must be true or false"],
    [{ sslRedirect: "false" }, "sslRedirect must be true or false"],
    [{ sslRedirect: true, sslRedirectExempt: ["/health"] }, "regular expressions"],
    [{ sslHost: "shop.example" }, "without sslRedirect"],
    [{ sslRedirectExempt: [/x/] }, "without sslRedirect"],
  ];
  for (const [options, message] of refused) assertThrows(() => security(options as never), TypeError, message);
});

Deno.test("security() refuses a sslHost that is more or less than a host", () => {
  for (
    const sslHost of [
      "",
      "https://shop.example",
      "shop.example/",
      "shop.example/path",
      "user@shop.example",
      "shop.example:",
      "a b",
      "shop.example:443",
      "bücher.example",
      "?",
      "#",
    ]
  ) assertThrows(() => security({ sslRedirect: true, sslHost }), TypeError, "sslHost must be a host", sslHost);
  assertThrows(() => security({ sslRedirect: true, sslHost: 443 as never }), TypeError, "sslHost must be a host");
});

Deno.test("security() refuses HSTS that contradicts itself", () => {
  for (const hstsSeconds of [-1, 1.5, NaN, Infinity, "31536000"]) {
    assertThrows(() => security({ hstsSeconds: hstsSeconds as never }), RangeError, "whole number of seconds");
  }
  assertThrows(() => security({ hstsIncludeSubdomains: true }), TypeError, "without hstsSeconds");
  assertThrows(() => security({ hstsPreload: true }), TypeError, "at least 31536000");
  assertThrows(() => security({ hstsPreload: true, hstsSeconds: 31_536_000 }), TypeError, "hstsIncludeSubdomains");
  assertThrows(
    () => security({ hstsPreload: true, hstsSeconds: 31_535_999, hstsIncludeSubdomains: true }),
    TypeError,
    "received 31535999 and true",
  );
});

Deno.test("security() stays synchronous where nothing is awaited", () => {
  assertInstanceOf(site({ hstsSeconds: 60, sslRedirect: true })(https()), Response);
  assertInstanceOf(site({ sslRedirect: true })(http()), Response);
});

Deno.test("security() adds headers to a stream without touching it", async () => {
  let made = 0;
  const app = pipeline().use(security()).handle(() =>
    new Response(
      new ReadableStream({
        pull(controller) {
          controller.enqueue(new Uint8Array([made++]));
        },
      }, { highWaterMark: 0 }),
    )
  );
  const response = await app(https());
  assertEquals([headersOf(response), made], [defaults, 0]);
  await response.body!.cancel();
});

Deno.test("security() works through Deno.serve, on the 101 of a WebSocket too", async () => {
  const app = pipeline().use(security()).handle((request) => {
    if (request.headers.get("Upgrade") !== "websocket") return new Response("hello");
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onmessage = ({ data }) => socket.send(`echo ${data}`);
    return response;
  });
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, app);
  const response = await fetch(`http://127.0.0.1:${server.addr.port}/`);
  assertEquals([await response.text(), ...headersOf(response)], ["hello", ...defaults]);
  const socket = new WebSocket(`ws://127.0.0.1:${server.addr.port}/`);
  const echo = await new Promise((resolve, reject) => {
    socket.onopen = () => socket.send("tea");
    socket.onmessage = ({ data }) => resolve(data);
    socket.onerror = reject;
  });
  const closed = new Promise((resolve) => socket.onclose = resolve);
  socket.close();
  await closed;
  assertEquals(echo, "echo tea");
});

Deno.test("security() outside covers the answers of every layer inside", async () => {
  const refusing: Middleware = () => () => {
    throw new HttpError(429);
  };
  const response = await pipeline().use(security()).use(refusing).handle(() => new Response())(https());
  assertEquals([response.status, ...headersOf(response)], [429, ...defaults]);
});
