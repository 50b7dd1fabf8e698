import type { Cookie } from "../cookies/cookie.ts";
import type { CookieJar } from "../cookies/cookie_jar.ts";
import type { Context } from "../middleware/context.ts";
import type { Draft, LoadedSession, Outcome, ReplaceOptions, SessionBackend, Superseded } from "./_backend.ts";
import { isAlive, now } from "./_record.ts";
import { maxAgeOf } from "./_session_cookie.ts";
import { decodeDocument, encodeDocument } from "./_session_document.ts";
import { isSessionId, keyOfSession, newSessionId } from "./_session_id.ts";
import { CorruptRecordError } from "./corrupt_record_error.ts";
import { RecordTooLargeError } from "./record_too_large_error.ts";
import { SessionStoreError } from "./session_errors.ts";
import type { SessionRecord, SessionStore, StoredSession, WriteResult } from "./store.ts";

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

  async load({ cookies }: Context): Promise<LoadedSession | Superseded | undefined> {
    const id = cookies.get(this.#cookie);
    if (id === undefined || !isSessionId(id)) return undefined;
    return await this.#ask("read", async () => {
      const stored = await this.#store.read(keyOfSession(id));
      if (stored === undefined) return undefined;
      if (!isStoredSession(stored)) throw nonsense("read");
      const { data, expires, version } = stored;
      if (!isAlive(expires)) return undefined;
      if (data === SUPERSEDED_TEXT) return "superseded";
      const document = decodeDocument(data);
      if (document === undefined) throw new CorruptRecordError("the session store", "its text is no session");
      return { document, expires, handle: { id, version } satisfies Handle };
    });
  }

  async create(draft: Draft, jar: CookieJar, browserClose: boolean): Promise<void> {
    const record = recordOf(draft);
    for (let attempt = 0; attempt < CREATE_ATTEMPTS; attempt++) {
      const id = newSessionId();
      const isNew = await this.#ask("create", async () => {
        const version: unknown = await this.#store.create(keyOfSession(id), record);
        if (version !== undefined && typeof version !== "string") throw nonsense("create");
        return version !== undefined;
      });
      if (isNew) return this.#remember(id, draft, jar, browserClose);
    }
    throw new SessionStoreError("create", new Error("Every new id was taken already, which chance does not explain"));
  }

  async replace(loaded: LoadedSession, draft: Draft, jar: CookieJar, how: ReplaceOptions): Promise<Outcome> {
    const { id, version } = loaded.handle as Handle;
    const [key, record] = [keyOfSession(id), recordOf(draft)];
    const next = how.cycle ? newSessionId() : id;
    const status = await this.#ask("write", async () => {
      const result: Partial<WriteResult> | undefined = how.cycle
        ? await this.#store.move(key, keyOfSession(next), record, version)
        : await this.#store.update(key, record, version);
      if (!isOutcome(result?.status)) throw nonsense(how.cycle ? "move" : "update");
      return result.status;
    });
    if (status === "written") {
      this.#remember(next, draft, jar, how.browserClose);
      if (how.cycle) await this.#markSuperseded(key);
    }
    return status;
  }

  /**
   * Leaves word under an ended id, without a way to the new one. Requests that left before the browser had the new id would otherwise find
   * nothing, and their answers take the cookie away: with the new id in it, and who has just signed in would be signed out.
   */
  async #markSuperseded(key: string): Promise<void> {
    try {
      await this.#store.create(key, { data: SUPERSEDED_TEXT, expires: now() + SUPERSEDED_MILLISECONDS });
    } catch {
      // The session has its new id, which is what was asked for. Without the word it is as with every other library.
    }
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

/** No document, and never will be one: that has its "c" first. */
const SUPERSEDED_TEXT = '{"m":1}';
/** Longer than requests are under way, and short enough for a visitor who never got the answer with the new id. */
const SUPERSEDED_MILLISECONDS = 60_000;

function recordOf(draft: Draft): SessionRecord {
  return { data: encodeDocument(draft.document), expires: draft.expires };
}

function isStoredSession(answer: unknown): answer is StoredSession {
  if (typeof answer !== "object" || answer === null) return false;
  const { data, expires, version } = answer as Partial<StoredSession>;
  return typeof data === "string" && Number.isFinite(expires) && typeof version === "string";
}

function isOutcome(status: unknown): status is Outcome {
  return status === "written" || status === "conflict" || status === "gone";
}

/** The store breaks its contract. What it answered stays out of the message, as it may be a session. */
function nonsense(method: string): TypeError {
  return new TypeError(`Cannot use what the session store answered to ${method}(): see the contract of SessionStore`);
}
