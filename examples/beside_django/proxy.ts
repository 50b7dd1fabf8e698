/** The proxy: it splits the site by path. Moving a page, and moving it back, is a line in its list. */

import { staticFile } from "./static_files.ts";

/** What the proxy has to be told. */
export interface ProxyOptions {
  /** Where Django is. */
  readonly django: string;
  /** The side on Deno. */
  readonly nuages: (request: Request, info: Deno.ServeHandlerInfo) => Response | Promise<Response>;
  /** What has moved: paths, and all below them. */
  readonly moved: readonly string[];
}

/** The pages that have moved, unless somebody says otherwise. */
export const MOVED: readonly string[] = ["/cart/", "/account/"];

/** Makes the handler that stands in front of both sides. */
export function createProxy({ django, nuages, moved }: ProxyOptions): Deno.ServeHandler {
  return async (request, info) => {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith("/static/")) return await staticFile(request, pathname);
    if (moved.some((path) => pathname.startsWith(path))) return await nuages(request, info);
    return await passOn(request, info, django);
  };
}

/** Hands a request to Django as it came, and its answer back as it is. */
async function passOn(request: Request, info: Deno.ServeHandlerInfo, origin: string): Promise<Response> {
  const url = new URL(request.url);
  const headers = withoutHops(request.headers);
  // Django must not believe what a visitor says of himself here, so these are set and never added to.
  headers.set("X-Forwarded-Host", url.host);
  headers.set("X-Forwarded-Proto", url.protocol.replace(":", ""));
  headers.set("X-Forwarded-For", "hostname" in info.remoteAddr ? info.remoteAddr.hostname : "");
  // fetch() would unpack what is packed, and the header would not fit any more.
  headers.set("Accept-Encoding", "identity");
  const { method } = request;
  try {
    const body = method === "GET" || method === "HEAD" ? null : await request.arrayBuffer();
    const answer = await fetch(origin + url.pathname + url.search, { method, headers, body, redirect: "manual" });
    return new Response(answer.body, { status: answer.status, headers: withoutHops(answer.headers) });
  } catch {
    return new Response("The older half of this site is not there at the moment.", {
      status: 502,
      headers: { "Content-Type": "text/plain; charset=utf-8" },
    });
  }
}

/** What is between two machines and goes no further (RFC 9110 §7.6.1). */
const HOPS = ["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "host"];

function withoutHops(headers: Headers): Headers {
  // A copy keeps each Set-Cookie apart.
  const kept = new Headers(headers);
  const named = (headers.get("Connection") ?? "").split(",").map((name) => name.trim()).filter(isToken);
  for (const name of [...HOPS, ...named]) kept.delete(name);
  return kept;
}

function isToken(name: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(name);
}
