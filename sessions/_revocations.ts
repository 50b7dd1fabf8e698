import type { GuardedStore } from "./_guarded_store.ts";
import { now } from "./_record.ts";
import { decodeRevoked, encodeRevoked, type Revoked, type RevokedScope } from "./_revoked.ts";
import { newHandle, sha256 } from "./_session_id.ts";
import { SessionStoreError } from "./session_errors.ts";

/** What names a session that lives in a cookie. */
export interface CookieIdentity {
  /** What it is called, until it gets another name. */
  readonly handle: string;
  /** Whose it is. */
  readonly owner: string | undefined;
  /** In which epoch of its owner's sessions it began. */
  readonly epoch: string | undefined;
}

/** What has become of a session: it is valid, it has got another name a moment ago, or it has ended. */
export type Standing = "valid" | "superseded" | "ended";

/**
 * Remembers in a small store which sessions in cookies were ended: nothing is written before one is.
 *
 * There is one record for each owner, with the names of the sessions that were ended and a name for the present epoch: a session of another
 * epoch is over. Names, not times, so that it doesn't matter what a server's clock says. A session that is nobody's has a record of its own. So one
 * read tells of any session.
 */
export class Revocations {
  readonly #store: GuardedStore;

  constructor(store: GuardedStore) {
    this.#store = store;
  }

  /** What has become of a session. */
  async standing(session: CookieIdentity): Promise<Standing> {
    const { scope } = await this.#read(scopeOf(session));
    if (scope === undefined) return "valid";
    const revoked = scope.sessions.get(session.handle);
    if (revoked !== undefined) return (revoked.wordUntil ?? 0) > now() ? "superseded" : "ended";
    return isOfEpoch(scope, session) ? "valid" : "ended";
  }

  /** The epoch in which a session of this owner begins. */
  async epochOf(owner: string): Promise<string | undefined> {
    return (await this.#read(ownerScope(owner))).scope?.epoch;
  }

  /**
   * Gives a session another name, and ends it under the present one.
   *
   * @param session The session.
   * @param until When the last cookie with it is over, in milliseconds since the epoch.
   * @param next What it is called then, and whose it is.
   * @returns In which epoch of its present owner's it goes on; `undefined` if it was over already.
   */
  async supersede(
    session: CookieIdentity,
    until: number,
    next: CookieIdentity,
  ): Promise<{ readonly epoch: string | undefined } | undefined> {
    let result: { readonly epoch: string | undefined } | undefined;
    const revoked = { until, wordUntil: now() + WORD, next: { scope: scopeOf(next), handle: next.handle } };
    await this.#change(scopeOf(session), until, (scope) => {
      result = undefined;
      if (scope.sessions.has(session.handle) || !isOfEpoch(scope, session)) return undefined;
      const changed = withRevoked(scope, session.handle, revoked);
      result = { epoch: changed.epoch };
      return changed;
    });
    return result;
  }

  /** Ends a session under whatever name it has by now. */
  async end(session: CookieIdentity, until: number): Promise<void> {
    let [scope, handle] = [scopeOf(session), session.handle];
    for (let step = 0; step < STEPS; step++) {
      let earlier: Revoked | undefined;
      await this.#change(scope, until, (scope) => {
        earlier = scope.sessions.get(handle);
        return earlier === undefined ? withRevoked(scope, handle, { until }) : undefined;
      });
      if (earlier?.next === undefined) return;
      ({ scope, handle } = earlier.next);
    }
  }

  /**
   * Ends all sessions of an owner.
   *
   * @param owner The owner's name.
   * @param until When the last cookie with one of them is over.
   * @param kept The name of one that goes on.
   */
  async endAll(owner: string, until: number, kept: string | undefined): Promise<void> {
    await this.#change(ownerScope(owner), until, (scope) => ({ ...scope, epoch: newHandle(), kept }));
  }

  async #change(
    key: string,
    until: number,
    change: (scope: RevokedScope) => RevokedScope | undefined,
  ): Promise<void> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const { scope = NOTHING, expires = 0, version } = await this.#read(key);
      const changed = change(scope);
      if (changed === undefined) return;
      const record = { data: encodeRevoked(changed, now()), expires: Math.max(until, expires) };
      const isWritten = version === undefined
        ? await this.#store.create(key, record)
        : await this.#store.update(key, record, version) === "written";
      if (isWritten) return;
    }
    throw new SessionStoreError("write", new Error(`What was revoked has changed ${ATTEMPTS} times meanwhile`));
  }

  async #read(key: string): Promise<{ scope?: RevokedScope; expires?: number; version?: string }> {
    const stored = await this.#store.readFresh(key);
    if (stored === undefined) return {};
    return { scope: decodeRevoked(stored.data), expires: stored.expires, version: stored.version };
  }
}

const NOTHING: RevokedScope = { epoch: undefined, kept: undefined, sessions: new Map() };
const ATTEMPTS = 30;
const STEPS = 100;
/** For as long as requests are under way. */
const WORD = 60_000;
/** As many single sessions of one owner are remembered. */
const MOST = 1000;

function withRevoked(scope: RevokedScope, handle: string, revoked: Revoked): RevokedScope {
  const sessions = new Map(scope.sessions).set(handle, revoked);
  // So many that the record would grow too large: another epoch says the same of all of them in a word.
  return sessions.size > MOST ? { epoch: newHandle(), kept: undefined, sessions: new Map() } : { ...scope, sessions };
}

function isOfEpoch({ epoch, kept }: RevokedScope, session: CookieIdentity): boolean {
  return epoch === undefined || session.epoch === epoch || session.handle === kept;
}

function scopeOf({ owner, handle }: CookieIdentity): string {
  return owner === undefined ? sha256(`nuages.session.revoked.session:${handle}`) : ownerScope(owner);
}

function ownerScope(owner: string): string {
  return sha256(`nuages.session.revoked.owner:${owner}`);
}
