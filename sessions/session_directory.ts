/**
 * The sessions of an owner.
 *
 * @module
 */

import type { KeyRing } from "../cookies/key_ring.ts";
import { assertStore } from "./_assert_store.ts";
import { endSession } from "./_end_session.ts";
import { GuardedStore } from "./_guarded_store.ts";
import { handleOf } from "./_handle_of.ts";
import { assertOwnerName } from "./_ownership.ts";
import { isWord, RecordTexts } from "./_record_texts.ts";
import type { SessionDocument } from "./_session_document.ts";
import { keyOfOwner } from "./_session_id.ts";
import { recordSealer } from "./_settings.ts";
import type { Session } from "./session.ts";
import type { OwnedSession, SessionStore } from "./store.ts";

/** One of an owner's sessions, for a list that the owner is shown. */
export interface SessionInfo {
  /** Names the session for {@linkcode SessionDirectory.revokeSession}, also when it gets a new id. It opens nothing, so it may stand in a page. */
  readonly handle: string;
  /** When the session began. */
  readonly created: Date;
  /**
   * When it was last written: changed, renewed or given a new id. A visitor who only reads is seen when `renewAfter` of `idleSeconds` is gone, which is 33 hours
   * unless told otherwise, or when the id is old enough for `rotateSeconds`.
   */
  readonly lastSeen: Date;
  /** When it ends if nothing more happens. */
  readonly expires: Date;
  /** The visitor's address then, unless `setOwner()` was told another one; "" if there is none. */
  readonly address: string;
  /** What it is called, such as "Firefox on Linux"; "" if nothing is known. A visitor may have a say in it: escape it. */
  readonly label: string;
  /** Whether it is the one that the list was asked for with. */
  readonly current: boolean;
}

/** Options of {@linkcode SessionDirectory}. */
export interface SessionDirectoryOptions {
  /** The keys that records are sealed with, where `sessions()` was told to `encrypt` them: those of the pipeline, or the ones given there. */
  keys?: readonly string[] | KeyRing;
  /**
   * How long one call of the store may take, in seconds.
   *
   * @default {10}
   */
  storeSeconds?: number;
}

/** What {@linkcode SessionDirectory.listSessions} is told. */
export interface ListOptions {
  /** The session of the visitor who asks, as `context.session()` gave it: it is marked in the list. */
  // deno-lint-ignore no-explicit-any -- whatever keys it has
  current?: Session<any>;
}

/**
 * Lists and ends the sessions of an owner: "your devices", "sign out everywhere else", or an account that is closed. Sessions get an owner by
 * `session.setOwner()`. It works beside `sessions()` on the same store, in a view as well as in a script without any request.
 *
 * What was ended stays ended, as by `flush()`: requests that are under way can't bring it back, and answer 400 ({@linkcode SessionInterrupted})
 * if they have changed it. A list is as new as every write before it. A session that begins while an owner's sessions are ended is
 * another one, and stays: first make sure that nobody can sign in any more, then end the sessions.
 *
 * @example Sign out everywhere else
 * ```ts
 * import { pipeline, routes } from "@nuages/web/middleware";
 * import { MemoryStore, SessionDirectory, sessions } from "@nuages/web/sessions";
 * import { assertEquals } from "@std/assert";
 *
 * const store = new MemoryStore();
 * const directory = new SessionDirectory(store);
 * const app = pipeline().use(sessions({ store })).handle(routes({
 *   "POST /sign-in/": async (_request, context) => {
 *     (await context.session()).setOwner("ada");
 *     return new Response();
 *   },
 *   "POST /sign-out-others/": async (_request, context) => {
 *     const session = await context.session();
 *     return Response.json(await directory.revokeOthers(session.owner!, session));
 *   },
 *   "GET /": async (_request, context) => new Response((await context.session()).owner ?? "nobody"),
 * }));
 * const ask = async (method: string, path: string, cookie = "") => {
 *   return await app(new Request(`http://localhost${path}`, { method, headers: { Cookie: cookie } }));
 * };
 * const signIn = async () => (await ask("POST", "/sign-in/")).headers.getSetCookie()[0]!.split(";")[0]!;
 * const [laptop, phone] = [await signIn(), await signIn()];
 *
 * assertEquals((await directory.listSessions("ada")).length, 2);
 * assertEquals(await (await ask("POST", "/sign-out-others/", laptop)).json(), 1);
 * assertEquals(await (await ask("GET", "/", phone)).text(), "nobody");
 * assertEquals(await (await ask("GET", "/", laptop)).text(), "ada");
 * ```
 */
export class SessionDirectory {
  readonly #store: GuardedStore;
  readonly #texts: RecordTexts;

