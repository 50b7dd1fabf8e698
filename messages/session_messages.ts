/**
 * Messages in the session.
 *
 * @module
 */

import type { Context } from "../middleware/context.ts";
import type { HasSession } from "../sessions/session.ts";
import { OpenSessionMessages } from "./_open_session.ts";
import type { MessageStorage, OpenMessages } from "./storage.ts";

/**
 * Keeps messages in the visitor's session, under the key `_messages`, as Django does. There is room for any number of any length.
 *
 * The session is read where messages are read or added, and nowhere else. Requests of one visitor that run at the same time lose nothing of each other's:
 * what one adds while another is showing others stays, what was shown doesn't come back. Only two pages that are made at the very same
 * moment may both show a message, since the session is written when a page is finished. Ending a session (`flush()`) ends the messages in it; one added in the
 * same request, before or after, is kept in the new session.
 *
 * A page that shows messages changes the session. If that is ended while the page is made (the visitor signs out in another window), it answers 400, as any
 * request does that changes a session which is gone.
 *
 * @example
 * ```ts
 * import { pipeline, redirect, routes } from "@nuages/web/middleware";
 * import { messages, SessionMessages } from "@nuages/web/messages";
 * import { MemoryStore, sessions } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * const app = pipeline()
 *   .use(sessions({ store: new MemoryStore() }))
 *   .use(messages({ storage: new SessionMessages() }))
 *   .handle(routes({
 *     "POST /": (_request, context) => {
 *       context.messages.success("Saved.");
 *       return redirect("/");
 *     },
 *     "GET /": async (_request, context) => new Response((await context.messages.read()).join()),
 *   }));
 * const saved = await app(new Request("http://localhost/", { method: "POST" }));
 * const cookie = saved.headers.getSetCookie()[0]!.split(";")[0]!;
 * const page = await app(new Request("http://localhost/", { headers: { Cookie: cookie } }));
 *
 * assertEquals(await page.text(), "Saved.");
 * ```
 */
// deno-lint-ignore no-explicit-any -- the session may hold any keys besides
export class SessionMessages implements MessageStorage<HasSession<any>> {
  /**
   * Opens the messages in a request's session.
   *
   * @param context The request's context.
   * @returns The messages in it.
   */
  // deno-lint-ignore no-explicit-any -- as above
  open(context: Context & HasSession<any>): OpenMessages {
    return new OpenSessionMessages(context);
  }
}
