import { KEY_REGEXP, newName, ownerPart } from "./_record.ts";
import { CorruptRecordError } from "./corrupt_record_error.ts";
import { RecordTooLargeError } from "./record_too_large_error.ts";
import type { SessionRecord, StoredSession } from "./store.ts";

/**
 * How large a session may be, in bytes of UTF-8. Deno KV takes 819 200 bytes in one commit (800 KiB), keys included,
 * those of values counted twice; what is left pays for the keys of the largest record, a head and 13 chunks, and for two entries
 * on the index by owner.
 */
export const MAX_BYTES = 800_000;

/** Deno KV takes 65 536 bytes in one value. A head with this much data, or a chunk, stays below it. */
const CHUNK_BYTES = 64_000;

/** How many chunks the largest session has. */
export const MAX_CHUNKS: number = Math.ceil(MAX_BYTES / CHUNK_BYTES);

/** The value under a record's own key: all of a small record, or what is to know about the chunks of a large one. */
export interface Head {
  /** Made at random for each write, so that a writer that heard nothing recognises its own write. */
  readonly id: string;
  /** The deadline, in milliseconds since the Unix epoch. */
  readonly expires: number;
  /** The whole text in UTF-8, or the number of chunks that hold it. */
  readonly data: Uint8Array<ArrayBuffer> | number;
  /** Whose session it is, if it is somebody's. */
  readonly owner?: string;
}

/** A record as it is written. */
export interface Encoded {
  /** What goes under the record's own key. */
  readonly head: Head;
  /** What goes under the keys of its chunks; empty for a small record. */
  readonly chunks: readonly Uint8Array<ArrayBuffer>[];
}

/** What the version of a record says. With it, a write needs no read. */
export interface KvVersion {
  /** The versionstamp of the head. */
  readonly versionstamp: string;
  /** How many chunks the record had: the write that replaces it deletes those that are too many. */
  readonly chunks: number;
  /** When it expires: a write must not touch what has expired since it was read. */
  readonly expires: number;
  /** Whose it was: the write that replaces it takes it off that list. */
  readonly owner: string | undefined;
}

/**
 * Brings a record into the form that Deno KV keeps. UTF-8, since the size of a string in KV depends on its characters
 * (one or two bytes each, for all of them alike).
 *
 * @param record The record.
 * @returns Its head and chunks.
 * @throws {RecordTooLargeError} If it is too large for one commit.
 */
export function encodeRecord(record: SessionRecord): Encoded {
  const bytes = new TextEncoder().encode(record.data);
  if (bytes.length > MAX_BYTES) throw new RecordTooLargeError("Deno KV", bytes.length, MAX_BYTES);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  if (bytes.length > CHUNK_BYTES) {
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) chunks.push(bytes.subarray(at, at + CHUNK_BYTES));
  }
  const data = chunks.length > 0 ? chunks.length : bytes;
  return { head: { id: newName(), expires: record.expires, data, ...ownerPart(record.owner) }, chunks };
}

/**
 * Reads the value under a record's own key.
 *
 * @param value The value.
 * @returns The head.
 * @throws {CorruptRecordError} If it is none.
 */
export function decodeHead(value: unknown): Head {
  const { id, expires, data, owner } = (value ?? {}) as Partial<Head>;
  const isData = data instanceof Uint8Array ||
    typeof data === "number" && Number.isInteger(data) && data >= 1 && data <= MAX_CHUNKS;
  const isOwner = owner === undefined || typeof owner === "string" && KEY_REGEXP.test(owner);
  if (typeof id !== "string" || typeof expires !== "number" || !isData || !isOwner) {
    throw new CorruptRecordError("Deno KV", "its value is none that KvStore writes");
  }
  return { id, expires, data, ...ownerPart(owner) };
}

/**
 * Puts a stored session together.
 *
 * @param head The record's head.
 * @param bytes The text in UTF-8.
 * @param versionstamp The versionstamp of the head.
 * @returns The record with its version.
 * @throws {CorruptRecordError} If the bytes are no UTF-8.
 */
export function storedSession(head: Head, bytes: Uint8Array, versionstamp: string): StoredSession {
  try {
    // A text may begin with U+FEFF, which a decoder takes away unless told.
    const data = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return { data, expires: head.expires, ...ownerPart(head.owner), version: formatVersion(versionstamp, head) };
  } catch (cause) {
    throw new CorruptRecordError("Deno KV", "its text is not UTF-8", { cause });
  }
}

/**
 * Writes a version.
 *
 * @param versionstamp The versionstamp of the head.
 * @param head The head.
 * @returns The version.
 */
export function formatVersion(versionstamp: string, head: Head): string {
  const version = `${versionstamp}/${chunksOf(head)}/${head.expires}`;
  return head.owner === undefined ? version : `${version}/${head.owner}`;
}

/**
 * Reads a version.
 *
 * @param version The version.
 * @returns What it says; `undefined` for one that {@linkcode formatVersion} did not write.
 */
export function parseVersion(version: string): KvVersion | undefined {
  const match = VERSION_REGEXP.exec(version);
  if (!match) return undefined;
  return { versionstamp: match[1]!, chunks: Number(match[2]), expires: Number(match[3]), owner: match[4] };
}

/**
 * How many chunks a record has.
 *
 * @param head The record's head.
 * @returns Their number; 0 if the head holds the text itself.
 */
export function chunksOf({ data }: Head): number {
  return typeof data === "number" ? data : 0;
}

const VERSION_REGEXP = /^([0-9a-f]{20})\/(\d{1,2})\/([-+.\de]+)(?:\/([\w-]{43}))?$/;
