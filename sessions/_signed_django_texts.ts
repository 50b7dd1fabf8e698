import { decodePayload, encodePayload } from "../cookies/json_payload.ts";
import type { KeyRing } from "../cookies/key_ring.ts";
import { TimestampSigner } from "../cookies/timestamp_signer.ts";
import type { Verification } from "../cookies/verification.ts";
import type { DjangoTexts } from "./_django_place.ts";

/** Signs the JSON of sessions as Django's `SessionBase.encode` does, and opens what it has signed. */
export class SignedDjangoTexts implements DjangoTexts {
  readonly place = "Django's table";
  readonly remedy = "SESSION_SERIALIZER has to be Django's own, and NaN is no JSON";
  readonly #signer: TimestampSigner;

  /**
   * @param keys The keys: Django's `SECRET_KEY`, and its fallbacks.
   */
  constructor(keys: KeyRing) {
    // A row has a deadline of its own, and Django's clock may be ahead of ours.
    this.#signer = new TimestampSigner(keys, { salt: SALT, clockSkew: Infinity });
  }

  /**
   * Signs.
   *
   * @param json The JSON, in ASCII.
   * @param at The time to stamp it with, in whole seconds since the epoch; now, if left out.
   * @returns What Django keeps.
   */
  write(json: string, at?: number): string {
    return this.#signer.sign(encodePayload(json, true), at === undefined ? {} : { at });
  }

  open(text: string): Verification<string> {
    const result = this.#signer.verify(text);
    if (!result.ok) return result;
    return { ok: true, value: decodePayload(result.value) ?? "", rotated: result.rotated };
  }
}

/** Django's, by the name of its class. */
const SALT = "django.contrib.sessions.SessionStore";
