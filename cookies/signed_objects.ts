import { djangoJson } from "./django_json.ts";
import { decodePayload, encodePayload } from "./json_payload.ts";
import type { KeyRing } from "./key_ring.ts";
import { type MaxAgeOptions, TimestampSigner } from "./timestamp_signer.ts";
import type { VerificationAt } from "./verification.ts";

/** How {@linkcode dumps} writes. */
export interface DumpsOptions extends EncodeObjectOptions {
  /**
   * What the text is for, as with {@linkcode Signer}.
   *
   * @default {"django.core.signing"}
   */
  readonly salt?: string;
  /**
   * The time to stamp it with, in whole seconds since the epoch.
   *
   * @default {now}
   */
  readonly at?: number;
}

/** How {@linkcode loads} reads. */
export interface LoadsOptions extends MaxAgeOptions {
  /**
   * The salt it was written with.
   *
   * @default {"django.core.signing"}
   */
  readonly salt?: string;
}

/** How {@linkcode encodeObject} writes. */
export interface EncodeObjectOptions {
  /**
   * Whether the JSON is compressed if that makes it shorter.
   *
   * @default {false}
   */
  readonly compress?: boolean;
}

/**
 * Writes a JSON value as a signed, URL-safe text with the time, as Django's `signing.dumps` does. Signed is not
 * secret: anybody can read it.
 *
 * @param value A value that JSON carries
 * @param keys The keys: the first one signs
 * @param options Salt, compression and time
 * @returns The text
 *
 * @throws {TypeError} If `value` holds what JSON can't carry
 *
 * @example Usage
 * ```ts
 * import { dumps, KeyRing, loads } from "@nuages/web/cookies";
 * import { assertEquals } from "@std/assert";
 *
 * const keys = new KeyRing(crypto.randomUUID() + crypto.randomUUID());
 * const text = dumps({ user: 42, may: ["read"] }, keys, { salt: "invitation" });
 *
 * assertEquals(loads(text, keys, { salt: "invitation", maxAge: 3600 }), { user: 42, may: ["read"] });
 * assertEquals(loads(text, keys, { salt: "another use" }), undefined);
 * ```
 */
export function dumps(value: unknown, keys: KeyRing, options: DumpsOptions = {}): string {
  const { salt = DUMPS_SALT, compress = false, at } = options;
  return new TimestampSigner(keys, { salt }).sign(encodeObject(value, { compress }), at === undefined ? {} : { at });
}

/**
 * Reads what {@linkcode dumps} or Django's `signing.dumps` wrote.
 *
 * @typeParam T The type the value is known to have, since a key of the ring signed it
 * @param text What was received; it may be anything
 * @param keys The keys: every one is tried
 * @param options Salt and greatest age
 * @returns The value, or `undefined` if it was not signed with these keys and this salt, or is too old
 *
 * @throws {RangeError} If `maxAge` is not a finite number
 *
 * @example Anything else is undefined
 * ```ts
 * import { KeyRing, loads } from "@nuages/web/cookies";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(loads("forged:1r31eq:AAAA", new KeyRing(crypto.randomUUID())), undefined);
 * ```
 */
export function loads<T = unknown>(text: string, keys: KeyRing, options: LoadsOptions = {}): T | undefined {
  const result = verifyObject<T>(text, keys, options);
  return result.ok ? result.value : undefined;
}

/**
 * Reads what {@linkcode dumps} wrote, and says when it was signed and whether by an old key, or why it is refused.
 *
 * @typeParam T The type the value is known to have, since a key of the ring signed it
 * @param text What was received; it may be anything
 * @param keys The keys: every one is tried
 * @param options Salt and greatest age
 * @returns `{ ok: true, value, rotated, signedAt }`, or `{ ok: false, reason }`
 *
 * @throws {RangeError} If `maxAge` is not a finite number
 *
 * @example Why a text is refused
 * ```ts
 * import { KeyRing, verifyObject } from "@nuages/web/cookies";
 * import { assertEquals } from "@std/assert";
 *
 * const keys = new KeyRing(crypto.randomUUID());
 *
 * assertEquals(verifyObject("forged:1r31eq:AAAA", keys), { ok: false, reason: "bad signature" });
 * ```
 */
export function verifyObject<T = unknown>(
  text: string,
  keys: KeyRing,
  options: LoadsOptions = {},
): VerificationAt<T> {
  const { salt = DUMPS_SALT, ...age } = options;
  const result = new TimestampSigner(keys, { salt }).verify(text, age);
  if (!result.ok) return result;
  const decoded = decodeObject(result.value);
  if (decoded === undefined) return { ok: false, reason: "malformed" };
  return { ...result, value: decoded as T };
}

/**
 * Writes a JSON value as URL-safe text without a signature: what Django's `sign_object` signs.
 *
 * @param value A value that JSON carries
 * @param options Whether to compress
 * @returns base64url of the JSON, or `.` and base64url of the compressed JSON
 *
 * @throws {TypeError} If `value` holds what JSON can't carry
 *
 * @example Signed without a time, as Django's `Signer.sign_object`
 * ```ts
 * import { decodeObject, encodeObject, KeyRing, Signer } from "@nuages/web/cookies";
 * import { assertEquals } from "@std/assert";
 *
 * const signer = new Signer(new KeyRing(crypto.randomUUID()));
 * const signed = signer.sign(encodeObject({ message: "hello" }));
 *
 * assertEquals(decodeObject(signer.unsign(signed)!), { message: "hello" });
 * ```
 */
export function encodeObject(value: unknown, options: EncodeObjectOptions = {}): string {
  return encodePayload(djangoJson(value), options.compress ?? false);
}

/**
 * Reads what {@linkcode encodeObject} wrote. Verify the signature first: this does not.
 *
 * @param text The text; it may be anything
 * @returns The value, or `undefined` if the text was not written so or inflates to more than 4 MiB. As `undefined` is
 *   no JSON value, the two can't be confused
 *
 * @example Anything else is undefined
 * ```ts
 * import { decodeObject } from "@nuages/web/cookies";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(decodeObject("e30"), {});
 * assertEquals(decodeObject("***"), undefined);
 * ```
 */
export function decodeObject(text: string): unknown {
  const json = decodePayload(text);
  if (json === undefined) return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const DUMPS_SALT = "django.core.signing";
