/** What the stack answers up to a layer, by hand: `deno run layers_by_hand.ts 3`. Layers that the visitor doesn't see are a line, or nothing. */

import { serve } from "./announce.ts";
import { cookieOf } from "./cookie_of.ts";
import { at } from "./layer_names.ts";
import { formOf, PAGE_TYPE, pageOf, SESSION_COOKIE } from "./page.ts";
import { newId, TWO_WEEKS } from "./session_by_hand.ts";

interface Visitor {
  name: string;
  messages: string[];
  expires: number;
}

const until = Number(Deno.args[0]);
const [SECURITY, ID, TIMING, READ, CSRF, MESSAGES, TOKEN] = [
  at("security()"),
  at("requestId()"),
  at("serverTiming()"),
  at("session read"),
  at("csrf()"),
  at("messages read"),
  at("token in a form"),
];
const YEAR = 31_449_600;
const visitors = new Map<string, Visitor>();

serve((request) => {
  const began = until >= TIMING ? performance.now() : 0;
  const init: Record<string, string> = { "Content-Type": PAGE_TYPE };
  if (until >= ID) init["X-Request-Id"] = crypto.randomUUID();
  if (until >= SECURITY) {
    init["X-Frame-Options"] = "DENY";
    init["X-Content-Type-Options"] = "nosniff";
    init["Referrer-Policy"] = "same-origin";
    init["Cross-Origin-Opener-Policy"] = "same-origin";
  }
  if (request.method === "POST") return signIn(request);
  let visitor: Visitor | undefined;
  let waiting: string[] = [];
  const cookies = until >= READ ? request.headers.get("Cookie") : null;
  if (until >= READ) {
    init["Vary"] = "Cookie";
    visitor = visitors.get(cookieOf(cookies, SESSION_COOKIE) ?? "");
    if (visitor !== undefined && visitor.expires <= Date.now()) visitor = undefined;
  }
  if (until >= MESSAGES && visitor !== undefined && visitor.messages.length > 0) {
    waiting = visitor.messages;
    visitor.messages = [];
  }
  let body = pageOf(visitor?.name, waiting);
  if (until >= TOKEN) {
    const secret = cookieOf(cookies, "csrftoken") ?? randomText();
    init["Cache-Control"] = "private";
    const expires = new Date(Date.now() + YEAR * 1000).toUTCString();
    init["Set-Cookie"] = `csrftoken=${secret}; expires=${expires}; Max-Age=${YEAR}; Path=/; SameSite=Lax`;
    body += formOf(masked(secret));
  }
  if (until >= TIMING) init["Server-Timing"] = `total;dur=${Math.round((performance.now() - began) * 10) / 10}`;
  return new Response(body, { headers: init });
});

function signIn(request: Request): Response {
  if (until >= CSRF && request.headers.get("Sec-Fetch-Site") !== "same-origin") {
    return new Response("Forbidden", { status: 403 });
  }
  const id = newId();
  visitors.set(id, { name: "Ada", messages: [], expires: Date.now() + TWO_WEEKS * 1000 });
  const cookie = `${SESSION_COOKIE}=${id}; HttpOnly; Max-Age=${TWO_WEEKS}; Path=/; SameSite=Lax`;
  return new Response("", { headers: { "Set-Cookie": cookie } });
}

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

function randomText(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(48));
  return Array.from(bytes).filter((byte) => byte < 248).slice(0, 32).map((byte) => LETTERS[byte % 62]).join("");
}

function masked(secret: string): string {
  const mask = randomText();
  let token = mask;
  for (let index = 0; index < 32; index++) {
    token += LETTERS[(LETTERS.indexOf(secret[index]!) + LETTERS.indexOf(mask[index]!)) % 62];
  }
  return token;
}
