/** redirects(): addresses that have moved. */

import {
  type AppEvent,
  currentSite,
  KvRedirects,
  NotFound,
  pipeline,
  redirects,
  type RedirectsOptions,
  type RedirectSource,
  routes,
  type Site,
  SqlRedirects,
  SqlSites,
} from "@nuages/web/middleware";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { djangoTables } from "./_django_tables.ts";

const moved = (targets: Record<string, string>): RedirectSource => ({ find: (path) => targets[path] });
const site: Site = { id: 1, domain: "shop.example", name: "The Shop" };

function app(options: RedirectsOptions, events: AppEvent[] = []) {
  return pipeline({ onEvent: (event) => events.push(event) }).use(currentSite({ site })).use(redirects(options)).handle(
    routes({
      "/new/": () => new Response("new"),
      "/taken/": () => new Response("taken"),
      "/refused/": () => new Response("no", { status: 403 }),
      "/lost/": () => {
        throw new NotFound();
      },
    }),
  );
}
const sent = async (handler: ReturnType<typeof app>, path: string, init?: RequestInit) => {
  const response = await handler(new Request(`https://shop.example${path}`, init));
  await response.body?.cancel();
  return [response.status, response.headers.get("Location")];
};

Deno.test("redirects() sends from an address that is gone to the new one, and says what is gone for good", async () => {
  const site = app({ source: moved({ "/old/": "/new/", "/gone/": "", "/lost/": "/new/" }) });
  assertEquals(await sent(site, "/old/"), [301, "/new/"]);
  assertEquals(await sent(site, "/gone/"), [410, null]);
  assertEquals(await sent(site, "/lost/"), [301, "/new/"]);
  assertEquals(await sent(site, "/nothing/"), [404, null]);
});

Deno.test("redirects() is asked only where there would be a 404", async () => {
  const asked: string[] = [];
  const site = app({ source: { find: (path) => void asked.push(path) } });
  assertEquals(await sent(site, "/taken/"), [200, null]);
  assertEquals(await sent(site, "/refused/"), [403, null]);
  assertEquals(asked, []);
  assertEquals(await sent(site, "/nothing"), [404, null]);
  assertEquals(asked, ["/nothing", "/nothing/"]);
});

Deno.test("redirects() looks for the address with its query, then with a slash at the end of its path", async () => {
  const targets = { "/list/?page=2": "/new/2/", "/list/": "/new/", "/a/?b": "/b/", "/%C3%BCber/": "/new/" };
  const site = app({ source: moved(targets) });
  assertEquals(await sent(site, "/list/?page=2"), [301, "/new/2/"]);
  assertEquals(await sent(site, "/list?page=2"), [301, "/new/2/"]);
  assertEquals(await sent(site, "/list/?page=3"), [404, null], "the query is part of the address");
  assertEquals(await sent(site, "/list"), [301, "/new/"]);
  assertEquals(await sent(site, "/a?b"), [301, "/b/"]);
  assertEquals(await sent(site, "/über/"), [301, "/new/"], "as browsers send it");
  assertEquals(await sent(app({ source: moved(targets), appendSlash: false }), "/list"), [404, null]);
});

Deno.test("redirects() finds an address whose encoded characters come in small letters, as Django does", async () => {
  const site = app({ source: moved({ "/%C3%BCber/": "/new/", "/%C3%BCber/?q=%c3": "/q/", "/%C3%A4/": "/%c3%a4/" }) });
  assertEquals(await sent(site, "/%c3%bcber/"), [301, "/new/"]);
  assertEquals(await sent(site, "/%c3%bcber"), [301, "/new/"]);
  assertEquals(await sent(site, "/%c3%bcber/?q=%c3"), [301, "/q/"], "the query is as it is");
  assertEquals(await sent(site, "/%c3%a4/"), [404, null], "that leads back to itself");
});

