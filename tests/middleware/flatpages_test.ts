/** flatpages(): pages that lie in a database. */

import {
  type AppEvent,
  contextProcessor,
  csrf,
  currentSite,
  fetchCache,
  type Flatpage,
  flatpages,
  type FlatpagesOptions,
  type FlatpageSource,
  Html,
  html,
  KvFlatpages,
  MemoryCache,
  type Middleware,
  pipeline,
  redirect,
  routes,
  SiteCache,
  SqlFlatpages,
  SqlSites,
  updateCache,
} from "@nuages/web/middleware";
import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { djangoTables } from "./_django_tables.ts";

const page = (url: string, more: Partial<Flatpage> = {}): Flatpage => ({
  ...{ url, title: "Title", content: `<p>${url}</p>`, template: "", registrationRequired: false },
  ...more,
});
const sourceOf = (...pages: Flatpage[]): FlatpageSource => ({ find: (url) => pages.find((page) => page.url === url) });
const template = ({ flatpage }: { flatpage: Flatpage }) => html`${flatpage.title}: ${new Html(flatpage.content)}`;

function app(options: Partial<FlatpagesOptions> & { source: FlatpageSource }, events: AppEvent[] = []) {
  return pipeline({ onEvent: (event) => events.push(event) })
    .use(currentSite())
    .use(flatpages({ template, ...options }))
    .handle(routes({ "/": () => new Response("home"), "POST /form/": () => new Response("sent") }));
}
const get = (path: string, init?: RequestInit) => new Request(`https://shop.example${path}`, init);
const answer = async (response: Response | Promise<Response>) => {
  const { status, headers, ...rest } = await response;
  void rest;
  return [status, headers.get("Location") ?? await (await response).text()];
};

Deno.test("flatpages() shows a page where there would be a 404", async () => {
  const site = app({ source: sourceOf(page("/about/"), page("/")) });
  const response = await site(get("/about/?utm=1"));
  assertEquals(response.headers.get("Content-Type"), "text/html; charset=utf-8");
  assertEquals(await answer(response), [200, "Title: <p>/about/</p>"]);
  assertEquals(await answer(site(get("/"))), [200, "home"], "a view goes before it");
  assertEquals((await site(get("/nothing/"))).status, 404);
});

Deno.test("flatpages() goes by the decoded path, and adds a missing slash", async () => {
  const site = app({ source: sourceOf(page("/über uns/"), page("/exact")) });
  assertEquals(await answer(site(get("/%C3%BCber%20uns/"))), [200, "Title: <p>/über uns/</p>"]);
  assertEquals(await answer(site(get("/%C3%BCber%20uns?a=1"))), [301, "/%C3%BCber%20uns/?a=1"]);
  assertEquals(await answer(site(get("/exact"))), [200, "Title: <p>/exact</p>"]);
  assertEquals((await site(get("/exact/"))).status, 404);
  const strict = app({ source: sourceOf(page("/about/")), appendSlash: false });
  assertEquals((await strict(get("/about"))).status, 404);
});

Deno.test("flatpages() survives paths that visitors make up, and leads nowhere else", async () => {
  const every: FlatpageSource = { find: (url) => url.endsWith("/") ? page(url) : undefined };
  const site = app({ source: every });
  for (const path of ["//evil.example", "/\\evil.example"]) {
    const response = await site(get(path));
    assertEquals([response.status, response.headers.get("Location")], [404, null], path);
  }
  for (const path of ["/%ff/", "/%/", `/${"a".repeat(50_000)}/`]) {
    assertEquals((await site(get(path))).status, 404, path);
  }
});

Deno.test("flatpages() answers GET and HEAD only", async () => {
  const site = app({ source: sourceOf(page("/about/")) });
  assertEquals((await site(get("/about/", { method: "HEAD" }))).status, 200);
  for (const method of ["POST", "PUT", "DELETE"]) assertEquals((await site(get("/about/", { method }))).status, 404);
});

Deno.test("flatpages() gives the template what context processors give, and the page's own template's name", async () => {
  const own: Middleware = contextProcessor(() => ({ shop: "Tea & Cake" }));
  const site = pipeline({ render: (name, data) => `${name}: ${data.shop}, ${(data.flatpage as Flatpage).title}` })
    .use(csrf()).use(own).use(currentSite())
    .use(flatpages({ source: sourceOf(page("/about/")), template: "flatpage.html" }))
    .handle(routes({}));
  assertEquals(await answer(site(get("/about/"))), [200, "flatpage.html: Tea & Cake, Title"]);
  const chosen = app({
    source: sourceOf(page("/about/", { template: "wide" })),
    template: ({ flatpage }: { flatpage: Flatpage }) => html`<main class="${flatpage.template}">`,
  });
  assertEquals(await answer(chosen(get("/about/"))), [200, '<main class="wide">']);
});

Deno.test("flatpages() leaves what is on a page to the template: one that escapes shows its tags", async () => {
  const source = sourceOf(page("/x/", { content: "<script>alert(1)</script>", title: "<b>" }));
  const escaping = app({ source, template: ({ flatpage }: { flatpage: Flatpage }) => html`${flatpage.content}` });
  assertEquals(await answer(escaping(get("/x/"))), [200, "&lt;script&gt;alert(1)&lt;/script&gt;"]);
  assertEquals(await answer(app({ source })(get("/x/"))), [200, "&lt;b&gt;: <script>alert(1)</script>"]);
});

