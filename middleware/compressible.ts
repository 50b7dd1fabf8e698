/**
 * Which responses are worth compressing, and may be.
 *
 * @module
 */

import { vary } from "./vary.ts";

/**
 * Whether a response may be compressed, as far as its head says. What is encoded already, a part of something, or said to be for nobody to change is let alone, and so is
 * what is packed by its nature. An event stream is let alone too: its events are small, and some proxies hold compressed ones back.
 *
 * @param response The response.
 * @param minBytes How long it must be, where its length is known.
 * @param isCompressible Whether a media type is worth it.
 * @returns Whether it may.
 * @internal
 */
export function mayCompress(
  { status, headers }: Response,
  minBytes: number,
  isCompressible: (type: string) => boolean,
): boolean {
  if (status < 200 || status === 204 || status === 205 || status === 206 || status === 304) return false;
  const type = headers.get("Content-Type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (type === undefined || !isCompressible(type)) return false;
  if (headers.has("Content-Encoding") || headers.has("Content-Range")) return false;
  if (NO_TRANSFORM_REGEXP.test(headers.get("Cache-Control") ?? "")) return false;
  const length = headers.get("Content-Length");
  return length === null || Number(length) >= minBytes;
}

const NO_TRANSFORM_REGEXP = /(?:^|[\s,])no-transform(?:$|[\s,;=])/i;

/**
 * Whether a media type is one of texts, or of data that isn't packed.
 *
 * @param type The media type in lower case, without parameters.
 * @returns Whether it is.
 * @internal
 */
export function isCompressibleType(type: string): boolean {
  return type !== "text/event-stream" && TYPE_REGEXP.test(type);
}

const TYPE_REGEXP =
  /^(?:text\/.+|.+\+(?:json|xml|text|yaml)|application\/(?:json|ld\+json|jsonl|x-ndjson|xml|javascript|ecmascript|x-javascript|wasm|yaml|toml|rtf|sql|graphql|x-sh|x-www-form-urlencoded|vnd\.ms-fontobject)|font\/(?:ttf|otf|collection)|image\/(?:bmp|vnd\.microsoft\.icon|x-icon)|model\/.+)$/;

/**
 * Makes the validator of a response that is going to be compressed a weak one: the bytes are others each time. (RFC 9110 §8.8.1.)
 *
 * @param headers The response's headers.
 * @internal
 */
export function forCompressed(headers: Headers): void {
  const etag = headers.get("ETag");
  if (etag?.startsWith('"')) headers.set("ETag", `W/${etag}`);
  // Ranges and digests are those of the bytes before.
  for (const name of OF_BYTES) headers.delete(name);
}

const OF_BYTES = ["Content-Length", "Accept-Ranges", "Content-Digest", "Repr-Digest", "Digest", "Content-MD5"];

/**
 * Gives a 304 the headers that the page itself would have, as far as they depend on what it is compressed with: a cache finds by them which of its responses is still good, and names may not be left out.
 * (RFC 9110 §15.4.5, RFC 9111 §4.3.4.)
 *
 * @param headers The headers of the 304.
 * @param known What the visitor has: `If-None-Match`.
 * @param isCompressed Whether the page itself would be compressed, as far as the visitor decides that.
 * @internal
 */
export function forNotModified(headers: Headers, known: string | null, isCompressed: boolean): void {
  vary(headers, "Accept-Encoding");
  const etag = headers.get("ETag");
  if (!etag?.startsWith('"') || !known?.includes(`W/${etag}`)) return;
  // Whoever has both is told of the one it would be sent.
  const hasStrong = known.replaceAll(`W/${etag}`, "").includes(etag);
  if (isCompressed || !hasStrong) headers.set("ETag", `W/${etag}`);
}
