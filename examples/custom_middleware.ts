/** Two middleware of one's own: each takes the next handler, and the compiler knows which must come first. */

import { type App, chain, extend, Forbidden, type Middleware, pipeline, routes } from "@nuages/web";

interface HasVisitor {
  readonly visitor: { readonly name: string; readonly mayWrite: boolean };
}

/** Adds `context.visitor`. A getter: who doesn't look at it pays nothing for it. */
const visitor: Middleware<unknown, HasVisitor> = (next) =>
  // A name, so that stack traces and the debug page read like the pipeline.
  function visitor(request, context) {
    return next(
      request,
      extend(context, {
        get visitor() {
          const name = context.url.searchParams.get("name") ?? "nobody";
          return { name, mayWrite: name === "Ada" };
        },
      }),
    );
  };

/** Needs `context.visitor`: without the middleware above before it, the pipeline below does not compile. */
const readersOnly: Middleware<HasVisitor> = (next) =>
  function readersOnly(request, context) {
    // What is thrown becomes an answer here, and the layers outside still add their headers to it.
    if (request.method !== "GET" && !context.visitor.mayWrite) throw new Forbidden("Only Ada may write");
    return next(request, context);
  };

/** Works after the view. `chain` goes on at once if there is nothing to wait for. */
const signature: Middleware = (next) =>
  function signature(request, context) {
    return chain(next(request, context), (response) => {
      response.headers.set("X-Served-By", "two middleware and a view");
      return response;
    });
  };

export const app: App = pipeline()
  .use(signature)
  .use(visitor)
  .use(readersOnly)
  .handle(routes({
    "GET /": (_request, context) => new Response(`Hello, ${context.visitor.name}\n`),
    "POST /": (_request, context) => new Response(`Written by ${context.visitor.name}\n`),
  }));

if (import.meta.main) Deno.serve({ hostname: "127.0.0.1" }, app);
