/** "Saved." after a redirect: the message is shown once, by whichever page comes next. */

import { type App, CookieMessages, csrf, html, htmlResponse, messages, pipeline, redirect, routes } from "@nuages/web";

// Messages are signed. This key is made anew at each start; a site takes one from its environment.
const key = Deno.env.get("SECRET_KEY") ?? crypto.randomUUID() + crypto.randomUUID();
let motto = "Read more";

export const app: App = pipeline({ keys: [key] })
  .use(csrf())
  // In a cookie alone, so that no session is needed. Without `storage`, what is too long for a cookie goes to the session.
  .use(messages({ storage: new CookieMessages() }))
  .handle(routes({
    "GET /": async (_request, context) =>
      htmlResponse(html`
        ${(await context.messages.read()).map(({ tags, text }) => html`<p class="${tags}">${text}</p>`)}
        <form method="post">
          ${context.csrfField()}
          <label>Motto <input name="motto" value="${motto}"></label>
          <button>Save</button>
        </form>
      `),
    "POST /": async (_request, context) => {
      const form = await context.form();
      const wanted = String(form.get("motto") ?? "").trim();
      if (wanted === "") {
        context.messages.error("A motto has words in it.");
      } else {
        motto = wanted;
        context.messages.success("Saved.");
      }
      // 303: the browser asks for the page, so that reloading it sends nothing twice.
      return redirect("/");
    },
  }));

if (import.meta.main) Deno.serve({ hostname: "127.0.0.1" }, app);
