/**
 * The same page by hand once more, taken apart: one function for each layer, each around the next, none general. What this side loses beside the page in
 * one function is the price of having layers at all: a response gets its headers after it is made, a view waits for its session and its messages, and somebody
 * has to find out whether the visitor is developing on this machine before a cookie without a prefix counts.
 */

import { serve } from "./announce.ts";
import { cookieOf } from "./cookie_of.ts";
import { isDeveloping } from "./is_developing.ts";
import { PAGE_TYPE, pageOf, SESSION_COOKIE, WELCOME } from "./page.ts";
import { newId, TWO_WEEKS } from "./session_by_hand.ts";

interface Visitor {
  name: string;
  messages: string[];
  expires: number;
}

interface Visit {
  readonly info: Deno.ServeHandlerInfo;
  session: () => Promise<Visitor | undefined>;
  messages: () => Promise<string[]>;
}

type Handler = (request: Request, visit: Visit) => Response | Promise<Response>;
type Layer = (next: Handler) => Handler;

const visitors = new Map<string, Visitor>();

const security: Layer = (next) => (request, visit) =>
  after(next(request, visit), ({ headers }) => {
    for (const [name, value] of SECURITY_HEADERS) if (!headers.has(name)) headers.append(name, value);
  });

const SECURITY_HEADERS = [
  ["X-Frame-Options", "DENY"],
  ["X-Content-Type-Options", "nosniff"],
  ["Referrer-Policy", "same-origin"],
  ["Cross-Origin-Opener-Policy", "same-origin"],
] as const;

const requestId: Layer = (next) => (request, visit) =>
  after(next(request, visit), ({ headers }) => headers.set("X-Request-Id", crypto.randomUUID()));

const serverTiming: Layer = (next) => (request, visit) => {
  const began = performance.now();
  return after(next(request, visit), ({ headers }) => {
    headers.append("Server-Timing", `total;dur=${Math.round((performance.now() - began) * 10) / 10}`);
  });
};

const sessions: Layer = (next) => (request, visit) => {
  let found: Promise<Visitor | undefined> | undefined;
  visit.session = () => found ??= Promise.resolve(visitorOf(request, visit.info));
  return after(next(request, visit), ({ headers }) => {
    if (found !== undefined) headers.append("Vary", "Cookie");
  });
};

const csrf: Layer = (next) => (request, visit) => {
  if (request.method !== "POST") return next(request, visit);
  const site = request.headers.get("Sec-Fetch-Site");
  if (site === "same-origin" || request.headers.get("Origin") === new URL(request.url).origin) {
    return next(request, visit);
  }
  return new Response("Forbidden", { status: 403 });
};

const messages: Layer = (next) => (request, visit) => {
  let read: string[] = [];
  visit.messages = async () => {
    const visitor = await visit.session();
    read = visitor?.messages ?? [];
    if (read.length > 0) visitor!.messages = [];
    return read;
  };
  return after(next(request, visit), ({ headers }) => {
    if (read.length > 0) headers.set("Cache-Control", "private, no-cache");
  });
};

async function page(request: Request, visit: Visit): Promise<Response> {
  if (request.method === "POST") return signIn();
  const visitor = await visit.session();
  const waiting = await visit.messages();
  return new Response(pageOf(visitor?.name, waiting), { headers: { "Content-Type": PAGE_TYPE } });
}

function signIn(): Response {
  const id = newId();
  visitors.set(id, { name: "Ada", messages: [WELCOME], expires: Date.now() + TWO_WEEKS * 1000 });
  return new Response(null, {
    status: 303,
    headers: {
      "Location": "/",
      "Cache-Control": "private",
      "Set-Cookie": `${SESSION_COOKIE}=${id}; HttpOnly; Max-Age=${TWO_WEEKS}; Path=/; SameSite=Lax`,
    },
  });
}

function visitorOf(request: Request, info: Deno.ServeHandlerInfo): Visitor | undefined {
  if (!isDeveloping(request, info)) return undefined;
  const id = cookieOf(request.headers.get("Cookie"), SESSION_COOKIE);
  const visitor = id === undefined ? undefined : visitors.get(id);
  return visitor !== undefined && visitor.expires > Date.now() ? visitor : undefined;
}

function after(answer: Response | Promise<Response>, act: (response: Response) => void): Response | Promise<Response> {
  if (answer instanceof Promise) {
    return answer.then((response) => {
      act(response);
      return response;
    });
  }
  act(answer);
  return answer;
}

const app = [security, requestId, serverTiming, sessions, csrf, messages].reduceRight(
  (next, layer) => layer(next),
  page as Handler,
);

serve((request, info) => app(request, { info, session: notYet, messages: notYet }));

function notYet(): never {
  throw new Error("No layer has said what to do");
}
