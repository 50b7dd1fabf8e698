/**
 * Makes sure that a value comes back from the store as it was put in.
 *
 * @param key The session's key, for the message.
 * @param value The value.
 * @throws {TypeError} If JSON can't carry it; the message names the place and the way out.
 */
export function assertJson(key: string, value: unknown): void {
  check(value, { names: [key], objects: [] });
}

/**
 * Copies a value, so that changing the one doesn't change the other.
 *
 * @param key The session's key, for the message.
 * @param value The value.
 * @returns A copy of all its parts.
 * @throws {TypeError} If JSON can't carry it.
 */
export function copyJson(key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  assertJson(key, value);
  return JSON.parse(JSON.stringify(value));
}

/** The way from the session's key down to what is being checked. It becomes a text only where something is refused. */
interface Way {
  readonly names: (string | number)[];
  readonly objects: object[];
}

function check(value: unknown, way: Way): void {
  switch (typeof value) {
    case "string":
    case "boolean":
      return;
    case "number":
      if (Number.isFinite(value)) return;
      throw refused(way, `it is ${value}`, "leave it out, or keep null");
    case "bigint":
      throw refused(way, "it is a bigint", "keep its text, String(value)");
    case "undefined":
      throw refused(way, "it is undefined", "keep null, or delete the key");
    case "object":
      if (value !== null) checkParts(value, way);
      return;
    default:
      throw refused(way, `it is a ${typeof value}`, "keep plain data");
  }
}

/** Deeper than any data, and shallow enough for every parser that may read it. */
const MAX_DEPTH = 200;

function checkParts(value: object, way: Way): void {
  const { objects } = way;
  if (objects.includes(value)) throw refused(way, "it contains itself", "keep the parts without the way back");
  if (objects.length >= MAX_DEPTH) throw refused(way, `it is nested more than ${MAX_DEPTH} deep`, "keep it flatter");
  objects.push(value);
  if (Array.isArray(value)) checkArray(value, way);
  else checkObject(value as Record<string, unknown>, way);
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") {
    throw refused(way, "it has a toJSON() of its own", "keep what that answers");
  }
  objects.pop();
}

function checkArray(value: readonly unknown[], way: Way): void {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Array.prototype) throw refused(way, `it is ${kindOf(value)}`, "keep [...value]");
  const at = way.names.push(0) - 1;
  for (let i = 0; i < value.length; i++) {
    way.names[at] = i;
    check(value[i], way);
  }
  way.names.pop();
  if (Object.keys(value).length !== value.length) {
    throw refused(way, "it is an array with properties of its own", "keep [...value], or an object");
  }
}

function checkObject(value: Record<string, unknown>, way: Way): void {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) {
    const kind = kindOf(value);
    throw refused(way, `it is ${kind}`, WAYS_OUT.get(kind) ?? "keep plain data, such as { ...value }");
  }
  if (Object.getOwnPropertySymbols(value).length > 0) {
    throw refused(way, "it has a symbol for a key", "use texts for keys");
  }
  const at = way.names.push("") - 1;
  for (const name of Object.keys(value)) {
    way.names[at] = name;
    const inner = value[name];
    // As everywhere in TypeScript, a property that is undefined is one that isn't there.
    if (inner !== undefined) check(inner, way);
  }
  way.names.pop();
}

const WAYS_OUT: ReadonlyMap<string, string> = new Map([
  ["a Date", "keep its text, date.toISOString()"],
  ["a Map", "keep Object.fromEntries(map), or [...map]"],
  ["a Set", "keep [...set]"],
  ["a URL", "keep its text, url.href"],
  ["a Promise", "await it first"],
]);

function kindOf({ constructor }: object): string {
  if (typeof constructor !== "function" || constructor.name === "") return "an object of a class";
  return `${/^[AEIO]/.test(constructor.name) ? "an" : "a"} ${constructor.name}`;
}

function refused({ names: [key, ...names] }: Way, what: string, remedy: string): TypeError {
  const place = names.map((name) => typeof name === "number" ? `[${name}]` : `.${name}`).join("");
  return new TypeError(`Cannot keep "${key}${place}" in the session as ${what}: ${remedy}`);
}
