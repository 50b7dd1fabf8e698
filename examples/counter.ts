/** A session: how often somebody was here, counted exactly, also in ten tabs at once. */

import { type App, csrf, html, htmlResponse, MemoryStore, pipeline, redirect, routes, sessions } from "@nuages/web";

export const app: App = pipeline()
  // In memory: gone when the program ends. KvStore and FileStore remember; the views don't change for it.
  .use(sessions<{ visits: number }>({ store: new MemoryStore() }))
  .use(csrf())
  .handle(routes({
    "GET /": async (_request, context) => {
      const session = await context.session();
      const visits = session.get("visits", 0);
      return htmlResponse(html`
        <h1>${visits === 0 ? "You were never here" : `Visit ${visits}`}</h1>
        <form action="/visit/" method="post">${context.csrfField()}<button>I am here</button></form>
        <form action="/forget/" method="post">${context.csrfField()}<button>Forget me</button></form>
      `);
    },
    "POST /visit/": async (_request, context) => {
      const session = await context.session();
      // A function, not a value: if another request has written in between, it runs again on what is stored then.
      session.update("visits", (visits = 0) => visits + 1);
      return redirect("/");
    },
    "POST /forget/": async (_request, context) => {
      // Ends the session: its data, its id and its cookie.
      (await context.session()).flush();
      return redirect("/");
    },
  }));

if (import.meta.main) Deno.serve({ hostname: "127.0.0.1" }, app);
