import { newName, ownerPart } from "./_record.ts";
import { isRefusal } from "./_redis_scripts.ts";
import { CorruptRecordError } from "./corrupt_record_error.ts";
import { RecordTooLargeError } from "./record_too_large_error.ts";
import type { StoredSession } from "./store.ts";

/**
 * What a record lies under in its owner's index. Each entry is made for one write and is like no other, so that removing an old one can't hit
 * the one that somebody has just made for the same record.
 */
export interface RedisEntry {
  /** Whose index. */
  readonly owner: string;
  /** When it was made, by the clock of the server that has it, and a random part: `1760000000/1f2e3d4c`. */
  readonly mark: string;
  /** Until when the index keeps it, in milliseconds since the Unix epoch by the writer's clock. */
  readonly until: number;
}

/** What a version says, so that a write needs no read, and no look at the index while nothing changes there. */
export interface RedisVersion {
  /** When the record expires: a write must not touch what has expired since it was read. */
  readonly expires: number;
  /** Where the owner's index has the record. */
  readonly entry: RedisEntry | undefined;
}

/**
 * Writes a version.
 *
 * @param expires When the record expires.
 * @param entry Where the owner's index has it.
 * @returns The version: like no other, and without white space.
 */
export function newVersion(expires: number, entry: RedisEntry | undefined): string {
  const version = `${newName()}/${expires}`;
  return entry ? `${version}/${entry.owner}/${entry.until}/${entry.mark}` : version;
}

/**
 * Reads a version.
 *
 * @param version The version.
 * @returns What it says; `undefined` for one that {@linkcode newVersion} did not write.
 */
export function parseVersion(version: string): RedisVersion | undefined {
  const [, expires, owner, until, mark] = VERSION_REGEXP.exec(version) ?? [];
  if (expires === undefined) return undefined;
  const entry = owner === undefined ? undefined : { owner, until: Number(until), mark: mark! };
  return { expires: Number(expires), entry };
}

/**
 * Finds in a version where the owner's index has the record.
 *
 * @param version The version, if there is one.
 * @returns The entry; `undefined` for a record that is nobody's.
 */
export function entryOf(version: string | undefined): RedisEntry | undefined {
  return version === undefined ? undefined : parseVersion(version)?.entry;
}

/**
 * Writes how the text of a record begins: with a line that the scripts read. The session follows as it is.
 *
 * @param version The record's version.
 * @returns The line.
 */
export function headOf(version: string): string {
  return `n1 ${version}\n`;
}

/**
 * Reads what a client answered to `GET`.
 *
 * @param answer A text, or its bytes, as some clients are set; `null` if there is nothing.
 * @returns The record, expired or not.
 * @throws {CorruptRecordError} If `RedisStore` did not write it.
 * @throws {TypeError} If it is nothing that a client may answer.
 */
export function decodeRecord(answer: unknown): StoredSession | undefined {
  if (answer === null) return undefined;
  const text = answer instanceof Uint8Array ? textOf(answer) : answer;
  if (typeof text !== "string") {
    throw new TypeError(
      `Cannot use what the client of RedisStore answered as it must be a text, its bytes or null: received ${typeof answer}`,
    );
  }
  const end = text.indexOf("\n");
  const version = text.slice(3, end);
  const parsed = text.startsWith("n1 ") ? parseVersion(version) : undefined;
  if (!parsed || !Number.isFinite(parsed.expires)) throw damaged();
  return { data: text.slice(end + 1), expires: parsed.expires, version, ...ownerPart(parsed.entry?.owner) };
}

/**
 * Waits for what a server answers about a record.
 *
 * @param answer The answer.
 * @returns The same.
 * @throws {CorruptRecordError} If the key holds a list or a set: that is damage, and not a server that is down.
 */
export async function understood(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (cause) {
    throw isRefusal(cause, "WRONGTYPE") ? damaged(cause) : cause;
  }
}

/**
 * What is thrown for a value that somebody else has written.
 *
 * @param cause The error that said so.
 * @returns The error.
 */
export function damaged(cause?: unknown): CorruptRecordError {
  return new CorruptRecordError("Redis", "its value is none that RedisStore writes", { cause });
}

/**
 * What is thrown where a client answers to a script what the script doesn't. The answer stays out of the message, as it may be a session.
 *
 * @returns The error.
 */
export function notAnAnswer(): TypeError {
  return new TypeError(
    "Cannot use what the client of RedisStore answered to a script: its send() must give what the server answers, unchanged",
  );
}

/**
 * Refuses a session that is too large.
 *
 * @param data The session.
 * @param limit How large it may be, in bytes of UTF-8.
 * @throws {RecordTooLargeError} If it is larger.
 */
export function assertSize(data: string, limit: number): void {
  // No character has more than three bytes for each of its code units.
  if (data.length * 3 <= limit) return;
  const bytes = new TextEncoder().encode(data).length;
  if (bytes > limit) throw new RecordTooLargeError("Redis", bytes, limit);
}

const VERSION_REGEXP = /^[\da-f-]{36}\/([-+.\de]+)(?:\/([\w-]{43})\/([-+.\de]+)\/(\d+\/[\da-f]+))?$/;

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new CorruptRecordError("Redis", "its text is not UTF-8", { cause });
  }
}
