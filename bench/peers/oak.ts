// @ts-nocheck: the packages, and so their types, are only there when the benchmark runs

/**
 * The page with oak, in the last version on npm (later ones are on JSR alone). Its build for npm answers through `node:http` also on Deno; called from
 * `Deno.serve`, with its answer copied into a response of Deno, it is faster, so that is what is measured. Sessions are a map beside its signed cookies:
 * what there is for oak is not on npm.
 */

import { serve } from "../sides/announce.ts";
import { PAGE_TYPE, pageOf, SESSION_COOKIE, WELCOME } from "../sides/page.ts";
import { isOwnForm, load, SECURITY_HEADERS, since } from "./shared.ts";

const { Application, Router } = await load("@oakserver/oak");

const sessions = new Map();
const app = new Application({ keys: [crypto.randomUUID()] });

app.use(async (context, next) => {
  const began = performance.now();
  await next();
  const { headers } = context.response;
  for (const [name, value] of SECURITY_HEADERS) headers.set(name, value);
  headers.set("X-Request-Id", crypto.randomUUID());
  headers.set("Server-Timing", `total;dur=${since(began)}`);
});

app.use(async (context, next) => {
  const { method, headers, url } = context.request;
  if (method === "GET" || isOwnForm(headers, url.href)) return await next();
  context.response.status = 403;
});

app.use(async (context, next) => {
  const id = await context.cookies.get(SESSION_COOKIE);
  context.state.session = id === undefined ? undefined : sessions.get(id);
  await next();
});

const router = new Router();

router.get("/", (context) => {
  const { session } = context.state;
  const message = session?.message;
  context.response.headers.set("Vary", "Cookie");
  if (message !== undefined) {
    context.response.headers.set("Cache-Control", "private, no-cache");
    session.message = undefined;
  }
  context.response.headers.set("Content-Type", PAGE_TYPE);
  context.response.body = pageOf(session?.name, message === undefined ? [] : [message]);
});

router.post("/", async (context) => {
  const id = crypto.randomUUID();
  sessions.set(id, { name: "Ada", message: WELCOME });
  await context.cookies.set(SESSION_COOKIE, id, { httpOnly: true, sameSite: "lax" });
  context.response.status = 303;
  context.response.headers.set("Location", "/");
});

app.use(router.routes());

serve(async (request, info) => {
  const { body, status, headers } = await app.handle(request, info.remoteAddr);
  return new Response(body, { status, headers: [...headers] });
});
