/**
 * What the full stack answers, byte for byte, written by hand in one function: what somebody writes who needs just this page and knows his trade.
 *
 * It does what the visitor gets to see and no more. It keeps sessions under their bare ids, as objects, for one process; it has one key of a
 * session, one kind of message, no events, no errors, no hooks, no other page. Behind a proxy (`--proxy`) it takes for granted that there is one.
 */

import { serve } from "./announce.ts";
import { cookieOf } from "./cookie_of.ts";
import { PAGE_TYPE, pageOf, SESSION_COOKIE, WELCOME } from "./page.ts";

interface Visitor {
  name: string;
  messages: string[];
  expires: number;
}

const TWO_WEEKS = 1_209_600;
const behindProxy = Deno.args.includes("--proxy");
const cookieName = behindProxy ? `__Host-${SESSION_COOKIE}` : SESSION_COOKIE;
const cookieEnd = `HttpOnly; Max-Age=${TWO_WEEKS}; Path=/; SameSite=Lax${behindProxy ? "; Secure" : ""}`;
const visitors = new Map<string, Visitor>();

serve((request) => {
  const began = performance.now();
  if (request.method === "POST") return signIn(request, began);
  const id = cookieOf(request.headers.get("Cookie"), cookieName);
  let visitor = id === undefined ? undefined : visitors.get(id);
  if (visitor !== undefined && visitor.expires <= Date.now()) visitor = undefined;
  const messages = visitor?.messages ?? [];
  const init: Record<string, string> = {
    "Content-Type": PAGE_TYPE,
    "X-Request-Id": crypto.randomUUID(),
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Vary": "Cookie",
  };
  if (behindProxy) init["Strict-Transport-Security"] = "max-age=31536000";
  if (messages.length > 0) {
    init["Cache-Control"] = "private, no-cache";
    visitor!.messages = [];
  }
  const body = pageOf(visitor?.name, messages);
  init["Server-Timing"] = `total;dur=${since(began)}`;
  return new Response(body, { headers: init });
});

function signIn(request: Request, began: number): Response {
  const site = request.headers.get("Sec-Fetch-Site");
  if (site !== "same-origin" && request.headers.get("Origin") !== new URL(request.url).origin) {
    return new Response("Forbidden", { status: 403 });
  }
  const id = crypto.getRandomValues(new Uint8Array(32)).toBase64({ alphabet: "base64url", omitPadding: true });
  visitors.set(id, { name: "Ada", messages: [WELCOME], expires: Date.now() + TWO_WEEKS * 1000 });
  return new Response(null, {
    status: 303,
    headers: {
      "Location": "/",
      "Cache-Control": "private",
      "Set-Cookie": `${cookieName}=${id}; ${cookieEnd}`,
      "X-Request-Id": crypto.randomUUID(),
      "Server-Timing": `total;dur=${since(began)}`,
    },
  });
}

function since(began: number): number {
  return Math.round((performance.now() - began) * 10) / 10;
}
