import { djangoJson } from "../cookies/django_json.ts";
import type { HasSession, Session } from "../sessions/session.ts";
import { decodeMessages, encodeMessage } from "./_message_format.ts";
import type { LoadedMessages, OpenMessages, StoredMessage } from "./storage.ts";

/** The messages in one request's session: a text of Django's JSON. */
export class OpenSessionMessages implements OpenMessages {
  readonly #context: HasSession;
  #session: Session | undefined;
  #stored: unknown;
  #loaded: readonly StoredMessage[] = [];

  // deno-lint-ignore no-explicit-any -- the session may hold any keys besides
  constructor(context: HasSession<any>) {
    this.#context = context;
  }

  async load(): Promise<LoadedMessages> {
    this.#session = await this.#context.session();
    this.#stored = this.#session.get(KEY);
    const messages = decode(this.#stored);
    this.#loaded = messages ?? [];
    return { messages: this.#loaded, complete: true, stale: messages === undefined };
  }

  store(messages: readonly StoredMessage[]): readonly StoredMessage[] {
    const wanted = new Set(messages);
    const shown = this.#loaded.filter((message) => !wanted.delete(message));
    const added = messages.filter((message) => wanted.has(message));
    const isUnreadable = this.#stored !== undefined && this.#loaded.length === 0;
    if (shown.length === 0 && added.length === 0 && !isUnreadable) return [];
    // It runs again on what is stored then, if another request was faster: its messages stay.
    this.#session!.update(KEY, (current) => {
      return encode(current === this.#stored ? messages : [...without(decode(current) ?? [], shown), ...added]);
    });
    return [];
  }
}

const KEY = "_messages";

function encode(messages: readonly StoredMessage[]): string | undefined {
  return messages.length === 0 ? undefined : djangoJson(messages.map(encodeMessage), { spaced: true });
}

/** The messages in a text; `undefined` if it is none of ours or Django's. */
function decode(text: unknown): StoredMessage[] | undefined {
  if (text === undefined) return [];
  try {
    const list: unknown = JSON.parse(String(text));
    return Array.isArray(list) ? decodeMessages(list) : undefined;
  } catch {
    return undefined;
  }
}

/** Takes away one message for each that was shown, so that of two equal ones the other stays. */
function without(messages: readonly StoredMessage[], shown: readonly StoredMessage[]): StoredMessage[] {
  const counts = new Map<string, number>();
  for (const message of shown) {
    const text = identity(message);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return messages.filter((message) => {
    const text = identity(message);
    const left = counts.get(text) ?? 0;
    if (left > 0) counts.set(text, left - 1);
    return left === 0;
  });
}

function identity(message: StoredMessage): string {
  return djangoJson(encodeMessage(message));
}
