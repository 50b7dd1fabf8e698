import type { KeyObject } from "node:crypto";
import { lazyNode } from "./lazy_node.ts";

/** A hash function that signatures may be made with. Django's default is `"sha256"`. */
export type SigningAlgorithm = "sha1" | "sha256" | "sha384" | "sha512";

/**
 * The secret keys of an application: the first one signs and seals, every one is tried for reading. To change the key,
 * put the new one in front and drop the old one when nothing made with it is worth reading any more.
 *
 * It takes Django's `SECRET_KEY`, followed by its `SECRET_KEY_FALLBACKS`, as they are. The keys themselves never leave
 * the ring: neither printing it nor writing it as JSON shows them.
 *
 * @example A new key in front of an old one
 * ```ts
 * import { KeyRing, Signer } from "@nuages/web/cookies";
 * import { assertEquals } from "@std/assert";
 *
 * const [oldKey, newKey] = [crypto.randomUUID() + crypto.randomUUID(), crypto.randomUUID() + crypto.randomUUID()];
 * const signed = new Signer(new KeyRing(oldKey)).sign("hello");
 *
 * assertEquals(new Signer(new KeyRing([newKey, oldKey])).unsign(signed), "hello");
 * ```
 */
export class KeyRing {
  readonly #secrets: readonly string[];
  readonly #derived = new Map<string, readonly KeyObject[]>();
  readonly #prefixed = new Map<string, KeyRing>();

  /**
   * Checks the keys.
   *
   * @param keys One key, or several with the one that writes in front; each a text of at least 32 bytes
   *
   * @throws {TypeError} If there is no key, a key is not a text, or it begins with `django-insecure-`
   * @throws {RangeError} If a key is shorter than 32 bytes or has fewer than 5 different characters
   */
  constructor(keys: string | readonly string[]) {
    // An environment variable that is not set comes as `undefined`, whatever the types say.
    const secrets: readonly string[] = Array.isArray(keys) ? [...keys] : [keys];
    if (secrets.length === 0) throw new TypeError(`Cannot create KeyRing as there must be at least one key. ${REMEDY}`);
    for (const [index, secret] of secrets.entries()) assertStrong(secret, index);
    this.#secrets = secrets;
    // Whoever has keys will sign: what that takes is loaded now, and not while the first visitor waits.
    nodeCrypto();
  }

  /** How many keys there are. */
  get size(): number {
    return this.#secrets.length;
  }

  /**
   * A ring of the same keys, each with a text in front. Django keeps the keys of signed cookies apart in this way, with
   * `"django.http.cookies"`.
   *
   * @param prefix The text
   * @returns The other ring, the same object for the same prefix
   */
  withPrefix(prefix: string): KeyRing {
    return remembered(this.#prefixed, prefix, () => new KeyRing(this.#secrets.map((secret) => prefix + secret)));
  }

  /**
   * The keys for HMAC, derived as Django's `salted_hmac` does: the hash of salt and secret.
   *
   * @param salt What the signatures are for; signatures with one salt mean nothing under another
   * @param algorithm The hash function
   * @returns One derived key for each key of the ring, in its order
   *
   * @throws {TypeError} If `salt` has a lone surrogate or `algorithm` is not one of the four
   */
  hmacKeys(salt: string, algorithm: SigningAlgorithm = "sha256"): readonly KeyObject[] {
    if (!ALGORITHMS.has(algorithm)) {
      throw new TypeError(
        `Cannot sign with ${JSON.stringify(algorithm)} as the algorithm must be one of ${[...ALGORITHMS].join(", ")}`,
      );
    }
    return remembered(this.#derived, `${algorithm}:${salt}`, () => {
      assertWellFormed(salt, "salt");
      const { createHash, createSecretKey } = nodeCrypto();
      return this.#secrets.map((secret) => createSecretKey(createHash(algorithm).update(salt + secret).digest()));
    });
  }

  /**
   * The keys for AES-256, derived by HKDF-SHA-256 (RFC 5869).
   *
   * @param purpose What is encrypted; texts sealed for one purpose can't be opened for another
   * @returns One derived key for each key of the ring, in its order
   *
   * @throws {TypeError} If `purpose` has a lone surrogate
   */
  encryptionKeys(purpose: string): readonly KeyObject[] {
    return remembered(this.#derived, `hkdf:${purpose}`, () => {
      assertWellFormed(purpose, "purpose");
      const { createSecretKey, hkdfSync } = nodeCrypto();
      return this.#secrets.map((secret) =>
        createSecretKey(new Uint8Array(hkdfSync("sha256", secret, "nuages.sealed", purpose, 32)))
      );
    });
  }

  /** What is shown instead of the keys. */
  toString(): string {
    return `KeyRing(${this.size} ${this.size === 1 ? "key" : "keys"}, hidden)`;
  }

  /** What is written as JSON instead of the keys. */
  toJSON(): string {
    return this.toString();
  }
}

const nodeCrypto = lazyNode("node:crypto");
const ALGORITHMS: ReadonlySet<string> = new Set<SigningAlgorithm>(["sha1", "sha256", "sha384", "sha512"]);
const REMEDY = 'Make a good key with: deno eval "console.log(crypto.randomUUID() + crypto.randomUUID())"';
/** As many derived keys and prefixed rings are kept; beyond that the oldest is derived again when needed. */
const REMEMBERED = 1000;

function assertStrong(secret: unknown, index: number): void {
  const which = `Cannot create KeyRing as key ${index + 1}`;
  if (typeof secret !== "string") {
    throw new TypeError(`${which} must be a text: received ${secret === null ? "null" : typeof secret}. ${REMEDY}`);
  }
  assertWellFormed(secret, "key");
  const { length } = new TextEncoder().encode(secret);
  if (length < 32) throw new RangeError(`${which} must have at least 32 bytes: received ${length}. ${REMEDY}`);
  const different = new Set(secret).size;
  if (different < 5) {
    throw new RangeError(`${which} must have at least 5 different characters: received ${different}. ${REMEDY}`);
  }
  if (secret.startsWith("django-insecure-")) {
    throw new TypeError(`${which} must not be the one that startproject made for development. ${REMEDY}`);
  }
}

function assertWellFormed(text: string, what: string): void {
  // UTF-8 writes every lone surrogate the same, so that two texts would have one signature.
  if (typeof text !== "string" || !text.isWellFormed()) {
    throw new TypeError(`Cannot derive keys as the ${what} must be a text without lone surrogates`);
  }
}

function remembered<T>(cache: Map<string, T>, id: string, make: () => T): T {
  let value = cache.get(id);
  if (value === undefined) {
    value = make();
    if (cache.size >= REMEMBERED) cache.delete(cache.keys().next().value!);
    cache.set(id, value);
  }
  return value;
}
