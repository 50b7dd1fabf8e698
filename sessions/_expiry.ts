import type { SessionDocument } from "./_session_document.ts";
import type { SessionExpiry } from "./session.ts";

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
 * What a session keeps of what it was told about its end.
 *
 * @param when Seconds, an instant, or nothing.
 * @returns Whole seconds, or the instant as ISO text.
 * @throws {RangeError} If it is no finite number or no valid date.
 */
export function toExpiry(when: number | Date | undefined): SessionDocument["expiry"] {
  if (when === undefined) return undefined;
  if (when instanceof Date ? Number.isNaN(when.getTime()) : !Number.isFinite(when)) {
    throw new RangeError(`Cannot set the session's expiry as it must be seconds or a date: received ${when}`);
  }
  if (when instanceof Date) return when.toISOString();
  // Away from zero, since 0 means "when the browser is closed".
  return when > 0 ? Math.ceil(when) : Math.floor(when);
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
  if (typeof expiry === "string") return Math.min(Date.parse(expiry), latest);
  return Math.min(now + (expiry ? expiry * 1000 : rule.idle), latest);
}

/**
 * Whether a session was told to end at a time that is over.
 *
 * @param expiry What it was told.
 * @param now The time, in milliseconds since the epoch.
 * @returns Whether it is.
 */
export function isPast(expiry: SessionDocument["expiry"], now: number): boolean {
  return typeof expiry === "string" ? Date.parse(expiry) <= now : expiry !== undefined && expiry < 0;
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
 * What a view is told of a session's end.
 *
 * @param document The session.
 * @param expires Its deadline, in milliseconds since the epoch, if that is not new.
 * @param rule How long sessions live.
 * @param now The time, in milliseconds since the epoch.
 * @returns When it ends if nothing more happens.
 */
export function expiryOf(
  document: SessionDocument,
  expires: number | undefined,
  rule: ExpiryRule,
  now: number,
): SessionExpiry {
  const at = expires ?? deadline(document, rule, now);
  const seconds = Math.max(0, Math.floor((at - now) / 1000));
  return { at: new Date(at), seconds, browserClose: endsWithBrowser(document, rule) };
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
