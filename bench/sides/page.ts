/** The page that every side of the full stack shows, so that what is compared is what stands around it. */

/** What the side by hand and those of the peers use as the name of the cookie, so that all requests are of one size. */
export const SESSION_COOKIE = "sessionid";

/** The type of {@linkcode pageOf}. */
export const PAGE_TYPE = "text/html; charset=utf-8";

/** What signing in leaves for the next page. */
export const WELCOME = "Welcome back.";

/** Writes the page: who is signed in, and what there is to tell. Nothing in it needs escaping, on any side. */
export function pageOf(name: string | undefined, messages: readonly string[]): string {
  const told = messages.map((text) => `<p class="message">${text}</p>`).join("");
  return `${HEAD}${told}<h1>Hello ${name ?? "stranger"}</h1>${REST}`;
}

const HEAD = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>The bookshop</title></head><body>`;
const REST = `<ul>${"<li>A book, a quarter of a line long.</li>".repeat(12)}</ul></body></html>`;

/** A form with a token. */
export function formOf(token: string): string {
  return `<form method="post"><input type="hidden" name="csrfmiddlewaretoken" value="${token}"></form>`;
}
