/**
 * The page of by_hand.ts, with what a site made of layers can't leave out, one thing after the other: `by_hand_step_by_step.ts 3` has the first three of
 * `STEPS` in step_names.ts. Everything is written for this page alone, so that what is left between the last step and the full stack is the price of being general.
 */

import { createHash } from "node:crypto";
import { serve } from "./announce.ts";
import { cookieOf } from "./cookie_of.ts";
import { isDeveloping } from "./is_developing.ts";
import { PAGE_TYPE, pageOf, SESSION_COOKIE, WELCOME } from "./page.ts";

interface Visitor {
  name: string;
  messages: string[];
  /** Where it was read. */
  stored?: StoredVisitor;
}

interface StoredVisitor {
  data: string;
  expires: number;
  version: number;
}

const step = Number(Deno.args[0]);
const viewMayHaveThem = step >= 2;
const waits = step >= 3;
const asksWhoAsks = step >= 4;
const keepsTexts = step >= 5;

const TWO_WEEKS = 1_209_600;
const behindProxy = Deno.args.includes("--proxy");
const cookieName = behindProxy ? `__Host-${SESSION_COOKIE}` : SESSION_COOKIE;
const cookieEnd = `HttpOnly; Max-Age=${TWO_WEEKS}; Path=/; SameSite=Lax${behindProxy ? "; Secure" : ""}`;
const objects = new Map<string, Visitor & { expires: number }>();
const texts = new Map<string, StoredVisitor>();
/** Hashing an id and parsing a text are remembered, as the store does. */
const keys = new Map<string, string>();
const parsed = new Map<string, Visitor>();

serve((request, info) => {
  const began = performance.now();
  if (request.method === "POST") return signIn(request, began);
  return waits ? pageLater(request, info, began) : page(visitorOf(request, info), began);
});

async function pageLater(request: Request, info: Deno.ServeHandlerInfo, began: number): Promise<Response> {
  const visitor = await Promise.resolve(visitorOf(request, info));
  await Promise.resolve(visitor?.messages);
  return page(visitor, began);
}

function visitorOf(request: Request, info: Deno.ServeHandlerInfo): Visitor | undefined {
  if (asksWhoAsks && !(behindProxy ? isSecure(request, info) : isDeveloping(request, info))) return undefined;
  const id = cookieOf(request.headers.get("Cookie"), cookieName);
  if (id === undefined) return undefined;
  const found = keepsTexts ? texts.get(keyOf(id)) : objects.get(id);
  if (found === undefined || found.expires <= Date.now()) return undefined;
  return "data" in found ? visitorIn(found) : found;
}

/** Whether it comes from the proxy that was named, and that says so. */
function isSecure({ headers }: Request, { remoteAddr }: Deno.ServeHandlerInfo): boolean {
  return "hostname" in remoteAddr && PROXIES.has(remoteAddr.hostname) && headers.get("X-Forwarded-Proto") === "https";
}

const PROXIES = new Set(["127.0.0.1"]);

function keyOf(id: string): string {
  const known = keys.get(id);
  if (known !== undefined) return known;
  const key = createHash("sha256").update(id).digest("base64url");
  keys.set(id, key);
  return key;
}

/** Like any store it gives out a copy, with the version that a write would have to name. */
function visitorIn(stored: StoredVisitor): Visitor {
  const { data, expires, version } = stored;
  const copy = { data, expires, version: String(version) };
  let visitor = parsed.get(copy.data);
  if (visitor === undefined) parsed.set(copy.data, visitor = JSON.parse(copy.data) as Visitor);
  return { ...visitor, stored };
}

function page(visitor: Visitor | undefined, began: number): Response {
  const messages = visitor?.messages ?? [];
  const response = new Response(pageOf(visitor?.name, messages), { headers: { "Content-Type": PAGE_TYPE } });
  const { headers } = response;
  if (messages.length > 0) {
    headers.append("Cache-Control", "private, no-cache");
    forgetMessages(visitor!);
  }
  headers.append("Vary", "Cookie");
  headers.append("Server-Timing", `total;dur=${since(began)}`);
  add(headers, "X-Request-Id", crypto.randomUUID());
  for (const [name, value] of SECURITY) add(headers, name, value);
  return response;
}

function add(headers: Headers, name: string, value: string): void {
  if (!viewMayHaveThem || !headers.has(name)) headers.append(name, value);
}

const SECURITY = [
  ["X-Frame-Options", "DENY"],
  ["X-Content-Type-Options", "nosniff"],
  ["Referrer-Policy", "same-origin"],
  ["Cross-Origin-Opener-Policy", "same-origin"],
  ...behindProxy ? [["Strict-Transport-Security", "max-age=31536000"] as const] : [],
] as const;

function forgetMessages(visitor: Visitor): void {
  const { name, stored } = visitor;
  visitor.messages = [];
  if (stored === undefined) return;
  stored.data = JSON.stringify({ name, messages: [] });
  stored.version++;
}

function signIn(request: Request, began: number): Response {
  const site = request.headers.get("Sec-Fetch-Site");
  if (site !== "same-origin" && request.headers.get("Origin") !== new URL(request.url).origin) {
    return new Response("Forbidden", { status: 403 });
  }
  const id = crypto.getRandomValues(new Uint8Array(32)).toBase64({ alphabet: "base64url", omitPadding: true });
  const visitor: Visitor = { name: "Ada", messages: [WELCOME] };
  const expires = Date.now() + TWO_WEEKS * 1000;
  if (keepsTexts) texts.set(keyOf(id), { data: JSON.stringify(visitor), expires, version: 1 });
  else objects.set(id, { ...visitor, expires });
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
