import { isPageRequest, isPrefetch } from "./is_page_request.ts";
import { type LevelTags, messageLevels, resolveLevelTags } from "./message_levels.ts";
import type { MessagesOptions } from "./messages_options.ts";

/** What every request of one `messages()` shares. */
export interface MessageSettings {
  /** The lowest level that is kept. */
  readonly minLevel: number;
  /** The tags of levels. */
  readonly levelTags: LevelTags;
  /** Whether messages may be shown in the answer to a request. */
  readonly isPage: (request: Request) => boolean;
  /** The header scripts ask with and get messages in. */
  readonly header: string | undefined;
  /** The event HTMX raises in the page. */
  readonly htmxEvent: string | undefined;
}

/** Checks options and fills in the defaults. */
export function resolveMessageSettings(options: MessagesOptions): MessageSettings {
  const { minLevel = messageLevels.info, tags, isPage = isPageRequest, header, htmxEvent } = options;
  assertLevel(minLevel, "create messages");
  if (header !== undefined && !/^[A-Za-z0-9-]+$/.test(header)) {
    throw new TypeError(
      `Cannot create messages as header must be a name of letters, digits and hyphens, such as "X-Messages": ` +
        `received ${JSON.stringify(header)}`,
    );
  }
  if (htmxEvent !== undefined && !/^[A-Za-z][\w:.-]*$/.test(htmxEvent)) {
    throw new TypeError(
      `Cannot create messages as htmxEvent must be the name of an event, such as "messages": ` +
        `received ${JSON.stringify(htmxEvent)}`,
    );
  }
  return {
    minLevel,
    levelTags: resolveLevelTags(tags),
    isPage: isPage === isPageRequest ? isPage : (request) => !isPrefetch(request) && isPage(request),
    header,
    htmxEvent,
  };
}

/** Refuses what is no level. */
export function assertLevel(level: number, action: string): void {
  if (Number.isSafeInteger(level)) return;
  throw new RangeError(`Cannot ${action} as a level must be a whole number: received ${Deno.inspect(level)}`);
}
