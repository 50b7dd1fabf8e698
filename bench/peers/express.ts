// @ts-nocheck: the packages, and so their types, are only there when the benchmark runs

/** The page with Express 5 and what people put beside it: helmet, express-session (in memory), cookie-parser, csrf-csrf and connect-flash. */

import { announce } from "../sides/announce.ts";
import { PAGE_TYPE, pageOf, SESSION_COOKIE, WELCOME } from "../sides/page.ts";
import { load, since } from "./shared.ts";

const { default: cookieParser } = await load("cookie-parser");
const { default: flash } = await load("connect-flash");
const { doubleCsrf } = await load("csrf-csrf");
const { default: express } = await load("express");
const { default: session } = await load("express-session");
const { default: helmet } = await load("helmet");

const secret = crypto.randomUUID();
const { doubleCsrfProtection, generateCsrfToken } = doubleCsrf({
  getSecret: () => secret,
  getSessionIdentifier: (request) => request.sessionID,
  cookieName: "csrf",
  cookieOptions: { secure: false, sameSite: "lax" },
});

const app = express();
app.disable("x-powered-by");
app.disable("etag");
app.use((_request, response, next) => {
  const began = performance.now();
  const { writeHead } = response;
  response.writeHead = function (...args) {
    response.setHeader("Server-Timing", `total;dur=${since(began)}`);
    return writeHead.apply(this, args);
  };
  response.setHeader("X-Request-Id", crypto.randomUUID());
  next();
});
app.use(helmet({
  contentSecurityPolicy: false,
  crossOriginResourcePolicy: false,
  originAgentCluster: false,
  strictTransportSecurity: false,
  xDnsPrefetchControl: false,
  xDownloadOptions: false,
  xPermittedCrossDomainPolicies: false,
  xXssProtection: false,
  referrerPolicy: { policy: "same-origin" },
  xFrameOptions: { action: "deny" },
}));
app.use(session({
  secret,
  name: SESSION_COOKIE,
  resave: false,
  saveUninitialized: false,
  cookie: { maxAge: 1_209_600_000, sameSite: "lax" },
}));
app.use(cookieParser());
app.use(doubleCsrfProtection);
app.use(flash());

app.get("/", (request, response) => {
  response.setHeader("Vary", "Cookie");
  response.setHeader("Content-Type", PAGE_TYPE);
  if (request.headers["x-wants-token"]) {
    // csrf-csrf binds its token to the session, which only lasts if something is in it.
    request.session.visited = true;
    response.setHeader("X-CSRF-Token", generateCsrfToken(request, response));
  }
  const messages = request.session.flash ? request.flash("message") : [];
  if (messages.length > 0) response.setHeader("Cache-Control", "private, no-cache");
  response.end(pageOf(request.session.name, messages));
});

app.post("/", (request, response) => {
  request.session.name = "Ada";
  request.flash("message", WELCOME);
  response.redirect(303, "/");
});

const server = app.listen(0, "127.0.0.1", () => announce({ port: server.address().port }));
