// @ts-nocheck: the packages, and so their types, are only there when the benchmark runs

/** The page with Hono, its own middleware, and hono-sessions (in memory); messages are what hono-sessions calls a flash. */

import { serve } from "../sides/announce.ts";
import { PAGE_TYPE, pageOf, SESSION_COOKIE, WELCOME } from "../sides/page.ts";
import { load } from "./shared.ts";

const { Hono } = await load("hono");
const { csrf } = await load("hono/csrf");
const { requestId } = await load("hono/request-id");
const { secureHeaders } = await load("hono/secure-headers");
const { timing } = await load("hono/timing");
const { MemoryStore, sessionMiddleware } = await load("hono-sessions");

const app = new Hono();
app.use(secureHeaders({
  crossOriginResourcePolicy: false,
  originAgentCluster: false,
  strictTransportSecurity: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
  referrerPolicy: "same-origin",
  xFrameOptions: "DENY",
}));
app.use(requestId());
app.use(timing({ totalDescription: "" }));
app.use(sessionMiddleware({
  store: new MemoryStore(),
  expireAfterSeconds: 1_209_600,
  // With it every reading writes.
  autoExtendExpiration: false,
  sessionCookieName: SESSION_COOKIE,
  cookieOptions: { httpOnly: true, path: "/", sameSite: "Lax" },
}));
app.use(csrf());

app.get("/", (c) => {
  const session = c.get("session");
  const message = session.get("message");
  c.header("Vary", "Cookie");
  c.header("Content-Type", PAGE_TYPE);
  if (message !== null) c.header("Cache-Control", "private, no-cache");
  return c.body(pageOf(session.get("name") ?? undefined, message === null ? [] : [message]));
});

app.post("/", (c) => {
  const session = c.get("session");
  session.set("name", "Ada");
  session.flash("message", WELCOME);
  return c.redirect("/", 303);
});

serve(app.fetch);
