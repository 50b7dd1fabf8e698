/**
 * Writes a whole number in base 62, as Django writes its timestamps: digits, then upper case, then lower case letters,
 * with a `-` in front of a negative number.
 *
 * @param value A whole number between `Number.MIN_SAFE_INTEGER` and `Number.MAX_SAFE_INTEGER`
 * @returns The text, never empty: zero is `"0"`
 *
 * @throws {RangeError} If `value` is not a safe integer
 *
 * @example A timestamp of eleven digits takes six characters
 * ```ts
 * import { encodeBase62 } from "@nuages/web/cookies";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(encodeBase62(1_700_000_000), "1r31eq");
 * ```
 */
export function encodeBase62(value: number): string {
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(`Cannot encode base 62 as the value must be a safe integer: received ${value}`);
  }
  if (value === 0) return "0";
  let rest = Math.abs(value);
  let text = "";
  while (rest > 0) {
    text = ALPHABET[rest % 62] + text;
    rest = Math.floor(rest / 62);
  }
  return value < 0 ? "-" + text : text;
}

/**
 * Reads a whole number written by {@linkcode encodeBase62} or by Django.
 *
 * @param text What was received; it may be anything
 * @returns The number, or `undefined` if `text` is not a base 62 number or is larger than a safe integer
 *
 * @example Anything else is undefined
 * ```ts
 * import { decodeBase62 } from "@nuages/web/cookies";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(decodeBase62("1r31eq"), 1_700_000_000);
 * assertEquals(decodeBase62("1r 31"), undefined);
 * ```
 */
export function decodeBase62(text: string): number | undefined {
  const negative = text.startsWith("-");
  let value = 0;
  let index = negative ? 1 : 0;
  if (index === text.length) return undefined;
  for (; index < text.length; index++) {
    const digit = digitOf(text.charCodeAt(index));
    if (digit < 0) return undefined;
    value = value * 62 + digit;
  }
  if (!Number.isSafeInteger(value)) return undefined;
  return negative && value !== 0 ? -value : value;
}

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

function digitOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 65 && code <= 90) return code - 55;
  if (code >= 97 && code <= 122) return code - 61;
  return -1;
}
