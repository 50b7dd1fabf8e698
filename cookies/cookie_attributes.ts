/** Whether a cookie goes along with requests that another site starts. Letter case is free, as browsers read it. */
export type SameSite = "Lax" | "Strict" | "None" | "lax" | "strict" | "none";

/** What a browser keeps about a cookie besides its name and value (RFC 6265bis §4.1.2). */
export interface CookieAttributes {
  /**
   * How long the cookie lives, in seconds, without the fraction; zero or less removes it. At most 400 days
   * (34 560 000 seconds), since browsers cut what is longer. With neither this nor `expires` the cookie ends with the
   * browser session.
   */
  readonly maxAge?: number;
  /**
   * The moment at which the cookie ends, at most 400 days from now. Either this or `maxAge`, not both. Like Django it
   * is written as both `expires` and `Max-Age`.
   */
  readonly expires?: Date;
  /**
   * The domain that gets the cookie together with all its subdomains, such as `example.com`.
   *
   * @default {undefined} only the host that set it
   */
  readonly domain?: string;
  /**
   * The path below which the cookie is sent. `null` or `""` leaves it out, and the browser takes the folder of the
   * request.
   *
   * @default {"/"}
   */
  readonly path?: string | null;
  /** Whether the cookie is sent over https only. */
  readonly secure?: boolean;
  /** Whether the cookie is kept from scripts in the page. */
  readonly httpOnly?: boolean;
  /** Whether the cookie goes along with requests that another site starts; `"None"` takes `secure`. */
  readonly sameSite?: SameSite;
  /** Whether the cookie is kept apart for each top-level site (CHIPS); takes `secure`. */
  readonly partitioned?: boolean;
  /** Which cookies a Chromium browser drops first when it has too many. */
  readonly priority?: "Low" | "Medium" | "High";
}
