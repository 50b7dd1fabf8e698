import { changingTests } from "./_behaviour/changing.ts";
import { keepingTests } from "./_behaviour/keeping.ts";
import type { Subject } from "./_behaviour/kit.ts";
import { racingTests } from "./_behaviour/racing.ts";
import { owningTests } from "./_behaviour/owning.ts";
import { rotatingTests } from "./_behaviour/rotating.ts";
import { visitingTests } from "./_behaviour/visiting.ts";

/**
 * Registers the tests of what visitors get, from the cookie to the record and back: the same for whatever keeps the sessions, but for what a
 * cookie can't do.
 *
 * @param subject What keeps the sessions, and what it can.
 */
export function testSessions(subject: Subject): void {
  const { knowsOrigins = true } = subject;
  const origins = knowsOrigins ? [rotatingTests, owningTests] : [];
  for (const tests of [visitingTests, changingTests, keepingTests, racingTests, ...origins]) tests(subject);
}
