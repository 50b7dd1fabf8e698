import type { Cookie } from "../cookies/cookie.ts";
import type { CookieJar } from "../cookies/cookie_jar.ts";
import { decodePayload, encodePayload } from "../cookies/json_payload.ts";
import type { KeyRing } from "../cookies/key_ring.ts";
import { TimestampSigner } from "../cookies/timestamp_signer.ts";
import type { RejectionReason } from "../cookies/verification.ts";
import type { Context } from "../middleware/context.ts";
import type { Draft, LoadedSession, Outcome, ReplaceOptions, SessionBackend } from "./_backend.ts";
import { assertOwnerIsUser, type ExactValues, readDjango, writeDjango } from "./_django_document.ts";
import { deadline } from "./_expiry.ts";
import { now } from "./_record.ts";
import { LastingCookie } from "./_session_cookie.ts";
import type { Settings } from "./_settings.ts";
import type { DjangoCookieStore } from "./django_cookie_store.ts";
import { DjangoTime } from "./django_time.ts";
import { RecordTooLargeError } from "./record_too_large_error.ts";

/** When a session was signed, and as what it was read. */
interface Place {
  readonly signedAt: number;
  readonly exact: ExactValues;
}

/** Sessions in Django's cookie, where the browser has the only copy. */
export class DjangoCookies implements SessionBackend {
  readonly #signer: TimestampSigner;
  readonly #time: DjangoTime;
  readonly #cookie: Cookie;
  readonly #lasting: LastingCookie;
  readonly #settings: Settings;

  /**
   * @param store How Django writes.
   * @param keys What signs them, unless the store has keys of its own.
   * @param cookie Where they are.
   * @param settings How long they live.
   */
  constructor(store: DjangoCookieStore, keys: KeyRing | undefined, cookie: Cookie, settings: Settings) {
    const ring = store.keys ?? keys;
    if (ring === undefined) {
      throw new TypeError(
        "Cannot use DjangoCookieStore as there are no keys: pass pipeline({ keys: [SECRET_KEY, ...SECRET_KEY_FALLBACKS] })",
      );
    }
    this.#signer = new TimestampSigner(ring, { salt: SALT });
    this.#time = new DjangoTime("DjangoCookieStore", store.timeZone);
    this.#cookie = cookie;
    this.#lasting = new LastingCookie(this.#cookie);
    this.#settings = settings;
  }

  present(jar: CookieJar): boolean {
    return jar.has(this.#cookie);
  }

  load(context: Context): LoadedSession | undefined {
    const text = context.cookies.get(this.#cookie);
    if (text === undefined) return undefined;
    const opened = this.#signer.verify(text);
    if (!opened.ok) return this.#refused(context, opened.reason);
    const { signedAt } = opened;
    const json = decodePayload(opened.value);
    const found = json === undefined ? undefined : readDjango(json, this.#time, signedAt * 1000);
    if (found === undefined) return this.#refused(context, "malformed");
    const { document, exact } = found;
    const expires = deadline(document, this.#settings, signedAt * 1000);
    if (now() > expires) return undefined;
    return { document, expires, place: { signedAt, exact }, isOutdated: opened.rotated, isElsewhere: false };
  }

  create(draft: Draft, jar: CookieJar, browserClose: boolean): Promise<void> {
    return Promise.try(() => this.#write(draft, { exact: NOTHING }, jar, browserClose));
  }

  replace(loaded: LoadedSession, draft: Draft, jar: CookieJar, how: ReplaceOptions): Promise<Outcome> {
    const { exact, signedAt } = loaded.place as Place;
    // What is signed anew since an old key has signed it doesn't live longer for that.
    const isSame = draft.expires === loaded.expires && draft.document.data === loaded.document.data;
    const place = isSame ? { exact, signedAt } : { exact };
    return Promise.try(() => this.#write(draft, place, jar, how.browserClose)).then(() => "written");
  }

  remind(): void {
    // The browser has the session, not the name of one.
  }

  async remove(): Promise<void> {
    // Nobody remembers which sessions were ended.
  }

  async removeSuccessor(): Promise<void> {
    // There are no ids.
  }

  forget(jar: CookieJar): void {
    jar.delete(this.#cookie);
  }

  #write({ document, expires }: Draft, place: Partial<Place>, jar: CookieJar, browserClose: boolean): void {
    assertOwnerIsUser(document);
    const json = writeDjango(document, place.exact ?? NOTHING, this.#time);
    const at = place.signedAt ?? Math.floor(now() / 1000);
    const text = this.#signer.sign(encodePayload(json, true), { at });
    const limit = COOKIE_BYTES - this.#cookie.name.length;
    if (text.length > limit) throw new RecordTooLargeError("a cookie", text.length, limit);
    jar.set(browserClose ? this.#cookie : this.#lasting.until(expires), text);
  }

  /** The jar says the same of signed cookies that it reads itself. */
  #refused(context: Context, reason: RejectionReason): undefined {
    const { name: cookie } = this.#cookie;
    const message = `Cookie ${JSON.stringify(cookie)} was refused: ${reason}`;
    context.emit({ name: "cookie.bad_signature", message, data: { cookie } });
  }
}

const NOTHING: ExactValues = new Map();
/** Django's, by the name of its module. */
const SALT = "django.contrib.sessions.backends.signed_cookies";
/** What browsers take for name and value together (RFC 6265bis §5.7). */
const COOKIE_BYTES = 4096;
