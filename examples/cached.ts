/** A guest book in two languages: its page is made once for each of them, and again when somebody has signed. */

import {
  type App,
  cacheFor,
  contentSecurityPolicy,
  type Context,
  csrf,
  type HasLanguage,
  type HasSiteCache,
  html,
  htmlResponse,
  locale,
  MemoryCache,
  pipeline,
  redirect,
  routes,
  security,
  setLanguage,
  SiteCache,
  updateCache,
} from "@nuages/web";

const TEXTS: Record<string, { title: string; name: string; sign: string }> = {
  en: { title: "Guests", name: "Your name", sign: "Sign" },
  de: { title: "Gäste", name: "Ihr Name", sign: "Eintragen" },
};
const guests: string[] = [];

// Browsers ask each time, since nobody can take back what they keep; the site itself keeps the page for an hour.
const cache = new SiteCache({ store: new MemoryCache(), seconds: 3600, browserSeconds: 0 });

/**
 * The page. It reads no cookie, or it would be one visitor's own, and not be kept: that its forms come from here the browser itself says, so that
 * csrf() needs no token of it.
 */
function guestBook(_request: Request, context: Context & HasLanguage & HasSiteCache): Response {
  const { language, languages } = context;
  const text = TEXTS[language]!;
  context.cacheTag("guests");
  return htmlResponse(html`
    <!doctype html>
    <html lang="${language}">
      <head>
        <meta charset="utf-8">
        <title>${text.title}</title>
      </head>
      <body>
        <h1>${text.title}</h1>
        <ul>${guests.map((guest) => html`<li>${guest}</li>`)}</ul>
        <form method="post" action="/guests/">
          <label>${text.name} <input name="name" required></label> <button>${text.sign}</button>
        </form>
        <form method="post" action="/language/">
          <input type="hidden" name="next" value="/">
          ${languages.map((each) => html`<button name="language" value="${each}">${each}</button>`)}
        </form>
        <footer>Made at <time>${new Date().toISOString()}</time></footer>
      </body>
    </html>
  `);
}

export const app: App = pipeline()
  .use(security())
  .use(updateCache(cache))
  .use(contentSecurityPolicy())
  .use(locale({ languages: Object.keys(TEXTS) }))
  .use(csrf())
  .handle(routes({
    "GET /": cacheFor(3600)(guestBook),
    "POST /guests/": async (_request, context) => {
      guests.push(String((await context.form()).get("name")).slice(0, 100));
      await cache.invalidate("guests");
      return redirect("/");
    },
    "POST /language/": setLanguage,
  }));

if (import.meta.main) Deno.serve({ hostname: "127.0.0.1" }, app);
