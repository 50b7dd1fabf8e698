/**
 * Messages for every template.
 *
 * @module
 */

import { type Awaitable, chain } from "../middleware/awaitable.ts";
import type { Context } from "../middleware/context.ts";
import type { HasMessages } from "./has_messages.ts";
import { type MessageLevels, messageLevels } from "./message_levels.ts";
import type { TemplateMessages } from "./template_messages.ts";

/** What {@linkcode messagesProcessor} gives templates. */
export type MessagesData = {
  /** The messages: none for a request that isn't for a page. */
  readonly messages: TemplateMessages;
  /** The usual levels by name, to compare a message's with. (Django's `DEFAULT_MESSAGE_LEVELS`.) */
  readonly messageLevels: MessageLevels;
};

/**
 * A context processor: gives every template `messages` and `messageLevels`. A template that goes through the messages marks them as shown;
 * one that doesn't leaves them for the next page.
 *
 * It looks for messages before each template is rendered, since a template can't wait for the session. So every page made of a template says `Vary: Cookie`.
 *
 * @param _request The request.
 * @param context Its context.
 * @returns The data.
 *
 * @example
 * ```ts
 * import { contextProcessor, html, pipeline, TemplateResponse } from "@nuages/web/middleware";
 * import { CookieMessages, messages, messagesProcessor, type MessagesData } from "@nuages/web/messages";
 * import { assertEquals } from "@std/assert";
 *
 * const page = ({ messages }: MessagesData) => html`${messages.map(({ tags, text }) => html`<p class="${tags}">${text}</p>`)}`;
 * const app = pipeline({ keys: [crypto.randomUUID()] })
 *   .use(messages({ storage: new CookieMessages() }))
 *   .use(contextProcessor(messagesProcessor))
 *   .handle((_request, context) => {
 *     context.messages.info("Tea is ready.");
 *     return new TemplateResponse(page);
 *   });
 * const response = await app(new Request("http://localhost/"));
 *
 * assertEquals(await response.text(), '<p class="info">Tea is ready.</p>');
 * ```
 */
export function messagesProcessor(_request: Request, context: Context & HasMessages): Awaitable<MessagesData> {
  return chain(context.messages.forTemplate(), (messages) => ({ messages, messageLevels }));
}
