import { djangoJson } from "../cookies/django_json.ts";
import { isHtmx, isPrefetch } from "./is_page_request.ts";
import type { Message } from "./message.ts";
import type { MessageSettings } from "./_message_settings.ts";
import type { StoredMessage } from "./storage.ts";

/** How messages reach a script: in a header of their own, or as an event of HTMX. */
export type Delivery = { readonly header: string } | { readonly htmxEvent: string };

/** Whether this response brings messages to a script, and how: only where the script has asked, and will see it. */
export function deliveryFor(
  request: Request,
  response: Response,
  { header, htmxEvent }: MessageSettings,
): Delivery | undefined {
  if (header === undefined && htmxEvent === undefined) return undefined;
  if (isPrefetch(request) || goesElsewhere(response)) return undefined;
  if (header !== undefined && request.headers.has(header)) return { header };
  return htmxEvent !== undefined && isHtmx(request) ? { htmxEvent } : undefined;
}

/** Whether the browser, or HTMX, follows to another place and nobody sees this response. */
export function goesElsewhere({ status, headers }: Response): boolean {
  if (status < 200 || (status >= 300 && status < 400)) return true;
  return headers.has("HX-Redirect") || headers.has("HX-Location") || headers.has("HX-Refresh");
}

/**
 * Puts messages into the headers, oldest first, as many as fit.
 *
 * @param messages The messages that wait.
 * @param delivery How they reach the script.
 * @param headers The headers of the response.
 * @param presenter Makes of a message what the script gets.
 * @returns Those that were delivered.
 */
export function deliver(
  messages: readonly StoredMessage[],
  delivery: Delivery,
  headers: Headers,
  presenter: { present(message: StoredMessage): Message },
): ReadonlySet<StoredMessage> {
  const trigger = "htmxEvent" in delivery ? readTrigger(headers.get("HX-Trigger"), delivery.htmxEvent) : {};
  const delivered = new Set<StoredMessage>();
  if (trigger === undefined) return delivered;
  const list: unknown[] = [];
  let room = MAX_BYTES - "[]".length;
  for (const message of messages) {
    const value = presenter.present(message).toJSON();
    const size = djangoJson(value).length + ",".length;
    // One that never fits waits for a page. It doesn't keep back those behind it.
    if (size > MAX_BYTES - "[]".length) continue;
    if (size > room) break;
    room -= size;
    list.push(value);
    delivered.add(message);
  }
  if (list.length === 0) return delivered;
  if ("header" in delivery) headers.set(delivery.header, djangoJson(list));
  else headers.set("HX-Trigger", djangoJson({ ...trigger, [delivery.htmxEvent]: list }));
  return delivered;
}

/** Many proxies take 4 or 8 KiB for all headers of a response. */
const MAX_BYTES = 4000;

/**
 * The events a view raises already: names with commas between, or a JSON object.
 *
 * @returns The events, or `undefined` if ours can't be added without taking something away.
 */
function readTrigger(text: string | null, event: string): Record<string, unknown> | undefined {
  if (text === null || text.trim() === "") return {};
  if (!text.trimStart().startsWith("{")) {
    const names = text.split(",").map((name) => name.trim());
    return names.includes(event) ? undefined : Object.fromEntries(names.map((name) => [name, null]));
  }
  try {
    const events = JSON.parse(text);
    return Object.hasOwn(events, event) ? undefined : events;
  } catch {
    return undefined;
  }
}
