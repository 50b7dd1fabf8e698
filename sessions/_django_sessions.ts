import type { Cookie } from "../cookies/cookie.ts";
import type { CookieJar } from "../cookies/cookie_jar.ts";
import type { KeyRing } from "../cookies/key_ring.ts";
import type { Context } from "../middleware/context.ts";
import type { Draft, LoadedSession, Outcome, ReplaceOptions, SessionBackend, Superseded } from "./_backend.ts";
import { DjangoCache, PLAIN_TEXTS } from "./_django_cache.ts";
import { assertOwnerIsUser, type ExactValues, readDjango, writeDjango } from "./_django_document.ts";
import { isDjangoId, newDjangoId } from "./_django_id.ts";
import type { DjangoPlace, DjangoRow, DjangoTexts } from "./_django_place.ts";
import { DjangoRows } from "./_django_rows.ts";
import { Recent } from "./_recent.ts";
import { now } from "./_record.ts";
import { LastingCookie } from "./_session_cookie.ts";
import type { Settings } from "./_settings.ts";
import { SignedDjangoTexts } from "./_signed_django_texts.ts";
import { StoreCalls, storeError } from "./_store_calls.ts";
import { CorruptRecordError } from "./corrupt_record_error.ts";
import type { DjangoCacheStore } from "./django_cache_store.ts";
import { DjangoSessionStore } from "./django_session_store.ts";
import { DjangoTime } from "./django_time.ts";
import { SessionStoreError } from "./session_errors.ts";
import type { ReadOptions } from "./store.ts";

/** Where Django keeps sessions. */
export type DjangoStore = DjangoSessionStore | DjangoCacheStore;

/** Where a session is, and as what it was read. */
interface Place {
  readonly id: string;
  readonly text: string;
  readonly exact: ExactValues;
}

/**
 * Sessions where Django keeps them, by their ids.
 *
 * A session that gets a new id is copied to that, and the old row is removed if nobody has written to it in between; else the copy goes again. Nobody knows the new id before
 * that, so nothing is lost, and none of the two ids opens what the other does.
 */
export class DjangoSessions implements SessionBackend {
  readonly #rows: DjangoPlace;
  readonly #time: DjangoTime;
  readonly #texts: DjangoTexts;
  readonly #cookie: Cookie;
  readonly #lasting: LastingCookie;
  readonly #calls: StoreCalls;
  readonly #idle: number;
  /** Which ids have followed others a moment ago, in this process: the table has no place for it. */
  readonly #successors = new Recent<{ readonly next: string; readonly until: number }>(1024);

  /**
   * @param store Where they are.
   * @param keys What signs them, unless the store has keys of its own or needs none.
   * @param cookie Where the id is.
   * @param settings How long they live, and the store may take.
   */
  constructor(store: DjangoStore, keys: KeyRing | undefined, cookie: Cookie, settings: Settings) {
    const time = new DjangoTime("sessions", store.timeZone);
    this.#time = time;
    if (store instanceof DjangoSessionStore) {
      this.#rows = new DjangoRows(store.client, store.table, time);
      this.#texts = new SignedDjangoTexts(signingKeys(store, keys));
    } else {
      this.#rows = new DjangoCache(store.client, store.prefix);
      this.#texts = PLAIN_TEXTS;
    }
    this.#cookie = cookie;
    this.#lasting = new LastingCookie(this.#cookie);
    this.#calls = new StoreCalls(settings.storeSeconds);
    this.#idle = settings.idle;
  }

