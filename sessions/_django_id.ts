/**
 * Makes an id as Django does: 165 random bits.
 *
 * @returns 32 letters and digits.
 */
export function newDjangoId(): string {
  let id = "";
  while (id.length < LENGTH) {
    // Bytes from 252 on are thrown away: modulo 36 they would make the first four letters likelier.
    for (const byte of crypto.getRandomValues(new Uint8Array(LENGTH + 8))) {
      if (byte < 252 && id.length < LENGTH) id += ALPHABET[byte % 36];
    }
  }
  return id;
}

/**
 * Whether a text looks like an id of Django's. What doesn't costs no look-up.
 *
 * @param text What came in a cookie.
 * @returns Whether it does.
 */
export function isDjangoId(text: string): boolean {
  return ID_REGEXP.test(text);
}

const LENGTH = 32;
const ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";
const ID_REGEXP = /^[a-z0-9]{32}$/;
