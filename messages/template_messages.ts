/**
 * Messages in a template.
 *
 * @module
 */

import type { Message } from "./message.ts";

/**
 * The messages as a template gets them. Going through them (a loop, a spread, `map`) marks them as shown; asking how many there are doesn't.
 */
export interface TemplateMessages extends Iterable<Message> {
  /** How many there are. */
  readonly length: number;
  /**
   * Makes something of each message, and marks them as shown.
   *
   * @typeParam T What is made of one.
   * @param show What to do with a message and its place, from 0.
   * @returns What was made, in order.
   */
  map<T>(show: (message: Message, index: number) => T): T[];
}

/**
 * Makes the messages of a template.
 *
 * @param length How many there are now.
 * @param take Gives them and marks them as shown.
 * @returns The messages.
 * @internal
 */
export function templateMessages(length: () => number, take: () => Message[]): TemplateMessages {
  return {
    get length() {
      return length();
    },
    map: (show) => take().map((message, index) => show(message, index)),
    [Symbol.iterator]: () => take()[Symbol.iterator](),
  };
}
