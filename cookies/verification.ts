/**
 * Why a signed or sealed text was refused.
 *
 * - `"malformed"`: it does not have the form at all: a separator is missing, a character is foreign, a stamp unreadable.
 * - `"bad signature"`: no key of the ring made it, or it was made for another name, salt or purpose.
 * - `"expired"`: it is genuine and older than it may be.
 * - `"from the future"`: it is genuine and stamped later than now, clock skew allowed for.
 */
export type RejectionReason = "malformed" | "bad signature" | "expired" | "from the future";

/** A text that was genuine. */
export interface Verified<T = string> {
  /** Always `true`; tells this answer from {@linkcode Rejected}. */
  readonly ok: true;
  /** What was signed or sealed. */
  readonly value: T;
  /** Whether another key than the first of the ring made it, so that it is worth making anew. */
  readonly rotated: boolean;
}

/** A genuine text that carries the time when it was made. */
export interface VerifiedAt<T = string> extends Verified<T> {
  /** When it was made, in whole seconds since the epoch. */
  readonly signedAt: number;
  /** When it ends by itself, in whole seconds since the epoch; only sealed texts know this. */
  readonly expiresAt?: number;
}

/** A text that was refused, and why. */
export interface Rejected {
  /** Always `false`; tells this answer from {@linkcode Verified}. */
  readonly ok: false;
  /** Why it was refused. */
  readonly reason: RejectionReason;
}

/** What {@linkcode Signer.verify} answers. */
export type Verification<T = string> = Verified<T> | Rejected;

/** What verifying a text with a timestamp answers. */
export type VerificationAt<T = string> = VerifiedAt<T> | Rejected;
