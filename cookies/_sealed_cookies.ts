import { assertJsonValue } from "./django_json.ts";
import type { KeyRing } from "./key_ring.ts";
import { Sealer, type SealOptions } from "./sealer.ts";
import type { VerificationAt } from "./verification.ts";

/** Seals a JSON value for a cookie. */
export function sealCookieValue(keys: KeyRing, name: string, value: unknown, options: SealOptions): string {
  assertJsonValue(value, `the value of cookie ${JSON.stringify(name)}`);
  return sealerOf(keys).seal(JSON.stringify(value), { ...options, name });
}

/** Opens what {@linkcode sealCookieValue} answered. */
export function openCookieValue(
  keys: KeyRing,
  name: string,
  sealed: string,
  maxAge: number | undefined,
): VerificationAt<unknown> {
  const result = sealerOf(keys).verify(sealed, maxAge === undefined ? { name } : { name, maxAge });
  return result.ok ? { ...result, value: JSON.parse(result.value) } : result;
}

/** A jar is made for each request, its sealer only once. */
const sealers = new WeakMap<KeyRing, Sealer>();

function sealerOf(keys: KeyRing): Sealer {
  let sealer = sealers.get(keys);
  if (!sealer) sealers.set(keys, sealer = new Sealer(keys, { purpose: "nuages.cookies" }));
  return sealer;
}
