/** What the live tests say again and again. */

import type { Verification } from "@nuages/web/cookies";
import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";

/**
 * Asks at another time.
 *
 * @param seconds The time, in seconds since the epoch.
 * @param ask What is asked, without waiting for anything.
 */
export function at<T>(seconds: number, ask: () => T): T {
  using _time = new FakeTime(seconds * 1000);
  return ask();
}

/** What Django's exceptions are called here. */
const REASONS: Readonly<Record<string, string>> = { BadSignature: "bad signature", SignatureExpired: "expired" };

/**
 * Asserts that we refuse what Django has refused, and for the same reason.
 *
 * @param ours What we say.
 * @param error Django's exception.
 * @param text What was refused.
 * @param separator What stands between value and signature.
 */
export function assertRefused(ours: Verification<unknown>, error: string, text: string, separator: string): void {
  // A lone surrogate is an exception of Python's there. Here it is one more text that nobody has signed.
  const isLone = error === "UnicodeEncodeError" && !text.isWellFormed();
  const reason = isLone && !ours.ok ? ours.reason : text.includes(separator) ? REASONS[error] ?? error : "malformed";
  assertEquals(ours, { ok: false, reason: reason as "malformed" });
}
