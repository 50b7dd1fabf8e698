/**
 * A message as a page shows it.
 *
 * @module
 */

import { Html, html } from "../middleware/html.ts";
import { splitDataTag } from "./_message_format.ts";
import type { LevelTags } from "./message_levels.ts";
import type { StoredMessage } from "./storage.ts";

/**
 * One message for the visitor. As a string it is its text; as JSON it is `{ level, levelTag, tags, text }`, with `safe` and `data` where there are.
 *
 * @example
 * ```ts
 * import { Message } from "@nuages/web/messages";
 * import { assertEquals } from "@std/assert";
 *
 * const message = new Message({ level: 25, text: "Saved.", extraTags: "cart", safe: false }, { 25: "success" });
 *
 * assertEquals(message.tags, "cart success");
 * assertEquals(JSON.stringify(message), '{"level":25,"levelTag":"success","tags":"cart success","text":"Saved."}');
 * ```
 */
export class Message {
  /** How much it matters: 10, 20, 25, 30, 40, or a level of the site's own. */
  readonly level: number;
  /** The text. Markup if `safe`, else to be escaped. */
  readonly text: string;
  /** Whether the text is markup: the message was added as an {@linkcode Html}. (Django's `SafeData`.) */
  readonly safe: boolean;
  /** The tag of its level, such as `success`; "" if the level has none. */
  readonly levelTag: string;
  /** The tags it was given besides, separated by spaces; "" if none. */
  readonly extraTags: string;
  /** All its tags: the extra ones, then the level's. For the `class` attribute. */
  readonly tags: string;
  /** What it was given for scripts or templates, such as the link of an "undo"; `undefined` if nothing. */
  readonly data: unknown;

  /**
   * Makes a message of what is kept.
   *
   * @param stored The message as it is kept.
   * @param levelTags The tags of levels.
   */
  constructor(stored: StoredMessage, levelTags: LevelTags) {
    const { tags, data } = splitDataTag(stored.extraTags ?? "");
    this.level = stored.level;
    this.text = stored.text;
    this.safe = stored.safe;
    this.levelTag = levelTags[stored.level] ?? "";
    this.extraTags = tags;
    this.tags = [tags, this.levelTag].filter((tag) => tag !== "").join(" ");
    this.data = data;
  }

  /** The text as markup, escaped unless it is markup already: for a template of the `html` tag. */
  get html(): Html {
    return this.safe ? new Html(this.text) : html`${this.text}`;
  }

  /**
   * The text.
   *
   * @returns The text.
   */
  toString(): string {
    return this.text;
  }

  /**
   * What a script gets to see.
   *
   * @returns A JSON value.
   */
  toJSON(): unknown {
    const { level, levelTag, tags, text, safe, data } = this;
    return { level, levelTag, tags, text, ...(safe ? { safe } : {}), ...(data === undefined ? {} : { data }) };
  }
}
