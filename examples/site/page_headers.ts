/** A middleware of the site's own: what it says about every page. */

import { chain, describeLayer, type Middleware } from "@nuages/web";

const POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

const middleware: Middleware = (next) =>
  function pageHeaders(request, context) {
    return chain(next(request, context), (response) => {
      const { headers } = response;
      // Stricter than what messages() says of a page that shows some; the static files keep what they say themselves.
      if (headers.get("Content-Type")?.startsWith("text/html")) headers.set("Cache-Control", "no-store");
      // The debug page brings its own style.
      if (!context.app.debug) headers.set("Content-Security-Policy", POLICY);
      return response;
    });
  };

/**
 * No cache keeps a page, since each shows its visitor's cart: not even the browser's, whose back button would show an
 * old one. And nothing runs in a page but what this site serves: it has no script or style of its own in its markup.
 *
 * It says what it sends, so that a check of the site knows.
 */
export const pageHeaders: Middleware = describeLayer(middleware, {
  name: "pageHeaders",
  sends: { "Content-Security-Policy": POLICY },
});
