/** Day or night: a choice that is kept in a cookie, and which every page has to know. */

import { BadRequest, type Context, Cookie, localPath, redirect } from "@nuages/web";

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

/** `POST /theme/` */
export async function changeTheme(_request: Request, context: Context): Promise<Response> {
  const form = await context.form();
  const theme = form.get("theme");
  if (theme === "light" || theme === "dark") context.cookies.set(THEME, theme);
  else if (theme === "auto") context.cookies.delete(THEME);
  else throw new BadRequest("The lights know day, night and automatic");
  // Where the visitor was. Anybody can write this field, so only a path of this site counts.
  return redirect(localPath(form.get("next")) ?? "/");
}
