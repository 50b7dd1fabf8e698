import type { Cookie } from "../cookies/cookie.ts";
import type { CookieJar } from "../cookies/cookie_jar.ts";
import { type Awaitable, chain } from "../middleware/awaitable.ts";
import type { Context } from "../middleware/context.ts";
import type { Draft, LoadedSession, Outcome, ReplaceOptions, SessionBackend, Superseded } from "./_backend.ts";
import { endSession, endSuccessor, type Place, wordRecord } from "./_end_session.ts";
import type { GuardedStore } from "./_guarded_store.ts";
import { now } from "./_record.ts";
import { Recent } from "./_recent.ts";
import { isWord, type RecordContent, type RecordTexts, type Word } from "./_record_texts.ts";
import { LastingCookie } from "./_session_cookie.ts";
import { isSessionId, keyOfOwner, keyOfSession, newSessionId, nextSessionId } from "./_session_id.ts";
import { storeError } from "./_store_calls.ts";
import { SessionStoreError } from "./session_errors.ts";
import type { ReadOptions, SessionRecord, StoredSession } from "./store.ts";

/** Where a session is, and the id that leads there. */
interface IdPlace extends Place {
  readonly id: string;
}

type Found = LoadedSession | Superseded | undefined;

/**
 * Sessions in a store: the cookie holds an id, the store a record under the id's hash.
 *
 * A session that gets a new id is created under that, and a word takes the old record's place, in one step and only if nobody has written in
 * between. So there is no moment without a session, none in which somebody could use both ids (nobody knows the new one yet), and no
 * write that is lost. Ending a session goes by the same steps, and follows that word, so a sign-out can't miss a session that is just getting a new id.
 *
 * Where the new id comes of itself, as the old one was old enough, the word also says how a request with the old id finds the new one, for
 * some seconds: it goes on there, on the same record, and gives the browser the new id once more, in case the first answer got lost.
 */
export class StoredSessions implements SessionBackend {
  readonly #store: GuardedStore;
  readonly #texts: RecordTexts;
  readonly #cookie: Cookie;
  readonly #lasting: LastingCookie;
  readonly #grace: number;
  /**
   * A page and what belongs to it come with one id in a row, and hashing is dearer than all else that finding a session takes. The ids are in this process
   * only, where every request brings its own anyway.
   */
  readonly #keys = new Recent<string>(2048);

  /**
   * @param store Where they are.
   * @param texts How records are written.
   * @param cookie Where the id is.
   * @param grace For how long an old id leads to the one that has followed it of itself, in milliseconds.
   */
  constructor(store: GuardedStore, texts: RecordTexts, cookie: Cookie, grace: number) {
    this.#store = store;
    this.#texts = texts;
    this.#cookie = cookie;
    this.#lasting = new LastingCookie(this.#cookie);
    this.#grace = grace;
    // The first digest loads what makes them: now, and not while the first visitor waits.
    keyOfSession("");
  }

