import { decodeBase64Url, encodeBase64Url } from "./_base64url.ts";
import { lazyNode } from "./lazy_node.ts";

/**
 * Writes a text of JSON as Django's signing does before it signs.
 *
 * @param json The JSON, in ASCII.
 * @param compress Whether it is compressed if that makes it shorter.
 * @returns base64url of the JSON, or `.` and base64url of the compressed JSON.
 */
export function encodePayload(json: string, compress: boolean): string {
  const bytes = encoder.encode(json);
  if (compress && bytes.length <= INFLATED_LIMIT) {
    const deflated = nodeZlib().deflateSync(bytes);
    if (deflated.length < bytes.length - 1) return "." + encodeBase64Url(deflated);
  }
  return encodeBase64Url(bytes);
}

/**
 * Reads what {@linkcode encodePayload} wrote.
 *
 * @param text The text; it may be anything.
 * @returns The text that was written, JSON or not; `undefined` if it is none, or inflates to more than 4 MiB.
 */
export function decodePayload(text: string): string | undefined {
  const compressed = text.startsWith(".");
  const bytes = decodeBase64Url(compressed ? text.slice(1) : text);
  if (bytes === undefined) return undefined;
  try {
    return decoder.decode(compressed ? nodeZlib().inflateSync(bytes, { maxOutputLength: INFLATED_LIMIT }) : bytes);
  } catch {
    return undefined;
  }
}

const nodeZlib = lazyNode("node:zlib");
/** What is longer is written uncompressed, so that a reader never has to inflate more than this. */
const INFLATED_LIMIT = 4 * 1024 * 1024;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });
