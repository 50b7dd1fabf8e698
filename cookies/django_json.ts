/** How JSON is written. */
export interface DjangoJsonOptions {
  /**
   * Whether a space follows `,` and `:`, as Python's `json.dumps` has it by default. Django's signing has none.
   *
   * @default {false}
   */
  readonly spaced?: boolean;
}

/**
 * Writes JSON as Python's `json.dumps` does: ASCII only, everything else as `\u` escapes, lone surrogates too. Numbers
 * are written as JavaScript writes them: `1` where Python may have `1.0`, `1e-7` for `1e-07`.
 *
 * What would not come back as it was is an error: `undefined` (but for a property, which is left out), a function, a
 * symbol, a bigint, `NaN` and the infinities, an instance of a class (`Date`, `Map` …), a cycle.
 *
 * @param value What to write
 * @param options Whether with spaces
 * @returns The JSON text
 *
 * @throws {TypeError} If `value` holds what JSON can't carry; the message says where
 *
 * @example Usage
 * ```ts
 * import { djangoJson } from "@nuages/web/cookies";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(djangoJson({ snow: "☃", n: [1, 2] }), '{"snow":"\\u2603","n":[1,2]}');
 * assertEquals(djangoJson([1, { a: 2 }], { spaced: true }), '[1, {"a": 2}]');
 * ```
 */
export function djangoJson(value: unknown, options: DjangoJsonOptions = {}): string {
  assertJsonValue(value);
  const json = JSON.stringify(value).replace(NOT_PRINTABLE_ASCII_REGEXP, unicodeEscape);
  return options.spaced ? json.replace(STRING_OR_SEPARATOR_REGEXP, spacedSeparator) : json;
}

/**
 * Throws unless JSON carries a value and gives it back unchanged. See {@linkcode djangoJson} for what it can't carry.
 *
 * @param value The value
 * @param name What the value is called in the message
 *
 * @throws {TypeError} If it can't; the message says where, such as `value.items[2].price`
 *
 * @example Usage
 * ```ts
 * import { assertJsonValue } from "@nuages/web/cookies";
 * import { assertThrows } from "@std/assert";
 *
 * assertJsonValue({ price: 12 });
 * assertThrows(() => assertJsonValue({ price: NaN }), TypeError, "value.price");
 * ```
 */
export function assertJsonValue(value: unknown, name: string = "value"): void {
  const found = findUnfit(value, []);
  if (!found) return;
  const path = name + found.steps.reverse().join("");
  throw new TypeError(`Cannot write ${path} as JSON as JSON cannot carry it: received ${found.what}`);
}

// Python escapes DEL too, which JSON.stringify leaves.
const NOT_PRINTABLE_ASCII_REGEXP = /[^ -~]/g;
const STRING_OR_SEPARATOR_REGEXP = /"[^"\\]*(?:\\.[^"\\]*)*"|[,:]/g;

function unicodeEscape(unit: string): string {
  return "\\u" + unit.charCodeAt(0).toString(16).padStart(4, "0");
}

function spacedSeparator(match: string): string {
  return match === "," || match === ":" ? match + " " : match;
}

/** What in a value JSON can't carry and, from the innermost outwards, the steps to where it is. */
interface Unfit {
  readonly what: string;
  readonly steps: string[];
}

function findUnfit(value: unknown, above: object[]): Unfit | undefined {
  switch (typeof value) {
    case "string":
    case "boolean":
      return undefined;
    case "number":
      return Number.isFinite(value) ? undefined : unfit(String(value));
    case "object": {
      if (value === null) return undefined;
      if (above.includes(value)) return unfit("a cycle");
      if (above.length >= DEPTH_LIMIT) return unfit(`more than ${DEPTH_LIMIT} levels`);
      above.push(value);
      const found = Array.isArray(value) ? findInArray(value, above) : findInObject(value, above);
      above.pop();
      return found;
    }
    default:
      return unfit(value === undefined ? "undefined" : `a ${typeof value}`);
  }
}

function findInArray(value: readonly unknown[], above: object[]): Unfit | undefined {
  for (let index = 0; index < value.length; index++) {
    const found = findUnfit(value[index], above);
    if (found) return stepped(found, `[${index}]`);
  }
  return undefined;
}

function findInObject(value: object, above: object[]): Unfit | undefined {
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    return unfit(`an instance of ${prototype.constructor?.name || "a class"}`);
  }
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") return unfit("an object with toJSON");
  for (const key of Object.keys(value)) {
    const member = (value as Record<string, unknown>)[key];
    const found = member === undefined ? undefined : findUnfit(member, above);
    if (found) return stepped(found, `.${key}`);
  }
  return undefined;
}

function unfit(what: string): Unfit {
  return { what, steps: [] };
}

function stepped(found: Unfit, step: string): Unfit {
  found.steps.push(step);
  return found;
}

/** Deeper than anybody nests by hand, and well below what exhausts the stack here or Python's 1000 levels there. */
const DEPTH_LIMIT = 500;
