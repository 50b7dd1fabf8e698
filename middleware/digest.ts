/**
 * A short name for a text of any length.
 *
 * @module
 */

import { createHash } from "node:crypto";

/**
 * Makes the name: nobody finds two texts that share one.
 *
 * @param text The text.
 * @returns Its SHA-256, in hexadecimal digits.
 * @internal
 */
export function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
