import { concat } from "@std/bytes/concat";
import { lazyNode } from "../cookies/lazy_node.ts";
import { ownerPart } from "./_record.ts";
import { CorruptRecordError } from "./corrupt_record_error.ts";
import type { SessionRecord } from "./store.ts";

/**
 * A file holds one record: a line of text, then the session in UTF-8.
 *
 * ```text
 * nuages-session/1 KEY EXPIRES VERSION BYTES CHECKSUM
 * nuages-session/2 KEY EXPIRES VERSION BYTES OWNER CHECKSUM
 * ```
 *
 * BYTES is the size of the session, CHECKSUM the CRC-32 of what stands between the format and itself, and of the session. A session that is
 * nobody's is written in the first form.
 */
export interface FileHeader {
  /** The record's key, so that a file under a wrong name is noticed. */
  readonly key: string;
  /** The deadline, in milliseconds since the Unix epoch. */
  readonly expires: number;
  /** Made at random for each write. */
  readonly version: string;
  /** Whose it is, if it is somebody's. */
  readonly owner?: string;
}

/** A whole file. */
export interface FileRecord extends FileHeader {
  /** The session. */
  readonly data: string;
}

/** No header is longer, in bytes. */
export const LONGEST_HEADER = 256;

/**
 * Writes a file.
 *
 * @param header Its header.
 * @param record What it holds.
 * @returns The bytes of the file.
 */
export function encodeFile(
  header: Pick<FileHeader, "key" | "version">,
  record: SessionRecord,
): Uint8Array<ArrayBuffer> {
  const data = encoder.encode(record.data);
  const always = `${header.key} ${record.expires} ${header.version} ${data.length}`;
  const [format, checked] = record.owner === undefined ? [1, always] : [2, `${always} ${record.owner}`];
  const line = `nuages-session/${format} ${checked} ${checksum(checked, data)}\n`;
  return concat([encoder.encode(line), data]);
}

/**
 * Reads the header of a file.
 *
 * @param path The file, for the message.
 * @param key The key that it should hold.
 * @param bytes The file, or its first {@linkcode LONGEST_HEADER} bytes.
 * @returns The header.
 * @throws {CorruptRecordError} If there is no such header.
 * @throws {Error} If a newer version of the library wrote it.
 */
export function decodeHeader(path: string, key: string, bytes: Uint8Array): FileHeader {
  return parseHeader(path, key, bytes).header;
}

/**
 * Reads a file.
 *
 * @param path The file, for the message.
 * @param key The key that it should hold.
 * @param bytes The whole file.
 * @returns The record.
 * @throws {CorruptRecordError} If it is not whole.
 * @throws {Error} If a newer version of the library wrote it.
 */
export function decodeFile(path: string, key: string, bytes: Uint8Array): FileRecord {
  const { header, checked, sum, start } = parseHeader(path, key, bytes);
  const data = bytes.subarray(start);
  if (checksum(checked, data) !== sum) throw new CorruptRecordError(path, "its checksum is wrong");
  try {
    return { ...header, data: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data) };
  } catch (cause) {
    throw new CorruptRecordError(path, "its text is not UTF-8", { cause });
  }
}

interface ParsedHeader {
  readonly header: FileHeader;
  /** What the checksum covers, but for the session. */
  readonly checked: string;
  readonly sum: string;
  /** Where the session begins. */
  readonly start: number;
}

const nodeZlib = lazyNode("node:zlib");
const encoder = new TextEncoder();

const HEADER_REGEXP =
  /^nuages-session\/([12]) (([\w-]{43}) (-?\d[-+.\de]*) ([\da-f-]{36}) \d+(?: ([\w-]{43}))?) ([\da-f]{8})$/;

function parseHeader(path: string, key: string, bytes: Uint8Array): ParsedHeader {
  const end = bytes.subarray(0, LONGEST_HEADER).indexOf(0x0a);
  const line = new TextDecoder().decode(bytes.subarray(0, Math.max(end, 0)));
  const match = HEADER_REGEXP.exec(line);
  if (!match) throw unreadable(path, line);
  const [, format, checked, found, expires, version, owner, sum] = match;
  if ((format === "2") !== (owner !== undefined)) throw unreadable(path, line);
  if (found !== key) throw new CorruptRecordError(path, "it holds the record of another key");
  const header = { key, expires: Number(expires), version: version!, ...ownerPart(owner) };
  return { header, checked: checked!, sum: sum!, start: end + 1 };
}

function unreadable(path: string, line: string): Error {
  if (!/^nuages-session\/(?![12] )\d/.test(line)) {
    return new CorruptRecordError(path, "it does not begin with the header that FileStore writes");
  }
  return new Error(`Cannot read session record in ${path} as a newer version of the library wrote it: update this one`);
}

function checksum(checked: string, data: Uint8Array): string {
  const { crc32 } = nodeZlib();
  return crc32(data, crc32(checked)).toString(16).padStart(8, "0");
}
