import { assertText } from "./_signature.ts";
import { decodeBase62, encodeBase62 } from "./base62.ts";
import { secondsNow } from "./clock.ts";
import type { KeyRing } from "./key_ring.ts";
import { Signer, type SignerOptions } from "./signer.ts";
import type { VerificationAt } from "./verification.ts";

/** How a {@linkcode TimestampSigner} signs; the salt's default is `"django.core.signing.TimestampSigner"`. */
export interface TimestampSignerOptions extends SignerOptions {
  /**
   * How far a stamp may lie in the future, in seconds, since clocks differ between machines.
   *
   * @default {60}
   */
  readonly clockSkew?: number;
}

/** When a text is said to be signed. */
export interface SignAtOptions {
  /**
   * The time to stamp it with, in whole seconds since the epoch.
   *
   * @default {now}
   */
  readonly at?: number;
}

/** How old a signed text may be. */
export interface MaxAgeOptions {
  /**
   * The greatest age that is accepted, in seconds.
   *
   * @default {undefined} any age
   */
  readonly maxAge?: number;
}

/**
 * Signs texts together with the time, so that a reader can refuse what is too old.
 *
 * The format is that of Django's `TimestampSigner`, both ways: `value:time:signature`, the time in base 62. Unlike
 * Django, a stamp from the future is refused: a key that leaked once could otherwise sign for all times to come.
 *
 * @example A link that works for a day
 * ```ts
 * import { KeyRing, TimestampSigner } from "@nuages/web/cookies";
 * import { assertEquals } from "@std/assert";
 *
 * const keys = new KeyRing(crypto.randomUUID() + crypto.randomUUID());
 * const signer = new TimestampSigner(keys, { salt: "password.reset" });
 * const day = 24 * 60 * 60;
 * const old = signer.sign("ada", { at: Math.floor(Date.now() / 1000) - 2 * day });
 *
 * assertEquals(signer.unsign(signer.sign("ada"), { maxAge: day }), "ada");
 * assertEquals(signer.unsign(old, { maxAge: day }), undefined);
 * ```
 */
export class TimestampSigner {
  readonly #signer: Signer;
  readonly #separator: string;
  readonly #clockSkew: number;

  /**
   * Derives the keys, once for each salt of a ring.
   *
   * @param keys The keys: the first one signs, every one verifies
   * @param options What differs from Django's defaults
   *
   * @throws {TypeError} If an option is unusable, as with {@linkcode Signer}
   * @throws {RangeError} If `clockSkew` is not a number of seconds from zero on
   */
  constructor(keys: KeyRing, options: TimestampSignerOptions = {}) {
    const { sep = ":", clockSkew = 60, ...others } = options;
    if (!(clockSkew >= 0)) {
      throw new RangeError(`Cannot create TimestampSigner as "clockSkew" must be >= 0 seconds: received ${clockSkew}`);
    }
    this.#signer = new Signer(keys, { ...others, sep, salt: options.salt || "django.core.signing.TimestampSigner" });
    this.#separator = sep;
    this.#clockSkew = clockSkew;
  }

  /**
   * Signs a text with the time.
   *
   * @param value The text
   * @param options Another time than now
   * @returns The text with time and signature behind
   *
   * @throws {TypeError} If `value` is not a text or has a lone surrogate
   * @throws {RangeError} If `at` is not a whole number
   */
  sign(value: string, options: SignAtOptions = {}): string {
    const { at = Math.floor(secondsNow()) } = options;
    // Whatever it is, behind it come separator and time, and the whole is a text.
    assertText(value);
    return this.#signer.sign(value + this.#separator + encodeBase62(at));
  }

  /**
   * Answers the text that was signed.
   *
   * @param signed What was received; it may be anything
   * @param options How old it may be
   * @returns The text, or `undefined` if no key of the ring signed it, it is too old or from the future
   *
   * @throws {RangeError} If `maxAge` is not a finite number
   */
  unsign(signed: string, options: MaxAgeOptions = {}): string | undefined {
    const result = this.verify(signed, options);
    return result.ok ? result.value : undefined;
  }

  /**
   * Answers the text that was signed, when, and whether an old key signed it, or why it is refused.
   *
   * @param signed What was received; it may be anything
   * @param options How old it may be
   * @returns `{ ok: true, value, rotated, signedAt }`, or `{ ok: false, reason }`
   *
   * @throws {RangeError} If `maxAge` is not a finite number
   */
  verify(signed: string, options: MaxAgeOptions = {}): VerificationAt {
    const { maxAge } = options;
    // An age is never greater than NaN, so that NaN would stand for "any age".
    if (maxAge !== undefined && !Number.isFinite(maxAge)) {
      throw new RangeError(`Cannot verify as "maxAge" must be a finite number of seconds: received ${maxAge}`);
    }
    const result = this.#signer.verify(signed);
    if (!result.ok) return result;
    const end = result.value.lastIndexOf(this.#separator);
    const signedAt = end === -1 ? undefined : decodeBase62(result.value.slice(end + this.#separator.length));
    if (signedAt === undefined) return { ok: false, reason: "malformed" };
    const age = secondsNow() - signedAt;
    if (age < -this.#clockSkew) return { ok: false, reason: "from the future" };
    if (maxAge !== undefined && age > maxAge) return { ok: false, reason: "expired" };
    return { ok: true, value: result.value.slice(0, end), rotated: result.rotated, signedAt };
  }
}
