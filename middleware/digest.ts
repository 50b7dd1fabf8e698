/**
 * A short name for a text of any length.
 *
 * @module
 */

import { lazyNode } from "../cookies/lazy_node.ts";

/**
 * Makes the name: nobody finds two texts that share one.
 *
 * @param text The text.
 * @returns Its SHA-256, in hexadecimal digits.
 * @internal
 */
export function digest(text: string): string {
  return nodeCrypto().createHash("sha256").update(text).digest("hex");
}

const nodeCrypto = lazyNode("node:crypto");
