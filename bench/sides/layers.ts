/**
 * The full stack, built up to a layer, for what each of them costs: `deno run layers.ts 3`. Which numbers stand for what: {@linkcode LAYERS} in
 * layer_names.ts.
 */

import {
  type App,
  type Context,
  csrf,
  type HasCsrf,
  type HasMessages,
  type HasSession,
  MemoryStore,
  messages,
  type Middleware,
  type Pipeline,
  pipeline,
  requestId,
  security,
  serverTiming,
  sessions,
} from "../../mod.ts";
import { serve } from "./announce.ts";
import { at } from "./layer_names.ts";
import { formOf, PAGE_TYPE, pageOf } from "./page.ts";

type Everything = Context & HasSession<{ name: string }> & HasMessages & HasCsrf;

const until = Number(Deno.args[0]);
const layers: [layer: number, middleware: unknown][] = [
  [at("security()"), security()],
  [at("requestId()"), requestId()],
  [at("serverTiming()"), serverTiming({ show: () => true })],
  [at("sessions()"), sessions({ store: new MemoryStore() })],
  [at("csrf()"), csrf()],
  [at("messages()"), messages()],
];

serve(build());

/** The order is checked by the types where it is written down as usual; here it is put together while it runs. */
function build(): App {
  let stack: Pipeline = pipeline({ keys: [crypto.randomUUID() + crypto.randomUUID()] });
  for (const [layer, middleware] of layers) {
    if (layer <= until) stack = stack.use(middleware as Middleware);
  }
  return stack.handle((request, context) =>
    request.method === "POST" ? signIn(context as Everything) : page(context as Everything)
  );
}

function page(context: Everything): Response | Promise<Response> {
  // What awaits nothing stays synchronous, as it would be written.
  return until < at("session read") ? respond(pageOf(undefined, [])) : readingPage(context);
}

async function readingPage(context: Everything): Promise<Response> {
  const session = await context.session();
  const waiting = until < at("messages read") ? [] : await context.messages.read();
  const form = until < at("token in a form") ? "" : formOf(context.csrfToken());
  return respond(pageOf(session.get("name"), waiting.map(({ text }) => text)) + form);
}

async function signIn(context: Everything): Promise<Response> {
  if (until >= at("session read")) (await context.session()).set("name", "Ada");
  return respond("");
}

function respond(body: string): Response {
  return new Response(body, { headers: { "Content-Type": PAGE_TYPE } });
}