  /**
   * Opens the directory of a store.
   *
   * @param store Where the sessions are, as `sessions()` was told. A {@linkcode CookieStore} has no list; it ends an owner's sessions itself.
   * @param options Keys, where records are sealed.
   * @throws {TypeError} If there is no store, or a key is no good.
   * @throws {RangeError} If a key is too short, or `storeSeconds` is no number above 0.
   */
  constructor(store: SessionStore, options: SessionDirectoryOptions = {}) {
    const { keys, storeSeconds = 10 } = options;
    assertStore("SessionDirectory", store);
    if (!(storeSeconds > 0 && storeSeconds <= 3600)) {
      throw new RangeError(
        `Cannot create SessionDirectory as storeSeconds must be above 0, and at most 3600: received ${storeSeconds}`,
      );
    }
    this.#store = new GuardedStore(store, storeSeconds);
    this.#texts = new RecordTexts(keys === undefined ? undefined : { sealer: recordSealer(keys), readPlain: true });
  }

  /**
   * Lists the sessions of an owner.
   *
   * @param owner The owner, as in `session.setOwner()`.
   * @param options Which one is the visitor's own.
   * @returns The sessions, the one that was seen last first.
   * @throws {TypeError} If the owner is none, `current` is no session, or records are sealed and there are no keys.
   * @throws {SessionStoreError} If the store fails: 503.
   */
  async listSessions(owner: string, options: ListOptions = {}): Promise<SessionInfo[]> {
    const current = options.current && handleOf(options.current);
    const sessions = new Map<string, SessionInfo>();
    for (const { record, document } of await this.#find(owner)) {
      if (document?.handle === undefined || document.owner?.name !== owner) continue;
      const info = describe(document, record.expires, current);
      // While a session gets a new id there are two records of it for a moment.
      const other = sessions.get(info.handle);
      if (other === undefined || other.lastSeen < info.lastSeen) sessions.set(info.handle, info);
    }
    return [...sessions.values()].sort((a, b) => b.lastSeen.getTime() - a.lastSeen.getTime());
  }

  /**
   * Ends one session of an owner. One of somebody else's is never found, whatever handle is given.
   *
   * @param owner The owner, as in `session.setOwner()`.
   * @param handle Which one, as in {@linkcode SessionInfo.handle}.
   * @returns Whether there was such a session.
   * @throws {TypeError} If the owner is none, or records are sealed and there are no keys.
   * @throws {SessionStoreError} If the store fails: 503. The session may live then.
   */
  async revokeSession(owner: string, handle: string): Promise<boolean> {
    return await this.#end(owner, (document) => document?.handle === handle) > 0;
  }

  /**
   * Ends all sessions of an owner but one: after a change of the password, for instance, together with `session.cycleKey()`.
   *
   * @param owner The owner, as in `session.setOwner()`.
   * @param current The session that goes on, as `context.session()` gave it.
   * @returns How many were ended.
   * @throws {TypeError} If the owner is none, `current` is no session, or records are sealed and there are no keys.
   * @throws {SessionStoreError} If the store fails: 503. Some of the sessions may live then.
   */
  // deno-lint-ignore no-explicit-any -- whatever keys it has
  async revokeOthers(owner: string, current: Session<any>): Promise<number> {
    const kept = handleOf(current);
    return await this.#end(owner, (document) => kept === undefined || document?.handle !== kept);
  }

  /**
   * Ends all sessions of an owner. In a view, `session.flush()` for the visitor's own belongs to it, so that its cookie goes at once.
   *
   * @param owner The owner, as in `session.setOwner()`.
   * @returns How many were ended.
   * @throws {TypeError} If the owner is none, or records are sealed and there are no keys.
   * @throws {SessionStoreError} If the store fails: 503. Some of the sessions may live then.
   */
  async revokeAll(owner: string): Promise<number> {
    return await this.#end(owner, () => true);
  }

  async #end(owner: string, isMeant: (document: SessionDocument | undefined) => boolean): Promise<number> {
    const found = (await this.#find(owner)).filter(({ document }) => isMeant(document));
    const ended = new Set<string>();
    for (let start = 0; start < found.length; start += AT_ONCE) {
      await Promise.all(
        found.slice(start, start + AT_ONCE).map(async ({ record, document }) => {
          if (await endSession(this.#store, this.#texts, record)) ended.add(document?.handle ?? record.key);
        }),
      );
    }
    return ended.size;
  }

  async #find(owner: string): Promise<Found[]> {
    assertOwnerName(owner);
    return (await this.#store.list(keyOfOwner(owner))).map((record) => ({ record, document: this.#read(record) }));
  }

  /** What a record holds; `undefined` for one that can't be read, which can be ended all the same. */
  #read({ key, data }: OwnedSession): SessionDocument | undefined {
    if (this.#texts.isLocked(data)) {
      throw new TypeError("Cannot read sessions as they are sealed: pass new SessionDirectory(store, { keys: [...] })");
    }
    try {
      const content = this.#texts.read(key, data)?.content;
      return content === undefined || isWord(content) ? undefined : content;
    } catch {
      return undefined;
    }
  }
}

interface Found {
  readonly record: OwnedSession;
  readonly document: SessionDocument | undefined;
}

/** So many are ended at the same time. */
const AT_ONCE = 10;

function describe(document: SessionDocument, expires: number, current: string | undefined): SessionInfo {
  const { address, label, seen } = document.owner!;
  return {
    handle: document.handle!,
    created: new Date(document.created),
    lastSeen: new Date(seen),
    expires: new Date(expires),
    address,
    label: label ?? "",
    current: document.handle === current,
  };
}
