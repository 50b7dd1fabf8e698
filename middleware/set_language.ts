/**
 * The view for the visitor's choice of a language.
 *
 * @module
 */

import { accepts } from "@std/http/negotiation";
import type { Context } from "./context.ts";
import { HttpError } from "./http_error.ts";
import { type HasLanguage, prefixesOf } from "./locale.ts";
import { localPath, redirect } from "./redirect.ts";

/**
 * Remembers the language a visitor has chosen, and sends them back: a view for POST, with the form fields `language` and `next`, the page to go to. (Django's `set_language`.) An
 * address with a language prefix becomes the one of the chosen language. A `next` that leads elsewhere counts as none: then it is the page the form was on, or `/`; a script that
 * wants no HTML and names no `next` gets 204. A language the site doesn't have changes nothing.
 *
 * @param request The request.
 * @param context Its context, with what {@linkcode locale} adds.
 * @returns The redirection.
 * @throws {HttpError} 405 if it isn't a POST; 413, 415 or 400 if the form can't be read.
 *
 * @example
 * ```ts
 * import { locale, pipeline, routes, setLanguage } from "@nuages/web/middleware";
 * import { assertEquals, assertStringIncludes } from "@std/assert";
 *
 * const app = pipeline()
 *   .use(locale({ languages: ["en", "de"] })) // and csrf(), as for any form
 *   .handle(routes({ "POST /language/": setLanguage }));
 * const body = new URLSearchParams({ language: "de", next: "/books/" });
 * const response = await app(new Request("https://shop.example/language/", { method: "POST", body }));
 *
 * assertEquals([response.status, response.headers.get("Location")], [303, "/books/"]);
 * assertStringIncludes(response.headers.getSetCookie()[0]!, "django_language=de;");
 * ```
 */
export async function setLanguage(request: Request, context: Context & HasLanguage): Promise<Response> {
  if (request.method !== "POST") throw new HttpError(405, undefined, { headers: { Allow: "POST" } });
  const form = await context.form();
  const language = context.setLanguage(form.get("language"));
  const wanted = form.get("next") ?? context.url.searchParams.get("next");
  const isSilent = !wanted && accepts(request, "text/html") === undefined;
  if (isSilent) return new Response(null, { status: 204 });
  const target = ownPath(wanted, context) ?? ownPath(request.headers.get("Referer"), context) ?? "/";
  return redirect(language === undefined ? target : translated(target, language, context));
}

/** A path of this site, also if it is written with the site's own origin. */
function ownPath(target: unknown, { url }: Context): string | undefined {
  if (typeof target !== "string") return undefined;
  const absolute = URL.parse(target);
  if (absolute === null) return localPath(target);
  return absolute.origin === url.origin ? localPath(absolute.pathname + absolute.search) : undefined;
}

/** The same page in another language. */
function translated(target: string, language: string, context: Context): string {
  const prefixes = prefixesOf(context);
  if (prefixes === undefined || !target.startsWith("/")) return target;
  const end = target.search(/[?#]/);
  const path = end < 0 ? target : target.slice(0, end);
  if (!prefixes.matches(path)) return target;
  const other = localPath(prefixes.pathFor(language, path));
  return other === undefined ? target : other + target.slice(path.length);
}
