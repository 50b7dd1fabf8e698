/** The sites whose headers are scanned: small, on `recommended()`, with what headers are about. */

import {
  type App,
  html,
  htmlResponse,
  loginRequired,
  MemoryStore,
  MemoryUsers,
  recommended,
  redirect,
  routes,
  type SecurityOptions,
} from "@nuages/web";

/** Builds a site behind a proxy on this machine, with these options of `security()`. */
export function scannedSite(security: SecurityOptions): App {
  return recommended<{ visits: number }>({
    keys: [crypto.randomUUID() + crypto.randomUUID()],
    store: new MemoryStore(),
    users: new MemoryUsers(),
    proxies: { trust: ["127.0.0.1"] },
    security,
    onEvent() {},
  }).handle(routes({
    "GET /": async (_request, context) => {
      const session = await context.session();
      const visits = session.update("visits", (visits = 0) => visits + 1);
      context.messages.info("Hello.");
      return htmlResponse(html`
        <!doctype html>
        <html lang="en">
          <head>
            <title>Visit ${visits}</title>
            <link rel="stylesheet" href="/site.css">
            <script nonce="${context.cspNonce}" src="/site.js"></script>
          </head>
          <body>
            <form method="post">${context.csrfField()}<button>Save</button></form>
          </body>
        </html>
      `);
    },
    "POST /": () => redirect("/"),
    "GET /plain/": () =>
      htmlResponse(html`
        <!doctype html>
        <title>Plain</title>
        <p>No script, no cookie.</p>
      `),
    "GET /account/": loginRequired(() => new Response("account")),
    "GET /broken/": () => {
      throw new Error("broken on purpose");
    },
  }));
}