  present(jar: CookieJar): boolean {
    return jar.has(this.#cookie);
  }

  load(context: Context, { fresh = false }: ReadOptions = {}): Awaitable<Found> {
    const id = context.cookies.get(this.#cookie);
    const key = id === undefined ? undefined : this.#keyOf(id);
    if (id === undefined || key === undefined) return undefined;
    const stored = fresh ? this.#store.readFresh(key) : this.#store.read(key);
    return stored instanceof Promise
      ? stored.then((stored) => this.#arrive(id, key, stored, context, fresh))
      : this.#arrive(id, key, stored, context, fresh);
  }

  async create(draft: Draft, jar: CookieJar, browserClose: boolean): Promise<void> {
    const id = await this.#create(draft);
    this.#remember(id, draft.expires, jar, browserClose);
  }

  replace(loaded: LoadedSession, draft: Draft, jar: CookieJar, how: ReplaceOptions): Promise<Outcome> {
    if (how.id !== "same") return this.#replaceId(loaded, draft, jar, how);
    const { id, key, version } = loaded.place as IdPlace;
    return this.#store.update(key, this.#record(key, draft), version).then((status) => {
      if (status === "written") this.#remember(id, draft.expires, jar, how.browserClose);
      return status;
    });
  }

  async #replaceId(loaded: LoadedSession, draft: Draft, jar: CookieJar, how: ReplaceOptions): Promise<Outcome> {
    const { id, key, version } = loaded.place as IdPlace;
    const rotation = how.id === "rotated" ? { nonce: newSessionId(), until: now() + this.#grace } : undefined;
    const next = await this.#create(draft, rotation && nextSessionId(id, rotation.nonce));
    const word: Word = { next: keyOfSession(next), rotation };
    const status = await this.#put(word, key, version);
    if (status === "written") this.#remember(next, draft.expires, jar, how.browserClose);
    else await this.#store.clean(word.next);
    return status;
  }

  remind({ place, expires }: LoadedSession, jar: CookieJar, browserClose: boolean): void {
    this.#remember((place as IdPlace).id, expires, jar, browserClose);
  }

  async remove(loaded: LoadedSession): Promise<void> {
    await endSession(this.#store, this.#texts, loaded.place as IdPlace);
  }

  async removeSuccessor(context: Context): Promise<void> {
    const id = context.cookies.get(this.#cookie);
    const key = id === undefined ? undefined : this.#keyOf(id);
    if (key !== undefined) await endSuccessor(this.#store, this.#texts, key);
  }

  forget(jar: CookieJar): void {
    jar.delete(this.#cookie);
  }

  #remember(id: string, expires: number, jar: CookieJar, browserClose: boolean): void {
    jar.set(browserClose ? this.#cookie : this.#lasting.until(expires), id);
  }

  /** The key of an id; `undefined` for what is no id of ours. */
  #keyOf(id: string): string | undefined {
    const known = this.#keys.get(id);
    if (known !== undefined || !isSessionId(id)) return known;
    const key = keyOfSession(id);
    this.#keys.set(copyOf(id), key);
    return key;
  }

  #arrive(
    id: string,
    key: string,
    stored: StoredSession | undefined,
    context: Context,
    fresh: boolean,
  ): Awaitable<Found> {
    // A copy may not know yet what was begun just now, and the cookie of what isn't there is taken away.
    return stored === undefined && !fresh ? this.load(context, { fresh: true }) : this.#open(id, key, stored, context);
  }

  #open(id: string, key: string, stored: StoredSession | undefined, context: Context, steps = 0): Awaitable<Found> {
    if (stored === undefined) return undefined;
    const read = this.#readText(key, stored.data, context);
    if (read === undefined) return undefined;
    const { content, isOutdated } = read;
    if (isWord(content)) return this.#follow(id, content, context, steps);
    const place: IdPlace = { id, key, version: stored.version };
    return { document: content, expires: stored.expires, place, isOutdated, isElsewhere: steps > 0 };
  }

  #readText(key: string, text: string, context: Context): RecordContent | undefined {
    let content;
    try {
      content = this.#texts.read(key, text);
    } catch (error) {
      throw storeError("read", error);
    }
    if (content === undefined) {
      context.emit({
        name: "session.unreadable",
        message:
          "A session could not be opened, and counts as none: the key that sealed it is gone, or somebody has changed it in the store",
      });
    }
    return content;
  }

  #follow(id: string, { next, rotation }: Word, context: Context, steps: number): Awaitable<Found> {
    if (next === "") return undefined;
    if (rotation === undefined || now() >= rotation.until || steps === STEPS) return "superseded";
    const nextId = nextSessionId(id, rotation.nonce);
    // Otherwise somebody has made the word up who can write to the store.
    if (keyOfSession(nextId) !== next) return "superseded";
    return chain(this.#store.readFresh(next), (stored) => this.#open(nextId, next, stored, context, steps + 1));
  }

  async #put(word: Word, key: string, version: string): Promise<Outcome> {
    try {
      return await this.#store.update(key, wordRecord(this.#texts, key, word), version);
    } catch (error) {
      // Nobody has the new id, and nobody can find it; a request with the old one could, if the word was written all the same.
      if (word.rotation === undefined) await this.#store.clean(word.next);
      throw error;
    }
  }

  async #create(draft: Draft, wanted?: string): Promise<string> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const id = wanted ?? newSessionId();
      const key = keyOfSession(id);
      if (await this.#store.create(key, this.#record(key, draft))) return id;
    }
    throw new SessionStoreError("create", new Error("Every new id was taken already, which chance does not explain"));
  }

  #record(key: string, { document, expires }: Draft): SessionRecord {
    const data = this.#texts.write(key, document);
    return document.owner === undefined ? { data, expires } : { data, expires, owner: keyOfOwner(document.owner.name) };
  }
}

/** A text of its own: one that was cut out of a header keeps the whole header in memory. */
function copyOf(id: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(id));
}

const ATTEMPTS = 5;
/** More ids than a session gets of itself while an old one is good. */
const STEPS = 100;
