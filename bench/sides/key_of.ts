/** Under which key the sides by hand keep a session that don't keep it under its id. */

import { createHash } from "node:crypto";

/** The hash of an id. It is remembered, as `sessions()` does. */
export function keyOf(id: string): string {
  let key = keys.get(id);
  if (key === undefined) keys.set(id, key = createHash("sha256").update(id).digest("base64url"));
  return key;
}

const keys = new Map<string, string>();
