/** A number of 64 bits, as its upper half (with a sign) and its lower half (without one): what `(? << 32) | ?` puts together. */
export type KeyNumber = [high: number, low: number];

/**
 * Makes a number of a key, under which its row lies in SQLite. Keys are hashes, so that two of them have the same number once in
 * 2⁶⁴ pairs. Every character counts, also for keys that are no hashes, such as those of a test.
 *
 * @param key The record's key.
 * @returns Its number.
 */
export function keyNumber(key: string): KeyNumber {
  let high = 0;
  let low = 0;
  for (let at = 0; at < key.length; at++) {
    const code = key.charCodeAt(at);
    // Two hashes of 32 bits side by side, with different odd factors; the shift brings the upper bits down again.
    high = Math.imul(high ^ code, 0x9e3779b1);
    high ^= high >>> 15;
    low = Math.imul(low ^ code, 0x85ebca77);
    low ^= low >>> 13;
  }
  return [high, low >>> 0];
}
