/**
 * Unpredictable bytes. The one place of this folder where randomness enters.
 *
 * @param length How many bytes, up to 65536
 * @returns Fresh bytes from the operating system's generator
 *
 * @example A nonce
 * ```ts
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(randomBytes(24).length, 24);
 * ```
 */
export function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length));
}