Deno.test("flatpages() shows pages for those who have signed in to nobody, unless signIn says to whom", async () => {
  const events: AppEvent[] = [];
  const source = sourceOf(page("/members/", { registrationRequired: true }));
  assertEquals((await app({ source }, events)(get("/members/"))).status, 404);
  assertEquals(events.map(({ name }) => name), ["flatpages.no_sign_in"]);

  const members = app({
    source,
    signIn(request, context) {
      if (request.headers.get("X-Member") === "yes") return;
      return redirect(`/sign-in/?next=${encodeURIComponent(context.url.pathname)}`, { status: 302 });
    },
  });
  assertEquals(await answer(members(get("/members/"))), [302, "/sign-in/?next=%2Fmembers%2F"]);
  const seen = await members(get("/members/", { headers: { "X-Member": "yes" } }));
  assertEquals(seen.headers.get("Cache-Control"), "private");
  assertStringIncludes(await seen.text(), "/members/");
});

Deno.test("flatpages() finds each site's own pages in Django's tables", async () => {
  using tables = djangoTables();
  const sites = pipeline({ onEvent() {} })
    .use(currentSite({ source: new SqlSites(tables.client) }))
    .use(flatpages({ source: new SqlFlatpages(tables.client), template }))
    .handle(routes({}));
  const at = (url: string) => answer(sites(new Request(url)));
  assertEquals(await at("https://tea.example/about/"), [200, "About tea: <p>Tea</p>"]);
  assertEquals(await at("https://cake.example/about/"), [200, "About cake: <p>Cake</p>"]);
  assertEquals(await at("https://tea.example/%C3%BCber/"), [200, "Über: <p>Ü</p>"]);
  assertEquals((await at("https://cake.example/%C3%BCber/"))[0], 404);
  assertEquals((await at("https://evil.example/about/"))[0], 404);
  assertEquals((await at("https://tea.example/members/"))[0], 404, "registration_required");
  const found = await new SqlFlatpages(tables.client).find("/about/", { id: 2 });
  assertEquals(found?.template, "cake.html");
});

Deno.test("SqlFlatpages() takes every way in which databases say yes for yes", async () => {
  const row = { url: "/a/", title: "a", content: "", "template_name": null };
  const required = async (value: unknown) => {
    const client = { dialect: "postgresql", query: () => [{ ...row, "registration_required": value }] } as const;
    return (await new SqlFlatpages(client).find("/a/", { id: 1 }))!.registrationRequired;
  };
  for (const yes of [true, 1, 1n, "1", "t", null, undefined, "yes"]) {
    assertEquals(await required(yes), true, String(yes));
  }
  for (const no of [false, 0, 0n, "0", "f"]) assertEquals(await required(no), false, String(no));
});

Deno.test("KvFlatpages() keeps pages for each site, up to what Deno KV takes", async () => {
  using kv = await Deno.openKv(":memory:");
  const source = new KvFlatpages(kv);
  await source.set({ url: "/about/", title: "One", content: "1" });
  await source.set({ url: "/about/", title: "Two", content: "2" }, { id: "two" });
  assertEquals(await answer(app({ source })(get("/about/"))), [200, "One: 1"]);
  assertEquals((await source.find("/about/", { id: "two" }))?.title, "Two");
  await source.delete("/about/");
  assertEquals((await app({ source })(get("/about/"))).status, 404);

  await source.set({ url: "/large/", title: "", content: "x".repeat(59_000) });
  await source.set({ url: "/wide/", title: "", content: "日".repeat(29_000) });
  await source.set({ url: "/latin/", title: "", content: "é".repeat(59_000) });
  for (const content of ["x".repeat(60_001), "日".repeat(30_001), `日${"x".repeat(30_000)}`]) {
    await assertRejects(() => source.set({ url: "/large/", title: "", content }), RangeError, "60000 bytes");
  }
  await assertRejects(() => source.set({ url: "about", title: "", content: "" }), TypeError, 'begin with "/"');
});

Deno.test("flatpages() can be kept in the site cache, but for those of members", async () => {
  const cache = new SiteCache({ store: new MemoryCache() });
  let asked = 0;
  const source: FlatpageSource = {
    find: (url) => {
      asked++;
      return page(url, { registrationRequired: url === "/members/" });
    },
  };
  const site = pipeline({ onEvent() {} }).use(updateCache(cache)).use(currentSite())
    .use(flatpages({ source, template, signIn: () => {} })).use(fetchCache()).handle(routes({}));
  for (const path of ["/about/", "/about/", "/members/", "/members/"]) {
    assertEquals((await answer(site(get(path))))[0], 200);
    await cache.settled();
  }
  assertEquals(asked, 3);
});

Deno.test("flatpages() surfaces a source that can't be reached, and refuses what can't be meant", async () => {
  const source: FlatpageSource = { find: () => Promise.reject(new Error("connection refused")) };
  assertEquals((await app({ source })(get("/about/"))).status, 500);
  const refused: [Record<string, unknown>, string][] = [
    [{ template }, "without a source"],
    [{ source }, "without a template"],
    [{ source, template, signIn: true }, "signIn must be a function"],
  ];
  for (const [options, message] of refused) assertThrows(() => flatpages(options as never), TypeError, message);
});
