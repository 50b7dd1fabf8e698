import { timingSafeEqual } from "@std/crypto/timing-safe-equal";
import type { KeyObject } from "node:crypto";
import { lazyNode } from "./lazy_node.ts";
import type { SigningAlgorithm } from "./key_ring.ts";

/** Throws unless a value is a text that UTF-8 carries: each lone surrogate would be signed as the same character. */
export function assertText(value: string): void {
  if (typeof value !== "string" || !value.isWellFormed()) {
    throw new TypeError("Cannot sign the value as it must be a text without lone surrogates");
  }
}

/** The signature of a text as it is written: base64url without padding. */
export function signatureOf(text: string, key: KeyObject, algorithm: SigningAlgorithm): string {
  return nodeCrypto().createHmac(algorithm, key).update(text).digest("base64url");
}

/**
 * Whether two signatures are the same text, in a time that does not tell where they differ.
 *
 * The texts are compared, not the bytes they stand for: the last character of 32 bytes in base64url has two bits that
 * a decoder ignores, so four texts would pass for one signature.
 */
export function isSameSignature(expected: string, received: string): boolean {
  const { length } = expected;
  if (received.length !== length) return false;
  encoder.encodeInto(expected, expectedBytes);
  // What is received may be outside of ASCII and then takes more bytes, the first of which already differ.
  encoder.encodeInto(received, receivedBytes);
  return timingSafeEqual(expectedBytes.subarray(0, length), receivedBytes.subarray(0, length));
}

const nodeCrypto = lazyNode("node:crypto");
const encoder = new TextEncoder();
// Written and read within one call, so that one pair serves all. The longest signature, SHA-512, has 86 characters.
const expectedBytes = new Uint8Array(128);
const receivedBytes = new Uint8Array(128);
