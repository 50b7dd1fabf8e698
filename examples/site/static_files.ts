/** The three files beside the pages. They are named here, so that no address can lead to any other file. */

import { type Context, gzip, type Handler, type HasParams, type Middleware, NotFound, routes } from "@nuages/web";
import { eTag, ifNoneMatch } from "@std/http/etag";

const TYPES: ReadonlyMap<string, string> = new Map([
  ["favicon.svg", "image/svg+xml"],
  ["shop.css", "text/css; charset=utf-8"],
  ["shop.js", "text/javascript; charset=utf-8"],
]);

/** `GET /static/:file`. Browsers keep the files and ask each time whether they have changed. */
const staticFile: Handler<Context & HasParams<{ file: string }>> = async (request, { params: { file } }) => {
  const type = TYPES.get(file);
  if (type === undefined) throw new NotFound();
  const bytes = await Deno.readFile(new URL(`./static/${file}`, import.meta.url));
  const tag = await eTag(bytes);
  const headers = { "Content-Type": type, "Cache-Control": "public, no-cache", "ETag": tag };
  if (!ifNoneMatch(request.headers.get("If-None-Match"), tag)) return new Response(null, { status: 304, headers });
  return new Response(bytes, { headers });
};

const table = routes({ "GET /static/:file": staticFile });

/** Answers for the files before anybody asks for a language or a session: a style sheet depends on neither. */
export const staticFiles: Middleware = (next, app) => {
  const files = gzip()(table, app);
  return function staticFiles(request, context) {
    return context.url.pathname.startsWith("/static/") ? files(request, context) : next(request, context);
  };
};
