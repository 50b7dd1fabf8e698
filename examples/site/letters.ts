/** The letters from readers, kept with the accounts. */

import type { User } from "@nuages/web";
import type { Records } from "./records.ts";
import type { Language } from "./texts/texts.ts";

/** A letter. */
export interface Letter {
  readonly name: string;
  /** The slug of the book that it is about. */
  readonly book: string;
  readonly text: string;
  /** The language of the page that it was written on. */
  readonly language: Language;
  /** When it was written, in milliseconds since the epoch. */
  readonly at: number;
}

/** As many characters as a letter has. */
export const LONGEST_LETTER = 600;

/** Letters in the shop's records. */
export class Letters {
  readonly #records: Records;

  constructor(records: Records) {
    this.#records = records;
  }

  /** Files a letter. */
  async add({ name }: User, { book, text, language }: Pick<Letter, "book" | "text" | "language">): Promise<void> {
    const at = Date.now();
    // In the order of time, and two of the same moment don't meet.
    const place = `${String(at).padStart(16, "0")} ${crypto.randomUUID()}`;
    const letter: Letter = { name, book, text, language, at };
    await this.#records.write([{ key: ["letters", place], value: letter }]);
  }

  /** The last letters, the last one first. */
  async latest(): Promise<Letter[]> {
    return await this.#records.latest("letters", 50) as Letter[];
  }
}
