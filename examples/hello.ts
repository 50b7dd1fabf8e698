/** The smallest site: a table of views, and a template tag that escapes. */

import { type App, html, htmlResponse, pipeline, routes } from "@nuages/web";

export const app: App = pipeline().handle(routes({
  "GET /": () =>
    htmlResponse(html`
      <h1>Hello</h1>
      <p><a href="/Ada/">Are you Ada?</a></p>
    `),
  // The path's parameter has a type: context.params.nane would not compile.
  "GET /:name/": (_request, context) => htmlResponse(html`<h1>Hello, ${context.params.name}</h1>`),
}));

if (import.meta.main) Deno.serve({ hostname: "127.0.0.1" }, app);
