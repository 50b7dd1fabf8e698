import type { Sealer } from "../cookies/sealer.ts";
import { encodeDocument, isObject, parseJson, type SessionDocument, toDocument } from "./_session_document.ts";
import { Recent } from "./_recent.ts";
import { CorruptRecordError } from "./corrupt_record_error.ts";

/** What stands in the place of a session that is somewhere else now, or nowhere. It holds nothing that was the visitor's. */
export interface Word {
  /** The key of the record that has taken over, which opens nothing; "" for a session that has ended. */
  readonly next: string;
  /** How requests with the old id find the new one; absent where they mustn't. */
  readonly rotation?: Rotation | undefined;
}

/** How a request with the old id goes on under the new one. */
export interface Rotation {
  /** What the new id is made of besides the old one. */
  readonly nonce: string;
  /** Until when, in milliseconds since the Unix epoch. */
  readonly until: number;
}

/** What was found under a key. */
export interface RecordContent {
  /** The session, or the word in its place. */
  readonly content: SessionDocument | Word;
  /** Whether it is worth writing as it is: an old key sealed it, or none. */
  readonly isOutdated: boolean;
}

/** How records are sealed. */
export interface Sealing {
  /** Seals and opens. */
  readonly sealer: Sealer;
  /** Whether records are read, too, that nobody has sealed. */
  readonly readPlain: boolean;
}

/** The session has ended. */
export const ENDED: Word = { next: "" };

/**
 * Makes sessions and words into the texts of records, and back: JSON, or sealed JSON that can't be opened under another key of the store.
 */
export class RecordTexts {
  readonly #sealing: Sealing | undefined;
  /** Most requests of a visitor find what the last one found. */
  readonly #recent = new Recent<RecordContent>(1024);

  constructor(sealing: Sealing | undefined) {
    this.#sealing = sealing;
  }

  /** The text of a record. */
  write(key: string, content: SessionDocument | Word): string {
    const text = isWord(content) ? encodeWord(content) : encodeDocument(content);
    return this.#sealing === undefined ? text : this.#sealing.sealer.seal(text, { name: key });
  }

  /** Whether a text is sealed, and there are no keys here. */
  isLocked(text: string): boolean {
    return this.#sealing === undefined && SEALED_REGEXP.test(text);
  }

  /**
   * What a record says.
   *
   * @param key The key it was found under.
   * @param text Its text.
   * @returns What it says; `undefined` if it is sealed and no key opens it here.
   * @throws {CorruptRecordError} If it is nothing of ours.
   */
  read(key: string, text: string): RecordContent | undefined {
    if (this.#sealing === undefined) return this.#recent.get(text) ?? this.#parse(text);
    const { sealer, readPlain } = this.#sealing;
    if (readPlain && text.startsWith("{")) return parse(text, true);
    const opened = sealer.verify(text, { name: key });
    return opened.ok ? parse(opened.value, opened.rotated) : undefined;
  }

  #parse(text: string): RecordContent {
    const read = parse(text, false);
    if (text.length <= SHORT && isUnchangeable(read.content)) this.#recent.set(text, read);
    return read;
  }
}

/** How long a text may be that is worth remembering: few are longer, and a thousand of them take no room to speak of. */
const SHORT = 1000;

/** Whether no view can change it: objects are handed out as they are. */
function isUnchangeable(content: SessionDocument | Word): boolean {
  if (isWord(content)) return true;
  for (const value of content.data.values()) if (typeof value === "object" && value !== null) return false;
  return true;
}

/**
 * Whether it is a word rather than a session.
 *
 * @param content What a record says.
 * @returns Whether it is.
 */
export function isWord(content: SessionDocument | Word): content is Word {
  return "next" in content;
}

function parse(text: string, isOutdated: boolean): RecordContent {
  const parsed = parseJson(text);
  const content = toDocument(parsed) ?? toWord(parsed);
  if (content !== undefined) return { content, isOutdated };
  const advice = SEALED_REGEXP.test(text) ? "sealed, and sessions() was not told to encrypt" : "no session";
  throw new CorruptRecordError("the session store", `its text is ${advice}`);
}

function encodeWord({ next, rotation }: Word): string {
  return JSON.stringify({ n: next, r: rotation?.nonce, u: rotation?.until });
}

function toWord(parsed: unknown): Word | undefined {
  if (!isObject(parsed)) return undefined;
  const { n: next, r: nonce, u: until } = parsed;
  if (typeof next !== "string") return undefined;
  return typeof nonce === "string" && typeof until === "number" ? { next, rotation: { nonce, until } } : { next };
}

/** The beginning of what a `Sealer` writes: the number of its version. */
const SEALED_REGEXP = /^A[Q-Za-f][\w-]{60,}$/;
