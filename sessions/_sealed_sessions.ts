import type { Cookie } from "../cookies/cookie.ts";
import type { CookieJar } from "../cookies/cookie_jar.ts";
import type { Awaitable } from "../middleware/awaitable.ts";
import type { AppInfo, Context } from "../middleware/context.ts";
import type { Draft, LoadedSession, Outcome, ReplaceOptions, SessionBackend, Superseded } from "./_backend.ts";
import { GuardedStore } from "./_guarded_store.ts";
import { type CookieIdentity, Revocations } from "./_revocations.ts";
import { SessionPieces } from "./_session_pieces.ts";
import type { SessionDocument } from "./_session_document.ts";
import { newHandle } from "./_session_id.ts";
import type { Settings } from "./_settings.ts";
import type { CookieStore } from "./cookie_store.ts";

/**
 * Sessions in the cookie itself, sealed. A small store may remember which of them were ended; without one a copy of a cookie opens its session
 * until that is over.
 */
export class SealedSessions implements SessionBackend {
  readonly #pieces: SessionPieces;
  readonly #revocations: Revocations | undefined;
  readonly #absolute: number;

  constructor(store: CookieStore, cookie: Cookie, app: AppInfo, settings: Settings) {
    this.#pieces = new SessionPieces(store, cookie, app);
    this.#absolute = settings.absolute;
    if (store.revocations !== undefined) {
      this.#revocations = new Revocations(new GuardedStore(store.revocations, settings.storeSeconds));
    }
  }

  present(jar: CookieJar): boolean {
    return this.#pieces.present(jar);
  }

  load(context: Context): Awaitable<LoadedSession | Superseded | undefined> {
    const loaded = this.#pieces.unseal(context);
    if (loaded === undefined || this.#revocations === undefined) return loaded;
    const identity = identityOf(loaded.document);
    if (identity === undefined) return undefined;
    return this.#revocations.standing(identity).then((standing) => {
      if (standing === "valid") return loaded;
      return standing === "superseded" ? standing : undefined;
    });
  }

  async create({ document, expires }: Draft, jar: CookieJar, browserClose: boolean): Promise<void> {
    const named = this.#revocations === undefined
      ? document
      : { ...document, handle: document.handle ?? newHandle(), epoch: await this.#epochOf(document) };
    this.#pieces.seal({ document: named, expires }, jar, browserClose);
  }

  async replace(loaded: LoadedSession, draft: Draft, jar: CookieJar, how: ReplaceOptions): Promise<Outcome> {
    const document = how.id === "same"
      ? await this.#confirm(loaded.document, draft.document)
      : await this.#rename(loaded.document, draft.document);
    // Whether it has ended or has another name now is seen when it is loaded again.
    if (document === undefined) return "conflict";
    this.#pieces.seal({ ...draft, document }, jar, how.browserClose);
    return "written";
  }

  remind(): void {
    // The browser has the session, not the name of one.
  }

  async remove({ document }: LoadedSession): Promise<void> {
    const identity = identityOf(document);
    if (identity === undefined) return;
    await this.#revocations?.end(identity, this.#latest(document));
  }

  async removeSuccessor(context: Context): Promise<void> {
    const superseded = this.#pieces.unseal(context);
    // Revocations follow it.
    if (superseded !== undefined) await this.remove(superseded);
  }

  forget(jar: CookieJar): void {
    this.#pieces.forget(jar);
  }

  /** A session that was ended while the request was under way can't come back, and the request must not be told that it has changed it. */
  async #confirm(before: SessionDocument, after: SessionDocument): Promise<SessionDocument | undefined> {
    const identity = identityOf(before);
    if (this.#revocations === undefined || identity === undefined) return after;
    return await this.#revocations.standing(identity) === "valid" ? after : undefined;
  }

  /** A session that gets another name is over under the one it had. */
  async #rename(before: SessionDocument, after: SessionDocument): Promise<SessionDocument | undefined> {
    const identity = identityOf(before);
    if (this.#revocations === undefined || identity === undefined) return after;
    // Another owner has given it a name already.
    const handle = after.handle === undefined || after.handle === before.handle ? newHandle() : after.handle;
    const next = { handle, owner: after.owner?.name, epoch: undefined };
    const result = await this.#revocations.supersede(identity, this.#latest(before), next);
    if (result === undefined) return undefined;
    const epoch = identity.owner === next.owner ? result.epoch : await this.#epochOf(after);
    return { ...after, handle, epoch };
  }

  #epochOf({ owner }: SessionDocument): Promise<string | undefined> | undefined {
    return owner === undefined ? undefined : this.#revocations?.epochOf(owner.name);
  }

  /** When the last cookie with a session is over, whoever has copied it. */
  #latest({ created }: SessionDocument): number {
    return created + this.#absolute;
  }
}

function identityOf({ handle, owner, epoch }: SessionDocument): CookieIdentity | undefined {
  return handle === undefined ? undefined : { handle, owner: owner?.name, epoch };
}
