import { decodeBase64Url, encodeBase64Url } from "./_base64url.ts";
import { expectKeyRing } from "./_expect_key_ring.ts";
import { decryptXaes, encryptXaes, NONCE_LENGTH, TAG_LENGTH, type XaesKey, xaesKey } from "./_xaes.ts";
import { secondsNow } from "./clock.ts";
import type { KeyRing } from "./key_ring.ts";
import { randomBytes } from "./random.ts";
import type { MaxAgeOptions } from "./timestamp_signer.ts";
import type { VerificationAt } from "./verification.ts";

/** How a {@linkcode Sealer} seals. */
export interface SealerOptions {
  /** What is sealed. What was sealed for one purpose can't be opened for another, so give each use its own. */
  readonly purpose: string;
  /**
   * How far the time of sealing may lie in the future, in seconds, since clocks differ between machines.
   *
   * @default {60}
   */
  readonly clockSkew?: number;
}

/** What a text is sealed with. */
export interface SealOptions {
  /**
   * The name the text is bound to, such as that of its cookie: under another name it can't be opened.
   *
   * @default {""}
   */
  readonly name?: string;
  /**
   * After how many seconds the text ends by itself.
   *
   * @default {undefined} never
   */
  readonly maxAge?: number;
  /**
   * The time of sealing, in whole seconds since the epoch.
   *
   * @default {now}
   */
  readonly at?: number;
}

/** What a text is opened with. */
export interface UnsealOptions extends MaxAgeOptions {
  /**
   * The name the text was bound to.
   *
   * @default {""}
   */
  readonly name?: string;
}

/**
 * Encrypts texts, so that they can be neither read nor changed nor passed off for one another.
 *
 * A text is encrypted with AES-256-GCM under a key of its own, derived from the ring's key, the purpose and a random
 * nonce of 192 bits (XAES-256-GCM). So there is no number of texts after which a key wears out. The time of sealing and
 * the end are inside. The length of the text can be told from outside.
 *
 * @example Usage
 * ```ts
 * import { KeyRing, Sealer } from "@nuages/web/cookies";
 * import { assertEquals } from "@std/assert";
 *
 * const sealer = new Sealer(new KeyRing(crypto.randomUUID()), { purpose: "draft" });
 * const sealed = sealer.seal("Dear Ada,", { name: "letter", maxAge: 3600 });
 *
 * assertEquals(sealer.unseal(sealed, { name: "letter" }), "Dear Ada,");
 * assertEquals(sealer.unseal(sealed, { name: "invoice" }), undefined);
 * ```
 */
export class Sealer {
  readonly #keys: readonly XaesKey[];
  readonly #clockSkew: number;

  /**
   * Derives the keys, once for each purpose of a ring.
   *
   * @param keys The keys: the first one seals, every one opens
   * @param options The purpose
   *
   * @throws {TypeError} If the purpose is not given or has a lone surrogate, or the keys are no ring
   * @throws {RangeError} If `clockSkew` is not a number of seconds from zero on
   */
  constructor(keys: KeyRing, options: SealerOptions) {
    const { purpose, clockSkew = 60 } = options;
    if (!purpose) throw new TypeError('Cannot create Sealer as "purpose" must say what is sealed, such as "draft"');
    if (!(clockSkew >= 0)) {
      throw new RangeError(`Cannot create Sealer as "clockSkew" must be >= 0 seconds: received ${clockSkew}`);
    }
    expectKeyRing(keys, "create Sealer");
    this.#keys = keys.encryptionKeys(purpose).map(xaesKey);
    this.#clockSkew = clockSkew;
  }

