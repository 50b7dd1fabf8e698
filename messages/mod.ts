/**
 * Messages: what one request has to tell the visitor, shown once, on the next page they see.
 *
 * {@linkcode messages} gives views `context.messages`: `success("Saved.")` before a redirect, `await read()` on the page behind it. Messages have
 * levels and tags as in Django, wait in a signed cookie in Django's format ({@linkcode CookieMessages}), in the session
 * ({@linkcode SessionMessages}), or in the cookie first and in the session what doesn't fit ({@linkcode FallbackMessages}, the default), and a page
 * that is fetched in advance or in the background doesn't use them up ({@linkcode isPageRequest}).
 *
 * @example
 * ```ts
 * import { pipeline, redirect, routes } from "@nuages/web/middleware";
 * import { messages } from "@nuages/web/messages";
 * import { MemoryStore, sessions } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline({ keys: [crypto.randomUUID()] })
 *   .use(sessions({ store: new MemoryStore() }))
 *   .use(messages())
 *   .handle(routes({
 *     "POST /": (_request, context) => {
 *       context.messages.success("Saved.");
 *       return redirect("/");
 *     },
 *     "GET /": async (_request, context) => Response.json(await context.messages.read()),
 *   }));
 *
 * const saved = await app(new Request("http://localhost/", { method: "POST" }));
 * const cookie = saved.headers.getSetCookie()[0]!.split(";")[0]!;
 * const page = await app(new Request("http://localhost/", { headers: { Cookie: cookie } }));
 *
 * assertEquals(await page.json(), [{ level: 25, levelTag: "success", tags: "success", text: "Saved." }]);
 * ```
 *
 * @module
 */

export * from "./cookie_messages.ts";
export * from "./fallback_messages.ts";
export type * from "./has_messages.ts";
export { isPageRequest } from "./is_page_request.ts";
export * from "./message.ts";
export { type LevelTags, type MessageLevels, messageLevels } from "./message_levels.ts";
export * from "./messages.ts";
export type * from "./messages_options.ts";
export * from "./messages_processor.ts";
export * from "./session_messages.ts";
export type * from "./storage.ts";
export * from "./success_message.ts";
export type { TemplateMessages } from "./template_messages.ts";
