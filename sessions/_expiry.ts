import type { SessionDocument } from "./_session_document.ts";

/** How long sessions live, all in milliseconds but for the flag. */
export interface ExpiryRule {
  /** How long without a change or a renewal. */
  readonly idle: number;
  /** How long in all. */
  readonly absolute: number;
  /** How much of the idle time must be gone before reading renews it, from 0 to 1. */
  readonly renewAfter: number;
  /** Whether the browser is told to forget the cookie when it is closed. */
  readonly browserClose: boolean;
}

/**
 * When a session ends that is written now.
 *
 * @param document The session.
 * @param rule How long sessions live.
 * @param now The time, in milliseconds since the epoch.
 * @returns The instant, in milliseconds since the epoch.
 */
export function deadline(document: SessionDocument, rule: ExpiryRule, now: number): number {
  const { created, expiry } = document;
  const latest = created + rule.absolute;
  if (typeof expiry === "string") return Math.min(Date.parse(expiry) || 0, latest);
  return Math.min(now + (expiry ? expiry * 1000 : rule.idle), latest);
}

/**
 * Whether the browser is told to forget the session when it is closed.
 *
 * @param document The session.
 * @param rule How long sessions live.
 * @returns Whether it is.
 */
export function endsWithBrowser(document: SessionDocument, rule: ExpiryRule): boolean {
  return document.expiry === undefined ? rule.browserClose : document.expiry === 0;
}

/**
 * Whether reading the session is reason enough to write it again with a later deadline.
 *
 * @param document The session.
 * @param expires Its deadline now, in milliseconds since the epoch.
 * @param rule How long sessions live.
 * @param now The time, in milliseconds since the epoch.
 * @returns Whether a good part of the idle time is gone, and something can be gained.
 */
export function needsRenewal(document: SessionDocument, expires: number, rule: ExpiryRule, now: number): boolean {
  // A session that was told when to end counts from its last change, as Django's does.
  if (document.expiry !== undefined && document.expiry !== 0) return false;
  const gained = deadline(document, rule, now) - expires;
  return gained > 0 && gained >= rule.idle * rule.renewAfter;
}
