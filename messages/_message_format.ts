// Django's MessageEncoder: [["__json_message", 0 or 1 if safe, level, "text", "extra tags"], ...]
import { decodeObject, encodeObject } from "../cookies/signed_objects.ts";
import type { StoredMessage } from "./storage.ts";

/** What stands last in a list that goes on elsewhere. */
export const NOT_FINISHED = "__messagesnotfinished__";

/** A message as Django writes it. */
export function encodeMessage({ safe, level, text, extraTags }: StoredMessage): unknown {
  const fields: unknown[] = [MESSAGE, safe ? 1 : 0, level, text];
  if (extraTags !== undefined) fields.push(extraTags);
  return fields;
}

/** The messages in a list that Django or we wrote. What is none is passed over. */
export function decodeMessages(list: readonly unknown[]): StoredMessage[] {
  return list.map(decodeMessage).filter((message) => message !== undefined);
}

/**
 * Data travels as one more tag, the last: it is the only place where Django's format has room for it and Django still reads, shows and
 * stores the message. There it is a CSS class without a meaning.
 */
export function withDataTag(tags: string, data: unknown): string {
  if (data === undefined) return tags;
  const tag = DATA_TAG + encodeObject(data, { compress: true });
  return tags === "" ? tag : `${tags} ${tag}`;
}

/** Takes the data out of the tags. A last tag that only looks like data stays a tag. */
export function splitDataTag(extraTags: string): { tags: string; data: unknown } {
  const start = extraTags.lastIndexOf(" ") + 1;
  if (extraTags.startsWith(DATA_TAG, start)) {
    const data = decodeObject(extraTags.slice(start + DATA_TAG.length));
    if (data !== undefined) return { tags: extraTags.slice(0, Math.max(0, start - 1)), data };
  }
  return { tags: extraTags, data: undefined };
}

/** Whether one of these tags would be taken for data. */
export function hasDataTag(tags: string): boolean {
  return tags.split(/\s+/).some((tag) => tag.startsWith(DATA_TAG));
}

const MESSAGE = "__json_message";
const DATA_TAG = "data:";

function decodeMessage(fields: unknown): StoredMessage | undefined {
  if (!Array.isArray(fields) || fields[0] !== MESSAGE) return undefined;
  const [, safe, level, text, extraTags] = fields as unknown[];
  if (!Number.isSafeInteger(level) || typeof text !== "string" || text === "") return undefined;
  return {
    level: level as number,
    text,
    extraTags: typeof extraTags === "string" ? extraTags : undefined,
    safe: Boolean(safe),
  };
}
