import { lazyNode } from "./lazy_node.ts";

/** Bytes as base64url without padding. */
export function encodeBase64Url(bytes: Uint8Array): string {
  return nodeBuffer().Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64url");
}

/**
 * The bytes of a base64url text, or `undefined` unless it is exactly what {@linkcode encodeBase64Url} writes for them:
 * no padding, no foreign characters, no spare bits set. So one text stands for the bytes, and no second one.
 */
export function decodeBase64Url(text: string): Uint8Array | undefined {
  const bytes = nodeBuffer().Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : undefined;
}

const nodeBuffer = lazyNode("node:buffer");
