// @ts-nocheck: the packages, and so their types, are only there when the benchmark runs

/** The page with h3 and its `useSession`, which keeps the session sealed in the cookie; it has nothing for the rest. */

import { serve } from "../sides/announce.ts";
import { PAGE_TYPE, pageOf, SESSION_COOKIE, WELCOME } from "../sides/page.ts";
import { isOwnForm, load, SECURITY_HEADERS, since } from "./shared.ts";

const { H3, useSession } = await load("h3");

const config = {
  name: SESSION_COOKIE,
  password: crypto.randomUUID() + crypto.randomUUID(),
  cookie: { httpOnly: true, sameSite: "lax", secure: false },
};

const app = new H3();

app.use(async (event, next) => {
  const began = performance.now();
  for (const [name, value] of SECURITY_HEADERS) event.res.headers.set(name, value);
  event.res.headers.set("X-Request-Id", crypto.randomUUID());
  const result = await next();
  event.res.headers.set("Server-Timing", `total;dur=${since(began)}`);
  return result;
});

app.use((event, next) => {
  if (event.req.method === "GET" || isOwnForm(event.req.headers, event.req.url)) return next();
  return new Response("Forbidden", { status: 403 });
});

app.get("/", async (event) => {
  const { data, update } = await useSession(event, config);
  const { message } = data;
  event.res.headers.set("Content-Type", PAGE_TYPE);
  event.res.headers.set("Vary", "Cookie");
  if (message) {
    event.res.headers.set("Cache-Control", "private, no-cache");
    await update({ message: "" });
  }
  return pageOf(data.name, message ? [message] : []);
});

app.post("/", async (event) => {
  const { update } = await useSession(event, config);
  await update({ name: "Ada", message: WELCOME });
  return new Response(null, { status: 303, headers: { Location: "/" } });
});

serve(app.fetch);
