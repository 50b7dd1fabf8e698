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
import type { ReadOptions, SessionRecord, SessionStore, StoredSession } from "./store.ts";

interface Handle {
  readonly id: string;
  readonly version: string;
}

/**
 * Sessions in a store: the cookie holds an id, the store a record under the id's hash.
 *
 * A session that gets a new id is created under that, and a word takes the old record's place, in one step and only if nobody has written in
 * between. So there is no moment without a session, none in which somebody could use both ids (nobody knows the new one yet), and no
 * write that is lost. Ending a session goes by the same steps, and follows that word, so a sign-out can't miss a session that is just getting a new id.
 */
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

  async load(
    { cookies }: Context,
    { fresh = false }: ReadOptions = {},
  ): Promise<LoadedSession | Superseded | undefined> {
    const id = cookies.get(this.#cookie);
    if (id === undefined || !isSessionId(id)) return undefined;
    return await ask("read", async () => {
      const key = keyOfSession(id);
      let stored = fresh ? undefined : await this.#read(key);
      // A copy may not know yet what was begun just now, and the cookie of what isn't there is taken away.
      stored ??= await this.#readFresh(key);
      if (stored === undefined || stored.data === ENDED) return undefined;
      if (successorOf(stored) !== undefined) return "superseded";
      const document = decodeDocument(stored.data);
      if (document === undefined) throw new CorruptRecordError("the session store", "its text is no session");
      return { document, expires: stored.expires, handle: { id, version: stored.version } satisfies Handle };
    });
  }

  async create(draft: Draft, jar: CookieJar, browserClose: boolean): Promise<void> {
    const id = await ask("create", () => this.#create(draft));
    this.#remember(id, draft, jar, browserClose);
  }

  async replace(loaded: LoadedSession, draft: Draft, jar: CookieJar, how: ReplaceOptions): Promise<Outcome> {
    const { id, version } = loaded.handle as Handle;
    const key = keyOfSession(id);
    if (!how.cycle) {
      const status = await ask("write", () => this.#update(key, recordOf(draft), version));
      if (status === "written") this.#remember(id, draft, jar, how.browserClose);
      return status;
    }
    const next = await ask("create", () => this.#create(draft));
    const status = await ask("write", () => this.#update(key, word(supersededBy(next)), version));
    if (status === "written") this.#remember(next, draft, jar, how.browserClose);
    else await this.#clean(keyOfSession(next));
    return status;
  }

  async remove(loaded: LoadedSession): Promise<void> {
    const { id, version } = loaded.handle as Handle;
    const key = await ask("delete", () => this.#end(keyOfSession(id), version));
    if (key !== undefined) await this.#clean(key);
  }

  forget(jar: CookieJar): void {
    jar.delete(this.#cookie);
  }

  #remember(id: string, draft: Draft, jar: CookieJar, browserClose: boolean): void {
    jar.set(this.#cookie, id, browserClose ? {} : { maxAge: maxAgeOf(draft.expires) });
  }

  /** Puts the word that it has ended in a session's place, wherever it has got to meanwhile, and gives the key of that place. */
  async #end(key: string, version: string): Promise<string | undefined> {
    for (let attempt = 0; attempt < END_ATTEMPTS; attempt++) {
      const status = await this.#update(key, word(ENDED), version);
      if (status !== "conflict") return status === "written" ? key : undefined;
      let stored = await this.#readFresh(key);
      for (let next = successorOf(stored); next !== undefined; next = successorOf(stored)) {
        stored = await this.#readFresh(key = next);
      }
      if (stored === undefined || stored.data === ENDED) return undefined;
      version = stored.version;
    }
    // Against writers that busy only a deletion that asks nothing can win.
    await this.#store.delete(key);
    return undefined;
  }

  /** Removes a record that opens nothing any more. Where that fails, it dies by itself. */
  async #clean(key: string): Promise<void> {
    try {
      await this.#store.delete(key);
    } catch {
      // What had to be done is done.
    }
  }

  #readFresh(key: string): Promise<StoredSession | undefined> {
    return this.#read(key, { fresh: true });
  }

  async #read(key: string, options?: ReadOptions): Promise<StoredSession | undefined> {
    const stored: unknown = await this.#store.read(key, options);
    if (stored !== undefined && !isStoredSession(stored)) throw nonsense("read");
    return stored !== undefined && isAlive(stored.expires) ? stored : undefined;
  }

  async #create(draft: Draft): Promise<string> {
    const record = recordOf(draft);
    for (let attempt = 0; attempt < CREATE_ATTEMPTS; attempt++) {
      const id = newSessionId();
      const version: unknown = await this.#store.create(keyOfSession(id), record);
      if (typeof version === "string") return id;
      if (version !== undefined) throw nonsense("create");
    }
    throw new Error("Every new id was taken already, which chance does not explain");
  }

  async #update(key: string, record: SessionRecord, version: string): Promise<Outcome> {
    const result: { readonly status?: unknown } | undefined = await this.#store.update(key, record, version);
    const status = result?.status;
    if (status === "written" || status === "conflict" || status === "gone") return status;
    throw nonsense("update");
  }
}

const CREATE_ATTEMPTS = 5;
const END_ATTEMPTS = 30;

/** A store that throws, at once or later, becomes a 503 that names what it was asked. */
async function ask<T>(verb: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (cause) {
    // Too large a session is the program's doing, not the store's.
    if (cause instanceof RecordTooLargeError) throw cause;
    throw new SessionStoreError(verb, cause);
  }
}

function recordOf(draft: Draft): SessionRecord {
  return { data: encodeDocument(draft.document), expires: draft.expires };
}

/** What takes a session's place. It lives longer than requests are under way, and holds nothing that was the visitor's. */
function word(data: string): SessionRecord {
  return { data, expires: now() + 60_000 };
}

/** The session has ended. No document, as that begins with "c". */
const ENDED = '{"n":""}';

/** The session has got a new id. Its key opens nothing: an id can't be found from it. */
function supersededBy(id: string): string {
  return JSON.stringify({ n: keyOfSession(id) });
}

function successorOf(stored: SessionRecord | undefined): string | undefined {
  return /^\{"n":"([\w-]{43})"\}$/.exec(stored?.data ?? "")?.[1];
}

function isStoredSession(answer: unknown): answer is StoredSession {
  if (typeof answer !== "object" || answer === null) return false;
  const { data, expires, version } = answer as Partial<StoredSession>;
  return typeof data === "string" && Number.isFinite(expires) && typeof version === "string";
}

/** The store breaks its contract. What it answered stays out of the message, as it may be a session. */
function nonsense(method: string): TypeError {
  return new TypeError(`Cannot use what the session store answered to ${method}(): see the contract of SessionStore`);
}
