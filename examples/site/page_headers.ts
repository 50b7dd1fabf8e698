/** A middleware of the site's own: what it says about every page. */

import { chain, type Middleware } from "@nuages/web";

/**
 * No cache keeps a page unless it says itself that it is for everybody, since each shows its visitor's cart: not even the browser's, whose back
 * button would show an old one.
 */
export const pageHeaders: Middleware = (next) =>
  function pageHeaders(request, context) {
    return chain(next(request, context), (response) => {
      const { headers } = response;
      // Stricter than what messages() says of a page that shows some; other files keep what they say themselves.
      const isPage = headers.get("Content-Type")?.startsWith("text/html") ?? false;
      const isForAll = /\bpublic\b/.test(headers.get("Cache-Control") ?? "");
      if (isPage && !isForAll) headers.set("Cache-Control", "no-store");
      return response;
    });
  };
