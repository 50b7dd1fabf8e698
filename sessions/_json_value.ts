/**
 * Makes sure that a value comes back from the store as it was put in.
 *
 * @param key The session's key, for the message.
 * @param value The value.
 * @throws {TypeError} If JSON can't carry it; the message names the place and the way out.
 */
export function assertJson(key: string, value: unknown): void {
  check(value, key, new Set());
}

function check(value: unknown, place: string, above: Set<object>): void {
  switch (typeof value) {
    case "string":
    case "boolean":
      return;
    case "number":
      if (Number.isFinite(value)) return;
      throw refused(place, `it is ${value}`, "leave it out, or keep null");
    case "bigint":
      throw refused(place, "it is a bigint", "keep its text, String(value)");
    case "undefined":
      throw refused(place, "it is undefined", "keep null, or delete the key");
    case "function":
    case "symbol":
      throw refused(place, `it is a ${typeof value}`, "keep plain data");
  }
  if (typeof value !== "object" || value === null) return;
  if (above.has(value)) throw refused(place, "it contains itself", "keep the parts without the way back");
  if (above.size >= MAX_DEPTH) throw refused(place, `it is nested more than ${MAX_DEPTH} deep`, "keep it flatter");
  above.add(value);
  if (Array.isArray(value)) checkArray(value, place, above);
  else checkObject(value, place, above);
  above.delete(value);
}

/** Deeper than any data, and shallow enough for every parser that may read it. */
const MAX_DEPTH = 200;

function checkArray(value: readonly unknown[], place: string, above: Set<object>): void {
  for (let i = 0; i < value.length; i++) check(value[i], `${place}[${i}]`, above);
}

function checkObject(value: object, place: string, above: Set<object>): void {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) {
    const kind = value.constructor?.name ?? "an object of a class";
    throw refused(place, `it is a ${kind}`, WAYS_OUT.get(kind) ?? "keep plain data, such as { ...value }");
  }
  for (const [name, inner] of Object.entries(value)) {
    // As everywhere in TypeScript, a property that is undefined is one that isn't there.
    if (inner !== undefined) check(inner, `${place}.${name}`, above);
  }
}

const WAYS_OUT: ReadonlyMap<string, string> = new Map([
  ["Date", "keep its text, date.toISOString()"],
  ["Map", "keep Object.fromEntries(map), or [...map]"],
  ["Set", "keep [...set]"],
  ["URL", "keep its text, url.href"],
  ["Promise", "await it first"],
]);

function refused(place: string, what: string, remedy: string): TypeError {
  return new TypeError(`Cannot keep "${place}" in the session as ${what}: ${remedy}`);
}
