import type { Cookie } from "../cookies/cookie.ts";
import type { CookieJar } from "../cookies/cookie_jar.ts";
import type { Draft, LoadedSession, Outcome, ReplaceOptions, SessionBackend } from "./_backend.ts";
import { maxAgeOf } from "./_session_cookie.ts";
import { decodeDocument, encodeDocument } from "./_session_document.ts";
import { isSessionId, keyOfSession, newSessionId } from "./_session_id.ts";
import { CorruptRecordError } from "./corrupt_record_error.ts";
import { RecordTooLargeError } from "./record_too_large_error.ts";
import { SessionStoreError } from "./session_errors.ts";
import type { SessionRecord, SessionStore } from "./store.ts";

interface Handle {
  readonly id: string;
  readonly version: string;
}

/** Sessions in a store: the cookie holds an id, the store a record under the id's hash. */
export class StoredSessions implements SessionBackend {
  readonly #store: SessionStore;
  readonly #cookie: Cookie;

  constructor(store: SessionStore, cookie: Cookie) {
    this.#store = store;
    this.#cookie = cookie;
  }

  present(jar: CookieJar): boolean {
    return jar.has(this.#cookie);
  }

  async load(jar: CookieJar): Promise<LoadedSession | undefined> {
    const id = jar.get(this.#cookie);
    if (id === undefined || !isSessionId(id)) return undefined;
    const stored = await this.#ask("read", () => this.#store.read(keyOfSession(id)));
    if (stored === undefined) return undefined;
    const document = decodeDocument(stored.data);
    if (document === undefined) {
      throw new SessionStoreError("read", new CorruptRecordError("the session store", "its text is no session"));
    }
    return { document, expires: stored.expires, handle: { id, version: stored.version } satisfies Handle };
  }

  async create(draft: Draft, jar: CookieJar, browserClose: boolean): Promise<void> {
    const record = recordOf(draft);
    for (let attempt = 0; attempt < CREATE_ATTEMPTS; attempt++) {
      const id = newSessionId();
      const version = await this.#ask("create", () => this.#store.create(keyOfSession(id), record));
      if (version !== undefined) return this.#remember(id, draft, jar, browserClose);
    }
    throw new SessionStoreError("create", new Error("Every new id was taken already, which chance does not explain"));
  }

  async replace(loaded: LoadedSession, draft: Draft, jar: CookieJar, how: ReplaceOptions): Promise<Outcome> {
    const { id, version } = loaded.handle as Handle;
    const [key, record] = [keyOfSession(id), recordOf(draft)];
    const next = how.cycle ? newSessionId() : id;
    const { status } = await this.#ask("write", () => {
      return how.cycle
        ? this.#store.move(key, keyOfSession(next), record, version)
        : this.#store.update(key, record, version);
    });
    if (status === "written") this.#remember(next, draft, jar, how.browserClose);
    return status;
  }

  async remove(loaded: LoadedSession): Promise<void> {
    const { id } = loaded.handle as Handle;
    await this.#ask("delete", () => this.#store.delete(keyOfSession(id)));
  }

  forget(jar: CookieJar): void {
    jar.delete(this.#cookie);
  }

  #remember(id: string, draft: Draft, jar: CookieJar, browserClose: boolean): void {
    jar.set(this.#cookie, id, browserClose ? {} : { maxAge: maxAgeOf(draft.expires) });
  }

  /** A store that throws, at once or later, becomes a 503 that names what it was asked. */
  async #ask<T>(verb: string, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (cause) {
      // Too large a session is the program's doing, not the store's.
      if (cause instanceof RecordTooLargeError) throw cause;
      throw new SessionStoreError(verb, cause);
    }
  }
}

const CREATE_ATTEMPTS = 5;

function recordOf(draft: Draft): SessionRecord {
  return { data: encodeDocument(draft.document), expires: draft.expires };
}
