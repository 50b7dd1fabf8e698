/**
 * Where to go after signing in.
 *
 * @module
 */

import type { Context } from "../middleware/context.ts";
import { localPath } from "../middleware/redirect.ts";

/** Options of {@linkcode nextPath}. */
export interface NextPathOptions {
  /**
   * Where to go if the visitor wanted nowhere in particular, or to another site. (Django's `LOGIN_REDIRECT_URL`.)
   *
   * @default {"/"}
   */
  fallback?: string;
}

/**
 * Where a visitor wanted to go before they were sent to sign in: the field `next` of the form, or of the address (`?next=/cart/`), but only within this site. Anybody can
 * make up a link to the page for signing in: one that led to another site would borrow this site's good name.
 *
 * @param request The request.
 * @param context Its context.
 * @param options Where to go otherwise.
 * @returns A path, for `redirect()`, or for a hidden field of the form.
 * @throws {HttpError} 400 or 413 if the form can't be read.
 *
 * @example
 * ```ts
 * import { nextPath } from "@nuages/web/auth";
 * import { pipeline, redirect } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline().handle(async (request, context) => redirect(await nextPath(request, context)));
 * const target = async (query: string) => (await app(new Request(`http://localhost/?${query}`))).headers.get("Location");
 *
 * assertEquals(await target("next=/cart/"), "/cart/");
 * assertEquals(await target("next=//evil.example/"), "/");
 * ```
 */
export async function nextPath(request: Request, context: Context, options: NextPathOptions = {}): Promise<string> {
  const { fallback = "/" } = options;
  const isForm = request.method === "POST" && FORM_REGEXP.test(request.headers.get("Content-Type") ?? "");
  const field = isForm ? (await context.form()).get("next") : null;
  return localPath(field ?? context.url.searchParams.get("next")) ?? fallback;
}

const FORM_REGEXP = /^\s*(?:application\/x-www-form-urlencoded|multipart\/form-data)\s*(?:;|$)/i;
