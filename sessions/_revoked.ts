import { isObject, parseJson } from "./_session_document.ts";
import { CorruptRecordError } from "./corrupt_record_error.ts";
import { SessionStoreError } from "./session_errors.ts";

/** What is remembered of a session that was ended. */
export interface Revoked {
  /** When the last cookie with it is over, in milliseconds since the Unix epoch. */
  readonly until: number;
  /** Where it goes on, if it got another name. */
  readonly next?: { readonly scope: string; readonly handle: string };
  /** Until when that matters, in milliseconds since the Unix epoch. */
  readonly wordUntil?: number;
}

/** What is remembered in one record: of one owner, or of one session that is nobody's. */
export interface RevokedScope {
  /** The present epoch: sessions of another one are over. `undefined` if all are valid. */
  readonly epoch: string | undefined;
  /** The one session of an earlier epoch that goes on. */
  readonly kept: string | undefined;
  /** The sessions that were ended one by one. */
  readonly sessions: ReadonlyMap<string, Revoked>;
}

/**
 * Writes what is remembered as a text.
 *
 * @param scope What is remembered.
 * @param present The time: what nobody could ask for any more is left out.
 * @returns JSON: `{"e":epoch,"k":kept,"s":{"handle":[until, wordUntil, scope, handle]}}`.
 */
export function encodeRevoked({ epoch, kept, sessions }: RevokedScope, present: number): string {
  const s: Record<string, unknown[]> = {};
  for (const [handle, { until, next, wordUntil = 0 }] of sessions) {
    if (until <= present) continue;
    s[handle] = next === undefined || wordUntil <= present ? [until] : [until, wordUntil, next.scope, next.handle];
  }
  return JSON.stringify({ e: epoch, k: kept, s });
}

/**
 * Reads what is remembered from a text.
 *
 * @param text What {@linkcode encodeRevoked} wrote.
 * @returns What is remembered.
 * @throws {SessionStoreError} If the text is something else: what was ended must not come back since a record is damaged.
 */
export function decodeRevoked(text: string): RevokedScope {
  const parsed = parseJson(text);
  if (!isObject(parsed) || !isObject(parsed.s)) throw damaged();
  const { e: epoch, k: kept } = parsed;
  if ((epoch !== undefined && typeof epoch !== "string") || (kept !== undefined && typeof kept !== "string")) {
    throw damaged();
  }
  const sessions = new Map(Object.entries(parsed.s).map(([handle, entry]) => [handle, decodeEntry(entry)]));
  return { epoch, kept, sessions };
}

function decodeEntry(entry: unknown): Revoked {
  if (!Array.isArray(entry)) throw damaged();
  const [until, wordUntil, scope, handle] = entry;
  if (typeof until !== "number") throw damaged();
  if (wordUntil === undefined) return { until };
  if (typeof wordUntil !== "number" || typeof scope !== "string" || typeof handle !== "string") throw damaged();
  return { until, wordUntil, next: { scope, handle } };
}

function damaged(): SessionStoreError {
  return new SessionStoreError("read", new CorruptRecordError("the store of revocations", "its text is no revocation"));
}
