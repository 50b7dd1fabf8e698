import { Cookie } from "../cookies/cookie.ts";
import type { CookieJar } from "../cookies/cookie_jar.ts";
import { Sealer } from "../cookies/sealer.ts";
import type { RejectionReason } from "../cookies/verification.ts";
import type { AppInfo, Context } from "../middleware/context.ts";
import type { Draft, LoadedSession } from "./_backend.ts";
import { now } from "./_record.ts";
import { maxAgeOf } from "./_session_cookie.ts";
import { decodeDocument, encodeDocument } from "./_session_document.ts";
import type { CookieStore } from "./cookie_store.ts";
import { RecordTooLargeError } from "./record_too_large_error.ts";

/**
 * A sealed session in the visitor's cookies. A text too long for one cookie is cut, and the pieces go into `name`, `name.1`, `name.2` …; the first begins
 * with their number. Pieces of different sessions put together are no sealed text.
 */
export class SessionPieces {
  readonly #sealer: Sealer;
  readonly #cookies: readonly Cookie[];
  readonly #room: number;

  constructor(store: CookieStore, cookie: Cookie, app: AppInfo) {
    const keys = store.keys ?? app.keys;
    if (keys === undefined) {
      throw new TypeError("Cannot keep sessions in cookies as there are no keys: pass pipeline({ keys: [...] })");
    }
    this.#sealer = new Sealer(keys, { purpose: "nuages.session" });
    this.#cookies = Array.from({ length: store.maxCookies }, (_, part) => {
      return part === 0 ? cookie : new Cookie(`${cookie.name}.${part}`, cookie.attributes);
    });
    this.#room = COOKIE_BYTES - this.#cookies.at(-1)!.name.length - "0.".length;
  }

  /** Whether the request brought one of them. */
  present(jar: CookieJar): boolean {
    // A piece that lost its first one is to go too.
    return this.#cookies.some((cookie) => jar.has(cookie));
  }

  /** Cuts a session up. */
  seal(draft: Draft, jar: CookieJar, browserClose: boolean): void {
    const name = this.#cookies[0]!.name;
    const sealed = this.#sealer.seal(encodeDocument(draft.document), {
      name,
      maxAge: Math.max(0, Math.ceil((draft.expires - now()) / 1000)),
    });
    const limit = this.#room * this.#cookies.length;
    if (sealed.length > limit) throw new RecordTooLargeError("cookies", sealed.length, limit);
    const count = Math.ceil(sealed.length / this.#room);
    const attributes = browserClose ? {} : { maxAge: maxAgeOf(draft.expires) };
    for (let part = 0; part < count; part++) {
      const piece = sealed.slice(part * this.#room, (part + 1) * this.#room);
      jar.set(this.#cookies[part]!, part === 0 ? `${count}.${piece}` : piece, attributes);
    }
    this.#drop(jar, count);
  }

  /** Puts a session together; `undefined` if there is none, or what came is none. */
  unseal(context: Context): LoadedSession | undefined {
    const jar = context.cookies;
    const value = jar.get(this.#cookies[0]!);
    if (value === undefined) return undefined;
    const [, count = "1", first = ""] = /^([1-8])\.(.*)$/.exec(value) ?? [];
    const rest = this.#cookies.slice(1, Number(count)).map((cookie) => jar.get(cookie) ?? "");
    const opened = this.#sealer.verify(first + rest.join(""), { name: this.#cookies[0]!.name });
    if (!opened.ok) return this.#refused(context, opened.reason);
    const document = decodeDocument(opened.value);
    if (document === undefined || opened.expiresAt === undefined) return this.#refused(context, "malformed");
    return {
      document,
      expires: opened.expiresAt * 1000,
      place: undefined,
      isOutdated: opened.rotated,
      isElsewhere: false,
    };
  }

  /** Makes the browser forget all of them. */
  forget(jar: CookieJar): void {
    this.#drop(jar, 0);
  }

  /** The jar says the same of sealed cookies that it opens itself. */
  #refused(context: Context, reason: RejectionReason): undefined {
    if (reason === "expired") return;
    const cookie = this.#cookies[0]!.name;
    const message = `Cookie ${JSON.stringify(cookie)} was refused: ${reason}`;
    context.emit({ name: "cookie.bad_signature", message, data: { cookie } });
  }

  /** Makes the browser forget the pieces from a certain one on; the ones it hasn't got need no word. */
  #drop(jar: CookieJar, from: number): void {
    for (const cookie of this.#cookies.slice(from)) if (jar.has(cookie)) jar.delete(cookie);
  }
}

/** What browsers take for name and value together (RFC 6265bis §5.7). */
const COOKIE_BYTES = 4096;
