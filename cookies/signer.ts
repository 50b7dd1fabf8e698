import { expectKeyRing } from "./_expect_key_ring.ts";
import { assertText, isSameSignature, signatureOf } from "./_signature.ts";
import type { KeyObject } from "node:crypto";
import type { KeyRing, SigningAlgorithm } from "./key_ring.ts";
import type { Verification } from "./verification.ts";

/** How a {@linkcode Signer} signs. */
export interface SignerOptions {
  /**
   * What the signatures are for. A signature made with one salt means nothing under another, so give each use its own.
   * As in Django an empty one stands for the default.
   *
   * @default {"django.core.signing.Signer"}
   */
  readonly salt?: string;
  /**
   * What stands between value and signature. It has at least one character that is not in base64url.
   *
   * @default {":"}
   */
  readonly sep?: string;
  /**
   * The hash function.
   *
   * @default {"sha256"}
   */
  readonly algorithm?: SigningAlgorithm;
}

/**
 * Signs texts, so that what comes back is known to be unchanged. Signed is not secret: anybody can read the value.
 *
 * The format is that of Django's `Signer`, both ways: `value:signature`, where the signature is HMAC in base64url.
 *
 * @example Usage
 * ```ts
 * import { KeyRing, Signer } from "@nuages/web/cookies";
 * import { assertEquals } from "@std/assert";
 *
 * const keys = new KeyRing(crypto.randomUUID() + crypto.randomUUID());
 * const signer = new Signer(keys, { salt: "newsletter.unsubscribe" });
 * const signed = signer.sign("ada@example.com");
 *
 * assertEquals(signer.unsign(signed), "ada@example.com");
 * assertEquals(signer.unsign("eve" + signed), undefined);
 * ```
 */
export class Signer {
  readonly #keys: readonly KeyObject[];
  readonly #separator: string;
  readonly #algorithm: SigningAlgorithm;

  /**
   * Derives the keys, once for each salt of a ring.
   *
   * @param keys The keys: the first one signs, every one verifies
   * @param options What differs from Django's defaults
   *
   * @throws {TypeError} If the keys are no ring, the separator could be part of a signature, the algorithm is unknown, or the salt has a lone
   *   surrogate
   */
  constructor(keys: KeyRing, options: SignerOptions = {}) {
    const { sep = ":", algorithm = "sha256" } = options;
    const salt = options.salt || "django.core.signing.Signer";
    if (UNSAFE_SEPARATOR_REGEXP.test(sep)) {
      throw new TypeError(
        `Cannot create Signer as "sep" must have a character other than letters, digits, [\\]^_\`=- and a line break: ` +
          `received ${JSON.stringify(sep)}`,
      );
    }
    expectKeyRing(keys, "create Signer");
    this.#keys = keys.hmacKeys(salt + "signer", algorithm);
    this.#separator = sep;
    this.#algorithm = algorithm;
  }

  /**
   * Signs a text.
   *
   * @param value The text
   * @returns The text with its signature behind
   *
   * @throws {TypeError} If `value` is not a text or has a lone surrogate
   */
  sign(value: string): string {
    assertText(value);
    return value + this.#separator + signatureOf(value, this.#keys[0]!, this.#algorithm);
  }

  /**
   * Answers the text that was signed.
   *
   * @param signed What was received; it may be anything
   * @returns The text, or `undefined` if no key of the ring signed it
   */
  unsign(signed: string): string | undefined {
    const result = this.verify(signed);
    return result.ok ? result.value : undefined;
  }

  /**
   * Answers the text that was signed and whether an old key signed it, or why it is refused.
   *
   * @param signed What was received; it may be anything
   * @returns `{ ok: true, value, rotated }`, or `{ ok: false, reason }`
   */
  verify(signed: string): Verification {
    const end = typeof signed === "string" ? signed.lastIndexOf(this.#separator) : -1;
    if (end === -1) return { ok: false, reason: "malformed" };
    const value = signed.slice(0, end);
    const signature = signed.slice(end + this.#separator.length);
    // In UTF-8 one lone surrogate is written as another, so that a signature would hold for both.
    if (!value.isWellFormed()) return { ok: false, reason: "malformed" };
    for (let index = 0; index < this.#keys.length; index++) {
      if (isSameSignature(signatureOf(value, this.#keys[index]!, this.#algorithm), signature)) {
        return { ok: true, value, rotated: index > 0 };
      }
    }
    return { ok: false, reason: "bad signature" };
  }
}

// Django's rule, with its range from "A" to "z", and Python's `$`, which is also before a line break at the end.
const UNSAFE_SEPARATOR_REGEXP = /^[A-z0-9\-_=]*\n?$/;
