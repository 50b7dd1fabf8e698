import { attempt, type Awaitable, chain } from "../middleware/awaitable.ts";
import type { Context } from "../middleware/context.ts";
import { deliver, type Delivery, deliveryFor, goesElsewhere } from "./_delivery.ts";
import type { MessageQueue } from "./_message_queue.ts";
import type { MessageSettings } from "./_message_settings.ts";
import type { LoadedMessages, StoredMessage } from "./storage.ts";

/** The end of a request: decides what was shown and what waits on, and keeps that before the response leaves. */
export function depart(
  queue: MessageQueue,
  request: Request,
  context: Context,
  response: Response,
  settings: MessageSettings,
): Awaitable<Response> {
  queue.left = true;
  if (response.status >= 500) return abandon(queue, context, response);
  const delivery = deliveryFor(request, response, settings);
  if (!queue.isTouched && delivery === undefined) return response;
  const settleLoaded = (loaded: LoadedMessages) => settle(queue, loaded, request, context, response, delivery);
  if (queue.added.length > 0) return chain(queue.open(), settleLoaded);
  // Who only wanted to read has heard already that it failed, and may have made do without.
  return chain(attempt<LoadedMessages | undefined>(() => queue.open(), () => undefined), (loaded) => {
    return loaded === undefined ? response : settleLoaded(loaded);
  });
}

function settle(
  queue: MessageQueue,
  loaded: LoadedMessages,
  request: Request,
  context: Context,
  response: Response,
  delivery: Delivery | undefined,
): Awaitable<Response> {
  const isShown = queue.wasRead && queue.known.length > 0 && isVisible(request, response);
  const waiting = isShown ? queue.added : [...queue.known, ...queue.added];
  const delivered = delivery === undefined ? NONE : deliver(waiting, delivery, response.headers, queue);
  if (isShown || delivered.size > 0) forThisVisitorOnce(response.headers);
  const left = delivered.size === 0 ? waiting : waiting.filter((message) => !delivered.has(message));
  if (!loaded.stale && isSame(left, loaded.messages)) return response;
  return chain(queue.store(left, response), (lost) => {
    if (lost.length > 0) reportOverflow(lost.length, context);
    return response;
  });
}

const NONE: ReadonlySet<StoredMessage> = new Set();

/** Whether the visitor gets to see the body. */
function isVisible(request: Request, response: Response): boolean {
  return request.method !== "HEAD" && response.body !== null && !goesElsewhere(response);
}

/** A page that shows a message would show it again if it came out of a cache. (The browser's "back" is no cache in that sense.) */
function forThisVisitorOnce(headers: Headers): void {
  if (!/\bno-store\b/i.test(headers.get("Cache-Control") ?? "")) headers.set("Cache-Control", "private, no-cache");
}

function isSame(messages: readonly StoredMessage[], others: readonly StoredMessage[]): boolean {
  return messages.length === others.length && messages.every((message, index) => message === others[index]);
}

/** What failed wasn't shown, and what it told wasn't so: everything stays as it was. */
function abandon(queue: MessageQueue, context: Context, response: Response): Response {
  const count = queue.countOfNew;
  if (count > 0) {
    context.emit({
      name: "messages.dropped",
      message: `${describe(count)} dropped, as the request that added them failed with ${response.status}`,
      data: { count, status: response.status },
    });
  }
  return response;
}

/** With Django, an error in debug and nothing otherwise. */
function reportOverflow(count: number, context: Context): void {
  const message = `${describe(count)} dropped, as there is no more room: shorten them, ` +
    "or keep what doesn't fit in the session with messages({ storage: new FallbackMessages() })";
  context.emit({ name: "messages.dropped", message, data: { count } });
  if (context.app.debug) throw new Error(message);
}

function describe(count: number): string {
  return count === 1 ? "1 message was" : `${count} messages were`;
}
