/**
 * Checking options when a middleware is made.
 *
 * @module
 */

/**
 * Checks a whole number.
 *
 * @param owner Whose option it is, such as `gzip`.
 * @param option Its name.
 * @param value What was given.
 * @param unit What it counts, such as `bytes`.
 * @param least The least it may be.
 * @param most The most it may be.
 * @returns The value.
 * @throws {RangeError} If it is none, or out of range.
 * @internal
 */
export function wholeNumber(
  owner: string,
  option: string,
  value: number,
  unit: string,
  least = 0,
  most: number = Number.MAX_SAFE_INTEGER,
): number {
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
  throw new RangeError(
    `Cannot create ${owner} as ${option} must be a whole number${unit === "" ? "" : ` of ${unit}`} ${range}: ` +
      `received ${Deno.inspect(value)}`,
  );
}

/**
 * Checks a switch: a text such as "false" from the environment would count as true.
 *
 * @param owner Whose option it is.
 * @param option Its name.
 * @param value What was given.
 * @returns The value.
 * @throws {TypeError} If it is neither true nor false.
 * @internal
 */
export function flag(owner: string, option: string, value: boolean): boolean {
  if (typeof value === "boolean") return value;
  throw new TypeError(`Cannot create ${owner} as ${option} must be true or false: received ${Deno.inspect(value)}`);
}

/**
 * Checks a function that may be left out.
 *
 * @typeParam F The function's type.
 * @param owner Whose option it is.
 * @param option Its name.
 * @param value What was given.
 * @returns The value.
 * @throws {TypeError} If it is something else.
 * @internal
 */
export function optionalFunction<F>(owner: string, option: string, value: F): F {
  if (value === undefined || typeof value === "function") return value;
  throw new TypeError(`Cannot create ${owner} as ${option} must be a function: received ${Deno.inspect(value)}`);
}

/**
 * Checks a list of names as they stand in headers: tokens (RFC 9110 §5.6.2).
 *
 * @param owner Whose option it is.
 * @param option Its name.
 * @param values What was given.
 * @returns The values.
 * @throws {TypeError} If it is no list of tokens.
 * @internal
 */
export function tokens(owner: string, option: string, values: readonly string[]): readonly string[] {
  const odd = Array.isArray(values) ? values.find((value) => !isToken(value)) : values;
  if (odd === undefined && values !== undefined) return values;
  throw new TypeError(`Cannot create ${owner} as ${option} must be a list of names: received ${Deno.inspect(odd)}`);
}

/**
 * Whether a value can stand in a header as a name.
 *
 * @param value The value.
 * @returns Whether it is a token (RFC 9110 §5.6.2).
 * @internal
 */
export function isToken(value: unknown): value is string {
  return typeof value === "string" && /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(value);
}

/**
 * Checks a list of patterns. With the flags `g` and `y` a pattern remembers where it stopped, and every second request would slip through.
 *
 * @param owner Whose option it is.
 * @param option Its name.
 * @param patterns What was given.
 * @returns Patterns that remember nothing.
 * @throws {TypeError} If it is no list of regular expressions.
 * @internal
 */
export function patterns(owner: string, option: string, patterns: readonly RegExp[]): readonly RegExp[] {
  const odd = Array.isArray(patterns) ? patterns.find((each) => !(each instanceof RegExp)) : patterns;
  if (odd !== undefined || !Array.isArray(patterns)) {
    throw new TypeError(
      `Cannot create ${owner} as ${option} must be a list of regular expressions: received ${Deno.inspect(odd)}`,
    );
  }
  return patterns.map(({ source, flags }) => new RegExp(source, flags.replace(/[gy]/g, "")));
}
