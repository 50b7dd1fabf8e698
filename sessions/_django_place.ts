import type { Verification } from "../cookies/verification.ts";
import type { Outcome } from "./_backend.ts";

/** What Django keeps of a session. */
export interface DjangoRow {
  /** The text of the session. */
  readonly text: string;
  /** Its deadline, in milliseconds since the Unix epoch. */
  readonly expires: number;
}

/** Where Django keeps sessions, by their ids. It has no versions, so what is there is changed only if its text is the one that was read. */
export interface DjangoPlace {
  /** The living row of an id. */
  read(id: string): Promise<DjangoRow | undefined>;
  /** Adds a row, and says whether the id was free. */
  create(id: string, row: DjangoRow): Promise<boolean>;
  /** Replaces a living row if its text is still the one that was seen. */
  update(id: string, row: DjangoRow, seen: string): Promise<Outcome>;
  /** Removes a row if its text is still the one that was seen. */
  removeSeen(id: string, seen: string): Promise<Outcome>;
  /** Removes a row. */
  remove(id: string): Promise<void>;
}

/** How Django makes the JSON of a session into a text. */
export interface DjangoTexts {
  /** What it is called where sessions are, for messages. */
  readonly place: string;
  /** What to do where a text is genuine and no JSON. */
  readonly remedy: string;
  /**
   * Makes a text.
   *
   * @param json The JSON, in ASCII.
   * @returns What Django keeps.
   */
  write(json: string): string;
  /**
   * Opens a text.
   *
   * @param text What was kept; anything.
   * @returns What should be JSON; or why it is refused.
   */
  open(text: string): Verification<string>;
}
