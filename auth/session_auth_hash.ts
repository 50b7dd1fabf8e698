/**
 * What binds a session to a password.
 *
 * @module
 */

import { timingSafeEqual } from "@std/crypto/timing-safe-equal";
import type { KeyRing } from "../cookies/key_ring.ts";
import { lazyNode } from "../cookies/lazy_node.ts";

/**
 * What a session holds of its user's password: it fits no other, so that a session ends when the password is changed. (Django's
 * `get_session_auth_hash`, byte for byte; HMAC-SHA-256 of what is stored of the password.)
 *
 * @param keys The keys; with Django's `SECRET_KEY`, Django makes the same.
 * @param password What is stored of the password; nothing counts as an empty text.
 * @returns One for each key, in hexadecimal. The first is the one to write. (The others are Django's `get_session_auth_fallback_hash`.)
 *
 * @example
 * ```ts
 * import { sessionAuthHashes } from "@nuages/web/auth";
 * import { KeyRing } from "@nuages/web/cookies";
 * import { assertMatch, assertNotEquals } from "@std/assert";
 *
 * const keys = new KeyRing(crypto.randomUUID());
 * const [before] = sessionAuthHashes(keys, "pbkdf2_sha256$1000000$salt$old");
 * const [after] = sessionAuthHashes(keys, "pbkdf2_sha256$1000000$salt$new");
 *
 * assertMatch(before!, /^[0-9a-f]{64}$/);
 * assertNotEquals(after, before);
 * ```
 */
export function sessionAuthHashes(keys: KeyRing, password: string | undefined): string[] {
  const { createHmac } = nodeCrypto();
  return keys.hmacKeys(SALT, "sha256").map((key) => createHmac("sha256", key).update(password ?? "").digest("hex"));
}

/**
 * Which of the hashes a session holds.
 *
 * @param held What the session holds; anything.
 * @param hashes Those of {@linkcode sessionAuthHashes}.
 * @returns Its place; -1 if it is none of them.
 * @internal
 */
export function whichHash(held: unknown, hashes: readonly string[]): number {
  if (typeof held !== "string") return -1;
  const given = encoder.encode(held);
  return hashes.findIndex((hash) => given.length === hash.length && timingSafeEqual(given, encoder.encode(hash)));
}

const SALT = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash";
const nodeCrypto = lazyNode("node:crypto");
const encoder = new TextEncoder();
