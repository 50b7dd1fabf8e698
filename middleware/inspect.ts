/**
 * Showing a value whatever it is.
 *
 * @module
 */

/**
 * Shows a value as `Deno.inspect` does. What was thrown may be anything, and some things run the program's code when they are
 * looked at, which may throw again.
 *
 * @param value The value.
 * @returns Its text.
 * @internal
 */
export function inspect(value: unknown): string {
  try {
    return String(Deno.inspect(value, { colors: false }));
  } catch {
    return "(a value that throws when it is looked at)";
  }
}

/**
 * Whether a value is of a class. Asking that of a revoked proxy throws, and anything can be thrown.
 *
 * @typeParam T The class's instances.
 * @param value The value.
 * @param type The class.
 * @returns Whether it is.
 * @internal
 */
export function isOf<T>(value: unknown, type: new (...args: never[]) => T): value is T {
  try {
    return value instanceof type;
  } catch {
    return false;
  }
}
