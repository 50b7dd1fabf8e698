// The signatures of Django's set_signed_cookie and get_signed_cookie.
import type { KeyRing } from "./key_ring.ts";
import { TimestampSigner } from "./timestamp_signer.ts";
import type { VerificationAt } from "./verification.ts";

/** Signs the value of a cookie for its name and a salt. */
export function signCookieValue(keys: KeyRing, name: string, salt: string, value: string, at?: number): string {
  return signerOf(keys, name, salt).sign(value, at === undefined ? {} : { at });
}

/** Verifies the value of a cookie for its name and a salt; `legacy` also tries the salt of Django before 5.2.15. */
export function verifyCookieValue(
  keys: KeyRing,
  name: string,
  salt: string,
  signed: string,
  options: { maxAge: number | undefined; legacy: boolean },
): VerificationAt {
  const age = options.maxAge === undefined ? {} : { maxAge: options.maxAge };
  const result = signerOf(keys, name, salt).verify(signed, age);
  // Anything else than a bad signature was said by a key of the ring, and another salt does not unsay it.
  if (!options.legacy || result.ok || result.reason !== "bad signature") return result;
  return new TimestampSigner(cookieKeys(keys), { salt: name + salt }).verify(signed, age);
}

function signerOf(keys: KeyRing, name: string, salt: string): TimestampSigner {
  // The length keeps salt and name apart: "ab" + "c" would otherwise sign for "a" + "bc" (CVE-2026-6873). Python
  // counts code points.
  return new TimestampSigner(cookieKeys(keys), { salt: `django.http.cookies.v2:${[...salt].length}:${salt}${name}` });
}

function cookieKeys(keys: KeyRing): KeyRing {
  return keys.withPrefix("django.http.cookies");
}