  present(jar: CookieJar): boolean {
    return jar.has(this.#cookie);
  }

  async load(context: Context, { fresh = false }: ReadOptions = {}): Promise<LoadedSession | Superseded | undefined> {
    const id = context.cookies.get(this.#cookie);
    if (id === undefined || !isDjangoId(id)) return undefined;
    const row = await this.#ask("read", this.#rows.read(id));
    if (row !== undefined) return this.#open(id, row, context);
    // What has gone since this request has read it was ended, or has got a new id from Django or another process, which leave no word of
    // it: then the browser has a cookie that must not go. One that opens nothing goes with the next request.
    return fresh || this.#successorOf(id) !== undefined ? "superseded" : undefined;
  }

  async create(draft: Draft, jar: CookieJar, browserClose: boolean): Promise<void> {
    this.#remember(await this.#create(draft, NOTHING), draft.expires, jar, browserClose);
  }

  async replace(loaded: LoadedSession, draft: Draft, jar: CookieJar, how: ReplaceOptions): Promise<Outcome> {
    const { id, text, exact } = loaded.place as Place;
    const next = how.id === "same" ? id : await this.#create(draft, exact);
    const outcome = next === id
      ? await this.#ask("write", this.#rows.update(id, this.#rowOf(draft, exact), text))
      : await this.#leave(id, text, next);
    if (outcome === "written") this.#remember(next, draft.expires, jar, how.browserClose);
    // Whether it has ended or has another id now is seen when it is loaded again.
    return outcome === "gone" ? "conflict" : outcome;
  }

  remind({ place, expires }: LoadedSession, jar: CookieJar, browserClose: boolean): void {
    this.#remember((place as Place).id, expires, jar, browserClose);
  }

  async remove({ place }: LoadedSession): Promise<void> {
    const { id } = place as Place;
    await this.#ask("delete", this.#rows.remove(id));
    // Another request may have given it a new id since it was read.
    await this.#removeAfter(id);
  }

  async removeSuccessor(context: Context): Promise<void> {
    const id = context.cookies.get(this.#cookie);
    if (id !== undefined) await this.#removeAfter(id);
  }

  async #removeAfter(id: string): Promise<void> {
    for (let next = this.#successorOf(id); next !== undefined; next = this.#successorOf(next)) {
      await this.#ask("delete", this.#rows.remove(next));
    }
  }

  forget(jar: CookieJar): void {
    jar.delete(this.#cookie);
  }

  #remember(id: string, expires: number, jar: CookieJar, browserClose: boolean): void {
    jar.set(browserClose ? this.#cookie : this.#lasting.until(expires), id);
  }

  #open(id: string, { text, expires }: DjangoRow, context: Context): LoadedSession {
    const opened = this.#texts.open(text);
    if (!opened.ok) return this.#unreadable(id, text, context);
    const found = readDjango(opened.value, this.#time, now());
    if (found === undefined) {
      const { place, remedy } = this.#texts;
      throw storeError("read", new CorruptRecordError(place, `it is no JSON that JavaScript reads (${remedy})`));
    }
    const { document, exact } = found;
    return { document, expires, place: { id, text, exact }, isOutdated: opened.rotated, isElsewhere: false };
  }

  /** As Django has it: empty, and still the visitor's. So a wrong key doesn't take everybody's cookie away. */
  #unreadable(id: string, text: string, context: Context): LoadedSession {
    context.emit({
      name: "session.unreadable",
      message:
        "A session of Django's could not be opened, and counts as empty: the keys are not Django's, or somebody has changed it",
    });
    return {
      document: { data: new Map(), created: now(), expiry: undefined },
      // No reason to write it before somebody changes it.
      expires: now() + this.#idle,
      place: { id, text, exact: NOTHING },
      isOutdated: false,
      isElsewhere: false,
    };
  }

  async #create(draft: Draft, exact: ExactValues): Promise<string> {
    const row = this.#rowOf(draft, exact);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const id = newDjangoId();
      // What was created when nobody waited for it any more is nobody's, and is taken away again.
      if (await this.#ask("create", this.#rows.create(id, row), () => this.#clean(id))) return id;
    }
    throw new SessionStoreError("create", new Error("Every new id was taken already, which chance does not explain"));
  }

  /** Gives the old id up for a new one. */
  async #leave(id: string, text: string, next: string): Promise<Outcome> {
    let outcome: Outcome | undefined;
    try {
      return outcome = await this.#ask("write", this.#rows.removeSeen(id, text));
    } finally {
      if (outcome === "written") this.#successors.set(id, { next, until: now() + LIFETIME });
      else await this.#clean(next);
    }
  }

  #successorOf(id: string): string | undefined {
    const found = this.#successors.get(id);
    return found !== undefined && found.until > now() ? found.next : undefined;
  }

  /** Removes a row that nobody has the id of. Where that fails, it expires by itself. */
  async #clean(id: string): Promise<void> {
    await this.#ask("delete", this.#rows.remove(id)).catch(() => {});
  }

  #rowOf({ document, expires }: Draft, exact: ExactValues): DjangoRow {
    assertOwnerIsUser(document);
    return { text: this.#texts.write(writeDjango(document, exact, this.#time)), expires };
  }

  #ask<T>(verb: string, answer: Promise<T>, late?: () => void): Promise<T> {
    return this.#calls.wait(verb, answer, (value) => value as T, late);
  }
}

const NOTHING: ExactValues = new Map();
const ATTEMPTS = 5;
/** In milliseconds: longer than requests are under way. */
const LIFETIME = 60_000;

function signingKeys(store: DjangoSessionStore, given: KeyRing | undefined): KeyRing {
  const keys = store.keys ?? given;
  if (keys !== undefined) return keys;
  throw new TypeError(
    "Cannot use DjangoSessionStore as there are no keys: pass pipeline({ keys: [SECRET_KEY, ...SECRET_KEY_FALLBACKS] })",
  );
}
