/** The steps from a pipeline without layers to the full stack, and one more. */

/** What each step adds to the one before. */
export const LAYERS = [
  "no layers",
  "security()",
  "requestId()",
  "serverTiming()",
  "sessions()",
  "session read",
  "csrf()",
  "messages()",
  "messages read",
  "token in a form",
] as const;

/** The number of a step. */
export function at(layer: typeof LAYERS[number]): number {
  return LAYERS.indexOf(layer);
}
