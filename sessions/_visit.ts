import type { Context } from "../middleware/context.ts";
import type { LoadedSession, Outcome, SessionBackend } from "./_backend.ts";
import { deadline, endsWithBrowser, type ExpiryRule, needsRenewal } from "./_expiry.ts";
import { LiveSession } from "./_live_session.ts";
import { now } from "./_record.ts";
import type { SessionDocument } from "./_session_document.ts";
import { SessionConflict, SessionInterrupted } from "./session_errors.ts";

/** One request's dealings with the visitor's session: reads it when asked, writes it when the response leaves. */
export class Visit {
  readonly #backend: SessionBackend;
  readonly #rule: ExpiryRule;
  readonly #context: Context;
  #opening: Promise<LiveSession> | undefined;
  #loaded: LoadedSession | undefined;
  #session: LiveSession | undefined;
  #left = false;

  constructor(backend: SessionBackend, rule: ExpiryRule, context: Context) {
    this.#backend = backend;
    this.#rule = rule;
    this.#context = context;
  }

  /** Whether somebody has asked for the session. */
  get isOpen(): boolean {
    return this.#opening !== undefined;
  }

  /** The session, read once. */
  open(): Promise<LiveSession> {
    return this.#opening ??= this.#read();
  }

  /** The session's keys, for the debug page. */
  keys(): string[] {
    return this.#session?.keys() ?? ["(the session was not read)"];
  }

  /** Writes what has changed, before the response leaves. */
  async leave(response: Response): Promise<Response> {
    this.#left = true;
    try {
      // Not awaited by the view, perhaps: then it may still be under way, or have failed without anybody noticing.
      const session = await this.#opening!.catch(() => undefined);
      if (session === undefined) return response;
      session.closed = true;
      await this.#commit(session, response.status >= 500);
      return response;
    } catch (error) {
      response.body?.cancel().catch(() => {});
      throw error;
    }
  }

  async #read(): Promise<LiveSession> {
    this.#loaded = await this.#backend.load(this.#context.cookies);
    const document = this.#loaded?.document ?? { data: new Map(), created: now(), expiry: undefined };
    this.#session = new LiveSession(document, this.#loaded?.expires, this.#rule);
    this.#session.closed = this.#left;
    return this.#session;
  }

  async #commit(session: LiveSession, failed: boolean): Promise<void> {
    const loaded = this.#loaded;
    // Ending a session is no write that a failing view takes back: who signed out stays signed out.
    if (session.flushed && loaded !== undefined) await this.#backend.remove(loaded);
    if (loaded === undefined || session.flushed) {
      if (!failed && session.hasChanges && !session.isEmpty) await this.#create(session);
      else if (this.#backend.present(this.#context.cookies) && (!failed || session.flushed)) this.#forget();
    } else if (!failed) {
      if (session.modified) await this.#write(session, loaded);
      else if (needsRenewal(loaded.document, loaded.expires, this.#rule, now())) await this.#renew(loaded);
    }
  }

  async #create(session: LiveSession): Promise<void> {
    const document = session.merged();
    await this.#backend.create(this.#draft(document), this.#context.cookies, endsWithBrowser(document, this.#rule));
  }

  /** Writes the changes on what is stored; if somebody else has written since, again on that. */
  async #write(session: LiveSession, loaded: LoadedSession): Promise<void> {
    const cycle = session.cycled;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const outcome = await this.#replace(loaded, session.merged(loaded.document), cycle);
      if (outcome === "written") return;
      const fresh = outcome === "gone" ? undefined : await this.#backend.load(this.#context.cookies);
      if (fresh === undefined) {
        this.#forget();
        this.#context.emit({ name: "session.interrupted", message: "A session was ended while a request changed it" });
        throw new SessionInterrupted();
      }
      loaded = fresh;
      await pause(attempt);
    }
    const error = new SessionConflict(ATTEMPTS);
    this.#context.emit({ name: "session.conflict", message: error.message, error });
    throw error;
  }

  /** A later deadline for a session that was only read. Who lost that race needs no second try: somebody has just written. */
  async #renew(loaded: LoadedSession): Promise<void> {
    if (await this.#replace(loaded, loaded.document, false) === "gone") this.#forget();
  }

  #replace(loaded: LoadedSession, document: SessionDocument, cycle: boolean): Promise<Outcome> {
    const browserClose = endsWithBrowser(document, this.#rule);
    return this.#backend.replace(loaded, this.#draft(document), this.#context.cookies, { cycle, browserClose });
  }

  #draft(document: SessionDocument): { document: SessionDocument; expires: number } {
    return { document, expires: deadline(document, this.#rule, now()) };
  }

  #forget(): void {
    this.#backend.forget(this.#context.cookies);
  }
}

const ATTEMPTS = 30;
const LONGEST_PAUSE = 100;

/** Waits at random, longer each time, so that those who met once don't meet again. The first retry doesn't wait. */
function pause(attempt: number): Promise<void> | undefined {
  if (attempt === 1) return undefined;
  return new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(2 ** attempt, LONGEST_PAUSE)));
}
