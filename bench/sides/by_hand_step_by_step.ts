/**
 * The page of by_hand.ts, with what a site made of layers can't leave out, one thing after the other: `by_hand_step_by_step.ts 3` has the first three of
 * `STEPS` in step_names.ts. Everything is written for this page alone, so that what is left between the last step and the full stack is the price of being general.
 */

import { serve } from "./announce.ts";
import { cookieOf } from "./cookie_of.ts";
import { isDeveloping } from "./is_developing.ts";
import { keyOf } from "./key_of.ts";
import { PAGE_TYPE, pageOf } from "./page.ts";
import { behindProxy, cookieName, signIn, since, type Visitor } from "./sign_in_by_hand.ts";

interface Found extends Visitor {
  /** Where it was read. */
  readonly stored?: StoredVisitor;
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

const objects = new Map<string, Visitor & { expires: number }>();
const texts = new Map<string, StoredVisitor>();
/** Parsing a text is remembered, as the store does. */
const parsed = new Map<string, Visitor>();

serve((request, info) => {
  const began = performance.now();
  if (request.method === "POST") return signIn(request, began, keep);
  return waits ? pageLater(request, info, began) : page(visitorOf(request, info), began);
});

async function pageLater(request: Request, info: Deno.ServeHandlerInfo, began: number): Promise<Response> {
  const visitor = await Promise.resolve(visitorOf(request, info));
  await Promise.resolve(visitor?.messages);
  return page(visitor, began);
}

function visitorOf(request: Request, info: Deno.ServeHandlerInfo): Found | undefined {
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

/** Like any store it gives out a copy, with the version that a write would have to name. */
function visitorIn(stored: StoredVisitor): Found {
  const { data, expires, version } = stored;
  const copy = { data, expires, version: String(version) };
  let visitor = parsed.get(copy.data);
  if (visitor === undefined) parsed.set(copy.data, visitor = JSON.parse(copy.data) as Visitor);
  return { ...visitor, stored };
}

function page(visitor: Found | undefined, began: number): Response {
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

function forgetMessages(visitor: Found): void {
  const { name, stored } = visitor;
  visitor.messages = [];
  if (stored === undefined) return;
  stored.data = JSON.stringify({ name, messages: [] });
  stored.version++;
}

function keep(id: string, visitor: Visitor, expires: number): void {
  if (keepsTexts) texts.set(keyOf(id), { data: JSON.stringify(visitor), expires, version: 1 });
  else objects.set(id, { ...visitor, expires });
}