Deno.test("redirects() keeps method and body of anything but GET and HEAD", async () => {
  const site = app({ source: moved({ "/old/": "/new/" }) });
  for (const [method, status] of [["GET", 301], ["HEAD", 301], ["POST", 308], ["PUT", 308], ["DELETE", 308]] as const) {
    assertEquals(await sent(site, "/old/", { method }), [status, "/new/"]);
  }
});

Deno.test("redirects() leads to another site only where that is allowed, and never round in circles", async () => {
  const targets = {
    "/a": "https://other.example/x",
    "/b": "//other.example/",
    "/c": "javascript:alert(1)",
    "/d": "/d",
    "/e": "https://shop.example/e",
    "/f": "/\\other.example",
    "/g": "/x\r\nSet-Cookie: a=b",
    "/h": "#top",
  };
  const events: AppEvent[] = [];
  const closed = app({ source: moved(targets), appendSlash: false }, events);
  for (const path of Object.keys(targets)) assertEquals(await sent(closed, path), [404, null], path);
  assertEquals(events.map(({ name }) => name), Array(8).fill("redirects.refused"));
  const open = app({ source: moved(targets), external: true, appendSlash: false });
  assertEquals(await sent(open, "/a"), [301, "https://other.example/x"]);
  for (const path of ["/b", "/c", "/d", "/e", "/f", "/g", "/h"]) {
    assertEquals(await sent(open, path), [404, null], path);
  }
});

Deno.test("redirects() takes nothing of a target from the visitor", async () => {
  const site = app({ source: moved({ "/old/": "/new/" }) });
  for (
    const path of ["//evil.example/", "/old/?next=//evil.example", "/old//evil.example", "/\\evil.example/", "/%0d%0a"]
  ) {
    assertEquals(await sent(site, path), [404, null], path);
  }
  assertEquals(await sent(site, `/${"a".repeat(100_000)}`), [404, null]);
});

Deno.test("redirects() are each site's own, in Django's tables", async () => {
  using tables = djangoTables();
  const sites = pipeline({ onEvent() {} })
    .use(currentSite({ source: new SqlSites(tables.client) }))
    .use(redirects({ source: new SqlRedirects(tables.client) }))
    .handle(routes({}));
  const locationAt = async (url: string) => {
    const response = await sites(new Request(url));
    return response.headers.get("Location") ?? response.status;
  };
  assertEquals(await locationAt("https://tea.example/old/"), "/new/");
  assertEquals(await locationAt("https://cake.example/old/"), "/cake/");
  assertEquals(await locationAt("https://cake.example/gone/"), 404);
  assertEquals(await locationAt("https://tea.example/gone/"), 410);
  assertEquals(await locationAt("https://evil.example/old/"), 404, "no site, nothing moved");
});

Deno.test("redirects() in Deno KV are each site's own, and may have addresses of any length", async () => {
  using kv = await Deno.openKv(":memory:");
  const source = new KvRedirects(kv);
  const long = `/${"a".repeat(1900)}/`;
  await source.set(long, "/new/");
  await source.set("/old/", "/cake/", { id: "cake" });
  assertEquals(await sent(app({ source }), long), [301, "/new/"]);
  assertEquals(await sent(app({ source }), "/old/"), [404, null]);
  assertEquals(await source.find("/old/", { id: "cake" }), "/cake/");
  await source.set("/%c3%bcber/", "/new/");
  for (const path of ["/%c3%bcber/", "/%C3%BCber/"]) assertEquals(await sent(app({ source }), path), [301, "/new/"]);
  await source.delete(long);
  assertEquals(await sent(app({ source }), long), [404, null]);
  await assertRejects(() => source.set("old", "/new/"), TypeError, 'begin with "/"');
});

Deno.test("redirects() surfaces a source that can't be reached", async () => {
  const source: RedirectSource = { find: () => Promise.reject(new Error("connection refused")) };
  assertEquals(await sent(app({ source }), "/old/"), [500, null]);
  assertThrows(() => redirects({} as never), TypeError, "without a source");
});
