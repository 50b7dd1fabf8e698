/**
 * What Django keeps of a session.
 *
 * @module
 */

import { djangoJson } from "../cookies/django_json.ts";
import type { KeyRing } from "../cookies/key_ring.ts";
import { isObject, parseJson } from "./_session_document.ts";
import { SignedDjangoTexts } from "./_signed_django_texts.ts";

/** Options of {@linkcode encodeDjangoSession}. */
export interface EncodeDjangoSessionOptions {
  /**
   * The time to stamp it with, in whole seconds since the epoch.
   *
   * @default {now}
   */
  readonly at?: number;
}

/**
 * Writes the data of a session as Django keeps it, in its table `django_session` and in its files: `SessionBase.encode` with Django's own serializer (`JSONSerializer`). It is signed and compressed, and
 * no secret: whoever reads the table reads the session.
 *
 * @param data The keys and what they hold, Django's own (`_auth_user_id`, `_session_expiry` …) among them.
 * @param keys The keys: Django's `SECRET_KEY`, followed by its `SECRET_KEY_FALLBACKS`. The first one signs.
 * @param options The time.
 * @returns The text of the column `session_data`.
 * @throws {TypeError} If `data` holds what JSON can't carry.
 *
 * @example
 * ```ts
 * import { KeyRing } from "@nuages/web/cookies";
 * import { decodeDjangoSession, encodeDjangoSession } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * const keys = new KeyRing(crypto.randomUUID() + crypto.randomUUID());
 * const text = encodeDjangoSession({ cart: ["emma"], _session_expiry: 300 }, keys);
 *
 * assertEquals(decodeDjangoSession(text, keys), { cart: ["emma"], _session_expiry: 300 });
 * ```
 */
export function encodeDjangoSession(
  data: Readonly<Record<string, unknown>>,
  keys: KeyRing,
  options: EncodeDjangoSessionOptions = {},
): string {
  return new SignedDjangoTexts(keys).write(djangoJson(data), options.at);
}

/**
 * Reads what {@linkcode encodeDjangoSession} or Django's `SessionBase.encode` wrote. A number beyond 2 to the 53rd, which Python may have, loses its last digits, as everywhere in JavaScript.
 *
 * @param text What was kept; it may be anything.
 * @param keys The keys: every one is tried.
 * @returns The keys and what they hold; `undefined` if none of the keys signed it, it inflates to more than 4 MiB, or it is no JSON, as where `SESSION_SERIALIZER` is another one.
 *
 * @example Anything else is undefined
 * ```ts
 * import { KeyRing } from "@nuages/web/cookies";
 * import { decodeDjangoSession } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(decodeDjangoSession("e30:1r31eq:AAAA", new KeyRing(crypto.randomUUID())), undefined);
 * ```
 */
export function decodeDjangoSession(text: string, keys: KeyRing): Record<string, unknown> | undefined {
  const opened = new SignedDjangoTexts(keys).open(text);
  const data = opened.ok ? parseJson(opened.value) : undefined;
  return isObject(data) ? data : undefined;
}
