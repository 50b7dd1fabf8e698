import { cannot, hasPrefix, MAX_AGE_LIMIT, needsSecure, secondsUntil } from "./_cookie_rules.ts";
import { loopbackName, type NamedAttributes, plainCookie } from "./_loopback.ts";
import { type OutgoingCookie, OutgoingCookies } from "./_outgoing_cookies.ts";
import { deletionAttributes, isWritable, writeCookie, writeDeletion } from "./_write_cookie.ts";
import { secondsNow } from "./clock.ts";
import type { Cookie } from "./cookie.ts";
import type { CookieAttributes } from "./cookie_attributes.ts";
import type { CookieEvent, CookieJarOptions } from "./cookie_jar_options.ts";
import type { KeyRing } from "./key_ring.ts";
import { parseCookies } from "./parse_cookies.ts";
import type { RejectionReason, VerifiedAt } from "./verification.ts";

/** What lies under the verbs of a `CookieJar`: what came, what goes, and the connection between them. */
export class RequestCookies {
  #outgoing: OutgoingCookies | undefined;
  readonly #header: string | null;
  readonly #options: CookieJarOptions;
  #received: Map<string, string> | undefined;
  #reported = false;
  #closed = false;

  constructor(header: string | null, options: CookieJarOptions) {
    this.#header = header;
    this.#options = options;
  }

  /** Whether a cookie of the request was asked for. */
  get accessed(): boolean {
    return this.#received !== undefined;
  }

  /** The value that was set, or else that came. */
  get(name: string, plainName: string = hasPrefix(name) ? loopbackName(name) : name): string | undefined {
    const wireName = plainName !== name && this.#isLoopback() ? plainName : name;
    return this.#outgoing?.has(wireName) ? this.#outgoing.get(wireName) : this.#cookies().get(wireName);
  }

  /** The names of what came and was not deleted, and of what was set. */
  names(): string[] {
    const names = new Set(this.#cookies().keys());
    for (const [name, value] of this.#outgoing?.entries() ?? []) {
      if (value === undefined) names.delete(name);
      else names.add(name);
    }
    return [...names];
  }

  /** Sets a cookie. */
  set(cookie: Cookie, value: string): void {
    const { name, attributes } = this.#goesPlain(cookie) ? cookie.plain : cookie;
    this.#put({ name, attributes, value, line: writeCookie(name, value, attributes) });
  }

  /** Deletes a cookie. */
  delete(name: string, attributes: CookieAttributes): void {
    const whole = { name, attributes: deletionAttributes(name, attributes) };
    const sent = this.#goesPlain(whole) ? plainCookie(whole) : whole;
    this.#put({ ...sent, value: undefined, line: writeDeletion(sent.name, sent.attributes) });
  }

  #put(cookie: OutgoingCookie): void {
    (this.#outgoing ??= new OutgoingCookies()).put(cookie);
  }

  /** Whether there is something to write. */
  get changed(): boolean {
    return this.#outgoing !== undefined && this.#outgoing.size > 0;
  }

  /** Appends what is to be written to the headers, and forgets it. */
  applyTo(headers: Headers): void {
    this.#outgoing?.applyTo(headers);
  }

  /** Lets nothing be set from now on. */
  close(): void {
    this.#closed = true;
  }

  /** The keys, or an error that says where to give them. */
  keys(name: string): KeyRing {
    const { keys } = this.#options;
    if (keys) return keys;
    throw new TypeError(
      `Cannot sign or seal cookie ${
        JSON.stringify(name)
      } as there are no keys: give them with pipeline({ keys: [...] })`,
    );
  }

  /** Reports that a cookie was refused, unless it was only too old. */
  refused(name: string, reason: RejectionReason): undefined {
    if (reason === "expired") return;
    this.#report("cookie.bad_signature", name, `Cookie ${JSON.stringify(name)} was refused: ${reason}`);
  }

  /** Sets a cookie that an old key made again, for the rest of its life. */
  reissue(cookie: string | Cookie, read: VerifiedAt<unknown>, make: () => string): void {
    // By its name alone nobody knows the attributes it was set with.
    if (!read.rotated || typeof cookie === "string" || this.#closed) return;
    const { maxAge, expires } = cookie.attributes;
    const end = read.expiresAt ?? (maxAge === undefined ? undefined : read.signedAt + maxAge);
    const left = end === undefined ? undefined : Math.ceil(end - secondsNow());
    if ((left !== undefined && left <= 0) || (expires && secondsUntil(expires) === 0)) return;
    // Another machine's clock may be ahead, so that more seems left than the cookie was given.
    const renewed = left === undefined || expires ? cookie : cookie.with({ maxAge: Math.min(left, MAX_AGE_LIMIT) });
    const value = make();
    // Not every writer minds the limits of browsers. What can't be set again stays as it is: reading must not throw.
    if (!isWritable(cookie.name, value)) return;
    this.set(renewed, value);
    this.#report(
      "cookie.reissued",
      cookie.name,
      `Cookie ${JSON.stringify(cookie.name)} was made anew with the first key`,
    );
  }

  #cookies(): Map<string, string> {
    return this.#received ??= parseCookies(this.#header);
  }

  #isLoopback(): boolean {
    return this.#options.loopback?.() ?? false;
  }

  /** Whether a cookie goes under its plain name. If it can't be set any more, or the browser will drop it, that is said. */
  #goesPlain({ name, attributes }: NamedAttributes): boolean {
    if (this.#closed) throw new Error(`${cannot(name)} as the response has left: set cookies before it is returned`);
    if (!attributes.secure && !needsSecure(name, attributes)) return false;
    if (this.#isLoopback()) return true;
    if (!this.#reported && this.#options.secure?.() === false) {
      this.#reported = true;
      this.#report(
        "cookie.insecure_transport",
        name,
        `Cookie ${JSON.stringify(name)} is Secure and the request came over plain http, where browsers drop it`,
      );
    }
    return false;
  }

  #report(name: CookieEvent["name"], cookie: string, message: string): void {
    this.#options.onEvent?.({ name, message, cookie });
  }
}
