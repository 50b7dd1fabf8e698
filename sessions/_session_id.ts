import { createHash } from "node:crypto";

/**
 * Makes an id: 256 random bits. The one place of this folder where ids come from.
 *
 * @returns 43 characters of the base64url alphabet.
 */
export function newSessionId(): string {
  return crypto.getRandomValues(new Uint8Array(32)).toBase64({ alphabet: "base64url", omitPadding: true });
}

/**
 * Whether a text looks like an id of ours. What doesn't costs no look-up.
 *
 * @param text What came in a cookie.
 * @returns Whether it does.
 */
export function isSessionId(text: string): boolean {
  return ID_REGEXP.test(text);
}

/**
 * The key under which a store keeps the session of an id. An id can't be found from it, so what lies in a store opens nothing.
 *
 * @param id The id.
 * @returns Its SHA-256, 43 characters of the base64url alphabet.
 */
export function keyOfSession(id: string): string {
  return createHash("sha256").update(id).digest("base64url");
}

const ID_REGEXP = /^[A-Za-z0-9_-]{43}$/;
