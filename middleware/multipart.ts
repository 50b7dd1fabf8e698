/**
 * Looking at a multipart body before it is parsed.
 *
 * @module
 */

import { lazyNode } from "../cookies/lazy_node.ts";

/**
 * Counts the parts of a `multipart/form-data` body (RFC 2046 §5.1.1). Deno's parser takes what it can read and passes over the rest: a body that was
 * cut off, or a part without a name, would lose fields without a word. And counting costs a fraction of parsing.
 *
 * @param body The body.
 * @param type Its `Content-Type`.
 * @param most Where to stop counting.
 * @returns How many parts there are, at most one more than `most`; `undefined` if it names no boundary or doesn't end with it.
 * @internal
 */
export function countParts(body: Uint8Array<ArrayBuffer>, type: string, most: number): number | undefined {
  const match = BOUNDARY_REGEXP.exec(type);
  if (match === null) return undefined;
  const { Buffer } = nodeBuffer();
  const delimiter = Buffer.from(`--${match[1] ?? match[2]}`);
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  let parts = 0;
  for (let at = bytes.indexOf(delimiter); at >= 0; at = bytes.indexOf(delimiter, at + delimiter.length)) {
    if (at > 0 && !(bytes[at - 2] === CR && bytes[at - 1] === LF)) continue;
    const after = at + delimiter.length;
    if (bytes[after] === DASH && bytes[after + 1] === DASH) return parts;
    if (!isLineEnd(bytes, after)) continue;
    if (++parts > most) return parts;
  }
  return undefined;
}

function isLineEnd(bytes: Uint8Array, at: number): boolean {
  while (bytes[at] === SPACE || bytes[at] === TAB) at++;
  return bytes[at] === CR && bytes[at + 1] === LF;
}

const nodeBuffer = lazyNode("node:buffer");
const BOUNDARY_REGEXP = /;\s*boundary=(?:"([^"]+)"|([^\s;"]+))/i;
const [TAB, LF, CR, SPACE, DASH] = [0x09, 0x0a, 0x0d, 0x20, 0x2d];
