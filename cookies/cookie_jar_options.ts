import type { CookieAttributes } from "./cookie_attributes.ts";
import type { KeyRing } from "./key_ring.ts";

/** What a {@linkcode CookieJar} is made with. */
export interface CookieJarOptions {
  /** The keys for signed and sealed cookies; without them those verbs throw. */
  readonly keys?: KeyRing;
  /**
   * Whether the request came over plain http to a loopback address. There, and only there, cookies are set without
   * `Secure` and without the prefix of their name.
   *
   * @default {() => false}
   */
  readonly loopback?: () => boolean;
  /**
   * Whether the request came over https. It is only asked to report `cookie.insecure_transport`.
   *
   * @default {() => true}
   */
  readonly secure?: () => boolean;
  /** Is told what is worth noticing. */
  readonly onEvent?: (event: CookieEvent) => void;
}

/**
 * Something worth noticing about a cookie. The value of the cookie is never part of it.
 *
 * - `"cookie.bad_signature"`: a signed or sealed cookie was refused because it is malformed, not genuine or from the
 *   future. (One that is too old is nothing to report.)
 * - `"cookie.reissued"`: a cookie made with an old key was made anew with the first one.
 * - `"cookie.insecure_transport"`: a `Secure` cookie is set over plain http, where browsers drop it.
 */
export interface CookieEvent {
  /** What happened. */
  readonly name: "cookie.bad_signature" | "cookie.reissued" | "cookie.insecure_transport";
  /** What happened, as a sentence for a log. */
  readonly message: string;
  /** The name of the cookie. */
  readonly cookie: string;
}

/** How {@linkcode CookieJar.getSigned} reads. */
export interface SignedCookieOptions {
  /**
   * A text that the signature is bound to besides the name.
   *
   * @default {""}
   */
  readonly salt?: string;
  /**
   * The greatest age that is accepted, in seconds.
   *
   * @default {undefined} that of the {@linkcode Cookie}, or until its `expires`; any age if the cookie is given by name
   */
  readonly maxAge?: number;
  /**
   * Whether a cookie signed by Django before 5.2.15 is accepted too. Its signature does not tell salt from name, so
   * that a cookie `ab` with salt `c` passes for a cookie `a` with salt `bc`.
   *
   * @default {false}
   */
  readonly legacySalt?: boolean;
}

/** How {@linkcode CookieJar.setSigned} writes. */
export interface SignedCookieAttributes extends CookieAttributes {
  /**
   * A text that the signature is bound to besides the name.
   *
   * @default {""}
   */
  readonly salt?: string;
}
