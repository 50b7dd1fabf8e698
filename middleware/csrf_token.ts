/**
 * CSRF secrets and tokens, in Django's format.
 *
 * @module
 */

import { timingSafeEqual } from "@std/crypto/timing-safe-equal";
import { randomBytes } from "../cookies/random.ts";

/**
 * Makes a secret: 32 letters and digits, of which each is as likely as any other.
 *
 * @returns The secret, as the cookie keeps it.
 * @internal
 */
export function newCsrfSecret(): string {
  let secret = "";
  while (secret.length < SECRET_LENGTH) {
    // Bytes from 248 on are thrown away: modulo 62 they would make the first eight letters likelier.
    for (const byte of randomBytes(SECRET_LENGTH + 8)) {
      if (byte < 248 && secret.length < SECRET_LENGTH) secret += ALPHABET[byte % 62];
    }
  }
  return secret;
}

/**
 * Makes a token of a secret: a mask, and the secret shifted by it. The mask differs each time, so that the length of a compressed page tells
 * nothing of the secret (BREACH).
 *
 * @param secret The secret.
 * @param mask 32 letters and digits; fresh ones by default.
 * @returns The token: 64 letters and digits.
 * @internal
 */
export function maskCsrfSecret(secret: string, mask: string = newCsrfSecret()): string {
  return mask + shift(secret, mask, 1);
}

/**
 * What is wrong with the form of a token or a secret, in Django's words.
 *
 * @param value What a visitor sent.
 * @returns `undefined` if nothing is.
 * @internal
 */
export function csrfFormatProblem(value: string): string | undefined {
  const isPlain = /^[a-zA-Z0-9]*$/.test(value);
  // Python counts code points.
  const length = isPlain ? value.length : codePoints(value);
  if (length !== SECRET_LENGTH && length !== 2 * SECRET_LENGTH) return "has incorrect length";
  return isPlain ? undefined : "has invalid characters";
}

/**
 * The secret behind what a visitor sent, bare or masked.
 *
 * @param value A token or a secret without {@linkcode csrfFormatProblem}.
 * @returns The secret.
 * @internal
 */
export function csrfSecretOf(value: string): string {
  if (value.length === SECRET_LENGTH) return value;
  return shift(value.slice(SECRET_LENGTH), value.slice(0, SECRET_LENGTH), -1);
}

/**
 * Whether two secrets are the same, in a time that doesn't tell how much of them is.
 *
 * @param one A secret.
 * @param other A secret.
 * @returns Whether they are.
 * @internal
 */
export function sameCsrfSecret(one: string, other: string): boolean {
  return timingSafeEqual(encoder.encode(one), encoder.encode(other));
}

const SECRET_LENGTH = 32;
const ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const encoder = new TextEncoder();

function codePoints(text: string): number {
  return text.length - (text.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
}

function shift(text: string, mask: string, sign: 1 | -1): string {
  let shifted = "";
  for (let i = 0; i < text.length; i++) {
    shifted += ALPHABET[(indexOf(text, i) + sign * indexOf(mask, i) + 62) % 62];
  }
  return shifted;
}

/** Where a letter or digit stands in the alphabet. Without a table that could be asked for something else. */
function indexOf(text: string, at: number): number {
  const code = text.charCodeAt(at);
  if (code >= 97) return code - 97;
  return code >= 65 ? code - 39 : code + 4;
}
