/** currentSite(): which of an application's sites was asked for. */

import {
  allowedHosts,
  currentSite,
  type CurrentSiteOptions,
  flatpages,
  type HasSite,
  KvSites,
  type Middleware,
  pipeline,
  type Site,
  type SqlReader,
  SqlSites,
} from "@nuages/web/middleware";
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { djangoTables } from "./_django_tables.ts";

const app = (options?: CurrentSiteOptions) =>
  pipeline({ onEvent() {} }).use(currentSite(options)).handle(async (_request, context) =>
    Response.json(await context.site())
  );
const siteAt = async (options: CurrentSiteOptions | undefined, url: string) => {
  const response = await app(options)(new Request(url));
  return response.status === 200 ? await response.json() as Site : response.status;
};

Deno.test("currentSite() makes a site of the host, if nobody says which there are", async () => {
  assertEquals(await siteAt(undefined, "https://tea.example/"), { id: 1, domain: "tea.example", name: "tea.example" });
  assertEquals(await siteAt({}, "http://localhost:8000/"), { id: 1, domain: "localhost:8000", name: "localhost:8000" });
});

Deno.test("currentSite() with a site always says that one", async () => {
  const site = { id: 7, domain: "tea.example", name: "Tea" };
  for (const url of ["https://tea.example/", "https://other.example/"]) assertEquals(await siteAt({ site }, url), site);
});

Deno.test("currentSite() finds sites in Django's table, with the port or without", async () => {
  using tables = djangoTables();
  const source = new SqlSites(tables.client);
  assertEquals(await siteAt({ source }, "https://tea.example/"), { id: 1, domain: "tea.example", name: "Tea" });
  assertEquals(await siteAt({ source }, "https://CAKE.example/"), { id: 2, domain: "Cake.example", name: "Cake" });
  assertEquals(await siteAt({ source }, "https://tea.example:8443/"), { id: 1, domain: "tea.example", name: "Tea" });
  assertEquals(await siteAt({ source }, "http://local.example:8000/"), {
    id: 3,
    domain: "local.example:8000",
    name: "Local",
  });
  assertEquals(await siteAt({ source }, "http://local.example/"), 404);
  assertEquals(await siteAt({ source }, "https://evil.example/"), 404);
});

Deno.test("currentSite() finds sites in Deno KV", async () => {
  using kv = await Deno.openKv(":memory:");
  const source = new KvSites(kv, { prefix: ["shops"] });
  await source.set({ id: "tea", domain: "Tea.example", name: "Tea" });
  assertEquals(await siteAt({ source }, "https://tea.example/"), { id: "tea", domain: "tea.example", name: "Tea" });
  await source.delete("tea.example");
  assertEquals(await siteAt({ source }, "https://tea.example/"), 404);
});

Deno.test("currentSite() asks only if a view does, and remembers the answer for a while", async () => {
  using time = new FakeTime();
  const asked: string[] = [];
  const source = {
    find(domain: string) {
      asked.push(domain);
      return domain === "tea.example" ? { id: 1, domain, name: "Tea" } : undefined;
    },
  };
  const lazy = pipeline().use(currentSite({ source })).handle((request, context) =>
    request.url.endsWith("/ask")
      ? Promise.all([context.site(), context.site()]).then(([{ name }]) => new Response(name))
      : new Response("no")
  );
  await lazy(new Request("https://tea.example/"));
  assertEquals(asked, []);
  for (let i = 0; i < 3; i++) await lazy(new Request("https://tea.example/ask"));
  for (let i = 0; i < 3; i++) await lazy(new Request("https://evil.example/ask"));
  assertEquals(asked, ["tea.example", "evil.example"]);
  time.tick(60_000);
  await lazy(new Request("https://tea.example/ask"));
  assertEquals(asked.length, 3);
});

Deno.test("currentSite() doesn't remember more hosts than visitors could make up", async () => {
  let asked = 0;
  const source = {
    find(domain: string) {
      asked++;
      return { id: 1, domain, name: domain };
    },
  };
  const site = app({ source });
  for (let i = 0; i < 1500; i++) await site(new Request(`https://h${i}.example/`));
  await site(new Request("https://h1499.example/"));
  assertEquals(asked, 1500);
  await site(new Request("https://h0.example/"));
  assertEquals(asked, 1501, "the first was forgotten");
});

Deno.test("currentSite() surfaces a source that can't be reached, and doesn't remember it", async () => {
  let down = true;
  const source = {
    find(domain: string) {
      if (down) throw new Error("connection refused");
      return { id: 1, domain, name: "Tea" };
    },
  };
  const site = app({ source });
  assertEquals((await site(new Request("https://tea.example/"))).status, 500);
  down = false;
  assertEquals((await site(new Request("https://tea.example/"))).status, 200);
});

Deno.test("currentSite() goes with allowedHosts(), which refuses the host before", async () => {
  const site = pipeline({ onEvent() {} }).use(allowedHosts(["tea.example"])).use(currentSite()).handle(
    async (_request, context) => new Response((await context.site()).name),
  );
  assertEquals((await site(new Request("https://evil.example/"))).status, 400);
  assertEquals((await site(new Request("http://a!b/"))).status, 400);
});

Deno.test("SqlSites() writes the placeholders of its database, and refuses what is no client", async () => {
  const asked: [string, unknown][] = [];
  const client = (dialect: SqlReader["dialect"], answer: unknown): SqlReader => ({
    dialect,
    query: (sql, values) => {
      asked.push([sql, values]);
      return Promise.resolve(answer);
    },
  });
  const row = { id: "12", domain: "tea.example", name: "Tea" };
  assertEquals(await new SqlSites(client("postgresql", [row])).find("tea.example"), { ...row, id: 12 });
  assertEquals(await new SqlSites(client("mysql", []), { table: "shop.sites" }).find("x' OR 1=1"), undefined);
  assertEquals(asked, [
    ["SELECT id, domain, name FROM django_site WHERE LOWER(domain) = $1", ["tea.example"]],
    ["SELECT id, domain, name FROM shop.sites WHERE LOWER(domain) = ?", ["x' OR 1=1"]],
  ]);
  await assertRejects(() => new SqlSites(client("sqlite", { rows: [] })).find("a"), TypeError, "array");
  assertThrows(() => new SqlSites({ query() {} } as never), TypeError, "dialect");
  assertThrows(() => new SqlSites(client("sqlite", []), { table: "a; DROP TABLE b" }), TypeError, "table must be");
});

Deno.test("currentSite() refuses what can't be meant", async () => {
  using kv = await Deno.openKv(":memory:");
  const site = { id: 1, domain: "tea.example", name: "Tea" };
  const source = new KvSites(kv);
  const refused: [Record<string, unknown>, string][] = [
    [{ site, source }, "both"],
    [{ site: {} }, "id, a domain"],
    [{ source: {} }, "find(domain)"],
  ];
  for (const [options, message] of refused) assertThrows(() => currentSite(options), TypeError, message);
  assertThrows(() => currentSite({ source, cacheSeconds: -1 }), RangeError, "cacheSeconds");
  assertThrows(() => new KvSites(kv, { prefix: [] }), TypeError, "at least one part");
});

Deno.test("currentSite() must stand before who asks for the site: the compiler says so", () => {
  const sited: Middleware<HasSite> = (next) => (request, context) => next(request, context);
  pipeline().use(currentSite()).use(sited);
  // @ts-expect-error: put the middleware that adds "site" before this one
  pipeline().use(sited);
  // @ts-expect-error: put the middleware that adds "site" before this one
  pipeline().use(flatpages({ source: { find: () => undefined }, template: () => "" }));
});
