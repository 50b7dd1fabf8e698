/** Day or night: a choice that is kept in a cookie, and which every page has to know. */

import { type Context, Cookie, type HasLanguage, localPath, redirect } from "@nuages/web";
import { languageOf } from "./languages.ts";
import { Refusal } from "./refusal.ts";
import { textsIn } from "./texts/texts.ts";

/** `auto` follows the visitor's system. */
export type Theme = "light" | "dark" | "auto";

/** Name and lifetime are said once, so that setting and deleting the cookie can't disagree. */
const THEME = new Cookie("theme", { maxAge: 365 * 24 * 60 * 60 });

/** The visitor's choice. A cookie may hold anything: what is no theme counts as none. */
export function themeOf(context: Context): Theme {
  const value = context.cookies.get(THEME);
  return value === "light" || value === "dark" ? value : "auto";
}

/** Context processor: gives every page the theme. */
export function themeProcessor(_request: Request, context: Context): { theme: Theme } {
  return { theme: themeOf(context) };
}

/** `GET /theme.css`: the visitor's choice for a page that is kept for everybody, and can't have it in its markup. */
export function themeSheet(_request: Request, context: Context): Response {
  const theme = themeOf(context);
  const sheet = theme === "auto" ? "" : `:root { color-scheme: ${theme}; }\n`;
  return new Response(sheet, {
    headers: { "Content-Type": "text/css; charset=utf-8", "Cache-Control": "private, no-cache" },
  });
}

/** `POST /theme/` */
export async function changeTheme(_request: Request, context: Context & HasLanguage): Promise<Response> {
  const form = await context.form();
  const theme = form.get("theme");
  if (theme === "light" || theme === "dark") context.cookies.set(THEME, theme);
  else if (theme === "auto") context.cookies.delete(THEME);
  else throw new Refusal(400, textsIn(languageOf(context)).shop.noSuchLight);
  // Where the visitor was. Anybody can write this field, so only a path of this site counts.
  return redirect(localPath(form.get("next")) ?? "/");
}
