/** The full stack for `deno serve --parallel`: its threads share nothing, so the session is sealed in the cookie. */

import {
  type App,
  CookieStore,
  csrf,
  messages,
  pipeline,
  requestId,
  security,
  serverTiming,
  sessions,
} from "../../mod.ts";
import { announce } from "./announce.ts";
import { PAGE_TYPE, pageOf } from "./page.ts";

const app: App = pipeline({ keys: ["a key for the benchmark, 32 bytes at least"] })
  .use(security())
  .use(requestId())
  .use(serverTiming({ show: () => true }))
  .use(sessions<{ name: string }>({ store: new CookieStore() }))
  .use(csrf())
  .use(messages())
  .handle(async (request, context) => {
    const session = await context.session();
    if (request.method === "POST") session.set("name", "Ada");
    const waiting = await context.messages.read();
    const body = pageOf(session.get("name"), waiting.map(({ text }) => text));
    return new Response(body, { headers: { "Content-Type": PAGE_TYPE } });
  });

const program: Deno.ServeDefaultExport = {
  fetch: (request, info) => app(request, info as Deno.ServeHandlerInfo),
  onListen: (address) => announce({ port: (address as Deno.NetAddr).port }),
};

export default program;
