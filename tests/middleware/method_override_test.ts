/** methodOverride(): methods that forms don't have, and nothing that gets around a check. */

import {
  type AppEvent,
  bodyLimit,
  csrf,
  methodOverride,
  type MethodOverrideOptions,
  pipeline,
  routes,
} from "@nuages/web/middleware";
import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";

const ADDRESS = "https://shop.example/books/7/";

function site(options: MethodOverrideOptions = {}) {
  return pipeline().use(methodOverride(options)).handle(async (request, context) => {
    const form = /form/.test(request.headers.get("Content-Type") ?? "") ? [...(await context.form()).keys()] : [];
    return new Response(`${request.method} ${form}`);
  });
}

const form = (fields: Record<string, string>, method = "POST") =>
  new Request(ADDRESS, { method, body: new URLSearchParams(fields) });
const named = (value: string, method = "POST") =>
  new Request(ADDRESS, { method, headers: { "X-HTTP-Method-Override": value } });
const seen = async (request: Request, options?: MethodOverrideOptions) =>
  (await (await site(options)(request)).text()).trim();

Deno.test("methodOverride() makes a POST what its form says, and the view still has the form", async () => {
  assertEquals(await seen(form({ _method: "PUT", title: "Emma" })), "PUT _method,title");
  assertEquals(await seen(form({ _method: "delete" })), "DELETE _method");
  const multipart = new FormData();
  multipart.set("_method", "PATCH");
  assertEquals(await seen(new Request(ADDRESS, { method: "POST", body: multipart })), "PATCH _method");
});

Deno.test("methodOverride() makes a POST what its header says, without reading a form", async () => {
  assertEquals(await seen(named("PATCH")), "PATCH");
  assertEquals(await seen(named("delete")), "DELETE");
  const own: MethodOverrideOptions = { header: "X-Method", field: "verb", methods: ["LOCK"] };
  assertEquals(await seen(new Request(ADDRESS, { method: "POST", headers: { "X-Method": "lock" } }), own), "LOCK");
  assertEquals(await seen(form({ verb: "LOCK" }), own), "LOCK verb");
  assertEquals(await seen(named("PUT"), own), "POST");
});

Deno.test("methodOverride() leaves a POST what names anything else", async () => {
  const others = [
    "GET",
    "HEAD",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "POST",
    "",
    "PUT, DELETE",
    " PUT",
    "PURGE",
    "PUT\u0000",
    "ＰＵＴ",
    "__proto__",
  ];
  for (const method of others) {
    assertEquals(await seen(form({ _method: method })), "POST _method", method);
  }
  for (const method of others.filter((each) => /^[\x20-\x7e]+$/.test(each) && !each.startsWith(" "))) {
    assertEquals(await seen(named(method)), "POST", method);
  }
  assertEquals(await seen(new Request(ADDRESS, { method: "POST", body: "_method=PUT" })), "POST");
  assertEquals(await seen(new Request(`${ADDRESS}?_method=PUT`, { method: "POST" })), "POST");
});

Deno.test("methodOverride() goes from POST only", async () => {
  assertEquals(await seen(named("DELETE", "GET")), "GET");
  assertEquals(await seen(named("DELETE", "PUT")), "PUT");
  assertEquals(await seen(form({ _method: "DELETE" }, "PATCH")), "PATCH _method");
});

Deno.test("methodOverride({ field: false }) reads no form, { header: false } no header", async () => {
  assertEquals(await seen(form({ _method: "PUT" }), { field: false }), "POST _method");
  assertEquals(await seen(named("PUT"), { header: false }), "POST");
  const request = form({ _method: "PUT" });
  await pipeline().use(methodOverride({ field: false })).handle((request) => {
    assertEquals(request.bodyUsed, false);
    return new Response();
  })(request);
});

Deno.test("methodOverride() lets routes() find the view of the other method, HEAD and OPTIONS untouched", async () => {
  const app = pipeline().use(methodOverride()).handle(routes({
    "GET /books/7/": () => new Response("shown"),
    "DELETE /books/7/": () => new Response("gone"),
  }));
  assertEquals(await (await app(form({ _method: "DELETE" }))).text(), "gone");
  assertEquals((await app(form({ _method: "PUT" }))).status, 405);
});

Deno.test("methodOverride() before or after csrf(): the form is checked all the same", async () => {
  const events: AppEvent[] = [];
  const options = { onEvent: (event: AppEvent) => void events.push(event) };
  const view = () => new Response("gone");
  const apps = [
    pipeline(options).use(methodOverride()).use(csrf()).handle(view),
    pipeline(options).use(csrf()).use(methodOverride()).handle(view),
  ];
  for (const app of apps) {
    const send = (site: string, fields: Record<string, string>) => {
      const request = form(fields);
      request.headers.set("Sec-Fetch-Site", site);
      return app(request);
    };
    assertEquals((await send("cross-site", { _method: "DELETE" })).status, 403);
    assertEquals((await send("cross-site", { _method: "GET" })).status, 403);
    assertEquals((await send("same-origin", { _method: "DELETE" })).status, 200);
    assertEquals((await app(named("GET"))).status, 403);
    // Without the browser's word the token in the same form counts.
    assertEquals((await app(form({ _method: "PUT", csrfmiddlewaretoken: "a".repeat(32) }))).status, 403);
  }
  assert(events.every(({ name }) => name === "csrf.rejected"));
});

Deno.test("methodOverride() refuses a form that is too large as csrf() does", async () => {
  const app = pipeline().use(bodyLimit({ maxBytes: 100 })).use(methodOverride()).handle(() => new Response());
  assertEquals((await app(form({ _method: "PUT", text: "a".repeat(100) }))).status, 413);
  const small = pipeline({ form: { maxFields: 1 } }).use(methodOverride()).handle(() => new Response());
  assertEquals((await small(form({ _method: "PUT", text: "a" }))).status, 413);
});

Deno.test("methodOverride() works through Deno.serve", async () => {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, site());
  const body = new URLSearchParams({ _method: "DELETE" });
  const response = await fetch(`http://127.0.0.1:${server.addr.port}/`, { method: "POST", body });
  assertEquals(await response.text(), "DELETE _method");
});

Deno.test("methodOverride() refuses options that can't be meant", () => {
  for (const method of ["GET", "HEAD", "OPTIONS", "TRACE", "CONNECT"]) {
    assertThrows(
      () => methodOverride({ methods: ["PUT", method] }),
      TypeError,
      "forms of other sites would go unchecked",
    );
  }
  assertThrows(() => methodOverride({ methods: ["put"] }), TypeError, "list of methods in capitals");
  assertThrows(() => methodOverride({ methods: "PUT" as never }), TypeError, "list of methods in capitals");
  assertThrows(() => methodOverride({ field: "" }), TypeError, "field must be a name or false");
  assertThrows(() => methodOverride({ header: "X Method" }), TypeError, "header must be the name of a header or false");
});

Deno.test("methodOverride() stays synchronous where there is no form", () => {
  const app = pipeline().use(methodOverride()).handle((request) => new Response(request.method));
  assertInstanceOf(app(named("PUT")), Response);
  assertInstanceOf(app(new Request(ADDRESS)), Response);
});
