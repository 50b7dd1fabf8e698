/** The stack of a real site: security headers, request id, server timing, sessions in memory, CSRF, messages. */

import {
  type Context,
  csrf,
  type HasMessages,
  type HasSession,
  MemoryStore,
  messages,
  pipeline,
  requestId,
  security,
  serverTiming,
  sessions,
} from "../../mod.ts";
import { serve } from "./announce.ts";
import { PAGE_TYPE, pageOf, WELCOME } from "./page.ts";

type Visitor = { name: string };

// As most sites run: behind a proxy that ends TLS, so that cookies have their prefixes and browsers are told to keep to https.
const behindProxy = Deno.args.includes("--proxy");

const app = pipeline({
  keys: [crypto.randomUUID() + crypto.randomUUID()],
  ...behindProxy ? { proxies: { trust: ["127.0.0.1"] } } : {},
})
  .use(security({ hstsSeconds: behindProxy ? 31_536_000 : 0 }))
  .use(requestId())
  .use(serverTiming({ show: () => true }))
  .use(sessions<Visitor>({ store: new MemoryStore() }))
  .use(csrf())
  .use(messages())
  .handle((request, context) => request.method === "POST" ? signIn(context) : page(context));

serve(app);

async function page(context: Context & HasSession<Visitor> & HasMessages): Promise<Response> {
  const session = await context.session();
  const waiting = await context.messages.read();
  const body = pageOf(session.get("name"), waiting.map(({ text }) => text));
  return new Response(body, { headers: { "Content-Type": PAGE_TYPE } });
}

async function signIn(context: Context & HasSession<Visitor> & HasMessages): Promise<Response> {
  const session = await context.session();
  session.cycleKey();
  session.set("name", "Ada");
  context.messages.success(WELCOME);
  return new Response(null, { status: 303, headers: { Location: "/" } });
}
