/** What is answered instead of a page lets go of it, and a stream that fails at that disturbs nobody: here, an error that nobody catches fails the test. */

import {
  common,
  conditionalGet,
  currentSite,
  type Flatpage,
  flatpages,
  gzip,
  type Handler,
  languageRoutes,
  locale,
  pipeline,
  redirects,
  routes,
} from "@nuages/web/middleware";
import { assertEquals } from "@std/assert";
import { delay } from "@std/async/delay";

/** A view whose body notes that it was cancelled, and fails at it if it is told so. */
function page(status: number, fails: boolean): { readonly view: Handler; readonly cancelled: () => number } {
  let count = 0;
  const view = () => {
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode("x".repeat(300))),
      cancel() {
        count++;
        if (fails) throw new Error("can't close");
      },
    });
    return new Response(body, { status, headers: { ETag: '"1"', "Content-Type": "text/plain" } });
  };
  return { view, cancelled: () => count };
}

const moved = pipeline().use(currentSite())
  .use(redirects({ source: { find: (path) => ({ "/old/": "/new/", "/gone/": "" })[path] } }));
const flat = pipeline().use(currentSite()).use(flatpages({
  source: { find: (url): Flatpage => ({ url, title: "", content: "", template: "", registrationRequired: false }) },
  template: ({ flatpage }) => `flat ${flatpage.url}`,
}));
const prefixes = languageRoutes(routes({ "/x/": () => new Response("x") }), { languages: ["en"] });

const CASES: [name: string, answer: (view: Handler) => unknown, from: number, to: number][] = [
  ["redirects()", (view) => moved.handle(view)(ask("/old/")), 404, 301],
  ["redirects() to nowhere", (view) => moved.handle(view)(ask("/gone/")), 404, 410],
  ["flatpages()", (view) => flat.handle(view)(ask("/about/")), 404, 200],
  ["locale()", (view) => pipeline().use(locale({ languages: ["en"], prefixes })).handle(view)(ask("/x/")), 404, 302],
  [
    "common()",
    (view) => pipeline().use(common({ appendSlash: (path) => path === "/x/" })).handle(view)(ask("/x")),
    404,
    301,
  ],
  ["conditionalGet(), 304", (view) => conditional(view, { "If-None-Match": '"1"' }), 200, 304],
  ["conditionalGet(), 412", (view) => conditional(view, { "If-Match": '"2"' }), 200, 412],
  [
    "gzip(), HEAD",
    (view) => pipeline().use(gzip()).handle(view)(ask("/", { method: "HEAD", headers: { "Accept-Encoding": "gzip" } })),
    200,
    200,
  ],
];

function ask(path: string, init: RequestInit = {}): Request {
  return new Request(`http://localhost${path}`, init);
}

function conditional(view: Handler, headers: HeadersInit): unknown {
  return pipeline().use(conditionalGet()).handle(view)(ask("/", { headers }));
}

for (const [name, answer, from, to] of CASES) {
  Deno.test(`${name} lets go of the page it answers for, be it closed or not`, async () => {
    for (const fails of [false, true]) {
      const { view, cancelled } = page(from, fails);
      const response = await answer(view) as Response;
      await response.body?.cancel();
      await delay(1);
      assertEquals([response.status, cancelled()], [to, 1]);
    }
  });
}
