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
