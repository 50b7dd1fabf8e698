/** The site that was recorded, on recommended(): its views, word for word what Django's were. */

import {
  type App,
  BadRequest,
  csrfExempt,
  Forbidden,
  HttpError,
  MemoryStore,
  NotFound,
  recommended,
  routes,
} from "@nuages/web";

const ok = (body = "ok", status = 200) =>
  new Response(body, { status, headers: { "Content-Type": "text/html; charset=utf-8" } });

/** Builds it. The server in front of it says whether the visitor came by https, as it is for most sites. */
export function recordedSite(): App {
  const app: App = recommended<{ a: number }>({
    keys: ["a secret key of these tests, and of nothing else"],
    store: new MemoryStore(),
    hosts: ["testserver"],
    proxies: { trust: ["127.0.0.1"] },
    onEvent() {},
  }).handle(routes({
    "/plain": () => ok(),
    "/read": async (_request, context) => ((await context.session()).get("a"), ok()),
    "/set": async (_request, context) => ((await context.session()).set("a", 1), ok()),
    "/set0": async (_request, context) => {
      const session = await context.session();
      session.set("a", 1);
      session.setExpiry(0);
      return ok();
    },
    "/set300": async (_request, context) => {
      const session = await context.session();
      session.set("a", 1);
      session.setExpiry(300);
      return ok();
    },
    "/del": async (_request, context) => ((await context.session()).delete("a"), ok()),
    "/clear": async (_request, context) => ((await context.session()).clear(), ok()),
    "/flush": async (_request, context) => ((await context.session()).flush(), ok()),
    "/setdel": async (_request, context) => {
      const session = await context.session();
      session.set("a", 1);
      session.delete("a");
      return ok();
    },
    "/cycle": async (_request, context) => ((await context.session()).cycleKey(), ok()),
    "/set500": async (_request, context) => ((await context.session()).set("a", 2), ok("x", 500)),
    "/set404": async (_request, context) => ((await context.session()).set("a", 2), ok("x", 404)),
    "/interrupt": async (request, context) => {
      const session = await context.session();
      session.set("a", 2);
      const headers = new Headers(request.headers);
      await app(new Request("https://testserver/flush", { headers }));
      return ok();
    },
    "/csrf": (_request, context) => ok(context.csrfToken()),
    "/msg": (_request, context) => (context.messages.info("hi"), ok()),
    "/msgread": async (_request, context) => ok((await context.messages.read()).map(({ text }) => text).join("")),
    "/msgadd\\+read": async (_request, context) => {
      context.messages.info("hi");
      return ok((await context.messages.read()).map(({ text }) => text).join(""));
    },
    "/exc": () => {
      throw new Error("boom");
    },
    "/pd": () => {
      throw new Forbidden();
    },
    "/so": () => {
      throw new HttpError(400);
    },
    "/br": () => {
      throw new BadRequest();
    },
    "/nf": () => {
      throw new NotFound();
    },
    "/slash/": csrfExempt(() => ok()),
    "/stream": () => {
      const pieces = ReadableStream.from(["a", "b"].map((piece) => new TextEncoder().encode(piece)));
      return new Response(pieces, { headers: { "Content-Type": "text/html; charset=utf-8" } });
    },
  }));
  return app;
}
