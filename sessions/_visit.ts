import type { Context } from "../middleware/context.ts";
import type { Draft, LoadedSession, Outcome, SessionBackend } from "./_backend.ts";
import { deadline, endsWithBrowser, type ExpiryRule, needsRenewal } from "./_expiry.ts";
import { LiveSession } from "./_live_session.ts";
import { now } from "./_record.ts";
import type { SessionDocument } from "./_session_document.ts";
import { SessionConflict, SessionInterrupted } from "./session_errors.ts";
import type { ReadOptions } from "./store.ts";

/** One request's dealings with the visitor's session: reads it when asked, writes it when the response leaves. */
export class Visit {
  readonly #backend: SessionBackend;
  readonly #rule: ExpiryRule;
  readonly #context: Context;
  #opening: Promise<LiveSession> | undefined;
  #loaded: LoadedSession | undefined;
  #session: LiveSession | undefined;
  #superseded = false;
  #left = false;

  constructor(backend: SessionBackend, rule: ExpiryRule, context: Context) {
    this.#backend = backend;
    this.#rule = rule;
    this.#context = context;
  }

  /** The session, read once. */
  open(): Promise<LiveSession> {
    if (this.#opening === undefined) {
      this.#opening = this.#read();
      // Who asks early and awaits late must not bring the process down if reading fails in between.
      this.#opening.catch(() => {});
    }
    return this.#opening;
  }

  /** The session's keys, for the debug page. */
  keys(): string[] {
    return this.#session?.keys() ?? ["(the session was not read)"];
  }

  /** Writes what has changed, before the response leaves. From then on the session can't be changed. */
  leave(response: Response): Response | Promise<Response> {
    if (this.#opening !== undefined) return this.#leave(this.#opening, response);
    this.#left = true;
    return response;
  }

  async #leave(opening: Promise<LiveSession>, response: Response): Promise<Response> {
    try {
      // Perhaps the view didn't wait for it: then what it does with the session comes before what is done here.
      const session = await opening.catch((error) => this.#wentOnWithout(error, response));
      this.#left = true;
      if (session === undefined) return response;
      session.closed = true;
      await this.#commit(session, hasFailed(response));
      return response;
    } catch (error) {
      response.body?.cancel().catch(() => {});
      throw error;
    }
  }

  /** What a view caught, or never awaited, is no exception: without this nobody would hear of it. */
  #wentOnWithout(error: unknown, response: Response): undefined {
    if (hasFailed(response)) return;
    this.#context.emit({
      name: "session.unavailable",
      message: "The view has answered without the session, as it could not be read",
      error,
    });
  }

  async #read(): Promise<LiveSession> {
    this.#loaded = await this.#load();
    const document = this.#loaded?.document ?? { data: new Map(), created: now(), expiry: undefined };
    this.#session = new LiveSession(document, this.#loaded?.expires, this.#rule);
    this.#session.closed = this.#left;
    return this.#session;
  }

  async #load(options?: ReadOptions): Promise<LoadedSession | undefined> {
    const found = await this.#backend.load(this.#context, options);
    this.#superseded = found === "superseded";
    return found === "superseded" ? undefined : found;
  }

  async #commit(session: LiveSession, failed: boolean): Promise<void> {
    const loaded = this.#loaded;
    const expired = session.hasEnded;
    // Ending a session by flush() is no write that a failing view takes back: who signed out stays signed out.
    const ended = session.flushed || expired && !failed;
    if (ended && loaded !== undefined) await this.#backend.remove(loaded);
    if (ended) this.#forget("asked");
    if (failed) return;
    if (loaded === undefined || ended) {
      if (session.hasChanges && !session.isEmpty && !expired) await this.#create(session);
      else this.#forget();
    } else if (session.modified) {
      await this.#write(session, loaded);
    } else {
      await this.#refresh(loaded);
    }
  }

  async #create(session: LiveSession): Promise<void> {
    // It would take the place of the new id in the browser, unless that is what is meant.
    if (this.#superseded && !session.flushed && !session.cycled) throw this.#interrupted();
    const document = session.draft();
    await this.#backend.create(this.#draft(document), this.#context.cookies, endsWithBrowser(document, this.#rule));
  }

  /** Writes what the view has made of the session; if somebody else has written since, its changes on top of that. */
  async #write(session: LiveSession, loaded: LoadedSession): Promise<void> {
    let document = session.draft();
    for (let attempt = 1;; attempt++) {
      const outcome = await this.#replace(loaded, document, session.cycled);
      if (outcome === "written") return;
      if (outcome === "gone") throw this.#interrupted();
      if (attempt === ATTEMPTS) throw this.#conflict();
      // Waiting comes before reading, so that what is read is still new when it is written.
      await pause(attempt);
      const fresh = await this.#load({ fresh: true });
      if (fresh === undefined) throw this.#interrupted();
      loaded = fresh;
      document = session.replayed(fresh.document);
    }
  }

  #interrupted(): SessionInterrupted {
    this.#forget();
    this.#context.emit({ name: "session.interrupted", message: "A session was ended while a request changed it" });
    return new SessionInterrupted();
  }

  #conflict(): SessionConflict {
    const error = new SessionConflict(ATTEMPTS);
    this.#context.emit({ name: "session.conflict", message: error.message, error });
    return error;
  }

  /** A later deadline, or the newest key, for a session that was only read. Who loses that race needs no second try: somebody has just written. */
  async #refresh(loaded: LoadedSession): Promise<void> {
    const renewed = needsRenewal(loaded.document, loaded.expires, this.#rule, now());
    if (!renewed && !loaded.isOutdated) return;
    const expires = renewed ? deadline(loaded.document, this.#rule, now()) : loaded.expires;
    if (await this.#replace(loaded, loaded.document, false, expires) === "gone") this.#forget();
  }

  #replace(loaded: LoadedSession, document: SessionDocument, cycle: boolean, expires?: number): Promise<Outcome> {
    const browserClose = endsWithBrowser(document, this.#rule);
    const draft = this.#draft(document, expires);
    return this.#backend.replace(loaded, draft, this.#context.cookies, { cycle, browserClose });
  }

  #draft(document: SessionDocument, expires: number = deadline(document, this.#rule, now())): Draft {
    return { document, expires };
  }

  /** Takes the cookie away: one that opens nothing, unless the browser has a newer one by now, or the one that was asked to go. */
  #forget(reason: "asked" | "dead" = "dead"): void {
    const { cookies } = this.#context;
    if (reason === "dead" && this.#superseded) return;
    if (this.#backend.present(cookies)) this.#backend.forget(cookies);
  }
}

/** Whether the view broke off: with an error, or (499) since the visitor went away in the middle of it. */
function hasFailed({ status }: Response): boolean {
  return status >= 500 || status === 499;
}

const ATTEMPTS = 30;
const LONGEST_PAUSE = 100;

/** Waits at random, longer each time, so that those who met once don't meet again. The first retry doesn't wait. */
function pause(attempt: number): Promise<void> | undefined {
  if (attempt === 1) return undefined;
  return new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(2 ** attempt, LONGEST_PAUSE)));
}
