import { lazyNode } from "../cookies/lazy_node.ts";

/**
 * Makes an id: 256 random bits. The one place of this folder where ids come from.
 *
 * @returns 43 characters of the base64url alphabet.
 */
export function newSessionId(): string {
  return randomText(32);
}

/**
 * Makes a name for a session that stays when the id changes: 128 random bits. It opens nothing.
 *
 * @returns 22 characters of the base64url alphabet.
 */
export function newHandle(): string {
  return randomText(16);
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
  return sha256(id);
}

/**
 * The id that follows another one when that was old enough. Whoever has the old id and what the store keeps beside the word under it can
 * find the new one; whoever has only one of the two can't.
 *
 * @param id The old id.
 * @param nonce 256 random bits that are kept in the store.
 * @returns 43 characters of the base64url alphabet.
 */
export function nextSessionId(id: string, nonce: string): string {
  return sha256(`nuages.session.rotation:${id}:${nonce}`);
}

/**
 * What a store calls an owner.
 *
 * @param owner The owner's name.
 * @returns Its SHA-256, 43 characters of the base64url alphabet.
 */
export function keyOfOwner(owner: string): string {
  return sha256(`nuages.session.owner:${owner}`);
}

/**
 * The SHA-256 of a text in UTF-8.
 *
 * @param text The text.
 * @returns 43 characters of the base64url alphabet.
 */
export function sha256(text: string): string {
  return nodeCrypto().createHash("sha256").update(text).digest("base64url");
}

function randomText(bytes: number): string {
  return crypto.getRandomValues(new Uint8Array(bytes)).toBase64({ alphabet: "base64url", omitPadding: true });
}

const nodeCrypto = lazyNode("node:crypto");

const ID_REGEXP = /^[A-Za-z0-9_-]{43}$/;
