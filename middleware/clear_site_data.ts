/**
 * What a browser is to forget.
 *
 * @module
 */

/** Something a browser keeps of a site. (Clear Site Data §3.1; browsers pass over what they don't know.) */
export type SiteData =
  | "cache"
  | "cookies"
  | "storage"
  | "executionContexts"
  | "clientHints"
  | "prefetchCache"
  | "prerenderCache"
  | "*";

/**
 * Tells the browser to forget what it keeps of the site: for the answer to a sign-out, so that whoever sits there next finds no page by the back button and
 * nothing in its storage. Browsers obey over https only. The answer itself is never cached.
 *
 * `"cookies"` and `"*"` take all cookies of the host and of the whole domain above and below it, those of other applications included, and those this very
 * response sets, such as a message for the next page. The session's cookie is taken away by ending the session.
 *
 * @param response The response; one whose headers can't be written is copied.
 * @param data What to forget.
 * @returns The response.
 * @throws {TypeError} If `data` is empty, or holds something unknown.
 *
 * @example
 * ```ts
 * import { clearSiteData, pipeline, redirect } from "@nuages/web/middleware";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline().handle(() => clearSiteData(redirect("/")));
 * const response = await app(new Request("https://shop.example/sign-out/", { method: "POST" }));
 *
 * assertEquals(response.headers.get("Clear-Site-Data"), '"cache", "storage"');
 * ```
 */
export function clearSiteData(response: Response, data: readonly SiteData[] = ["cache", "storage"]): Response {
  if (!Array.isArray(data) || data.length === 0 || !data.every((each) => KNOWN.has(each))) {
    throw new TypeError(
      `Cannot clear site data as it must be a list of ${[...KNOWN].map((each) => `"${each}"`).join(", ")}: ` +
        `received ${Deno.inspect(data)}`,
    );
  }
  const writable = withOwnHeaders(response);
  writable.headers.set("Clear-Site-Data", data.map((each) => `"${each}"`).join(", "));
  writable.headers.set("Cache-Control", "no-store");
  return writable;
}

const KNOWN: ReadonlySet<string> = new Set([
  ...["cache", "cookies", "storage", "executionContexts", "clientHints", "prefetchCache", "prerenderCache", "*"],
]);

/** The headers of `Response.redirect()` can't be written, a copy's can. */
function withOwnHeaders(response: Response): Response {
  try {
    response.headers.delete("Clear-Site-Data");
    return response;
  } catch {
    return new Response(response.body, response);
  }
}
