import { LiveSession } from "./_live_session.ts";
import type { Session } from "./session.ts";

/**
 * What a session is called in lists.
 *
 * @param session A view's session.
 * @returns Its handle; `undefined` if it is nobody's.
 * @throws {TypeError} If it is something else.
 */
// deno-lint-ignore no-explicit-any -- whatever keys it has
export function handleOf(session: Session<any>): string | undefined {
  if (session instanceof LiveSession) return session.handle;
  throw new TypeError("Cannot tell the current session as this is none: pass what context.session() has given");
}
