/** What the sides by hand know of sessions. */

/** For how long one lives, in seconds. */
export const TWO_WEEKS = 1_209_600;

/** Makes an id: 256 random bits. */
export function newId(): string {
  return crypto.getRandomValues(new Uint8Array(32)).toBase64({ alphabet: "base64url", omitPadding: true });
}
