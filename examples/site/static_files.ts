/** The three files beside the pages. They are named here, so that no address can lead to any other file. */

import { type Context, type Handler, type HasParams, NotFound } from "@nuages/web";
import { eTag, ifNoneMatch } from "@std/http/etag";

const TYPES: ReadonlyMap<string, string> = new Map([
  ["favicon.svg", "image/svg+xml"],
  ["shop.css", "text/css; charset=utf-8"],
  ["shop.js", "text/javascript; charset=utf-8"],
]);

/** `GET /static/:file`. Browsers keep the files and ask each time whether they have changed. */
export const staticFile: Handler<Context & HasParams<{ file: string }>> = async (request, { params: { file } }) => {
  const type = TYPES.get(file);
  if (type === undefined) throw new NotFound();
  const bytes = await Deno.readFile(new URL(`./static/${file}`, import.meta.url));
  const tag = await eTag(bytes);
  const headers = { "Content-Type": type, "Cache-Control": "public, no-cache", "ETag": tag };
  if (!ifNoneMatch(request.headers.get("If-None-Match"), tag)) return new Response(null, { status: 304, headers });
  return new Response(bytes, { headers });
};