  /**
   * Seals a text.
   *
   * @param text The text
   * @param options The name it is bound to and when it ends
   * @returns base64url without padding, 71 characters longer than the text would be
   *
   * @throws {TypeError} If `text` or `name` is not a text or has a lone surrogate
   * @throws {RangeError} If `maxAge` or `at` is not a number of seconds in reach
   */
  seal(text: string, options: SealOptions = {}): string {
    const { name = "", maxAge, at = Math.floor(secondsNow()) } = options;
    assertWellFormed(text, "text");
    const content = encoder.encode(text);
    const plaintext = new Uint8Array(TIMES_LENGTH + content.length);
    writeSeconds(plaintext, 0, at, "at");
    writeSeconds(plaintext, 6, maxAge === undefined ? NEVER : at + Math.trunc(maxAge), "maxAge");
    plaintext.set(content, TIMES_LENGTH);
    const nonce = randomBytes(NONCE_LENGTH);
    const sealed = encryptXaes(this.#keys[0]!, nonce, plaintext, boundTo(name));
    const bytes = new Uint8Array(1 + NONCE_LENGTH + sealed.length);
    bytes[0] = VERSION;
    bytes.set(nonce, 1);
    bytes.set(sealed, 1 + NONCE_LENGTH);
    return encodeBase64Url(bytes);
  }

  /**
   * Answers the text that was sealed.
   *
   * @param sealed What was received; it may be anything
   * @param options The name it is bound to and how old it may be
   * @returns The text, or `undefined` if no key of the ring sealed it under this name, it ended or is from the future
   *
   * @throws {TypeError} If `name` has a lone surrogate
   * @throws {RangeError} If `maxAge` is not a finite number
   */
  unseal(sealed: string, options: UnsealOptions = {}): string | undefined {
    const result = this.verify(sealed, options);
    return result.ok ? result.value : undefined;
  }

  /**
   * Answers the text that was sealed, when, until when, and whether under an old key, or why it is refused.
   *
   * @param sealed What was received; it may be anything
   * @param options The name it is bound to and how old it may be
   * @returns `{ ok: true, value, rotated, signedAt, expiresAt? }`, or `{ ok: false, reason }`
   *
   * @throws {TypeError} If `name` has a lone surrogate
   * @throws {RangeError} If `maxAge` is not a finite number
   */
  verify(sealed: string, options: UnsealOptions = {}): VerificationAt {
    const { name = "", maxAge } = options;
    if (maxAge !== undefined && !Number.isFinite(maxAge)) {
      throw new RangeError(`Cannot verify as "maxAge" must be a finite number of seconds: received ${maxAge}`);
    }
    const bound = boundTo(name);
    const bytes = typeof sealed === "string" ? decodeBase64Url(sealed) : undefined;
    if (bytes === undefined || bytes.length < SHORTEST || bytes[0] !== VERSION) {
      return { ok: false, reason: "malformed" };
    }
    const nonce = bytes.subarray(1, 1 + NONCE_LENGTH);
    const ciphertext = bytes.subarray(1 + NONCE_LENGTH);
    for (let index = 0; index < this.#keys.length; index++) {
      const plaintext = decryptXaes(this.#keys[index]!, nonce, ciphertext, bound);
      if (plaintext) return this.#inTime(plaintext, index > 0, maxAge);
    }
    return { ok: false, reason: "bad signature" };
  }

  #inTime(plaintext: Uint8Array, rotated: boolean, maxAge: number | undefined): VerificationAt {
    const signedAt = readSeconds(plaintext, 0);
    const expiresAt = readSeconds(plaintext, 6);
    const now = secondsNow();
    if (signedAt - now > this.#clockSkew) return { ok: false, reason: "from the future" };
    if (expiresAt !== NEVER && now >= expiresAt) return { ok: false, reason: "expired" };
    if (maxAge !== undefined && now - signedAt > maxAge) return { ok: false, reason: "expired" };
    const value = decoder.decode(plaintext.subarray(TIMES_LENGTH));
    return { ok: true, value, rotated, signedAt, ...(expiresAt === NEVER ? {} : { expiresAt }) };
  }
}

// version (1) | nonce (24) | encrypted: sealed at (6), ends at (6), text | tag (16)
const VERSION = 1;
const TIMES_LENGTH = 12;
const SHORTEST = 1 + NONCE_LENGTH + TIMES_LENGTH + TAG_LENGTH;
/** The end of what has none, the greatest number of six bytes. */
const NEVER = 2 ** 48 - 1;

const encoder = new TextEncoder();
// A byte order mark at the beginning is part of the text.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function boundTo(name: string): Uint8Array {
  assertWellFormed(name, "name");
  return encoder.encode(String.fromCharCode(VERSION) + name);
}

function writeSeconds(bytes: Uint8Array, start: number, seconds: number, option: string): void {
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > NEVER) {
    throw new RangeError(`Cannot seal as "${option}" must be a number of seconds in reach: it leads to ${seconds}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, 6);
  view.setUint16(0, Math.floor(seconds / 2 ** 32));
  view.setUint32(2, seconds % 2 ** 32);
}

function readSeconds(bytes: Uint8Array, start: number): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, 6);
  return view.getUint16(0) * 2 ** 32 + view.getUint32(2);
}

function assertWellFormed(text: string, what: string): void {
  // UTF-8 writes every lone surrogate the same, so that the text would come back changed.
  if (typeof text !== "string" || !text.isWellFormed()) {
    throw new TypeError(`Cannot seal as the ${what} must be a text without lone surrogates`);
  }
}
