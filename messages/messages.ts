/**
 * The messages middleware.
 *
 * @module
 */

import type { Context } from "../middleware/context.ts";
import { describeLayer } from "../middleware/describe_layer.ts";
import type { Middleware } from "../middleware/handler.ts";
import type { Hooks } from "../middleware/hooks.ts";
import { inSteps, type Steps } from "../middleware/steps.ts";
import type { HasSession } from "../sessions/session.ts";
import { depart } from "./_departure.ts";
import { MessageQueue } from "./_message_queue.ts";
import { resolveMessageSettings } from "./_message_settings.ts";
import { missingKeys } from "./_open_cookie.ts";
import { FallbackMessages } from "./fallback_messages.ts";
import type { HasMessages } from "./has_messages.ts";
import type { FallbackOptions, StorageOptions } from "./messages_options.ts";
import type { MessageStorage } from "./storage.ts";

/**
 * Gives views messages for the visitor, as `context.messages`: what one request has to say ("Saved."), shown once on the next page.
 *
 * Who has no messages costs nothing: no cookie is read, no session. Where something was read or added, it is written before the response leaves.
 * A page that shows a message says `Cache-Control: private, no-cache` (unless `no-store`), so that no cache shows it again.
 *
 * By default messages are kept in a signed cookie, and in the session what doesn't fit: `sessions()` must stand before. A site without sessions
 * passes `{ storage: new CookieMessages() }`, and the compiler asks for sessions no more.
 *
 * @param options Where messages are kept, and which.
 * @returns The middleware.
 * @throws {TypeError} If an option can't be used; when the pipeline is built, if it has no keys and messages are to be signed.
 * @throws {RangeError} If `minLevel` is no whole number.
 *
 * @example
 * ```ts
 * import { html, htmlResponse, pipeline, redirect, routes } from "@nuages/web/middleware";
 * import { messages } from "@nuages/web/messages";
 * import { MemoryStore, sessions } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline({ keys: [crypto.randomUUID()] })
 *   .use(sessions({ store: new MemoryStore() }))
 *   .use(messages())
 *   .handle(routes({
 *     "POST /profile/": (_request, context) => {
 *       context.messages.success("Your profile was saved.");
 *       return redirect("/profile/");
 *     },
 *     "GET /profile/": async (_request, context) => {
 *       const list = await context.messages.read();
 *       return htmlResponse(html`${list.map((message) => html`<p class="${message.tags}">${message}</p>`)}`);
 *     },
 *   }));
 *
 * const saved = await app(new Request("http://localhost/profile/", { method: "POST" }));
 * const cookie = saved.headers.getSetCookie()[0]!.split(";")[0]!;
 * const page = await app(new Request("http://localhost/profile/", { headers: { Cookie: cookie } }));
 *
 * assertEquals(await page.text(), '<p class="success">Your profile was saved.</p>');
 * ```
 *
 * @example Messages for a script
 * ```ts
 * import { pipeline } from "@nuages/web/middleware";
 * import { CookieMessages, messages } from "@nuages/web/messages";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline({ keys: [crypto.randomUUID()] })
 *   .use(messages({ storage: new CookieMessages(), header: "X-Messages" }))
 *   .handle((_request, context) => {
 *     context.messages.success("Emma is in your cart.");
 *     return Response.json({ count: 1 });
 *   });
 *
 * // In the browser: fetch("/cart/", { method: "POST", headers: { "X-Messages": "1" } })
 * const response = await app(new Request("http://localhost/cart/", { method: "POST", headers: { "X-Messages": "1" } }));
 * const [message] = JSON.parse(response.headers.get("X-Messages") ?? "[]");
 *
 * assertEquals([message.levelTag, message.text], ["success", "Emma is in your cart."]);
 * ```
 */
// deno-lint-ignore no-explicit-any -- the session may hold any keys
export function messages(options?: FallbackOptions): Middleware<HasSession<any>, HasMessages>;
/**
 * The same with messages in a place of your choice. What that needs on the context is what this needs.
 *
 * @typeParam N What the storage needs on the context.
 * @param options Where messages are kept, and which.
 * @returns The middleware.
 */
export function messages<N>(options: StorageOptions<N>): Middleware<N, HasMessages>;
// deno-lint-ignore no-explicit-any -- as the overloads say
export function messages(options: FallbackOptions | StorageOptions<unknown> = {}): Middleware<any, HasMessages> {
  const settings = resolveMessageSettings(options);
  const storage = resolveStorage(options);

  const isDelivered = settings.header !== undefined || settings.htmxEvent !== undefined;
  const steps: Steps<MessageQueue> = {
    name: "messages",
    begin: (request, context, left) => new MessageQueue(request, context, settings, storage, left),
    // What is sent along with a response for a script has to be looked at, though no view has asked for it.
    isEager: isDelivered,
    adds: { messages: (queue) => queue },
    hooks: HOOKS,
    leave: (response, queue, request, context) =>
      queue === undefined ? response : depart(queue, request, context, response, settings),
  };
  return describeLayer((next, app) => {
    if (storage.needsKeys && app !== undefined && app.keys === undefined) throw missingKeys();
    return inSteps(next, steps);
  }, { name: "messages", facts: { storage, minLevel: settings.minLevel, isDelivered } });
}

/** A view that throws has shown nothing, whatever it read before. */
const HOOKS: Hooks<Context & HasMessages> = {
  processException(_request, { messages }) {
    messages.keep();
  },
};

// deno-lint-ignore no-explicit-any -- as the overloads say
function resolveStorage({ storage, cookie }: FallbackOptions | StorageOptions<unknown>): MessageStorage<any> {
  if (storage === undefined) return new FallbackMessages(cookie);
  if (cookie !== undefined) {
    throw new TypeError(
      "Cannot create messages with a cookie beside a storage: give it to the storage, as in new CookieMessages({ name })",
    );
  }
  if (typeof storage?.open !== "function") {
    throw new TypeError(
      `Cannot create messages with a storage that is ${Deno.inspect(storage)}: pass new CookieMessages() or the like`,
    );
  }
  return storage;
}
