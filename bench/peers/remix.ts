// @ts-nocheck: the packages, and so their types, are only there when the benchmark runs

/** The page with Remix's fetch-router, session (in memory, its cookie signed, as it insists) and cross-origin protection; it has nothing for headers. */

import { serve } from "../sides/announce.ts";
import { PAGE_TYPE, pageOf, SESSION_COOKIE, WELCOME } from "../sides/page.ts";
import { load, SECURITY_HEADERS, since } from "./shared.ts";

const { createCookie } = await load("@remix-run/cookie");
const { cop } = await load("@remix-run/cop-middleware");
const { createRouter } = await load("@remix-run/fetch-router");
const { Session } = await load("@remix-run/session");
const { createMemorySessionStorage } = await load("@remix-run/session/memory-storage");
const { session } = await load("@remix-run/session-middleware");

const cookie = createCookie(SESSION_COOKIE, { secrets: [crypto.randomUUID()], httpOnly: true, sameSite: "Lax" });
const router = createRouter({
  middleware: [headers, session(cookie, createMemorySessionStorage()), cop()],
});

router.get("/", ({ get }) => {
  const visitor = get(Session);
  const message = visitor.get("message");
  const headers = { "Content-Type": PAGE_TYPE, "Vary": "Cookie" };
  if (message !== undefined) headers["Cache-Control"] = "private, no-cache";
  return new Response(pageOf(visitor.get("name"), message === undefined ? [] : [message]), { headers });
});

router.post("/", ({ get }) => {
  const visitor = get(Session);
  visitor.regenerateId(true);
  visitor.set("name", "Ada");
  visitor.flash("message", WELCOME);
  return new Response(null, { status: 303, headers: { Location: "/" } });
});

serve((request) => router.fetch(request));

async function headers(_context, next) {
  const began = performance.now();
  const response = await next();
  for (const [name, value] of SECURITY_HEADERS) response.headers.set(name, value);
  response.headers.set("X-Request-Id", crypto.randomUUID());
  response.headers.set("Server-Timing", `total;dur=${since(began)}`);
  return response;
}
