/** Beside another router, both ways round: Hono inside Nuages, and Nuages inside Hono. */

import { type App, type Context, type HasSession, MemoryStore, pipeline, routes, sessions } from "@nuages/web";
import { Hono } from "hono";

const store = new MemoryStore();
const visitors = sessions<{ visits: number }>({ store });

/** Hono as the innermost handler. It gets the context as its `env`, with everything the layers have added. */
const router = new Hono<{ Bindings: Context & HasSession<{ visits: number }> }>();

router.get(
  "/",
  (c) => c.html('<a href="/visits/ada">A page of Hono</a>, <a href="/nuages/visits/">a view of Nuages</a>'),
);

router.get("/visits/:name", async (c) => {
  const session = await c.env.session();
  const visits = session.update("visits", (visits = 0) => visits + 1);
  return c.text(`${c.req.param("name")}, visit ${visits}`);
});

export const app: App = pipeline().use(visitors).handle(router.fetch);

/** A Nuages app for some of the paths of a Hono site: the same sessions, read by a view. */
const visits = pipeline().use(visitors).handle(routes({
  "GET /nuages/visits/": async (_request, context) => {
    const session = await context.session();
    return Response.json({ visits: session.get("visits", 0) });
  },
}));

/** The site. `c.env` is what `Deno.serve` says of the connection: without it, everybody would seem to sit at this machine. */
export const site: Hono<{ Bindings: Deno.ServeHandlerInfo }> = new Hono();

site.all("/nuages/*", (c) => visits(c.req.raw, c.env));
site.all("*", (c) => app(c.req.raw, c.env));

if (import.meta.main) Deno.serve({ hostname: "127.0.0.1" }, site.fetch);
