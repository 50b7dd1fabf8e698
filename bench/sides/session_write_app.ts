/** A request that reads the session and writes it: the view that is measured on every store. */

import { type App, pipeline, sessions, type SessionStore } from "../../mod.ts";

/** Counts a visitor's requests in the session. */
export function sessionWriteApp(store: SessionStore): App {
  return pipeline().use(sessions<{ count: number }>({ store })).handle(async (_request, context) => {
    const session = await context.session();
    session.update("count", (count = 0) => count + 1);
    return new Response("Counted");
  });
}
