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
 * The keys of the ids seen last are remembered, since a page and what belongs to it come with one id in a row, and hashing is dearer than all else that
 * finding a session takes. What is remembered is in this process only, where every request brings its id anyway.
 *
 * @param id The id.
 * @returns Its SHA-256, 43 characters of the base64url alphabet.
 */
export function keyOfSession(id: string): string {
  let key = recent.get(id);
  if (key !== undefined) return key;
  key = older.get(id) ?? createHash("sha256").update(id).digest("base64url");
  if (recent.size >= REMEMBERED) {
    older = recent;
    recent = new Map();
  }
  recent.set(copyOf(id), key);
  return key;
}

/** A text of its own: one that was cut out of a header keeps the whole header in memory. */
function copyOf(id: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(id));
}

/** Two generations: when the younger is full the older is forgotten, so that no more than twice this many are kept. */
const REMEMBERED = 2048;
let recent = new Map<string, string>();
let older = new Map<string, string>();

const ID_REGEXP = /^[A-Za-z0-9_-]{43}$/;
