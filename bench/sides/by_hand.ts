/**
 * What the full stack answers, byte for byte, written by hand in one function: what somebody writes who needs just this page and knows his trade.
 *
 * It does what the visitor gets to see and no more. It keeps sessions under their bare ids, as objects, for one process; it has one key of a
 * session, one kind of message, no events, no errors, no hooks, no other page. Behind a proxy (`--proxy`) it takes for granted that there is one.
 */

import { serve } from "./announce.ts";
import { cookieOf } from "./cookie_of.ts";
import { PAGE_TYPE, pageOf } from "./page.ts";
import { behindProxy, cookieName, signIn, since, type Visitor } from "./sign_in_by_hand.ts";

const visitors = new Map<string, Visitor & { expires: number }>();

serve((request) => {
  const began = performance.now();
  if (request.method === "POST") return signIn(request, began, keep);
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

function keep(id: string, visitor: Visitor, expires: number): void {
  visitors.set(id, { ...visitor, expires });
}
