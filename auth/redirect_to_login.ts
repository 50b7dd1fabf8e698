/**
 * Sending visitors to sign in.
 *
 * @module
 */

import type { Context } from "../middleware/context.ts";
import { localPath, redirect } from "../middleware/redirect.ts";
import { visitOf } from "./_visit_of.ts";

/**
 * Sends a visitor to sign in, and says where they wanted to go (`?next=`), for {@linkcode nextPath}. (Django's `redirect_to_login`.) `loginRequired()` and its kind do so by themselves; this is
 * for whatever finds out otherwise that somebody should sign in, such as `flatpages({ signIn })`.
 *
 * @param context The request's context.
 * @param loginUrl Where one signs in: a path, or an address of another site. By default where `authentication()` was told, or else `/accounts/login/`.
 * @returns The redirect, with 302.
 * @throws {TypeError} If the visitor is there already: they would be sent there for ever.
 *
 * @example
 * ```ts
 * import { redirectToLogin } from "@nuages/web/auth";
 * import { pipeline } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline().handle((_request, context) => redirectToLogin(context, "/sign-in/"));
 * const response = await app(new Request("http://localhost/cart/"));
 *
 * assertEquals(response.headers.get("Location"), "/sign-in/?next=/cart/");
 * ```
 */
export function redirectToLogin(context: Context, loginUrl?: string): Response {
  const { url } = context;
  const target = loginUrl ?? visitOf(context)?.settings.loginUrl ?? "/accounts/login/";
  const { origin, pathname } = new URL(target, url);
  const isHere = origin === url.origin;
  if (isHere && pathname === url.pathname) {
    throw new TypeError(
      `Cannot send the visitor to ${pathname} to sign in as they are there: write loginNotRequired(view) for the view of that page`,
    );
  }
  // Elsewhere only a whole address leads back.
  return redirect(withNext(target, isHere ? url.pathname + url.search : url.href), { status: 302, external: true });
}

/**
 * Checks where one signs in.
 *
 * @param owner Whose option it is.
 * @param loginUrl What was given.
 * @returns The same.
 * @throws {TypeError} If it is neither a path nor a web address.
 * @internal
 */
export function checkedLoginUrl(owner: string, loginUrl: string): string {
  const isPath = typeof loginUrl === "string" && loginUrl.startsWith("/") && localPath(loginUrl) !== undefined;
  if (isPath || /^https?:\/\//.test(String(loginUrl)) && URL.canParse(loginUrl)) return loginUrl;
  throw new TypeError(
    `Cannot create ${owner} as loginUrl must be a path such as "/accounts/login/" or an address: received ${
      Deno.inspect(loginUrl)
    }`,
  );
}

/** What the address says already stays. */
function withNext(target: string, next: string): string {
  const [, base = "", query = "", hash = ""] = /^([^?#]*)(?:\?([^#]*))?(#.*)?$/.exec(target) ?? [];
  const parts = [...new URLSearchParams(query)].filter(([name]) => name !== "next");
  parts.push(["next", next]);
  return `${base}?${parts.map((part) => part.map(quote).join("=")).join("&")}${hash}`;
}

/** As Django does: slashes stay readable. */
function quote(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll("%2F", "/").replace(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
