/** requestId(): one id on the response, in the events and on the error page. */

import { HttpError, pipeline, type PipelineOptions, requestId, type RequestIdOptions } from "@nuages/web/middleware";
import {
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertNotEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";

const UUID_REGEXP = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function site(options: RequestIdOptions = {}, pipelineOptions: PipelineOptions = {}) {
  return pipeline(pipelineOptions).use(requestId(options)).handle((_request, context) =>
    new Response(context.requestId)
  );
}
const proxied: PipelineOptions = { proxies: { trust: ["127.0.0.1"] } };
const request = (id?: string, name = "X-Request-Id") =>
  new Request("http://localhost/", id === undefined ? {} : { headers: { [name]: id } });

Deno.test("requestId() puts the id of the context on the response, another for each request", async () => {
  const app = site();
  const first = await app(request());
  assertMatch(first.headers.get("X-Request-Id")!, UUID_REGEXP);
  assertEquals(await first.text(), first.headers.get("X-Request-Id"));
  assertNotEquals((await app(request())).headers.get("X-Request-Id"), first.headers.get("X-Request-Id"));
});

Deno.test("requestId() never takes a visitor's id unless told", async () => {
  assertMatch((await site()(request("mine-mine"))).headers.get("X-Request-Id")!, UUID_REGEXP);
  assertMatch((await site({}, proxied)(request("mine-mine"))).headers.get("X-Request-Id")!, UUID_REGEXP);
});

Deno.test('requestId({ accept: "trusted" }) takes the id of a trusted proxy over', async () => {
  const response = await site({ accept: "trusted" }, proxied)(request("7f3a-paris.0042_~+/=:@"));
  assertEquals(response.headers.get("X-Request-Id"), "7f3a-paris.0042_~+/=:@");
  assertEquals(await response.text(), "7f3a-paris.0042_~+/=:@");
});

Deno.test('requestId({ accept: "trusted" }) takes no id that comes from elsewhere', async () => {
  const app = site({ accept: "trusted" }, { proxies: { trust: ["10.0.0.1"] } });
  assertMatch((await app(request("7f3a-paris-0042"))).headers.get("X-Request-Id")!, UUID_REGEXP);
});

Deno.test('requestId({ accept: "trusted" }) takes no id that means something elsewhere', async () => {
  const app = site({ accept: "trusted" }, proxied);
  const refused = [
    "",
    "short",
    "x".repeat(129),
    "x".repeat(60_000),
    "with space",
    'quote"quote',
    "<script>alert(1)</script>",
    "semi;colon",
    "com,ma-comma",
    "back\\slash",
    "percent%0d%0a",
    "curly{brace}",
    "$(reboot)x",
    "éééééééé",
    "tab\ttab-tab",
  ];
  for (const id of refused) {
    assertMatch((await app(request(id))).headers.get("X-Request-Id")!, UUID_REGEXP, id);
  }
  const twice = request("7f3a-paris-0042");
  twice.headers.append("X-Request-Id", "7f3a-paris-0043");
  assertMatch((await app(twice)).headers.get("X-Request-Id")!, UUID_REGEXP);
});

Deno.test("requestId() names events and error pages by the id that was taken over", async () => {
  const ids: string[] = [];
  const app = pipeline({ ...proxied, onEvent: (event) => ids.push(event.requestId) })
    .use(requestId({ accept: "trusted" }))
    .handle(() => {
      throw new Error("broken");
    });
  const response = await app(request("7f3a-paris-0042"));
  assertEquals([response.status, response.headers.get("X-Request-Id")], [500, "7f3a-paris-0042"]);
  assertStringIncludes(await response.text(), "7f3a-paris-0042");
  assertEquals(ids, ["7f3a-paris-0042"]);
});

Deno.test("requestId() uses the header it is told, both ways", async () => {
  const app = site({ header: "X-Correlation-Id", accept: "trusted" }, proxied);
  const response = await app(request("7f3a-paris-0042", "x-correlation-id"));
  assertEquals(response.headers.get("X-Correlation-Id"), "7f3a-paris-0042");
  assertEquals(response.headers.get("X-Request-Id"), null);
});

Deno.test("requestId() replaces the id of another server whose response is passed on", async () => {
  const app = pipeline().use(requestId()).handle(() => new Response("", { headers: { "X-Request-Id": "upstream" } }));
  assertMatch((await app(request())).headers.get("X-Request-Id")!, UUID_REGEXP);
});

Deno.test("requestId() names refusals and redirects too", async () => {
  const app = pipeline().use(requestId()).handle(() => {
    throw new HttpError(404);
  });
  assertMatch((await app(request())).headers.get("X-Request-Id")!, UUID_REGEXP);
});

Deno.test("requestId() refuses options that can't be meant", () => {
  for (const header of ["", "X Request Id", "X-Request-Id:", "é", 7]) {
    assertThrows(() => requestId({ header: header as never }), TypeError, "header must be the name of a header");
  }
  assertThrows(() => requestId({ accept: "always" as never }), TypeError, 'accept must be "never" or "trusted"');
  assertThrows(
    () => site({ accept: "trusted" }),
    TypeError,
    "name it in pipeline({ proxies: { trust: [...] } })",
  );
});

Deno.test("requestId() stays synchronous where nothing is awaited", () => {
  assertInstanceOf(site()(request()), Response);
});

Deno.test("requestId() goes by the connection through Deno.serve", async () => {
  const trusting = site({ accept: "trusted" }, proxied);
  const suspicious = site({ accept: "trusted" }, { proxies: { trust: ["10.0.0.1"] } });
  await using one = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, trusting);
  await using other = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, suspicious);
  const ask = async (port: number) => {
    const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { "X-Request-Id": "7f3a-paris-0042" } });
    return [await response.text(), response.headers.get("X-Request-Id")];
  };
  assertEquals(await ask(one.addr.port), ["7f3a-paris-0042", "7f3a-paris-0042"]);
  assertMatch((await ask(other.addr.port))[1]!, UUID_REGEXP);
});
