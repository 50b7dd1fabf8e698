/**
 * Sending the visitor elsewhere on the same site.
 *
 * @module
 */

import { BadRequest } from "./http_error.ts";

/** Options of {@linkcode redirect}. */
export interface RedirectOptions {
  /**
   * The status: 303 makes the browser GET the new place, 307 and 308 make it repeat the request there, 301 and 308 are remembered.
   *
   * @default {303}
   */
  status?: 301 | 302 | 303 | 307 | 308;
  /**
   * Allows another site as the target. Never with an address that a visitor wrote: that is how phishers borrow a site's good name.
   *
   * @default {false}
   */
  external?: boolean;
}

/**
 * Redirects, by default with 303 as a form's answer should, and only within the site: the target is a path (`/cart/?page=2`), or
 * relative to the current one (`?page=2`).
 *
 * @param location Where to. Characters a header can't carry are percent-encoded.
 * @param options Another status, or leave to go to another site.
 * @returns The response; its headers can be written, unlike those of `Response.redirect()`.
 * @throws {HttpError} 400 if the target is another site, or one a browser would take for such (`//evil`, `/\evil`, `javascript:`), without `external`: a target that a
 * visitor made up answers 400, it doesn't send anybody away. {@linkcode localPath} asks beforehand.
 *
 * @example
 * ```ts
 * import { redirect } from "@nuages/web/middleware";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const response = redirect("/cart/");
 *
 * assertEquals([response.status, response.headers.get("Location")], [303, "/cart/"]);
 * assertThrows(() => redirect("//evil.example/"));
 * ```
 */
export function redirect(location: string | URL, options: RedirectOptions = {}): Response {
  const { status = 303, external = false } = options;
  if (!STATUSES.has(status)) {
    throw new RangeError(`Cannot redirect as the status must be 301, 302, 303, 307 or 308: received ${status}`);
  }
  const target = external ? webAddress(location) : localPath(location);
  if (target === undefined) {
    throw new BadRequest(
      external
        ? "The redirect's target is not a web address"
        : "The redirect's target is another site: write redirect(url, { external: true }) if that is meant",
      { expose: false },
    );
  }
  return new Response(null, { status, headers: { Location: target } });
}

/**
 * Takes a target a visitor gave (`?next=/cart/`) only if it stays on this site. (Django's `url_has_allowed_host_and_scheme`.)
 *
 * @param value The target; anything.
 * @returns The target, ready for a `Location` header; `undefined` if it leads elsewhere, or nowhere.
 *
 * @example
 * ```ts
 * import { localPath } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(localPath("/cart/?page=2"), "/cart/?page=2");
 * assertEquals(localPath("https://evil.example/"), undefined);
 * assertEquals(localPath(null) ?? "/", "/");
 * ```
 */
export function localPath(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "" || FORBIDDEN_REGEXP.test(value)) return undefined;
  if (value.includes("\\") || /^[^/?#]*:/.test(value)) return undefined;
  // What a browser makes of it has the last word; the base is a host nobody can name by accident. "/..//evil" stays here, but as "//evil", and so does ".//evil"
  // on the front page: whoever passes on the path alone would send the visitor there.
  const url = URL.parse(value, `${BASE}/`);
  return url !== null && url.origin === BASE && !url.pathname.startsWith("//") ? encode(value) : undefined;
}

const STATUSES: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const BASE = "http://nuages.invalid";

// Browsers drop tabs and newlines from an address and trim other controls before they read it.
// deno-lint-ignore no-control-regex
const FORBIDDEN_REGEXP = /[\x00-\x1f\x7f]|^\s|\s$/;

function webAddress(location: string | URL): string | undefined {
  const text = String(location);
  const local = localPath(text);
  if (local !== undefined) return local;
  if (FORBIDDEN_REGEXP.test(text)) return undefined;
  const url = URL.parse(text);
  return url !== null && (url.protocol === "https:" || url.protocol === "http:") ? url.href : undefined;
}

/** Encodes what a header can't carry, and leaves what is encoded already. */
function encode(path: string): string {
  return path.replace(/[^\x21-\x7e]+/gu, (text) => encodeURIComponent(text.toWellFormed()));
}
